/* The player: the transcript follows it, and everything that names a moment seeks. */

import "./finding.js";
import { formatMoment, momentOfHash, parseMoment } from "./moments.js";
import { copyQuotation } from "./quote.js";
import { addToTray, copyFrom, isBusy, say } from "./site.js";
import { isElsewhere, light, lightWord, listSentences, loadWords, onPart, placeAt, scrollTo, sentenceNow, startBeside, turnTo } from "./transcript.js";

const audio = document.getElementById("audio");
const chapterLists = [".chapters a[data-seek]", ".marks a[data-seek]", ".band-part a[data-seek]"].map((each) => Array.from(document.querySelectorAll(each)));
const marks = Array.from(document.querySelectorAll(".marks a[data-seek]"));
const hand = document.getElementById("mark-now");
const follow = document.getElementById("follow");
const pick = document.getElementById("to-tray");
const keys = document.getElementById("keys");
let isFollowing = true;

/** Let the tab key stop at one mark of the bar. */
function stopAt(mark) {
  for (const each of marks) each.setAttribute("tabindex", each === mark ? "0" : "-1");
}

/** Among the marks of the bar, arrows go from one to the next. */
function onMarkKey(event) {
  const place = marks.indexOf(event.target);
  const last = marks.length - 1;
  const next = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: last }[event.key];
  if (place < 0 || next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const mark = marks[Math.min(Math.max(next, 0), last)];
  stopAt(mark);
  mark.focus();
}

function lightChapter(seconds) {
  for (const links of chapterLists) {
    const place = placeAt(links.map((link) => Number(link.dataset.seek) / 1000), seconds);
    links.forEach((link, index) => {
      if (index === place) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }
  const current = marks.find((mark) => mark.hasAttribute("aria-current"));
  if (current && !marks.includes(document.activeElement)) stopAt(current);
  if (hand && Number.isFinite(audio.duration)) {
    hand.setAttribute("x", String(Math.min(1000 * (seconds / audio.duration), 997)));
    hand.setAttribute("visibility", "visible");
  }
}

function setFollowing(wanted) {
  isFollowing = wanted;
  follow.hidden = wanted || !listSentences().length;
}

/** Light what is said at `seconds`, in whichever part of the transcript it is. */
async function show(seconds, { scroll = isFollowing, smooth = true } = {}) {
  if (isElsewhere(seconds)) {
    // Whoever has scrolled away reads on where she is.
    if (!scroll) return;
    await turnTo(seconds);
  }
  if (light(seconds, { scroll, smooth }) && pick) pick.querySelector("span").textContent = "To tray";
}

/** Go to a moment as soon as the audio is known well enough for it. */
function seek(seconds, { play = false, smooth = true } = {}) {
  setFollowing(true);
  const shown = show(seconds, { scroll: true, smooth });
  lightChapter(seconds);
  const go = () => {
    audio.currentTime = Number.isFinite(audio.duration) ? Math.min(seconds, audio.duration) : seconds;
    // Without a click the browser may not allow it, and then the player waits.
    if (play) audio.play().catch(() => {});
  };
  if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) go();
  else {
    audio.addEventListener("loadedmetadata", go, { once: true });
    if (play) audio.load();
  }
  return shown;
}

function addressOf(seconds) {
  const address = new URL(window.location.href);
  address.search = `?t=${Math.round(seconds * 1000) / 1000}`;
  address.hash = "";
  return address;
}

/** What is handed on begins where the player was sent last. */
function shareFrom(seconds) {
  const at = Math.round(seconds * 1000) / 1000;
  document.getElementById("share-at").textContent = `From ${formatMoment(seconds)}`;
  for (const id of ["share-link", "share-embed"]) {
    const field = document.getElementById(id);
    field.value = field.value.replace(/(\/episodes\/\d+)(?:\?t=[\d.]+)?/, `$1?t=${at}`);
  }
}

function seekByHand(seconds) {
  window.history.replaceState(null, "", addressOf(seconds));
  shareFrom(seconds);
  seek(seconds, { play: true });
}

async function step(by) {
  const wanted = startBeside(audio.readyState ? audio.currentTime : null, by);
  if (wanted === null) return;
  await seek(wanted);
  say(sentenceNow()?.textContent || "");
}

function onClick(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const link = event.target.closest("[data-seek]");
  const sentence = event.target.closest(".sentence");
  if (link) {
    event.preventDefault();
    seekByHand(Number(link.dataset.seek) / 1000);
  } else if (sentence && window.getSelection().isCollapsed) {
    // Not where words are being selected to copy them.
    seekByHand(Number(sentence.dataset.start) / 1000);
  }
}

/** The sentence that is lit goes into the tray; where none is, the one at the player's second. */
function pickNow() {
  const sentence = sentenceNow();
  const at = sentence ? Number(sentence.dataset.start) : Math.round(audio.currentTime * 1000);
  addToTray({ episode_id: Number(pick.dataset.episode), at_ms: at }, pick);
}

const PLAYER_KEYS = {
  " ": () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()),
  ArrowLeft: () => { audio.currentTime = Math.max(0, audio.currentTime - 5); },
  ArrowRight: () => { audio.currentTime += 5; },
  j: () => step(-1),
  k: () => step(1),
  t: () => pickNow(),
};
const KEYS = {
  ...(audio ? PLAYER_KEYS : {}),
  f: () => document.getElementById("find")?.focus(),
  q: () => copyQuotation(),
  "?": () => keys.showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target) || keys.open) return;
  if (event.shiftKey && event.key !== "?") return;
  if (event.key === " " && event.target.closest("a, button, summary")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

async function openAtAddress() {
  const asked = new URL(window.location.href).searchParams;
  const fromHash = momentOfHash(window.location.hash);
  const seconds = fromHash ?? (asked.has("t") ? parseMoment(asked.get("t")) : null);
  if (seconds === null) return;
  if (fromHash !== null) shareFrom(seconds);
  // It says what is scrolled to, for pages without script.
  const opened = document.querySelector(".opened");
  if (opened && listSentences().length) opened.hidden = true;
  await seek(seconds, { play: asked.get("play") === "1", smooth: false });
  // The browser scrolls to the fragment of the address last of all.
  const sentence = sentenceNow();
  const settle = () => sentence && scrollTo(sentence, false);
  if (document.readyState === "complete") settle();
  else window.addEventListener("load", () => window.requestAnimationFrame(settle), { once: true });
}

/** While it plays, each word is lit as it is said. */
function onFrame() {
  lightWord(audio.currentTime);
  if (!audio.paused) window.requestAnimationFrame(onFrame);
}

function onTime() {
  // Before it plays or is sought, the sentence that the address names stays lit.
  if (audio.paused && audio.currentTime === 0) return;
  show(audio.currentTime, { scroll: isFollowing && !audio.paused });
  lightChapter(audio.currentTime);
  if (audio.paused) lightWord(audio.currentTime);
}

function onPlay() {
  loadWords();
  window.requestAnimationFrame(onFrame);
}

if (audio) {
  document.body.classList.add("can-seek");
  document.getElementById("player-buttons").hidden = false;
  document.getElementById("back").addEventListener("click", () => { audio.currentTime = Math.max(0, audio.currentTime - 15); });
  document.getElementById("forward").addEventListener("click", () => { audio.currentTime += 15; });
  document.getElementById("rate").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
  document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
  const copy = document.getElementById("copy-moment");
  copy.addEventListener("click", () => copyFrom(copy, addressOf(audio.currentTime).href));
  pick.addEventListener("click", pickNow);
  follow.addEventListener("click", async () => {
    setFollowing(true);
    await show(audio.currentTime, { scroll: true });
    if (sentenceNow()) scrollTo(sentenceNow());
  });
  audio.addEventListener("timeupdate", onTime);
  audio.addEventListener("play", onPlay);
  onPart(() => { if (!audio.paused) loadWords(); });
  audio.addEventListener("error", () => say(`The audio cannot be had; the transcript can be read all the same, at ${formatMoment(audio.currentTime)}.`));
  // Only a hand scrolls by wheel, touch or these keys: whoever does wants to read elsewhere.
  for (const name of ["wheel", "touchmove"]) {
    document.addEventListener(name, () => { if (!audio.paused) setFollowing(false); }, { passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key) && !audio.paused && !isBusy(event.target)) setFollowing(false);
  });
  document.getElementById("marks")?.addEventListener("keydown", onMarkKey);
  document.addEventListener("click", onClick);
  window.addEventListener("hashchange", () => {
    const seconds = momentOfHash(window.location.hash);
    if (seconds === null) return;
    shareFrom(seconds);
    seek(seconds);
  });
  openAtAddress();
}
document.addEventListener("keydown", onKey);
