"""Steps about episodes: the publisher's transcript, the audio, transcribing."""

import time
from pathlib import Path
from urllib.parse import urlsplit

from corpus.catalogue import episodes, jobs, notes, transcripts
from corpus.errors import AudioError, EarmarkError
from corpus.formats.chapters import parse_chapters_json
from corpus.holdings import Episode, Job, Transcript
from corpus.moments import format_moment
from corpus.records import ParsedTranscript, TranscriptRef
from ingest.audio_length import has_other_audio
from ingest.moving import store_moved
from ingest.plans import next_episode_job, problem_of, subject_id, transcribe_job
from ingest.published_transcripts import (
    Published,
    Timed,
    fetch_bytes,
    find_timed,
    iter_published,
    local_path,
    time_published,
)
from ingest.recordings import keep_audio
from ingest.speech.audio import probe_audio
from ingest.speech.seekable import find_seekable
from ingest.speech.transcriber import Progress as Transcribing
from ingest.speech.transcriber import (
    Transcribed,
    WindowResult,
    format_window_result,
    parse_window_result,
    time_left_ms,
    transcribe_audio,
)
from ingest.storing import audio_facts, store_chapters, store_transcript
from ingest.workshop import Progress, Workshop


def step_publisher(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Get what the publisher gives beside the audio: chapters and a transcript.

    Where no transcript is of use, what was wrong is recorded and the audio is got instead.
    """
    episode = _get(shop, job)
    problems: list[str] = []
    if episode.chapters_url:
        on_progress(None, "chapters")
        problems += _take_chapters(shop, episode, episode.chapters_url)
    on_progress(None, "publisher's transcript")
    taken, why = _take_published(shop, episode)
    problems += why
    with shop.catalogue.write() as conn:
        subject = f"episode:{episode.id}"
        notes.set_problems(conn, subject, problems, now_ms=shop.now_ms())
        held = taken or transcripts.find_transcript(conn, episode.id) is not None
        follow = next_episode_job(episode, shop.settings, has_transcript=held, publisher_tried=True)
        if follow:
            jobs.queue_jobs(conn, [follow], now_ms=shop.now_ms())


def _take_published(shop: Workshop, episode: Episode) -> tuple[bool, list[str]]:
    """Take the best published transcript; return whether there is one, and why not others.

    What Whisper heard before gives its times to one that has none.
    """
    problems: list[str] = []
    untimed: list[Published] = []
    for published in iter_published(shop, episode):
        if published.parsed and not published.problem:
            _take_transcript(shop, episode, published.parsed, published.ref)
            return True, problems
        if published.needs_times:
            untimed.append(published)
        problems += [published.problem] if published.problem else []
    with shop.catalogue.read() as conn:
        held = transcripts.find_transcript(conn, episode.id)
        spoken = transcripts.list_segments(conn, episode.id) if untimed else ()
    if held is None or held.origin != "whisper":
        return False, problems
    for published in untimed:
        timed, how = time_published(published, spoken, held)
        if timed:
            _store_timed(shop, episode, timed, held)
            return True, []
        problems.append(how)
    return False, problems


def _store_timed(shop: Workshop, episode: Episode, timed: Timed, held: Transcript) -> None:
    store_transcript(
        shop,
        episode,
        timed.segments,
        origin="publisher",
        format=timed.parsed.format,
        language=timed.language or held.language,
        model=held.model,
        duration_ms=held.duration_ms,
        audio_hash=held.audio_hash,
        problems=list(timed.problems),
    )


def _take_transcript(
    shop: Workshop, episode: Episode, parsed: ParsedTranscript, ref: TranscriptRef
) -> None:
    store_transcript(
        shop,
        episode,
        parsed.segments,
        origin="publisher",
        format=parsed.format,
        language=parsed.language or ref.language or episode.language,
        problems=list(parsed.problems),
        audio_hash=episode.media_hash,
    )


def _take_chapters(shop: Workshop, episode: Episode, url: str) -> list[str]:
    try:
        found = parse_chapters_json(fetch_bytes(shop, url))
    except EarmarkError as error:
        return [problem_of(error, chapters=url)]
    if found:
        store_chapters(shop, episode, found)
    return []


def step_audio(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Get an episode's audio into ``media/``, then queue its transcription.

    Raises:
        FetchError: If it cannot be had.
        AudioError: If no sound is in it.
    """
    episode = _get(shop, job)
    if episode.audio_url is None or _held_path(shop, episode) is not None:
        return
    _keep_download(shop, episode, on_progress)
    with shop.catalogue.write() as conn:
        held = transcripts.find_transcript(conn, episode.id) is not None
        episode = episodes.get_episode(conn, episode.id)
        follow = next_episode_job(episode, shop.settings, has_transcript=held, publisher_tried=True)
        if follow:
            jobs.queue_jobs(conn, [follow], now_ms=shop.now_ms())


def _keep_download(shop: Workshop, episode: Episode, on_progress: Progress) -> None:
    """Get an episode's audio as its publisher gives it now, and hold it."""
    assert episode.audio_url is not None
    path = _download(shop, episode, episode.audio_url, on_progress)
    try:
        facts = probe_audio(
            path, expected_ms=episode.duration_ms, expected_bytes=episode.audio_bytes
        )
        name = keep_audio(shop.home.media, path, facts.fingerprint)
    finally:
        if not episode.audio_url.startswith("file:"):
            path.unlink(missing_ok=True)
    # Now, so that nobody who plays it waits for it.
    find_seekable(shop.home.media, shop.home.media / name)
    with shop.catalogue.write() as conn:
        episodes.set_media(
            conn,
            episode.id,
            path=name,
            media_hash=facts.fingerprint,
            duration_ms=facts.duration_ms,
        )
        notes.set_problems(conn, f"episode:{episode.id}", facts.problems, now_ms=shop.now_ms())


def _download(shop: Workshop, episode: Episode, url: str, on_progress: Progress) -> Path:
    if url.startswith("file:"):
        return local_path(url)
    suffix = Path(urlsplit(url).path).suffix.lower()[:6]
    path = shop.home.media / f"episode-{episode.id}{suffix or '.audio'}"
    path.parent.mkdir(parents=True, exist_ok=True)

    def on_bytes(done: int, total: int | None) -> None:
        share = done / total if total else None
        on_progress(share, f"audio, {done / 1e6:.1f} MB")

    shop.door.download(url, path, on_progress=on_bytes)
    return path


class _Windows:
    """Keeps the windows of one transcription in the catalogue."""

    def __init__(self, shop: Workshop, episode_id: int, recipe: str) -> None:
        self._shop = shop
        self._episode_id = episode_id
        self._recipe = recipe
        with shop.catalogue.read() as conn:
            self._saved = transcripts.list_windows(conn, episode_id, recipe)

    def get(self, index: int) -> WindowResult | None:
        """Return a window that was transcribed before."""
        saved = self._saved.get(index)
        return None if saved is None else parse_window_result(saved)

    def put(self, index: int, result: WindowResult) -> None:
        """Save a window."""
        with self._shop.catalogue.write() as conn:
            transcripts.put_window(
                conn,
                self._episode_id,
                self._recipe,
                position=index,
                result=format_window_result(result),
            )


def step_transcribe(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Transcribe an episode's audio, window by window.

    Raises:
        AudioError: If the audio is not held, or no sound is in it.
        ModelError: If Whisper's weights cannot be had.
    """
    episode = _get(shop, job)
    with shop.catalogue.read() as conn:
        held = transcripts.find_transcript(conn, episode.id)
    if held and not has_other_audio(episode, held):
        # What a publisher gave meanwhile is preferred, and nothing is heard twice.
        return
    path = _held_path(shop, episode)
    if path is None:
        raise AudioError(episode.title, "has no audio here", "see: earmark jobs")
    transcriber = shop.get_transcriber()
    recipe = f"{episode.media_hash}:{transcriber.model}:{episode.language}"
    started = time.monotonic()

    def on_time(done: Transcribing) -> None:
        spent_ms = int((time.monotonic() - started) * 1000)
        left = time_left_ms(done, spent_ms)
        said = f", {format_moment(left)} left" if left is not None else ""
        share = done.done_ms / done.total_ms if done.total_ms else None
        total = format_moment(done.total_ms)
        on_progress(share, f"{format_moment(done.done_ms)} of {total}{said}")

    heard = transcribe_audio(
        path,
        transcriber,
        language=episode.language,
        store=_Windows(shop, episode.id, recipe),
        on_progress=on_time,
        expected_ms=episode.duration_ms,
        expected_bytes=episode.audio_bytes,
    )
    if held is None:
        _store_heard(shop, episode, heard)
    elif store_moved(shop, episode, held, heard) is None:
        _tell_other_words(shop, episode, held, heard)


def _tell_other_words(
    shop: Workshop, episode: Episode, held: Transcript, heard: Transcribed
) -> None:
    """Take what Whisper hears in audio that says other words than the transcript before.

    A publisher's words are not given up for it.
    """
    problem = "its audio now says other words than its transcript: no time could be moved"
    with shop.catalogue.write() as conn:
        notes.set_problems(conn, f"episode:{episode.id}", [problem], now_ms=shop.now_ms())
    if held.origin == "whisper":
        _store_heard(shop, episode, heard)


def _store_heard(shop: Workshop, episode: Episode, heard: Transcribed) -> None:
    """Store what was heard, or a publisher's own words at the times at which they are heard."""
    timed, problems = find_timed(shop, episode, heard.segments, duration_ms=heard.duration_ms)
    store_transcript(
        shop,
        episode,
        timed.segments if timed else heard.segments,
        origin="publisher" if timed else "whisper",
        format=timed.parsed.format if timed else None,
        language=(timed and timed.language) or heard.language,
        model=heard.model,
        duration_ms=heard.duration_ms,
        audio_hash=episode.media_hash,
        problems=[*heard.problems, *problems, *(timed.problems if timed else ())],
    )


def step_relisten(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Get an episode's audio as it is now, and queue hearing it where it is not as it was.

    Raises:
        FetchError: If it cannot be had.
        AudioError: If no sound is in it.
    """
    episode = _get(shop, job)
    if episode.audio_url is not None:
        _keep_download(shop, episode, on_progress)
        episode = _get(shop, job)
    with shop.catalogue.write() as conn:
        held = transcripts.find_transcript(conn, episode.id)
        if held and not has_other_audio(episode, held) and episode.media_path:
            transcripts.set_transcript(conn, held.id, **audio_facts(episode))
        elif episode.media_path:
            jobs.queue_jobs(conn, [transcribe_job(episode)], now_ms=shop.now_ms())


def _get(shop: Workshop, job: Job) -> Episode:
    with shop.catalogue.read() as conn:
        return episodes.get_episode(conn, subject_id(job.subject))


def _held_path(shop: Workshop, episode: Episode) -> Path | None:
    if episode.media_path is None:
        return None
    path = shop.home.media / episode.media_path
    return path if path.is_file() else None
