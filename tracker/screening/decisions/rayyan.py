"""Rayyan's export: decisions in the notes of each article, and a log of events beside it in the same zip.

Reasons are not tied to a reviewer in the notes. The log ties them, with the time of each decision, but to e-mail
addresses: these are read in memory and never stored.

Rayyan writes behind our notes, joined by " | ": ``RAYYAN-INCLUSION: {"Ana"=>"Included"}``, ``RAYYAN-LABELS: a,b``,
``RAYYAN-EXCLUSION-REASONS: a,b``, ``USER-NOTES: {"Ana"=>["..."]}``. Names may hold quotes and notes may hold " | ", so
the parts are read one after the other, not split. Older exports carry true and false in place of the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as zlib_error

from tracker.errors import UsageError
from tracker.formats import csv
from tracker.formats.ris import entries
from tracker.screening.decisions.rows import Cell, Given, Said, given_row, given_tags, listed, plain_text, refuse

WORDS: Mapping[Any, str] = {
    "included": "include", "excluded": "exclude", "maybe": "maybe", "undecided": "undecided",
    True: "include", False: "exclude", None: "undecided",
}  # fmt: skip
_MARK = re.compile(r"(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES):\s*")
_NEXT = re.compile(r"\s*\|\s*(?=(?:RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES):)")
_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(true|false|nil)|(=>|[{}\[\],]))', re.S)
_CONSTANTS = {"true": True, "false": False, "nil": None}


class NotUnderstood(ValueError):
    """The notes do not have the form that Rayyan writes."""


@dataclass
class Notes:
    """What Rayyan has added to the notes of one article."""

    values: dict[str, str] = field(default_factory=dict)  # name -> value
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)  # name -> text


def notes_of(text: str) -> Notes:
    """Read the parts one after the other; raises :class:`NotUnderstood`."""
    found, place = Notes(), 0
    while mark := _MARK.search(text, place):
        place = mark.end()
        if mark[1] in ("RAYYAN-INCLUSION", "USER-NOTES"):
            said, place = _hash(text, place)
            if mark[1] == "USER-NOTES":
                found.notes = {name: "; ".join(map(str, _many(value))) for name, value in said.items()}
            else:
                found.values = {name: _word(value) for name, value in said.items()}
        else:
            said_here = _NEXT.split(text[place:], maxsplit=1)[0]
            parts, place = listed(said_here, ","), place + len(said_here)
            if mark[1] == "RAYYAN-LABELS":
                found.labels = parts
            else:
                found.reasons = parts
    return found


def _word(value: Any) -> str:
    known = WORDS.get(value.casefold() if isinstance(value, str) else value)
    if known is None:
        raise NotUnderstood(f"decision {value!r}")
    return known


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _hash(text: str, place: int) -> tuple[dict[str, Any], int]:
    """A Ruby hash as Rayyan prints it, and where it ends."""
    said: dict[str, Any] = {}
    place = _expect(text, place, "{")
    while True:
        token, place = _token(text, place)
        if token == ("sign", "}"):
            return said, place
        if token == ("sign", ","):
            continue
        if token[0] != "text":
            raise NotUnderstood(f"a name was expected at {text[place : place + 20]!r}")
        place = _expect(text, place, "=>")
        said[token[1]], place = _value(text, place)


def _value(text: str, place: int) -> tuple[Any, int]:
    token, place = _token(text, place)
    if token[0] != "sign":
        return token[1], place
    if token[1] != "[":
        raise NotUnderstood(f"a value was expected at {text[place : place + 20]!r}")
    items: list[Any] = []
    while True:
        token, place = _token(text, place)
        if token == ("sign", "]"):
            return items, place
        if token[0] != "sign":
            items.append(token[1])
        elif token[1] != ",":
            raise NotUnderstood(f"a list does not end at {text[place : place + 20]!r}")


def _token(text: str, place: int) -> tuple[tuple[str, Any], int]:
    found = _TOKEN.match(text, place)
    if found is None:
        raise NotUnderstood(f"not understood: {text[place : place + 20]!r}")
    if found[1] is not None:
        return ("text", re.sub(r"\\(.)", _escaped, found[1], flags=re.S)), found.end()
    return (("constant", _CONSTANTS[found[2]]) if found[2] else ("sign", found[3])), found.end()


def _escaped(found: re.Match[str]) -> str:
    return " " if found[1] in "nrt" else found[1]


def _expect(text: str, place: int, sign: str) -> int:
    token, place = _token(text, place)
    if token != ("sign", sign):
        raise NotUnderstood(f"{sign} was expected at {text[place : place + 20]!r}")
    return place


NUMBERS: Mapping[str, str] = {"1": "include", "-1": "exclude", "0": "maybe"}
REASON = "__EXR__"
HUGE = 500_000_000  # bytes of one file in the zip, unpacked


@dataclass
class Logged:
    """What one person last did to one article, by the log."""

    value: str = ""
    decided: str = ""
    reasons: dict[str, bool] = field(default_factory=dict)
    labels: dict[str, bool] = field(default_factory=dict)


Log = dict[tuple[str, str], Logged]  # (article, e-mail address)


# --- articles


def articles(path: Path) -> Iterator[Given]:
    """The articles of a CSV or RIS export with the decisions that their notes hold."""
    if path.suffix.lower() == ".ris":
        for position, tags in enumerate(entries(path), start=1):
            tool_id = next((v for tag in ("ID", "AN") for v in tags.get(tag, ()) if v.startswith("rayyan-")), "")
            yield _with(given_tags(position, tags, tool_id=tool_id), " | ".join(tags.get("N1", ())))
        return
    for position, row in enumerate(csv.read(path), start=1):
        cell = Cell(row)
        key = cell("key")
        yield _with(given_row(position, cell, tool_id=key if key.startswith("rayyan-") else ""), cell("notes"))


def _with(given: Given, text: str) -> Given:
    try:
        found = notes_of(text)
    except NotUnderstood as error:
        return replace(given, trouble=f"Rayyan's notes: {error}")
    return replace(given, said=tuple(_said(name, value, found) for name, value in found.values.items()))


def _said(name: str, value: str, notes: Notes) -> Said:
    reasons = notes.reasons if value == "exclude" else ()
    return Said(value, name, reasons=reasons, labels=notes.labels, note=plain_text(notes.notes.get(name, "")))


# --- the log of events


def log_of(path: Path) -> Log:
    """The last state of every (article, person); columns in any order, events in the order of their time."""
    events = sorted(map(Cell, csv.read(path)), key=lambda cell: cell("created_at"))
    found: Log = {}
    for cell in events:
        email = cell("user_email") or cell("user_id")
        state = found.setdefault((cell("article_id"), email), Logged())
        key, value = cell("key").strip('"'), cell("value").strip('"')
        if key == "included":
            state.value, state.decided = NUMBERS.get(value, "undecided"), cell("created_at")
        elif key.startswith(REASON):
            state.reasons[plain_text(key.removeprefix(REASON))] = value == "1"
        else:
            state.labels[plain_text(key)] = value == "1"
    return found


def _number(given: Given) -> str:
    return given.tool_id.removeprefix("rayyan-")


def with_log(rows: list[Given], log: Log) -> list[Given]:
    """The articles with what the log adds: times, and whose reason it was.

    Who stands behind an address follows from the decisions: an address is a name's if everything it last decided is
    what the name decided, and if that holds for one name and one address only. Otherwise the log adds nothing. Where no
    article holds a decision, the log's own are taken.
    """
    if not any(given.said for given in rows):
        return [replace(given, said=tuple(_logged(log, _number(given)))) for given in rows]
    people = _people(rows, log)
    return [replace(given, said=tuple(_enriched(said, given, log, people) for said in given.said)) for given in rows]


def _logged(log: Log, article: str) -> Iterator[Said]:
    for (number, email), state in log.items():
        if number == article and state.value:
            yield Said(state.value, email, reasons=_on(state.reasons), labels=_on(state.labels), decided=state.decided)


def _on(marks: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, on in marks.items() if on and name)


def _people(rows: Iterable[Given], log: Log) -> dict[str, str]:
    """Name -> e-mail address, where each fits only the other."""
    by_name: dict[str, dict[str, str]] = {}
    for given in rows:
        for said in given.said:
            by_name.setdefault(said.reviewer, {})[_number(given)] = said.value
    by_email: dict[str, dict[str, str]] = {}
    for (number, email), state in log.items():
        if state.value in ("include", "exclude", "maybe"):
            by_email.setdefault(email, {})[number] = state.value
    fitting = [
        (name, email)
        for name, decided in by_name.items()
        for email, logged in by_email.items()
        if logged.items() <= decided.items()
    ]
    names, emails = [name for name, _ in fitting], [email for _, email in fitting]
    return {name: email for name, email in fitting if names.count(name) == emails.count(email) == 1}


def _enriched(said: Said, given: Given, log: Log, people: Mapping[str, str]) -> Said:
    email = people.get(said.reviewer)
    state = log.get((_number(given), email)) if email else None
    if email is None or state is None:
        return said
    reasons = _on(state.reasons) if said.value == "exclude" else ()
    return replace(said, also=(email,), decided=state.decided, reasons=reasons or said.reasons)


# --- the file


def read_rayyan(path: Path, value: str) -> Iterator[Given]:
    """A zip as Rayyan sends it, or one of the files in it."""
    refuse(value, path, "Rayyan")
    if path.suffix.lower() == ".zip":
        with _unpacked(path) as (tables, logs):
            rows = [given for one in tables for given in articles(one)]
            rows = [replace(given, position=place) for place, given in enumerate(rows, start=1)]
            log: Log = {}
            for one in logs:
                log |= log_of(one)
            yield from with_log(rows, log) if log else rows
    else:
        yield from articles(path)


def read_log(path: Path, value: str) -> Iterator[Given]:
    """The log alone: its articles are known by Rayyan's numbers, as an earlier file has brought them."""
    refuse(value, path, "Rayyan's log")
    log = log_of(path)
    for position, article in enumerate(dict.fromkeys(number for number, _ in log), start=1):
        said = tuple(_logged(log, article))
        yield Given(position, (), "", "", "", None, "", f"rayyan-{article}", said)


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[list[Path], list[Path]]]:
    """(articles, logs) of the zip, in a folder that is gone afterwards."""
    try:
        with TemporaryDirectory() as folder, ZipFile(path) as packed:
            files: list[Path] = []
            for place, item in enumerate(packed.infolist()):
                suffix = Path(item.filename).suffix.lower()
                if suffix not in (".csv", ".ris") or "__MACOSX" in item.filename:
                    continue
                if item.file_size > HUGE:
                    raise UsageError(f"{path.name}: {item.filename} is larger than any list can be")
                files.append(Path(folder) / f"{place}{suffix}")  # never under the name that the zip gives
                files[-1].write_bytes(packed.read(item))
            logs = [file for file in files if file.suffix == ".csv" and is_log(file)]
            tables = [file for file in files if file not in logs]
            if not tables:
                raise UsageError(f"{path.name} holds no articles as .csv or .ris: export them with the decisions")
            yield tables, logs
    except (BadZipFile, zlib_error, NotImplementedError, EOFError) as error:
        raise UsageError(f"{path.name} is no zip file, or it is damaged: {error}") from error


def is_log(path: Path) -> bool:
    names = {name.casefold() for name in next(csv.read(path), {})}
    return {"article_id", "key", "value"} <= names
