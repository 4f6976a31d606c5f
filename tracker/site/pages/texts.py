"""What every other address is answered with: the icon, the style sheet, "not found"."""

from __future__ import annotations

from typing import Any

from tracker.site import answers
from tracker.site.pages.kinds import Route
from tracker.site.site import Site


async def not_found(site: Site, request: Any) -> Any:
    now = await site.now()
    return answers.html(site.render("not_found.html", now, robots="noindex"), 404)


async def icon(site: Site, request: Any) -> Any:
    return answers.asset(*(site.assets.get("icon.svg") or (b"", "image/svg+xml")))


async def asset(site: Site, request: Any) -> Any:
    found = site.assets.get(request.url_vars["name"])
    return answers.asset(*found) if found else await not_found(site, request)


ROUTES: tuple[Route, ...] = (
    (r"^/favicon\.ico$", icon),
    (r"^/assets/(?P<name>[^/]+)$", asset),
    # Of Datasette there is /public and the files its pages need; everything else does not exist here.
    (r"^/(?!public(?:[/.]|$)|-/static/).*$", not_found),
)
