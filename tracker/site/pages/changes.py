"""/changes : what happened to papers since a day."""

from __future__ import annotations

from tracker.site.pages.kinds import Route

ROUTES: tuple[Route, ...] = ()
