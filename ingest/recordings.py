"""Recordings: audio and transcript files that come without a feed."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection

from corpus.catalogue import episodes, jobs, shows, transcripts
from corpus.catalogue.rows import title_key
from corpus.catalogue.shows import ShowFacts
from corpus.errors import FormatError
from corpus.holdings import Episode
from corpus.records import ParsedEpisode, ParsedTranscript, TranscriptRef
from ingest.added import is_address
from ingest.plans import next_episode_job
from ingest.published_transcripts import give_times
from ingest.speech.audio import probe_audio
from ingest.storing import store_transcript
from ingest.workshop import Workshop

SHOW = "Recordings"


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file became."""

    title: str
    new: bool
    note: str = ""
    """What else a person should know."""


def keep_audio(home_media: Path, path: Path, content_hash: str) -> str:
    """Copy audio into ``media/`` under its hash, whole or not at all; return its name there."""
    name = f"{content_hash[:32]}{path.suffix.lower()}"
    target = home_media / name
    if not target.exists():
        home_media.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        with path.open("rb") as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        part.replace(target)
    return name


def store_recording(shop: Workshop, path: Path, *, content_hash: str) -> Recording:
    """Hold an audio file as an episode; it is that of a transcript of the same name, if held.

    Raises:
        AudioError: If no sound can be had from it.
    """
    facts = probe_audio(path)
    name = keep_audio(shop.home.media, path, content_hash)
    now_ms = shop.now_ms()
    with shop.catalogue.write() as conn:
        episode = _find_by_stem(conn, path, with_media=False)
        new = True
        if episode is None:
            parsed = ParsedEpisode(guid=f"audio:{content_hash}", title=_title(path))
            episode, new = _put(conn, parsed, now_ms)
        episodes.set_media(
            conn, episode.id, path=name, media_hash=content_hash, duration_ms=facts.duration_ms
        )
        held = transcripts.find_transcript(conn, episode.id) is not None
        episode = episodes.get_episode(conn, episode.id)
        job = next_episode_job(episode, shop.settings, has_transcript=held)
        if job:
            jobs.queue_jobs(conn, [job], now_ms=now_ms)
    return Recording(episode.title, new)


def store_recording_transcript(shop: Workshop, source: str, parsed: ParsedTranscript) -> Recording:
    """Hold a transcript file: of the audio of the same name, if held, else as an episode.

    One without times is kept for when its audio is heard, which gives it times.
    """
    path = Path(unquote(urlsplit(source).path)) if is_address(source) else Path(source)
    with shop.catalogue.write() as conn:
        episode = _find_by_stem(conn, path, with_media=True)
        if episode is None:
            guid = f"transcript:{title_key(path.stem)}"
            episode, _ = _put(conn, ParsedEpisode(guid=guid, title=_title(path)), shop.now_ms())
    if not parsed.timed:
        return _store_untimed(shop, episode, source, parsed)
    changed = store_transcript(
        shop,
        episode,
        parsed.segments,
        origin="publisher",
        format=parsed.format,
        language=parsed.language,
        problems=list(parsed.problems),
    )
    return Recording(episode.title, changed)


def _store_untimed(
    shop: Workshop, episode: Episode, source: str, parsed: ParsedTranscript
) -> Recording:
    with shop.catalogue.read() as conn:
        held = transcripts.find_transcript(conn, episode.id)
        heard = transcripts.list_segments(conn, episode.id)
    if held is None:
        url = source if is_address(source) else Path(source).as_uri()
        with shop.catalogue.write() as conn:
            episodes.add_transcript_ref(conn, episode.id, TranscriptRef(url=url))
            episode = episodes.get_episode(conn, episode.id)
            job = next_episode_job(
                episode, shop.settings, has_transcript=False, publisher_tried=True
            )
            jobs.queue_jobs(conn, [job] if job else [], now_ms=shop.now_ms())
        return Recording(episode.title, True, " (its audio gives it times)")
    if held.origin != "whisper":
        return Recording(episode.title, False, " (has a transcript with times already)")
    duration_ms = held.duration_ms or max((segment.end_ms for segment in heard), default=0)
    timed, how = give_times(parsed, heard, name=Path(source).name, duration_ms=duration_ms)
    if timed is None:
        raise FormatError(source, how, "is it the transcript of this audio?")
    changed = store_transcript(
        shop,
        episode,
        timed.segments,
        origin="publisher",
        format=parsed.format,
        language=parsed.language or held.language,
        model=held.model,
        duration_ms=held.duration_ms,
        audio_hash=held.audio_hash,
        problems=list(timed.problems),
    )
    return Recording(episode.title, changed)


def _put(conn: Connection, parsed: ParsedEpisode, now_ms: int) -> tuple[Episode, bool]:
    facts = ShowFacts(kind="podcast", title=SHOW)
    show_id = shows.put_show(conn, facts, now_ms=now_ms)
    episode_id, new = episodes.put_episode(conn, show_id, parsed, now_ms=now_ms)
    return episodes.get_episode(conn, episode_id), new


def _title(path: Path) -> str:
    return " ".join(path.stem.replace("_", " ").replace("-", " ").split()) or path.name


def _find_by_stem(conn: Connection, path: Path, *, with_media: bool) -> Episode | None:
    """Return the episode whose audio or name is that of a file, if it is the only one."""
    wanted = title_key(_title(path))
    found = [
        episode
        for episode in episodes.list_episodes(conn)
        if wanted in (title_key(episode.title), _audio_key(episode))
        and (with_media or episode.media_path is None)
    ]
    return found[0] if len(found) == 1 else None


def _audio_key(episode: Episode) -> str | None:
    if not episode.audio_url:
        return None
    stem = Path(unquote(urlsplit(episode.audio_url).path)).stem
    return title_key(stem.replace("_", " ").replace("-", " ")) if stem else None
