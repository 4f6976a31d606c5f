"""What ``tracker show`` tells of one work: why it is here, its records, what happened to it, how it was joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from sqlite3 import Connection, Row
from typing import Any

from tracker.model import StoredRecord, Verdict, Work
from tracker.sources.kinds import is_preprint
from tracker.states import PREPRINT
from tracker.store import cluster_members, verdicts, works
from tracker.works.display import display, says_what, state

WHY = {
    "baseline": "matched when the search was run for the first time",
    "strategy": "matched when the strategy was changed",
    "new": "entered the source since the run before",
    "late": "began to match long after it entered the source",
    "edited": "began to match when its record was edited",
    "": "began to match for an unknown reason",
}


@dataclass(frozen=True)
class WorkReport:
    """One work, its older keys, and the verdicts that hold it together."""

    work: Work
    older_keys: tuple[str, ...]
    joined: tuple[Row, ...]
    hand_outs: tuple[Row, ...]
    questions: tuple[Verdict, ...] = ()

    def as_json(self) -> dict[str, Any]:
        shown = display(self.work.records)
        return {
            "key": self.work.key,
            "older_keys": list(self.older_keys),
            "hidden": self.work.hidden,
            "state": state(self.work),
            "title": shown.title,
            "authors": [author.name for author in shown.authors],
            "journal": shown.journal,
            "date": shown.date.value,
            "doi": shown.doi,
            "pmid": shown.pmid,
            "pmcid": shown.pmcid,
            "fields": {name: _name(item) for name, item in says_what(self.work.records).items()},
            "records": [_record(item) for item in self.work.records],
            "why": [asdict(match) for match in self.work.matches],
            "events": [asdict(item.event) | {"seen": item.seen} for item in self.work.events],
            "joined": [dict(row) for row in self.joined],
            "questions": [{"rule": one.rule, "evidence": one.evidence} for one in self.questions],
            "handed_out": [dict(row) for row in self.hand_outs],
        }

    def as_text(self) -> str:
        said = self.as_json()
        authors = "; ".join(said["authors"][:5])
        head = [
            f"{said['key']}  {said['title']}",
            f"  {authors}. {said['journal']} {said['date']}",
            f"  state: {said['state']}",
        ]
        head += [f"  formerly also {', '.join(said['older_keys'])}"] if said["older_keys"] else []
        head += [f"  taken down on {said['hidden']}"] if said["hidden"] else []
        parts = (
            ("Why it is here", [_why(row) for row in said["why"]] or ["no saved search has matched it"]),
            ("Its records", [_record_line(row) for row in said["records"]]),
            ("What happened", [_event_line(row) for row in said["events"]]),
            ("How it was joined", [_joined_line(row) for row in said["joined"]]),
            ("Which record says what", _says_what(said["fields"]) if len(said["records"]) > 1 else []),
            ("Waits for a person", [f"{one.rule}: {one.evidence}" for one in self.questions]),
            ("Handed out", [f"in {row['code']} of list {row['list']}, {row['made']}" for row in said["handed_out"]]),
        )
        told = ["\n".join([f"{title}:", *(f"  {line}" for line in lines)]) for title, lines in parts if lines]
        return "\n\n".join(["\n".join(head), *told])


def _name(item: StoredRecord) -> str:
    return f"{item.record.source}:{item.record.source_id}"


def _says_what(said: Mapping[str, str]) -> list[str]:
    """A line for each record with the fields that are taken from it."""
    names = dict.fromkeys(said.values())
    return [
        f"{name}: {', '.join(key.replace('_', ' ') for key, giver in said.items() if giver == name)}" for name in names
    ]


def _record(item: StoredRecord) -> dict[str, Any]:
    return {
        "source": item.record.source,
        "source_id": item.record.source_id,
        "kind": PREPRINT.code if is_preprint(item.record) else "article",
        "title": item.record.title,
        "publication": item.publication,
        "first_seen": item.first_seen,
        "refreshed": item.refreshed,
        "created": item.record.created,
        "revised": item.record.revised,
    }


def _why(row: Mapping[str, Any]) -> str:
    until = f", no longer since {row['until']}" if row["until"] else ""
    detail = f" ({row['detail']})" if row["detail"] else ""
    return (
        f"{row['search']} ({row['source']} {row['source_id']}) since {row['since']}{until}: {WHY[row['why']]}{detail}"
    )


def _record_line(row: Mapping[str, Any]) -> str:
    name = f"{row['source']}:{row['source_id']}"
    return f"{name} {row['kind']}, first seen {row['first_seen']}, last asked for {row['refreshed']}"


def _event_line(row: Mapping[str, Any]) -> str:
    notice = f" by {row['notice']}" if row["notice"] else ""
    return f"{row['date'] or 'undated'}: {row['kind']}{notice} (said by {row['source']}, seen {row['seen']})"


def _joined_line(row: Mapping[str, Any]) -> str:
    undone = f", undone {row['undone']}" if row["undone"] else ""
    who = f"by {row['by']}, {row['made']}{undone}"
    return f"{row['a']} and {row['b']}: {row['kind']}: {row['rule']}: {row['evidence']} ({who})"


def tell(db: Connection, name: str) -> WorkReport:
    """All of the work that stands under a key, a PMID or a DOI; raises UsageError where there is none."""
    work_id, key = cluster_members.find_work(db, name)
    work = next(works.stream(db, [key]))
    return WorkReport(
        work,
        cluster_members.older_keys(db, work_id),
        verdicts.of_records(db, [item.id for item in work.records]),
        cluster_members.hand_outs(db, work_id),
        tuple(verdicts.questions_of(db, [item.id for item in work.records])),
    )
