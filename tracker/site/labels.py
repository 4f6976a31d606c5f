"""The site's words for the codes in the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from tracker import sources, states

TYPES = {
    "article": "Article", "preprint": "Preprint", "review": "Review", "trial": "Trial", "editorial": "Editorial",
    "letter": "Letter", "comment": "Comment", "protocol": "Protocol", "book": "Book or chapter", "notice": "Notice",
    "other": "Other",
}  # fmt: skip
STATES = {state.code: state.title for state in states.STATES}
WHY = {
    "baseline": "It was there when this search was run for the first time.",
    "strategy": "It was there when the search strategy was changed.",
    "new": "It had entered the source since the run before.",
    "late": "It began to match long after it had entered the source, usually because subject headings were added.",
    "edited": "It began to match when its record was edited at the source.",
    "": "Why it began to match is not known.",
}
GRAVE = states.GRAVE
PREFIX = {state.code: state.prefix for state in states.STATES if state.prefix}
STRUCK = states.RETRACTED.code  # its title is crossed out
HAPPENED = {state.code: state.happened for state in states.STATES}
BECAME = {state.code: state.became for state in states.STATES if state.code in states.CHANGES}
SEVERAL = {"preprint": ("preprint", "preprints"), "review": ("review", "reviews"), "trial": ("trial", "trials")}
OUTCOMES = {
    "complete": "complete", "complete with notes": "complete, with notes", "catching up": "catching up",
    "incomplete": "incomplete", "failed": "failed", "": "did not end",
}  # fmt: skip
FACETS = {
    "search": "Search", "source": "Source", "type": "Type", "state": "State", "year": "Year", "journal": "Journal",
    "language": "Language", "free": "Full text",
}  # fmt: skip

# ISO 639-2 code -> (English name, tag for the lang attribute)
LANGUAGES = {
    "afr": ("Afrikaans", "af"), "ara": ("Arabic", "ar"), "bos": ("Bosnian", "bs"), "bul": ("Bulgarian", "bg"),
    "cat": ("Catalan", "ca"), "chi": ("Chinese", "zh"), "cze": ("Czech", "cs"), "dan": ("Danish", "da"),
    "dut": ("Dutch", "nl"), "eng": ("English", "en"), "est": ("Estonian", "et"), "fin": ("Finnish", "fi"),
    "fre": ("French", "fr"), "geo": ("Georgian", "ka"), "ger": ("German", "de"), "gre": ("Greek", "el"),
    "heb": ("Hebrew", "he"), "hin": ("Hindi", "hi"), "hrv": ("Croatian", "hr"), "hun": ("Hungarian", "hu"),
    "ice": ("Icelandic", "is"), "ind": ("Indonesian", "id"), "ita": ("Italian", "it"), "jpn": ("Japanese", "ja"),
    "kor": ("Korean", "ko"), "lav": ("Latvian", "lv"), "lit": ("Lithuanian", "lt"), "may": ("Malay", "ms"),
    "nor": ("Norwegian", "no"), "per": ("Persian", "fa"), "pol": ("Polish", "pl"), "por": ("Portuguese", "pt"),
    "rum": ("Romanian", "ro"), "rus": ("Russian", "ru"), "slo": ("Slovak", "sk"), "slv": ("Slovenian", "sl"),
    "spa": ("Spanish", "es"), "srp": ("Serbian", "sr"), "swe": ("Swedish", "sv"), "tha": ("Thai", "th"),
    "tur": ("Turkish", "tr"), "ukr": ("Ukrainian", "uk"), "vie": ("Vietnamese", "vi"), "mul": ("Several", "mul"),
    "und": ("Not stated", "und"),
}  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def language(code: str) -> str:
    """``German`` from ``ger``; an unknown code is shown as it is."""
    return LANGUAGES.get(code, (code, ""))[0]


def lang(code: str) -> str:
    """The value of a lang attribute, '' where the code is not known or is English, as the page is."""
    tag = LANGUAGES.get(code.split(",")[0].strip(), ("", ""))[1]
    return "" if tag in ("en", "mul", "und") else tag


def value(facet: str, code: str, titles: dict[str, str]) -> str:
    """What a value of a filter is called; ``titles`` are those of the searches by slug."""
    if facet == "search":
        return titles.get(code, code)
    if facet == "language":
        return language(code)
    if facet == "source":
        return source(code)
    table = {"type": TYPES, "state": STATES, "free": {"1": "Free full text"}}.get(facet, {})
    return table.get(code, code)


def short(text: str) -> str:
    """``5 Mar 2024, 06:00`` for tables, UTC."""
    return f"{int(text[8:10])} {MONTHS[int(text[5:7]) - 1][:3]} {text[:4]}, {text[11:16]}"


def listed(names: Sequence[str]) -> str:
    """``PubMed, Europe PMC and medRxiv``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def unstop(title: str) -> str:
    """A title without the full stop that PubMed puts behind it."""
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def source(code: str) -> str:
    """The name for people of a source, a register or a database whose files were imported."""
    return sources.title(code)


def record(name: str) -> str:
    """``PubMed 31741017`` from ``pubmed:31741017``."""
    code, _, number = name.partition(":")
    return f"{source(code)} {number}"


def evidence(text: str) -> str:
    """``PubMed states it: update of`` from ``pubmed states it: UpdateOf``; other evidence stays as it is."""
    who, states, what = text.partition(" states it: ")
    if not states:
        return text
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|-", " ", what).lower()
    return f"{source(who)}{states}{words}"


def detail(text: str) -> str:
    """What else a source says of a change, in words where it says it in its own code."""
    if text.startswith("is-preprint-of, asserted by "):  # subject: the preprint, object: the article
        of = {"subject": "The preprint’s record names the article.",
              "object": "The article’s record names the preprint."}  # fmt: skip
        return of.get(text.rpartition(" ")[2], "")
    named = text.removeprefix("publication type ")
    return f"Its record is marked “{named.replace('-', ' ')}”." if named != text else text


def day(text: str) -> str:
    """``5 March 2024``, ``March 2024`` or ``2024`` from a partial ISO date or a time; '' stays ''."""
    parts = text[:10].split("-")
    if len(parts) == 1 or not parts[1].isdigit() or not 1 <= int(parts[1]) <= 12:
        return parts[0]
    month = f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return f"{int(parts[2])} {month}" if len(parts) == 3 and parts[2].isdigit() else month


def on(text: str) -> str:
    """``on 5 March 2024``, ``in March 2024``."""
    return f"{'on' if len(text) > 7 else 'in'} {day(text)}"


def weekday(text: str, today: date) -> str:
    """``Today``, ``Yesterday`` or ``Tuesday, 5 March 2024``."""
    then = date.fromisoformat(text)
    ago = {0: "Today, ", 1: "Yesterday, "}.get((today - then).days, "")
    return f"{ago}{then:%A}, {day(text)}" if not ago else f"{ago}{day(text)}"


def ago(text: str, now: datetime) -> str:
    """``3 hours ago`` for a time in ISO form; '' stays ''."""
    if not text:
        return ""
    minutes = int((now - datetime.fromisoformat(text)).total_seconds() // 60)
    if minutes < 2:
        return "just now"
    size, name = next(pair for pair in ((24 * 60, "day"), (60, "hour"), (1, "minute")) if minutes >= 2 * pair[0])
    return f"{minutes // size:,} {name}s ago"


def time(text: str) -> str:
    """``5 March 2024, 06:00 UTC`` from ``2024-03-05T06:00:00Z``."""
    return f"{day(text)}, {text[11:16]} UTC" if len(text) > 15 else day(text)
