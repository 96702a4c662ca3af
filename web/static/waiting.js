/* A page that waits for work shows what it has brought as soon as that is done. */

import { isBusy, say } from "./site.js";

const WAIT_MS = 1500;
const notices = Array.from(document.querySelectorAll("[data-wait]"));

async function isLive(id) {
  try {
    const answer = await fetch(`/api/v1/jobs/${id}`);
    if (!answer.ok) return answer.status !== 404;
    return ["queued", "running"].includes((await answer.json()).state);
  } catch {
    return true; // The site is being restarted, or the network is away: ask again.
  }
}

async function wait() {
  const live = await Promise.all(notices.map((each) => isLive(each.dataset.wait)));
  if (live.some(Boolean)) {
    window.setTimeout(wait, WAIT_MS);
    return;
  }
  const audio = document.querySelector("audio");
  // Nobody is torn out of what she hears or writes.
  if (isBusy(document.activeElement) || (audio && !audio.paused)) say("It is done: load the page again to see it.");
  else window.location.reload();
}

if (notices.length) wait();
