/* Hits play in place: from the sentence's first second to its last. */

import { formatMoment } from "./moments.js";
import { isBusy, say } from "./site.js";

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
  playing?.querySelector("[data-play]").focus();
}

function show() {
  player.classList.toggle("is-on", !audio.paused);
  at("play-name").textContent = audio.paused ? "Play" : "Pause";
  watch();
}

if (player) {
  for (const button of document.querySelectorAll("[data-play]")) {
    button.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      playHit(button);
    });
  }
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

// A status that stood on the page from the start is not read out: say it once.
const count = document.querySelector(".count");
if (count) say(count.textContent.trim());
