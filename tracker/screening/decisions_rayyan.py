"""Rayyan's export: decisions in the notes of each article, and a log of events beside it in the same zip.

Reasons are not tied to a reviewer in the notes. The log ties them, with the time of each decision, but to e-mail
addresses: these are read in memory and never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile
from zlib import error as zlib_error

from tracker.errors import UsageError
from tracker.formats import csv
from tracker.formats.ris_read import entries
from tracker.screening.decisions_rayyan_notes import Notes, NotUnderstood, notes_of
from tracker.screening.decisions_read import Cell, Given, Said, given_row, given_tags, plain_text, refuse

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
