"""Measure the search language: matching records on this machine, and reading, checking and compiling strategies.

``python -m benchmarks.match [FILE...] [--records N] [--strategies N] [--terms N] [--queries DIR]``

Two JSON lines, times in seconds of one processor core:

  match      records x saved searches of DIR: prepare (cutting each record into words, once), match (all searches),
             seconds (both), matched (verdicts that were yes), us_a_verdict (microseconds)
  language   strategies of N terms, none like another: parse, lint, compile (for PubMed and Europe PMC, lint included),
             seconds (all three, as ``tracker check`` does them)

Records are read from FILEs (.jsonl or .jsonl.gz with title and abstract; repeated up to --records), else made up: 250
words an abstract with the frequencies of a natural language, the words of the searches among them.
Figures to reach: 15,000 records x 10 searches in under 10 s; 1,000 strategies of 100 terms in under 5 s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tracker.model import Record, SavedSearch, Section
from tracker.searches import read_searches
from tracker.strategy import compile, lint, matcher, parse, prepare

WORDS_A_TEXT, VOCABULARY = 250, 30_000
STEMS = ("lonel", "isolat", "depress", "anxi", "covid", "psychiatr", "nurs", "adolesc", "telehealth", "suicid")
SHAPES = ('"{} {}"[tiab]', "{}*[tiab]", "{}[ti]", '"{}, {}"[Mesh]', '"{} {}*"[tiab]', '"{} {}"[tiab:~3]', "{} {}[tw]")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--records", type=int, default=15_000)
    parser.add_argument("--strategies", type=int, default=1_000)
    parser.add_argument("--terms", type=int, default=100)
    parser.add_argument("--queries", type=Path, default=Path(__file__).resolve().parents[1] / "queries")
    given = parser.parse_args(arguments)
    searches, mistakes = read_searches(given.queries)
    if mistakes:
        parser.error(str(mistakes[0]))
    made_up = made_up_records(given.records, searches)
    records = list(repeated(given.files, given.records)) if given.files else list(made_up)
    print(json.dumps(measure_match(records, searches)))
    print(json.dumps(measure_language(given.strategies, given.terms)))


def measure_match(records: Sequence[Record], searches: Sequence[SavedSearch]) -> dict[str, float | int | str]:
    matchers = [matcher(search.strategy) for search in searches]
    begin = time.process_time()
    prepared = [prepare(record) for record in records]
    ready = time.process_time()
    matched = sum(bool(match(record)) for record in prepared for match in matchers)
    end = time.process_time()
    verdicts = max(1, len(records) * len(matchers))
    return {
        "what": "match",
        "records": len(records),
        "searches": len(searches),
        "prepare": round(ready - begin, 2),
        "match": round(end - ready, 2),
        "seconds": round(end - begin, 2),
        "matched": matched,
        "us_a_verdict": round((end - ready) / verdicts * 1e6, 2),
    }


def measure_language(count: int, terms: int) -> dict[str, float | int | str]:
    chance = random.Random(1)
    strategies = [made_up_strategy(terms, chance) for _ in range(count)]
    said: dict[str, float | int | str] = {"what": "language", "strategies": count, "terms": terms}
    alone = {
        "parse": lambda text: parse(text),
        "lint": lambda text: lint(text),
        "compile": lambda text: (compile(text, "pubmed"), compile(text, "europepmc")),
    }
    for name, step in alone.items():
        begin = time.process_time()
        for text in strategies:
            step(text)
        said[name] = round(time.process_time() - begin, 2)
    begin = time.process_time()
    for text in strategies:
        parse(text)
        lint(text)
        compile(text, "pubmed")
        compile(text, "europepmc")
    return {**said, "seconds": round(time.process_time() - begin, 2)}


def repeated(files: Sequence[Path], wanted: int) -> Iterator[Record]:
    """The records of the files, from the beginning again until there are enough."""
    found = [record for file in files for record in read(file)]
    for number in range(wanted if found else 0):
        yield found[number % len(found)]


def read(file: Path) -> Iterator[Record]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            said = json.loads(line)
            yield Record("file", str(number), said.get("title") or "", abstract=(Section(said.get("abstract") or ""),))


def made_up_records(count: int, searches: Sequence[SavedSearch]) -> Iterator[Record]:
    """Zipf's law: the word of rank r is met with a chance of 1/r; words of the searches stand among the rarer ones."""
    chance = random.Random(2)
    words = [f"{chance.choice(STEMS)[:3]}{number:x}" for number in range(VOCABULARY)]
    topical = sorted({word for search in searches for word in re.findall(r"[a-z]{4,}", search.strategy.lower())})
    for place, word in enumerate(topical):
        words[100 + place * 3] = word
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    for number in range(count):
        text = chance.choices(words, weights, k=WORDS_A_TEXT)
        abstract = " ".join(word + ("." if place % 17 == 16 else "") for place, word in enumerate(text[12:]))
        if number % 3 == 0:
            abstract += " naïve Sjögren’s ≥ 5 – 95 %"
        yield Record("made-up", str(number), title=" ".join(text[:12]).capitalize(), abstract=(Section(abstract),))


def made_up_strategy(terms: int, chance: random.Random) -> str:
    """Four blocks joined by AND, each of terms joined by OR."""
    blocks: list[list[str]] = [[], [], [], []]
    for number in range(terms):
        words = [f"{chance.choice(STEMS)}{chance.randrange(10_000)}" for _ in range(2)]
        blocks[number * 4 // terms].append(chance.choice(SHAPES).format(*words))
    return " AND ".join(f"({' OR '.join(block)})" for block in blocks if block)


if __name__ == "__main__":
    main()
