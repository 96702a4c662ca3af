"""Adds a web page: the feed it announces, the issues it lists, or the issue it is."""

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from corpus.catalogue import issues, jobs, shows
from corpus.errors import EarmarkError, FormatError
from corpus.records import ParsedFeed, ParsedNewsletter
from ingest.added import Added, count_of
from ingest.feed_adding import add_feed
from ingest.feed_issues import is_podcast
from ingest.feeds import parse_feed
from ingest.newsletter.archive import find_issue_links, find_next_page
from ingest.newsletter.html_page import read_html
from ingest.newsletters import complete_issue
from ingest.page_kinds import PageFindings, judge_page
from ingest.plans import issue_page_job
from ingest.sniff import sniff_kind
from ingest.storing import store_issue
from ingest.workshop import Workshop

_NO_PAGE = re.compile(
    r"(?:^|[/.?&=_-])(?:feeds?|rss\d?|atom|rdf|xml|opml|json|jsonl|vtt|srt|gz)(?:$|[/.?&=_-])",
    re.IGNORECASE,
)
_MOST_PAGES = 50
_MOST_FEEDS = 3  # a page announces feeds of its tags and authors behind its own


@dataclass(frozen=True, slots=True)
class _Announced:
    url: str
    data: bytes
    parsed: ParsedFeed


def is_page_address(url: str) -> bool:
    """Tell whether an address may be that of a web page, to which the rules for robots apply.

    They are for reading pages one after another; a feed is there to be asked by programs.
    """
    parts = urlsplit(url)
    return _NO_PAGE.search(f"{parts.netloc}{parts.path}?{parts.query}") is None


def add_page(shop: Workshop, html: bytes, url: str) -> Added:
    """Add what a web page leads to.

    A podcast's page leads to its feed. A newsletter's page is an issue where it reads like one;
    else its feed is followed and all issues that it lists are queued.

    Raises:
        FormatError: If there is nothing on it.
    """
    issue = _read_issue(html, url)
    found = judge_page(html, url, issue)
    announced, problems = _find_announced(shop, found)
    if announced and (is_podcast(announced.parsed) or not found.is_issue or not found.has_text):
        return _follow(shop, announced, found, html=html, url=url)
    if found.is_issue and issue is not None:
        return _add_issue(shop, issue, url)
    if found.issue_links:
        found, more = _with_older_pages(shop, found, html, url)
        problem = "; ".join([*problems, *more]) or None
        queued = _queue_issues(shop, found)
        what = f"archive of {count_of(len(found.issue_links), 'issue')}, {queued} to read"
        changed = bool(queued)
        return Added(source=url, kind="newsletter", what=what, changed=changed, problem=problem)
    problem = "; ".join(problems) or "is a page with nothing to read"
    raise FormatError(url, problem, "add its feed's address")


def _follow(
    shop: Workshop, announced: _Announced, found: PageFindings, *, html: bytes, url: str
) -> Added:
    followed = add_feed(shop, announced.data, source=announced.url)
    queued = 0
    more: tuple[str, ...] = ()
    if found.issue_links and not is_podcast(announced.parsed):
        found, more = _with_older_pages(shop, found, html, url)
        queued = _queue_issues(shop, found)
    listed = f"; {count_of(queued, 'listed issue')} to read" if queued else ""
    what = f"page that announces {followed.what}{listed}"
    problem = "; ".join(more) or followed.problem
    changed = followed.changed or bool(queued)
    return replace(followed, source=url, what=what, changed=changed, problem=problem)


def _with_older_pages(
    shop: Workshop, found: PageFindings, html: bytes, url: str
) -> tuple[PageFindings, tuple[str, ...]]:
    """Return an archive with the issues of its further pages, and what is wrong with those."""
    links = dict.fromkeys(found.issue_links)
    seen, following = {url}, find_next_page(html, url)
    problems: tuple[str, ...] = ()
    while following and following not in seen:
        if len(seen) >= _MOST_PAGES:
            problems = (f"has more than {_MOST_PAGES} pages; the oldest are left out",)
            break
        seen.add(following)
        try:
            shop.robots.check(shop.door, following)
            fetched = shop.door.get(following)
        except EarmarkError as error:
            problems = (f"older pages are missing: {error}",)
            break
        listed = find_issue_links(fetched.body, fetched.url)
        if not set(listed) - set(links):
            break  # the last page comes again, or it was none of an archive
        links |= dict.fromkeys(listed)
        following = find_next_page(fetched.body, fetched.url)
    return replace(found, issue_links=tuple(links)), problems


def add_issue_page(shop: Workshop, url: str) -> Added:
    """Add the page of one issue, to which a feed or an archive leads.

    Raises:
        RefusedError: If its site asks robots not to read it.
        FetchError: If it cannot be had.
        FormatError: If there is nothing to read on it.
    """
    shop.robots.check(shop.door, url)
    fetched = shop.door.get(url)
    if fetched.url != url:
        shop.robots.check(shop.door, fetched.url)
    if sniff_kind(fetched.body, PurePosixPath(urlsplit(fetched.url).path).name) != "newsletter":
        raise FormatError(url, "is no page of an issue")
    issue = _read_issue(fetched.body, fetched.url)
    if issue is None:
        raise FormatError(url, "has no text in it")
    return _add_issue(shop, issue, url)


def _read_issue(html: bytes, url: str) -> ParsedNewsletter | None:
    issue = read_html(html, base_url=url)
    if not issue.blocks:
        return None  # a page without text may still lead somewhere
    return complete_issue(issue if issue.link else replace(issue, link=url))


def _add_issue(shop: Workshop, issue: ParsedNewsletter, url: str) -> Added:
    _, changed = store_issue(shop, issue, source=url)
    what = f'newsletter issue "{issue.title or "untitled"}": {len(issue.takeaways)} takeaways'
    return Added(source=url, kind="newsletter", what=what, changed=changed)


def _find_announced(
    shop: Workshop, found: PageFindings
) -> tuple[_Announced | None, tuple[str, ...]]:
    """Return the feed that a page announces, a podcast's first, and what is wrong with others."""
    reads_well = found.is_issue and found.has_text
    if reads_well and _follows_newsletter(shop, found.feeds[:1]):
        return None, ()
    first, problems = None, []
    for url in found.feeds[: 1 if reads_well else _MOST_FEEDS]:
        try:
            fetched = shop.door.get(url)
            address = fetched.moved_to or url
            announced = _Announced(address, fetched.body, parse_feed(fetched.body, address))
        except EarmarkError as error:
            problems.append(f"announces a feed that cannot be read: {error}")
            continue
        if is_podcast(announced.parsed):
            return announced, ()
        first = first or announced
    return first, tuple(problems)


def _follows_newsletter(shop: Workshop, feeds: tuple[str, ...]) -> bool:
    with shop.catalogue.read() as conn:
        followed = {show.feed_url for show in shows.list_shows(conn, "newsletter")}
    return any(url in followed for url in feeds)


def _queue_issues(shop: Workshop, found: PageFindings) -> int:
    with shop.catalogue.write() as conn:
        wanted = [link for link in found.issue_links if not issues.is_link_held(conn, link)]
        queued = [issue_page_job(link) for link in wanted]
        jobs.queue_jobs(conn, queued, now_ms=shop.now_ms())
    return len(wanted)
