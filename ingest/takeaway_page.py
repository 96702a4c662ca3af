"""Takeaways as one HTML file to read and to hear: for a client, for somebody new.

It holds everything it needs, and asks for nothing but the publisher's audio, and for that only when
somebody plays it; its own policy (https://www.w3.org/TR/CSP3/) forbids all else.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from corpus.moments import format_moment, format_seconds
from ingest.takeaway_blocks import TakeawayLine, safe_url

_STYLE = """
:root{color-scheme:light dark}
body{margin:0 auto;max-width:42rem;padding:1.5rem 1rem 4rem;
font:1.0625rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.2rem;line-height:1.3;margin:2.5rem 0 .25rem}
.facts{margin:0 0 1rem;opacity:.8}
audio{width:100%;margin:.25rem 0 1rem;position:sticky;top:.5rem}
ol{list-style:none;margin:0;padding:0}
li{display:grid;grid-template-columns:4.5rem 1fr;gap:.75rem;padding:.9rem 0;
border-top:1px solid #8884;break-inside:avoid}
li.now{background:#8882}
p{margin:0}
.at{font-variant-numeric:tabular-nums;padding:.25rem 0;min-height:1.75rem;display:inline-block}
blockquote{margin:.4rem 0 0;padding-left:.75rem;border-left:3px solid #8886;opacity:.85}
@media(max-width:30rem){li{grid-template-columns:1fr;gap:.1rem}}
@media print{body{max-width:none;padding:0}audio{display:none}a{color:inherit}}
"""
_SCRIPT = """
for (const part of document.querySelectorAll("section")) {
  const audio = part.querySelector("audio");
  if (!audio) continue;
  const rows = [...part.querySelectorAll("li[data-at]")];
  part.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const at = Number(link.dataset.at);
    const go = () => { audio.currentTime = at; };
    if (audio.readyState) go(); else audio.addEventListener("loadedmetadata", go, { once: true });
    audio.play();
  });
  audio.addEventListener("timeupdate", () => {
    const heard = rows.filter((row) => Number(row.dataset.at) <= audio.currentTime + 0.1);
    const latest = Math.max(...heard.map((row) => Number(row.dataset.at)));
    for (const row of rows) row.classList.toggle("now", Number(row.dataset.at) === latest);
  });
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEpisode:
    """An episode on the page, with its takeaways in their author's order."""

    title: str
    lines: tuple[TakeawayLine, ...]
    show: str | None = None
    date: str | None = None
    """For people."""
    audio_url: str | None = None
    """The publisher's; None where nobody else can have it."""
    problem: str | None = None
    """Why its times may be off."""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; "
    "media-src https: http:; base-uri 'none'; form-action 'none'"
)
"""What the page may load, as Content-Security-Policy."""


def format_page(title: str, episodes: Sequence[PageEpisode], *, lede: str = "") -> str:
    """Return takeaways as a page that stands by itself."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{_text(title)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{_text(title)}</h1>",
            *([f'<p class="facts">{_text(lede)}</p>'] if lede else []),
            *(_section(episode, number) for number, episode in enumerate(episodes)),
            "</main>",
            f"<script>{_SCRIPT}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _section(episode: PageEpisode, number: int) -> str:
    audio = safe_url(episode.audio_url)
    facts = " · ".join(filter(None, (episode.show, episode.date)))
    # Several players of one name could not be told apart.
    named = f'aria-labelledby="episode-{number}"'
    return "\n".join(
        [
            f"<section {named}>",
            f'<h2 id="episode-{number}">{_text(episode.title)}</h2>',
            *([f'<p class="facts">{_text(facts)}</p>'] if facts else []),
            *([f'<p class="facts">Note: {_text(episode.problem)}.</p>'] if episode.problem else []),
            *(
                [f'<audio controls preload="none" {named} src="{escape(audio)}"></audio>']
                if audio
                else []
            ),
            "<ol>",
            *(_item(line, audio) for line in episode.lines),
            "</ol>",
            "</section>",
        ]
    )


def _item(line: TakeawayLine, audio: str) -> str:
    at, clock = "", ""
    if line.start_ms is not None:
        seconds = format_seconds(line.start_ms)
        clock = format_moment(line.start_ms)
        at = f' data-at="{seconds}"'
        if audio:
            href = escape(f"{audio.partition('#')[0]}#t={seconds}")
            clock = f'<a class="at" href="{href}"{at} aria-label="Play at {clock}">{clock}</a>'
        else:
            clock = f'<span class="at">{clock}</span>'
    who = f"<b>{_text(line.speaker)}</b> " if line.speaker else ""
    said = f"<blockquote>{who}“{_text(line.sentence)}”</blockquote>" if line.sentence else ""
    if who and not said:
        said = f"<p>{who.strip()}</p>"
    url = safe_url(line.url) if at else ""
    more = f'<p><a href="{escape(url)}">In the transcript</a></p>' if url else ""
    return f"<li{at}><div>{clock}</div><div><p>{_text(line.text)}</p>{said}{more}</div></li>"


def _text(text: str | None) -> str:
    return escape(" ".join((text or "").split()), quote=False)
