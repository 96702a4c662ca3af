"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "1"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REAL = sa.Float(53).with_variant(sqlite.REAL(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", REAL, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until_ms", BIG, nullable=True),
        sa.Column("not_before_ms", BIG, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("started_ms", BIG, nullable=True),
        sa.Column("finished_ms", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_jobs_state_not_before_ms", "jobs", ["state", "not_before_ms"], unique=False)
    op.create_index(
        "uq_jobs_live",
        "jobs",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "problems",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sqlite_strict=True,
    )
    op.create_index("ix_problems_subject", "problems", ["subject"], unique=False)
    op.create_table(
        "settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
        sqlite_strict=True,
    )
    op.create_table(
        "shows",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("former_titles", sa.Text(), nullable=True),
        sa.Column("feed_url", sa.Text(), nullable=True),
        sa.Column("podcast_guid", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("next_poll_ms", BIG, nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_problem", sa.Text(), nullable=True),
        sa.Column("ended_ms", BIG, nullable=True),
        sa.Column("added_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows")),
        sqlite_strict=True,
    )
    op.create_index("ix_shows_title_key", "shows", ["title_key"], unique=False)
    op.create_index("uq_shows_feed_url", "shows", ["feed_url"], unique=True)
    op.create_table(
        "sources",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sources")),
        sqlite_strict=True,
    )
    op.create_table(
        "vectors",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "model", name=op.f("pk_vectors")),
        sqlite_strict=True,
    )
    op.create_table(
        "word_vectors",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "model", name=op.f("pk_word_vectors")),
        sqlite_strict=True,
    )
    op.create_table(
        "episodes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("show_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("duration_ms", BIG, nullable=True),
        sa.Column("feed_duration_ms", BIG, nullable=True),
        sa.Column("season", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("audio_url", sa.Text(), nullable=True),
        sa.Column("audio_type", sa.Text(), nullable=True),
        sa.Column("audio_bytes", BIG, nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("persons", sa.Text(), nullable=False),
        sa.Column("transcript_refs", sa.Text(), nullable=False),
        sa.Column("chapters_url", sa.Text(), nullable=True),
        sa.Column("show_notes", sa.Text(), nullable=False),
        sa.Column("media_path", sa.Text(), nullable=True),
        sa.Column("media_hash", sa.Text(), nullable=True),
        sa.Column("media_ms", BIG, nullable=True),
        sa.Column("other_urls", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["show_id"], ["shows.id"], name=op.f("fk_episodes_show_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episodes")),
        sqlite_strict=True,
    )
    op.create_index("ix_episodes_published", "episodes", ["published"], unique=False)
    op.create_index("ix_episodes_title_key", "episodes", ["title_key"], unique=False)
    op.create_index("uq_episodes_show_id_guid", "episodes", ["show_id", "guid"], unique=True)
    op.create_table(
        "player_pages",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("player", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episodes.id"],
            name=op.f("fk_player_pages_episode_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_player_pages")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_player_pages_episode_id_player", "player_pages", ["episode_id", "player"], unique=True
    )
    op.create_table(
        "chapters",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start_ms", BIG, nullable=True),
        sa.Column("end_ms", BIG, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("confidence", REAL, nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_chapters_episode_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapters")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_chapters_episode_id", "chapters", ["episode_id"], unique=False)
    op.create_table(
        "issues",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("show_id", sa.Integer(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("blocks", sa.Text(), nullable=False),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("joined_by", sa.Text(), nullable=True),
        sa.Column("confidence", REAL, nullable=True),
        sa.Column("proposals", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_issues_episode_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["show_id"], ["shows.id"], name=op.f("fk_issues_show_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sqlite_strict=True,
    )
    op.create_index("ix_issues_episode_id", "issues", ["episode_id"], unique=False)
    op.create_index("uq_issues_identity", "issues", ["identity"], unique=True)
    op.create_table(
        "transcripts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("duration_ms", BIG, nullable=True),
        sa.Column("audio_hash", sa.Text(), nullable=True),
        sa.Column("feed_duration_ms", BIG, nullable=True),
        sa.Column("audio_bytes", BIG, nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episodes.id"],
            name=op.f("fk_transcripts_episode_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        sqlite_strict=True,
    )
    op.create_index("uq_transcripts_episode_id", "transcripts", ["episode_id"], unique=True)
    op.create_table(
        "windows",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_windows_episode_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "recipe", "position", name=op.f("pk_windows")),
        sqlite_strict=True,
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start_ms", BIG, nullable=True),
        sa.Column("end_ms", BIG, nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("speakers", sa.Text(), nullable=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("chunker", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_passages_episode_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_passages_issue_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_passages_episode_id_kind_position",
        "passages",
        ["episode_id", "kind", "position"],
        unique=False,
    )
    op.create_index(
        "ix_passages_issue_id_kind_position",
        "passages",
        ["issue_id", "kind", "position"],
        unique=False,
    )
    op.create_table(
        "segments",
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_ms", BIG, nullable=False),
        sa.Column("end_ms", BIG, nullable=False),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_segments_transcript_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("transcript_id", "position", name=op.f("pk_segments")),
        sqlite_strict=True,
    )
    op.create_table(
        "takeaways",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("stated_ms", BIG, nullable=True),
        sa.Column("stated_end_ms", BIG, nullable=True),
        sa.Column("written_ms", BIG, nullable=True),
        sa.Column("settled", sa.Integer(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("found_ms", BIG, nullable=True),
        sa.Column("found_end_ms", BIG, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("confidence", REAL, nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episodes.id"],
            name=op.f("fk_takeaways_episode_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_takeaways_issue_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeaways")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_takeaways_episode_id", "takeaways", ["episode_id"], unique=False)
    op.create_index("ix_takeaways_issue_id", "takeaways", ["issue_id"], unique=False)
    op.create_table(
        "tray",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("takeaway_id", sa.Integer(), nullable=True),
        sa.Column("passage_id", sa.Integer(), nullable=True),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("start_ms", BIG, nullable=True),
        sa.Column("end_ms", BIG, nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("episode", sa.Text(), nullable=True),
        sa.Column("show", sa.Text(), nullable=True),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_tray_episode_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.id"], name=op.f("fk_tray_passage_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["takeaway_id"], ["takeaways.id"], name=op.f("fk_tray_takeaway_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tray")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "tray_uses",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("start_ms", BIG, nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("used", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episodes.id"],
            name=op.f("fk_tray_uses_episode_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tray_uses")),
        sqlite_strict=True,
    )
    op.create_table(
        "vocabulary",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("term_key", sa.Text(), nullable=False),
        sa.Column("meanings", sa.Text(), nullable=False),
        sa.Column("changed_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("uq_vocabulary_term_key", "vocabulary", ["term_key"], unique=True)
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("question_key", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("start_ms", BIG, nullable=True),
        sa.Column("end_ms", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episodes.id"],
            name=op.f("fk_judgements_episode_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_judgements_issue_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_judgements_question_key", "judgements", ["question_key"], unique=False)
    op.create_table(
        "evals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evals")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "speaker_names",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("show_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episodes.id"],
            name=op.f("fk_speaker_names_episode_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["show_id"],
            ["shows.id"],
            name=op.f("fk_speaker_names_show_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_names")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_speaker_names_show_id", "speaker_names", ["show_id"], unique=False)
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("seen_passage_id", sa.Integer(), nullable=False),
        sa.Column("seen_ms", BIG, nullable=False),
        sa.Column("added_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "undos",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undos")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_undos_subject", "undos", ["subject"], unique=False)
