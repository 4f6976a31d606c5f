"""Pages of words: about, methods, not found; robots.txt, the icon, the style sheet."""

from __future__ import annotations

from typing import Any

from tracker.site import answers
from tracker.site.pages.kinds import Route
from tracker.site.queries import facts
from tracker.site.site import Site

# Crawlers may read papers and feeds; they are kept from combining filters and from Datasette's tables for ever.
ROBOTS = """User-agent: *
Disallow: /public
Disallow: /-/
Disallow: /papers?
Allow: /
"""


async def about(site: Site, request: Any) -> Any:
    now = await site.now()
    sources = await site.reader.run(facts.source_counts)
    return answers.html(site.render("about.html", now, here="about", sources=sources))


async def methods(site: Site, request: Any) -> Any:
    now = await site.now()
    return answers.html(site.render("methods.html", now, here="methods"))


async def not_found(site: Site, request: Any) -> Any:
    now = await site.now()
    return answers.html(site.render("not_found.html", now, robots="noindex"), 404)


async def robots(site: Site, request: Any) -> Any:
    return answers.plain(ROBOTS)


async def icon(site: Site, request: Any) -> Any:
    return answers.asset(*(site.assets.get("icon.svg") or (b"", "image/svg+xml")))


async def asset(site: Site, request: Any) -> Any:
    found = site.assets.get(request.url_vars["name"])
    return answers.asset(*found) if found else await not_found(site, request)


ROUTES: tuple[Route, ...] = (
    (r"^/methods$", methods),
    (r"^/about$", about),
    (r"^/robots\.txt$", robots),
    (r"^/favicon\.ico$", icon),
    (r"^/assets/(?P<name>[^/]+)$", asset),
    # Of Datasette there is /public and the files its pages need; everything else does not exist here.
    (r"^/(?!public(?:[/.]|$)|-/static/).*$", not_found),
)
