"""How abstracts are cut into sections: the labels of the invented journals, and what goes under each.

Every abstract ends with :data:`MARK`, so that none of them, copied out of the demo, can pass for evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from emulator.dice import Dice
from emulator.papers import AbstractPart

MARK = "(Fictional demonstration record.)"

# For each style: label as printed, NLM's category, and which pieces of the story stand under it.
STYLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (("", "", "background aim method result conclusion"),),
    "imrad": (
        ("BACKGROUND", "BACKGROUND", "background aim"),
        ("METHODS", "METHODS", "method"),
        ("RESULTS", "RESULTS", "result"),
        ("CONCLUSIONS", "CONCLUSIONS", "conclusion"),
    ),
    "mixed": (
        ("Background", "BACKGROUND", "background"),
        ("Objective", "OBJECTIVE", "aim"),
        ("Methods", "METHODS", "method"),
        ("Results", "RESULTS", "result"),
        ("Conclusion", "CONCLUSIONS", "conclusion"),
    ),
    "full": (
        ("OBJECTIVES", "OBJECTIVE", "aim"),
        ("DESIGN", "METHODS", "design"),
        ("SETTING", "METHODS", "setting"),
        ("PARTICIPANTS", "METHODS", "participants"),
        ("MAIN OUTCOME MEASURES", "METHODS", "measures"),
        ("RESULTS", "RESULTS", "background result"),
        ("CONCLUSIONS", "CONCLUSIONS", "conclusion"),
    ),
    "aims": (
        ("AIM", "OBJECTIVE", "background aim"),
        ("METHOD", "METHODS", "method"),
        ("FINDINGS", "RESULTS", "result"),
        ("WHAT THIS STORY ADDS", "CONCLUSIONS", "conclusion"),
    ),
    "importance": (
        ("Importance", "UNASSIGNED", "background"),
        ("Objective", "UNASSIGNED", "aim"),
        ("Design, Setting, and Participants", "UNASSIGNED", "method setting"),
        ("Main Outcomes and Measures", "UNASSIGNED", "measures"),
        ("Results", "UNASSIGNED", "result"),
        ("Conclusions and Relevance", "UNASSIGNED", "conclusion"),
    ),
    "context": (
        ("CONTEXT", "BACKGROUND", "background"),
        ("OBJECTIVE", "OBJECTIVE", "aim"),
        ("DATA SOURCES & SETTING", "METHODS", "setting method"),
        ("MAIN RESULTS", "RESULTS", "result"),
        ("INTERPRETATION", "CONCLUSIONS", "conclusion"),
    ),
    "intro": (
        ("INTRODUCTION", "BACKGROUND", "background"),
        ("MATERIALS AND METHODS", "METHODS", "aim method"),
        ("RESULTS AND DISCUSSION", "RESULTS", "result"),
        ("In short", "", "conclusion"),
    ),
    "german": (
        ("ZIEL", "OBJECTIVE", "background aim"),
        ("METHODIK", "METHODS", "method"),
        ("ERGEBNISSE", "RESULTS", "result"),
        ("SCHLUSSFOLGERUNG", "CONCLUSIONS", "conclusion"),
    ),
    "french": (
        ("OBJECTIFS", "OBJECTIVE", "background aim"),
        ("MÉTHODES", "METHODS", "method"),
        ("RÉSULTATS", "RESULTS", "result"),
        ("CONCLUSION", "CONCLUSIONS", "conclusion"),
    ),
}

SETTING = (
    "{Place}, {country}; the town is on no map.",
    "The quays and kitchens of {place}.",
    "{Place}, between two tides.",
)
MEASURES = ("The {measure}, read aloud by a narrator.", "The {measure}, and what was said while it was filled in.")


Sentences = Mapping[str, Sequence[str]]


def compose(
    theme: Sentences, design: Sentences, style: str, slots: Mapping[str, object], dice: Dice
) -> tuple[AbstractPart, ...]:
    """The abstract of one paper: sentences of theme and design, slots filled in, under the labels of the style."""
    said = {
        "background": dice.some(theme["background"], 1 + dice.chance(0.4)),
        "aim": [dice.pick(theme["aim"])],
        "design": ["{Design}."],
        "setting": [dice.pick(SETTING[:1] if theme.get("sober") else SETTING)],
        "participants": ["{n} {people}, all of them invented."],
        "measures": [dice.pick(MEASURES)],
        "method": [dice.pick(theme.get("method", design["method"]))],
        "result": dice.some(design.get("result", theme["result"]), dice.number(1, 3)),
        "conclusion": [dice.pick(theme["conclusion"])],
    }
    parts = [
        AbstractPart(
            " ".join(text for piece in pieces.split() for text in said[piece]).format_map(slots), label, category
        )
        for label, category, pieces in STYLES[style]
    ]
    return marked(tuple(parts))


def marked(parts: tuple[AbstractPart, ...]) -> tuple[AbstractPart, ...]:
    """The same abstract with the mark at its end."""
    return (*parts[:-1], replace(parts[-1], text=f"{parts[-1].text} {MARK}"))
