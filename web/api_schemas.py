"""What the API's documents hold, as JSON Schema (2020-12, the dialect of OpenAPI 3.1)."""

from typing import Any, get_args

from corpus.holdings import JobState, JudgementVerdict, ShowKind
from corpus.moments import MAX_MS
from corpus.records import BlockKind, PassageKind, TakeawayOrigin, TranscriptOrigin, Verdict
from search.hits import Mode, Why
from search.vocabulary import Origin
from web.documents import MAX_ID
from web.links import CHOICES

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
MAYBE_ID: Schema = {"type": ["integer", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
MS: Schema = {"type": "integer", "minimum": 0, "description": "Milliseconds."}
MAYBE_MS: Schema = {"type": ["integer", "null"], "description": "Milliseconds."}
SHARE: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
TRUTH: Schema = {"type": "boolean"}


def record(**properties: Schema) -> Schema:
    """Return the schema of an object that always has these keys; more may be added."""
    return {"type": "object", "required": list(properties), "properties": properties}


def joined(name: str, **properties: Schema) -> Schema:
    """Return the schema of a component's object with more keys."""
    return {"allOf": [ref(name), record(**properties)]}


def ref(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """Return the schema of something that may be unknown."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": schema}


def one_of(kind: Any) -> Schema:
    """Return the schema of the words of a Literal type."""
    return {"enum": list(get_args(kind))}


def page_of(key: str, name: str, **more: Schema) -> Schema:
    """Return the schema of a page of a list."""
    following = {**MAYBE_TEXT, "description": "The address of the next page; null on the last."}
    return record(**{key: many(ref(name)), "next": following}, **more)


_OFF = {**MAYBE_TEXT, "description": "Why its time may be off: the audio has changed."}
_CHAPTER = record(start_ms=MS, end_ms=MAYBE_MS, title=TEXT, link=MAYBE_TEXT)
_PROPOSED_CHAPTER = record(
    id=ID, episode_id=ID, title=TEXT, start_ms=MAYBE_MS, confidence=SHARE, sentence=MAYBE_TEXT
)
_SEGMENT = record(start_ms=MS, end_ms=MS, speaker=MAYBE_TEXT, text=TEXT)
_TRANSCRIPT = record(
    origin=one_of(TranscriptOrigin),
    format=MAYBE_TEXT,
    language=MAYBE_TEXT,
    model=MAYBE_TEXT,
    problems=many(TEXT),
    segments=many(ref("Segment")),
)
_EPISODE = record(
    id=ID,
    guid=TEXT,
    title=TEXT,
    show=TEXT,
    published=MAYBE_TEXT,
    duration_ms=MAYBE_MS,
    link=MAYBE_TEXT,
    audio_url=MAYBE_TEXT,
)
_PERSON = record(name=TEXT, role=MAYBE_TEXT)
_TAKEAWAY = record(
    id=ID,
    text=TEXT,
    start_ms=MAYBE_MS,
    end_ms=MAYBE_MS,
    moment=MAYBE_TEXT,
    speaker=MAYBE_TEXT,
    sentence=MAYBE_TEXT,
    verdict=one_of(Verdict),
    origin=one_of(TakeawayOrigin),
    section=MAYBE_TEXT,
    episode_id=MAYBE_ID,
    issue_id=MAYBE_ID,
    problem=_OFF,
)
_ISSUE = record(
    id=ID,
    title=MAYBE_TEXT,
    newsletter=MAYBE_TEXT,
    author=MAYBE_TEXT,
    published=MAYBE_TEXT,
    link=MAYBE_TEXT,
    episode=maybe(ref("Episode")),
    joined_by={"enum": ["earmark", "author", None]},
    confidence=SHARE,
    proposals=many(record(episode_id=ID, confidence=SHARE, reasons=many(TEXT))),
)
_BLOCK = record(
    kind=one_of(BlockKind),
    level=MAYBE_ID,
    text=TEXT,
    links=many(record(text=TEXT, href=TEXT)),
    cells=many(TEXT),
)
_LINK = record(label=TEXT, href=TEXT, exact=TRUTH)
_PLAYER = record(
    player=TEXT,
    label=TEXT,
    url=TEXT,
    exact={**TRUTH, "description": "Whether it opens at a second."},
    named_by={"enum": ["you", "feed"]},
)
_HIT = record(
    rank=ID,
    score={"type": "number"},
    why=one_of(Why),
    kind=one_of(PassageKind),
    passage_id=ID,
    text=TEXT,
    spans=many({"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}),
    start_ms=MAYBE_MS,
    end_ms=MAYBE_MS,
    best=maybe(record(text=TEXT, start_ms=MAYBE_MS, end_ms=MAYBE_MS)),
    moment=MAYBE_TEXT,
    speaker=MAYBE_TEXT,
    episode=maybe(ref("Episode")),
    issue=maybe(record(id=ID, title=MAYBE_TEXT, newsletter=MAYBE_TEXT, published=MAYBE_TEXT)),
    url=TEXT,
    problem=_OFF,
    links=many(ref("Link")),
    judgement=maybe(record(id=ID, verdict=one_of(JudgementVerdict))),
)
_SPEAKER = record(
    label={**TEXT, "description": "As the transcript has it."},
    name=TEXT,
    corrected_for={"enum": ["show", "episode", None]},
)
_SAVED = record(
    id=ID,
    name=TEXT,
    asked={"type": "object", "additionalProperties": TEXT},
    url=TEXT,
    feed_url=TEXT,
    seen_passage_id=COUNT,
)
_DROP = {
    **record(filter=TEXT, said=TEXT, query=TEXT, total=COUNT),
    "description": "A filter or sign without which there are hits, and how many.",
}
_JUDGEMENT = record(
    id=ID,
    question=TEXT,
    verdict=one_of(JudgementVerdict),
    episode_id=MAYBE_ID,
    issue_id=MAYBE_ID,
    start_ms=MAYBE_MS,
    end_ms=MAYBE_MS,
    text=TEXT,
    made_ms=MS,
)
_FIGURES: Schema = {
    "type": "object",
    "description": "By kind of question; all is among them.",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "number"}},
}
_EVAL = record(
    source=TEXT,
    mode=one_of(Mode),
    fingerprint={"type": "object"},
    figures=_FIGURES,
)
_ASKED = record(
    id=TEXT,
    query=TEXT,
    kind=TEXT,
    right=COUNT,
    wrong=COUNT,
    rank=MAYBE_ID,
    wrong_shown=COUNT,
    took_ms={"type": "number", "minimum": 0},
)
_JOB = record(
    id=ID,
    kind=TEXT,
    subject=TEXT,
    title=TEXT,
    state=one_of(JobState),
    attempts=COUNT,
    progress=SHARE,
    left_ms={**MAYBE_MS, "description": "How long it may take still, in milliseconds."},
    note=MAYBE_TEXT,
    problem=MAYBE_TEXT,
)
_SAID_BEFORE = record(
    label=TEXT,
    date=MAYBE_TEXT,
    issue_id=MAYBE_ID,
    text=TEXT,
    likeness={"type": "number"},
    is_opposite=TRUTH,
)
_ENTRY = record(
    id=ID,
    position=COUNT,
    text=TEXT,
    original=TEXT,
    start_ms=MAYBE_MS,
    end_ms=MAYBE_MS,
    moment=MAYBE_TEXT,
    speaker=MAYBE_TEXT,
    sentence=MAYBE_TEXT,
    episode=MAYBE_TEXT,
    show=MAYBE_TEXT,
    episode_id=MAYBE_ID,
    takeaway_id=MAYBE_ID,
    passage_id=MAYBE_ID,
    url=MAYBE_TEXT,
    problem=_OFF,
    said_before=many(_SAID_BEFORE),
)
_COVERAGE: Schema = {"episodes": COUNT, "with_transcript": COUNT, "with_takeaways": COUNT}
_COUNTS = record(queued=COUNT, running=COUNT, done=COUNT, failed=COUNT)
_STATUS = record(
    shows=COUNT,
    episodes=COUNT,
    issues=COUNT,
    takeaways=COUNT,
    coverage=many(record(id=ID, show=TEXT, **_COVERAGE)),
    passages=COUNT,
    vectors=COUNT,
    jobs=_COUNTS,
    index=record(
        model=MAYBE_TEXT,
        dimension=MAYBE_ID,
        count=COUNT,
        generation=MAYBE_TEXT,
        current=TRUTH,
    ),
    problems=many(record(subject=TEXT, problem=TEXT)),
)

COMPONENTS: dict[str, Schema] = {
    "Show": record(
        id=ID,
        kind=one_of(ShowKind),
        title=TEXT,
        author=MAYBE_TEXT,
        link=MAYBE_TEXT,
        feed_url=MAYBE_TEXT,
        language=MAYBE_TEXT,
        last_problem=MAYBE_TEXT,
        ended=TRUTH,
        issues=COUNT,
        **_COVERAGE,
    ),
    "Chapter": _CHAPTER,
    "ProposedChapter": _PROPOSED_CHAPTER,
    "Segment": _SEGMENT,
    "Transcript": _TRANSCRIPT,
    "Episode": _EPISODE,
    "WholeEpisode": joined(
        "Episode",
        show_notes=TEXT,
        persons=many(_PERSON),
        chapters=many(ref("Chapter")),
        proposed_chapters=many(ref("ProposedChapter")),
        takeaways=many(ref("Takeaway")),
        transcript=maybe(ref("Transcript")),
        links=many(ref("Link")),
        players=many(ref("Player")),
        problems=many(TEXT),
    ),
    "Takeaway": _TAKEAWAY,
    "CheckedTakeaway": joined("Takeaway", stated_ms=MAYBE_MS, found_ms=MAYBE_MS, confidence=SHARE),
    "Issue": _ISSUE,
    "Block": _BLOCK,
    "WholeIssue": joined(
        "Issue",
        problems=many(TEXT),
        blocks=many(ref("Block")),
        takeaways=many(ref("Takeaway")),
    ),
    "Link": _LINK,
    "Player": _PLAYER,
    "Hit": _HIT,
    "Speaker": _SPEAKER,
    "SavedSearch": _SAVED,
    "Answer": record(
        query=TEXT,
        mode=one_of(Mode),
        took_ms=MS,
        total=COUNT,
        problems=many(TEXT),
        provisional={
            **MAYBE_TEXT,
            "description": "Why it is by words alone for now; asked again, it has its meaning too.",
        },
        suggestion={**MAYBE_TEXT, "description": "The question in its nearest spelling."},
        drops=many(_DROP),
        hits=many(ref("Hit")),
    ),
    "Job": _JOB,
    "JobCounts": _COUNTS,
    "TrayEntry": _ENTRY,
    "Judgement": _JUDGEMENT,
    "EvalRun": {"allOf": [_EVAL, record(id=ID, made_ms=MS)]},
    "Evaluation": {
        "allOf": [
            _EVAL,
            record(before=maybe(ref("EvalRun")), questions=many(_ASKED)),
        ]
    },
    "Term": record(term=TEXT, meanings=many(TEXT), origin=one_of(Origin)),
    "Status": _STATUS,
    "Problem": {
        **record(
            type=TEXT,
            title=TEXT,
            status={"type": "integer", "minimum": 400, "maximum": 599},
            detail=TEXT,
            error={**TEXT, "description": "The same as detail."},
            subject=MAYBE_TEXT,
            remedy=MAYBE_TEXT,
        ),
        "description": "What is wrong and what to do, as RFC 9457 has it.",
    },
}

PLAYER: Schema = {"enum": list(CHOICES), "description": "Where links lead."}
MOMENT: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_MS}
"""A moment that somebody names, in milliseconds."""
