"""/feeds/... : Atom, RSS 2.0, JSON Feed 1.1, monthly archives, OPML."""

from __future__ import annotations

from tracker.site.pages.kinds import Route

ROUTES: tuple[Route, ...] = ()
