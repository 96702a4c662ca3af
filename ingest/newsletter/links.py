"""Where a newsletter's links really lead: trackers unwrapped, tracking parameters cut off."""

import base64
import binascii
import json
import re
import zlib
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit, urlunsplit

from ingest.newsletter.tree import word_set

_TRACKING = re.compile(
    r"(?:utm_\w+|mc_[ce]id|fbclid|gclid|msclkid|yclid|igshid|_hsenc|_hsmi|_bhlid|_ke|mkt_tok"
    r"|ck_subscriber_id|vero_(?:id|conv)|oly_(?:enc|anon)_id|wickedid|__s|dm_i|ml_subscriber\w*"
    r"|elq\w*id|hsa_\w+|trk_\w+|sc_eh|cmid|cid_email|mtm_\w+|pk_(?:campaign|source|medium|kwd))",
    re.IGNORECASE,
)
_TARGETS = word_set(
    "url u target redirect redirect_url redirecturl redirect_to dest destination link href "
    "goto to l r q ued murl lp out"
)
_REDIRECTOR = re.compile(
    r"(?:^|[./_-])(?:click\w*|track\w*|trk|redir\w*|links?|lnk\w*|go|out|url|away|safelinks|leave"
    r"|ls|ct|cl\d*|cts|cc|c|l|r|e|x|t|email|mail\w*|newsletter|nl|wf|l\.php|f)(?:$|[./_-])",
    re.IGNORECASE,
)
_SHARERS = re.compile(r"shar|/intent/|submit|\bclip\b|bookmark", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9_\-+=]{12,}")
_URLDEFENSE = re.compile(r"/v3/__(https?:/{1,2}.+?)__;", re.IGNORECASE)
_MAX_TARGET = 65_536
_MAX_WRAPS = 3  # a mail gateway around a mail service around a shortener


def clean_link(href: str, base_url: str | None = None) -> str | None:
    """Return the address that a link stands for, or None where it leads nowhere.

    >>> clean_link("https://click.example.org/CL0/https:%2F%2Fa.example%2Fb%3Futm_source=x%26t=5/1")
    'https://a.example/b?t=5'
    """
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not href or href == "#":
        return None
    try:
        if base_url:
            href = urljoin(base_url, href)
        parts = urlsplit(href)
        if parts.scheme.lower() in ("javascript", "data", "cid", "about", "blob", "file"):
            return None
        if parts.scheme.lower() not in ("http", "https"):
            return href
        for _ in range(_MAX_WRAPS):
            target = _find_target(parts)
            if target is None:
                break
            parts = urlsplit(target)
        return urlunsplit(parts._replace(query=_without_tracking(parts.query)))
    except ValueError:
        return href  # no address that can be taken apart; still what the author wrote


def _without_tracking(query: str) -> str:
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        # A signed token says who the subscriber is, and may log her in.
        personal = name.lower() == "token" and value.startswith("eyJ")
        if not personal and not _TRACKING.fullmatch(name):
            kept.append(pair)
    return "&".join(kept)


def _find_target(parts: SplitResult) -> str | None:
    """Return the address that a redirecting address carries in itself, if it carries one."""
    if not _REDIRECTOR.search(f"{parts.netloc}{parts.path}") or _SHARERS.search(parts.path):
        return None
    if match := _URLDEFENSE.search(parts.path):
        return _web_address(re.sub(r"^(https?:/)(?!/)", r"\1/", match[1]))
    return _target_in_query(parts) or _target_in_path(parts.path)


def _target_in_query(parts: SplitResult) -> str | None:
    for name, value in parse_qsl(parts.query, max_num_fields=200):
        if name.lower() in _TARGETS and (target := _web_address(_undefend(parts, value))):
            return target
    return None


def _target_in_path(path: str) -> str | None:
    for segment in path.split("/"):
        if target := _web_address(unquote(segment)):
            return target
        for piece in segment.split(".")[:3]:  # a signed token is three packed pieces
            if target := _unpack(piece):
                return target
    return None


def _undefend(parts: SplitResult, value: str) -> str:
    """Return the address in a urldefense v2 parameter, which writes %3A as -3A and / as _."""
    if "urldefense" in parts.netloc and "/v2/" in parts.path:
        return unquote(value.replace("-", "%").replace("_", "/"))
    return value


def _web_address(text: str) -> str | None:
    text = text.strip()
    if not _WEB.fullmatch(text):
        text = unquote(text)
    return text if _WEB.fullmatch(text) and urlsplit(text).hostname else None


def _unpack(segment: str) -> str | None:
    """Return the address inside a base64 path segment: bare, as JSON, or as a packed query."""
    if not _BASE64.fullmatch(segment):
        return None
    padded = segment.rstrip("=") + "=" * (-len(segment.rstrip("=")) % 4)
    try:
        raw = base64.b64decode(padded.replace("+", "-").replace("-", "+").replace("_", "/"))
        if raw[:1] == b"\x78":
            raw = zlib.decompressobj().decompress(raw, _MAX_TARGET)
        text = raw.decode("utf-8")
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return None
    return _web_address(text) or _address_in_fields(text)


def _address_in_fields(text: str) -> str | None:
    if text.startswith("{"):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError):
            return None
        values = [value for value in fields.values() if isinstance(value, str)]
    else:
        values = [value for name, value in parse_qsl(text) if name in _TARGETS]
    return next((target for value in values if (target := _web_address(value))), None)
