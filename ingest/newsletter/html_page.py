"""Newsletter issues from HTML: a web page or the HTML part of a mail."""

from corpus.records import Block, ParsedNewsletter
from ingest.newsletter.boilerplate import find_furniture
from ingest.newsletter.furniture import drop_furniture
from ingest.newsletter.links import clean_link
from ingest.newsletter.meta import PageFacts, read_facts, squeeze_letters
from ingest.newsletter.root import find_issue_root
from ingest.newsletter.text import read_plain_text
from ingest.newsletter.tree import Element, decode_html, is_overgrown, parse_tree, strip_tags
from ingest.newsletter.walk import read_blocks


def read_html(
    data: bytes | str, *, charset: str | None = None, base_url: str | None = None
) -> ParsedNewsletter:
    """Return the issue in an HTML document, without takeaways and mention.

    Navigation, subscribe boxes, share rows, imprints and whatever is hidden are left out. Links
    lead where trackers would have sent the reader, and carry no tracking parameters.
    """
    text = decode_html(data, charset) if isinstance(data, bytes) else data
    if is_overgrown(text):
        problem = "has more tags than can be made sense of; only its lines are read"
        blocks = drop_furniture(read_plain_text(strip_tags(text)))
        return ParsedNewsletter(title=None, blocks=blocks, problems=(problem,))
    root = parse_tree(text)
    if root is None:
        return ParsedNewsletter(title=None, blocks=())
    dropped = find_furniture(root)
    base = _base_of(root, base_url)
    issue = find_issue_root(root, dropped)
    raw = read_blocks(issue, dropped, lambda href: clean_link(href, base))
    facts = read_facts(root, raw, base_url)
    blocks = _with_title(drop_furniture(raw), facts, root)
    return ParsedNewsletter(
        title=facts.title,
        blocks=blocks,
        author=facts.author,
        published=facts.published,
        link=facts.link,
        newsletter=facts.newsletter,
    )


def _base_of(root: Element, base_url: str | None) -> str | None:
    """Return what relative links of a page are relative to."""
    stated = root.find(".//base[@href]")
    address = clean_link(stated.get("href"), base_url) if stated is not None else base_url
    if address:
        return address
    canonical = root.find(".//link[@rel='canonical']")
    return clean_link(canonical.get("href", "")) if canonical is not None else None


def _with_title(blocks: tuple[Block, ...], facts: PageFacts, root: Element) -> tuple[Block, ...]:
    """Return the blocks led by the page's title, where its text is marked apart from it."""
    shown = {squeeze_letters(" ".join(heading.itertext())) for heading in root.iter("h1")}
    title = facts.title
    if title is None or squeeze_letters(title) not in shown or not blocks:
        return blocks
    if any(squeeze_letters(title) in squeeze_letters(block.text) for block in blocks[:12]):
        return blocks
    return (Block(kind="heading", text=" ".join(title.split()), level=1), *blocks)
