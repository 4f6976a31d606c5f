"""For other programs: unAPI, OpenSearch, sitemap, our own JSON."""

from __future__ import annotations

from tracker.site.pages.kinds import Route

ROUTES: tuple[Route, ...] = ()
