"""What a page module offers: handlers, and the table of the addresses they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tracker.site.site import Site

Handler = Callable[[Site, Any], Awaitable[Any]]  # (site, Datasette's request) -> Datasette's response
Route = tuple[str, Handler]  # a regular expression for the path, and who answers
