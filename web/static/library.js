/* Work shows how far it is, as long as anything runs. */

import { say } from "./site.js";

const WAIT_MS = 2000;
const list = document.getElementById("jobs");
const template = document.getElementById("job-template");
const VERBS = JSON.parse(list.dataset.verbs);

function isLive(counts) {
  return counts.queued + counts.running > 0;
}

function show(element, text) {
  element.textContent = text || "";
  element.hidden = !text;
}

const PAGES = { episode: "episodes", issue: "issues", show: "shows" };

/** Return the page of what a job is about. */
function pageOf(subject) {
  const [kind, id] = subject.split(":");
  return PAGES[kind] && /^\d+$/.test(id) ? `/${PAGES[kind]}/${id}` : null;
}

function makeRow(job) {
  const row = template.content.querySelector(".job").cloneNode(true);
  const page = pageOf(job.subject);
  if (page) {
    const link = document.createElement("a");
    link.className = "job-name";
    link.href = page;
    row.querySelector(".job-name").replaceWith(link);
  }
  row.dataset.job = job.id;
  row.querySelector(".job-verb").textContent = VERBS[job.kind] || job.kind;
  row.querySelector(".job-name").textContent = job.title;
  row.querySelector(".job-retry-name").textContent = `: ${job.title}`;
  row.querySelector(".job-retry").action = `/jobs/${job.id}/retry`;
  return row;
}

/** Return a time as people say it; the same words that the server has. */
function sayDuration(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function fill(row, job) {
  row.dataset.state = job.state;
  row.querySelector(".job-state").textContent = job.state;
  const bar = row.querySelector("progress");
  bar.hidden = job.state !== "running";
  if (job.progress === null) bar.removeAttribute("value");
  else bar.value = job.progress;
  show(row.querySelector(".job-left"), job.left_ms === null ? "" : `about ${sayDuration(job.left_ms)} left`);
  show(row.querySelector(".job-note"), job.state === "running" ? job.note : "");
  show(row.querySelector(".job-problem"), job.state === "done" ? "" : job.problem);
  row.querySelector(".job-retry").hidden = job.state !== "failed";
}

function draw({ jobs, counts }) {
  document.getElementById("no-jobs")?.remove();
  const held = new Map(Array.from(list.children, (row) => [row.dataset.job, row]));
  const rows = jobs.map((job) => {
    const row = held.get(String(job.id)) || makeRow(job);
    fill(row, job);
    return row;
  });
  // Moving a row would take the focus from the button in it: only where the order has changed.
  if (rows.some((row, place) => list.children[place] !== row) || rows.length !== list.children.length) {
    const focused = document.activeElement;
    list.replaceChildren(...rows);
    if (focused && list.contains(focused)) focused.focus();
  }
  const line = document.getElementById("job-counts");
  const parts = Object.entries(counts).filter(([, count]) => count).map(([state, count]) => {
    const part = document.createElement("span");
    part.textContent = `${count} ${state}`;
    return part;
  });
  if (line.textContent.replace(/\s+/g, "") !== parts.map((part) => part.textContent).join("").replace(/\s+/g, "")) {
    line.replaceChildren(...parts);
  }
}

/** What the work has brought: the lists of this page as they are now. */
async function refreshLists() {
  const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["shows", "issues", "storage", "problems"]) {
    const here = document.getElementById(id);
    const there = page.getElementById(id);
    if (here && there && here.innerHTML !== there.innerHTML) here.replaceWith(document.adoptNode(there));
  }
}

let wasLive = false;
let done = null;

async function poll() {
  try {
    const answer = await fetch("/api/v1/jobs?limit=30");
    if (answer.ok) {
      const document_ = await answer.json();
      draw(document_);
      const live = isLive(document_.counts);
      // What one job has brought is not kept back until hours of others are done.
      if (done !== null && document_.counts.done !== done) await refreshLists();
      done = document_.counts.done;
      if (wasLive && !live) {
        await refreshLists();
        say("All work is done.");
      }
      wasLive = live;
      if (!live) return;
    }
  } catch {
    // The site is being restarted, or the network is away: ask again.
  }
  window.setTimeout(poll, WAIT_MS);
}

if (list.querySelector('[data-state="queued"], [data-state="running"]')) {
  wasLive = true;
  poll();
}
