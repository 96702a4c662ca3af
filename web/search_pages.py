"""The search page."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from corpus.catalogue import episodes, issues, passages, saved, shows, tray
from corpus.catalogue.facets import list_facet_rows
from corpus.errors import EarmarkError
from ingest.said_before import SaidBefore, find_said_before
from search.hits import SearchRequest
from search.query import FILTERS, parse_query
from web.asking import find_odd, read_search_arguments
from web.current import current_house
from web.digests import saved_url
from web.documents import Document
from web.facets import Facets, count_facets
from web.highlighting import Piece, cut_passage
from web.kept_answers import answer_kept

blueprint = Blueprint("search", __name__)

_KINDS = ("transcript", "takeaway", "chapter", "notes", "issue")
_FILTER_LABELS = {
    "show": "the show",
    "kind": "the kind",
    "speaker": "the speaker",
    "after": "the first day",
    "before": "the last day",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """A hit as its card shows it."""

    rank: int
    passage_id: int
    why: str
    kind: str
    pieces: tuple[Piece, ...]
    sentence: str
    start_ms: int | None
    end_ms: int | None
    """Where playing stops: the end of the best sentence, where it is known."""
    speaker: str | None
    can_play: bool
    """Whether it has a time and its episode's audio can be had."""
    episode: Document | None
    issue: Document | None
    share: str
    """The address to hand on."""
    links: tuple[Document, ...]
    """Elsewhere: in the publisher's audio, on the publisher's page."""
    problem: str | None
    """Why its time may be off."""
    before: tuple[SaidBefore, ...] = ()
    """What earlier issues have told already."""
    verdict: str | None = None
    """What the owner says of it for this question: right or wrong."""
    judgement_id: int | None = None
    sentence_ms: int | None = None
    """The sentence's own start, where it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropView:
    """A filter or sign without which there are hits."""

    said: str
    total: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """What the search page shows."""

    asked: SearchRequest
    shows: tuple[str, ...]
    kinds: tuple[str, ...]
    is_filtered: bool
    is_asked: bool
    is_empty: bool
    """Whether nothing at all is held yet."""
    hits: tuple[HitView, ...] = ()
    total: int = 0
    mode: str = "hybrid"
    took_ms: int = 0
    problems: tuple[str, ...] = ()
    provisional: str | None = None
    """Why it is answered by words alone for now."""
    previous_url: str | None = None
    next_url: str | None = None
    first_url: str | None = None
    all_url: str | None = None
    """The same question without its filters."""
    suggestion: str | None = None
    suggestion_url: str | None = None
    """The question in its nearest spelling."""
    drops: tuple[DropView, ...] = ()
    like: str | None = None
    """The words of the passage that others are to be like."""
    facets: Facets | None = None
    """How the passages of all pages divide."""
    saved: tuple[tuple[str, str], ...] = ()
    """Saved searches: name and address."""
    examples: tuple[tuple[str, str], ...] = ()
    """Ways to ask, with words from what is held: name and question."""
    gone: str | None = None
    """Why there is no passage that others could be like."""

    @property
    def is_behind(self) -> bool:
        """Whether the page lies behind the last of its answers."""
        return self.total > 0 and not self.hits


@blueprint.get("/")
def search() -> ResponseReturnValue:
    """Show the search field and, where something was asked, what answers it."""
    house = current_house()
    asked = replace(read_search_arguments(request.args), k=10)
    wanted = request.args.get("like", "").strip()
    if parse_query(asked.text).text:
        # Words are a question of their own; beside a passage they would count for nothing.
        asked, wanted = replace(asked, like=None), ""
    with house.catalogue.read() as conn:
        titles = tuple(dict.fromkeys(show.title for show in shows.list_shows(conn)))
        is_empty = not episodes.count_episodes(conn) and not issues.count_issues(conn)
        held_searches = tuple((one.name, saved_url(one)) for one in saved.list_saved(conn))
        liked = passages.get_passages(conn, [asked.like]) if asked.like is not None else {}
        examples = () if asked.text.strip() or wanted else _make_examples(conn)
    is_gone = bool(wanted) and not liked
    view = SearchView(
        asked=replace(asked, like=None) if is_gone else asked,
        shows=titles,
        kinds=_KINDS,
        is_filtered=any(getattr(asked, name) for name in FILTERS),
        is_asked=bool(asked.text.strip()) or bool(wanted),
        is_empty=is_empty,
        like=next((held.text for held in liked.values()), None),
        saved=held_searches,
        examples=examples,
        gone=_say_gone(wanted, asked.like) if is_gone else None,
    )
    if view.is_asked and not is_gone:
        view = replace(view, **_answer(asked))
        view = replace(view, problems=(*find_odd(request.args), *view.problems))
    is_found = not is_gone and not view.is_behind
    return render_template("search.html", page=view), 200 if is_found else 404


def _say_gone(wanted: str, like: int | None) -> str:
    if like is None or like < 1:
        return f"“{wanted[:40]}” names no passage."
    return (
        "The passage that others were to be like is gone: its episode or issue was changed or "
        "removed since."
    )


def _make_examples(conn: Connection) -> tuple[tuple[str, str], ...]:
    """Return ways to ask that find something in what was brought in last."""
    examples = [("A question", "how do I say no to extra work without losing the client?")]
    latest = episodes.list_episodes(conn, limit=3)
    chapters = [chapter for one in latest for chapter in episodes.list_chapters(conn, one.id)[1:]]
    if chapters:
        examples.append(("What it was about", chapters[0].title))
    examples.append(("An exact phrase", '"the first time"'))
    guests = [person for one in latest for person in one.persons if person.role == "guest"]
    if guests:
        examples.append(("One person’s words", f'time speaker:"{guests[0].name}"'))
    years = [one.published[:4] for one in latest if one.published]
    if years:
        examples.append(("Since a date", f"hiring after:{years[0]}"))
    examples.append(("Without a word", "meetings -remote"))
    return tuple(examples)


def _answer(asked: SearchRequest) -> dict[str, Any]:
    try:
        told = answer_kept(asked)
    except EarmarkError as error:
        return {"problems": (str(error),)}
    with current_house().catalogue.read() as conn:
        facets = count_facets(list_facet_rows(conn, told.found))
    document = told.read()
    playable = _find_playable(document["hits"])
    hits = _with_said_before([_view(hit, playable) for hit in document["hits"]])
    total = document["total"]
    return {
        "hits": hits,
        "total": total,
        "mode": document["mode"],
        "took_ms": document["took_ms"],
        "problems": tuple(document["problems"][bool(document["provisional"]) :]),
        "provisional": document["provisional"],
        "previous_url": _page(asked, asked.offset - asked.k) if asked.offset else None,
        "next_url": _page(asked, asked.offset + asked.k)
        if hits and asked.offset + asked.k < total
        else None,
        "first_url": _page(asked, 0),
        "all_url": url_for("search.search", q=asked.text or None, like=asked.like),
        "suggestion": document["suggestion"],
        "suggestion_url": _page(replace(asked, text=document["suggestion"]), 0)
        if document["suggestion"]
        else None,
        "drops": tuple(_view_drop(asked, drop) for drop in document["drops"]),
        "facets": facets,
    }


def _view_drop(asked: SearchRequest, drop: Document) -> DropView:
    others: dict[str, Any] = {"text": drop["query"]}
    if drop["filter"] in FILTERS:
        others[drop["filter"]] = None
    return DropView(
        said=_say_drop(drop), total=drop["total"], url=_page(replace(asked, **others), 0)
    )


def _say_drop(drop: Document) -> str:
    name, said = drop["filter"], drop["said"]
    if name not in FILTERS:
        return str(said)
    return f"{_FILTER_LABELS[name]} {said.partition(':')[2]}"


def _with_said_before(hits: list[HitView]) -> tuple[HitView, ...]:
    with current_house().catalogue.read() as conn:
        said = tray.list_said(conn)
    # A takeaway of an issue is told in that issue itself, which is no news.
    return tuple(
        replace(
            hit,
            before=tuple(b for b in found if not hit.issue or b.said.issue_id != hit.issue["id"]),
        )
        for hit, found in zip(
            hits, find_said_before([hit.sentence for hit in hits], said), strict=True
        )
    )


def _page(asked: SearchRequest, offset: int) -> str:
    return search_url(asked, offset=max(offset, 0) or None)


def read_state(asked: SearchRequest) -> dict[str, str]:
    """Return all that the address of a search holds but its page; nothing that is a default."""
    values = {"q": asked.text, "like": asked.like, "mode": asked.mode}
    values |= {name: getattr(asked, name) for name in FILTERS}
    if asked.mode == "hybrid" or asked.like is not None:
        del values["mode"]
    return {name: str(value) for name, value in values.items() if value}


@blueprint.app_template_global("search_url")
def search_url(asked: SearchRequest, **changed: str | int | None) -> str:
    """Return the address of a search with something else asked for, from its first page."""
    return url_for("search.search", **{**read_state(asked), **changed})  # type: ignore[arg-type]


def _find_playable(hits: list[Document]) -> frozenset[int]:
    """Return the ids of the hits' episodes whose audio is held or has an address."""
    ids = [hit["episode"]["id"] for hit in hits if hit["episode"]]
    held = current_house().known_owners.get(ids, []).episodes
    return frozenset(
        id_ for id_ in ids if id_ in held and (held[id_].audio_url or held[id_].media_path)
    )


def _view(hit: Document, playable: frozenset[int]) -> HitView:
    best = hit["best"] or {}
    start_ms = best.get("start_ms")
    if start_ms is None:
        start_ms = hit["start_ms"]
    share, *elsewhere = hit["links"]
    return HitView(
        rank=hit["rank"],
        passage_id=hit["passage_id"],
        why=hit["why"],
        kind=hit["kind"],
        pieces=cut_passage(hit["text"], hit["spans"], best.get("text")),
        sentence=best.get("text") or hit["text"],
        start_ms=start_ms,
        end_ms=best.get("end_ms"),
        speaker=hit["speaker"],
        can_play=start_ms is not None and (hit["episode"] or {}).get("id") in playable,
        episode=hit["episode"],
        issue=hit["issue"],
        share=share["href"],
        links=tuple(elsewhere),
        problem=hit["problem"],
        verdict=(hit["judgement"] or {}).get("verdict"),
        judgement_id=(hit["judgement"] or {}).get("id"),
        sentence_ms=best.get("start_ms"),
    )
