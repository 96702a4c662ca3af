"""The library: what is held, what is being worked on, what went wrong, and how to add more."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from corpus.catalogue import episodes, issues, jobs, notes, shows
from corpus.catalogue.counts import ShowCounts, count_by_show
from corpus.catalogue.jobs import NewJob
from corpus.holdings import Episode, Issue, Job, Show
from corpus.homes import Storage, measure_storage, now_ms
from web.current import current_house
from web.documents import MAX_ID
from web.episode_pages import EpisodeListView, read_list
from web.inbox import keep_upload
from web.refused_forms import refuse

blueprint = Blueprint("library", __name__)

_JOBS = 30
_ISSUES = 12
_PROBLEMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRow:
    """A show with how much of it is held."""

    show: Show
    counts: ShowCounts
    polled_ms: int | None = None
    """When its feed was last asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """Something that is wrong, and where to look."""

    subject: str
    problem: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryView:
    """What the library page shows."""

    podcasts: tuple[ShowRow, ...]
    newsletters: tuple[ShowRow, ...]
    episode_count: int
    issues: tuple[tuple[Issue, Episode | None], ...]
    issue_count: int
    jobs: tuple[Job, ...]
    job_counts: dict[str, int]
    problems: tuple[ProblemRow, ...]
    storage: Storage
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowView:
    """What the page of a show shows."""

    show: Show
    counts: ShowCounts
    list: EpisodeListView
    problems: tuple[str, ...]


@blueprint.get("/library")
def library() -> str:
    """Show what is held and what is being worked on."""
    with current_house().catalogue.read() as conn:
        view = _load(conn, measure_storage(current_house().home))
    return render_template("library.html", page=view)


def _load(conn: Connection, storage: Storage) -> LibraryView:
    counts = count_by_show(conn)
    polled = jobs.list_last_polls(conn)
    rows = [
        ShowRow(
            show=show,
            counts=counts.get(show.id, ShowCounts()),
            polled_ms=polled.get(show.id),
        )
        for show in shows.list_shows(conn)
    ]
    latest = issues.list_issues(conn, limit=_ISSUES)
    ids = sorted({issue.episode_id for issue in latest if issue.episode_id is not None})
    spoken = {episode.id: episode for episode in episodes.list_episodes(conn, ids=ids)}
    return LibraryView(
        podcasts=tuple(row for row in rows if row.show.kind == "podcast"),
        newsletters=tuple(row for row in rows if row.show.kind == "newsletter"),
        episode_count=episodes.count_episodes(conn),
        issues=tuple((issue, spoken.get(issue.episode_id or 0)) for issue in latest),
        issue_count=issues.count_issues(conn),
        jobs=jobs.list_jobs(conn, limit=_JOBS),
        job_counts=jobs.count_jobs(conn),
        problems=_problems(conn, [row.show for row in rows]),
        storage=storage,
        now_ms=now_ms(),
    )


def _problems(conn: Connection, held: list[Show]) -> tuple[ProblemRow, ...]:
    found = [
        ProblemRow(subject=show.title, problem=show.last_problem, href=_href(f"show:{show.id}"))
        for show in held
        if show.last_problem
    ]
    noted = notes.list_problems(conn, limit=_PROBLEMS)
    named = _names(conn, [subject for subject, _ in noted], held)
    found += [
        ProblemRow(subject=named.get(subject, subject), problem=problem, href=_href(subject))
        for subject, problem in noted
    ]
    return tuple(found)


def _names(conn: Connection, subjects: list[str], held: list[Show]) -> dict[str, str]:
    ids = sorted({int(s.partition(":")[2]) for s in subjects if _is_numbered(s, "episode")})
    named = {f"show:{show.id}": show.title for show in held}
    for start in range(0, len(ids), 500):
        for episode in episodes.list_episodes(conn, ids=ids[start : start + 500]):
            named[f"episode:{episode.id}"] = episode.title
    return named


def _is_numbered(subject: str, kind: str) -> bool:
    prefix, _, number = subject.partition(":")
    return prefix == kind and number.isascii() and number.isdigit() and len(number) < 10


def _href(subject: str) -> str | None:
    """Return the page of what a job or a problem is about."""
    number = subject.partition(":")[2]
    if _is_numbered(subject, "episode"):
        return url_for("episodes.show", episode_id=int(number))
    if _is_numbered(subject, "issue"):
        return url_for("issues.show", issue_id=int(number))
    if _is_numbered(subject, "show"):
        return url_for("library.show", show_id=int(number))
    return None


@blueprint.app_template_global("subject_href")
def subject_href(subject: str) -> str | None:
    """Return the page of what a job or a problem is about."""
    return _href(subject)


@blueprint.get(f"/shows/<int(max={MAX_ID}):show_id>")
def show(show_id: int) -> ResponseReturnValue:
    """Show a podcast's episodes, or what is known of a newsletter."""
    with current_house().catalogue.read() as conn:
        held = shows.get_show(conn, show_id)
        problems = [problem for _, problem in notes.list_problems(conn, f"show:{show_id}")]
        if held.last_problem:
            problems.insert(0, held.last_problem)
        view = ShowView(
            show=held,
            counts=count_by_show(conn).get(show_id, ShowCounts()),
            list=read_list(conn, show_id, "library.show"),
            problems=tuple(problems),
        )
        written: tuple[Issue, ...] = ()
        if held.kind == "newsletter":
            written = tuple(i for i in issues.list_issues(conn) if i.show_id == show_id)
    return render_template("show.html", page=view, issues=written), view.list.status


@blueprint.post("/library/sources")
def add_source() -> Response:
    """Queue what the form names: an address, or files handed over."""
    wanted: list[NewJob] = []
    address = request.form.get("source", "").strip()
    is_odd = bool(address) and not _is_web_address(address)
    if address and not is_odd:
        wanted.append(_add_job(address, address))
    inbox = current_house().home.path / "inbox"
    for upload in request.files.getlist("file"):
        if upload.filename:
            path = keep_upload(inbox, upload.stream, upload.filename)
            wanted.append(_add_job(str(path), path.name))
    if wanted:
        with current_house().catalogue.write() as conn:
            jobs.queue_jobs(conn, wanted, now_ms=now_ms())
        flash(f"Taken in: {', '.join(job.title for job in wanted)[:300]}", "done")
    if is_odd:
        return refuse(
            f"“{address[:200]}” is no address: one begins with https:// or http://. "
            "Files are handed over below it.",
            url_for("library.library"),
        )
    if not wanted:
        return refuse("Name an address, or choose a file.", url_for("library.library"))
    return redirect(url_for("library.library", _anchor="work"), 303)


def _add_job(source: str, title: str) -> NewJob:
    return NewJob(kind="add", subject=f"add:{source}", title=title[:200], priority=5)


def _is_web_address(text: str) -> bool:
    # Not a path: a page must not open files of this machine.
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(text) < 2000
    except ValueError:
        return False


@blueprint.post(f"/jobs/<int(max={MAX_ID}):job_id>/retry")
def retry(job_id: int) -> Response:
    """Queue a failed job again."""
    with current_house().catalogue.write() as conn:
        queued = jobs.retry_job(conn, job_id, now_ms=now_ms())
    if queued:
        flash("It is queued again.", "done")
    else:
        flash("That job has not failed, or is being done again already.", "problem")
    return redirect(url_for("library.library", _anchor="work"), 303)
