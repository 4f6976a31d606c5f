"""Signs of other services' languages (Ovid, EBSCO, Scopus, Web of Science, Cochrane, ProQuest, Embase).

PubMed would search for them as for words, and answer something else without a word. Each is told with what to write.
Most can be nothing else and are errors anywhere; some are words too (``N3``, ``1 or 2``) and are errors only where a
strategy has no field tag at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.strategy.parse import Problem

TO_PUBMED = "write a field tag after each term, as in lonel*[tiab]"

# A field as other services name it, and PubMed's tag for it; what is not here is [tiab].
FIELDS = {
    **dict.fromkeys(("ti", "title", "kf_ti", "it"), "ti"),
    **dict.fromkeys(("kf", "kw", "ak", "if", "key", "authkey", "keyword", "diskw"), "ot"),
    **dict.fromkeys(("mp", "tx", "all", "noft", "title-abs-key"), "tw"),
    **dict.fromkeys(("sh", "de_exact"), "mh:noexp"),
    **dict.fromkeys(("hw", "mh", "me", "su", "mesh", "indexterms", "mainsubject"), "mh"),
    **dict.fromkeys(("mm", "mj", "mjmesh", "majr"), "majr"),
    **dict.fromkeys(("pt", "dt", "doctype", "rtype", "zt"), "pt"),
    **dict.fromkeys(("au", "auth", "author-name"), "au"),
    **dict.fromkeys(("lg", "la", "language"), "la"),
    **dict.fromkeys(("jn", "jw", "jx", "so", "srctitle", "pub", "exactsrctitle"), "ta"),
    **dict.fromkeys(("ad", "in", "af", "affil", "og"), "ad"),
    **dict.fromkeys(("nm", "rn", "ps", "pa", "gr", "pl"), ""),
}
_CALLS = (
    "TITLE(?:-ABS)?(?:-KEY)?(?:-AUTH)?|ABS(?:-KEY)?|KEY|AUTHKEY|INDEXTERMS|AUTH(?:OR-NAME)?|AFFIL(?:ORG)?|SRCTITLE"
    "|EXACTSRCTITLE|LIMIT-TO|EXCLUDE|DOCTYPE|SRCTYPE|SUBJAREA|LANGUAGE|PUBYEAR|REFTITLE|CHEMNAME"
)
_QUOTED = re.compile(r'"[^"]*"|\[[^\[\]]*\]')
_TERM_BEFORE = r"(?<=[\w*\")])(?<!\bAND)(?<!\bOR)(?<!\bNOT)\s+"
_TERM_AFTER = r"(?=\s+[\w\"(])"
_REFERENCES = re.compile(r"[\s()]*(?:[#S]?\d{1,3}[\s()]*\b(?:AND|OR|NOT)\b[\s()]*)+[#S]?\d{1,3}[\s()]*", re.IGNORECASE)


class _Sign(NamedTuple):
    """``anywhere``: no word can look so, and it is told beside field tags too. The group ``at`` is the sign."""

    service: str
    pattern: re.Pattern[str]
    anywhere: bool = False


def _sign(service: str, pattern: str, anywhere: bool = False, case: bool = False) -> _Sign:
    return _Sign(service, re.compile(pattern, 0 if case else re.IGNORECASE), anywhere)


_SIGNS = (
    _sign("Ovid", r'(?<![\w"])(?:exp|focus)\s+\*?(?:"[^"]*"|[\w][\w ,\'-]{0,80}?)\s*/', anywhere=True),
    _sign("Ovid", rf"{_TERM_BEFORE}(?P<at>ADJ\d{{0,2}}){_TERM_AFTER}", case=True),
    _sign("Ovid", rf"{_TERM_BEFORE}(?P<at>adj\d{{1,2}}){_TERM_AFTER}", anywhere=True),
    _sign("Ovid", r"(?<=[\w*)\"$?])\.[a-z]{2}(?:,[a-z]{2})*\.(?=\s|\)|$)"),
    _sign("Ovid", r"(?<=[\w*)\"])\.(?:ti|ab|tw|kf|kw|mp|hw|sh|pt|lg)(?:,[a-z]{2})*\.(?=\s|\)|$)", anywhere=True),
    _sign("EBSCO", rf"{_TERM_BEFORE}(?P<at>[NW]\d{{1,2}}){_TERM_AFTER}", case=True),
    _sign("EBSCO", r'(?<![\w"])(?:MH|MM|MJ|DE|ZU|ZG)\s*\(?\s*"[^"]*"', case=True, anywhere=True),
    _sign("EBSCO", r"(?:^|(?<=\())\s*(?P<at>(?:TI|AB|SU|TX|KW|AU|SO|PT))\s+(?=[\w\"(*]+\*|\(|\")", case=True),
    _sign("Scopus", rf"(?<![\w\-\"])(?:{_CALLS})\s?\((?!\s*\))", case=True, anywhere=True),
    _sign(
        "Scopus, Web of Science or Cochrane",
        rf"{_TERM_BEFORE}(?P<at>(?:W|N|P|PRE|NEAR|NEXT|WITHIN)/\d{{1,3}}){_TERM_AFTER}",
    ),
    _sign("Web of Science", rf"{_TERM_BEFORE}(?P<at>SAME){_TERM_AFTER}", case=True),
    _sign("the Cochrane Library", rf"{_TERM_BEFORE}(?P<at>NEAR|NEXT){_TERM_AFTER}", case=True),
    _sign(
        "Web of Science",
        r"(?<![\w\"\-])(?:TS|TI|AB|AK|KP|AU|SO|PY|DT|LA|WC|SU|ALL|TX|MH|DE)\s*=\s*[(\"\w]",
        case=True,
        anywhere=True,
    ),
    _sign("the Cochrane Library", r"(?<=[\w*)\"]):(?:me|ti|ab|kw|pt|so|au)(?:,[a-z]{2})*(?![\w/])"),
    _sign("ProQuest", r"(?<![\w\"])[A-Z]{2,12}(?:\.[A-Z]{2,10}){1,3}\s?\((?:\"[^\"]*\")?", anywhere=True),
    _sign("ProQuest", r"(?<![\w\"])(?:noft|diskw|ti,ab|ti,ab,su|ab,ti|ti,ab,if)\s?\(", anywhere=True),
    _sign(
        "Embase",
        r"(?:'[^'\"\[\]]{2,80}'|\"[^\"]{2,80}\"|(?<![\w/'\"-])[a-z][\w-]{2,80})\s*/(?:exp|de|mj)\b(?:/mj\b)?(?!\s*\[)",
        anywhere=True,
    ),
)


def signs(text: str, tagged: bool) -> Iterator[Problem]:
    """The signs of other services in a whole strategy; ``tagged``: it has a field tag of PubMed."""
    blank = _QUOTED.sub(lambda match: f"{match[0][0]}{chr(1) * (len(match[0]) - 2)}{match[0][-1]}", text)
    if not tagged and _REFERENCES.fullmatch(text) and not re.search(r"#", text):
        said = " ".join(text.split())
        message = f"{_short(said)!r} joins lines by their numbers as other services do; PubMed would search for numbers"
        at = len(text) - len(text.lstrip())
        better = re.sub(r"S?(\d+)", r"#\1", said, flags=re.IGNORECASE)
        yield Problem("dialect", at, message, f"write {better}, with #1 before the first line")
    taken: set[int] = set()
    for sign in _SIGNS:
        if tagged and not sign.anywhere:
            continue
        for match in sign.pattern.finditer(blank):
            name = "at" if "at" in sign.pattern.groupindex else 0
            start, end = match.span(name)
            if start in taken:
                continue
            taken.add(start)
            written = text[start:end].strip()
            message = f"{_short(written)!r} is the language of {sign.service}, not of PubMed"
            yield Problem("dialect", start, message, suggestion(written))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


_HEADING = re.compile(r"(?P<exp>exp|focus)?\s*(?P<star>\*?)\s*[\"']?(?P<name>[^\"'/]+?)[\"']?\s*/(?P<more>\S*)", re.I)
_NAMED = re.compile(r"(?P<how>MH|MM|MJ|DE|[A-Z.]*EXACT[A-Z.]*)\s*\(?\s*\"(?P<name>[^\"]*)\"?", re.I)
_NEAR = re.compile(r"(?P<op>adj|near|next|within|pre|w|n|p)/?(?P<number>\d*)", re.I)


def suggestion(sign: str) -> str:
    """What to write in PubMed for a sign of another service."""
    said = sign.strip()
    named, near, heading = _NAMED.fullmatch(said), _NEAR.fullmatch(said), _HEADING.fullmatch(said)
    if named:
        name, plus = named["name"].rstrip("+"), named["name"].endswith("+") or "explode" in named["how"].lower()
        major = "Majr" if named["how"].upper().startswith(("MM", "MJ")) else "Mesh"
        below = "" if plus else f":NoExp], or [{major}"
        return f'write "{name}"[{major}{below}]'
    if near:
        return _near(near["op"].lower(), near["number"])
    if heading and heading["name"].strip():
        tag = "Majr" if heading["star"] or (heading["exp"] or "").lower() == "focus" else "Mesh"
        exploded = heading["exp"] or heading["more"].startswith("exp")
        return f'write "{heading["name"].strip()}"[{tag}{"" if exploded else ":NoExp"}]'
    fields = re.findall(r"[a-z][a-z-]+", said.lower())
    if not fields:
        return TO_PUBMED
    found = list(dict.fromkeys(FIELDS.get(field, "tiab") or "tiab" for field in fields))
    tag = "tiab" if len(found) > 1 and "ti" in found else found[0]
    return f"write [{tag}] after each term, as in {_EXAMPLES.get(tag, 'lonel*')}[{tag}]"


_EXAMPLES = {"mh": '"Loneliness"', "mh:noexp": '"Loneliness"', "majr": '"Loneliness"', "pt": "review", "la": "english"}
_EXAMPLES |= {"au": "vale a", "ta": '"lancet"', "ad": "london"}


def _near(op: str, number: str) -> str:
    if (op in ("adj", "next") and not number) or op == "next":
        return 'write the words as a phrase, as in "older adults"[tiab]'
    between = max(0, int(number) - 1) if op == "adj" else int(number or 5)
    return f'write "..."[tiab:~{between}] around the words, or join them by AND'


# ---- what the translation works with -------------------------------------------------------------------------------

DIALECTS = {
    "ovid": "Ovid",
    "ebsco": "EBSCO",
    "scopus": "Scopus",
    "wos": "Web of Science",
    "central": "the Cochrane Library",
    "proquest": "ProQuest",
}
TELLING = {
    "ovid": r"\.(?:ti|ab|tw|mp|kf|kw|pt|sh|hw|lg|af|fs)(?:,\w\w)*\.?(?:\W|$)|\badj\d|\bexp\s|\w/(?:\s|$|\))"
    r"|\b(?:or|and)/\d|\blimit \d+ to",
    "ebsco": r'\bM[HM]\s*\(?"|\b[NW]\d{1,2}\s|(?:^|[\s(])(?:TI|AB|SU|TX|DE)\s+[("\w]',
    "scopus": r"\b(?:TITLE|ABS|KEY|TITLE-ABS(?:-KEY)?|INDEXTERMS|AUTHKEY|LIMIT-TO|SRCTITLE)\s?\(|\bPUBYEAR\b|\bPRE/\d",
    "wos": r"\b(?:TS|TI|AB|AK|KP|SO|DT|PY|WC|ALL)\s*=|\bNEAR/\d+|\bSAME\b",
    "central": r":(?:ti|ab|kw|pt|me)\b|\bmesh descriptor\b|\[mh\s|\bnear/\d+|\bnext\b|\{(?:or|and) #|\[(?:or|and) #",
    "proquest": r"\b(?:noft|ti,ab|ab,ti|diskw|ti,ab,su)\s?\(|\.EXACT|\b(?:ti|ab|su|if)\(|\bN(?:EAR)?/\d|\bP(?:RE)?/\d",
}
NEAR = {
    "ovid": r"adj\d*",
    "ebsco": r"[nw]\d{1,2}",
    "scopus": r"(?:w|pre)/\d+",
    "wos": r"near(?:/\d+)?|same",
    "central": r"near(?:/\d+)?|next(?:/\d+)?",
    "proquest": r"(?:near|n|pre|p|w)/\d+|near|pre",
}
CALLED = (
    r"(?:title(?:-abs)?(?:-key)?(?:-auth)?|abs(?:-key)?|key|authkey|indexterms|auth|affil|srctitle|limit-to|exclude"
    r"|doctype|language|subjarea|la|pd|yr|pt|all|noft|diskw|(?:ti|ab|su|if|pub|au)(?:,(?:ti|ab|su|if|kw))*)"
)
# Fields that need no look by a person, and those that hold a date.
KNOWN_FIELDS = {"ti", "title", "kf", "kw", "ak", "authkey", "if", "la", "lg", "language", "au", "auth"}
DATE_FIELDS = {"pd", "yr", "py", "ed", "dt_", "date", "pubyear", "dp", "ep", "up", "em"}
# Ways of writing the same, and the usual one.
USUAL = (
    (r"\.m_titl\.", ".ti."),
    (r"\s*\[[a-z]{2}=[^\]]*\]", " "),
    (r"\[(S\d{1,3})\]", r"\1"),
    (r"\b(?:TOPIC|TS)\s*:\s*(?=\()", "TS="),
    (r"\bTITLE\s*:\s*(?=\()", "TI="),
    (r"\bLANGUAGE\s*:\s*(?=\()", "LA="),
    (r"\bla\.exact\(\"?eng(?:lish)?\"?\)", "la(english)"),
    (r"(\ball trees|\bterm only|:[a-z]{2}(?:,[a-z]{2})*|(?<=\w)\])\s+[\d,]{1,9}\s*$", r"\1"),
)
IN_WORDS = (
    (r"\b(?:limiters|expanders|narrow by|search modes?)\b\s*[-:].*", "limits that are said in words are left out"),
    (
        r"\bAND\s+\(?\s*PUBYEAR\s*(?:[<>=]+|AFT|BEF|IS)\s*\d{4}(?:\s+AND\s+PUBYEAR\s*(?:[<>=]+|AFT|BEF|IS)\s*\d{4})*\s*\)?",
        "the years are left out",
    ),
    (
        r"\bAND\s+\(?\s*(?:LIMIT-TO|EXCLUDE)\s*\([^()]*\)(?:\s+OR\s+(?:LIMIT-TO|EXCLUDE)\s*\([^()]*\))*\s*\)?",
        "a limit is left out",
    ),
    (
        r"\(?\bword variations have been searched\)?",
        "other forms of the words are not searched for: add * where they are wanted",
    ),
    (r"\bin (?:trials|cochrane reviews)(?: \([^()]*\))?\s*$", "the part of the Cochrane Library is left out"),
    (r"\band with qualifiers?\(s\):?\s*\[[^\]]*\]", "the qualifiers of the heading are left out"),
    (r"\bin all mesh products\b", "all of MeSH is searched"),
    (r"\bwith cochrane library publication date.*", "the dates are left out"),
)
_NAME = r"(?P<name>\"[^\"]+\"|[^\W\d][^/()\".\x02]*?)"
HEADINGS: dict[str, tuple[str, ...]] = {
    "ovid": (
        rf"(?P<how>\b(?:exp|focus))\s+(?P<star>\*?)\s*{_NAME}\s*/\s?(?P<more>(?:[a-z]{{2}}(?:\s*,\s*[a-z]{{2}})*(?=\s*\)|\s*$|\s+(?:or|and|not)\b))?)",
        rf"(?P<before>(?:^|\(|\b(?:or|and|not)\b)\s*)(?P<star>\*?){_NAME}/\s?(?P<more>(?:[a-z]{{2}}(?:\s*,\s*[a-z]{{2}})*(?=\s*\)|\s*$|\s+(?:or|and|not)\b))?)",
    ),
    "ebsco": (r"\b(?P<how>MH|MM|MJ|DE|SU)\s*\(?\s*\"(?P<name>[^\"/]+)(?:/(?P<more>[^\"]*))?\"\s*(?P<last>\+?)",),
    "scopus": (),
    "wos": (),
    "central": (
        r"\bmesh descriptor:?\s*\[(?P<name>[^\]]+)\]\s*(?P<more>(?:explode all trees|this term only)?)",
        r"\[(?P<how>mh)\s+(?P<star>\^?)(?P<name>\"[^\"]+\"|[^\]/\"]+)(?:/(?P<more>[^\]]*))?\]",
    ),
    "proquest": (
        r"\b(?P<how>(?:mj)?(?:mesh|mainsubject|su|emb|subject|sub|de|diskw)\.exact(?:\.explode)?)\s*\(\s*\"(?P<name>[^\"]+)\"\s*\)",
    ),
}


# ---- lines ---------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\s*[(#S]?\s?(\d{1,3})(?:[.):]+\s*|\s+|(?=[(\[\"*]))(?=\S)(.*)", re.DOTALL)
_JOINS = re.compile(r"(?:and|or|not)\s", re.IGNORECASE)
_BARE = re.compile(
    r"[\s()]*(?:[#S]?\d{1,3}[\s()]*\b(?:and|or|not)\b[\s()]*)+[#S]?\d{1,3}[\s()]*|(?:or|and)/[\d,\s-]+", re.I
)


def numbered_lines(text: str) -> tuple[list[tuple[int, int, str]], list[tuple[int, str]]]:
    """The lines of a set as a service prints it, in the order of the numbers: (number, line in the file, text).

    Beside them the lines that belong to no search. Lines without numbers are counted if some name others by number.
    """
    said = [
        (at, line.strip()) for at, line in enumerate(re.split(r"\r\n|\n|\r", text.lstrip("\ufeff")), 1) if line.strip()
    ]
    found = [(at, _NUMBER.fullmatch(line), line) for at, line in said]
    numbers = [int(match[1]) for _, match, line in found if match and not _is_join(match)]
    counted = len(set(numbers)) == len(numbers) > 0 and sorted(numbers) in (numbers, numbers[::-1])
    if counted and (len(numbers) > 1 or numbers == [1]):
        return _numbered(found)
    if len(said) > 1 and any(_BARE.fullmatch(line) for _, line in said):
        return [(number, at, line) for number, (at, line) in enumerate(said, 1)], []
    return ([(1, said[0][0], " ".join(line for _, line in said))] if said else []), []


def _is_join(match: re.Match[str]) -> bool:
    """``1 or 2`` without a number of its own."""
    return bool(_JOINS.match(match[2]))


def _numbered(
    found: list[tuple[int, re.Match[str] | None, str]],
) -> tuple[list[tuple[int, int, str]], list[tuple[int, str]]]:
    lines: list[tuple[int, int, str]] = []
    left_out: list[tuple[int, str]] = []
    for at, match, line in found:
        if match and not _is_join(match):
            lines.append((int(match[1]), at, match[2].strip()))
        elif match and lines:
            lines.append((max(number for number, _, _ in lines) + 1, at, line))
        elif lines:
            number, first, before = lines[-1]
            lines[-1] = (number, first, f"{before} {line}")
        else:
            left_out.append((at, line))
    return sorted(lines), left_out
