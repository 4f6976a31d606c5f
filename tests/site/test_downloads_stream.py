"""Downloads as streams: one snapshot, complete or recognisably not, bounded in number, gone when the reader is gone."""

from __future__ import annotations

import asyncio
import http.client
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from making import METADATA, NOW, Client, Maker, day, quiet
from test_downloads import keys, rows

from tracker.publish import publish
from tracker.site import plugin, stream
from tracker.site.queries import rows as reading
from tracker.site.site import Site
from tracker.site.stream import Downloads, Limits

WORKS = 60
Message = dict[str, Any]


@pytest.fixture
def folder(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Works enough for many pieces and several batches."""
    monkeypatch.setattr(stream, "PIECE", 500)
    monkeypatch.setattr(reading, "BATCH", 7)
    maker.run(day(1))
    maker.search("one")
    for number in range(1, WORKS + 1):
        maker.simple(number, "one")
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    return public


@pytest.fixture
def client(folder: Path, open_site: Callable[..., Client]) -> Client:
    return open_site(folder, METADATA)


def site_of(client: Client) -> Site:
    found = plugin.site_of(client.datasette)
    assert found is not None
    return found


def limited(client: Client, **limits: Any) -> None:
    site_of(client).downloads = Downloads(site_of(client).reader, Limits(**limits))


class Asker:
    """Asks as a server does, piece by piece; ``on_piece`` is called after each, ``gone`` says that nobody listens."""

    def __init__(self, client: Client, path: str = "/papers.csv") -> None:
        self.app, self.gone, self.asked = client.datasette.app(), asyncio.Event(), False
        name, _, query = path.partition("?")
        self.scope = {
            "type": "http", "method": "GET", "path": name, "raw_path": name.encode(), "query_string": query.encode(),
            "headers": [(b"host", b"localhost")], "scheme": "http", "http_version": "1.1",
        }  # fmt: skip
        self.messages: list[Message] = []
        self.first = asyncio.Event()
        self.on_piece: Callable[[], Any] = lambda: None

    async def receive(self) -> Message:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self.messages:
            raise RuntimeError("a second answer")  # as uvicorn says, which then closes the connection
        self.messages.append(message)
        if message.get("body"):
            self.first.set()
            said = self.on_piece()
            if asyncio.iscoroutine(said):
                await said

    async def ask(self) -> None:
        await self.app(self.scope, self.receive, self.send)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def complete(self) -> bool:
        return bool(self.messages) and not self.messages[-1].get("more_body", self.messages[-1]["type"][-5:] == "start")


@contextmanager
def watched(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[sqlite3.Connection]]:
    """The connections that downloads have open at the moment."""
    reader, opened = site_of(client).reader, list[sqlite3.Connection]()
    original = reader.snapshot

    @contextmanager
    def snapshot() -> Iterator[sqlite3.Connection]:
        with original() as db:
            opened.append(db)
            try:
                yield db
            finally:
                opened.remove(db)

    monkeypatch.setattr(reader, "snapshot", snapshot)
    yield opened


def test_a_file_is_of_one_state_although_another_is_published_meanwhile(
    client: Client, maker: Maker, folder: Path
) -> None:
    asker = Asker(client)

    def change() -> None:
        if len(asker.messages) == 5:
            maker.run(day(21))
            maker.simple(999, "one", since=day(21))
            maker.db.execute("update work set hidden = ?, hidden_reason = 'asked' where id < 10", (day(21),))
            publish(maker.path, folder, settings={}, now=NOW, say=quiet)

    asker.on_piece = change
    client.loop.run_until_complete(asker.ask())
    assert asker.complete
    assert asker.body.count(b"\r\nLSI-") == WORKS
    assert len(asker.messages) > 20
    after = keys(client.get("/papers.csv"))
    assert len(after) == WORKS - 9 + 1
    assert after[0] == "LSI-000061"


@pytest.mark.parametrize("wrong", ["fails", "too few"])
def test_a_file_that_could_not_be_finished_has_no_end(
    client: Client, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    original = reading.rows

    def rows_of(db: Any, ids: Any) -> Iterator[Any]:
        for number, row in enumerate(original(db, ids)):
            if number == 40:
                if wrong == "fails":
                    raise sqlite3.OperationalError("disk I/O error")
                return
            yield row

    monkeypatch.setattr(reading, "rows", rows_of)
    asker = Asker(client)
    with pytest.raises(RuntimeError, match="a second answer"):
        client.loop.run_until_complete(asker.ask())
    assert asker.body.count(b"\r\nLSI-") > 20
    assert not asker.complete


def test_a_real_server_breaks_the_connection_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that every client of HTTP/1.1 sees that the answer is incomplete."""
    original = reading.rows

    def rows_of(db: Any, ids: Any) -> Iterator[Any]:
        for number, row in enumerate(original(db, ids)):
            if number == 40:
                raise sqlite3.OperationalError("disk I/O error")
            yield row

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(client.datasette.app(), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                thread.join(0.01)
            told = http.client.HTTPConnection("127.0.0.1", listening.getsockname()[1], timeout=20)
            told.request("GET", "/papers.csv")
            assert told.getresponse().read().count(b"\r\nLSI-") == WORKS
            told.request("HEAD", "/papers.csv")
            head = told.getresponse()
            assert (head.read(), head.headers["X-Tracker-Works"]) == (b"", str(WORKS))
            monkeypatch.setattr(reading, "rows", rows_of)
            told.request("GET", "/papers.csv")
            with pytest.raises(http.client.IncompleteRead):
                told.getresponse().read()
            told.close()
        finally:
            server.should_exit = True
            thread.join()


def test_what_fails_before_the_first_byte_is_an_error_and_no_file(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prefix(db: Any) -> str:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(reading, "prefix", prefix)
    answer = client.get("/papers.csv")
    assert answer.status_code == 500
    assert "content-disposition" not in answer.headers


def test_only_so_many_files_are_written_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(client, files=2, turn=0.05)
    going_on = asyncio.Event()

    async def ask() -> None:
        slow = [Asker(client), Asker(client)]
        for asker in slow:
            asker.on_piece = going_on.wait
        tasks = [asyncio.create_task(asker.ask()) for asker in slow]
        for asker in slow:
            await asker.first.wait()
        third = Asker(client)
        await third.ask()
        headers = dict(third.messages[0]["headers"])
        assert (third.messages[0]["status"], headers[b"retry-after"]) == (503, b"10")
        page = Asker(client, "/papers")
        await page.ask()  # pages do not wait for anybody
        assert page.messages[0]["status"] == 200
        going_on.set()
        await asyncio.gather(*tasks)
        fourth = Asker(client)
        await fourth.ask()
        assert all(asker.body == fourth.body and asker.complete for asker in slow)

    client.loop.run_until_complete(ask())


def test_when_the_reader_goes_the_thread_ends_and_the_connection_is_closed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(client, files=1)

    async def ask(opened: list[sqlite3.Connection]) -> None:
        asker, taken = Asker(client), asyncio.Event()
        asker.on_piece = taken.wait
        task = asyncio.create_task(asker.ask())
        await asker.first.wait()
        asker.gone.set()
        while opened:  # although the server still holds a piece that nobody has taken
            await asyncio.sleep(0.01)
        taken.set()
        await task
        assert not asker.complete
        assert asker.body.count(b"\r\nLSI-") < WORKS
        assert opened == []
        again = Asker(client)  # its place is free again
        await again.ask()
        assert again.complete

    with watched(client, monkeypatch) as opened:
        client.loop.run_until_complete(ask(opened))


@pytest.mark.parametrize("limits", [{"stalled": 0.05}, {"whole": 0.05}])
def test_a_reader_who_takes_nothing_is_left(
    client: Client, monkeypatch: pytest.MonkeyPatch, limits: dict[str, float]
) -> None:
    limited(client, **limits)
    asker = Asker(client)
    asker.on_piece = asyncio.Event().wait
    with watched(client, monkeypatch) as opened:
        client.loop.run_until_complete(asker.ask())
        assert opened == []
    assert not asker.complete


def test_a_cancelled_answer_lets_go_of_everything(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the server is stopped."""

    async def ask() -> None:
        asker = Asker(client)
        asker.on_piece = asyncio.Event().wait
        task = asyncio.create_task(asker.ask())
        await asker.first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with watched(client, monkeypatch) as opened:
        client.loop.run_until_complete(ask())
        assert opened == []


def test_little_is_read_ahead_of_a_slow_reader(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by the queue: what is written waits until something is taken."""
    read: list[Any] = []
    original = reading.rows

    def rows_of(db: Any, ids: Any) -> Iterator[Any]:
        for row in original(db, ids):
            read.append(row)
            yield row

    monkeypatch.setattr(reading, "rows", rows_of)
    monkeypatch.setattr(stream, "AHEAD", 2)
    going_on = asyncio.Event()

    async def ask() -> None:
        asker = Asker(client)
        asker.on_piece = going_on.wait
        task = asyncio.create_task(asker.ask())
        await asker.first.wait()
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert len(read) < WORKS / 2
        going_on.set()
        await task
        assert asker.complete
        assert len(read) == WORKS

    client.loop.run_until_complete(ask())


def test_head_reads_no_work(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows_of(db: Any, ids: Any) -> Iterator[Any]:
        raise AssertionError("nothing is to be read")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "rows", rows_of)
        assert client.get("/papers.csv", "HEAD").headers["x-tracker-works"] == str(WORKS)
    assert len(rows(client.get("/papers.csv"))) == WORKS
