"""The box of helplines that stands beside papers on suicide and self-harm, and when it is shown.

Its words can be changed under ``plugins.tracker.help`` of metadata.json: title, text, links (each a text and a url).
The numbers below are those of the United Kingdom, where the network is; nothing is recorded when the box is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.text import safe_url

PLACE = "plugins.tracker.help"
TITLE = "If you are struggling, you are not alone"
TEXT = (
    "Reading about suicide or self-harm can be hard. If you think of ending your life or of hurting yourself, please "
    "talk to somebody. In the United Kingdom these are free, day and night:"
)
LINKS = (
    ("Samaritans: call 116 123", "https://www.samaritans.org/"),
    ("Shout: text SHOUT to 85258", "https://giveusashout.org/"),
    ("NHS: call 111 and choose the mental health option", "https://111.nhs.uk/"),
    ("In an emergency: call 999", "tel:999"),
    ("In other countries: findahelpline.com", "https://findahelpline.com/"),
)
# Titles, headings and names of searches; an overdose alone is a matter of drugs.
WORDS = re.compile(
    r"suicid|suizid|selbstt(?:ö|oe)t|selbstverletz|autol[ií]ti[ck]|autolesi"
    r"|\bself[-\u2010-\u2013 ]?(?:harm|injur|poison|mutilat|inflict|destruct|cutting)"
    r"|\b(?:deliberate|intentional)(?:ly)? (?:drug )?overdos",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:tel|sms):\+?[0-9 ()-]{2,20}")


@dataclass(frozen=True, slots=True)
class Box:
    """What the box says; an address may be '' (then the text alone is shown)."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...]


def concerns(texts: Iterable[str]) -> bool:
    """Whether one of these texts (titles, headings, names of searches) is about suicide or self-harm."""
    return any(WORDS.search(text) for text in texts)


def shown(said: object, texts: Iterable[str]) -> Box | None:
    """The box for a page about these texts, None where it does not belong; ``said`` as in :func:`box`."""
    return box(said) if concerns(texts) else None


def box(said: object) -> Box:
    """The box as ``plugins.tracker.help`` (``said``) words it; what is not said there, or not rightly, is as here."""
    told = said if isinstance(said, Mapping) else {}
    title, text = (told.get(name) for name in ("title", "text"))
    links = tuple((item["text"], address(item.get("url", ""))) for item in _links(told))
    return Box(
        title if isinstance(title, str) and title.strip() else TITLE,
        text if isinstance(text, str) and text.strip() else TEXT,
        links or LINKS,
    )


def address(url: object) -> str:
    """The address if it is one of the web or a telephone number, else ''."""
    text = url if isinstance(url, str) else ""
    return text.replace(" ", "") if _PHONE.fullmatch(text) else safe_url(text)


def _links(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    said = told.get("links")
    return [item for item in said if _is_link(item)] if isinstance(said, list) else []


def _is_link(item: object) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("text"), str) and bool(item["text"].strip())


def mistakes(settings: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the wording of the box in metadata.json."""
    said = settings.get("help", {})
    if not isinstance(said, dict):
        yield f"{PLACE} must be a JSON object"
        return
    for name, value in said.items():
        if name not in ("title", "text", "links"):
            yield f"{PLACE} has a field {name!r} that is not known: known are title, text, links"
        elif name == "links":
            yield from _wrong_links(value)
        elif not isinstance(value, str):
            yield f"{PLACE}.{name} must be a text in quotes"


def _wrong_links(value: object) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{PLACE}.links must be a list of objects with text and url"
        return
    for number, item in enumerate(value, start=1):
        if not _is_link(item):
            yield f"{PLACE}.links, number {number}: it needs a text (and may have a url)"
        elif item.get("url") and not address(item["url"]):
            yield f"{PLACE}.links, number {number}: {item['url']!r} is no address (https://... or tel:...)"
