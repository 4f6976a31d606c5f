"""How the site hooks into Datasette; only hooks that 0.65 and 1.0 both have."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar, cast

import datasette
from jinja2 import Environment

from tracker.site import faults, inline
from tracker.site.fence import fenced
from tracker.site.headers import App, hosted, secured
from tracker.site.kept import keeping
from tracker.site.limits import limit
from tracker.site.pages import ROUTES, Handler
from tracker.site.site import Site

Hook = TypeVar("Hook", bound=Callable[..., Any])
hookimpl = cast(Callable[[Hook], Hook], datasette.hookimpl)  # Datasette has no types

DATABASE = "public"
ATTRIBUTE = "tracker_site"  # a Datasette without it is none of ours, and is left as it is


def site_of(datasette: Any) -> Site | None:
    found: Site | None = getattr(datasette, ATTRIBUTE, None)
    return found


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Our pages, before Datasette's own."""
    site = site_of(datasette)
    return [(pattern, _view(site, handler)) for pattern, handler in ROUTES] if site else []


def _view(site: Site, handler: Handler) -> Any:
    async def view(request: Any) -> Any:
        return await handler(site, request)

    return view


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Headers outside, the fence inside, so that the fence's own answers have the headers too."""
    site = site_of(datasette)

    def wrap(app: App) -> App:
        if site is None:
            return app
        return secured(hosted(fenced(keeping(app, site), datasette.planned), site.url))

    return wrap


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    if database == DATABASE and site_of(datasette):
        limit(conn)


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    if site_of(datasette):
        inline.prepare(env)


@hookimpl
def render_cell(datasette: Any) -> Any:
    """Nothing of its own for any cell; but while a large table is made, others have their turn."""
    return datasette.pause.due() if site_of(datasette) else None


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    site = site_of(datasette)
    return faults.told(site, request, exception) if site else None


@hookimpl
def extra_template_vars(datasette: Any) -> Any:
    """For Datasette's own pages, whose template ``datasette/base.html`` shows our banner and the way back."""
    site = site_of(datasette)
    if site is None:
        return {}

    async def told() -> dict[str, Any]:
        now = await site.now()
        return {
            "tracker_title": site.title,
            "tracker_demo": now.facts.demo,
            "tracker_complete": now.complete,
            "tracker_css": site.assets.url("datasette.css"),
        }

    return told
