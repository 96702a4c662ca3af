/* The transcript on the page: its sentences, the one that is lit, the word that is said, its parts. */

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
// Ranges are painted without touching the text: what is selected stays selected.
const canPaint = Boolean(window.Highlight && CSS.highlights);
const word = canPaint ? new Highlight() : null;
if (word) CSS.highlights.set("word", word);

let spoken = null;
let sentences = [];
let starts = [];
let words = null;
let wordKey = "";
let now = -1;
const listeners = [];

/** Return the place of the last of these times that is not after `seconds`, or -1. */
export function placeAt(times, seconds) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= seconds + 0.02) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function read() {
  spoken = document.getElementById("spoken");
  sentences = spoken ? Array.from(spoken.querySelectorAll(".sentence")) : [];
  starts = sentences.map((sentence) => Number(sentence.dataset.start) / 1000);
  words = null;
  now = sentences.findIndex((sentence) => sentence.classList.contains("is-now"));
  unlightWord();
}

export function listSentences() {
  return sentences;
}

export function sentenceNow() {
  return sentences[now] || null;
}

/** Call something whenever another part of the transcript is shown. */
export function onPart(listener) {
  listeners.push(listener);
}

export function scrollTo(sentence, smooth = true) {
  sentence.scrollIntoView({ block: "center", behavior: smooth && !calm.matches ? "smooth" : "auto" });
}

/** Light the sentence said at `seconds`; return whether it is another one than before. */
export function light(seconds, { scroll = false, smooth = true } = {}) {
  const place = placeAt(starts, seconds);
  const isNew = place !== now;
  if (isNew) {
    sentences[now]?.classList.remove("is-now");
    sentences[now]?.removeAttribute("aria-current");
    unlightWord();
    now = place;
  }
  const sentence = sentences[place];
  if (!sentence) return isNew;
  sentence.classList.add("is-now");
  sentence.setAttribute("aria-current", "true");
  if (scroll && (isNew || !smooth)) scrollTo(sentence, smooth);
  return isNew;
}

/** Return when the sentence begins that is so many after the lit one. */
export function startBeside(seconds, by) {
  if (!sentences.length) return null;
  const here = seconds === null ? now : placeAt(starts, seconds);
  return starts[Math.min(Math.max(here + by, 0), sentences.length - 1)];
}

function unlightWord() {
  word?.clear();
  wordKey = "";
}

/** Ask once for the times of the words of this part, where they are known. */
export async function loadWords() {
  const source = spoken?.dataset.words;
  if (!word || !source || words) return;
  words = [];
  try {
    const answer = await fetch(source);
    const told = answer.ok ? (await answer.json()).words : [];
    if (spoken.dataset.words === source) words = told;
  } catch {
    words = null; // The network is away: the sentence is lit all the same, and it is asked again.
  }
}

/** Light the word said at `seconds`, in the sentence that is lit. */
export function lightWord(seconds) {
  const known = words?.[now];
  const letters = sentences[now]?.firstChild;
  if (!known?.length || !letters) return;
  const place = placeAt(known.map((each) => each[2] / 1000), seconds);
  const key = `${now}:${place}`;
  if (key === wordKey) return;
  unlightWord();
  wordKey = key;
  if (place < 0) return;
  const [first, last] = known[place];
  const range = new Range();
  range.setStart(letters, Math.min(first, letters.length));
  range.setEnd(letters, Math.min(last, letters.length));
  word.add(range);
}

/** Return the link to the part in which something is said at `seconds`, where another is shown. */
function partAt(seconds) {
  const links = Array.from(document.querySelectorAll("#reading .parts a")).filter((link, place, all) =>
    all.findIndex((other) => other.dataset.part === link.dataset.part) === place);
  if (links.length < 2) return null;
  const place = Math.max(placeAt(links.map((link) => Number(link.dataset.from) / 1000), seconds), 0);
  return links[place].dataset.part === spoken.dataset.part ? null : links[place];
}

let turning = null;

/** Show the part in which something is said at `seconds`. */
export async function turnTo(seconds) {
  const link = partAt(seconds);
  if (!link || turning === link.dataset.part) return;
  turning = link.dataset.part;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page.getElementById("reading");
    if (!there) return;
    document.getElementById("reading").replaceWith(document.adoptNode(there));
    read();
    for (const listener of listeners) listener();
  } catch {
    // The network is away: what is shown stays, and the link still leads there.
  } finally {
    turning = null;
  }
}

export function isElsewhere(seconds) {
  return partAt(seconds) !== null;
}

read();
