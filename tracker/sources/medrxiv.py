"""medRxiv: the same service as bioRxiv, with a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.http import Http, Service
from tracker.sources.biorxiv.client import PreprintServer, service_of


def service(settings: Mapping[str, str]) -> Service:
    """medRxiv as the settings describe it (``TRACKER_BIORXIV_URL``: it is served there, too)."""
    return service_of("medrxiv", settings)


def build(http: Http, settings: Mapping[str, str]) -> PreprintServer:
    """medRxiv, ready to be read."""
    return PreprintServer(http, service(settings))
