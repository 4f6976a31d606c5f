"""Reading what api.biorxiv.org says of one version of a preprint; medRxiv and bioRxiv speak alike.

A record is one version (key: DOI and version): the DOI is that of the preprint and says nothing of the version.
Both prefixes are in use, 10.1101 until November 2025 and 10.64898 since.

Texts are freed of their typesetting: codes (``O_ST_ABS`` ... ``C_ST_ABS`` around a heading, ``O_LI`` before an item),
names of signs in braces (``{beta}``), debris of figures; and in every second abstract the headings are glued to the
next word (``BackgroundLoneliness is``), which would hide it from any search for words. Counted on 2,513 medRxiv
abstracts: codes in 24 %, glued headings in 52 %. What is lost stays lost: ``5 x 105`` was once a power of ten. The
headings were gathered from 5,000 abstracts of medRxiv; they are written as in a sentence, as in a title or in capitals,
single or two or three joined by "and".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from tracker import states
from tracker.model import Author, Event, Grant, Link, PartialDate, Record, Section
from tracker.sources import UnreadableRecord, info, withdrawal
from tracker.sources.kinds import PREPRINT
from tracker.text import clean, clean_doi, strip_emails
from tracker.text.dates import iso
from tracker.text.names import in_parts

_SAID = """
Abstract; General abstract; Brief abstract; Short summary; Brief summary; Introductory paragraph; Main points
Comparator; Comparators; Trial registration number; Data availability statement; Added value; Aim; Aims; Goal; Goals
Background; Rationale; Context; Introduction; Intro; Importance; Overview; Motivation
Objective; Objectives; Primary objective; Secondary objectives; Purpose; Hypothesis; Hypotheses; Question; Questions
Research question; Research questions; Study question; Study objective; Study objectives
Method; Methods; Methodology; Material; Materials; Procedure; Procedures; Approach; Experimental approach
Design; Study design; Trial design; Research design; Design setting; Setting; Settings; Participant; Participants
Patient; Patients; Subjects; Population; Study population; Sample; Samples; Eligibility criteria; Inclusion criteria
Data; Data source; Data sources; Data extraction; Data synthesis; Data collection; Data analysis; Data availability
Study selection; Search strategy; Selection criteria; Evidence synthesis; Quality assessment; Analysis; Analyses
Statistical analysis; Intervention; Interventions; Exposure; Exposures; Measure; Measures; Measurement; Measurements
Outcome; Outcomes; Outcome measure; Outcome measures; Outcomes measures
Main outcome; Main outcomes; Main outcome measure; Main outcome measures; Main outcomes measures; Primary outcome
Primary outcomes; Primary outcome measure; Primary outcome measures; Secondary outcome; Secondary outcomes
Secondary outcome measures; Secondary outcomes measures; Main measures; Main exposure; Main exposures; Primary
Finding; Findings; Key finding; Key findings; Main findings; Principal findings; Result; Results; Main results
Key results; Interpretation; Interpretations; Discussion; Conclusion; Conclusions; Main conclusion; Limitation
Limitations; Strengths; Strengths and limitations of the study; Strengths and limitations of this study
Funding; Funding statement; Relevance; Clinical relevance; Clinical significance; Significance; Significance statement
Statement of significance; Statement of relevance; Clinical implications; Implication; Implications
Policy implications; Practical implications; Practice implications; Implications for practice
Implications of all available evidence; Implications of all the available evidence
Implications of the available evidence; Evidence before this study; Added value of this study; Research in context
What is already known; What is known; What is already known on this topic; What is already known about this topic
What is already known about this subject; What is known about this topic; What this study adds; What the study adds
What does this study add; Summary; Author summary; Lay summary; Plain language summary; One sentence summary
Single sentence summary; Article summary; Article summary line; Table of contents summary; Synopsis; Highlights
Key points; Key messages; Key message; Take home message; Meaning; Novelty; Impact; Impact statement; Study impact
Contribution; Recommendations; Future directions; Perspective; Perspectives; Statement; Registration
Trial registration; Study registration; Protocol registration; Clinical trial registration; Review registration
Systematic review registration; Clinical trial identifier; PROSPERO registration; Protocol; Ethics; Ethical approval
Dissemination; Disclaimer; Declaration of interests; Competing interests; Conflict of interest; Keywords; Key words
Note; Patient or public contribution; Patient and public involvement; Public and patient involvement
Availability; Implementation; Supplementary information
"""
_SMALL = frozenset({"a", "all", "and", "of", "on", "or", "the", "this", "in", "for", "is"})


def _spellings(phrase: str) -> set[str]:
    words = phrase.split()
    titled = " ".join(word if word in _SMALL or word.isupper() else word[0].upper() + word[1:] for word in words)
    return {phrase, titled, titled.replace(" the ", " The "), phrase.upper()}


def _expression() -> tuple[re.Pattern[str], frozenset[str]]:
    """The expression of a heading, and the three letters with which one may begin."""
    phrases = [phrase.strip() for phrase in re.split(r"[;\n]", _SAID) if phrase.strip()]
    written = {spelling for phrase in phrases for spelling in _spellings(phrase)}
    following = written | {phrase[0].lower() + phrase[1:] for phrase in phrases}

    def either(words: set[str]) -> str:
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        return "|".join(re.escape(word).replace(r"\ ", " ") for word in longest_first)

    joined = rf"(?:{either(written)})(?:(?:, | and | AND | & | or |/)(?:{either(following)})){{0,3}}(?![a-z])"
    return re.compile(joined), frozenset(word[:3] for word in written)


_BEGIN = re.compile(r"(?:\A|[\n.?!)\]\"”’%])[ \t\xa0]*(?=[A-Z])")
_HEADING, _LETTERS = _expression()


def headings(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it begins a line) of everything that may be a heading, judged by what stands before it.

    That is the beginning of a line or the end of a sentence. What may stand behind it is for the caller to judge; a
    small letter never does.
    """
    for place in _BEGIN.finditer(text):
        start = place.end()
        if text[start : start + 3] in _LETTERS:
            found = _HEADING.match(text, start)
            if found:
                yield start, found.end(), text[place.start()] == "\n" or not text[:start].strip()


# The names in braces are those of TeX and of its relatives, a few are their own.
_NAMED = """
alpha α; beta β; gamma γ; delta δ; epsilon ε; zeta ζ; eta η; theta θ; iota ι; kappa κ; lambda λ; mu μ; nu ν; xi ξ
omicron ο; pi π; rho ρ; sigma σ; tau τ; upsilon υ; phi φ; chi χ; psi ψ; omega ω; Alpha Α; Beta Β; Gamma Γ; Delta Δ
Epsilon Ε; Zeta Ζ; Eta Η; Theta Θ; Iota Ι; Kappa Κ; Lambda Λ; Mu Μ; Nu Ν; Xi Ξ; Omicron Ο; Pi Π; Rho Ρ; Sigma Σ; Tau Τ
Upsilon Υ; Phi Φ; Chi Χ; Psi Ψ; Omega Ω; varepsilon ε; vartheta ϑ; varphi φ; varrho ϱ; varsigma ς; micro µ; ell ℓ
+/- ±; -/+ ∓; plusmn ±; pm ±; times ×; divide ÷; middle dot ·; middot ·; bullet •; degrees °; degree °; prime ′
euro €; pound £; yen ¥; dagger †; ddagger ‡; section §; permil ‰; copyright ©; registered ®; trade ™; star ★
approx ≈; sim ∼; simeq ≃; cong ≅; equiv ≡; ne ≠; neq ≠; propto ∝; le ≤; leq ≤; ge ≥; geq ≥; lesssim ≲; gtrsim ≳
ll ≪; gg ≫; infty ∞; infinity ∞; partial ∂; nabla ∇; surd √; cup ∪; cap ∩; int ∫; rightarrow →; leftarrow ←
uparrow ↑; downarrow ↓; leftrightarrow ↔; Rightarrow ⇒; Leftarrow ⇐; Uparrow ⇑; Downarrow ⇓; triangleup △
triangledown ▽; blacktriangleright ▶; blacksquare ■; bigcirc ○
"""
# {square}: a sign their own system did not know; as often as not a hyphen.
SIGNS = {"square": " "} | dict(re.findall(r"(\S.*?) (\S)(?:; |\n)", _NAMED))
_BRACES = re.compile(r"\{([^{}\n]{1,20})\}")

_FIGURE = re.compile(r"O_FIG\b.*?C_FIG", re.S)
_DEBRIS = re.compile(
    r"O_LINKSMALLFIG\b[^>]{0,400}>?|View (?:larger version|this table)[^:\n]{0,20}:"
    r"|org\.highwire\.dtl\.DTLVardef@[0-9a-f]+|_HPS_FORMAT_FIGEXP|\b[OCM]_(?:FIG|TBL)\b"
)
_HEADING_CODE = re.compile(r"\s*O_ST_ABS(.{0,200}?)C_ST_ABS\s*", re.S)
_CODES = re.compile(
    r"(?P<inside>[OC]_SCP(?:LOW|CAP))|(?P<between>[OC]_(?:LI(?!NKS)|ST_ABS|TEXTBOX|FLOATNO|TABLECAPTION"
    r"|TBL|FIG|UL|OL|BR))"
)
_BRACKETED = re.compile(r"\[(&[A-Za-z]{2,8};|-?&gt;|&lt;-?|[~≥≤<>±×→←]|->|<-)\]")
_ARROW = re.compile(r"\[tpltrtarr\]")
_TAG = re.compile(r"</?(?:br|p|i|b|em|it|strong|sub|sup|u|sc|span|italic|bold|jats:[a-z-]+)\b[^<>]{0,200}/?>", re.I)
_BREAKING = re.compile(r"</?(?:br|p)\b", re.I)

_START, _END = "\x02", "\x03"  # around a heading that a code marks; neither can be in a text that has been cleaned
_MARKED = re.compile(f"{_START}([^{_END}]*){_END}")


def without_codes(text: str) -> str:
    """The text with characters for codes, entities and names of signs; line breaks kept. Any Unicode in."""
    text = text.replace(_START, "").replace(_END, "")
    if "_" in text:
        text = _DEBRIS.sub(" ", _FIGURE.sub("\n", text))
        text = _HEADING_CODE.sub(lambda found: f"\n{_START}{found[1]}{_END}", text)
        text = _CODES.sub(lambda found: "" if found["inside"] else "\n", text)
    if "[" in text:
        text = _ARROW.sub("▶ ", _BRACKETED.sub(lambda found: _bracketed(found[1]), text))
    if "&" in text:
        text = unescape(text)
    if "{" in text:
        text = _BRACES.sub(lambda found: SIGNS.get(found[1], found[0]), text)
    if "<" in text:
        text = _TAG.sub(lambda found: "\n" if _BREAKING.match(found[0]) else "", text)
    return text


def _bracketed(said: str) -> str:
    sign = unescape(said)
    return {"->": "→", "<-": "←"}.get(sign, sign)


def title(text: str) -> str:
    """A title in one clean line."""
    plain = without_codes(text)
    return clean(_MARKED.sub(r" \1 ", plain))


def abstract(text: str) -> tuple[Section, ...]:
    """The sections of an abstract, in order, each in one clean line; one without a label where it has no headings."""
    sections: list[Section] = []
    label = ""
    place = 0
    plain = without_codes(text)
    for start, end, heading in _headings(plain):
        _add(sections, label, plain[place:start])
        label, place = clean(heading), end
    _add(sections, label, plain[place:])
    return tuple(sections)


def _add(sections: list[Section], label: str, text: str) -> None:
    said = clean(_MARKED.sub(r" \1 ", text))
    if said:
        sections.append(Section(said, label))
    elif label:  # a heading with nothing below it: words all the same
        sections.append(Section(label))


def _headings(text: str) -> list[tuple[int, int, str]]:
    """(start, end, heading) of each heading, in order: those that a code marks, those glued, those with a colon."""
    found = [(mark.start(), mark.end(), mark[1]) for mark in _MARKED.finditer(text) if mark[1].strip()]
    marked = [(start, end) for start, end, _ in found]
    for start, end, at_line in headings(text):
        below = _text_below(text, start, end, at_line)
        if below and not any(first <= start < last for first, last in marked):
            found.append((start, below, text[start:end]))
    return sorted(found)


def _text_below(text: str, start: int, end: int, at_line: bool) -> int:
    """Where the text under the heading begins; 0 when it is no heading but a word of a sentence."""
    first, second = text[end : end + 1], text[end + 1 : end + 2]
    if first == ":":
        return end + 1
    if at_line and first == "\n":
        return end
    if text[start:end].isupper() and not (second.islower() or second.isspace()):
        return 0  # RESULTSAND: where would it end?
    if first.isupper():
        return end
    return end if at_line and (first.isdigit() or first in tuple("\"“‘'([≥≤<>~")) else 0


PARSER_VERSION = 2  # goes up when parse would read an old raw record differently: see ``tracker reparse``

# Their licences are those of version 4.0; cc_no is "all rights reserved".
_LICENCES = {
    "cc_by": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "cc_by_sa": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc_by_nd": ("CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
    "cc_by_nc": ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "cc_by_nc_sa": ("CC BY-NC-SA 4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    "cc_by_nc_nd": ("CC BY-NC-ND 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
    "cc0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
_NOTHING = frozenset({"", "na", "n/a", "none", "null"})


def key(row: Mapping[str, Any]) -> str:
    """``10.1101/2023.10.21.23297352v3``, the DOI with the version behind it, as the servers' own pages have it; or ''.

    Whatever else is wrong with a row, this tells whose it is.
    """
    doi, version = clean_doi(_text(row, "doi")), _text(row, "version")
    return f"{doi}v{version}" if doi and re.fullmatch(r"[1-9][0-9]{0,3}", version) else ""


def parse(server: str, raw: bytes) -> Record:
    """Read one row of ``collection``; ``server`` is medrxiv or biorxiv. Raises UnreadableRecord with the reason."""
    row = _row(raw)
    name = key(row)
    if not name:
        raise UnreadableRecord("no DOI with a version in it")
    day = iso(*_text(row, "date").split("-")[:3]) if _text(row, "date") else ""
    if len(day) != 10:
        raise UnreadableRecord(f"{name}: no day of posting in it")
    doi, _, version = name.rpartition("v")
    licence, licence_url = _LICENCES.get(_text(row, "license").lower(), ("", ""))
    posted = PartialDate(day, _text(row, "date"))
    return Record(
        source=server,
        source_id=name,
        title=title(_said(row, "title")),
        abstract=abstract(_said(row, "abstract")),
        authors=_authors(row),
        journal=info(server).title,
        publisher=info(server).title,
        date=posted,
        electronic_date=posted,
        created=day,
        doi=doi,
        publication_types=((PREPRINT, "Preprint"),),
        grants=_grants(row.get("funder")),
        links=_links(row, doi),
        licence=licence,
        licence_url=licence_url,
        version=version,
        extra=_extra(row),
    )


def events(record: Record) -> tuple[Event, ...]:
    """Posted; published, with the journal's DOI as notice; withdrawn, with the authors' reason.

    bioRxiv marks a withdrawn version by its type. medRxiv does not: there the statement stands in place of the
    abstract, or before the title.
    """
    posted = "" if record.version == "1" else f"version {record.version}"
    found = [Event(states.PREPRINT.code, posted, record.source, record.date.value)]
    found += [
        Event(states.PUBLISHED.code, link.doi, record.source) for link in record.links if link.kind == "published"
    ]
    text = record.abstract_text
    stated = withdrawal.stated(text)
    if stated or ("type", "withdrawn") in record.extra or withdrawal.titled(record.title):
        found.append(Event(states.WITHDRAWN.code, "", record.source, record.date.value, text[:1000] if stated else ""))
    return tuple(found)


def _row(raw: bytes) -> dict[str, Any]:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecord("not JSON") from error
    if not isinstance(row, dict):
        raise UnreadableRecord("not one record")
    return row


def _said(row: Mapping[str, Any], name: str) -> str:
    """A member as text, line breaks kept; '' for what is none, or says that there is none."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip().lower() not in _NOTHING else ""


def _text(row: Mapping[str, Any], name: str) -> str:
    return clean(_said(row, name))


def _authors(row: Mapping[str, Any]) -> tuple[Author, ...]:
    """``Watson, O. J.; The Group``; the institution of the corresponding author goes to whoever bears the name."""
    people = [person for said in _said(row, "authors").split(";") if (person := author(said.strip()))]
    corresponding = _text(row, "author_corresponding")
    institution = strip_emails(_said(row, "author_corresponding_institution"))
    last = corresponding.rpartition(" ")[2].casefold()
    for place, person in enumerate(people if institution and last else ()):
        if not person.family.casefold().endswith(last) or not _ends_with(corresponding, person.family):
            continue
        people[place] = Author(person.family, person.given, person.initials, person.suffix, affiliations=(institution,))
        break
    return tuple(people)


def author(said: str) -> Author | None:
    """``Tran, T. N.-A.`` is family name and initials, ``Doe, Jane`` family and given name, without a comma a group."""
    said = title(said) if "_" in said or "{" in said or "&" in said else clean(said)
    family, comma, rest = (part.strip() for part in said.partition(","))
    if not family.strip(" ."):
        return Author(group=rest) if rest.strip(" .") else None
    if not comma or not rest.strip(" ."):
        return Author(group=family)
    rest, _, suffix = (part.strip() for part in rest.partition(","))
    return in_parts(family, rest, suffix)


def _ends_with(name: str, family: str) -> bool:
    return f" {name}".casefold().endswith(f" {family}".casefold())


def _links(row: Mapping[str, Any], own: str) -> tuple[Link, ...]:
    doi = clean_doi(_text(row, "published"))
    return (Link("published", doi=doi),) if doi and doi != own else ()


def _grants(funders: object) -> tuple[Grant, ...]:
    """``funder`` is "NA", or a list of {name, id, id-type, award}; an award may be several, between semicolons."""
    found = []
    for funder in funders if isinstance(funders, list) else ():
        if isinstance(funder, dict) and _text(funder, "name"):
            awards = [clean(award) for award in _said(funder, "award").split(";") if clean(award)] or [""]
            found += [Grant(id=award, agency=_text(funder, "name")) for award in awards]
    return tuple(dict.fromkeys(found))


def _extra(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    kind = _text(row, "type").lower()
    said = (
        ("category", _text(row, "category")),
        ("type", "" if kind == "publishaheadofprint" else kind),
        ("corresponding author", _text(row, "author_corresponding")),
    )
    return tuple(pair for pair in said if pair[1])
