"""``earmark chapters``: an episode's chapters, and those proposed from its show notes."""

from pathlib import Path

import click

from corpus.catalogue import chapters, episodes, undos
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from corpus.moments import format_moment, parse_moment
from web.chapter_documents import list_chapter_documents, podcast_chapters
from web.cli import print_json, say
from web.wiring import House


@click.command(name="chapters")
@click.argument("episode", required=False)
@click.option("--find", "finding", is_flag=True, help="Look for the times of proposed ones now.")
@click.option("--accept", type=int, metavar="ID", help="Accept a proposed chapter.")
@click.option("--accept-all", is_flag=True, help="Accept all proposed ones that have a time.")
@click.option("--remove", type=int, metavar="ID", help="Remove a proposed chapter.")
@click.option(
    "--time",
    "timing",
    type=(int, str),
    metavar="ID MOMENT",
    help="Give a proposed chapter a time by hand, which accepts it.",
)
@click.option("--undo", is_flag=True, help="Take back what was last decided of the episode's.")
@click.option("--podcast", is_flag=True, help="Print the chapters file that podcast programs read.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None,
    episode: str | None,
    finding: bool,
    accept: int | None,
    accept_all: bool,
    remove: int | None,
    timing: tuple[int, str] | None,
    undo: bool,
    podcast: bool,
    as_json: bool,
) -> None:
    """List an episode's chapters, and what its show notes list without times as proposed ones.

    A proposed chapter is none until you accept it. Where the talk about it begins is not always
    sure; then it has no time, and --time gives it one.

    Example: earmark chapters "Quiet budgets" --accept-all
    """
    house = House(home)
    if accept is not None or remove is not None or timing is not None:
        _decide(house, accept, remove, timing)
        return
    if episode is None:
        raise UsageError("The command", "names no episode", "earmark chapters EPISODE")
    with house.catalogue.read() as conn:
        held = episodes.find_episode(conn, episode)
    if finding:
        _find(house, held.id)
    if accept_all:
        _accept_all(house, held.id)
    if undo:
        _undo(house, held.id, held.title)
    with house.catalogue.read() as conn:
        document = list_chapter_documents(conn, held.id)
        own = episodes.list_chapters(conn, held.id)
    if podcast:
        print_json(podcast_chapters(held.title, own))
    elif as_json:
        print_json(document)
    else:
        _list(house, held.id)


def _list(house: House, episode_id: int) -> None:
    with house.catalogue.read() as conn:
        own = episodes.list_chapters(conn, episode_id)
        proposed = chapters.list_proposed(conn, episode_id)
    for chapter in own:
        click.echo(f"{format_moment(chapter.start_ms):>8}  {chapter.title}")
    if proposed:
        click.echo("\nProposed, from its show notes")
    for each in proposed:
        at = "no time" if each.start_ms is None else format_moment(each.start_ms)
        sure = f", {each.confidence:.0%} sure" if each.confidence and each.start_ms else ""
        click.echo(f"{at:>8}  {each.title}  [{each.id}{sure}]")
    if not own and not proposed:
        say("It has no chapters, and its show notes list no subjects.")


def _find(house: House, episode_id: int) -> None:
    from ingest.chapter_proposals import place_proposed

    count = place_proposed(house.catalogue, house.get_embedder(), episode_id)
    say(f"{count} proposed {'chapter has' if count == 1 else 'chapters have'} a time")


def _accept_all(house: House, episode_id: int) -> None:
    from ingest.chapter_proposals import accept_all

    _, said = accept_all(house.catalogue, episode_id, now_ms=now_ms())
    say(f"{said}; --undo takes it back")


def _decide(
    house: House, accept: int | None, remove: int | None, timing: tuple[int, str] | None
) -> None:
    from ingest.chapter_proposals import accept_chapter, remove_proposed, set_chapter_time

    asked = [one for one in (accept, remove, timing and timing[0]) if one is not None]
    if len(asked) > 1:
        told = "--accept, --remove and --time"
        raise UsageError(told, "cannot be done together", "name one of them")
    with house.catalogue.read() as conn:
        held = chapters.get_chapter(conn, asked[0])
    if timing is not None:
        at_ms = parse_moment(timing[1])
        _, said = set_chapter_time(house.catalogue, held.id, at_ms, now_ms=now_ms())
    else:
        change = remove_proposed if accept is None else accept_chapter
        _, said = change(house.catalogue, held.id, now_ms=now_ms())
    say(f"{held.title}: {said}; earmark chapters {held.episode_id} --undo takes it back")


def _undo(house: House, episode_id: int, title: str) -> None:
    from ingest.takeaway_edits import take_back

    with house.catalogue.read() as conn:
        undo_id = undos.find_last_undo(conn, f"chapters:{episode_id}")
    if undo_id is None:
        raise NotHeldError(f"“{title}”", "has nothing decided about its chapters to take back")
    say(f"taken back: {take_back(house.catalogue, undo_id, now_ms=now_ms()).said}")
