/* Picks move by keyboard, the one that was moved keeps the focus, and no wording is lost by it. */

import { say } from "./site.js";

const list = document.getElementById("tray");

function entryOf(target) {
  return target instanceof Element ? target.closest(".tray-entry") : null;
}

list?.addEventListener("keydown", (event) => {
  const by = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !by) return;
  const button = entryOf(event.target)?.querySelector(`[data-move="${by}"]`);
  event.preventDefault();
  if (button) button.form.requestSubmit();
});

/** Wordings that were changed and not saved yet, but for those of one form. */
function listUnsaved(but) {
  const fields = Array.from(list.querySelectorAll("textarea[name=text]"));
  return fields.filter((field) => field.form !== but && field.value.trim() && field.value !== field.defaultValue);
}

async function save(field) {
  const id = entryOf(field).id.replace("entry-", "");
  const answer = await fetch(`/api/v1/tray/${id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text: field.value }),
  });
  if (!answer.ok) throw new Error((await answer.json()).error);
  field.defaultValue = field.value;
}

// A form leads to the page anew: what is typed into another pick would be lost by it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const unsaved = list ? listUnsaved(form) : [];
  if (!unsaved.length) return;
  event.preventDefault();
  try {
    await Promise.all(unsaved.map(save));
    form.requestSubmit(event.submitter);
  } catch (error) {
    say(`Not saved: ${error.message}`);
    unsaved[0].focus();
  }
});

const moved = window.location.hash.startsWith("#entry-") && document.getElementById(window.location.hash.slice(1));
if (moved) moved.focus();
