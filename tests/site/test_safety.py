"""Public means public: headers on every answer, only reading, and a fence around SQL that anybody may send."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from making import METADATA, NOW, Client

from tracker.errors import UsageError
from tracker.site import serve
from tracker.site.fence import NO_WHERE, TOO_MANY, asked, fenced
from tracker.site.headers import secured
from tracker.site.limits import LARGEST_ANSWER

EVERYWHERE = (
    "/",
    "/papers",
    "/paper/LSI-000001",
    "/paper/LSI-000007",
    "/paper/LSI-000008",
    "/nothing",
    "/status.json",
    "/robots.txt",
    "/assets/site.css",
    "/public",
    "/public/works",
    "/public/works.json",
    "/public?sql=select+1",
    "/public?sql=select",
    "/-/static/app.css",
    "/public/nothing",
)


@pytest.fixture(scope="module")
def site(filled: Path) -> Iterator[Client]:
    """One for all of this module: what is only read needs no site of its own."""
    client = Client(serve.build(filled, METADATA, clock=lambda: NOW))
    yield client
    client.close()


@pytest.mark.parametrize("path", EVERYWHERE)
def test_security_headers_are_on_every_answer_and_no_cookie_is(site: Client, path: str) -> None:
    headers = site.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", [path for path in EVERYWHERE if not path.startswith(("/public", "/-/"))])
def test_own_pages_allow_no_script_and_no_inline_style(site: Client, path: str) -> None:
    policy = site.get(path).headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/", "/papers", "/status.json", "/public/works", "/nothing", "/assets/site.css"])
def test_head_is_get_without_its_body(site: Client, path: str) -> None:
    got, head = site.get(path), site.get(path, "HEAD")
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "FOO"])
def test_the_site_can_only_be_read(site: Client, method: str) -> None:
    for path in ("/", "/papers", "/public", "/public/works", "/-/logout"):
        answer = site.get(path, method)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"
        assert answer.headers["x-content-type-options"] == "nosniff"


def planned(sql: str) -> bool:
    return True


def test_lifespan_messages_pass() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(secured(fenced(app, planned))({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]


# --- SQL ----------------------------------------------------------------------------------------------------------


def sql(site: Client, text: str) -> Any:
    return site.get("/public.json", params={"sql": text, "_shape": "objects"}, follow_redirects=True)


def test_sql_is_open_to_readers(site: Client) -> None:
    assert sql(site, "select count(*) as n from works").json()["rows"] == [{"n": 8}]


@pytest.mark.parametrize(
    "text",
    [
        "delete from works",
        "attach 'x' as y",
        "pragma journal_mode",
        "select load_extension('x')",
        "select readfile('/etc/passwd')",
        "update works set title = ''",
        "create table x (y)",
        "select * from words",
    ],
)
def test_sql_that_does_more_than_ask_is_refused(site: Client, text: str) -> None:
    assert sql(site, text).status_code >= 400


def test_a_slow_query_is_stopped(site: Client) -> None:
    answer = sql(site, "with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c")
    assert answer.status_code == 400
    assert "SQL" in answer.text or "interrupted" in answer.text


A = "replace(hex(zeroblob(200000)), '0', 'a')"
LETTERS = "'" + "".join(chr(number) for number in range(0x4E00, 0x4E00 + 200)) + "'"
B = "replace(hex(zeroblob(200000)), '0', 'b')"


@pytest.mark.parametrize(
    "text",
    [
        "select length(printf('%.*c', 1000000000, 'x'))",
        "select format('%.*c', 1000000000, 'x')",
        "select count(randomblob(900000)) from works",
        "select json_patch('{}', '{}')",
        f"select trim({A}, {B} || 'c')",
        f"select trim({A}, {LETTERS})",
        f"select replace({A}, 'a', 'aaaa')",
        f"select {A} like '%' || substr({A}, 1, 1000) || 'b'",
    ],
)
def test_no_single_call_of_a_function_outlasts_the_time_limit(site: Client, text: str) -> None:
    """SQLite looks at the clock between calls only; each of these is refused, or linear in the length of its text."""
    answer = sql(site, text)
    assert answer.status_code == (200 if "|| 'c')" in text else 400)


def test_functions_of_our_own_answer_as_those_of_sqlite(site: Client) -> None:
    text = (
        "instr('abcab', 'ca'), instr('abc', 'x'), instr(x'00ff01', x'ff'), instr(null, 'a'), instr(123, 2), "
        "replace('abcab', 'ab', 'x'), replace('abc', '', 'x'), replace('abc', null, 'x'), "
        "trim('xxaxx', 'x'), ltrim('xxaxx', 'x'), rtrim('xxaxx', 'x'), trim(null, 'x'), trim('  a ')"
    )
    row = sql(site, f"select json_array({text}) as answers").json()["rows"][0]
    plain = sqlite3.connect(":memory:")
    assert json.loads(row["answers"]) == json.loads(plain.execute(f"select json_array({text})").fetchone()[0])
    plain.close()
    assert sql(site, f"select instr({A}, substr({A}, 1, 200000) || 'b') as n").json()["rows"] == [{"n": 0}]


def test_no_value_is_larger_than_a_megabyte(site: Client) -> None:
    assert sql(site, "select length(hex(zeroblob(400000))) as n").json()["rows"] == [{"n": 800000}]
    assert sql(site, "select hex(zeroblob(600000))").status_code == 400


def test_no_answer_is_larger_than_its_bound(site: Client) -> None:
    """A thousand rows of nearly a megabyte each would be a gigabyte."""
    many = "with recursive c(x) as (select 1 union all select x + 1 from c limit 1000)"
    text = f"{many} select hex(zeroblob(400000 + x)) as h from c"
    answer = sql(site, text)
    assert answer.status_code == 400
    assert f"larger than {LARGEST_ANSWER // 1_000_000} MB" in answer.text


def test_no_more_than_a_thousand_rows(site: Client) -> None:
    text = "with recursive c(x) as (select 1 union all select x + 1 from c limit 5000) select x from c"
    assert len(sql(site, text).json()["rows"]) == 1000


def test_where_the_files_lie_is_nobodys_business(site: Client, filled: Path) -> None:
    answer = sql(site, "select name, file from pragma_database_list")
    assert answer.json()["rows"] == [{"name": "main", "file": None}]
    for path in EVERYWHERE:
        assert str(filled) not in site.get(path).text, path


def test_sql_can_be_turned_off(filled: Path, open_site: Callable[..., Client]) -> None:
    for told in (False, "false", None):
        client = open_site(filled, {**METADATA, "plugins": {"tracker": {"public_sql": told}}})
        assert sql(client, "select 1").status_code == 403
        assert "SQL" not in client.get("/public").text.replace("tables, JSON, SQL", "")
        assert client.get("/public/works.json?_where=1").status_code in (400, 403)
        assert client.get("/public/works").status_code == 200


def test_settings_for_safety_are_given_by_us_not_by_a_file(filled: Path, open_site: Callable[..., Client]) -> None:
    """Facets, downloads and the streamed CSV that loses rows stay off whatever metadata.json says."""
    client = open_site(filled, {**METADATA, "settings": {"allow_facet": True}, "allow_sql": True})
    assert client.datasette.setting("allow_facet") is False
    assert client.datasette.setting("suggest_facets") is False
    assert client.datasette.setting("sql_time_limit_ms") == 500
    assert client.get("/public.db").status_code in (403, 404)
    assert client.get("/public/works.csv?_stream=on").status_code == 400
    assert client.get("/public/works.json?_facet=title").status_code == 400


@pytest.mark.parametrize(
    ("path", "query", "sql"),
    [
        ("/public", b"sql=select+1", ("select 1",)),
        ("/public.json", b"_shape=objects&sql=select+1", ("select 1",)),
        ("/public", b"sql=", ("",)),
        ("/public", b"sql=a&sql=b", ("a", "b")),
        ("/public/-/query", b"sql=select+1", ("select 1",)),
        ("/prefix/public", b"sql=select+1", ("select 1",)),
        ("/public", b"s%71l=%53elect", ("Select",)),
        ("/public", b"sql=%ff", ("\ufffd",)),
        ("/public/works", b"title__contains=sql", ()),
        ("/public", b"", ()),
    ],
)
def test_the_fence_knows_sql_when_it_sees_it(path: str, query: bytes, sql: tuple[str, ...]) -> None:
    question = asked({"type": "http", "path": path, "query_string": query})
    assert question is not None
    assert question.sql == sql


@pytest.mark.parametrize("path", ["/papers", "/searches/x"])
def test_the_fence_lets_our_own_pages_pass(path: str) -> None:
    assert asked({"type": "http", "path": path, "query_string": b"sql=x"}) is None


@pytest.mark.parametrize(
    ("query", "why"), [("_where=1", NO_WHERE), ("_%77here=1%20in%20(1)&_size=1", NO_WHERE), ("x=1&" * 2000, TOO_MANY)]
)
def test_what_the_fence_does_not_let_in(site: Client, query: str, why: bytes) -> None:
    for path in ("/public", "/public/works", "/public/works.json", "/public/works/1"):
        answer = site.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert answer.content.strip() == why


@pytest.mark.parametrize(
    "path",
    [
        "/%70ublic?sql=select+1",
        "/PUBLIC?sql=select+1",
        "//public?sql=select+1",
        "/public%2ejson?sql=select+1",
        "/public;x?sql=select+1",
        "/_memory?sql=select+1",
        "/_internal?sql=select+1",
        "/-/versions",
        "/-/databases.json",
        "/-/plugins",
        "/-/threads",
        "/-/metadata",
        "/-/messages",
        "/-/allow-debug",
        "/-/permissions",
        "/-/patterns",
        "/-/logout",
        "/-/auth-token",
        "/-/actor.json",
        "/-/static/../app.py",
        "/-/static/..%2fapp.py",
        "/-/static-plugins/a/b",
    ],
)
def test_there_is_no_other_way_in(site: Client, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("headers", [{"X-HTTP-Method-Override": "POST"}, {"X-HTTP-Method": "DELETE"}])
def test_no_header_changes_the_method_or_the_address(site: Client, headers: dict[str, str]) -> None:
    plain = site.get("/public/works.json?_size=1")
    for more in (headers, {"X-Original-URL": "/-/databases"}, {"X-Forwarded-Host": "evil.example"}):
        assert site.get("/public/works.json?_size=1", headers=more).json()["rows"] == plain.json()["rows"]


class Slow:
    """An application whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.most = self.now = 0
        self.go = asyncio.Event()

    async def asked(self, times: int) -> None:
        """Wait until it has been asked so often."""
        while self.begun < times:
            await asyncio.sleep(0.001)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go.wait()
        self.now -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})


async def ask(app: Any, query: bytes = b"sql=select+1") -> tuple[int, dict[bytes, bytes]]:
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    await app({"type": "http", "method": "GET", "path": "/public", "query_string": query}, None, send)
    return told[0]["status"], dict(told[0]["headers"])


def test_one_sql_request_at_a_time_others_wait_then_503() -> None:
    async def play() -> None:
        slow = Slow()
        app = fenced(slow, planned, wait=0.01)
        first = asyncio.create_task(ask(app))
        await slow.asked(1)
        refused = await asyncio.gather(*(ask(app) for _ in range(5)))
        assert [status for status, _ in refused] == [503] * 5
        assert all(headers[b"retry-after"] == b"2" for _, headers in refused)
        other = asyncio.create_task(ask(app, b"title__contains=x"))  # no SQL: not held up
        await slow.asked(2)
        slow.go.set()
        assert (await first)[0] == (await other)[0] == 200
        assert (await ask(app))[0] == 200  # the turn has been given back

    asyncio.run(play())


def test_who_waits_in_time_is_answered() -> None:
    async def play() -> None:
        slow = Slow()
        app = fenced(slow, planned, wait=60)
        tasks = [asyncio.create_task(ask(app)) for _ in range(4)]
        await slow.asked(1)
        slow.go.set()
        assert [status for status, _ in await asyncio.gather(*tasks)] == [200] * 4
        assert slow.most == 1

    asyncio.run(play())


def test_a_slow_taker_of_an_answer_holds_up_nobody() -> None:
    async def play() -> None:
        slow = Slow()
        slow.go.set()
        app = fenced(slow, planned, wait=5)
        taken = asyncio.Event()

        async def reluctant(message: Any) -> None:
            await taken.wait()

        scope = {"type": "http", "method": "GET", "path": "/public", "query_string": b"sql=select+1"}
        first = asyncio.create_task(app(scope, None, reluctant))
        await slow.asked(1)
        assert (await ask(app))[0] == 200
        taken.set()
        await first

    asyncio.run(play())


def test_the_turn_is_given_back_after_an_error() -> None:
    async def play() -> None:
        async def broken(scope: Any, receive: Any, send: Any) -> None:
            raise RuntimeError("broken")

        app = fenced(broken, planned, wait=0.01)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="broken"):
                await ask(app)

    asyncio.run(play())


def test_an_answer_that_is_not_taken_is_left_incomplete_and_too_many_of_them_are_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def play() -> None:
        async def large(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x" * 200_000})

        app = fenced(large, planned, wait=1, taking=0.2)
        pieces: list[Any] = []

        async def never(message: Any) -> None:
            pieces.append(message)
            if len(pieces) == 3:
                await asyncio.Event().wait()

        scope = {"type": "http", "method": "GET", "path": "/public", "query_string": b"sql=select+1"}
        first = asyncio.create_task(app(scope, None, never))
        while len(pieces) < 3:
            await asyncio.sleep(0.001)
        monkeypatch.setattr("tracker.site.fence.MOST_UNTAKEN", 100_000)
        assert (await ask(app))[0] == 503
        await first
        assert [len(message.get("body", b"")) for message in pieces] == [0, 65_536, 65_536]
        assert all(message["more_body"] for message in pieces[1:])
        assert (await ask(app))[0] == 200  # given up: its place is free again

    asyncio.run(play())


def test_a_query_too_intricate_to_plan_is_not_asked() -> None:
    async def play() -> None:
        slow = Slow()
        slow.go.set()
        app = fenced(slow, lambda sql: sql != "b")
        assert (await ask(app, b"sql=a&sql=b"))[0] == 400
        assert slow.begun == 0
        assert (await ask(app, b"sql=a"))[0] == 200

    asyncio.run(play())


# --- ports --------------------------------------------------------------------------------------------------------


def test_a_taken_port_is_one_clear_line_and_the_demo_takes_the_next(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1 is taken"):
            serve.check(filled, "127.0.0.1", port)
        with pytest.raises(UsageError, match="is taken"):
            serve.serve(filled, METADATA, "127.0.0.1", port)
        assert port < serve.free_port("127.0.0.1", port) < port + serve.NEXT_PORTS
        monkeypatch.setattr(serve, "NEXT_PORTS", 1)
        with pytest.raises(UsageError, match="no free port"):
            serve.free_port("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("a..b", 8001), ("127.0.0.1", 65536), ("127.0.0.1", -1)])
def test_an_address_that_is_none(filled: Path, host: str, port: int) -> None:
    with pytest.raises(UsageError, match="is no"):
        serve.check(filled, host, port)


def test_serve_runs_the_site_and_closes_it(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: dict[str, Any] = {}

    def run(app: Any, **said: Any) -> None:
        heard.update(said)
        messages: list[Any] = []

        async def send(message: Any) -> None:
            messages.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": [],
            "scheme": "http",
        }

        async def once() -> None:
            await app(scope, None, send)

        asyncio.run(once())
        heard["status"] = messages[0]["status"]

    monkeypatch.setattr("uvicorn.run", run)
    serve.serve(filled, METADATA, "127.0.0.1", serve.free_port("127.0.0.1", 8801), clock=lambda: NOW)
    assert heard["status"] == 200
    assert heard["host"] == "127.0.0.1"
    assert serve.utc_now().tzinfo is not None
