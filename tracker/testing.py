"""The contract of a source, as a test that anybody can run on theirs; our own sources pass it in our own tests.

    from tracker.testing import check_source

    def test_my_service_keeps_the_contract():
        check_source(build(http, settings), "loneliness[tiab]")

:func:`check_source` is for services that are asked what a search matches, :func:`check_window_source` for those that
are read by days. Each talks to the service (an emulation, or the real one), and raises AssertionError with one line for
every promise that is not kept:

* pages add up to what was promised, and no record comes twice;
* keys are unique, and a record bears the key under which it came;
* ``parse`` is pure (the same bytes, the same record) and total (damaged bytes are a record or an UnreadableRecord);
* identifiers are clean or empty, dates are ISO, texts are clean lines;
* events are of the known kinds;
* a second run finds everything the same.

A well-formed answer can be wrong. :func:`check_wrong_answers` and :func:`check_wrong_windows` ask what a source makes
of ``WRONG_ANSWERS``, which only its own author can have its service give: ``play`` holds for each a context manager
within which the service answers so.

    play = {"repeats": lambda: playing("duplicate-ids"), "another question": ..., "zero": ..., "filter": ...}
    check_wrong_answers(build(http, settings), "loneliness[tiab]", play)
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

from tracker.errors import SourceError
from tracker.model import PartialDate, RawRecord, Record, record_from_json
from tracker.sources import AnySource, Source, UnreadableRecord, WindowSource
from tracker.states import CODES
from tracker.store import Store, records, runs
from tracker.text import clean, clean_doi, clean_orcid, clean_pmcid, clean_pmid, safe_url

_ISO = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_MARKUP = frozenset({"title_markup"})  # HTML, not text
MOST = 20  # lines of one kind that are told


def check_source(source: Source, text: str, *, most: int = 500) -> None:
    """Walk ``text``, fetch at most ``most`` of its records, and check them; the walk must find some."""
    wrong: list[str] = []
    walk = source.walk(text)
    if walk.shortfall:
        wrong.append(f"the walk is not the whole answer: {walk.shortfall}")
    promises = sorted((walk.promised_first, walk.promised_last))
    if not promises[0] <= len(walk.ids) <= promises[1]:
        wrong.append(f"{len(walk.ids)} ids came where {walk.promised_first} and {walk.promised_last} were promised")
    if not walk.ids:
        wrong.append(f"nothing matches {text!r}: there is nothing to check")
    wrong += _twice("the walk lists", walk.ids)
    wanted = walk.ids[:most]
    first = _fetched(source, wanted, wrong)
    wrong += record_faults(source, first)
    wrong += second_run_faults(source, first, _fetched(source, wanted, wrong))
    if source.fetch(()) != ():
        wrong.append("no ids asked for, but records came")
    _tell(wrong)


def check_window_source(source: WindowSource, first: date, last: date) -> None:
    """Read the days from ``first`` to ``last`` twice and check what came; there must be records on them."""
    wrong: list[str] = []
    rows, promised = _window(source, first, last)
    if promised != len(rows):
        wrong.append(f"{len(rows)} records came where {promised} were promised")
    if not rows:
        wrong.append(f"there is nothing from {first} to {last}: there is nothing to check")
    wrong += _twice("the pages hold", [raw.source_id for raw in rows])
    wrong += record_faults(source, rows)
    wrong += second_run_faults(source, rows, _window(source, first, last)[0])
    for record in _readable(source, rows):
        if not source.preprint(record):
            wrong.append(f"{record.source_id}: it belongs to no preprint")
    if source.span < 1 or source.budget < 1 or source.hourly < 0:
        wrong.append("span and budget must be at least 1, hourly at least 0")
    _tell(wrong)


WRONG_ANSWERS = {
    "repeats": "records come twice, in the place of others",
    "another question": "the whole answer to another question",
    "zero": "nothing, in good form, where there is something",
    "filter": "only a part, because the service narrows what was asked",
}
LATE_DAYS = {"late days": "more under the same days than before"}  # of services that are read by days
Play = Mapping[str, Callable[[], AbstractContextManager[object]]]


def check_wrong_answers(source: Source, text: str, play: Play) -> None:
    """Walk ``text`` with each of ``WRONG_ANSWERS``; the honest answer must hold some records.

    Whatever the service says, the source raises SourceError, gives an :class:`tracker.model.IdList` that names its
    shortfall, or one by which the collector sees that something has changed: other warnings, another translation, a
    promise that is not kept by different ids.
    """
    wrong = _unplayed(play, WRONG_ANSWERS)
    honest = source.walk(text)
    for kind in WRONG_ANSWERS.keys() & play.keys():
        with play[kind]():
            try:
                found = source.walk(text)
            except SourceError:
                continue
        told = found.shortfall or (found.warnings, found.translation) != (honest.warnings, honest.translation)
        kept = found.promised_first == found.promised_last == len(set(found.ids))
        if kind == "zero":
            wrong += ["zero: ids came where nothing was listed"] if found.ids or not kept else []
        elif not told and kept and set(found.ids) != set(honest.ids):
            wrong.append(f"{kind}: taken for the whole answer, {len(found.ids)} ids where {len(honest.ids)} are right")
    _tell(wrong)


def check_wrong_windows(source: WindowSource, first: date, last: date, play: Play) -> None:
    """Read the days from ``first`` to ``last`` with each of ``WRONG_ANSWERS`` and ``LATE_DAYS``.

    Whatever the service says, the source raises SourceError, or its pages show the collector what is wrong: they hold
    no record that was not asked for, and fewer different ones than are promised. What is listed late must show in the
    promise of the first page, which is what the collector counts past days by.
    """
    wrong = _unplayed(play, WRONG_ANSWERS | LATE_DAYS)
    honest = {raw.source_id for raw in _window(source, first, last)[0]}
    for kind in (WRONG_ANSWERS | LATE_DAYS).keys() & play.keys():
        with play[kind]():
            try:
                pages = list(source.window(first, last))
            except SourceError:
                continue
        ids = {raw.source_id for page in pages for raw in page.rows}
        promised = pages[-1].promised if pages else 0
        if kind == "late days":
            wrong += [] if pages and pages[0].promised > len(honest) else ["late days: they do not show in the promise"]
        elif kind == "zero":
            wrong += [f"zero: {len(ids)} records came, {promised} were promised"] if ids or promised else []
        elif strange := ids - honest:
            wrong.append(f"{kind}: records came that were not asked for: {', '.join(sorted(strange)[:5])}")
        elif ids != honest and len(ids) == promised:
            wrong.append(f"{kind}: taken for the whole answer, {len(ids)} records where {len(honest)} are right")
    _tell(wrong)


def _unplayed(play: Play, kinds: Mapping[str, str]) -> list[str]:
    return [f"the contract also asks for {kind!r}: {does}" for kind, does in kinds.items() if kind not in play]


def record_faults(source: AnySource, raws: Sequence[RawRecord]) -> list[str]:
    """What is wrong with how these raw records are read, a line each."""
    wrong = []
    for raw in raws:
        wrong += _parse_faults(source, raw)
    for raw in raws[:5]:
        wrong += _damage_faults(source, raw)
    return wrong


def second_run_faults(source: AnySource, first: Sequence[RawRecord], second: Sequence[RawRecord]) -> list[str]:
    """What a store that has kept ``first`` takes for changed or new in ``second``, which should be nothing."""
    if sorted(raw.source_id for raw in first) != sorted(raw.source_id for raw in second):
        return ["the second run brought other records than the first"]
    wrong = []
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "tracker.db") as store, store.write() as db:
        run = runs.begin(db, "test", "2026-01-01T00:00:00Z")
        for expected, raws in (("fresh", first), ("same", second)):
            for record in _readable(source, raws):
                outcome = records.keep(db, run, record, b"", source.parser_version, "2026-01-01T00:00:00Z")
                if outcome != expected:
                    wrong.append(f"{record.source_id}: {outcome} where it should be {expected}")
    return wrong


def text_faults(record: Record) -> list[str]:
    """Identifiers, dates and texts of a record that are not as they should be, a line each."""
    wrong = [f"{name} is {value!r}" for name, value, right in _identifiers(record) if value and right(value) != value]
    for name, value in (
        *((name, getattr(record, name)) for name in ("created", "revised", "completed")),
        *((f"{name}.value", getattr(record, name).value) for name in ("date", "issue_date", "electronic_date")),
        *((f"history {status}", day) for status, day in record.history),
    ):
        if value and not _ISO.fullmatch(value):
            wrong.append(f"{name} is no ISO date: {value!r}")
    if record.created and len(record.created) != 10:
        wrong.append(f"created is no day: {record.created!r}")
    wrong += [f"{name} is no clean line: {value[:60]!r}" for name, value in _texts(record) if clean(value) != value]
    return [f"{record.source_id}: {line}" for line in wrong]


def _identifiers(record: Record) -> Iterator[tuple[str, str, Callable[[str], str]]]:
    yield from (
        ("doi", record.doi, clean_doi),
        ("pmid", record.pmid, clean_pmid),
        ("pmcid", record.pmcid, clean_pmcid),
        ("licence_url", record.licence_url, safe_url),
    )
    for person in (*record.authors, *record.investigators):
        yield "orcid", person.orcid, clean_orcid
    for link in record.links:
        yield "pmid of a link", link.pmid, clean_pmid
        yield "doi of a link", link.doi, clean_doi


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a record, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item, name)
    elif is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, PartialDate):
            return
        for part in fields(value):
            if part.name not in _MARKUP:
                yield from _texts(getattr(value, part.name), part.name)


def _parse_faults(source: AnySource, raw: RawRecord) -> list[str]:
    try:
        record = source.parse(raw.body)
    except UnreadableRecord as error:
        return [] if str(error) else [f"{raw.source_id}: unreadable without a reason"]
    wrong = text_faults(record)
    if (record.source, record.source_id) != (source.name, raw.source_id):
        wrong.append(f"{raw.source_id}: came under this key, reads as {record.source}:{record.source_id}")
    if source.parse(raw.body) != record:
        wrong.append(f"{raw.source_id}: the same bytes are read differently the second time")
    if record_from_json(record.to_json()) != record:
        wrong.append(f"{raw.source_id}: is another record after it was stored")
    if source.events(record) != source.events(record):
        wrong.append(f"{raw.source_id}: its events differ the second time")
    for event in source.events(record):
        if event.kind not in CODES:
            wrong.append(f"{raw.source_id}: there is no event {event.kind!r}")
        if event.date and not _ISO.fullmatch(event.date):
            wrong.append(f"{raw.source_id}: the date of an event is no ISO date: {event.date!r}")
    return wrong


def _damage_faults(source: AnySource, raw: RawRecord) -> list[str]:
    """Bytes cut, turned over, of another kind: a record or a reason, never anything else."""
    body, wrong = raw.body, []
    middle = len(body) // 2
    damaged = [b"", b"\xff\xfe\x00", b"null", b"[]", b"{}", b"<a/>", body[:middle], body[middle:], body[::-1]]
    damaged += [body[:place] + b"\xff" + body[place + 1 :] for place in range(0, len(body), max(1, len(body) // 20))]
    with ThreadPoolExecutor(1) as pool:  # which hands out whatever is raised, expected or not
        for error in [pool.submit(source.parse, part).exception() for part in damaged]:
            if error is not None and not isinstance(error, UnreadableRecord):
                said = clean(str(error))[:80]
                wrong.append(f"{raw.source_id}: damaged, it raises {type(error).__name__}: {said}")
    return wrong


def _fetched(source: Source, ids: Sequence[str], wrong: list[str]) -> list[RawRecord]:
    found: list[RawRecord] = []
    for start in range(0, len(ids), source.batch):
        page = source.fetch(ids[start : start + source.batch])
        strange = {raw.source_id for raw in page}.difference(ids[start : start + source.batch])
        if strange:
            wrong.append(f"records came that were not asked for: {', '.join(sorted(strange)[:5])}")
        found += page
    wrong += _twice("the records hold", [raw.source_id for raw in found])
    return found


def _window(source: WindowSource, first: date, last: date) -> tuple[list[RawRecord], int]:
    rows: list[RawRecord] = []
    promised = 0
    for page in source.window(first, last):
        promised = page.promised
        rows += page.rows
    return rows, promised


def _readable(source: AnySource, raws: Iterable[RawRecord]) -> Iterator[Record]:
    for raw in raws:
        try:
            yield source.parse(raw.body)
        except UnreadableRecord:
            continue


def _twice(what: str, ids: Sequence[str]) -> list[str]:
    return [f"{what} {len(ids) - len(set(ids))} keys twice"] if len(set(ids)) < len(ids) else []


def _tell(wrong: list[str]) -> None:
    if wrong:
        more = [f"... and {len(wrong) - MOST} more"] if len(wrong) > MOST else []
        raise AssertionError("\n".join([*wrong[:MOST], *more]))
