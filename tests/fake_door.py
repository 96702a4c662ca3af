"""A door that opens on a dictionary instead of the network."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.errors import FetchError
from ingest.door import Downloaded, Fetched, Progress


@dataclass
class FakeDoor:
    """Answers from ``pages``, raises the errors among them, and lists what was ``asked`` for."""

    pages: dict[str, bytes | Fetched | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        accept: str | None = None,
    ) -> Fetched:
        """Return the page at ``url``, or that it has not changed since ``etag``."""
        fetched = self._page(url)
        if etag and etag == fetched.etag:
            return replace(fetched, status=304, not_modified=True, body=b"")
        return fetched

    def download(self, url: str, path: Path, *, on_progress: Progress | None = None) -> Downloaded:
        """Write the page at ``url`` to ``path``."""
        fetched = self._page(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fetched.body)
        size = len(fetched.body)
        if on_progress:
            on_progress(size, size)
        return Downloaded(
            url=fetched.url, path=path, bytes=size, content_type=fetched.content_type,
            etag=fetched.etag, last_modified=fetched.last_modified, moved_to=fetched.moved_to,
        )  # fmt: skip

    def _page(self, url: str) -> Fetched:
        self.asked.append(url)
        page = self.pages.get(url)
        if page is None:
            raise FetchError(url, "answers 404 Not Found", "check the address")
        if isinstance(page, Exception):
            raise page
        return page if isinstance(page, Fetched) else Fetched(url=url, status=200, body=page)
