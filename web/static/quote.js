/* What is selected in the transcript is copied as a quotation: words, speaker, episode, link. */

import { formatMoment } from "./moments.js";
import { copyFrom } from "./site.js";
import { listSentences, sentenceNow } from "./transcript.js";

const button = document.getElementById("quote");

/** Return who says a sentence: the last name above it, unless a change of speaker has none. */
function speakerOf(sentence) {
  let above = sentence.closest(".para");
  while (above && !above.matches(".said-who, .turn")) above = above.previousElementSibling;
  return above?.matches(".said-who") ? above.textContent : "";
}

/** Return what of a sentence lies in a range. */
function wordsIn(sentence, range) {
  const part = document.createRange();
  part.selectNodeContents(sentence);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString().trim();
}

function selectedRange() {
  const selection = window.getSelection();
  const spoken = document.getElementById("spoken");
  if (!spoken || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  return range.intersectsNode(spoken) ? range : null;
}

/** Return the quotation of what is selected, else of the lit sentence; null where there is none. */
function makeQuotation() {
  const range = selectedRange();
  const lit = sentenceNow();
  const chosen = range ? listSentences().filter((each) => range.intersectsNode(each)) : lit ? [lit] : [];
  const turns = [];
  let start = null;
  for (const sentence of chosen) {
    const text = range ? wordsIn(sentence, range) : sentence.textContent;
    if (!text) continue;
    start ??= Number(sentence.dataset.start) / 1000;
    const speaker = speakerOf(sentence);
    const last = turns[turns.length - 1];
    if (last && last.speaker === speaker) last.text += ` ${text}`;
    else turns.push({ speaker, text });
  }
  if (start === null) return null;
  const { episode, show, address } = button.dataset;
  const one = turns.length === 1;
  const said = turns.map(({ speaker, text }) => (one || !speaker ? `“${text}”` : `${speaker}: “${text}”`));
  const by = one && turns[0].speaker ? `${turns[0].speaker}, ` : "";
  const link = new URL(`${address}?t=${start}`, window.location.href).href;
  return `${said.join("\n")}\n— ${by}${episode} (${show}), ${formatMoment(start)}\n${link}`;
}

/** Copy what is selected, or the lit sentence, as a quotation. */
export function copyQuotation() {
  const text = makeQuotation();
  if (!text) return;
  button.hidden = false;
  copyFrom(button, text);
  window.setTimeout(() => { button.hidden = !selectedRange(); }, 1800);
}

if (button) {
  // A press would take the selection away before the click comes.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", copyQuotation);
  document.addEventListener("selectionchange", () => { button.hidden = !selectedRange() && !button.matches(":focus"); });
}
