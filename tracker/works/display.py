"""What a work shows: one record chosen field by field from its records, and one state from its events.

The journal article speaks before the preprint, the newest version before older ones; a field that the speaker leaves
empty is taken from the next. Pure functions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace

from tracker.model import Record, StoredRecord, Work
from tracker.sources import PUBMED
from tracker.sources.kinds import is_preprint
from tracker.states import gravest

# Taken together or not at all, so that no volume of one journal stands beside the pages of another.
TOGETHER = (
    ("title", "title_markup", "vernacular_title"),
    ("abstract", "copyright", "licence", "licence_url"),
    ("authors", "authors_complete"),
    ("journal", "journal_abbrev", "issns", "issn_linking", "nlm_id", "publisher", "volume", "issue", "pages"),
    ("date", "issue_date", "electronic_date"),
)
# What says which publication it is: taken only from records of the same publication, never from its preprint.
OWN = frozenset(
    (
        *TOGETHER[3],
        *TOGETHER[4],
        "doi",
        "pmid",
        "pmcid",
        "other_ids",
        "publication_types",
        "publication_status",
        "version",
    )
)


def ordered(records: Sequence[StoredRecord]) -> list[StoredRecord]:
    """The records in the order in which they are believed."""
    return sorted(
        records,
        key=lambda item: (is_preprint(item.record), item.record.source != PUBMED.name, -_version(item), item.id),
    )


def _version(item: StoredRecord) -> int:
    return int(item.record.version) if item.record.version.isdigit() else 0


def display(records: Sequence[StoredRecord]) -> Record:
    """The record a work shows; ``records`` must not be empty."""
    return records[0].record if len(records) == 1 else _chosen(records)[0]


def says_what(records: Sequence[StoredRecord]) -> dict[str, StoredRecord]:
    """For each field that :func:`display` fills, the record it was taken from; in the order of the fields."""
    if len(records) == 1:
        shown, givers = records[0].record, dict.fromkeys(TELLING, records[0])
    else:
        shown, givers = _chosen(records)
    return {name: givers[name] for name in TELLING if getattr(shown, name) != getattr(BLANK, name)}


def _chosen(records: Sequence[StoredRecord]) -> tuple[Record, dict[str, StoredRecord]]:
    """The record shown, and of each field the record that it is taken from."""
    first, *others = ordered(records)
    shown, givers = first.record, {f.name: first for f in fields(Record)}
    for group in GROUPS:
        if getattr(shown, group[0]) == getattr(BLANK, group[0]):
            near = (item for item in others if group[0] not in OWN or item.publication == first.publication)
            giver = next((item for item in near if getattr(item.record, group[0]) != getattr(BLANK, group[0])), None)
            if giver is not None:
                shown = replace(shown, **{name: getattr(giver.record, name) for name in group})
                givers.update(dict.fromkeys(group, giver))
    return shown, givers


BLANK = Record("", "")
TELLING = [f.name for f in fields(Record) if f.name not in ("source", "source_id", "authors_complete")]
GROUPS = TOGETHER + tuple((f.name,) for f in fields(Record) if not any(f.name in group for group in TOGETHER))


def state(work: Work) -> str:
    """The work's state: the gravest of its events; that of a published paper where none is known."""
    return state_of({item.event.kind for item in work.events})


def state_of(kinds: Collection[str]) -> str:
    """The gravest of these kinds of events; that of a published paper where there is none."""
    return gravest(kinds)
