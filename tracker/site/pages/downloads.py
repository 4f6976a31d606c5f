"""/papers.csv, .ris, .bib, .csl.json and the same of one paper: lists to take away."""

from __future__ import annotations

from tracker.site.pages.kinds import Route

ROUTES: tuple[Route, ...] = ()
