"""Audio: what is held is served by byte ranges, what is not is left to its publisher."""

import io
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, abort, redirect, request, send_file
from werkzeug.wrappers import Response as BaseResponse
from werkzeug.wsgi import wrap_file

from corpus.catalogue import episodes
from corpus.holdings import Episode
from web.current import current_house
from web.documents import MAX_ID

blueprint = Blueprint("media", __name__)

# Not the platform's table: it differs between machines, and knows things that are no audio.
_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mp4": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
}


def find_audio_file(media: Path, episode: Episode) -> Path | None:
    """Return the file that holds an episode's audio on this machine, or None."""
    if episode.media_path:
        path = (media / episode.media_path).resolve()
        if path.is_relative_to(media.resolve()) and path.is_file():
            return path
    if episode.audio_url and episode.audio_url.startswith("file:"):
        # Named by a feed file that this machine's owner added, and only beside that file.
        path = Path(unquote(urlsplit(episode.audio_url).path))
        if path.suffix.lower() in _TYPES and path.is_file():
            return path
    return None


def audio_type(path: Path, stated: str | None) -> str:
    """Return the media type of an audio file; never one that a browser would run."""
    if known := _TYPES.get(path.suffix.lower()):
        return known
    kind = (stated or "").partition(";")[0].strip().lower()
    return kind if kind.startswith(("audio/", "video/")) else "audio/mpeg"


@blueprint.get(f"/episodes/<int(max={MAX_ID}):episode_id>/audio")
def audio(episode_id: int) -> BaseResponse:
    """Answer an episode's audio, or where its publisher has it."""
    house = current_house()
    with house.catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
    path = find_audio_file(house.home.media, episode)
    if path is not None:
        from ingest.speech.seekable import find_seekable

        exact = find_seekable(house.home.media, path)
        kind = audio_type(exact, episode.audio_type if exact == path else None)
        return _send(exact, kind)
    if not (episode.audio_url or "").startswith(("http://", "https://")):
        abort(404, "The audio of this episode is not held here, and its publisher gives none.")
    return redirect(episode.audio_url or "", 302)


def _send(path: Path, kind: str) -> Response:
    answer: Response = send_file(path, mimetype=kind, conditional=True)
    sent = answer.content_range
    if request.method == "GET" and sent.start is not None and sent.stop is not None:
        answer.close()
        # By the server's own thread, as whole files are: a browser that plays reads no faster than
        # it plays, and would hold one of the few threads until the end.
        answer.response = wrap_file(request.environ, _Part(path, sent.start, sent.stop))
    return answer


class _Part(io.FileIO):
    """A file of which only what is before a place is read."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        super().__init__(path, "rb")
        self._stop = stop
        self.seek(start)

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._stop - self.tell())
        return super().read(left if size is None or size < 0 else min(size, left)) or b""
