"""A tracker into which every attack string has been written wherever a source or a librarian can write."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from attacks import ATTACKS
from making import NOW, OPEN, Maker, day, quiet, record

from tracker.model import Author, Event, Grant, Heading, Link, Record, Section
from tracker.publish import publish

# Written by our parsers: what a record is known by, and days, which are ISO or empty.
OWN_FIELDS = ("source", "source_id", "created", "revised", "completed")


def texts(text: str) -> dict[str, Any]:
    """``text`` in every field of a record; a field that is added later is attacked without a word here."""
    told: dict[str, Any] = {item.name: text for item in fields(Record) if item.type == "str"}
    return {name: value for name, value in told.items() if name not in OWN_FIELDS} | {
        "authors": (Author(text, text, text, text, orcid=text, affiliations=(text,)), Author(group=text)),
        "investigators": (Author(text, text),),
        "abstract": (Section(text, text, text), Section(text)),
        "other_abstracts": ((text, text, text),),
        "languages": (text,),
        "keywords": (text,),
        "substances": (text,),
        "mesh": (Heading(text, text, qualifiers=(text,)),),
        "grants": (Grant(text, text, text, text),),
        "links": (Link(text, text, text, text, text),),
        "issns": (text,),
        "publication_types": ((text, text),),
        "other_ids": ((text, text),),
        "history": ((text, ""),),
        "extra": ((text, text),),
    }


def hostile_record(number: int, text: str) -> Record:
    """Now and then an identifier or a licence as it should be, so that what hangs on them is attacked too."""
    better = {
        "doi": f"10.5555/{text}" if number % 2 else text,
        "pmid": str(990000000 + number) if number % 3 else text,
        "copyright": OPEN if number % 5 else text,
        "licence": "" if number % 5 else text,
    }
    return record(number, **{**texts(text), **better})


def fill_hostile(maker: Maker) -> None:
    run = maker.run(day(1))
    maker.search("bad", title=ATTACKS[0], strategy="\n".join(ATTACKS))
    slugs = [text for text in ATTACKS if text and len(text) < 200][::12]
    for text in slugs:  # the reader of searches allows no such names
        maker.search(text, title=text, strategy=text)
    for slug in ("bad", *slugs):
        maker.search_run(run, slug, note=slug, translation=slug, warnings='["<img src=x onerror=alert(1)>"]')
    maker.reading_run(run, note=ATTACKS[2])
    later = maker.run(day(2))
    for number, text in enumerate(ATTACKS, start=1):
        made = hostile_record(number, text)
        twin = record(number + 5000, source="europepmc", source_id=f"{text}#{number}", doi=text, title=text,
                      abstract=(Section(text),), copyright="")  # fmt: skip
        a, b = maker.record(made), maker.record(twin)
        maker.match("bad", made, run, day(1 + number % 20), why_detail=text)
        maker.match(slugs[number % len(slugs)], made, why_detail=text)
        maker.work(a, b, publications=[a, b])
        maker.event(a, Event("retracted", text, text, "", text), later, day(2 + number % 20))
        maker.event(a, Event("corrected", f"10.5555/{text}", "pubmed", "", text), later, day(2 + number % 20))
        maker.verdict(a, b, "version", rule=text, evidence=text)
    maker.verdict(1, 3, "related", rule=ATTACKS[0], evidence=ATTACKS[2])


def hostile_home(home: Path) -> Path:
    """The public folder of such a tracker."""
    maker = Maker(home / "tracker.db")
    fill_hostile(maker)
    maker.db.close()
    publish(home / "tracker.db", home / "public", settings={}, now=NOW, say=quiet)
    return home / "public"
