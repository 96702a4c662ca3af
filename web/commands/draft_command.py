"""``earmark draft``: takeaways for an episode that has none."""

from pathlib import Path

import click

from corpus.catalogue import episodes, takeaways, undos
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from corpus.moments import format_moment
from ingest.takeaway_blocks import TakeawayLine, format_takeaways_text
from web.choosing import choose_scope
from web.cli import print_json, say
from web.episode_links import list_takeaway_documents
from web.wiring import House


@click.command(name="draft")
@click.argument("episode", required=False)
@click.option("-n", "count", type=click.IntRange(1, 50), default=9, show_default=True)
@click.option("--keep", is_flag=True, help="Store them as drafts, in place of earlier drafts.")
@click.option("--rephrase", is_flag=True, help="Word them anew with the server of rephrase_url.")
@click.option("--list", "listing", is_flag=True, help="List drafts that wait to be accepted.")
@click.option("--accept", type=int, metavar="ID", help="Accept a draft as your own.")
@click.option("--remove", type=int, metavar="ID", help="Remove a draft.")
@click.option("--undo", is_flag=True, help="Take back the last drafting of the episode.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None,
    episode: str | None,
    count: int,
    keep: bool,
    rephrase: bool,
    listing: bool,
    accept: int | None,
    remove: int | None,
    undo: bool,
    as_json: bool,
) -> None:
    """Draft takeaways of an episode from its own sentences, each with its second.

    An episode is named by id, guid or title. Nobody has read a draft: listen before you publish it.
    --rephrase takes other words only where they say what was said.

    Example: earmark draft "Quiet budgets" --keep
    """
    house = House(home)
    if accept is not None or remove is not None:
        _decide(house, accept, remove)
    elif listing:
        _list(house, episode, as_json=as_json)
    elif episode is None:
        raise UsageError("The command", "names no episode", "earmark draft EPISODE")
    elif undo:
        _undo(house, episode)
    else:
        _draft(house, episode, (count, keep, rephrase), as_json=as_json)


def _draft(house: House, episode: str, asked: tuple[int, bool, bool], *, as_json: bool) -> None:
    from ingest.drafting import draft_episode, keep_drafts
    from ingest.rephrasing import Rephrased, rephrase_drafts

    count, keep, rephrase = asked
    rephraser = house.get_rephraser() if rephrase else None
    if rephrase and rephraser is None:
        raise UsageError("Nothing", "words drafts anew yet", "earmark settings set rephrase_url")
    with house.catalogue.read() as conn:
        held = episodes.find_episode(conn, episode)
    embedder = house.get_embedder()
    drafts = draft_episode(house.catalogue, embedder, held.id, count)
    found = tuple(Rephrased(draft=draft) for draft in drafts)
    if rephraser is not None:
        found = rephrase_drafts(drafts, rephraser, embedder)
    if keep:
        with house.catalogue.write() as conn:
            keep_drafts(conn, held.id, [each.draft for each in found], now_ms=now_ms())
    if as_json:
        rows = [
            {
                "text": each.draft.text,
                "start_ms": each.draft.start_ms,
                "end_ms": each.draft.end_ms,
                "speaker": each.draft.speaker,
                "sentence": each.draft.sentence,
                "moment": format_moment(each.draft.start_ms),
                "reason": each.draft.reason,
                "not_rephrased": each.why_not,
            }
            for each in found
        ]
        print_json({"takeaways": rows})
        return
    lines = [TakeawayLine(text=each.draft.text, start_ms=each.draft.start_ms) for each in found]
    click.echo(format_takeaways_text(lines), nl=False)
    for each in found:
        if each.why_not:
            say(f"{format_moment(each.draft.start_ms)} keeps its words: {each.why_not}")
    say("Kept as drafts: accept them on the episode's page." if keep else "Drafts: not kept.")


def _list(house: House, episode: str | None, *, as_json: bool) -> None:
    from ingest.drafting import list_drafts

    with house.catalogue.read() as conn:
        found = list_drafts(conn, choose_scope(conn, episode).episode_id)
        documents = list_takeaway_documents(conn, found)
    if as_json:
        print_json({"drafts": documents})
        return
    for item in found:
        at = "" if item.start_ms is None else format_moment(item.start_ms)
        click.echo(f"{item.id:>6} {at:>8}  {item.text}")
    if not found:
        say("No draft waits to be accepted.")


def _decide(house: House, accept: int | None, remove: int | None) -> None:
    from ingest.takeaway_edits import accept_takeaway, remove_draft

    if accept is not None and remove is not None:
        raise UsageError("--accept and --remove", "cannot both be done", "name one of them")
    with house.catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, accept if accept is not None else remove or 0)
    if not held.is_draft:
        raise UsageError(f"takeaway {held.id}", "is no draft", "see: earmark draft --list")
    change = remove_draft if accept is None else accept_takeaway
    _, said = change(house.catalogue, held.id, now_ms=now_ms())
    say(f"{held.text}: {said}; earmark check --undo {held.id} takes it back")


def _undo(house: House, episode: str) -> None:
    with house.catalogue.write() as conn:
        held = episodes.find_episode(conn, episode)
        undo_id = undos.find_last_undo(conn, f"drafts:{held.id}")
        if undo_id is None:
            raise NotHeldError(f"“{held.title}”", "has no drafting to take back")
        undos.take_back(conn, undo_id, now_ms=now_ms())
    say("The drafts are as they were before.")
