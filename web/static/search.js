/* Hits play in place: from the sentence's first second to its last. */

import { formatMoment } from "./moments.js";
import { enliven, isBusy, say } from "./site.js";

const player = document.getElementById("mini");
const audio = document.getElementById("mini-audio");
let until = null;
let timer = 0;
let playing = null;

function at(id) {
  return document.getElementById(`mini-${id}`);
}

/** Stop at the end of the sentence, to within a few hundredths of a second. */
function watch() {
  window.clearTimeout(timer);
  if (until === null || audio.paused) return;
  const left = (until - audio.currentTime) / audio.playbackRate;
  if (left <= 0.01) {
    until = null;
    audio.pause();
  } else {
    timer = window.setTimeout(watch, Math.min(left, 0.5) * 1000);
  }
}

function fail(text) {
  at("said").textContent = text;
  say(text);
}

async function start() {
  try {
    await audio.play();
  } catch (error) {
    if (error.name === "NotSupportedError") fail("This audio cannot be played here. Open the episode instead.");
  }
}

function seek(seconds) {
  const go = () => { audio.currentTime = seconds; };
  if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) go();
  else audio.addEventListener("loadedmetadata", go, { once: true });
}

function playHit(button) {
  const { play, start: startMs, end, title, said, open } = button.dataset;
  const address = new URL(play, window.location.href).href;
  if (audio.src !== address) audio.src = address;
  seek(Number(startMs) / 1000);
  until = end === undefined ? null : Number(end) / 1000;
  player.hidden = false;
  document.body.classList.add("has-mini");
  at("title").textContent = title;
  at("said").textContent = said;
  at("open").href = open;
  playing?.classList.remove("is-playing");
  playing = button.closest(".hit");
  playing.classList.add("is-playing");
  say(`Playing ${title} at ${formatMoment(Number(startMs) / 1000)}`);
  start();
}

function toggle() {
  if (audio.paused) start();
  else audio.pause();
}

function close() {
  audio.pause();
  player.hidden = true;
  document.body.classList.remove("has-mini");
  playing?.classList.remove("is-playing");
  playing?.querySelector("[data-play]")?.focus();
}

function show() {
  player.classList.toggle("is-on", !audio.paused);
  at("play-name").textContent = audio.paused ? "Play" : "Pause";
  watch();
}

if (player) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    playHit(button);
  });
  for (const name of ["play", "pause", "seeked", "ratechange"]) audio.addEventListener(name, show);
  audio.addEventListener("timeupdate", () => { at("clock").textContent = formatMoment(audio.currentTime); });
  audio.addEventListener("error", () => fail("This audio cannot be had. Open the episode instead."));
  at("play").addEventListener("click", toggle);
  at("close").addEventListener("click", close);
  at("back").addEventListener("click", () => { audio.currentTime = Math.max(0, audio.currentTime - 15); });
  document.addEventListener("keydown", (event) => {
    if (player.hidden || isBusy(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") close();
    if (event.key === " " && !event.target.closest("a, button, summary")) {
      event.preventDefault();
      toggle();
    }
  });
}

// What is not asked for stays out of the address.
document.querySelector(".ask").addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of Array.from(formData)) {
    if (value === "" || (name === "mode" && value === "hybrid")) formData.delete(name);
  }
});

function sayCount() {
  const count = document.querySelector(".count");
  if (count) say(count.textContent.trim());
}

// A status that stood on the page from the start is not read out: say it once.
sayCount();

/* Answers come as one types, by the same address that the form would ask for. */

const LEAST = 3;
const WAIT_MS = 300;
const AWAY = "Earmark does not answer just now, so this is not yet about what you typed. Press Enter to ask again.";
const form = document.querySelector(".ask");
const field = document.getElementById("q");
let asking = null;
let waiting = 0;
let shown = new URL(window.location.href).searchParams.toString();
let address = window.location.search;
let isTyped = false;

function askedFor() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) asked.append(name, value);
  return asked;
}

/** Tell that what stands below does not answer what is typed. */
function tellAway() {
  if (document.getElementById("unanswered")) return;
  const line = document.createElement("p");
  line.id = "unanswered";
  line.className = "notice notice-bad";
  line.setAttribute("role", "alert");
  line.textContent = AWAY;
  document.getElementById("answer").before(line);
}

/** Show a page's answer in place of this one's, under the question it belongs to. */
function put(page, there, url) {
  document.getElementById("answer").replaceWith(document.adoptNode(there));
  document.getElementById("asked").replaceWith(document.adoptNode(page.getElementById("asked")));
  document.body.classList.remove("page-start");
  document.body.classList.add("page-results");
  document.title = page.title;
  // Back leads to what stood here before one typed, not to each letter on the way.
  window.history[isTyped ? "replaceState" : "pushState"](null, "", url);
  isTyped = true;
  address = window.location.search;
  document.getElementById("unanswered")?.remove();
  enliven(there);
  sayCount();
}

async function answer() {
  const asked = askedFor();
  const text = asked.toString();
  const letters = (asked.get("q") || "").trim().length;
  document.getElementById("answer").classList.toggle("is-old", text !== shown);
  asking?.abort();
  if (text === shown || (letters > 0 && letters < LEAST)) return;
  asking = new AbortController();
  const url = new URL(form.action);
  url.search = text;
  try {
    const told = await fetch(url, { signal: asking.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await told.text(), "text/html");
    const there = page.getElementById("answer");
    if (askedFor().toString() !== text) return;
    if (!told.ok || !there) {
      tellAway();
      return;
    }
    shown = text;
    put(page, there, url);
  } catch (error) {
    // Asked something else meanwhile, or the network is away.
    if (error instanceof TypeError) tellAway();
    else if (error.name !== "AbortError") throw error;
  }
}

window.addEventListener("popstate", () => {
  // Not where only the part of the page behind # is another.
  if (window.location.search !== address) window.location.reload();
});
field.addEventListener("input", () => {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(answer, WAIT_MS);
});
form.addEventListener("change", (event) => {
  if (event.target !== field) answer();
});
form.addEventListener("submit", () => {
  window.clearTimeout(waiting);
  asking?.abort();
});
