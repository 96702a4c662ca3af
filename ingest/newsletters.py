"""Newsletter issues from web pages, mail and text: the one door."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from corpus.errors import FormatError
from corpus.records import Block, ParsedNewsletter
from ingest.mentions import find_mention
from ingest.newsletter.charset import decode_text
from ingest.newsletter.dates import find_date, parse_date
from ingest.newsletter.forward import unwrap_forwarded
from ingest.newsletter.furniture import drop_furniture
from ingest.newsletter.html_page import read_html
from ingest.newsletter.mail import looks_like_newsletter_mail, read_mail
from ingest.newsletter.text import (
    find_excess,
    read_markdown,
    read_plain_text,
    split_front_matter,
)
from ingest.takeaway.lines import is_timed_heading
from ingest.takeaways import read_takeaways

__all__ = ["complete_issue", "is_html", "looks_like_newsletter_mail", "parse_newsletters"]

_HTML = re.compile(
    rb"<!doctype html|<(?:html|head|body|table|article|main|section|div|p|h[1-6]|ul|ol|meta)[\s>/]",
    re.IGNORECASE,
)
_FIRST_TAG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.{0,4000}?-->\s*)*<[!a-z]", re.I | re.S
)
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^\[[^\]\n]{1,99}\]: ?\S|\[[^\]\n]{1,200}\]\(\S{1,500}\)"
    r"|\*\*[^*\s][^*\n]{0,300}\*\*|^```|^\|[^\n]{1,400}\|\s*$",
    re.MULTILINE,
)
_SNIFFED = 200_000


def parse_newsletters(
    data: bytes, name: str = "", *, base_url: str | None = None
) -> tuple[ParsedNewsletter, ...]:
    """Return the issues in a file: one, or those of a mailbox.

    Raises:
        FormatError: If there is no text in it.
    """
    issues = _read(data, name, base_url)
    if not any(issue.blocks for issue in issues):
        raise FormatError(name or "newsletter", "has no text in it")
    return tuple(complete_issue(issue) for issue in issues)


def _read(data: bytes, name: str, base_url: str | None) -> tuple[ParsedNewsletter, ...]:
    suffix = PurePath(name.replace("\0", "")).suffix.lower()
    if looks_like_newsletter_mail(data) and suffix not in (".html", ".htm", ".md"):
        issues = read_mail(data)
        # A plain text may begin as a mail does; nothing of it may be lost.
        if any(issue.blocks for issue in issues) or suffix in (".eml", ".mbox"):
            return issues
    if _is_html(data, suffix):
        issue = read_html(data, base_url=base_url)
        if issue.blocks:
            return (issue,)
    return (_read_text(decode_text(data), suffix, base_url),)


def is_html(data: bytes, name: str) -> bool:
    """Tell whether a file is read as HTML; one that is called text must begin as HTML."""
    suffix = PurePath(name.replace("\0", "")).suffix.lower()
    if looks_like_newsletter_mail(data) and suffix not in (".html", ".htm", ".md"):
        return False
    return _is_html(data, suffix)


def _is_html(data: bytes, suffix: str) -> bool:
    if suffix in (".md", ".markdown", ".mdx", ".txt", ".text"):
        return _FIRST_TAG.match(data) is not None and _HTML.search(data[:_SNIFFED]) is not None
    return _HTML.search(data[:_SNIFFED]) is not None


def _read_text(text: str, suffix: str, base_url: str | None) -> ParsedNewsletter:
    """Return the issue in a plain text or in Markdown, its title the first heading."""
    fields: Mapping[str, str] = {}
    markdown = suffix in (".md", ".markdown", ".mdx") or _reads_as_markdown(text)
    if markdown:
        fields, body = split_front_matter(text)
        blocks = drop_furniture(read_markdown(body))
    else:
        blocks = drop_furniture(read_plain_text(text))
    first = fields.get("date") or fields.get("published") or fields.get("pubdate")
    published = parse_date(first) if first else None
    return ParsedNewsletter(
        title=fields.get("title") or fields.get("subject") or _title_of(blocks),
        blocks=blocks,
        author=fields.get("author") or fields.get("from"),
        published=published or next((d for b in blocks[:4] if (d := find_date(b.text))), None),
        link=fields.get("link") or fields.get("canonical_url") or fields.get("url") or base_url,
        newsletter=fields.get("newsletter") or fields.get("publication"),
        problems=find_excess(text, markdown=markdown),
    )


def _reads_as_markdown(text: str) -> bool:
    if split_front_matter(text)[0]:
        return True
    return len(_MARKDOWN.findall(text[:_SNIFFED])) >= 2


def _title_of(blocks: tuple[Block, ...]) -> str | None:
    """Return the first block where it is a title: a heading, or a short line of its own.

    A heading that announces takeaways, or with its colon a list, names only what follows.
    """
    for place, block in enumerate(blocks[:3]):
        names_more = place == 0 or not is_timed_heading(block.text)
        if block.kind == "heading" and names_more and not block.text.endswith(":"):
            return block.text
    if not blocks or blocks[0].kind != "paragraph":
        return None
    text = blocks[0].text
    return text if len(text) <= 100 and "\n" not in text and not text.endswith((".", ":")) else None


def complete_issue(issue: ParsedNewsletter) -> ParsedNewsletter:
    """Return an issue out of what it was forwarded in, with its takeaways and its mention."""
    issue = unwrap_forwarded(issue)
    takeaways, problems = read_takeaways(issue.blocks)
    return replace(
        issue,
        takeaways=takeaways,
        mention=find_mention(issue.blocks),
        problems=issue.problems + problems,
    )
