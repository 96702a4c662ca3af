"""The tray's page: order, words, uses, and the block to paste."""

from dataclasses import dataclass
from typing import get_args

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from corpus.catalogue import tray
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import TrayEntry
from corpus.homes import now_ms
from corpus.players import player_label
from ingest.picking import pick_issue
from ingest.said_before import SaidBefore
from ingest.takeaway_blocks import TakeawayStyle
from web.blocks import tray_block
from web.current import current_house
from web.documents import MAX_ID
from web.episode_links import list_drifts, make_links
from web.links import CHOICES
from web.reading_pages import make_file
from web.refused_forms import refuse, say_wrong
from web.takeaway_pages import go_back, tell
from web.tray_documents import list_tray_with_said, read_date, read_pick

blueprint = Blueprint("tray", __name__)

_NAMES = {"text": "Plain text", "md": "Markdown", "html": "HTML", "csv": "CSV", "json": "JSON"}
_CHOICES = {"earmark": "This site", "audio": "The publisher’s audio"}
_TYPES = {
    "text": ("text/plain", "txt"),
    "md": ("text/markdown", "md"),
    "html": ("text/html", "html"),
    "csv": ("text/csv", "csv"),
    "json": ("application/json", "json"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayView:
    """What the page of the tray shows."""

    entries: tuple[tuple[TrayEntry, tuple[SaidBefore, ...]], ...]
    blocks: tuple[tuple[str, str, str], ...]
    """Forms to hand on: style, name and text; the author's own first."""
    today: str
    player: str
    """Where the links of the blocks lead."""
    choices: tuple[tuple[str, str], ...]
    has_site: bool
    """Whether readers can reach this site."""
    odd_player: str | None
    """What was asked for as a player and is none."""
    problems: dict[int, str]
    """Why the times of an episode may be off, by its id."""


@blueprint.get("/tray")
def tray_page() -> str:
    """Show what is in the tray."""
    house = current_house()
    with house.catalogue.read() as conn:
        entries = list_tray_with_said(conn, house)
        held = [entry for entry, _ in entries]
        player = _player()
        links = make_links(conn, house.settings, [entry.episode_id for entry in held], player)
        drifts = list_drifts(conn, list(links.episodes.values()))
    blocks = tuple(
        (style, name, tray_block(held, style, links))  # type: ignore[arg-type]
        for style, name in _NAMES.items()
        if held
    )
    view = TrayView(
        entries=entries,
        blocks=blocks,
        today=read_date(None),
        player=links.player,
        choices=tuple((name, _CHOICES.get(name, player_label(name))) for name in CHOICES),
        has_site=bool(house.settings.public_url),
        odd_player=_find_odd_player(),
        problems={id_: drift.problem for id_, drift in drifts.items()},
    )
    return render_template("tray.html", page=view)


def _player() -> str | None:
    wanted = request.args.get("player")
    return wanted if wanted in CHOICES else None


def _find_odd_player() -> str | None:
    wanted = request.args.get("player", "")
    return wanted[:40] if wanted and wanted not in CHOICES else None


@blueprint.get("/tray/export")
def export() -> Response:
    """Hand out the tray as a file."""
    style = request.args.get("format", "text")
    if style not in get_args(TakeawayStyle):
        known = ", ".join(get_args(TakeawayStyle))
        raise UsageError(style[:40], "is no form of the tray", f"choose from: {known}")
    house = current_house()
    with house.catalogue.read() as conn:
        held = tray.list_tray(conn)
        ids = [entry.episode_id for entry in held]
        links = make_links(conn, house.settings, ids, _player())
    text = tray_block(held, style, links)  # type: ignore[arg-type]
    kind, ending = _TYPES[style]
    return make_file(text, kind, f"tray.{ending}")


@blueprint.post("/tray")
def add() -> AnyResponse:
    """Put into the tray what the form names."""
    back = go_back(url_for("tray.tray_page"))
    try:
        with current_house().catalogue.write() as conn:
            _, undo_id = tray.add_to_tray(conn, read_pick(conn, request.form), now_ms=now_ms())
    except (NotHeldError, UsageError) as error:
        flash(say_wrong(error), "problem")
    else:
        if undo_id is None:
            flash("It is in the tray already.", "done")
        else:
            tell("Added to the tray.", undo_id, back.location)
    return back


@blueprint.post(f"/tray/issues/<int(max={MAX_ID}):issue_id>")
def add_issue(issue_id: int) -> AnyResponse:
    """Put all takeaways of an issue that were found in its episode into the tray."""
    with current_house().catalogue.write() as conn:
        picks = pick_issue(conn, issue_id)
        new, undo_id = tray.add_all_to_tray(conn, picks, now_ms=now_ms())
    known = len(picks) - new
    here = url_for("tray.tray_page", _anchor="copy")
    told = f"{new} added to the tray{f', {known} were there already' if known else ''}."
    if undo_id is None:
        flash(told, "done")
    else:
        tell(told, undo_id, here)
    return redirect(here, 303)


@blueprint.post(f"/tray/<int(max={MAX_ID}):entry_id>/move")
def move(entry_id: int) -> AnyResponse:
    """Move an entry up or down."""
    by = -1 if request.form.get("by") == "up" else 1
    here = url_for("tray.tray_page", _anchor=f"entry-{entry_id}")
    with current_house().catalogue.write() as conn:
        undo_id = tray.shift_entry(conn, entry_id, by, now_ms=now_ms())
        place = [entry.id for entry in tray.list_tray(conn)].index(entry_id) + 1
    tell(f"It is now pick {place}.", undo_id, here)
    return go_back(here)


@blueprint.post(f"/tray/<int(max={MAX_ID}):entry_id>/edit")
def edit(entry_id: int) -> AnyResponse:
    """Word an entry anew."""
    here = url_for("tray.tray_page", _anchor=f"entry-{entry_id}")
    try:
        with current_house().catalogue.write() as conn:
            text = request.form.get("text", "")
            undo_id = tray.edit_entry(conn, entry_id, text, now_ms=now_ms())
    except UsageError as error:
        return refuse(error, here)
    tell("Reworded; the original is kept.", undo_id, here)
    return go_back(here)


@blueprint.post(f"/tray/<int(max={MAX_ID}):entry_id>/remove")
def remove(entry_id: int) -> AnyResponse:
    """Take an entry out of the tray."""
    here = url_for("tray.tray_page")
    with current_house().catalogue.write() as conn:
        undo_id = tray.remove_entries(conn, [entry_id], now_ms=now_ms())
    tell("Removed from the tray.", undo_id, here)
    return go_back(here)


@blueprint.post("/tray/clear")
def clear() -> AnyResponse:
    """Empty the tray."""
    here = url_for("tray.tray_page")
    with current_house().catalogue.write() as conn:
        undo_id = tray.remove_entries(conn, now_ms=now_ms())
    tell("The tray is empty.", undo_id, here)
    return go_back(here)


@blueprint.post("/tray/use")
def use() -> AnyResponse:
    """Remember in which issue all that is in the tray was used."""
    here, label = url_for("tray.tray_page"), request.form.get("issue", "")
    field = "date"
    try:
        used = read_date(request.form.get("date"))
        field = "issue"
        with current_house().catalogue.write() as conn:
            count, undo_id = tray.mark_used(conn, label, used, now_ms=now_ms())
    except UsageError as error:
        return refuse(error, here, field)
    tell(f"Remembered: {count} used in {label[:200]}.", undo_id, here)
    return go_back(here)
