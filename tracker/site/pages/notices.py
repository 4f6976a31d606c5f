"""/privacy, /accessibility: what a public service has to say of itself."""

from __future__ import annotations

from tracker.site.pages.kinds import Route

ROUTES: tuple[Route, ...] = ()
