"""A stranger's SQL is planned in another process before it is asked here; that process ends itself if it takes long.

SQLite's limits hold while a query runs, not while it is planned: in 1.5 kB of SQL a table can be named by a table by a
table ... each twice, and the plan of 25 of them takes minutes and all memory (16 of them: 1 s and 120 MB); a thousand
window functions take 9 s. Nothing in a process can stop its own planning, so another one tries.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import IO, cast

from tracker.site.limits import limit

LONGEST = 0.5  # seconds to plan one query


class Rehearsal:
    """The other process: begun when it is first needed, and again when it has ended."""

    def __init__(self, database: Path, longest: float = LONGEST) -> None:
        self._words = [sys.executable, "-m", "tracker.site.rehearsal", str(database.resolve()), str(longest)]
        self._process: subprocess.Popen[str] | None = None
        self._turn = Lock()

    def __call__(self, sql: str) -> bool:
        """Whether ``sql`` is planned in time; what is no SQL is found out at once, and told by who asks it then.

        Raises :class:`OSError` where no process can be begun.
        """
        with self._turn:
            if self._process and self._process.poll() is not None:
                self._end()
            process = self._process or self._begin()
            planned = _asked(process, sql)
            if not planned:
                self._end()
            return planned

    def close(self) -> None:
        with self._turn:
            self._end()

    def _begin(self) -> subprocess.Popen[str]:
        self._process = process = subprocess.Popen(  # noqa: S603 - this Python and this module
            self._words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        if not _asked(process, ""):
            self._end()
            raise OSError(f"'{' '.join(self._words)}' has ended: no SQL can be tried, so none is asked")
        return process

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _asked(process: subprocess.Popen[str], sql: str) -> bool:
    """Whether the process answers, or has ended instead."""
    try:
        _say(cast(IO[str], process.stdin), json.dumps(sql))
    except OSError:  # its end of the pipe is gone
        return False
    return bool(cast(IO[str], process.stdout).readline())


def _say(stream: IO[str], line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def main(database: str, longest: float) -> None:
    """In the other process: each line of standard input is a query as JSON, each planned one is answered by a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the site, which then closes our standard input
    for line in sys.stdin:
        late = Timer(longest, os._exit, (1,))  # at once, whatever SQLite is at
        late.start()
        plan(database, json.loads(line))
        late.cancel()
        _say(sys.stdout, "planned")


def plan(database: str, sql: str) -> None:
    """Let SQLite plan a query and forget it; an error is as good as a plan: found at once, told when it is asked."""
    db = sqlite3.connect(f"{Path(database).as_uri()}?mode=ro", uri=True)
    limit(db)
    try:
        db.execute(f"explain {sql}").close()
    except (sqlite3.Error, ValueError):
        _explained(db, sql)
    finally:
        db.close()


def _explained(db: sqlite3.Connection, sql: str) -> None:
    """What cannot be explained is no SQL, or begins with EXPLAIN itself: planned as it stands, and nothing runs."""
    try:
        db.execute(sql).close()
    except (sqlite3.Error, ValueError):
        return


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
