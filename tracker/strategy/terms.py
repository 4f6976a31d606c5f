"""Lint, term by term: wildcards, signs, dates, fields that PubMed does not have, other services' languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.strategy.dialects import TO_PUBMED, signs, suggestion
from tracker.strategy.parse import NO_COLON, Problem, Token
from tracker.strategy.tree import Chain, Leaf, Range, Term, Tree, leaves, print_term
from tracker.strategy.words import words

_NO_END = 2100  # a year from which on a date means no end at all
SHORTEST = 4  # characters before the first * (NLM Technical Bulletin 2024 May-Jun)

_DASHES = re.compile("[‐‑‒–—―−]")
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
)
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SINGLE = re.compile("(?<!\\w)[‘‚]|(?<=\\w)‘")
_FULL_WIDTH = re.compile("[（）［］＊：]")
_FOREIGN = re.compile(r"(?<=\w)[?$]|(?<=\w)#(?=\w)|(?<![^\s\-])[?$](?=[^\W\d])|[?$](?=\*)")
_SPECIAL = re.compile(r"[?$#*]")
_LEADING = re.compile(r"(?<![^\s\-/(])\*")
_RECENT = re.compile(
    r"y[_ ]\d+|(?:published )?(?:in the )?last \d+ (?:day|month|year)s?|\d{4}(?:/\d+){0,2}", re.IGNORECASE
)
_OVID = "ti|ab|tw|kw|kf|mp|hw|sh|pt|af|ot"
_OVID_SUBHEADING = (
    "ad|ae|ag|an|bl|cf|ci|cl|co|ct|di|dg|dt|ec|ed|eh|ep|es|et|ge|hi|im|lj|me|mi|mo|mt|nu|og|pa|pc|pd|ph|pk|po|px|"
    "rh|rt|sn|st|su|sd|td|th|tm|tr|tu|us|vi"
)
_DIALECTS = (
    (re.compile(rf"(?:(?<=\w)[*$]?|^)\.(?:{_OVID})(?:,\w\w)*\.?(?!\w)", re.IGNORECASE), "Ovid"),
    (re.compile(r"\badj\d+\b|(?<=\w\s)adj(?=\s\w)", re.IGNORECASE), "Ovid"),
    (re.compile(r"\b(?:exp|focus)\s+\"?\w[\w ,-]{0,80}/", re.IGNORECASE), "Ovid"),
    (re.compile(r"(?<=[\w*']):(?:ti|ab|kw|de|tn)(?:,\w\w)*\b|'/(?:exp|de|mj)\b", re.IGNORECASE), "Embase"),
    (
        re.compile(r"\b(?:(?i:NEAR|PRE|WITHIN|NEXT)|W|N)/\d+\b|(?:^|(?<=\s))NEAR(?=\s\S)"),
        "Scopus, Web of Science or Cochrane",
    ),
    (
        re.compile(r"\b(?:TI|AB|TS|AU|SO|PY|TX|SU|MH|DE|AK|KP|DT|LA|ALL)=|\bTITLE-ABS-KEY\b|\bPUBYEAR\b"),
        "Scopus or Web of Science",
    ),
    (re.compile(r"^~\d+"), "Lucene or ProQuest"),
)
# Only where there is no field tag: with one, these may be what is looked for.
_UNTAGGED = (
    (re.compile(rf"(?<=[a-z])/(?:(?:{_OVID_SUBHEADING})(?:\s?,\s?[a-z]{{2}})*)?$"), "Ovid"),
    (re.compile(r"(?<=\w\s)[NW]\d{1,2}(?=\s\w)"), "EBSCO"),
    (
        re.compile(
            r"^(?:tiab|ti|ab|title|abstract|abs|all|au|auth|mesh|mh|kw|keywords?|cat|src|title_abs|pub_year):\S",
            re.IGNORECASE,
        ),
        "Europe PMC or arXiv",
    ),
)
_CALLED = re.compile(
    r"(?:noft|ti,ab|ti|ab|su|if|diskw|all|title|abstract|tiab|abs|key|limit-to|doctype|srctype"
    r"|(?:mesh|emb|subject|su)\.exact(?:\.explode)?|mainsubject)",
    re.IGNORECASE,
)
_DIALECT_SIGN = re.compile(r"[./=:~]|adj|title|near|pubyear|\b[nw]\d", re.IGNORECASE)  # one of these is in all of them
_EBSCO = re.compile(r"(?:MM|MH|TI|AB|SU|TX|DE)")
_EBSCO_FIELD = re.compile(r"(?:TI|AB|SU|TX|KW)\s\S")


def sign_errors(text: str, tokens: Sequence[Token]) -> Iterator[Problem]:
    """Signs that look like PubMed's and are not."""
    for match in _HIDDEN.finditer(text):
        message = f"an invisible character (U+{ord(match.group()):04X}) stands here"
        yield Problem("hidden", match.start(), message, "take it out")
    for match in _FULL_WIDTH.finditer(text):
        message = f"{match.group()} is a wide sign of another script; PubMed does not read it as a sign of its own"
        yield Problem("curly-quote", match.start(), message, "write the plain sign of an English keyboard")
    for token in tokens:
        if token.kind != "word":
            continue
        dash = _DASHES.search(token.text)
        if dash:
            at = token.start + dash.start()
            yield Problem("dash", at, f"{dash.group()} is a dash, not a hyphen: PubMed reads it as a space", "write -")
        if not token.text.isascii():
            single = _SINGLE.search(token.text)
            if single:
                message = f"{single.group()} is not a quotation mark to PubMed: it is read as a space"
                yield Problem("curly-quote", token.start + single.start(), message, 'write "')


def sign_notes(text: str, tokens: Sequence[Token]) -> Iterator[Problem]:
    """Signs that do no harm that we know of, but should not be there."""
    for match in _SPACES.finditer(text):
        message = f"the space here is not the one of the space bar (U+{ord(match.group()):04X})"
        yield Problem("space", match.start(), message, "type it again")
    for token in tokens:
        dash = _DASHES.search(token.text) if token.kind == "quote" else None
        if dash:
            message = f"{dash.group()} within the phrase is a dash, not a hyphen"
            yield Problem("dash", token.start + 1 + dash.start(), message, "write -")
        if token.kind == "word" and token.text.startswith("'"):
            message = "single quotation marks do not make a phrase in PubMed"
            yield Problem("single-quote", token.start, message, 'write "')


def term_errors(tree: Tree) -> Iterator[Problem]:
    """What in a term would make PubMed answer something else."""
    concepts = _concept_dates(tree)
    tagged = any(leaf.tag is not None and leaf.tag.kind != "unknown" for leaf in leaves(tree.root))
    found = [*signs(tree.source.text, tagged), *_ebsco_fields(tree)]
    for leaf in leaves(tree.root):
        if isinstance(leaf, Range):
            yield from _range(leaf) if leaf.start not in concepts else ()
            continue
        yield from _date(leaf)
        found += _dialect(tree, leaf)
        yield from _foreign_field(tree, leaf)
        yield from _wildcards(tree, leaf)
    yield from {problem.start: problem for problem in reversed(found)}.values()


def _concept_dates(tree: Tree) -> set[int]:
    """Where open-ended dates begin that belong to a concept: ``covid OR (coronavirus AND 2019:3000[dp])``.

    Read from left to right, such a date holds for a part of the answer only: what it is joined to is one side of an OR.
    """
    found: set[int] = set()
    waiting: list[tuple[Chain, bool]] = [(tree.root, False)]
    while waiting:
        chain, inside = waiting.pop()
        last = max((index for index, step in enumerate(chain.rest, 1) if step.op == "OR"), default=0)
        first = chain.rest[0].op if chain.rest else "AND"
        nodes = [(chain.first, first), *((step.node, step.op) for step in chain.rest)]
        for index, (node, op) in enumerate(nodes):
            here = inside or index < last
            if isinstance(node, Chain):
                waiting.append((node, op != "NOT" and (here or op == "OR")))
            elif here and op == "AND" and isinstance(node, Range) and _is_open(node):
                found.add(node.start)
    return found


def _is_open(leaf: Range) -> bool:
    """Whether a range of dates has no end: ``2019/12:3000[dp]``."""
    year = leaf.high.text[:4]
    return leaf.tag is not None and leaf.tag.kind == "date" and year.isdigit() and int(year) >= _NO_END


def _range(leaf: Range) -> Iterator[Problem]:
    kind = leaf.tag.kind if leaf.tag else ""
    if kind == "date" or (not kind and _RECENT.fullmatch(leaf.low.text)):
        yield _no_date(leaf)
    elif kind not in ("other", "id"):
        message = "a colon between two terms means a range, and this field has none"
        yield Problem("range", leaf.low.end, message, NO_COLON)


def _date(term: Term) -> Iterator[Problem]:
    kind = term.tag.kind if term.tag else ""
    if kind == "date" or (kind == "filter" and _RECENT.fullmatch(term.text)):
        yield _no_date(term)


def _no_date(leaf: Leaf) -> Problem:
    message = "a date in the strategy: the tracker keeps the dates itself, and a paper can begin to match years later"
    return Problem("date", leaf.start, message, "take it out, and say so in the header limits: if it is a limit")


def _foreign_field(tree: Tree, term: Term) -> Iterator[Problem]:
    if term.tag and not term.tag.pubmed:
        message = f"PubMed has no field tag [{term.tag.name}]: the abstract cannot be searched alone"
        yield Problem("unknown-tag", term.start + tree.written(term).rfind("["), message, "did you mean [tiab]?")


def _dialect(tree: Tree, term: Term) -> Iterator[Problem]:
    if term.tag and term.tag.kind == "mesh" and term.text[:4].lower() == "exp ":
        message = f"{term.text[:3]!r} is the language of Ovid: a heading tagged [Mesh] takes in those below it anyway"
        yield Problem("dialect", term.start, message, "take it out")
    kind = term.tag.kind if term.tag else "unknown"
    if term.quoted or kind not in ("text", "unknown"):
        return
    said = "" if term.tag else _prefix(tree, term)
    if said:
        yield Problem("dialect", term.start, said, TO_PUBMED)
        return
    written = tree.written(term)
    if not _DIALECT_SIGN.search(written):
        return
    patterns = _DIALECTS if kind == "text" else (*_DIALECTS, *_UNTAGGED)
    found = [(match, service) for pattern, service in patterns if (match := pattern.search(written))]
    if found:
        match, service = min(found, key=lambda each: each[0].start())
        message = f"{match.group().strip()!r} is the language of {service}, not of PubMed"
        yield Problem("dialect", term.start + match.start(), message, suggestion(match.group()))


def _prefix(tree: Tree, term: Term) -> str:
    """What is wrong with an untagged term that another service reads as a field: ``TI "tea"``, ``noft(tea)``."""
    after = tree.source.text[term.end : term.end + 3]
    if len(term.text) == 2 and _EBSCO.fullmatch(term.text) and after.lstrip()[:1] in ('"', "("):
        return f"{term.text} before a term is the language of EBSCO, not of PubMed"
    if after[:1] == "(" and _CALLED.fullmatch(term.text):
        return f"{term.text}( is the language of ProQuest or Scopus, not of PubMed"
    if term.text[:1] == "/" and term.start and tree.source.text[term.start - 1] == "]":
        return 'a subheading after its field tag is no language of PubMed: it stands in the term, "Tea/history"[Mesh]'
    return ""


def _ebsco_fields(tree: Tree) -> Iterator[Problem]:
    """``TI tea OR AB tea``; a single one may be meant as it stands, as in AB blood groups."""
    untagged = [leaf for leaf in leaves(tree.root) if isinstance(leaf, Term) and leaf.tag is None and not leaf.quoted]
    found = [term for term in untagged if _EBSCO_FIELD.match(term.text)]
    for term in found if len(found) > 1 else ():
        message = f"{term.text[:2]} before a term is the language of EBSCO, not of PubMed"
        yield Problem("dialect", term.start, message, suggestion(term.text[:2]))


def _wildcards(tree: Tree, term: Term) -> Iterator[Problem]:
    """Offsets are looked up in the strategy as written, where spaces may be wider than in the term."""
    written = tree.written(term)
    if not _SPECIAL.search(written):
        return
    said = written[: written.rfind("[")] if term.tag else written
    foreign = _FOREIGN.search(said)
    if foreign and not (term.tag and term.tag.kind == "id"):
        sign = foreign.group()
        message = f"{sign} is a wildcard of other services; PubMed reads it as a space"
        yield Problem("wildcard-foreign", term.start + foreign.start(), message, "write * at the end of the word stem")
    if "*" not in said:
        return
    leading = _LEADING.search(said.replace('"', " "))
    if leading:
        message = "* at the beginning of a word is not read by PubMed"
        yield Problem("wildcard-leading", term.start + leading.start(), message, "write out the words that are meant")
    elif sum(map(len, words(said[: said.index("*")]))) < SHORTEST and _signs_before(said) < SHORTEST:
        message = f"fewer than {SHORTEST} letters before *: PubMed does not search for it"
        at = term.start + said.index("*")
        yield Problem("wildcard-short", at, message, "write more of the word, or each word that is meant")
    if term.near is not None:
        message = "with a * in it PubMed drops the distance: the words may stand anywhere"
        at = term.start + said.index("*")
        yield Problem("wildcard-proximity", at, message, "write out the words, one proximity search each")


def _signs_before(said: str) -> int:
    """Characters before the first ``*`` that are no spaces: ``X-ra*`` has four."""
    return sum(not sign.isspace() and sign != '"' for sign in said[: said.index("*")])


def term_notes(tree: Tree) -> Iterator[Problem]:
    """Advice on single terms: words that PubMed maps on its own, odd proximity searches."""
    concepts = _concept_dates(tree)
    for leaf in leaves(tree.root):
        if isinstance(leaf, Range):
            if leaf.start in concepts:
                message = "a date within a concept: papers that PubMed dates earlier, or not at all, do not match"
                yield Problem("date", leaf.start, message, "say why in the header limits:")
            continue
        if leaf.tag is None and leaf.text.lower() != "hasabstract":
            yield _untagged(leaf)
        if leaf.near is not None and (not leaf.quoted or len(words(leaf.text)) < 2):
            message = "a proximity search wants two or more words in quotation marks"
            yield Problem("proximity", leaf.start, message, f'"{leaf.text} ..."[tiab:~{leaf.near}]')
        last = leaf.text.split()[-1]
        if leaf.text.count(" ") and last.endswith("*") and len(last) <= SHORTEST:
            message = f"{last} is very short: a phrase that ends in it finds much"
            yield Problem("wildcard-wide", leaf.start, message, "write out the words that are meant")


def _untagged(term: Term) -> Problem:
    if term.quoted or "*" in term.text:
        message = "without a field tag all fields are searched, the authors' addresses too"
        return Problem("untagged", term.start, message, print_term(term) + "[tiab]")
    message = "without a field tag PubMed maps this to headings, journals and authors, each year to others"
    said = f'"{term.text}"' if " " in term.text else term.text
    return Problem("mapping", term.start, message, f"{said}[tiab], and the heading on its own")
