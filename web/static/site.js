/* What all pages share: the search key, copying, and a voice for screen readers. */

/** Let a screen reader say something. */
export function say(text) {
  const line = document.getElementById("said");
  line.textContent = "";
  window.setTimeout(() => { line.textContent = text; }, 60);
}

/** Is somebody typing, or working a control that has keys of its own? */
export function isBusy(target) {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable], audio") !== null;
}

/** Copy text; also where the page is not served securely, as on a home network. */
export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser does not allow copying");
}

/** Copy, and tell so on the button for a moment. */
export async function copyFrom(button, text) {
  const label = button.querySelector("span") || button;
  const name = button.dataset.name || (button.dataset.name = label.textContent);
  try {
    await copyText(text);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Not copied: select and copy by hand";
  }
  say(label.textContent);
  window.setTimeout(() => { label.textContent = name; }, 1800);
}

/** Put something into the tray; return whether it is there now, and say so. */
export async function addToTray(values, button) {
  const label = button?.querySelector("span:not(.unseen)");
  try {
    const answer = await fetch("/api/v1/tray", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(values),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    const before = told.said_before[0];
    const hint = before ? ` ${before.is_opposite ? "Said otherwise" : "Said before"} in ${before.label}.` : "";
    say(`In the tray: ${told.text}${hint}`);
    if (label) label.textContent = "In the tray";
  } catch (error) {
    say(`Not added to the tray: ${error.message}`);
    if (label) label.textContent = "Not added: try again";
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.to-tray")) return;
  event.preventDefault();
  const values = {};
  for (const [name, value] of new FormData(form)) if (name !== "back") values[name] = Number(value);
  addToTray(values, form.querySelector("button"));
});

/** Show what works by script only, in what has just come onto the page. */
export function enliven(root) {
  for (const each of root.querySelectorAll("[data-copy], [data-copy-from], [data-scripted]")) each.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from], [data-copy-text]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copyFrom);
  const given = button.dataset.copyText ?? field?.value;
  copyFrom(button, given ?? new URL(button.dataset.copy, window.location.href).href);
  if (field) field.select();
});
enliven(document);

document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key !== "/" || !plain || isBusy(event.target)) return;
  const field = document.getElementById("q");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
