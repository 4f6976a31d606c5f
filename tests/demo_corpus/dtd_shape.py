"""Checks elements against NLM's DTD, which Biopython brings along: order and number of children, attributes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import Bio.Entrez

DTD = Path(Bio.Entrez.__file__).parent / "DTDs" / "pubmed_250101.dtd"
MATH = "{http://www.w3.org/1998/Math/MathML}math"


@cache
def _models() -> tuple[dict[str, re.Pattern[str]], dict[str, dict[str, str]]]:
    text = re.sub(r"<!--.*?-->", "", DTD.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = text.replace("%text;", "#PCDATA | b | i | sup | sub | u").replace(
        "%booklinkatts;", "book CDATA #IMPLIED part CDATA #IMPLIED"
    )
    models = {name: _pattern(model) for name, model in re.findall(r"<!ELEMENT\s+(\S+)\s+(\(.*?)>", text, re.DOTALL)}
    lists: dict[str, dict[str, str]] = {}
    for name, rows in re.findall(r"<!ATTLIST\s+(\S+)\s+(.*?)>", text, re.DOTALL):
        for attribute, kind, rule in re.findall(r"(\S+)\s+(CDATA|IDREF|ID|\(.*?\))\s*(\S+)", rows, re.DOTALL):
            lists.setdefault(name, {})[attribute] = f"{kind} {rule}"
    return models, lists


def _pattern(model: str) -> re.Pattern[str]:
    """A content model as a pattern over ``<name>`` of the children."""
    model = re.sub(r"\s+", "", model).replace("#PCDATA|", "").replace("#PCDATA", "")
    model = re.sub(r"[A-Za-z:][\w:]*", lambda match: f"(?:<{match[0]}>)", model).replace(",", "")
    return re.compile(model.replace("()", "") if model != "()" else "")


def faults(element: Element) -> list[str]:
    """Everything in the element and below it that the DTD does not allow."""
    models, lists = _models()
    found = []
    for one in element.iter():
        if one.tag.startswith("{"):
            continue
        inner = "".join(
            f"<{'mml:math' if child.tag == MATH else child.tag}>"
            for child in one
            if child.tag == MATH or "{" not in child.tag
        )
        if not models[one.tag].fullmatch(inner):
            found.append(f"{one.tag}: {inner}")
        known = lists.get(one.tag, {})
        for name, value in one.attrib.items():
            kind = known.get(name, "unknown")
            if kind == "unknown" or (
                kind.startswith("(") and value not in re.findall(r"[\w-]+", kind.rpartition(")")[0])
            ):
                found.append(f"{one.tag}/@{name}={value}")
        found += [
            f"{one.tag} lacks @{name}" for name, kind in known.items() if "#REQUIRED" in kind and name not in one.attrib
        ]
    return found
