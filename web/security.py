"""What every answer forbids, and which requests are refused."""

from urllib.parse import urlsplit

from flask import Response, abort, request

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "media-src 'self' https: http:",
        "img-src 'self' data: https: http:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # Nobody else learns what was read. (Not no-referrer: that would take the origin from our own
    # forms too, by which a form on another site is told apart.)
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_READING = ("GET", "HEAD", "OPTIONS")


def add_headers(response: Response) -> Response:
    """Add what keeps a browser from running or sending anything that is not ours."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def allow_frames(response: Response) -> Response:
    """Let other sites show an answer in a frame; it runs nothing and changes nothing."""
    policy = _POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    policy = policy.replace("script-src 'self'", "script-src 'none'")
    response.headers["Content-Security-Policy"] = policy
    return response


def refuse_other_origins() -> None:
    """Answer 403 to a change that a page of another site asks for.

    Browsers say where a request comes from by Sec-Fetch-Site or Origin; programs send neither.
    """
    if request.method in _READING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        allowed = origin is None or urlsplit(origin).netloc == request.host
    if not allowed:
        abort(403, "This form was sent from another site.")
