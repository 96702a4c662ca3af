"""Pages on which an episode plays elsewhere, as its listener has named them."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import player_pages
from corpus.catalogue.undos import Before, read_before, remember
from corpus.errors import NotHeldError


def put_page(conn: Connection, episode_id: int, player: str, url: str, *, now_ms: int) -> int:
    """Keep where an episode plays on a player, in place of what was kept; return the undo's id."""
    at = (player_pages.c.episode_id == episode_id) & (player_pages.c.player == player)
    held = conn.execute(select(player_pages.c.id).where(at)).scalars().all()
    before = list(read_before(conn, player_pages, held))
    conn.execute(delete(player_pages).where(at))
    values = {"episode_id": episode_id, "player": player, "url": url, "added_ms": now_ms}
    # The new one goes before the old one comes back.
    before.insert(0, Before(table=player_pages, id=insert_id(conn, player_pages, values), row=None))
    subject = f"players:{episode_id}"
    return remember(conn, before, subject=subject, said="kept the address", now_ms=now_ms)


def drop_page(conn: Connection, episode_id: int, player: str, *, now_ms: int) -> int:
    """Forget where an episode plays on a player; return the undo's id.

    Raises:
        NotHeldError: If nobody has named that.
    """
    at = (player_pages.c.episode_id == episode_id) & (player_pages.c.player == player)
    held = conn.execute(select(player_pages.c.id).where(at)).scalars().all()
    if not held:
        raise NotHeldError(player, "is no player that was named for this episode")
    before = read_before(conn, player_pages, held)
    conn.execute(delete(player_pages).where(at))
    subject = f"players:{episode_id}"
    return remember(conn, before, subject=subject, said="forgot the address", now_ms=now_ms)


def list_pages(conn: Connection, episode_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the addresses that were named for some episodes: by episode, then by player."""
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(episode_ids), 500):
        some = list(episode_ids[start : start + 500])
        statement = select(player_pages).where(player_pages.c.episode_id.in_(some))
        for row in conn.execute(statement.order_by(player_pages.c.id)):
            found.setdefault(row.episode_id, {})[row.player] = row.url
    return found
