// The hub's pages work without this: it starts govuk-frontend's components and offers to print.
import { initAll } from "./govuk-frontend.min.js";

initAll();

for (const button of document.querySelectorAll("[data-hub-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
