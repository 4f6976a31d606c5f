"""Our own pages, one module for each kind; ROUTES is the table of their addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tracker.site.pages import home, paper, papers, searches, status, texts
from tracker.site.site import Site

Handler = Callable[[Site, Any], Awaitable[Any]]

ROUTES: tuple[tuple[str, Handler], ...] = (
    (r"^/$", home.home),
    (r"^/papers/?$", papers.papers),
    (r"^/paper/(?P<key>[^/]+)$", paper.paper),
    (r"^/searches/?$", searches.searches),
    (r"^/searches/(?P<slug>[^/]+)$", searches.search),
    (r"^/status$", status.status),
    (r"^/status\.json$", status.status_json),
    (r"^/methods$", texts.methods),
    (r"^/about$", texts.about),
    (r"^/robots\.txt$", texts.robots),
    (r"^/favicon\.ico$", texts.icon),
    (r"^/assets/(?P<name>[^/]+)$", texts.asset),
    # Of Datasette there is /public and the files its pages need; everything else does not exist here.
    (r"^/(?!public(?:[/.]|$)|-/static/).*$", texts.not_found),
)
