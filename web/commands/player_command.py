"""``earmark player``: where an episode plays elsewhere."""

from pathlib import Path

import click

from corpus.catalogue import episodes, players, undos
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from corpus.players import read_page
from web.cli import print_json
from web.episode_documents import players_document
from web.wiring import House


@click.command(name="player")
@click.argument("episode")
@click.argument("address", required=False)
@click.option("--remove", metavar="PLAYER", help="Forget the address on this player.")
@click.option("--undo", is_flag=True, help="Take back the last change.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None,
    episode: str,
    address: str | None,
    remove: str | None,
    undo: bool,
    as_json: bool,
) -> None:
    """Name where an episode plays: its address on YouTube, Spotify, Pocket Casts, or any page.

    Links to its moments then lead there too, to the second where the player can. Without an
    ADDRESS, say what is known.

    Example: earmark player "Quiet budgets" https://youtu.be/dQw4w9WgXcQ
    """
    if sum(map(bool, (address, remove, undo))) > 1:
        raise UsageError("ADDRESS, --remove and --undo", "cannot all be done", "name one of them")
    house = House(home)
    with house.catalogue.write() as conn:
        held = episodes.find_episode(conn, episode)
        if address:
            page = read_page(address)
            players.put_page(conn, held.id, page.player, page.url, now_ms=now_ms())
        elif remove:
            players.drop_page(conn, held.id, remove, now_ms=now_ms())
        elif undo:
            undo_id = undos.find_last_undo(conn, f"players:{held.id}")
            if undo_id is None:
                raise NotHeldError(f"“{held.title}”", "has nothing to take back")
            undos.take_back(conn, undo_id, now_ms=now_ms())
        named = players.list_pages(conn, [held.id]).get(held.id, {})
    rows = players_document(held, named)
    if as_json:
        print_json({"episode_id": held.id, "players": rows})
        return
    for row in rows:
        opens = "exact" if row["exact"] else "opens the episode"
        click.echo(f"{row['player']:<14} {row['url']}  ({opens}; named by {row['named_by']})")
