"""Security headers on every answer, whoever gave it; HEAD answered as GET without its body; nothing but reading."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes, urlsplit

from tracker.site.inline import InlineHtml, writing
from tracker.site.searchbox import LONGEST

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Datasette's own pages have scripts and styles of their own files, and inside the page those of its templates; and
# cm-resize 1.0.1, which lets the SQL box grow, puts in a style element and fills it: nothing, then 400 characters.
CM_RESIZE = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-38xqj8N9cygggde3AvM+xVgS15DUXTOhM9fjk0hLOS0='"
)
DATASETTE_POLICY = (
    "default-src 'none'; style-src 'self' {resize}{styles}; script-src 'self'{scripts}; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
NEVER = (b"set-cookie",)  # nobody is known here
PERSONAL = (b"cookie", b"authorization")  # whatever a browser sends of its own accord is not read either
METHODS = ("GET", "HEAD")
HEAD = "tracker.head"  # in the scope of a GET that is answered without its body, for what need not be made then
LONGEST_ADDRESS = 65_536  # bytes of path and query
LONG_QUESTION = f"What is searched for (q) can have {LONGEST:,} characters at most.".encode()


def secured(app: App) -> App:
    """The application with the headers; methods that would write are refused with 405.

    What fails before it is answered is answered with 500 here, and told by the server, which the error goes on to.
    """

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["method"] not in METHODS:
            await refuse(send, 405, b"This site can only be read.", ((b"allow", b"GET, HEAD"),))
        elif len(scope["path"]) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            await refuse(send, 414, b"This address is too long.")
        elif not scope["path"].startswith("/"):
            await refuse(send, 400, b"An address here begins with a slash.")
        elif _long_question(scope.get("query_string", b"")):
            await refuse(send, 400, LONG_QUESTION)
        else:
            await _answer(app, scope, receive, send)

    return answer


def hosted(app: App, url: str) -> App:
    """The application asked as of the host of ``url``, whatever a request says; for a ``url`` of '' as it says.

    Datasette makes absolute addresses of the request's host, which anybody can choose.
    """
    parts = urlsplit(url)
    if not parts.netloc:
        return app
    own = (b"host", parts.netloc.encode("idna" if not parts.netloc.isascii() else "ascii"))

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            others = [item for item in scope["headers"] if item[0].lower() != b"host"]
            scope = {**scope, "headers": [own, *others], "scheme": parts.scheme}
        await app(scope, receive, send)

    return answer


def _long_question(query: bytes) -> bool:
    """Whether the search box (``q``) holds more than is read of it; every link of a page would repeat it."""
    if len(query) <= LONGEST:
        return False
    pairs = (part.partition(b"=") for part in query.split(b"&"))
    said = (unquote_plus(value.decode("latin-1")) for name, _, value in pairs if unquote_to_bytes(name) == b"q")
    return any(len(text) > LONGEST for text in said)


async def _answer(app: App, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    head, begun = scope["method"] == "HEAD", False

    async def careful(message: Message) -> None:
        nonlocal begun
        if message["type"] == "http.response.start":
            begun = True
            message = {**message, "headers": _completed(message.get("headers", []), written)}
        elif head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    scope = {**scope, "headers": [item for item in scope["headers"] if item[0].lower() not in PERSONAL]}
    with writing() as written:
        try:
            await app({**scope, "method": "GET", HEAD: True} if head else scope, receive, careful)
        finally:
            if not begun:
                await refuse(send, 500, b"Something has gone wrong here. It was noted.")


def _completed(headers: Headers, written: InlineHtml) -> Headers:
    """Our headers in place of Datasette's; a policy that a page has set for itself stays."""
    replaced = {*dict(ALWAYS), *NEVER}
    kept = [(name, value) for name, value in headers if name.lower() not in replaced]
    if not any(name.lower() == b"content-security-policy" for name, _ in kept):
        kept.append((b"content-security-policy", _policy(kept, written)))
    return [*kept, *ALWAYS]


def _policy(headers: Headers, written: InlineHtml) -> bytes:
    """For a page of Datasette's, what its templates wrote; for its data, as for anything else: nothing may act."""
    kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
    if not kind.startswith(b"text/html"):
        return NOTHING
    styles, scripts = written.sources("style"), written.sources("script")
    return DATASETTE_POLICY.format(resize=CM_RESIZE, styles=styles, scripts=scripts).encode()


def refusal(status: int, text: bytes, more: tuple[tuple[bytes, bytes], ...] = ()) -> list[Message]:
    """A short answer in plain text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    headers += [(b"content-security-policy", NOTHING), *ALWAYS, *more]
    return [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": text + b"\n"},
    ]


async def refuse(send: Send, status: int, text: bytes, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send a :func:`refusal`."""
    for message in refusal(status, text, more):
        await send(message)
