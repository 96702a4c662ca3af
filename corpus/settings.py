"""Every setting: its name, default and meaning, and where its value comes from.

A value comes from the environment (``EARMARK_`` and the name in capitals), else from the
catalogue (``earmark settings set``), else it is the default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from corpus.errors import ModelError, UsageError
from corpus.players import PLAYERS

Origin = Literal["environment", "catalogue", "default"]
SMALLER_EMBEDDING_MODEL = "all-MiniLM-L6-v2"
"""Comes with Earmark by any way of installing it, and serves where the default did not."""


def _setting(default: Any, meaning: str, *, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": meaning, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force."""

    whisper_model: str = _setting(
        "base", "Whisper model that transcribes: base, tiny.en, another name, or a folder."
    )
    whisper_threads: int = _setting(1, "Processor threads that one transcription uses.")
    transcribe: str = _setting(
        "missing",
        "Which episodes are transcribed: those whose publisher gives no transcript, or none.",
        choices=("missing", "never"),
    )
    embedding_model: str = _setting(
        "all-mpnet-base-v2", "Sentence-transformers model that embeds passages and questions."
    )
    allow_private_addresses: bool = _setting(
        False, "Fetch from addresses of private, loopback and link-local networks too."
    )
    poll_hours: int = _setting(6, "Hours between two polls of a feed.")
    new_episodes: int = _setting(
        0, "How many of a new feed's latest episodes are brought in; 0 means all."
    )
    player: str = _setting(
        "earmark",
        "Where links in blocks lead: Earmark's own page, the publisher's audio, or a player.",
        choices=("earmark", "audio", *PLAYERS),
    )
    rephrase_url: str = _setting(
        "",
        "OpenAI-compatible server that words drafts anew, as https://host/v1; its key is only in "
        "the environment, as EARMARK_REPHRASE_KEY.",
    )
    rephrase_model: str = _setting("", "The model that it is asked for.")
    public_url: str = _setting(
        "", "Address under which others reach the site; copied links begin with it."
    )


NAMES = tuple(item.name for item in fields(Settings))
_FIELDS = {item.name: item for item in fields(Settings)}


def choose_embedding_model(
    settings: Settings, origins: Mapping[str, Origin], check_installed: Callable[[str], None]
) -> Settings:
    """Return ``settings`` with the smaller model where nobody chose one and the default is missing.

    ``check_installed`` raises a ModelError where a model's weights are not at hand.
    """
    if origins["embedding_model"] != "default":
        return settings
    try:
        check_installed(settings.embedding_model)
    except ModelError:
        return replace(settings, embedding_model=SMALLER_EMBEDDING_MODEL)
    return settings


def setting_help(name: str) -> str:
    """Return what a setting means."""
    return str(_FIELDS[name].metadata["help"])


def parse_setting(name: str, text: str) -> Any:
    """Return the value that a person's text gives a setting.

    Raises:
        UsageError: If there is no such setting, or the text is no value of it.
    """
    if name not in _FIELDS:
        raise UsageError(name, "is no setting", f"there are: {', '.join(NAMES)}")
    item = _FIELDS[name]
    if choices := item.metadata["choices"]:
        if text not in choices:
            raise UsageError(name, f"cannot be {text!r}", f"choose from: {', '.join(choices)}")
        return text
    if isinstance(item.default, bool):
        truth = {"true": True, "yes": True, "on": True, "1": True}
        truth |= {"false": False, "no": False, "off": False, "0": False}
        if text.casefold() not in truth:
            raise UsageError(name, f"cannot be {text!r}", "say true or false")
        return truth[text.casefold()]
    if isinstance(item.default, int):
        if not text.isascii() or not text.isdigit():
            raise UsageError(name, f"cannot be {text!r}", "give a whole number, 0 or more")
        return int(text)
    return text


def resolve_settings(
    held: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[Settings, dict[str, Origin]]:
    """Return the settings in force and where each comes from.

    Raises:
        UsageError: If the environment gives a setting a value that it cannot have.
    """
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for name in NAMES:
        variable = f"EARMARK_{name.upper()}"
        if variable in environment:
            values[name] = parse_setting(name, environment[variable])
            origins[name] = "environment"
        elif name in held:
            values[name] = held[name]
            origins[name] = "catalogue"
        else:
            origins[name] = "default"
    return Settings(**values), origins
