"""Every error that Earmark raises on purpose, in one tree.

::

    EarmarkError
    ├── UsageError           what was asked for cannot be: the command line answers 2
    ├── NotHeldError         no such show, episode, issue or passage in the catalogue
    ├── FormatError          bytes that cannot be read as what they should be
    │   ├── MomentError      no clock text
    │   └── AudioError       no sound can be had from a file
    ├── FetchError           a source cannot be had from the network
    │   ├── RefusedError     the address or the answer is not allowed by the settings
    │   ├── GoneError        it is gone for good (HTTP 410): asking again is of no use
    │   └── LaterError       its server asks to be left alone for a while
    ├── ModelError           weights are missing, or are not those they should be
    │   └── ExportError      a model that the quicker engine cannot run
    ├── IndexMismatchError   the index was built by another model, chunker or version
    └── CatalogueError       the catalogue cannot be opened, is newer, or belongs to something else

Each carries its subject (a file, an address, a name) and says what to do about it.
"""


class EarmarkError(Exception):
    """The root: a subject, what is wrong with it, and what to do."""

    def __init__(self, subject: str, problem: str, remedy: str = "") -> None:
        super().__init__(subject, problem, remedy)
        self.subject = subject
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.subject}: {self.problem}" if self.subject else self.problem
        return f"{text} ({self.remedy})" if self.remedy else text


class UsageError(EarmarkError):
    """What was asked for cannot be; nothing was done."""


class NotHeldError(EarmarkError):
    """The catalogue holds no such thing."""


class FormatError(EarmarkError):
    """Bytes that cannot be read as what they should be."""


class MomentError(FormatError):
    """A text that is no clock text."""

    def __init__(self, text: str) -> None:
        super().__init__(repr(text), "is no moment", "write it as 28:10 or 1:02:03")
        self.args = (text,)


class AudioError(FormatError):
    """No sound can be had from a file."""


class FetchError(EarmarkError):
    """A source that cannot be had from the network."""


class RefusedError(FetchError):
    """An address or an answer that the settings do not allow."""


class GoneError(FetchError):
    """A source that its server says is gone for good."""


class LaterError(FetchError):
    """A source whose server asks to be left alone for longer than one waits."""

    wait_ms: int = 0
    """How long it asks for."""


class ModelError(EarmarkError):
    """Weights that are missing, or are not those they should be."""


class ExportError(ModelError):
    """A model that the quicker engine cannot run; the one it comes from can."""


class IndexMismatchError(EarmarkError):
    """An index that was built by another model, chunker or version."""


class CatalogueError(EarmarkError):
    """A catalogue that cannot be opened, is newer, or belongs to something else."""
