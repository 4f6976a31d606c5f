"""Our own pages, one module for each kind, each with a table of its addresses; ROUTES are all of them."""

from __future__ import annotations

from tracker.site.pages import (
    changes,
    charts,
    downloads,
    feeds,
    home,
    machines,
    methods,
    notices,
    paper,
    papers,
    searches,
    status,
    texts,
)
from tracker.site.pages.kinds import Handler, Route

__all__ = ["ROUTES", "Handler"]

ROUTES: tuple[Route, ...] = (
    *home.ROUTES,
    *papers.ROUTES,
    *downloads.ROUTES,
    *machines.ROUTES,
    *paper.ROUTES,
    *feeds.ROUTES,
    *changes.ROUTES,
    *searches.ROUTES,
    *charts.ROUTES,
    *status.ROUTES,
    *methods.ROUTES,
    *notices.ROUTES,
    *texts.ROUTES,  # last: its last one is the answer to every other address
)
