"""Pages of the API's lists: a cursor says behind what the next one begins.

A cursor holds the key of the last item seen (`corpus.catalogue.pages`), so that what is added
meanwhile moves nothing: no item comes twice, none is passed over.
"""

from collections.abc import Sequence
from typing import TypeVar

from flask import request, url_for

from web.api_operations import asked
from web.api_schemas import Schema

PAGE = 200
MOST = 500
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE}

_TEXT_AND_ID = "^.*~[0-9]{1,10}$"
_ABOUT = "Where the page begins: taken from `next`, as it is."
BY_TEXT: Schema = {"type": "string", "pattern": _TEXT_AND_ID, "description": _ABOUT}
"""The cursor of a list by date or by name."""

Row = TypeVar("Row")


def by_numbers(count: int) -> Schema:
    """Return the schema of a cursor whose key has so many numbers."""
    numbers = "~".join(["[0-9]{1,10}"] * count)
    return {"type": "string", "pattern": f"^{numbers}$", "description": _ABOUT}


def text_key() -> tuple[str, int] | None:
    """Return the key in the request's cursor: a text and an id."""
    cursor = asked().get("cursor")
    if cursor is None:
        return None
    text, _, number = cursor.rpartition("~")
    return text, int(number)


def number_key() -> tuple[int, ...] | None:
    """Return the key in the request's cursor: numbers."""
    cursor = asked().get("cursor")
    return None if cursor is None else tuple(int(part) for part in cursor.split("~"))


def limit_asked(default: int = PAGE) -> int:
    """Return how many items a page shall have."""
    return int(asked().get("limit", default))


def cut(
    rows: Sequence[tuple[Row, Sequence[str | int]]], limit: int
) -> tuple[list[Row], str | None]:
    """Return a page's items and the address of the next page.

    ``rows`` are items with their keys: one more than the limit where there is a next page.
    """
    page = [row for row, _ in rows[:limit]]
    if len(rows) <= limit:
        return page, None
    cursor = "~".join(str(part) for part in rows[limit - 1][1])
    values = {**request.view_args, **asked(), "cursor": cursor}  # type: ignore[dict-item]
    return page, url_for(str(request.endpoint), **values)
