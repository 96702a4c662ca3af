"""What a newsletter's web page leads to: its announced feeds, and the issues of an archive."""

import re
from collections import defaultdict
from urllib.parse import parse_qsl, urlsplit

from ingest.newsletter.boilerplate import find_furniture
from ingest.newsletter.links import clean_link
from ingest.newsletter.tree import Element, parse_tree, text_of, word_set

_FEED_TYPE = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:application|text)/xml", re.IGNORECASE
)
_COMMENTS = re.compile(r"\bcomments?\b|kommentare|commentaires", re.IGNORECASE)
# What a site's own pages are called; never an issue.
_SITE_PAGES = word_set(
    "about archive archives subscribe signup sign-up login signin account privacy tos terms contact"
    " imprint impressum search tag tags category categories author authors page podcast shop store"
    " sponsor advertise recommendations feed rss home start"
)
_NEXT_PAGE = re.compile(
    r"\W*(?:(?:view |see |load )?older(?: (?:posts?|entries|issues?|newsletters?|articles?"
    r"|editions?|emails?))?|next(?: page)?|previous (?:posts|entries|issues)|(?:load|show|see) more"
    r"|more (?:posts|issues|newsletters)|ältere (?:beiträge|ausgaben|artikel|einträge)"
    r"|nächste(?: seite)?|weitere (?:beiträge|ausgaben)|(?:page )?suivante?|articles plus anciens"
    r"|(?:página )?siguiente|entradas (?:antiguas|anteriores)|(?:pagina )?successiva"
    r"|(?:página )?(?:seguinte|próxima)|volgende(?: pagina)?|oudere berichten)\W*",
    re.IGNORECASE,
)
_MIN_ISSUES = 2
_TITLE_WORDS = 2


def find_feed_links(html: bytes | str, base_url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page announces, in its order.

    Feeds of comments are left out (RSS Advisory Board, "RSS Autodiscovery").
    """
    root = parse_tree(html)
    if root is None:
        return ()
    base = _base_of(root, base_url)
    found = []
    for link in root.iter("link"):
        rels = (link.get("rel") or "").lower().split()
        announces = "alternate" in rels and _FEED_TYPE.fullmatch((link.get("type") or "").strip())
        named = f"{link.get('title') or ''} {link.get('href') or ''}"
        if (announces or "feed" in rels) and not _COMMENTS.search(named):
            found.append(clean_link(link.get("href") or "", base))
    return tuple(dict.fromkeys(address for address in found if address))


def find_issue_links(html: bytes | str, base_url: str) -> tuple[str, ...]:
    """Return the addresses of the issues that an archive page lists, in its order.

    They are the largest group of links of one shape, such as ``/p/...``, that have titles for
    words. Empty where no two links are of one shape.
    """
    root = parse_tree(html)
    if root is None:
        return ()
    base = _base_of(root, base_url)
    dropped = find_furniture(root)
    groups: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for link in root.iter("a"):
        address = clean_link(link.get("href") or "", base)
        shape = shape_of(address, base_url) if address else None
        if address is None or shape is None or any(up in dropped for up in link.iterancestors()):
            continue
        address = address.partition("#")[0]
        words = len(text_of(link).split())
        groups[shape][address] = max(words, groups[shape].get(address, 0))
    best = max(groups.values(), key=_count_titled, default={})
    return tuple(best) if _count_titled(best) >= _MIN_ISSUES else ()


def find_next_page(html: bytes | str, base_url: str) -> str | None:
    """Return the address of the page behind this one of an archive, or None.

    It is marked with ``rel=next`` (https://html.spec.whatwg.org/#link-type-next), or a link of the
    same site says so in words.
    """
    root = parse_tree(html)
    if root is None:
        return None
    base = _base_of(root, base_url)
    marked: list[str] = []
    said: list[str] = []
    for link in root.iter("link", "a"):
        address = (clean_link(link.get("href") or "", base) or "").partition("#")[0]
        if not _is_other_page(address, base_url):
            continue
        if "next" in (link.get("rel") or "").lower().split():
            marked.append(address)
        elif link.tag == "a" and _says_next(link):
            said.append(address)
    return next(iter(marked + said), None)


def _says_next(link: Element) -> bool:
    shown = text_of(link) or link.get("aria-label") or link.get("title") or ""
    return len(shown) <= 40 and _NEXT_PAGE.fullmatch(shown) is not None


def _is_other_page(address: str, base_url: str) -> bool:
    try:
        other, here = urlsplit(address), urlsplit(base_url)
    except ValueError:
        return False
    same_site = other.scheme in ("http", "https") and other.netloc == here.netloc
    return same_site and (other.path, other.query) != (here.path, here.query)


def _base_of(root: Element, base_url: str) -> str:
    stated = root.find(".//base[@href]")
    return (clean_link(stated.get("href"), base_url) if stated is not None else None) or base_url


def _count_titled(group: dict[str, int]) -> int:
    return sum(words >= _TITLE_WORDS for words in group.values())


def shape_of(address: str, base_url: str) -> tuple[str, ...] | None:
    """Return what the addresses of issues have in common; None where it can be none."""
    try:
        parts, home = urlsplit(address), urlsplit(base_url)
        fields = parse_qsl(parts.query, max_num_fields=50)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if not fields and (not segments or set(map(str.lower, segments)) <= _SITE_PAGES):
        return None
    if (parts.netloc, parts.path.rstrip("/")) == (home.netloc, home.path.rstrip("/")):
        # The page itself, unless it tells issues apart by a field alone.
        return (parts.netloc, parts.path, *sorted(name for name, _ in fields)) if fields else None
    above = ["#" if segment.isdigit() else segment for segment in segments[:-1]]
    return (parts.netloc, "/".join(above), *sorted(name for name, _ in fields))
