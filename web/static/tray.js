/* Picks move by keyboard, and the one that was moved keeps the focus. */

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

const moved = window.location.hash.startsWith("#entry-") && document.getElementById(window.location.hash.slice(1));
if (moved) moved.focus();
