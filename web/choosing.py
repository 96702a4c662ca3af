"""What a person means by an episode or an issue on the command line."""

from dataclasses import dataclass

from sqlalchemy import Connection

from corpus.catalogue import episodes, issues
from corpus.errors import NotHeldError
from corpus.holdings import Issue


@dataclass(frozen=True, slots=True)
class Scope:
    """An episode, an issue, or everything."""

    episode_id: int | None = None
    issue_id: int | None = None


def choose_scope(conn: Connection, subject: str | None) -> Scope:
    """Return what ``subject`` names: ``issue:3``, an episode's id, guid or title, or all.

    Raises:
        NotHeldError: If nothing held fits.
        UsageError: If several episodes do.
    """
    if subject is None:
        return Scope()
    prefix, _, number = subject.partition(":")
    if prefix in ("issue", "episode") and number.isascii() and number.isdigit():
        if prefix == "issue":
            return Scope(issue_id=issues.get_issue(conn, int(number[:18])).id)
        return Scope(episode_id=episodes.get_episode(conn, int(number[:18])).id)
    return Scope(episode_id=episodes.find_episode(conn, subject).id)


def choose_issue(conn: Connection, reference: str) -> Issue:
    """Return the issue that a person means: ``issue:3`` or ``3``.

    Raises:
        NotHeldError: If there is none.
    """
    number = reference.removeprefix("issue:")
    if not (number.isascii() and number.isdigit()):
        raise NotHeldError(reference, "is no held issue", "see: earmark list issues")
    return issues.get_issue(conn, int(number[:18]))
