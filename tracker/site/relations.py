"""What a related work is to the work whose page one reads: its correction, its protocol, the review it updates ...

The rule that linked the two says what they have to do with each other; which of them is the later one, about the
other, follows from what they are (a notice is about a paper) and from their dates.
"""

from __future__ import annotations

from typing import Any

from tracker.states import CONCERN

Row = Any  # sqlite3.Row

# A word in the rule or its evidence -> (what the work that is about the other is, what that other one is)
PAIRS = (
    ("expressionofconcern", "Expression of concern about this paper", "The paper about which it expresses concern"),
    (CONCERN.notice, "Expression of concern about this paper", "The paper about which it expresses concern"),
    ("retractedandrepublished", "Republication after this paper was retracted", "The retracted paper it replaces"),
    ("retraction", "Retraction notice of this paper", "The paper that it retracts"),
    ("erratum", "Correction of this paper", "The paper that it corrects"),
    ("correction", "Correction of this paper", "The paper that it corrects"),
    ("update", "Update of this paper", "The paper that it updates"),
    ("reply", "Reply to this paper", "The paper to which it replies"),
    ("comment", "Comment on this paper", "The paper on which it comments"),
    ("protocol", "Results of what this protocol planned", "Protocol of this study"),
    ("congress abstract", "Congress abstract of the same study", "Preprint of the same study"),
    ("summaryforpatients", "Summary of this paper for patients", "The paper that it sums up"),
    ("originalreport", "Summary of this paper for patients", "The paper that it sums up"),
    ("parts", "Another part of the same work", "Another part of the same work"),
)
PLAIN = "Related paper"
ABOUT = ("notice", "comment", "letter", "editorial")


def relation(rule: str, evidence: str, here: Row, other: Row) -> str:
    """What ``other`` is to ``here`` (two rows of ``works``)."""
    stated = evidence.rpartition("states it: ")[2] if rule == "stated link" else ""
    said = f"{rule} {stated}".casefold()
    for word, later, earlier in PAIRS:
        if word in said:
            return later if _is_about(word, other, here) else earlier
    return PLAIN


def _is_about(word: str, one: Row, two: Row) -> bool:
    """Whether the first is the one about the second."""
    if word == "protocol" and (one["type"] == "protocol") != (two["type"] == "protocol"):
        return bool(two["type"] == "protocol")
    if word == "congress abstract" and (one["type"] == "preprint") != (two["type"] == "preprint"):
        return bool(two["type"] == "preprint")
    if word not in ("protocol", "update", "congress abstract") and (one["type"] in ABOUT) != (two["type"] in ABOUT):
        return one["type"] in ABOUT
    return bool((one["sort_date"], one["id"]) > (two["sort_date"], two["id"]))
