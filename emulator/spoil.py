"""The ways in which an answer can be spoiled: what the faults of ``faults.py`` are made of.

A function here takes the result of a search, the records of a fetch or a finished reply, and gives back a worse one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from emulator.eutils import FETCH_ERROR_HEAD, SEARCH_HEAD, SET_HEAD, Entrez, Result
from emulator.reply import HTML, JSON, Reply

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What a fault may look at: the request, the literature, the service's own address, how often it was played.

    ``seconds`` and ``size`` (bytes) are the measures of faults that need one.
    """

    utility: str
    form: Mapping[str, str]
    entrez: Entrez
    origin: str  # http://127.0.0.1:port
    path: str
    turn: int = 1
    seconds: float = 3600.0
    size: int = 1_000_000_000

    @property
    def fetching(self) -> bool:
        return self.utility == "efetch"


OfReply = Callable[[Reply, Context], Reply]
OfResult = Callable[[Result, Context], Result]
OfElements = Callable[[list[bytes], Context], list[bytes]]


def untouched(answer: T, _: Context) -> T:
    return answer


# Finished replies


def page(status: int, title: str, text: str = "", *, wait: str = "") -> OfReply:
    """An HTML page instead of the answer."""
    body = f"<html><head> <title>NCBI - {title}</title> </head> <body> <h1>{title}</h1> <p>{text}</p> </body></html>\n"
    headers = (("Retry-After", wait),) if wait else ()
    return lambda reply, context: Reply(body.encode(), HTML, status, headers)


def rate_limited(key: str, limit: int, *, status: int = 429, wait: str = "2") -> Reply:
    """The service's answer to haste; it shows the key, or the address when there is none."""
    said = {"error": "API rate limit exceeded", "api-key": key, "count": str(limit + 1), "limit": str(limit)}
    headers = {"Retry-After": wait, "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"}
    kept = tuple((name, value) for name, value in headers.items() if value)
    return Reply(json.dumps(said, separators=(",", ":")).encode(), JSON, status, kept)


def limited(status: int, wait: str) -> OfReply:
    return lambda reply, context: rate_limited(context.form.get("api_key", "127.0.0.1"), 3, status=status, wait=wait)


def error(text: str, status: int = 200) -> OfReply:
    """An error element in the root that the utility has."""

    def reply(_: Reply, context: Context) -> Reply:
        root, head = ("eFetchResult", FETCH_ERROR_HEAD) if context.fetching else ("eSearchResult", SEARCH_HEAD)
        return Reply(f"{head}<{root}><ERROR>{text}</ERROR></{root}>\n".encode(), status=status)

    return reply


def body(text: str) -> OfReply:
    return lambda reply, context: replace(reply, body=text.encode())


def wire(name: str) -> OfReply:
    return lambda reply, context: replace(reply, wire=name, seconds=context.seconds, size=context.size)


def half(reply: Reply, _: Context) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def as_html(reply: Reply, _: Context) -> Reply:
    return replace(reply, kind=HTML)


def rootless(_: Reply, context: Context) -> Reply:
    return Reply((SET_HEAD if context.fetching else SEARCH_HEAD).encode())


def redirect(host: str) -> OfReply:
    """307, which keeps the method. ``localhost`` is another host than 127.0.0.1, and still this machine."""

    def reply(_: Reply, context: Context) -> Reply:
        elsewhere = context.origin.replace("127.0.0.1", "localhost") + "/elsewhere"
        target = elsewhere if host == "other" else context.origin + context.path
        return Reply(b"", HTML, 307, (("Location", target),))

    return reply


LAUGHS = '<!ENTITY l0 "ha">\n' + "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">\n' for level in range(1, 10)
)  # fmt: skip
OUTSIDE = '<!ENTITY x SYSTEM "ORIGIN/elsewhere">\n'


def entities(declarations: str, use: str) -> OfReply:
    """A set of one record whose DOCTYPE declares entities and whose title uses one."""

    def reply(_: Reply, context: Context) -> Reply:
        asked = re.search(r"\d+", context.form.get("id", ""))
        doctype = f"<!DOCTYPE PubmedArticleSet [\n{declarations.replace('ORIGIN', context.origin)}]>"
        record = (
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{asked[0] if asked else "1"}</PMID><Article>'
            f"<ArticleTitle>{use}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        )
        text = f'<?xml version="1.0" ?>\n{doctype}\n<PubmedArticleSet>{record}</PubmedArticleSet>\n'
        return Reply(text.encode())

    return reply


# Results of a search


def count_grows(result: Result, context: Context) -> Result:
    return {**result, "count": str(int(result["count"]) + context.turn)}


def count_many(result: Result, _: Context) -> Result:
    return {**result, "count": "many"}


def without(member: str) -> OfResult:
    return lambda result, context: {name: value for name, value in result.items() if name != member}


def ids_clipped(result: Result, _: Context) -> Result:
    ids = result.get("idlist", [])
    return {**result, "idlist": ids[: len(ids) // 2]}


def ids_malformed(result: Result, _: Context) -> Result:
    return {**result, "idlist": ["42.9", "", "PMC7", "-5", *result.get("idlist", [])[4:]]}


def ids_twice(result: Result, _: Context) -> Result:
    ids = result.get("idlist", [])
    return {**result, "idlist": [*ids[:-1], *ids[:1]]}


def nothing(result: Result, _: Context) -> Result:
    warning = {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]}
    return {**result, "count": "0", "retmax": "0", "idlist": [], "warninglist": warning}


# Records of a fetch


def last_missing(elements: list[bytes], _: Context) -> list[bytes]:
    return elements[:-1]


def half_missing(elements: list[bytes], _: Context) -> list[bytes]:
    return elements[: len(elements) // 2]


def all_missing(_elements: list[bytes], _: Context) -> list[bytes]:
    return []


def first_twice(elements: list[bytes], _: Context) -> list[bytes]:
    return [*elements[:1], *elements]


def others(elements: list[bytes], context: Context) -> list[bytes]:
    """As many records as asked for, none of them asked for."""
    asked = set(re.findall(r"\d+", context.form.get("id", "")))
    found: list[bytes] = []
    for pmid, article in context.entrez.articles().items():
        if len(found) == len(elements):
            break
        if pmid not in asked:
            found.append(article.element())
    return found


def one_more(elements: list[bytes], context: Context) -> list[bytes]:
    return [*elements, *others(elements[:1], context)]


def broken(elements: list[bytes], _: Context) -> list[bytes]:
    return _first(elements, b"</ArticleTitle>", b"<b>loose & bare</ArticleTitle>")


def hollow(elements: list[bytes], _: Context) -> list[bytes]:
    empty = b"<PubmedArticle><MedlineCitation></MedlineCitation></PubmedArticle>"
    return [empty, *elements[1:]] if elements else []


def bad_bytes(elements: list[bytes], _: Context) -> list[bytes]:
    return _first(elements, b"</PMID>", b"\xff\xfe</PMID>")


def _first(elements: list[bytes], old: bytes, new: bytes) -> list[bytes]:
    return [elements[0].replace(old, new, 1), *elements[1:]] if elements else []
