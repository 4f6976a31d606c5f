"""A small load generator of our own, run as a process of its own: `python -m benchmarks.site_load < job.json`.

The job is a JSON object: port, paths (asked in turn, from a place of its own for each client), clients (each one
connection, kept alive, one request at a time), seconds, and headers. One JSON object comes back: requests, errors (no
answer, or a status that is not in `fine`), statuses, rps, and p50, p95, p99, max, first_byte in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 60.0


@dataclass
class Seen:
    """What all clients saw: (seconds to the first byte, seconds to the last) of each answer, and what went wrong."""

    times: list[tuple[float, float]] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)  # values of X-Cache
    bytes: int = 0


class Connection:
    """One kept-alive connection; opened again when the other side closes it."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.port = port
        self.head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items())
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, seen: Seen) -> None:
        start = time.perf_counter()
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        assert self.reader is not None
        self.writer.write(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, said = _head(head)
        if "transfer-encoding" in said:
            first, size = await self._chunks(start)
        else:
            size = int(said.get("content-length", 0)) if status != "304" else 0
            first = time.perf_counter() - start
            await self.reader.readexactly(size)
        seen.times.append((first, time.perf_counter() - start))
        seen.statuses[status] += 1
        seen.marks[said.get("x-cache", "")] += 1
        seen.bytes += size
        if said.get("connection", "").lower() == "close":
            self.close()

    async def _chunks(self, start: float) -> tuple[float, int]:
        """(seconds to the first byte of the body, its length) of a body in chunks."""
        assert self.reader is not None
        first, total = 0.0, 0
        while size := int((await self.reader.readline()).split(b";")[0], 16):
            first = first or time.perf_counter() - start
            await self.reader.readexactly(size + 2)
            total += size
        await self.reader.readline()
        return first or time.perf_counter() - start, total

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def _head(raw: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}


async def _client(job: Mapping[str, Any], place: int, end: float, seen: Seen) -> None:
    connection = Connection(job["port"], job["headers"])
    paths: Sequence[str] = job["paths"]
    at = place * len(paths) // job["clients"]
    asked = 0
    while time.perf_counter() < end and (job["most"] is None or asked < job["most"]):
        try:
            await asyncio.wait_for(connection.get(paths[at % len(paths)], seen), TIMEOUT)
        except (OSError, TimeoutError, EOFError) as error:  # asyncio.IncompleteReadError is an EOFError
            seen.statuses[type(error).__name__] += 1
            connection.close()
        at, asked = at + 1, asked + 1
    connection.close()


async def _load(job: Mapping[str, Any]) -> dict[str, Any]:
    seen = Seen()
    start = time.perf_counter()
    await asyncio.gather(*(_client(job, place, start + job["seconds"], seen) for place in range(job["clients"])))
    return _told(seen, time.perf_counter() - start, job["fine"])


def _told(seen: Seen, seconds: float, fine: Sequence[str]) -> dict[str, Any]:
    whole = sorted(last for _, last in seen.times)
    first = sorted(first for first, _ in seen.times)
    asked = sum(seen.statuses.values())
    return {
        "requests": asked,
        "errors": asked - sum(seen.statuses[name] for name in fine),
        "statuses": dict(seen.statuses),
        "rps": round(len(whole) / seconds, 1),
        **{name: share(whole, part) for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))},
        "first_byte": share(first, 0.5),
        "mb": round(seen.bytes / 1e6, 2),
        "marks": dict(seen.marks),
    }


def share(values: Sequence[float], part: float) -> float | None:
    """The value below which ``part`` of the sorted values lie, in milliseconds; None where there are none."""
    return round(values[min(int(len(values) * part), len(values) - 1)] * 1000, 2) if values else None


@dataclass
class Running:
    """A load that has begun in a process of its own."""

    process: subprocess.Popen[str]

    def result(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.read())
        self.process.wait()
        return told


def start(port: int, paths: Sequence[str], **more: Any) -> Running:
    """Begin a load; ``more`` are further entries of the job: clients, seconds, headers, fine, most (of each client)."""
    usual = {"clients": 1, "seconds": 3, "most": None, "headers": {}, "fine": ["200"]}
    job = {**usual, **more, "port": port, "paths": list(paths)}
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.site_load"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, encoding="utf-8")  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    return Running(process)


def load(port: int, paths: Sequence[str], **more: Any) -> dict[str, Any]:
    """The whole of a load, see :func:`start`."""
    return start(port, paths, **more).result()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_load(json.load(sys.stdin)))))
