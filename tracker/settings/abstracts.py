"""What metadata.json says under ``plugins.tracker`` about publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.errors import UsageError

CHOICES = ("licensed", "all", "none")


@dataclass(frozen=True, slots=True)
class Abstracts:
    """Which abstracts may be shown: ``licensed`` where a stored open licence allows, ``all``, ``none``.

    ``all`` is somebody's decision: ``by`` and ``on`` (ISO day) say whose and when.
    """

    which: str = "licensed"
    by: str = ""
    on: str = ""

    def allow(self, *, open_licence: bool) -> bool:
        return self.which == "all" or (self.which == "licensed" and open_licence)


def abstracts(settings: Mapping[str, Any]) -> Abstracts:
    """The decision on abstracts; raises :class:`UsageError` where it is not one that can be followed."""
    which = settings.get("public_abstracts", "licensed")
    if which not in CHOICES:
        raise UsageError(
            f"metadata.json, plugins.tracker: public_abstracts is {which!r}; it is one of {', '.join(CHOICES)}"
        )
    said = Abstracts(which, str(settings.get("public_abstracts_by", "")), str(settings.get("public_abstracts_on", "")))
    if which == "all":
        _check_decision(said)
    return said


def _check_decision(said: Abstracts) -> None:
    try:
        date.fromisoformat(said.on)
    except ValueError:
        dated = False
    else:
        dated = True
    if not (said.by.strip() and dated):
        raise UsageError(
            "metadata.json, plugins.tracker: public_abstracts is 'all', which somebody has to answer for: "
            "name them in public_abstracts_by and give the day in public_abstracts_on (2026-11-24)"
        )
