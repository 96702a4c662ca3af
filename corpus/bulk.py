"""Making very many small records at once."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Let no search for cycles of objects run, in whatever makes records that cannot hold any.

    Each such search walks through all records made so far: with a hundred thousand of them that is
    half of the whole time. Any number of threads may be in here; after the last it is as before.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
