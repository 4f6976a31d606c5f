"""The sources as the environment names them, and whether they may be asked at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlsplit

from tracker.errors import UsageError
from tracker.http import Http, Service
from tracker.safety.heartbeat import caller
from tracker.sources import AnySource, load

PING = "TRACKER_PING_URL"
SECRETS = ("NCBI_API_KEY", "OSF_TOKEN", "TRACKER_SMTP_URL", PING)
CONTACT = "TRACKER_EMAIL"
PACE = "TRACKER_PACE"


def open_sources(environ: Mapping[str, str], wanted: Collection[str]) -> tuple[Http, dict[str, AnySource]]:
    """The one opener of connections and the wanted sources by name.

    Raises :class:`UsageError` naming the variable to mend. Services on the internet are told who asks and are never
    asked faster than they allow; loopback addresses alone are free of both.
    """
    modules = {name: load(name) for name in wanted}
    services = {name: module.service(environ) for name, module in modules.items()}
    contact, pace = _contact(environ), _pace(environ)
    for service in services.values():
        _check_address(service)
    if not all(service.loopback for service in services.values()):
        if not contact:
            raise UsageError(
                f"{CONTACT} is not set: the services ask for a contact address; set it to one that is read, "
                f"for example {CONTACT}=tracker@your-network.org"
            )
        if pace < 1:
            raise UsageError(f"{PACE} below 1 is allowed only when every service address is loopback")
    secrets = [environ[name] for name in SECRETS if environ.get(name)]
    http = Http(contact=contact, pace=pace, secrets=secrets)
    return http, {name: module.build(http, environ) for name, module in modules.items()}


def open_ping(environ: Mapping[str, str]) -> Callable[[str], str] | None:
    """How the ping address is told an outcome (:func:`tracker.safety.heartbeat.caller`); None where none is set."""

    def http(secrets: Sequence[str]) -> Http:
        others = [environ[name] for name in SECRETS if environ.get(name)]
        return Http(timeout=(5.0, 10.0), deadline=20.0, attempts=2, secrets=[*others, *secrets])

    return caller(environ.get(PING, "").strip(), http)


def _check_address(service: Service) -> None:
    parts = urlsplit(service.base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"the address of {service.title} is not an http address: {service.base!r}")


def _contact(environ: Mapping[str, str]) -> str:
    contact = environ.get(CONTACT, "").strip()
    if contact and ("@" not in contact or any(sign.isspace() for sign in contact)):
        raise UsageError(f"{CONTACT} is not an e-mail address")
    return contact


def _pace(environ: Mapping[str, str]) -> float:
    said = environ.get(PACE, "").strip() or "1"
    try:
        pace = float(said)
    except ValueError:
        raise UsageError(f"{PACE} is not a number: {said!r}") from None
    if not 0 <= pace <= 1000:
        raise UsageError(f"{PACE} must lie between 0 and 1000, not {said}")
    return pace
