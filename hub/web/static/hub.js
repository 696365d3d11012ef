// The hub's pages work without this: it starts govuk-frontend's components and offers to print.
import { initAll } from "./govuk-frontend.min.js";

initAll();

for (const button of document.querySelectorAll("[data-hub-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A file that is being read: its page says how far it is, and shows what became of it once it is done.
const progress = document.querySelector("[data-hub-progress]");
if (progress) {
  const look = async () => {
    const answer = await fetch(location.href).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page && page.querySelector("[data-hub-progress]");
    if (page && !now) return location.reload();
    if (now && now.textContent !== progress.textContent) progress.textContent = now.textContent;
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}
