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

/** Show what has changed of the page since: the blocks to paste, and the words as they were picked. */
async function refresh() {
  const answer = await fetch(window.location.href);
  if (!answer.ok) throw new Error("the page cannot be had anew");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const block of document.querySelectorAll(".copy-block textarea")) {
    block.value = fresh.getElementById(block.id)?.value ?? block.value;
  }
  for (const hint of document.querySelectorAll("[data-picked]")) {
    const other = fresh.getElementById(hint.id);
    hint.textContent = other?.textContent ?? "";
    hint.hidden = other?.hidden ?? true;
  }
}

/** Save what was typed and not saved yet, but for one form; a pick that cannot be saved has the cursor. */
async function saveAll(but) {
  const unsaved = listUnsaved(but);
  try {
    await Promise.all(unsaved.map(save));
    return true;
  } catch (error) {
    say(`Not saved: ${error.message}`);
    unsaved[0].focus();
    return false;
  }
}

let last = Promise.resolve(true);
let underWay = 0;

/** Save all and show it, after what is on its way already; return whether that was possible. */
function keep() {
  underWay += 1;
  last = last.then(async () => {
    const isSaved = await saveAll();
    if (isSaved) await refresh();
    return isSaved;
  }).catch(() => false).finally(() => { underWay -= 1; });
  return last;
}

list?.addEventListener("change", keep);

// A click on Copy leaves the field only just then: what is copied has the wordings as they are typed.
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy-block [data-copy-from]");
  if (!list || !button || !(underWay || listUnsaved().length)) return;
  event.preventDefault();
  event.stopPropagation();
  if (await keep()) button.click();
  else say("Not copied: what was typed is not saved yet");
}, { capture: true });

// A form leads to the page anew: what is typed into another pick would be lost by it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!list || !listUnsaved(form).length) return;
  event.preventDefault();
  if (await saveAll(form)) form.requestSubmit(event.submitter);
});

const moved = window.location.hash.startsWith("#entry-") && document.getElementById(window.location.hash.slice(1));
if (moved) moved.focus();
