"""Every type of page of the small tracker, and the site over real HTTP on the loopback interface."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from tracker.site import serve

PAGES = (
    "/?days=30",
    "/?since=2027-01-01",
    "/papers",
    "/papers?q=solitude+OR+zebrafish&type=article&since=2026-11-01",
    "/papers?q=nothinglikethis",
    "/papers?selected=1",
    "/paper/LSI-000001",
    "/paper/LSI-000003",
    "/paper/LSI-000004",
    "/paper/LSI-000005",
    "/paper/LSI-000006",
    "/paper/LSI-000008",
    "/paper/LSI-000009",
    "/searches",
    "/searches/lonely",
    "/changes",
    "/changes?kind=withdrawn",
    "/charts",
    "/charts?by=month",
    "/feeds",
    "/status",
    "/methods",
    "/about",
    "/privacy",
    "/accessibility",
    "/nothing",
)


@contextmanager
def serving(public: Path, metadata: Mapping[str, Any], clock: Callable[[], datetime]) -> Iterator[str]:
    """The address of the site over a public folder."""
    datasette = serve.build(public, metadata, clock=clock)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        serve.close(datasette)
        for database in datasette.databases.values():
            database.close()
        datasette.executor.shutdown()
