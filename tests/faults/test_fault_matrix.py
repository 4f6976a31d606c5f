"""After every fault a run is complete and right, or it says that it is not, and the next one makes it right."""

from __future__ import annotations

import pytest
from small_world import LARGEST, Lab, State, differences

from emulator.faults import FAULTS, WRONG

PLACES = {  # name: (utility, the number of the request it strikes, from 1)
    "first search": ("esearch", 1),
    "later part of a search": ("esearch", 4),
    "first records": ("efetch", 1),
    "later records": ("efetch", 2),
}
TIMED = {"stall", "stall-in-body", "endless"}  # what only a time limit ends
STOPS = {  # what must not be tried again: these are incomplete even if they happen only once
    "error-400", "blocked", "redirect-elsewhere", "xml-bomb", "external-entity",
}  # fmt: skip
HARMLESS = {"wrong-type", "record-twice", "one-more"}  # as often as they like
TOLD = {  # as often as they like, but the run says in its notes what it went without
    "record-short", "broken-record", "hollow-record", "bad-bytes",
}  # fmt: skip
FIRST = {  # each fault once and for ever, the places taking turns; the full product is for the soak
    (fault, ever): places[(number + 2 * ever) % len(places)]
    for number, fault in enumerate(FAULTS)
    if (places := [place for place, (utility, _) in PLACES.items() if utility in FAULTS[fault].on])
    for ever in (False, True)
}
CASES = [
    pytest.param(
        fault,
        place,
        ever,
        id=f"{fault}-{place}-{'for ever' if ever else 'once'}".replace(" ", "_"),
        marks=() if FIRST[fault, ever] == place else pytest.mark.soak,
    )
    for fault in FAULTS
    if fault not in WRONG  # what is well-formed and wrong: test_wrong_answers.py
    for place, (utility, _) in PLACES.items()
    if utility in FAULTS[fault].on
    for ever in (False, True)
]


def strike(lab: Lab, fault: str, place: str, ever: bool) -> None:
    utility, number = PLACES[place]
    lab.service.faults.play(
        fault,
        at=range(number, 500) if ever else number,
        where=lambda asked: asked.utility == utility,
        seconds=1.0,
        size=21_000_000 if utility == "esearch" else LARGEST + 1_000_000,
    )
    lab.patience, lab.attempts = (0.25, 1 if ever else 3) if fault in TIMED else (5.0, 2)


def relieve(lab: Lab) -> None:
    lab.service.faults.clear()
    lab.patience, lab.attempts = 5.0, 5


@pytest.mark.parametrize(("fault", "place", "ever"), CASES)
def test_all_is_right_or_told_and_right_the_next_time(
    fault: str, place: str, ever: bool, lab: Lab, undisturbed: dict[str, State]
) -> None:
    strike(lab, fault, place, ever)
    report = lab.update()
    assert [asked.fault for asked in lab.service.log if asked.fault == fault]
    relieve(lab)
    if fault in HARMLESS or (not ever and fault not in STOPS):
        assert [row.outcome for _, row in report.rows] == ["complete", "complete"]
    if fault in TOLD:
        assert report.troubles == []
    disturbed = bool(report.troubles) or any(row.note for row in report.readings)
    if disturbed:
        assert lab.update().troubles == []
    assert differences(lab.state(), undisturbed["second"], keys=not disturbed) == []
