"""Lets a language model word drafts anew, and takes nothing from it that was not said.

Each rephrasing is held against the sentence it comes from: what it means (embedding), its numbers,
its names, whether it denies, its length. Where one fails, the speaker's own words stay, with why.
"""

import json
import re
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import httpcore
import httpx
from rapidfuzz import fuzz

from corpus.errors import EarmarkError, FetchError
from ingest.door import USER_AGENT, public_url
from ingest.door_network import Deadline, GuardedTransport, Network, SystemNetwork
from ingest.draft import Drafted
from ingest.said_otherwise import denies, find_swapped, read_numbers
from ingest.terms import is_filler, stem
from search.embedder import PassageEmbedder

NEAR = 0.6
"""Cosine that a rephrasing must reach: two sentences of one talk on one subject stay below it."""
_LONGER = 1.3  # no rephrasing adds as much without adding matter
_SHORTEST = 0.25
_SAME_REST = 85.0  # of 100; below, a sentence was worded anew, not only its first word
_TOTAL_S = 60.0
_MOST_BYTES = 1_000_000
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|%|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_AROUND = " \t*_`#>-•\"“”„'‘’"
_ASIDE = re.compile(r"\(?(?:note|explanation|i (?:have|'ve|removed|left|kept|changed))\b", re.I)
_LEAD_IN = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|absolutely)\b[^:.!?]{0,40}[:.!,]\s*)?"
    r"(?:(?:here(?:['’]s| is| are)?|the|my|your|rephrased|reworded|rewritten|takeaway|answer"
    r"|sentence|summary|result|output)\b[^:.!?]{0,60}:\s*)?",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\b(?:rephras|reword|rewrit)\w*|\b(?:original sentence|as requested|here is|here['’]s the)\b",
    re.IGNORECASE,
)
_ASKED = (
    "You word sentences from talks as takeaways for a newsletter: one plain sentence each, in the "
    "sentence's own language, shorter where that loses nothing. Keep every number, name and "
    "condition; add nothing. Answer with the sentence alone."
)


class Rephraser(Protocol):
    """Words a sentence anew."""

    def rephrase(self, sentence: str) -> str:
        """Return a sentence in other words.

        Raises:
            FetchError: If nothing usable comes back.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Rephrased:
    """A draft in other words, or in the speaker's own."""

    draft: Drafted
    why_not: str | None = None
    """Why the speaker's words stayed."""


def rephrase_drafts(
    drafts: Sequence[Drafted], rephraser: Rephraser, embedder: PassageEmbedder | None
) -> tuple[Rephrased, ...]:
    """Return drafts in other words, each held against what was said.

    A server that cannot be had is asked no further: the drafts left keep the speaker's words.
    """
    found: list[Rephrased] = []
    broken: str | None = None
    for draft in drafts:
        if broken is None:
            try:
                words = take_sentence(rephraser.rephrase(draft.text))
            except EarmarkError as error:
                broken = str(error)
        if broken is not None:
            found.append(Rephrased(draft=draft, why_not=broken))
            continue
        why_not = find_fault(draft.sentence, words, embedder)
        found.append(
            Rephrased(draft=draft, why_not=why_not)
            if why_not
            else Rephrased(draft=replace(draft, text=words))
        )
    return tuple(found)


def take_sentence(answer: str) -> str:
    """Return the sentence in a model's answer, without what it thought and what it says around it.

    >>> take_sentence('Sure! Here is the takeaway:\\n"Price by the day."\\nNote: no name.')
    'Price by the day.'
    """
    text = answer.rpartition("</think>")[2]
    lines = [" ".join(line.strip(_AROUND).split()) for line in text.splitlines()]
    told = [_LEAD_IN.sub("", line) for line in lines if not line.endswith(":")]
    said = [line for line in told if line and not _ASIDE.match(line)]
    return said[0].strip(_AROUND) if said else ""


def find_fault(said: str, words: str, embedder: PassageEmbedder | None) -> str | None:
    """Return why ``words`` do not say what was said, or None where nothing speaks against it."""
    for look in (_odd_length, _other_numbers, _other_names, _other_first_word, _own_remarks):
        if fault := look(said, words):
            return fault
    if denies(said) != denies(words):
        return "it denies what was said, or no longer does"
    if swapped := find_swapped(said, words):
        return f"it says {swapped[1]} where {swapped[0]} was said"
    if embedder is not None:
        both = embedder.embed_passages([said, words])
        if float(both[0] @ both[1]) < NEAR:
            return "it means something else"
    return None


def _odd_length(said: str, words: str) -> str | None:
    if len(words) > len(said) * _LONGER + 20:
        return "it is longer than what was said"
    if not words:
        return "the model says nothing"
    if len(words) < len(said) * _SHORTEST:
        return "it leaves too much out"
    return None


def _other_numbers(said: str, words: str) -> str | None:
    numbers, kept = read_numbers(said), read_numbers(words)
    if invented := sorted(kept - numbers):
        return f"it says {invented[0]}, which was not said"
    if lost := sorted(numbers - kept):
        return f"it leaves out {lost[0]}"
    return None


def _other_names(said: str, words: str) -> str | None:
    spoken = {_bare(token) for token in _TOKEN.findall(said)}
    new = [name for name in _names_of(words) if _bare(name) not in spoken]
    if new:
        return f"it names {new[0]}, which was not said"
    kept = {_bare(token) for token in _TOKEN.findall(words)}
    lost = [name for name in _names_of(said) if _bare(name) not in kept]
    return f"it leaves out {lost[0]}" if lost else None


def _other_first_word(said: str, words: str) -> str | None:
    """Look for a name that was put in another's place where every word is written large."""
    spoken, kept = ([_bare(token) for token in _TOKEN.findall(text)] for text in (said, words))
    first, other = spoken[0] if spoken else "", kept[0] if kept else ""
    if first in kept or other in spoken or is_filler(stem(first)) or is_filler(stem(other)):
        return None
    if fuzz.ratio(" ".join(spoken[1:]), " ".join(kept[1:])) < _SAME_REST:
        return None
    return f"it begins with {other}, where {first} was said"


def _own_remarks(said: str, words: str) -> str | None:
    remark = _OF_ITSELF.search(words)
    if remark is None or _OF_ITSELF.search(said):
        return None
    return f"it speaks of itself: {remark[0]}"


def _bare(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")


def _names_of(text: str) -> list[str]:
    """Return the words that are written large, but for the first, which always is."""
    tokens = list(_TOKEN.finditer(text))
    return [
        match[0]
        for match in tokens[1:]
        if match[0][0].isupper()
        and not re.search(r"[.!?:]\s*[\"“'‘(]*$", text[: match.start()])
        and match[0] not in ("I", "I’m", "I'm", "I’ve", "I've", "I’d", "I'd", "I’ll", "I'll")
    ]


class OpenAiRephraser:
    """An OpenAI-compatible server: https://platform.openai.com/docs/api-reference/chat."""

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        key: str = "",
        allow_private: bool = False,
        total_s: float = _TOTAL_S,
        network: Network | None = None,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._key = key
        self._allow_private = allow_private
        self._total_s = total_s
        self._network = network or SystemNetwork()
        self._tls: ssl.SSLContext = httpx.create_ssl_context()

    def rephrase(self, sentence: str) -> str:
        """Return a sentence in other words."""
        asked = {
            "model": self._model,
            "temperature": 0,
            # Some servers stream unless they are told not to.
            "stream": False,
            "messages": [
                {"role": "system", "content": _ASKED},
                {"role": "user", "content": sentence},
            ],
        }
        answer = self._post(asked)
        try:
            # Null where a model has nothing to say, as where it refuses.
            words = json.loads(answer)["choices"][0]["message"]["content"] or ""
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            words = None
        if not isinstance(words, str):
            raise self._failed("answers with no sentence")
        return words

    def _post(self, asked: dict[str, Any]) -> bytes:
        deadline = Deadline(public_url(self._url), self._total_s, time.monotonic)
        transport = GuardedTransport(
            self._network, deadline, allow_private=self._allow_private, tls=self._tls
        )
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            with (
                httpx.Client(transport=transport, timeout=self._total_s) as client,
                client.stream("POST", self._url, json=asked, headers=headers) as response,
            ):
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MOST_BYTES:
                        raise self._failed("answers without end")
                if response.status_code != httpx.codes.OK:
                    raise self._failed(f"answers {response.status_code}")
                return bytes(body)
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
        ) as error:
            raise self._failed(f"cannot be asked: {type(error).__name__}") from error

    def _failed(self, problem: str) -> FetchError:
        # Never what was sent: the key is in it.
        return FetchError(public_url(self._url), problem, "see the setting rephrase_url")
