/* What one looks for within an episode is marked in the part that is shown, as one types. */

import { listSentences, onPart } from "./transcript.js";

const MARKS = { "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-" };
const field = document.getElementById("find");
const here = document.getElementById("find-here");
const found = window.Highlight && CSS.highlights ? new Highlight() : null;

/** Return text as it is compared, and for each of its letters the place it comes from. */
function fold(text) {
  let letters = "";
  const places = [];
  for (let place = 0; place < text.length; place += 1) {
    const plain = (MARKS[text[place]] || text[place]).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    letters += plain;
    for (let each = 0; each < plain.length; each += 1) places.push(place);
  }
  return { letters, places };
}

function mark() {
  found.clear();
  const needle = fold(field.value.trim().replace(/\s+/g, " ")).letters;
  here.textContent = "";
  if (needle.length < 2) return;
  let count = 0;
  for (const sentence of listSentences()) {
    const { letters, places } = fold(sentence.textContent);
    let at = letters.indexOf(needle);
    if (at >= 0) count += 1;
    for (; at >= 0; at = letters.indexOf(needle, at + needle.length)) {
      const range = new Range();
      range.setStart(sentence.firstChild, places[at]);
      range.setEnd(sentence.firstChild, places[at + needle.length - 1] + 1);
      found.add(range);
    }
  }
  const shown = document.querySelector("#reading .parts") ? "in the part below; Find looks through all" : "below";
  here.textContent = count ? `${count} ${count === 1 ? "sentence" : "sentences"} ${shown}` : `None ${shown}`;
}

if (field && found) {
  CSS.highlights.set("found", found);
  let timer = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(mark, 120);
  });
  onPart(mark);
  if (field.value) mark();
}
