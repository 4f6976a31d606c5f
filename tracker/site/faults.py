"""What a reader is told when something goes wrong; what it was goes to standard error.

Datasette 0.65 answers 500 to what is merely no value for its parameters (``_sort=zz``, ``x__in=[``). Told apart here:
a parameter that cannot be used is the asker's matter (400), everything else is ours (500, without what it was).
"""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import Any

from datasette.database import QueryInterrupted

from tracker.site import answers
from tracker.site.conditional import document
from tracker.site.site import Site

LOG = logging.getLogger("tracker.site")
TITLES = {400: "This address asks for something that there is not", 500: "Something has gone wrong here"}
TEXTS = {
    400: "What stands after the question mark cannot be used",
    500: "It was noted, and somebody will look into it.",
}
# What SQLite says of the question; anything else (locked, full, damaged, not readable) is its own trouble.
OF_THE_QUESTION = (
    sqlite3.SQLITE_ERROR, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE,
)  # fmt: skip
# What Python says of a value that is none.
OF_THE_VALUE = (ValueError, TypeError, LookupError, AssertionError, OverflowError)


def told(site: Site, request: Any, exception: Exception) -> Any | None:
    """The answer to a request that ended in ``exception``; None where Datasette's own will do (404, 403, 400).

    Datasette itself writes the traceback of what it did not expect to standard error.
    """
    status = getattr(exception, "status", 500)
    if status != 500:
        return None
    asked = f"{request.path}?{request.query_string}"[:500]
    if _of_parameters(request, exception):
        LOG.warning("400 %r: %r", asked, exception)
        said = str(exception) if isinstance(exception, sqlite3.Error) or hasattr(exception, "status") else ""
        return _answer(site, request, 400, f"{TEXTS[400]}{': ' if said else '.'}{said}")
    LOG.error("500 %r: %r", asked, exception)
    return _answer(site, request, 500, TEXTS[500])


def _of_parameters(request: Any, exception: Exception) -> bool:
    """Whether the fault lies in the parameters that Datasette was given; ours read their own parameters."""
    if not request.path.startswith("/public") or not (request.query_string or request.path.endswith(".csv")):
        return False
    if isinstance(exception, QueryInterrupted):  # longer than the limit, where Datasette does not say so itself (.csv)
        return True
    if isinstance(exception, sqlite3.Error):
        code = getattr(exception, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # Python's own have none
        return (code & 0xFF) in OF_THE_QUESTION
    return isinstance(exception, OF_THE_VALUE) or hasattr(exception, "status")  # with one: Datasette's own word


def _answer(site: Site, request: Any, status: int, text: str) -> Any:
    if request.path.endswith(".json"):
        body = json.dumps({"ok": False, "error": text, "status": status, "title": TITLES[status]})
        return document(body, status, kind="application/json; charset=utf-8", cache="no-store", more={})
    page = site.templates.get_template("fault.html").render(site=site, title=TITLES[status], text=text)
    return answers.html(page, status, cache="no-store")
