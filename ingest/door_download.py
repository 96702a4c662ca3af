"""Media files by resumable download: cut lines and killed processes lose nothing that had come."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from corpus.errors import FetchError, RefusedError
from ingest.door import (
    CUTS,
    Answer,
    BusyError,
    Downloaded,
    HttpDoor,
    Progress,
    check_coding,
    public_url,
)

_RANGE = re.compile(r"bytes\s+(\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.I | re.ASCII)
_WHOLE = re.compile(r"bytes\s+\*/(\d{1,18})", re.I | re.ASCII)
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<\?xml|\{\s*\"|#EXTM3U)", re.I)
# Each round must bring something; a line that brings so little so often is no line.
_MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a partial file is a part of: kept beside it, so that a killed process can go on."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    length: int | None = None

    @property
    def validator(self) -> str | None:
        """What tells for certain that a file is still the same (RFC 9110, 13.1.5)."""
        strong = self.etag if self.etag and not self.etag.startswith("W/") else None
        return strong or self.last_modified


class Download:
    """One file on its way home."""

    def __init__(self, door: HttpDoor, url: str, path: Path, on_progress: Progress) -> None:
        self._door, self._url, self._path, self._on_progress = door, url, path, on_progress
        self._part = path.with_suffix(".part")
        self._side = path.with_suffix(".part.json")

    def run(self) -> Downloaded:
        """Bring the file home, as often as the line is cut."""
        fruitless = 0
        for _ in range(_MOST_ROUNDS):
            before = self._held()
            try:
                return self._round()
            except (*CUTS, BusyError) as error:
                fruitless = 1 if self._held() > before else fruitless + 1
                self._door.patience(self._url, fruitless, error)
            except OSError as error:
                problem = f"cannot be stored: {error.strerror or error}"
                raise FetchError(
                    str(self._path), problem, "make room, then run it again"
                ) from error
        raise FetchError(public_url(self._url), "is cut off again and again", "try it again later")

    def _held(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _round(self) -> Downloaded:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        mark, held = self._read_mark(), self._held()
        headers = {"Accept": "audio/*, video/*;q=0.9, */*;q=0.5", "Accept-Encoding": "identity"}
        if mark and mark.validator and held:
            headers |= {"Range": f"bytes={held}-", "If-Range": mark.validator}
        else:
            held = 0
        # 416 is the answer to a part that was whole already.
        limit_s = self._door.limits.download_s
        with self._door.open(self._url, headers, limit_s, also=416) as answer:
            if answer.response.status_code == 416:
                return self._already_whole(answer, mark, held)
            start, mark = self._place(answer, mark, held)
            size = self._receive(answer, mark, start)
            return self._finish(answer, mark, size)

    def _place(self, answer: Answer, mark: Mark | None, held: int) -> tuple[int, Mark]:
        """Return where this answer goes on, and what it is a part of."""
        if answer.response.status_code == 206 and mark:
            match = _RANGE.match(answer.header("content-range") or "")
            total = int(match[2]) if match and match[2] != "*" else mark.length
            if match and int(match[1]) == held and total == mark.length:
                return held, mark
            self._forget()
            raise httpx.RemoteProtocolError("answers with another part than we asked for")
        packed = check_coding(answer)
        length = answer.header("content-length")
        known = length and length.isdecimal() and not packed
        mark = Mark(
            url=public_url(self._url),
            # Half of a packed answer cannot be gone on with: our bytes are not the server's.
            etag=None if packed else answer.header("etag"),
            last_modified=None if packed else answer.header("last-modified"),
            length=int(length[:18]) if length and known else None,
        )
        self._forget()
        self._write_mark(mark)
        return 0, mark

    def _receive(self, answer: Answer, mark: Mark, start: int) -> int:
        """Write what comes, and return how much of the file there is then."""
        limit = self._door.limits.max_download_bytes
        size = start
        with self._part.open("r+b" if start else "wb") as file:
            file.seek(start)
            for chunk in _chunks(answer):
                if not size and _is_page(chunk, answer.header("content-type") or ""):
                    self._forget()
                    problem = "answers with a page or a list, not with a recording"
                    remedy = "open it in a browser to see what it says"
                    raise RefusedError(public_url(self._url), problem, remedy)
                size += len(chunk)
                if size > limit or (mark.length or 0) > limit:
                    self._forget()
                    problem = f"is larger than {limit / 2**30:.3g} GB"
                    raise RefusedError(public_url(self._url), problem, "it is no episode")
                file.write(chunk)
                self._on_progress(size, mark.length)
            _sync(file)
        return size

    def _finish(self, answer: Answer, mark: Mark, size: int) -> Downloaded:
        if not size:
            self._forget()
            raise FetchError(public_url(self._url), "is empty", "it is tried again later")
        if mark.length is not None and size != mark.length:
            if size > mark.length:
                self._forget()
            raise httpx.RemoteProtocolError(f"brought {size} of {mark.length} bytes")
        self._part.replace(self._path)
        self._side.unlink(missing_ok=True)
        _sync_folder(self._path.parent)
        return Downloaded(
            url=answer.url,
            path=self._path,
            bytes=size,
            content_type=answer.header("content-type"),
            etag=mark.etag,
            last_modified=mark.last_modified,
            moved_to=answer.moved_to,
        )

    def _already_whole(self, answer: Answer, mark: Mark | None, held: int) -> Downloaded:
        """Take a part that was whole when we were killed; anything else is begun anew."""
        match = _WHOLE.match(answer.header("content-range") or "")
        if mark and held and match and int(match[1]) == held and mark.length in (None, held):
            return self._finish(answer, mark, held)
        self._forget()
        raise httpx.RemoteProtocolError("has changed since the download began")

    def _read_mark(self) -> Mark | None:
        try:
            mark = Mark(**json.loads(self._side.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None  # nothing to go on with: the file is fetched from its beginning
        return mark if mark.url == public_url(self._url) else None

    def _write_mark(self, mark: Mark) -> None:
        aside = self._side.with_suffix(".new")
        with aside.open("wb") as file:
            file.write(json.dumps(asdict(mark)).encode())
            _sync(file)
        aside.replace(self._side)

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._side.unlink(missing_ok=True)


def _is_page(beginning: bytes, kind: str) -> bool:
    """Tell a login page, an error or a playlist from media; servers do send media as text."""
    if _PAGE.match(beginning) or kind.lower().startswith("image/"):
        return True
    if not kind.lower().startswith(("text/", "application/json", "application/xml")):
        return False
    try:
        # All of it must be text, but for a letter that the end cuts through.
        beginning[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(beginning[:4096]) - 3
    return b"\0" not in beginning


def _chunks(answer: Answer) -> Iterator[bytes]:
    for chunk in answer.response.iter_bytes():
        answer.deadline.left(None)
        yield chunk


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
