"""``tracker decisions show``: what the decisions of a list come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tracker.home import Home
from tracker.screening import decisions_views as views
from tracker.screening import lists as list_files
from tracker.screening.decisions_report import some, told
from tracker.screening.decisions_views import Verdict
from tracker.screening.receipt import number
from tracker.store import Store, lists
from tracker.store import decisions as stored


@dataclass(frozen=True, slots=True)
class Shown:
    """All decisions of a list; ``handed_out`` are the works that count as handed out."""

    list: str
    handed_out: int
    imports: tuple[stored.Import, ...]
    verdicts: tuple[Verdict, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "list": self.list,
            "handed_out": self.handed_out,
            "imports": [asdict(one) for one in self.imports],
            "stages": {stage: self._stage(stage) for stage in views.stages_of(self.verdicts)},
            "included": views.included(self.verdicts),
        }

    def _stage(self, stage: str) -> dict[str, Any]:
        here = [one for one in self.verdicts if one.stage == stage]
        return {
            "counts": views.counts(here, stage),
            "reasons": dict(views.reasons(here, stage)),
            "agreement": [asdict(one) for one in views.agreement_at(here, stage)],
            "conflicts": [one.work for one in here if one.value == views.CONFLICT],
            "works": [
                {"work": one.work, "value": one.value, "decisions": [asdict(said) for said in one.decisions]}
                for one in here
            ],
        }

    def as_text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"list {self.list}: {number(self.handed_out, 'work')} handed out"
        for one in self.imports:
            yield f"  {one.made[:10]} {one.filename} ({one.tool}, {one.stage}): {number(one.decisions, 'decision')}"
        if not self.verdicts:
            yield "  no decisions yet: 'tracker decisions import FILE --list NAME' reads them"
        for stage in views.stages_of(self.verdicts):
            here = [one for one in self.verdicts if one.stage == stage]
            yield f"stage {stage}: {told(views.counts(here, stage))}"
            yield from (f"  excluded, {reason}: {count:,}" for reason, count in views.reasons(here, stage).items())
            yield from (f"  agreement of {one}" for one in views.agreement_at(here, stage))
            conflicts = tuple(str(one) for one in here if one.value == views.CONFLICT)
            yield from (f"  {line}" for line in some("conflict", conflicts))


def show(home: Home, store: Store, name: str) -> Shown:
    """The decisions of a list as they stand now; raises :class:`UsageError` if there is no such list."""
    listed = list_files.the_list(home.queries, lists.slugs(store.db), name, ())
    in_list = lists.find(store.db, name)
    found = views.verdicts(stored.standing(store.db, in_list, separate=listed.versions == "separate"))
    return Shown(name, len(lists.handed_out(store.db, name)), tuple(stored.imports(store.db, in_list)), tuple(found))
