// The form that works without this: a word at a box as it is left, sums as one types, pasting a column, and saving by itself.
// Nothing is ever saved over somebody else: the server says who was there, and saving by itself stops.

const form = document.querySelector("[data-hub-answer]");
const QUIET = 5000; // after the last key
const APART = 30000; // between two savings
const headers = { Accept: "application/json" };

if (form) {
  const saved = form.querySelector("[data-hub-saved]");
  const left = new Set();
  const shown = new Map();
  const asked = new Map([...form.querySelectorAll("input.govuk-input")].map((box) => [box.id, box.value]));
  let asking = null;
  let saving = null;
  let changed = false;
  let stopped = !form.dataset.autosave;
  let timer = 0;
  let savedAt = 0;

  const say = (id, what) => {
    const box = document.getElementById(id);
    if (!box) return;
    let place = shown.get(id);
    if (!place) {
      place = document.createElement("p");
      place.id = `${id}-live`;
      place.setAttribute("role", "status");
      box.after(place);
      box.setAttribute("aria-describedby", `${box.getAttribute("aria-describedby") || ""} ${place.id}`.trim());
      shown.set(id, place);
    }
    place.className = what ? `hub-live hub-live--${what.severity}` : "";
    place.textContent = what ? `${what.severity === "error" ? "Error" : "Query"}: ${what.text}` : "";
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.boxes, { method: "POST", headers, body: new FormData(form), signal: asking.signal });
      if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) return;
      const said = await answer.json();
      for (const id of left) {
        if (said[id] || shown.has(id)) say(id, said[id]);
      }
    } catch (error) {
      if (error.name !== "AbortError") console.info("The boxes are checked when you save.");
    }
  };

  // Sums of the lines beside the total of the same period, as far as both are numbers.
  const number = (text) => (/^[0-9]+(\.[0-9]+)?$/.test(text.trim()) ? Number(text) : null);
  const totalOf = (name) => {
    const [period, , , figure] = name.split(".");
    return form.elements.namedItem(`${period}.total..${figure}`);
  };
  const add = () => {
    for (const table of form.querySelectorAll("[data-hub-adds-up]")) {
      const list = table.closest(".hub-wide").nextElementSibling;
      const sums = new Map();
      for (const box of table.querySelectorAll("input.govuk-input")) {
        const value = number(box.value);
        const total = totalOf(box.name);
        if (value === null || !total) continue;
        const sum = sums.get(total) || { added: 0, title: total.getAttribute("aria-label") };
        sum.added += value;
        sums.set(total, sum);
      }
      list.replaceChildren(
        ...[...sums].map(([total, sum]) => {
          const line = document.createElement("li");
          const whole = number(total.value);
          const added = Math.round(sum.added * 100) / 100;
          line.textContent =
            whole === null
              ? `${sum.title}: the lines add to ${added}`
              : `${sum.title}: the lines add to ${added} of ${whole}${added === whole ? "" : added < whole ? `, ${Math.round((whole - added) * 100) / 100} to go` : ", more than the total"}`;
          if (whole !== null && added > whole) line.className = "hub-sums__differs";
          return line;
        }),
      );
      list.hidden = sums.size === 0;
    }
  };

  // A column of a spreadsheet goes down the column of boxes, its neighbours to the right.
  const paste = (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const cell = event.target.closest("td");
    if (!cell || !/[\n\t]/.test(text)) return;
    event.preventDefault();
    const row = cell.parentElement;
    text.split("\n").reduce((line, cells) => {
      cells.split("\t").reduce((at, value) => {
        const box = at?.querySelector("input.govuk-input");
        if (box) {
          box.value = value.trim();
          left.add(box.id);
        }
        return at?.nextElementSibling;
      }, line?.children[cell.cellIndex]);
      return line?.nextElementSibling;
    }, row);
    touch();
    ask();
  };

  const save = async () => {
    if (stopped || !changed || saving) return;
    changed = false;
    savedAt = Date.now();
    const body = new FormData(form);
    saving = (async () => {
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", headers, body });
        const isJson = answer.headers.get("content-type")?.includes("json");
        const said = isJson ? await answer.json() : {};
        if (answer.ok && isJson) {
          for (const seen of document.querySelectorAll("input[name=seen]")) seen.value = said.sequence;
          saved.textContent = `Saved as a draft at ${said.at}.`;
        } else if (answer.status === 503) {
          changed = true;
        } else {
          stopped = true;
          saved.className = "govuk-error-message";
          saved.textContent = `Not saved by itself. ${said.message || "Save it with the button."}`;
        }
      } catch {
        changed = true; // no connection: later
      }
      saving = null;
    })();
  };

  const touch = () => {
    changed = true;
    add();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(QUIET, APART - (Date.now() - savedAt)));
  };

  form.addEventListener("input", touch);
  form.addEventListener("focusout", ({ target }) => {
    if (!target.matches("input.govuk-input") || asked.get(target.id) === target.value) return;
    asked.set(target.id, target.value);
    left.add(target.id);
    ask();
  });
  form.addEventListener("paste", (event) => {
    if (event.target.matches("input.govuk-input")) paste(event);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
  });
  form.addEventListener("submit", (event) => {
    stopped = true;
    clearTimeout(timer);
    if (saving) {
      // one's own saving is waited for, so that it is not taken for somebody else's
      event.preventDefault();
      const button = event.submitter;
      saving.then(() => form.requestSubmit(button));
    }
  });
  add();
}
