"""The page of a newsletter issue, and the list of all."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from corpus.catalogue import episodes, issues, jobs, takeaways, tray
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Episode, Issue, Job, Proposal, Takeaway
from corpus.homes import now_ms
from ingest.said_before import SaidBefore, find_said_elsewhere
from web.asking import read_page_number
from web.blocks import Group, group_blocks, takeaway_block
from web.current import current_house
from web.documents import MAX_ID
from web.episode_links import list_drifts, make_links
from web.join_documents import LIKELY
from web.refused_forms import find_refused, refuse
from web.sayings import load_vectors
from web.takeaway_pages import tell

blueprint = Blueprint("issues", __name__)

PAGE = 100
"""Issues on one page of the list."""
MOST_MEANT = 8
"""Episodes to choose from where a typed title fits several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """What the page of an issue shows."""

    issue: Issue
    title: str
    groups: tuple[Group, ...]
    takeaways: tuple[tuple[Takeaway, tuple[SaidBefore, ...]], ...]
    """Each with what other issues have told already."""
    episode: Episode | None
    problem: str | None
    """Why the times of its takeaways may be off."""
    reasons: tuple[str, ...]
    """Why the issue is held to speak of that episode."""
    proposals: tuple[tuple[Proposal, Episode], ...]
    """What else it could speak of, the surest first."""
    is_likely: bool
    """Whether any of these is worth asking about."""
    meant: tuple[Episode, ...]
    """What a typed title may mean that fits several."""
    has_more_meant: bool
    work: tuple[Job, ...]
    """What is still being done for it: joining and checking."""
    blocks: tuple[tuple[str, str], ...]
    """Forms in which the takeaways can be copied: name and text, the author's own first."""


@blueprint.get(f"/issues/<int(max={MAX_ID}):issue_id>")
def show(issue_id: int) -> str:
    """Show an issue with its takeaways and the episode it speaks of."""
    house = current_house()
    with house.catalogue.read() as conn:
        issue = issues.get_issue(conn, issue_id)
        held = takeaways.list_takeaways(conn, issue_id=issue_id)
        said = tray.list_said(conn)
        ids = {proposal.episode_id for proposal in issue.proposals}
        if issue.episode_id is not None:
            ids.add(issue.episode_id)
        subjects = [f"issue:{issue_id}"]
        if issue.episode_id is not None:
            subjects.append(f"episode:{issue.episode_id}")
        work = tuple(
            job
            for subject in subjects
            for job in jobs.list_jobs(conn, subject=subject, limit=20)
            if job.kind in ("join", "check") and job.state in ("queued", "running")
        )
        links = make_links(conn, house.settings, [issue.episode_id])
        known = {item.id: item for item in episodes.list_episodes(conn, ids=sorted(ids))}
        drift = list_drifts(conn, list(known.values())).get(issue.episode_id or 0)
        meant = _list_meant(conn, issue_id)
    vectors = load_vectors(house, [item.text for item in held], said)
    own = [p for p in issue.proposals if p.episode_id == issue.episode_id]
    page = IssueView(
        issue=issue,
        title=issue.title or f"Issue {issue.id}",
        groups=group_blocks(issue.blocks),
        takeaways=tuple(zip(held, find_said_elsewhere(held, said, vectors), strict=True)),
        episode=known.get(issue.episode_id or 0),
        problem=drift.problem if drift else None,
        reasons=own[0].reasons if own else (),
        proposals=tuple(
            (proposal, known[proposal.episode_id])
            for proposal in issue.proposals
            if proposal.episode_id in known and proposal.episode_id != issue.episode_id
        ),
        is_likely=any(proposal.confidence >= LIKELY for proposal in issue.proposals),
        meant=meant[:MOST_MEANT],
        has_more_meant=len(meant) > MOST_MEANT,
        work=work,
        blocks=(
            ("Plain text", takeaway_block(held, "text", links)),
            ("Markdown", takeaway_block(held, "md", links)),
            ("HTML", takeaway_block(held, "html", links)),
        )
        if held
        else (),
    )
    return render_template("issue.html", page=page)


def _list_meant(conn: Connection, issue_id: int) -> tuple[Episode, ...]:
    """Return the episodes that fit what was typed last, where it named no single one."""
    address = url_for("issues.choose_episode", issue_id=issue_id)
    refused = find_refused(address, typed="1")
    typed = refused.values["episode"].strip()[:500] if refused else ""
    return episodes.list_fitting(conn, typed, limit=MOST_MEANT + 1) if typed else ()


@blueprint.post(f"/issues/<int(max={MAX_ID}):issue_id>/episode")
def choose_episode(issue_id: int) -> Response:
    """Join an issue to the episode that its reader names, or to none."""
    from ingest.joining import join_issue

    house = current_house()
    wanted = request.form.get("episode", "").strip()
    back = redirect(url_for("issues.show", issue_id=issue_id), 303)
    if not wanted:
        return refuse("Name an episode first: its title, its id or its guid.", back.location)
    try:
        episode = None
        if wanted != "none":
            with house.catalogue.read() as conn:
                episode = episodes.find_episode(conn, wanted[:500])
        found = episode.id if episode else None
        undo_id, said = join_issue(house.catalogue, issue_id, found, now_ms=now_ms())
    except UsageError as error:
        return refuse(f"“{error.subject}” fits several episodes: which one is it?", back.location)
    except NotHeldError as error:
        with house.catalogue.read() as conn:
            issues.get_issue(conn, issue_id)  # an issue that is not held is a page not found
        return refuse(f"“{error.subject}” {error.problem}.", back.location)
    told = f"{said}; its times are being checked" if episode else said
    tell(f"This issue is now {told}.", undo_id, back.location)
    return back


@blueprint.get("/issues")
def list_all() -> ResponseReturnValue:
    """Show all issues, newest first."""
    number = read_page_number(request.args)
    start = ((number or 1) - 1) * PAGE
    with current_house().catalogue.read() as conn:
        total = issues.count_issues(conn)
        found = issues.list_issues(conn, limit=PAGE, offset=start) if number else ()
        ids = sorted({issue.episode_id for issue in found if issue.episode_id is not None})
        spoken = {item.id: item for item in episodes.list_episodes(conn, ids=ids)}
    page = render_template(
        "issues.html",
        issues=[(issue, spoken.get(issue.episode_id or 0)) for issue in found],
        total=total,
        previous_url=url_for("issues.list_all", page=start // PAGE) if start and found else None,
        next_url=url_for("issues.list_all", page=start // PAGE + 2)
        if number and start + PAGE < total
        else None,
        odd_page=request.args["page"][:40] if number is None else None,
    )
    return page, 404 if number is None or (total and not found) else 200
