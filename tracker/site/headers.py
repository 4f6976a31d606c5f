"""Security headers on every answer, whoever gave it; HEAD answered as GET without its body; nothing but reading."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# Datasette's own pages have scripts and styles inside the page; nothing from elsewhere all the same.
DATASETTE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
METHODS = ("GET", "HEAD", "OPTIONS")
HEAD = "tracker.head"  # in the scope of a GET that is answered without its body, for what need not be made then


def secured(app: App) -> App:
    """The application with the headers; methods that would write are refused with 405."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if scope["method"] not in METHODS:
            await refuse(send, 405, b"This site can only be read.", ((b"allow", b"GET, HEAD, OPTIONS"),))
            return
        head = scope["method"] == "HEAD"

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message.get("headers", []))}
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await app({**scope, "method": "GET", HEAD: True} if head else scope, receive, careful)

    return answer


def _completed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Our headers in place of Datasette's; a policy that a page has set for itself stays."""
    ours = dict(ALWAYS)
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    if not any(name.lower() == b"content-security-policy" for name, _ in kept):
        kept.append((b"content-security-policy", DATASETTE_POLICY.encode()))
    return [*kept, *ALWAYS]


async def refuse(send: Send, status: int, text: bytes, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """A short answer in plain text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *ALWAYS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text + b"\n"})
