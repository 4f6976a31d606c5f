"""/charts : the literature in pictures, with their numbers beside."""

from __future__ import annotations

from tracker.site.pages.kinds import Route

ROUTES: tuple[Route, ...] = ()
