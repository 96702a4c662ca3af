"""Which elements of a page or mail are furniture: told by role, tag, name, style and position."""

import re
from collections.abc import Iterable

from ingest.newsletter.tree import (
    Element,
    count_words,
    iter_elements,
    name_words,
    style_of,
    text_of,
    word_set,
)

_TAGS = word_set("nav form button dialog footer label select textarea")
_ROLES = word_set(
    "navigation banner contentinfo search dialog alertdialog complementary menu menubar "
    "toolbar alert status tooltip"
)
# Single words in a class or id that mean furniture wherever they stand.
_WORDS = word_set(
    "nav navbar navigation breadcrumb breadcrumbs pagination footer unsubscribe unsub optout "
    "preheader social socials sharing sharer sharebar sharedaddy share shares follow "
    "subscribe disqus captcha recaptcha grecaptcha addtoany printfriendly adpad awesomewrap "
    "awesomebar relatedposts"
)
# And those that mean it on a box of a page; a mail's cells are named after their looks.
_BOX_WORDS = word_set(
    "topbar toolbar sidebar cookie cookies consent gdpr comments respond subscription signup "
    "optin related recommended recommendations popup modal overlay lightbox toast tooltip "
    "snackbar feedback rating reactions likes advert advertisement advertising ads ad sponsor "
    "sponsors sponsored sponsorship paywall pager"
)
_CELLS = frozenset(("table", "tbody", "tr", "td", "th", "center", "font"))
# Words that mean it only together.
_PAIRS = (
    {"preview", "text"},
    {"pre", "header"},
    {"like", "button"},
    {"comment", "list"},
    {"comment", "icon"},
    {"comment", "form"},
    {"skip", "link"},
    {"screen", "reader"},
    {"sr", "only"},
    {"visually", "hidden"},
    {"site", "header"},
    {"site", "nav"},
    {"site", "info"},
    {"main", "menu"},
    {"read", "next"},
    {"up", "next"},
    {"more", "posts"},
    {"portable", "archive"},
    {"view", "online"},
    {"view", "browser"},
    {"hide", "public"},
    {"post", "embed"},
    {"embedded", "post"},
    {"opt", "in"},
    {"sign", "up"},
    {"post", "cta"},
    {"powered", "by"},
    {"manage", "preferences"},
    {"interaction", "wrapper"},
)
_LATE_WORDS = frozenset(("cta", "promo", "referral", "upsell"))
_CLASSLESS = frozenset(("html", "body", "main", "article"))
_NEVER_BY_NAME = _CLASSLESS | {"h1", "time"}
# A rule by name may be wrong; it may never cost a large part of the text.
_MAX_SHARE = 0.35
_MAX_HIDDEN_SHARE = 0.6
_LATE = 0.6
_SIGNUP_WORDS = 70
_BUTTON_NAMES = frozenset(("button", "btn"))
_ASKS = re.compile(r"(?:share|subscribe|upgrade|refer|tweet|give a gift)\b", re.IGNORECASE)
_ZERO = re.compile(r"0(?:\.0+)?(?:px|em|pt|%)?")
_MAIL_FIELD = re.compile(r"e-?mail", re.IGNORECASE)


def find_furniture(root: Element) -> frozenset[Element]:
    """Return the elements under ``root`` that are no part of the issue's text."""
    words = count_words(root)
    total = max(words[root], 1)
    elements = list(iter_elements(root))
    found = {element for element in elements if _is_hidden(element)}
    found = {element for element in found if words[element] <= _MAX_HIDDEN_SHARE * total}
    small = [element for element in elements if words[element] <= _MAX_SHARE * total]
    found.update(element for element in small if _is_furniture(element))
    late = set(elements[int(_LATE * len(elements)) :])
    named: dict[str, list[Element]] = {}
    for element in small:
        if element not in found and _is_named_furniture(element, late=element in late):
            named.setdefault(element.get("class", element.get("id", "")), []).append(element)
    for group in named.values():
        # A name that covers much of the text is not named after what is in it.
        if sum(words[element] for element in group) <= _MAX_SHARE * total:
            found.update(group)
    return frozenset(found | _find_signups(elements, words, total))


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if not element.get("style"):
        return False
    style = style_of(element)
    if style.get("display") == "none" or style.get("visibility") == "hidden":
        return True
    flat = _ZERO.fullmatch(style.get("max-height", "")) or _ZERO.fullmatch(style.get("height", ""))
    return bool(flat and style.get("overflow") == "hidden") or style.get("opacity") == "0"


def _is_furniture(element: Element) -> bool:
    """Tell by tag and role."""
    tag = element.tag
    if tag in _CLASSLESS:
        return False
    if element.get("role", "").lower() in _ROLES:
        return not (element.get("role") == "banner" and _holds_title(element))
    if tag in _TAGS:
        parent = element.getparent()
        return not (tag == "footer" and parent is not None and parent.tag == "blockquote")
    if tag in ("header", "aside"):
        return not _in_article(element) and not _holds_title(element)
    return False


def _is_named_furniture(element: Element, *, late: bool) -> bool:
    """Tell by classes and id, which on code are the colours of its syntax."""
    if not (element.get("class") or element.get("id")) or element.tag in _NEVER_BY_NAME:
        return False
    if _in_code(element):
        return False
    names = name_words(element)
    if names & _WORDS or any(pair <= names for pair in _PAIRS) or (late and names & _LATE_WORDS):
        return True
    if element.tag in _CELLS:
        return False
    return bool(names & _BOX_WORDS) or _is_named_button(element, names)


def _is_named_button(element: Element, names: frozenset[str]) -> bool:
    """Tell whether an element made to look like a button asks to subscribe or share."""
    return bool(names & _BUTTON_NAMES) and _ASKS.match(text_of(element)[:60]) is not None


def _holds_title(element: Element) -> bool:
    return element.find(".//h1") is not None and element.find(".//nav") is None


def _in_article(element: Element) -> bool:
    return any(above.tag in ("article", "main") for above in element.iterancestors())


def _in_code(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("pre", "code", "samp")


def _find_signups(
    elements: Iterable[Element], words: dict[Element, int], total: int
) -> set[Element]:
    """Return the boxes around fields for a mail address: what begs for it belongs to the field."""
    boxes = set()
    for element in elements:
        if element.tag != "input" or not _asks_for_mail(element):
            continue
        box = None
        for above in element.iterancestors():
            if words[above] > min(_SIGNUP_WORDS, _MAX_SHARE * total) or above.tag in _CLASSLESS:
                break
            box = above
        if box is not None:
            boxes.add(box)
    return boxes


def _asks_for_mail(field: Element) -> bool:
    says = f"{field.get('type', '')} {field.get('name', '')} {field.get('placeholder', '')}"
    return field.get("type") != "hidden" and _MAIL_FIELD.search(says) is not None
