"""Headers and policies: what a browser may do with an answer, whoever gave it and whatever went wrong."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from datasette.app import Datasette
from jinja2 import Environment
from making import METADATA, NOW, Client

from tracker.site import faults, inline, serve
from tracker.site.headers import HEAD, secured
from tracker.site.pages import status

DATASETTE = (
    "/public",
    "/public/works",
    "/public/works?_size=max&title__contains=a",
    "/public/publications",
    "/public/searches",
    "/public/events",
    "/public/runs",
    "/public/works/1",
    "/public/searches/1",
    "/public/publications/1",
    "/public?sql=select+key,title+from+works",
    "/public?sql=select+1+as+%22%3C/style%3E%3Cscript%3Ealert(1)%3C/script%3E%22",
    "/public?sql=select+%27%3Cscript%3Ealert(1)%3C/script%3E%27",
    "/public?sql=select+%27%3Cscript",
    "/public?sql=%3Cscript%3Ealert(1)%3C/script%3E",
    "/public/%3Cscript%3Ealert(1)%3C/script%3E",
    "/public/nothing",
    "/public/works/nothing",
)


@pytest.fixture(scope="module")
def client(hostile: Path) -> Iterator[Client]:
    opened = Client(serve.build(hostile, METADATA, clock=lambda: NOW))
    yield opened
    opened.close()


class Inside(HTMLParser):
    """What stands inside a page of Datasette's and might act."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.within = ""
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag if tag in self.texts and not dict(attrs).get("src") else ""
        if self.within:
            self.texts[tag].append("")
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.within:
            self.texts[self.within][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.within = ""


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def sources(policy: str, name: str) -> list[str]:
    return next(part.split()[1:] for part in policy.split("; ") if part.split()[0] == name)


@pytest.mark.parametrize("path", DATASETTE)
def test_datasettes_pages_name_by_hash_what_their_templates_wrote_and_nothing_else(client: Client, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    policy, seen = answer.headers["content-security-policy"], Inside(answer.text)
    assert "unsafe" not in policy
    assert seen.texts["script"]
    for kind, texts in seen.texts.items():
        assert all("alert(1)" not in text for text in texts) or kind == "style"
        told = [source for source in sources(policy, f"{kind}-src") if source != "'self'"]
        told = told[2:] if kind == "style" else told  # 2: cm-resize's own
        assert {hash_of(text) for text in texts} == set(told)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on") or value == "openColumnChooser()", (tag, name)  # of 1.0, and blocked
        assert name != "style", (tag, value)
        if name in ("src", "action") or (tag, name) == ("link", "href"):
            value = value.removeprefix("http://localhost")
            assert value.startswith("/"), (tag, value)
            assert not value.startswith("//"), (tag, value)
        if name == "href":
            assert re.match(r"/(?!/)|#|https?://|\?", value), (tag, value)


@pytest.mark.parametrize("host", ['evil.example"><script>alert(1)</script>', "a b", "é", "@evil.example", ""])
def test_a_hostile_host_stays_text_on_datasettes_pages(client: Client, host: str) -> None:
    for path in ("/public/works", "/public/works.json", "/public/works?_sort=zz", "/public/", "/public/works/1"):
        answer = client.get(path, headers={"host": host.encode()})
        if not path.endswith(".json"):
            assert "<script>alert(1)" not in answer.text
        assert answer.headers.get("location", "/").startswith("/")
        for value in answer.headers.values():
            assert re.fullmatch(r"[^\r\n]*", value)


def test_data_of_datasettes_may_not_act_at_all(client: Client) -> None:
    for path in ("/public/works.json", "/public/works.csv", "/public.json?sql=select+1", "/-/static/app.css",
                 "/public/works/1.blob?_blob_column=title"):  # fmt: skip
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; base-uri 'none'"), path
        assert not answer.headers["content-type"].startswith("text/html")


def test_a_script_in_a_description_is_not_carried_out(filled: Path, open_site: Callable[..., Client]) -> None:
    """Not even the administrator's: what Datasette does not escape is not in its templates."""
    text = "<script>alert(1)</script><p onclick='alert(1)'>Words.</p>"
    answer = open_site(filled, {**METADATA, "description_html": text, "databases": {"public": {
        "description_html": text}}}).get("/public")  # fmt: skip
    assert text in answer.text
    assert hash_of("alert(1)") not in answer.headers["content-security-policy"]


# --- the templates ------------------------------------------------------------------------------------------------


def render(source: str, **told: Any) -> tuple[str, inline.InlineHtml]:
    environment = Environment(autoescape=True, enable_async=True)
    inline.prepare(environment)
    with inline.writing() as written:
        return asyncio.run(environment.from_string(source).render_async(told)), written


def test_what_a_template_writes_inside_is_told_and_what_data_bring_is_not() -> None:
    source = '<style>a { color: {{ colour }} }</style>{{ data|safe }}<script type="module">\nx({{ 1 }});\n</script>'
    page, written = render(source, colour="red", data="<script>evil()</script><style>evil{}</style>")
    assert page == (
        "<style>a { color: red }</style><script>evil()</script><style>evil{}</style>"
        '<script type="module">\nx(1);\n</script>'
    )
    assert written.sources("style") == f" {hash_of('a { color: red }')}"
    assert written.sources("script") == f" {hash_of(chr(10) + 'x(1);' + chr(10))}"


@pytest.mark.parametrize("text", ["</{}><{}>evil()", "<!--<{}>", "</{}\n>", "x</{} "])
def test_what_could_end_its_own_element_is_not_told(text: str) -> None:
    for kind in ("script", "style", "SCRIPT", "Style"):
        said = text.replace("{}", kind)
        _, written = render(f"<{kind.lower()}>{{{{ text|safe }}}}</{kind.lower()}>", text=said)
        assert written.sources(kind.lower()) == ""


def test_there_are_never_more_hashes_than_a_header_holds() -> None:
    _, written = render("{% for x in range(100) %}<style>a{{ x }}</style>{% endfor %}")
    assert written.sources("style").count("sha256") == inline.MOST


def test_style_attributes_of_templates_are_left_out() -> None:
    page, _ = render(
        '<h1 style="border: 1px solid #{{ x }}">a</h1>'
        '<p{% if y %} style="height: {{ y.split("\\n")|length + 2 }}em"{% endif %}>b</p>',
        x="fff",
        y="a\nb",
    )
    assert page == "<h1>a</h1><p>b</p>"


def test_other_scripts_of_templates_are_not_told() -> None:
    """Of plug-ins, for example: the page can be read without."""
    _, written = render('<script{% if x %} type="module"{% endif %}>{{ y }}</script><script src="/x.js"></script>', x=1)
    assert written.sources("script") == ""


def test_outside_of_an_answer_a_template_is_written_all_the_same() -> None:
    environment = Environment(autoescape=True, enable_async=True)
    inline.prepare(environment)
    page = asyncio.run(environment.from_string("<style>a</style>{% for x in y %}{{ x }},{% endfor %}").render_async(
        y=range(1000)))  # fmt: skip
    assert page == "<style>a</style>" + "".join(f"{x}," for x in range(1000))


def test_while_a_large_table_is_made_others_have_their_turn() -> None:
    pause = inline.Pause()
    turns = [pause.due() for _ in range(2 * inline.PIECES)]
    waiting = [turn for turn in turns if turn is not None]
    assert len(waiting) == 2

    async def give() -> None:
        for turn in waiting:
            await turn

    asyncio.run(give())


def test_a_datasette_that_is_none_of_ours_is_left_as_it_is(client: Client) -> None:
    other = Client(Datasette(memory=True))  # the plug-in is registered by now
    answer = other.get("/")
    assert answer.status_code == 200
    assert "content-security-policy" not in answer.headers
    assert 'style="' in answer.text
    assert other.get("/_memory?sql=select+1&_where=1", follow_redirects=True).status_code == 200
    assert other.get("/_memory/nothing?x__in=[").status_code == 404
    other.close()


# --- whatever goes wrong ------------------------------------------------------------------------------------------


def ask(app: Any, **said: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], **said}
    try:
        asyncio.run(app(scope, None, send))
    except RuntimeError as error:
        told.append({"type": "raised", "error": str(error)})
    return told


def test_what_fails_before_it_is_answered_is_answered_and_goes_on_to_the_servers_log() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("secret")

    start, body, raised = ask(secured(broken))
    assert start["status"] == 500
    assert b"secret" not in body["body"]
    assert dict(start["headers"])[b"content-security-policy"].startswith(b"default-src 'none'")
    assert raised["error"] == "secret"


def test_what_fails_in_the_middle_is_left_incomplete() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    assert [message["type"] for message in ask(secured(broken))] == ["http.response.start", "raised"]


def test_no_cookie_is_ever_set_or_read() -> None:
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.extend(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Set-Cookie", b"a=b"), (b"X", b"y")]})

    start, *_ = ask(secured(app), headers=[(b"cookie", b"ds_actor=x"), (b"authorization", b"Bearer x"), (b"a", b"b")])
    assert heard == [(b"a", b"b")]
    assert (b"X", b"y") in start["headers"]
    assert b"set-cookie" not in {name.lower() for name, _ in start["headers"]}


def test_web_sockets_are_closed() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    assert ask(secured(app), type="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_head_asks_for_no_body() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["method"] == "GET"
        assert scope[HEAD]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    assert ask(secured(app), method="HEAD")[1]["body"] == b""


def test_an_error_of_our_own_pages_is_plain_and_noted(
    filled: Path, open_site: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*args: Any) -> Any:
        raise LookupError("secret word <b>")

    monkeypatch.setattr(status, "_read", broken)
    client = open_site(filled)
    for path, kind in (("/status?x=1", "text/html"), ("/status.json", "application/json")):
        answer = client.get(path)
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert "something has gone wrong" in answer.text.lower()
    noted = capsys.readouterr().err
    assert "secret word" in noted
    assert "Traceback" in noted
    assert client.get("/about").status_code == 200


# --- parameters that cannot be used -------------------------------------------------------------------------------

MALFORMED = (
    "_sort=zz", "_sort_desc=zz", "_sort=title&_sort_desc=title", "_sort=%00", "_sort=%ff", "_sort=title%27", "x__in=[",
    'title__in=["a"', "title__in=[[1]]", 'title__in=[{"a":1}]', "title__notin=[[1]]", "_through={", "_through={}",
    "_through=[]", "_through=1", '_through={"table":"x","column":"y","value":"z"}', "_timelimit=abc", "%00=1",
    "_size=abc", "_size=-1", "_size=99999", "_size=1.5", "_col=", "_col=zz", "_nocol=", "_nocol=zz", "_nocol=key",
    "_next=garbage", "_next=%00", "_next=~zz", "_sort=title&_next=a", "_search=abc", "_search=%22",
    "_searchmode=raw&_search=%22", "_facet=title", "_facet_size=abc", "_shape=zz", "_json=zz", "_ttl=abc",
    "title__zz=1", "title__glob=[", "_extra=zz", "_filter_column=zz&_filter_op=zz&_filter_value=1",
    "_filter_column_1=zz", "_sort_by_desc=on", "_stream=on", "title=%00", "title=%ed%a0%80", "_labels=zz", "_label=zz",
)  # fmt: skip


@pytest.mark.parametrize("query", MALFORMED)
def test_a_parameter_that_cannot_be_used_is_never_an_error_of_ours(
    client: Client, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    for table in ("works", "publications", "work_searches"):
        for suffix in ("", ".json", ".csv"):
            with caplog.at_level(logging.WARNING, logger="tracker.site"):
                caplog.clear()
                answer = client.get(f"/public/{table}{suffix}?{query}")
            assert answer.status_code in (200, 302, 400), (table, suffix, answer.text[-300:])
            assert answer.headers["x-content-type-options"] == "nosniff"
            if "cannot be used" in answer.text:
                assert caplog.messages[0].startswith(f"400 '/public/{table}{suffix}?")


def test_it_is_said_what_cannot_be_used(client: Client) -> None:
    answer = client.get("/public/works?_sort=%3Cb%3E")
    assert answer.status_code == 400
    assert "Cannot sort table by &lt;b&gt;<" in answer.text
    told = client.get("/public/works.json?_sort=zz").json()
    assert (told["ok"], told["status"]) == (False, 400)
    assert "Cannot sort table by zz" in told["error"]
    assert client.get("/public.csv").status_code in (400, 404)


@pytest.mark.parametrize("sql", ["select", "select nothing from works", "select hex(zeroblob(900000))"])
def test_a_query_that_fails_is_no_empty_file(client: Client, sql: str) -> None:
    """Datasette's own answer is 200 and an empty file."""
    assert client.get("/public.csv", params={"sql": sql}, follow_redirects=True).status_code == 400
    answer = client.get("/public.csv", params={"sql": "select key from works where 0"}, follow_redirects=True)
    assert answer.text == "key\r\n"


def error(kind: type[sqlite3.Error], code: int | None) -> sqlite3.Error:
    made = kind("words of SQLite")
    if code is not None:
        made.sqlite_errorcode = code
    return made


@pytest.mark.parametrize(
    ("path", "query", "what", "expected"),
    [
        ("/public/works", "x=1", error(sqlite3.OperationalError, sqlite3.SQLITE_ERROR), 400),
        ("/public/works", "x=1", error(sqlite3.ProgrammingError, None), 400),
        ("/public/works", "x=1", ValueError("x"), 400),
        ("/public/works", "x=1", KeyError("x"), 400),
        ("/public/works", "x=1", error(sqlite3.OperationalError, sqlite3.SQLITE_BUSY), 500),
        ("/public/works", "x=1", error(sqlite3.OperationalError, sqlite3.SQLITE_IOERR | (3 << 8)), 500),
        ("/public/works", "x=1", error(sqlite3.DatabaseError, sqlite3.SQLITE_CORRUPT), 500),
        ("/public/works", "x=1", OSError("x"), 500),
        ("/public/works", "x=1", RuntimeError("x"), 500),
        ("/public/works", "", ValueError("x"), 500),
        ("/papers", "x=1", ValueError("x"), 500),
    ],
)
def test_real_faults_stay_faults(
    client: Client, path: str, query: str, what: Exception, expected: int, caplog: pytest.LogCaptureFixture
) -> None:
    site, asked = client.datasette.tracker_site, SimpleNamespace(path=path, query_string=query)
    with caplog.at_level(logging.WARNING, logger="tracker.site"):
        answer = faults.told(site, asked, what)
    assert answer is not None
    assert answer.status == expected
    assert repr(what) in caplog.text
    assert ("words of SQLite" in answer.body) is (expected == 400 and isinstance(what, sqlite3.Error))


def test_what_datasette_answers_itself_is_left_to_it(client: Client) -> None:
    gone = SimpleNamespace(status=404)
    assert faults.told(client.datasette.tracker_site, SimpleNamespace(path="/x", query_string=""), gone) is None  # type: ignore[arg-type]
