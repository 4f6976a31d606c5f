"""The privacy notice of a site: what only its owner can fill in, under ``plugins.tracker.privacy`` of metadata.json.

The fields follow the list of the Information Commissioner's Office for the right to be informed (UK GDPR, articles 13
and 14), and the complaint route of the Data (Use and Access) Act 2025, section 103. What the program itself does (no
cookies, no third parties) is said by the page; what depends on who runs it, where and why is asked for here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

PLACE = "plugins.tracker.privacy"
# field -> (must be filled by whoever runs the site, what it says)
FIELDS: dict[str, tuple[bool, str]] = {
    "controller": (True, "the organisation that is responsible, and its postal address"),
    "contact": (True, "e-mail address or page for questions about privacy"),
    "dpo": (True, "how to reach the data protection officer, or that none is required"),
    "purposes": (False, "why personal data are used, if there is more to say than the page says already"),
    "lawful_basis": (True, "public task, legitimate interests ... and why it applies"),
    "legitimate_interests": (False, "which interests, where the lawful basis is legitimate interests"),
    "data": (False, "personal data beyond those that the page names"),
    "recipients": (True, "who else sees the data: the host, whoever keeps the server"),
    "transfers": (True, "whether data leave the United Kingdom, and under which safeguards"),
    "retention": (True, "how long the server and whatever stands before it keep their logs"),
    "rights": (False, "rights beyond those that the page names"),
    "complaints": (True, "how to complain to the organisation: a form, an address"),
    "authority": (False, "the supervisory authority, where it is not the Information Commissioner's Office"),
    "updated": (True, "the day of this notice (2026-11-24)"),
}


def filled(settings: Mapping[str, Any]) -> dict[str, str]:
    """Every field of the notice, '' where it is not filled in; ``settings`` is ``plugins.tracker``."""
    said = settings.get("privacy")
    told = said if isinstance(said, Mapping) else {}
    return {name: value.strip() if isinstance(value := told.get(name), str) else "" for name in FIELDS}


def unfilled(settings: Mapping[str, Any]) -> list[str]:
    """The fields that only the owner of the site can fill and has not."""
    said = filled(settings)
    missing = [name for name, (needed, _) in FIELDS.items() if needed and not said[name]]
    if "legitimate interest" in said["lawful_basis"].casefold() and not said["legitimate_interests"]:
        missing.append("legitimate_interests")
    return missing


def unfilled_line(settings: Mapping[str, Any]) -> str:
    """One line that names what is not filled in, '' where the notice is whole."""
    missing = ", ".join(unfilled(settings))
    return f"the privacy notice is not filled in: {PLACE} of metadata.json lacks {missing}" if missing else ""


def mistakes(settings: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the fields as they stand; an empty field is no mistake."""
    said = settings.get("privacy", {})
    if not isinstance(said, dict):
        yield f"{PLACE} must be a JSON object"
        return
    for name, value in said.items():
        if name not in FIELDS:
            yield f"{PLACE} has a field {name!r} that is not known: known are {', '.join(FIELDS)}"
        elif not isinstance(value, str):
            yield f"{PLACE}.{name} must be a text in quotes"
    day = filled(settings)["updated"]
    if day and not _is_day(day):
        yield f"{PLACE}.updated is {day!r}: it must be a day such as 2026-11-24"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def only_here(host: str) -> bool:
    """Whether what listens on ``host`` can be reached from this computer alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
