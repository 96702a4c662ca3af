/* The transcript follows the player, and everything that names a moment seeks. */

import { formatMoment, momentOfHash, parseMoment } from "./moments.js";
import { addToTray, copyFrom, isBusy, say } from "./site.js";

const audio = document.getElementById("audio");
const spoken = document.getElementById("spoken");
const sentences = spoken ? Array.from(spoken.querySelectorAll(".sentence")) : [];
const starts = sentences.map((sentence) => Number(sentence.dataset.start) / 1000);
const chapters = Array.from(document.querySelectorAll(".chapters a[data-seek]"));
const follow = document.getElementById("follow");
const pick = document.getElementById("to-tray");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let now = sentences.findIndex((sentence) => sentence.classList.contains("is-now"));
let isFollowing = true;

/** Return the place of the last of these times that is not after `seconds`, or -1. */
function placeAt(times, seconds) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= seconds + 0.02) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function scrollTo(sentence, smooth = true) {
  sentence.scrollIntoView({ block: "center", behavior: smooth && !calm.matches ? "smooth" : "auto" });
}

function light(place, { scroll = isFollowing, smooth = true } = {}) {
  if (place === now && !scroll) return;
  const before = sentences[now];
  if (before && place !== now) {
    before.classList.remove("is-now");
    before.removeAttribute("aria-current");
  }
  const isNew = place !== now;
  if (isNew && pick) pick.querySelector("span").textContent = "To tray";
  now = place;
  const sentence = sentences[place];
  if (!sentence) return;
  sentence.classList.add("is-now");
  sentence.setAttribute("aria-current", "true");
  if (scroll && (isNew || !smooth)) scrollTo(sentence, smooth);
}

function lightChapter(seconds) {
  const place = placeAt(chapters.map((link) => Number(link.dataset.seek) / 1000), seconds);
  chapters.forEach((link, index) => {
    if (index === place) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function setFollowing(wanted) {
  isFollowing = wanted;
  follow.hidden = wanted || !sentences.length;
}

/** Go to a moment as soon as the audio is known well enough for it. */
function seek(seconds, { play = false, smooth = true } = {}) {
  setFollowing(true);
  light(placeAt(starts, seconds), { scroll: true, smooth });
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
}

function addressOf(seconds) {
  const address = new URL(window.location.href);
  address.search = `?t=${Math.round(seconds * 1000) / 1000}`;
  address.hash = "";
  return address;
}

function seekByHand(seconds) {
  window.history.replaceState(null, "", addressOf(seconds));
  seek(seconds, { play: true });
}

function step(by) {
  if (!sentences.length) return;
  const here = audio.readyState ? placeAt(starts, audio.currentTime) : now;
  const place = Math.min(Math.max(here + by, 0), sentences.length - 1);
  seek(starts[place]);
  say(sentences[place].textContent);
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
  const sentence = sentences[now];
  const at = sentence ? Number(sentence.dataset.start) : Math.round(audio.currentTime * 1000);
  addToTray({ episode_id: Number(pick.dataset.episode), at_ms: at }, pick);
}

const KEYS = {
  " ": () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()),
  ArrowLeft: () => { audio.currentTime = Math.max(0, audio.currentTime - 5); },
  ArrowRight: () => { audio.currentTime += 5; },
  j: () => step(-1),
  k: () => step(1),
  t: () => pickNow(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isBusy(event.target)) return;
  if (event.key === " " && event.target.closest("a, button, summary")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function openAtAddress() {
  const asked = new URL(window.location.href).searchParams;
  const fromHash = momentOfHash(window.location.hash);
  const seconds = fromHash ?? (asked.has("t") ? parseMoment(asked.get("t")) : null);
  if (seconds === null) return;
  // It says what is scrolled to, for pages without script.
  const opened = document.querySelector(".opened");
  if (opened && sentences.length) opened.hidden = true;
  seek(seconds, { play: asked.get("play") === "1", smooth: false });
  // The browser scrolls to the fragment of the address last of all.
  const sentence = sentences[now];
  const settle = () => sentence && scrollTo(sentence, false);
  if (document.readyState === "complete") settle();
  else window.addEventListener("load", () => window.requestAnimationFrame(settle), { once: true });
}

if (audio) {
  document.body.classList.add("can-seek");
  document.getElementById("player-buttons").hidden = false;
  document.getElementById("back").addEventListener("click", () => { audio.currentTime = Math.max(0, audio.currentTime - 15); });
  document.getElementById("forward").addEventListener("click", () => { audio.currentTime += 15; });
  document.getElementById("rate").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
  const copy = document.getElementById("copy-moment");
  copy.addEventListener("click", () => copyFrom(copy, addressOf(audio.currentTime).href));
  pick.addEventListener("click", pickNow);
  follow.addEventListener("click", () => {
    setFollowing(true);
    light(placeAt(starts, audio.currentTime), { scroll: true });
    if (sentences[now]) scrollTo(sentences[now]);
  });
  audio.addEventListener("timeupdate", () => {
    // Before it plays or is sought, the sentence that the address names stays lit.
    if (audio.paused && audio.currentTime === 0) return;
    light(placeAt(starts, audio.currentTime), { scroll: isFollowing && !audio.paused });
    lightChapter(audio.currentTime);
  });
  audio.addEventListener("error", () => say(`The audio cannot be had; the transcript can be read all the same, at ${formatMoment(audio.currentTime)}.`));
  // Only a hand scrolls by wheel, touch or these keys: whoever does wants to read elsewhere.
  for (const name of ["wheel", "touchmove"]) {
    document.addEventListener(name, () => { if (!audio.paused) setFollowing(false); }, { passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key) && !audio.paused && !isBusy(event.target)) setFollowing(false);
  });
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", () => {
    const seconds = momentOfHash(window.location.hash);
    if (seconds !== null) seek(seconds);
  });
  openAtAddress();
}
