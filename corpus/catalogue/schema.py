"""The tables. A change here comes with a migration; a test holds the two together."""

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator

SCHEMA_VERSION = 1
"""Number of the newest migration; kept as the file's user_version."""

APPLICATION_ID = 0x4541524D  # "EARM", as SQLite's application_id


json_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Returns a value as a column of JSON keeps it."""


class Json(TypeDecorator[Any]):
    """A JSON value as text: STRICT tables know no JSON type."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write a value."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read a value."""
        return None if value is None else json.loads(value)


BigInt = BigInteger().with_variant(Integer(), "sqlite")
Real = Float(53).with_variant(sqlite.REAL(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_STRICT: dict[str, Any] = {"sqlite_strict": True}
_COUNTED: dict[str, Any] = {"sqlite_strict": True, "sqlite_autoincrement": True}


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _owner(table: str, *, nullable: bool = False, name: str | None = None) -> Column[int]:
    target = f"{table}s.id"
    key = ForeignKey(target, ondelete="CASCADE")
    return Column(name or f"{table}_id", Integer, key, nullable=nullable)


shows = Table(
    "shows",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),  # podcast, newsletter
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),  # folded, to find a show by its name
    Column("former_titles", Json),  # names it had before; issues may still use them
    Column("feed_url", Text),
    Column("podcast_guid", Text),
    Column("link", Text),
    Column("author", Text),
    Column("language", Text),
    Column("image_url", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_hash", Text),  # of the feed as last read
    Column("next_poll_ms", BigInt),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("last_problem", Text),
    Column("ended_ms", BigInt),  # when its feed was found gone for good; it is not asked again
    Column("added_ms", BigInt, nullable=False),
    Index("ix_shows_title_key", "title_key"),
    Index("uq_shows_feed_url", "feed_url", unique=True),
    **_STRICT,
)

episodes = Table(
    "episodes",
    metadata,
    _id(),
    _owner("show"),
    Column("guid", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("published", Text),
    Column("link", Text),
    Column("duration_ms", BigInt),  # measured where the audio is held, else the feed's
    Column("feed_duration_ms", BigInt),
    Column("season", Integer),
    Column("number", Integer),
    Column("language", Text),
    Column("audio_url", Text),
    Column("audio_type", Text),
    Column("audio_bytes", BigInt),
    Column("image_url", Text),
    Column("persons", Json, nullable=False),
    Column("transcript_refs", Json, nullable=False),
    Column("chapters_url", Text),
    Column("show_notes", Text, nullable=False),
    Column("media_path", Text),  # inside media/, where the audio is held
    Column("media_hash", Text),
    Column("media_ms", BigInt),  # its length, measured
    Column("other_urls", Json),  # pages on which its feed says that it plays too
    Column("content_hash", Text, nullable=False),  # of what the feed says that matters
    Column("added_ms", BigInt, nullable=False),
    Index("uq_episodes_show_id_guid", "show_id", "guid", unique=True),
    Index("ix_episodes_published", "published"),
    Index("ix_episodes_title_key", "title_key"),
    **_STRICT,
)

transcripts = Table(
    "transcripts",
    metadata,
    _id(),
    _owner("episode"),
    Column("origin", Text, nullable=False),  # publisher, whisper, import
    Column("format", Text),
    Column("language", Text),
    Column("model", Text),
    Column("duration_ms", BigInt),
    Column("audio_hash", Text),  # of the audio it was made from, where known
    Column("feed_duration_ms", BigInt),  # what the feed said of the audio when it was stored
    Column("audio_bytes", BigInt),
    Column("content_hash", Text, nullable=False),
    Column("problems", Json, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    Index("uq_transcripts_episode_id", "episode_id", unique=True),
    **_STRICT,
)

segments = Table(
    "segments",
    metadata,
    Column(
        "transcript_id",
        Integer,
        ForeignKey("transcripts.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("start_ms", BigInt, nullable=False),
    Column("end_ms", BigInt, nullable=False),
    Column("speaker", Text),
    Column("text", Text, nullable=False),
    Column("words", Json),  # [[start_ms, end_ms, text], ...] or null
    **_STRICT,
)

windows = Table(
    "windows",
    metadata,
    Column("episode_id", Integer, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True),
    Column("recipe", Text, primary_key=True),  # audio, model and settings they were made with
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("result", Json, nullable=False),
    **_STRICT,
)
chapters = Table(
    "chapters",
    metadata,
    _id(),
    _owner("episode"),
    Column("position", Integer, nullable=False),
    Column("start_ms", BigInt),  # unknown only of a proposed one
    Column("end_ms", BigInt),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("origin", Text, nullable=False),  # published, proposed, accepted
    Column("confidence", Real),  # of one that was found in the transcript
    Column("sentence", Text),
    Index("ix_chapters_episode_id", "episode_id"),
    **_COUNTED,
)

player_pages = Table(
    "player_pages",
    metadata,
    _id(),
    _owner("episode"),
    Column("player", Text, nullable=False),  # youtube, spotify, ..., or the host of a page
    Column("url", Text, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    Index("uq_player_pages_episode_id_player", "episode_id", "player", unique=True),
    **_COUNTED,
)

issues = Table(
    "issues",
    metadata,
    _id(),
    _owner("show", nullable=True),
    Column("identity", Text, nullable=False),
    Column("title", Text),
    Column("author", Text),
    Column("published", Text),
    Column("link", Text),
    Column("source", Text),
    Column("blocks", Json, nullable=False),
    Column("mention", Json, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column(
        "episode_id",
        Integer,
        ForeignKey("episodes.id", ondelete="SET NULL"),
    ),
    Column("joined_by", Text),  # earmark, author
    Column("confidence", Real),
    Column("proposals", Json, nullable=False),
    Column("problems", Json, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    Index("uq_issues_identity", "identity", unique=True),
    Index("ix_issues_episode_id", "episode_id"),
    **_STRICT,
)

takeaways = Table(
    "takeaways",
    metadata,
    _id(),
    _owner("episode", nullable=True),
    _owner("issue", nullable=True),
    Column("origin", Text, nullable=False),  # newsletter, show notes, drafted, author
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("section", Text),
    Column("stated_ms", BigInt),
    Column("stated_end_ms", BigInt),
    Column("written_ms", BigInt),  # as its source writes it, whatever was accepted since
    Column("settled", Integer),  # 1 where a person gave its time, which no check changes
    Column("link", Text),
    Column("label", Text),
    Column("found_ms", BigInt),
    Column("found_end_ms", BigInt),
    Column("verdict", Text, nullable=False),
    Column("confidence", Real),
    Column("sentence", Text),
    Column("speaker", Text),
    Index("ix_takeaways_episode_id", "episode_id"),
    Index("ix_takeaways_issue_id", "issue_id"),
    **_COUNTED,
)

passages = Table(
    "passages",
    metadata,
    _id(),  # AUTOINCREMENT: a reused id would cite wrong words
    _owner("episode", nullable=True),
    _owner("issue", nullable=True),
    Column("kind", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("start_ms", BigInt),
    Column("end_ms", BigInt),
    Column("speaker", Text),
    Column("text", Text, nullable=False),
    Column("speakers", Json, nullable=False),  # everybody who speaks in it
    Column("sentences", Json, nullable=False),  # [[start, end, start_ms, end_ms, speaker], ...]
    Column("content_hash", Text, nullable=False),
    Column("chunker", Text, nullable=False),
    Index("ix_passages_episode_id_kind_position", "episode_id", "kind", "position"),
    Index("ix_passages_issue_id_kind_position", "issue_id", "kind", "position"),
    **_COUNTED,
)

tray = Table(
    "tray",
    metadata,
    _id(),
    Column("position", Integer, nullable=False),
    # What it was picked from may go; what was picked stays as it was.
    Column("takeaway_id", Integer, ForeignKey("takeaways.id", ondelete="SET NULL")),
    Column("passage_id", Integer, ForeignKey("passages.id", ondelete="SET NULL")),
    Column("episode_id", Integer, ForeignKey("episodes.id", ondelete="SET NULL")),
    Column("text", Text, nullable=False),  # as its author words it now
    Column("original", Text, nullable=False),  # as it was picked
    Column("start_ms", BigInt),
    Column("end_ms", BigInt),
    Column("speaker", Text),
    Column("sentence", Text),
    Column("episode", Text),  # its title
    Column("show", Text),
    Column("added_ms", BigInt, nullable=False),
    **_COUNTED,
)

tray_uses = Table(
    "tray_uses",
    metadata,
    _id(),
    Column("text", Text, nullable=False),  # as it was used
    Column("episode_id", Integer, ForeignKey("episodes.id", ondelete="SET NULL")),
    Column("start_ms", BigInt),
    Column("label", Text, nullable=False),  # of the issue it was used in
    Column("used", Text, nullable=False),  # the date of that issue
    Column("added_ms", BigInt, nullable=False),
    **_STRICT,
)

vocabulary = Table(
    "vocabulary",
    metadata,
    _id(),
    Column("term", Text, nullable=False),
    Column("term_key", Text, nullable=False),  # folded: a term is one in any case of letters
    Column("meanings", Json, nullable=False),  # none: the term is not to count
    Column("changed_ms", BigInt, nullable=False),
    Index("uq_vocabulary_term_key", "term_key", unique=True),
    **_COUNTED,
)

judgements = Table(
    "judgements",
    metadata,
    _id(),
    Column("question", Text, nullable=False),
    Column("question_key", Text, nullable=False),  # folded, without double spaces
    Column("verdict", Text, nullable=False),  # right, wrong
    # What was judged, by its place: passages are cut anew, the second that was meant stays.
    Column("episode_id", Integer, ForeignKey("episodes.id", ondelete="CASCADE")),
    Column("issue_id", Integer, ForeignKey("issues.id", ondelete="CASCADE")),
    Column("start_ms", BigInt),  # of the passage
    Column("end_ms", BigInt),
    Column("text", Text, nullable=False),  # the sentence that was judged
    Column("made_ms", BigInt, nullable=False),
    Index("ix_judgements_question_key", "question_key"),
    **_COUNTED,
)

evals = Table(
    "evals",
    metadata,
    _id(),
    Column("source", Text, nullable=False),  # judgements, or the file of questions
    Column("mode", Text, nullable=False),
    Column("fingerprint", Json, nullable=False),  # model, dimension, chunker, ...
    Column("figures", Json, nullable=False),  # by kind of question, "all" among them
    Column("made_ms", BigInt, nullable=False),
    **_COUNTED,
)

speaker_names = Table(
    "speaker_names",
    metadata,
    _id(),
    _owner("show"),
    _owner("episode", nullable=True),  # null where it holds for the whole show
    Column("origin", Text, nullable=False),  # of the transcripts whose label it is
    Column("label", Text, nullable=False),  # as the transcript has it
    Column("name", Text, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    Index("ix_speaker_names_show_id", "show_id"),
    **_COUNTED,
)

saved_searches = Table(
    "saved_searches",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("asked", Json, nullable=False),  # what its address asks for: {"q": ..., "show": ...}
    Column("seen_passage_id", Integer, nullable=False),  # the newest passage when it was last seen
    Column("seen_ms", BigInt, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    **_COUNTED,
)

undos = Table(
    "undos",
    metadata,
    _id(),
    Column("subject", Text, nullable=False),  # takeaway:12, tray
    Column("said", Text, nullable=False),  # what was done, for a person
    Column("before", Json, nullable=False),  # [[table, id, row or null, whether it was kept], ...]
    Column("made_ms", BigInt, nullable=False),
    Index("ix_undos_subject", "subject"),
    **_COUNTED,
)

vectors = Table(
    "vectors",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # little-endian float32
    **_STRICT,
)

word_vectors = Table(
    "word_vectors",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("words", LargeBinary, nullable=False),  # 64 bytes a word, none of a text without words
    **_STRICT,
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("passage_id", Integer, nullable=False),
    Column("op", Text, nullable=False),  # put, drop
    **_COUNTED,
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),  # queued, running, done, failed
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("progress", Real),  # 0 to 1
    Column("note", Text),  # what is being done, for a person
    Column("problem", Text),
    Column("worker", Text),
    Column("lease_until_ms", BigInt),
    Column("not_before_ms", BigInt, nullable=False),
    Column("created_ms", BigInt, nullable=False),
    Column("started_ms", BigInt),
    Column("finished_ms", BigInt),
    Index(
        "uq_jobs_live",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("state IN ('queued', 'running')"),
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
    Index("ix_jobs_state_not_before_ms", "state", "not_before_ms"),
    **_COUNTED,
)

sources = Table(
    "sources",
    metadata,
    Column("source", Text, primary_key=True),  # an address, or the absolute path of a file
    Column("kind", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    **_STRICT,
)

problems = Table(
    "problems",
    metadata,
    _id(),
    Column("subject", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("added_ms", BigInt, nullable=False),
    Index("ix_problems_subject", "subject"),
    **_STRICT,
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Json, nullable=False),
    **_STRICT,
)
