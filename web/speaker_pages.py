"""Speakers' names on the site: corrected by the form of an episode's page."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from corpus.errors import NotHeldError
from corpus.homes import now_ms
from web.current import current_house
from web.documents import MAX_ID
from web.refused_forms import refuse
from web.takeaway_pages import go_back, tell

blueprint = Blueprint("speakers", __name__)


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/speakers")
def name(episode_id: int) -> BaseResponse:
    """Correct a speaker's name, by the form of the episode's page."""
    from ingest.speaker_edits import name_speaker

    back = go_back(url_for("episodes.show", episode_id=episode_id))
    try:
        undo_id, said = name_speaker(
            current_house().catalogue,
            episode_id,
            request.form.get("label", ""),
            request.form.get("name", ""),
            for_show=request.form.get("for_show") == "1",
            now_ms=now_ms(),
        )
    except NotHeldError as error:
        return refuse(error, back.location)
    tell(f"Done: {said}.", undo_id, back.location)
    return back
