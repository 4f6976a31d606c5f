"""Every route under attack: hostile data in the database behind it, hostile words in every address before it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote, urlencode

import attack_judges as judges
import pytest
from attacks import ATTACKS, ONLY_ASKED
from making import METADATA, NOW, Client
from thinning import every

from tracker.site import serve
from tracker.site.pages import ROUTES

ALL = (*ATTACKS, *ONLY_ASKED)
NAMES = (
    "q", "search", "source", "type", "state", "year", "journal", "language", "free", "since", "until", "news", "sort",
    "after", "days", "kind", "by", "key", "id", "format", "profile", "first", "selected", "unknown",
)  # fmt: skip
READ = {  # what each of these reads of its parameters
    "/papers": NAMES[:14],
    "/papers.json": ("q", "since", "after"),
    "/papers.ris": ("q", "journal", "until", "key", "profile", "selected"),
    "/": ("since", "days"),
    "/changes": ("since", "kind", "after"),
    "/charts": ("by",),
    "/unapi": ("id", "format"),
    "/paper/LSI-000001.bib": ("profile",),
    "/feeds/all/2026-11.atom": ("first",),
}


@dataclass(frozen=True)
class Case:
    """How one route is attacked.

    ``shown``: addresses whose answers show what is in the database, ``{key}`` stands for every work, ``{slug}`` for
    every search; ``asked``: the same with ``{x}`` for an attack string. Every address is asked with hostile parameters.
    """

    shown: tuple[str, ...]
    asked: tuple[str, ...] = ()


FORM = r"\.(?P<form>csv|ris|bib|csl\.json)$"
FEED = r"\.(?P<form>atom|rss|json)$"
CASES = {
    r"^/$": Case(("/", "/?days=300", "/?since=2026-11-02")),
    r"^/papers/?$": Case(("/papers", "/papers/", "/papers?q=script+OR+alert+OR+x&sort=relevance", "/papers?q=-script")),
    rf"^/papers{FORM}": Case(
        ("/papers.csv", "/papers.ris", "/papers.bib", "/papers.csl.json", "/papers.csv?profile=asreview",
         "/papers.ris?profile=zotero"),
    ),
    rf"^/paper/(?P<key>[^/.]+){FORM}": Case(
        ("/paper/{key}.csv", "/paper/{key}.ris", "/paper/{key}.bib", "/paper/{key}.csl.json"),
        ("/paper/{x}.csv", "/paper/{x}.csl.json"),
    ),
    r"^/unapi/?$": Case(
        ("/unapi", "/unapi?id=LSI-000001", "/unapi?id={key}&format=ris", "/unapi?id={key}&format=bibtex",
         "/unapi?id={key}&format=mods"),
        ("/unapi?id={x}", "/unapi?id=LSI-000001&format={x}"),
    ),
    r"^/papers\.json$": Case(("/papers.json", "/papers.json?q=script")),
    r"^/paper/(?P<key>[^/.]+)\.json$": Case(("/paper/{key}.json",), ("/paper/{x}.json",)),
    r"^/opensearch\.xml$": Case(("/opensearch.xml",)),
    r"^/sitemap\.xml$": Case(("/sitemap.xml",)),
    r"^/sitemap-pages\.xml$": Case(("/sitemap-pages.xml",)),
    r"^/sitemap-(?P<number>[1-9][0-9]{0,6})\.xml$": Case(("/sitemap-1.xml",), ("/sitemap-{x}.xml",)),
    r"^/robots\.txt$": Case(("/robots.txt",)),
    r"^/paper/(?P<key>[^/]+)$": Case(("/paper/{key}",), ("/paper/{x}",)),
    r"^/feeds/?$": Case(("/feeds",)),
    r"^/feeds\.opml$": Case(("/feeds.opml",)),
    rf"^/feeds/(?P<name>[^/]+){FEED}": Case(
        tuple(f"/feeds/{name}.{form}" for name in ("all", "changes", "resources", "{slug}")
              for form in ("atom", "rss", "json")),
        ("/feeds/{x}.atom", "/feeds/{x}.json"),
    ),
    rf"^/feeds/(?P<name>[^/]+)/(?P<month>[0-9]{{4}}-[0-9]{{2}}){FEED}": Case(
        tuple(f"/feeds/{name}/2026-11.{form}" for name in ("all", "changes") for form in ("atom", "rss", "json")),
        ("/feeds/{x}/2026-11.rss", "/feeds/all/{x}.atom"),
    ),
    r"^/changes/?$": Case(("/changes", "/changes?kind=retracted", "/changes?since=2026-11-01")),
    r"^/searches/?$": Case(("/searches",)),
    r"^/searches/(?P<slug>[^/]+)$": Case(("/searches/{slug}",), ("/searches/{x}",)),
    r"^/charts$": Case(("/charts", "/charts?by=month")),
    r"^/charts\.csv$": Case(("/charts.csv",)),
    r"^/status$": Case(("/status",)),
    r"^/status\.json$": Case(("/status.json",)),
    r"^/methods$": Case(("/methods",)),
    r"^/about$": Case(("/about",)),
    r"^/privacy$": Case(("/privacy",)),
    r"^/accessibility$": Case(("/accessibility",)),
    r"^/favicon\.ico$": Case(("/favicon.ico",)),
    r"^/assets/(?P<name>[^/]+)$": Case(("/assets/site.css",), ("/assets/{x}",)),
    r"^/(?!public(?:[/.]|$)|-/static/).*$": Case(("/nothing",), ("/{x}", "/-/{x}", "/a/{x}/b")),
}  # fmt: skip


@pytest.fixture(scope="module")
def client(hostile: Path) -> Iterator[Client]:
    opened = Client(serve.build(hostile, METADATA, clock=lambda: NOW))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def small(filled: Path) -> Iterator[Client]:
    """The small tracker, whose pages are soon read: what is asked is hostile here, not what is answered."""
    opened = Client(serve.build(filled, METADATA, clock=lambda: NOW))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def names(hostile: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(hostile / "public.db")) as db:
        return {"{key}": [row[0] for row in db.execute("select key from works order by id")],
                "{slug}": [row[0] for row in db.execute("select slug from searches order by id")]}  # fmt: skip


def said(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def test_there_are_enough_attacks() -> None:
    assert len(set(ALL)) == len(ALL) >= 200


def test_every_route_is_attacked() -> None:
    """Whoever adds a route says here how it is attacked."""
    routes = [pattern for pattern, _ in ROUTES]
    assert [pattern for pattern in routes if pattern not in CASES] == []
    assert [pattern for pattern in CASES if pattern not in routes] == []
    for pattern, case in CASES.items():
        for path in (*case.shown, *case.asked):
            assert re.match(pattern, re.sub(r"\{\w+\}", "1", path.partition("?")[0])) or "{x}" in path, (pattern, path)
        assert case.asked or "[^/" not in pattern, pattern


def spread(paths: Sequence[str], names: dict[str, list[str]]) -> Iterator[str]:
    for path in paths:
        name = next((name for name in names if name in path), "")
        yield from (path.replace(name, said(word)) for word in names[name]) if name else (path,)


@pytest.mark.parametrize("part", every(4, range(4)))
@pytest.mark.parametrize("pattern", CASES)
def test_hostile_data_are_text_in_every_answer(
    client: Client, names: dict[str, list[str]], pattern: str, part: int
) -> None:
    for path in islice(spread(CASES[pattern].shown, names), part, None, 4):
        answer = client.get(path)
        # No search has a name with such signs: there is nothing at their addresses.
        assert answer.status_code in (200, 300) or "%" in path or path == "/nothing", (path, answer.text[:200])
        judges.judge(answer, path)


def test_hostile_data_are_text_on_every_page_of_the_list(client: Client, names: dict[str, list[str]]) -> None:
    path, seen = "/papers", set()
    while path:
        text = client.get(path).text
        judges.html(text, path)
        seen |= set(re.findall(r'href="/paper/(LSI-[0-9]+)"', text))
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == set(names["{key}"])


@pytest.mark.parametrize("part", every(4, range(4)))
@pytest.mark.parametrize("pattern", CASES)
def test_hostile_words_in_the_path_are_text(small: Client, pattern: str, part: int) -> None:
    for number, path in enumerate(CASES[pattern].asked):
        for text in ALL[(number + part) % 4 :: 4]:
            if 0 < len(text) < 2000:
                judges.judge(small.get(path.replace("{x}", said(text))), f"{path} {text!r}")


@pytest.mark.parametrize("pattern", CASES)
def test_hostile_parameters_are_text(small: Client, pattern: str) -> None:
    """Every string through every route, in one parameter or another."""
    path = CASES[pattern].shown[0].partition("?")[0].replace("{key}", "LSI-000002").replace("{slug}", "lonely")
    for start in range(0, len(ALL), len(NAMES)):
        texts = [ALL[(start + place) % len(ALL)] for place in range(len(NAMES))]
        pairs = [(name, text.encode("utf-8", "surrogatepass")) for name, text in zip(NAMES, texts, strict=True)]
        judges.judge(small.get(f"{path}?{urlencode(pairs)}"), f"{path} {start}")


@pytest.mark.parametrize("part", every(4, range(4)))
@pytest.mark.parametrize("path", READ)
def test_one_hostile_parameter_alone_is_text(small: Client, path: str, part: int) -> None:
    """Where the others are as they should be, so that none of them ends the answer before."""
    for number, name in enumerate(READ[path]):
        for text in ALL[number % 5 :: 1 if name in ("q", "id", "key") else max(5, len(READ[path]))][part::4]:
            judges.judge(small.get(f"{path}?{name}={said(text)}"), f"{path} {name} {text!r}")


def test_hostile_words_find_hostile_data(client: Client) -> None:
    """What was found is marked in titles and abstracts; the marks are ours."""
    for text in ALL[::3]:
        judges.judge(client.get(f"/papers?q={said(text)}&search=bad"), repr(text))


HOSTS = (
    'evil.example"><script>alert(1)</script>',
    "a b",
    "x\\y",
    "[::1",
    "evil.example/path",
    "@evil.example",
    "é",
    "",
)


@pytest.mark.parametrize("host", HOSTS)
def test_a_hostile_host_is_not_taken_over(small: Client, host: str) -> None:
    for path in ("/", "/paper/LSI-000002", "/papers.json", "/feeds/all.atom", "/opensearch.xml", "/sitemap.xml",
                 "/robots.txt", "/feeds.opml", "/paper/LSI-000002.json"):  # fmt: skip
        answer = small.get(path, headers={"host": host.encode()})
        judges.judge(answer, f"{path} {host!r}")
        assert "evil.example" not in answer.headers.get("link", "")


@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since", "Accept", "Cookie", "Authorization", "Range",
                                  "Referer", "User-Agent", "X-Forwarded-Proto", "X-Forwarded-For"])  # fmt: skip
def test_hostile_headers_change_nothing(small: Client, name: str) -> None:
    plain = small.get("/paper/LSI-000002")
    for text in ALL[:: 5 if name.startswith("If") else 40]:
        value = text.encode("utf-8", "surrogatepass").translate(None, b"\r\n\0")
        answer = small.get("/paper/LSI-000002", headers={name: value})
        judges.headers(answer, f"{name} {text!r}")
        assert answer.content == plain.content or (answer.status_code, answer.content) == (304, b"")
