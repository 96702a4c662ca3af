"""What is handed over on a page: kept in the data folder until a worker reads it."""

import hashlib
import re
import tempfile
from pathlib import Path, PurePosixPath
from typing import IO

_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_LONGEST_NAME = 120


def keep_upload(inbox: Path, stream: IO[bytes], name: str) -> Path:
    """Write what is handed over into the inbox, whole or not at all; return its file.

    It lies in a folder named by its content, so that the same file handed over twice is one, and
    keeps its own name, which may say what it is.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=inbox, prefix=".part-", delete=False) as part:
        path = Path(part.name)
        try:
            while data := stream.read(1 << 20):
                digest.update(data)
                part.write(data)
            part.close()
            target = inbox / digest.hexdigest()[:16] / safe_name(name)
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
        finally:
            path.unlink(missing_ok=True)
    return target


def safe_name(name: str) -> str:
    """Return a file's own name, fit for any file system.

    >>> safe_name("../../My issue: 3.eml"), safe_name("..")
    ('My issue_ 3.eml', 'upload')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = _UNFIT.sub("_", last).strip(" .")
    if len(cleaned) > _LONGEST_NAME:
        suffix = PurePosixPath(cleaned).suffix[:12]
        cleaned = cleaned[: _LONGEST_NAME - len(suffix)] + suffix
    return cleaned or "upload"
