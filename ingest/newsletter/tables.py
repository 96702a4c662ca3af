"""Tells a table that holds data from one that only lays out a mail."""

from ingest.newsletter.tree import Element, text_of, word_set

_LAID_OUT = word_set("h1 h2 h3 h4 h5 h6 ul ol img hr blockquote pre form figure div")
_MAX_CELL_LETTERS = 240
_MAX_ROWS = 5_000


def is_data_table(table: Element) -> bool:
    """Tell whether rows and columns of ``table`` mean something.

    Mails are laid out with tables, so it must show: header cells, or at least three rows of the
    same two or more filled cells with short texts and nothing else in them.
    """
    if table.get("role") in ("presentation", "none") or _holds_layout(table):
        return False
    rows = _cell_rows(table)
    if len(rows) < 2 or max(len(row) for row in rows) < 2:
        return False
    if table.find(".//th") is not None or table.find(".//thead") is not None:
        return True
    width = len(rows[0])
    return len(rows) >= 3 and width >= 2 and all(_is_plain(row, width) for row in rows)


def _holds_layout(table: Element) -> bool:
    if next(table.iterdescendants("table"), None) is not None:
        return True
    if next(table.iterdescendants("th"), None) is not None:
        return False
    return any(element.tag in _LAID_OUT for element in table.iterdescendants())


def _cell_rows(table: Element) -> list[list[str]]:
    rows = []
    for row in table.iter("tr"):
        cells = [text_of(cell) for cell in row.iterchildren("td", "th")]
        if cells:
            rows.append(cells)
        if len(rows) >= _MAX_ROWS:
            break
    return rows


def _is_plain(row: list[str], width: int) -> bool:
    filled = [cell for cell in row if cell]
    return len(row) == width and len(filled) >= 2 and max(map(len, filled)) <= _MAX_CELL_LETTERS
