"""``earmark check``: is each stated time right?"""

from pathlib import Path

import click
from sqlalchemy import Connection

from corpus.catalogue import episodes, issues, takeaways, transcripts, undos
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Episode, Takeaway
from corpus.homes import now_ms
from corpus.moments import format_moment, parse_moment
from web.choosing import Scope, choose_scope
from web.cli import print_json
from web.episode_links import list_by_ids, list_drifts, list_takeaway_documents
from web.held_documents import checked_document, episode_document, takeaway_document
from web.progress import work_until_idle
from web.wiring import House


@click.command(name="check")
@click.argument("subject", required=False, metavar="[EPISODE|ISSUE]")
@click.option("--accept", type=int, metavar="ID", help="Use the moment found for a takeaway.")
@click.option(
    "--time",
    "timing",
    type=(int, str),
    metavar="ID MOMENT",
    help="Give a takeaway its time by hand; no check changes it.",
)
@click.option("--undo", type=int, metavar="ID", help="Take back what was last accepted of one.")
@click.option(
    "--listen-again",
    is_flag=True,
    help="Get the episode's audio as it is now; times follow if it has changed.",
)
@click.option(
    "--times-right", is_flag=True, help="Take an episode's times for right in its audio of now."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None,
    subject: str | None,
    accept: int | None,
    timing: tuple[int, str] | None,
    undo: int | None,
    listen_again: bool,
    times_right: bool,
    as_json: bool,
) -> None:
    """Say of each takeaway whether its stated time is right, and where else it is said.

    --accept makes the found moment of a takeaway its stated one, or a draft the author's own.

    An episode is named by id, guid or title; an issue as issue:3; without either, all.

    Example: earmark check issue:3
    """
    house = House(home)
    if accept is not None or undo is not None or timing is not None:
        _decide(house, (accept, undo, timing), as_json=as_json)
        return
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, subject)
    if listen_again or times_right:
        _see_to_audio(house, scope.episode_id, is_right=times_right)
    with house.catalogue.read() as conn:
        found = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
        ids = [item.episode_id for item in found]
        held = {episode.id: episode for episode in list_by_ids(conn, ids)}
        all_of_it = _episodes_in(conn, scope, list(held.values()))
        drifts = list_drifts(conn, all_of_it)
        documents = list_takeaway_documents(conn, found)
        unjoined = [issue for issue in issues.list_issues(conn) if issue.episode_id is None]
    if as_json:
        rows = []
        for item, document in zip(found, documents, strict=True):
            episode = held.get(item.episode_id or 0)
            rows.append(
                {
                    **checked_document(item),
                    "problem": document["problem"],
                    "episode": episode_document(episode) if episode else None,
                }
            )
        problems = [{"episode_id": id_, "problem": drift.problem} for id_, drift in drifts.items()]
        print_json({"takeaways": rows, "problems": problems})
        return
    for item in found:
        _say_checked(item)
    titles = {episode.id: episode.title for episode in all_of_it}
    for episode_id, drift in drifts.items():
        click.echo(f"episode:{episode_id} {titles[episode_id]}: {drift.problem}")
    for issue in unjoined:
        click.echo(f"issue:{issue.id} {issue.title or 'Untitled'}: its episode is not known")


def _say_checked(item: Takeaway) -> None:
    stated = "" if item.stated_ms is None else format_moment(item.stated_ms)
    moved = item.verdict == "moved" and item.found_ms is not None
    where = f" to {format_moment(item.found_ms or 0)}" if moved else ""
    verdict: str = "draft" if item.is_draft else item.verdict
    verdict = "as you set it" if item.settled else verdict
    placed = item.stated_ms is None and item.found_ms is not None
    if placed:
        verdict, where = "no time of its own, said at", f" {format_moment(item.found_ms or 0)}"
    sure = "" if item.confidence is None or item.is_draft else f", {item.confidence:.0%} sure"
    click.echo(f"{stated:>8}  {verdict}{where}{sure}: {item.text}  [{item.id}]")
    if (moved or placed) and item.sentence:
        click.echo(f"          said there: {item.sentence}")


def _episodes_in(conn: Connection, scope: Scope, pointed_at: list[Episode]) -> list[Episode]:
    """Return the episodes asked about: also those without any takeaway."""
    if scope.episode_id is not None:
        return [episodes.get_episode(conn, scope.episode_id)]
    return pointed_at if scope.issue_id is not None else list(episodes.list_episodes(conn))


def _see_to_audio(house: House, episode_id: int | None, *, is_right: bool) -> None:
    from ingest.moving import ask_to_relisten, settle_audio

    if episode_id is None:
        raise UsageError("The audio", "is of no episode that was named", "earmark check EPISODE")
    with house.catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        held = transcripts.find_transcript(conn, episode_id)
        if not is_right:
            ask_to_relisten(conn, episode, now_ms=now_ms())
        elif held is not None:
            settle_audio(conn, episode, held, now_ms())
    if not is_right:
        work_until_idle(house.workshop)


_Asked = tuple[int | None, int | None, tuple[int, str] | None]


def _decide(house: House, asked: _Asked, *, as_json: bool) -> None:
    from ingest.takeaway_edits import accept_takeaway, set_takeaway_time

    accept, undo, timing = asked
    ids = [one for one in (accept, undo, timing and timing[0]) if one is not None]
    if len(ids) > 1:
        told = "--accept, --time and --undo"
        raise UsageError(told, "cannot be done together", "name one of them")
    takeaway_id = ids[0]
    if undo is not None:
        said = _undo(house, undo)
    elif timing is not None:
        at_ms = parse_moment(timing[1])
        _, said = set_takeaway_time(house.catalogue, takeaway_id, at_ms, now_ms=now_ms())
    else:
        _, said = accept_takeaway(house.catalogue, takeaway_id, now_ms=now_ms())
    with house.catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
    if as_json:
        print_json({"takeaways": [{**checked_document(held), **takeaway_document(held)}]})
    else:
        click.echo(f"{held.text}: {said}")


def _undo(house: House, takeaway_id: int) -> str:
    from ingest.takeaway_edits import take_back

    with house.catalogue.read() as conn:
        undo_id = undos.find_last_undo(conn, f"takeaway:{takeaway_id}")
    if undo_id is None:
        raise NotHeldError(f"takeaway {takeaway_id}", "has nothing to take back")
    return f"taken back: {take_back(house.catalogue, undo_id, now_ms=now_ms()).said}"
