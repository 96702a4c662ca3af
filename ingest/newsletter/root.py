"""Finds the element of a page that holds the issue."""

from collections.abc import Collection

from ingest.newsletter.tree import Element, count_words, iter_elements, name_words

_BODY_NAMES = (
    {"available", "content"},
    {"body", "markup"},
    {"post", "content"},
    {"post", "body"},
    {"entry", "content"},
    {"article", "body"},
    {"article", "content"},
    {"gh", "content"},
    {"rendered", "post"},
    {"content", "blocks"},
    {"newsletter", "content"},
    {"email", "content"},
    {"issue", "content"},
    {"story", "content"},
)
_HEAD_NAMES = (
    {"post", "title"},
    {"post", "meta"},
    {"entry", "title"},
    {"post", "date"},
    {"byline"},
)
_ENOUGH = 0.6
_MAX_HEAD_WORDS = 60


def find_issue_root(root: Element, dropped: Collection[Element]) -> Element:
    """Return the smallest element that is marked as the text and holds most of it.

    Its heading and byline are taken in where they stand just above it; a page without marks is
    its own root, as every mail is.
    """
    words = count_words(root)
    for element in dropped:
        if not any(above in dropped for above in element.iterancestors()):
            _discount(element, words)
    body = root.find(".//body")
    whole = body if body is not None else root
    marked = [
        element
        for element in iter_elements(whole)
        if _is_marked(element) and words[element] >= _ENOUGH * words[whole] > 0
    ]
    if not marked:
        return whole
    return _with_head(min(marked, key=lambda element: words[element]), words, whole)


def _discount(element: Element, words: dict[Element, int]) -> None:
    """Take the words of a dropped element out of all counts above it, once."""
    lost = words.get(element, 0)
    for above in (element, *element.iterancestors()):
        if above in words:
            words[above] = max(words[above] - lost, 0)


def _is_marked(element: Element) -> bool:
    if element.tag in ("article", "main") or element.get("role") in ("article", "main"):
        return True
    if element.get("itemprop") == "articleBody":
        return True
    if not (element.get("class") or element.get("id")):
        return False
    names = name_words(element)
    return any(pair <= names for pair in _BODY_NAMES)


def _with_head(chosen: Element, words: dict[Element, int], whole: Element) -> Element:
    """Return it, or the ancestor that also holds title and byline and little else."""
    best, marks = chosen, _count_head_marks(chosen)
    for above in chosen.iterancestors():
        if words.get(above, 0) > words[chosen] + _MAX_HEAD_WORDS:
            break
        if (found := _count_head_marks(above)) > marks:
            best, marks = above, found
        if above is whole:
            break
    return best


def _count_head_marks(element: Element) -> int:
    return sum(
        inner.tag in ("h1", "time") or any(pair <= name_words(inner) for pair in _HEAD_NAMES)
        for inner in iter_elements(element)
    )
