"""Puts the site together and runs it. All settings that matter for safety are given here, not left to a file."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from tracker.errors import UsageError
from tracker.site import plugin
from tracker.site.inline import Pause
from tracker.site.queries.facts import sortable
from tracker.site.queries.reader import PublicReader
from tracker.site.rehearsal import Rehearsal
from tracker.site.site import TEMPLATES, Site

SETTINGS = {
    "sql_time_limit_ms": 500,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "num_sql_threads": 3,
    "allow_facet": False,
    "suggest_facets": False,
    "allow_download": False,
    "allow_csv_stream": False,
    "default_cache_ttl": 60,
}
NEXT_PORTS = 50
GRACE = 10  # seconds that answers have to end when the server is stopped: a download may take an hour
GARBAGE = 20_000  # objects that are made before garbage is looked for: some ten pages


def utc_now() -> datetime:
    return datetime.now(UTC)


class SiteDatasette(Datasette):  # type: ignore[misc]  # Datasette has no types
    """A Datasette that knows its site from the beginning: it asks plugins for routes while it is being made.

    ``planned`` says whether a query can be planned in time; where SQL is off, nothing is tried.
    """

    def __init__(self, site: Site, planned: Callable[[str], bool], *files: Any, **settings: Any) -> None:
        setattr(self, plugin.ATTRIBUTE, site)
        self.planned, self.pause = planned, Pause()
        super().__init__(*files, **settings)


def build(
    public_folder: Path, metadata: Mapping[str, Any], *, clock: Callable[[], datetime] = utc_now, base_url: str = "/"
) -> Any:
    """The Datasette that serves ``public_folder``; ``close(datasette)`` when done.

    ``metadata`` is metadata.json as read; its ``plugins.tracker.public_sql: false`` turns SQL off. Raises
    :class:`UsageError` when nothing has been published yet.
    """
    site = Site(PublicReader(public_folder), metadata, clock)
    if not pm.is_registered(plugin):
        pm.register(plugin, name="tracker.site")
    sql = metadata.get("plugins", {}).get("tracker", {}).get("public_sql", True) is True
    return SiteDatasette(
        site,
        Rehearsal(site.reader.public) if sql else _refused_by_datasette,
        [str(public_folder / "public.db")],
        metadata=_descriptions(metadata, site.reader.ask(sortable)),
        template_dir=str(TEMPLATES / "datasette"),
        settings={**SETTINGS, "default_allow_sql": sql, "base_url": base_url},
        cors=False,
    )


def _refused_by_datasette(sql: str) -> bool:
    return True


def _descriptions(metadata: Mapping[str, Any], sortable: Mapping[str, list[str]]) -> dict[str, Any]:
    """metadata.json for Datasette: without our own settings, which it would show to everybody, and with the sorts."""
    said = {name: value for name, value in metadata.items() if name != "plugins"}
    databases = dict(said.get("databases") or {})
    public = dict(databases.get(plugin.DATABASE) or {})
    tables = dict(public.get("tables") or {})
    for name, columns in sortable.items():
        table = tables.get(name) or {}
        kept = {key: value for key, value in table.items() if key not in ("sort", "sort_desc") or value in columns}
        tables[name] = {**kept, "sortable_columns": columns}
    return {**said, "databases": {**databases, plugin.DATABASE: {**public, "tables": tables}}}


def close(datasette: Any) -> None:
    """End the reading threads and their connections, and the process that tries SQL."""
    site = plugin.site_of(datasette)
    if site is not None:
        site.reader.close()
        if isinstance(datasette.planned, Rehearsal):
            datasette.planned.close()


def check(public_folder: Path, host: str, port: int) -> None:
    """Raise :class:`UsageError` if nothing has been published or the port is taken."""
    PublicReader(public_folder).close()
    if not _is_free(host, port):
        raise UsageError(f"port {port} of {host} is taken: choose another with --port, or end what is using it")


def free_port(host: str, port: int) -> int:
    """``port``, or the next one that is free; raises :class:`UsageError` if there is none near it."""
    for candidate in range(port, min(port + NEXT_PORTS, 65536)):
        if _is_free(host, candidate):
            return candidate
    raise UsageError(f"no free port from {port} on {host}")


def _is_free(host: str, port: int) -> bool:
    """Whether the port can be listened on; raises :class:`UsageError` where the host or the port is none."""
    if not 0 <= port <= 65535:
        raise UsageError(f"{port} is no port: they go from 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{host} is no address to listen on: {error}") from error
    with socket.socket(family, kind, protocol) as trial:
        if os.name == "posix":  # as the server does; on Windows it would take a port from whoever has it
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError:
            return False
    return True


def serve(
    public_folder: Path,
    metadata: Mapping[str, Any],
    host: str,
    port: int,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Serve until interrupted; raises :class:`UsageError` before that, see :func:`check`."""
    import uvicorn  # slow to import, and needed here only

    check(public_folder, host, port)
    datasette = build(public_folder, metadata, clock=clock)
    # What has been made by now lives as long as the site; to look for garbage in it takes a fifth of each page's time.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    try:
        uvicorn.run(
            datasette.app(), host=host, port=port, log_level="warning", lifespan="on", server_header=False,
            ws="none",             timeout_graceful_shutdown=GRACE,
        )  # fmt: skip
    finally:
        close(datasette)
