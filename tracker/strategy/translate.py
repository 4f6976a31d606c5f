"""A strategy of Ovid, EBSCO, Scopus, Web of Science, the Cochrane Library or ProQuest as a numbered set for PubMed.

Line for line, and nothing in silence: each line is marked ``same``, ``wider`` (finds all of it, and more) or
``by hand`` (something has no counterpart: a person has to look), with the reasons.
What is written for a line always parses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from tracker.strategy.dialects import (
    CALLED,
    DATE_FIELDS,
    DIALECTS,
    FIELDS,
    HEADINGS,
    IN_WORDS,
    KNOWN_FIELDS,
    NEAR,
    TELLING,
    USUAL,
    numbered_lines,
)
from tracker.strategy.lint import errors
from tracker.strategy.words import words

SAME, WIDER, BY_HAND = "same", "wider", "by hand"
MOST_PAIRS = 30  # distances that are written out, one for each pair of words
SHORTEST = 4  # letters that PubMed wants before the first *


class TranslatedLine(NamedTuple):
    """One line: its number in the set, its line in the file, what was and what is written, the mark and the reasons."""

    number: int
    line: int
    written: str
    text: str
    mark: str
    reasons: tuple[str, ...]


class Translation(NamedTuple):
    """``left_out`` are the lines of the file that belong to no search, each with its number."""

    dialect: str
    lines: tuple[TranslatedLine, ...]
    left_out: tuple[tuple[int, str], ...]

    @property
    def by_hand(self) -> tuple[TranslatedLine, ...]:
        return tuple(line for line in self.lines if line.mark == BY_HAND)

    def search_file(self, title: str, origin: str) -> str:
        """A file for ``queries/``: headers, then the set with the mark of each line above it."""
        said = [
            f"title: {' '.join(title.split())}",
            "sources: pubmed",
            f"adapted-from: {origin}, {DIALECTS[self.dialect]}",
        ]
        said += [f"notes: translated by tracker check --translate; lines by hand: {_numbers(self.by_hand)}", "---"]
        said += [
            f"# line {number} belongs to no search and is left out: {_one(text)}" for number, text in self.left_out
        ]
        for line in self.lines:
            said.append(f"# line {line.line}, {line.mark}: {_one(line.written)}")
            said += [f"#   {reason}" for reason in line.reasons]
            said += [f"#{line.number} {line.text}"] if line.text else []
        return "\n".join(said) + "\n"


def _numbers(lines: tuple[TranslatedLine, ...]) -> str:
    return ", ".join(f"#{line.number}" for line in lines) or "none"


def _one(text: str) -> str:
    return " ".join(text.split())


def detect(text: str) -> str:
    """The service whose signs are found most often; empty where there are none."""
    found = {name: len(re.findall(sign, text, re.IGNORECASE | re.MULTILINE)) for name, sign in TELLING.items()}
    best = max(found, key=lambda name: found[name])
    if found[best]:
        return best
    return "ebsco" if re.search(r"^S\d+\s", text, re.MULTILINE) else ""


def translate(text: str, dialect: str = "") -> Translation:
    """The strategy for PubMed. Raises ValueError where nobody can tell whose language it is, or nothing is there."""
    name = dialect or detect(text)
    if name not in DIALECTS:
        raise ValueError("this looks like the language of no service that is known: name it with --from")
    numbered, left_out = numbered_lines(text)
    if not numbered:
        raise ValueError("there is no line of a search here")
    marks: dict[int, str] = {}
    lines = []
    for number, at, written in numbered:
        reader = _Reader(name, number, marks, text)
        made = _checked(reader, _without_hits(written, name))
        if not made:
            reader.tell(BY_HAND, "nothing of this line can be searched in PubMed: the line is left out")
        if made:
            marks[number] = WIDER if reader.inherits else reader.mark
        lines.append(TranslatedLine(number, at, written, made, reader.mark, tuple(dict.fromkeys(reader.reasons))))
    if not any(line.text for line in lines):
        raise ValueError("nothing here can be searched in PubMed")
    return Translation(name, tuple(lines), tuple(left_out))


_HITS = re.compile(r"(?:\t|\s{2,}|(?<=[.)/\]\"])\s+)\(?[\d,]{1,12}\)?\s*$|\s+\([\d,]{1,12}\)\s*$")


def _without_hits(written: str, dialect: str) -> str:
    return written if dialect == "scopus" and "PUBYEAR" in written else _HITS.sub("", written).strip()


def _checked(reader: _Reader, written: str) -> str:
    """The line for PubMed; what would be an error is written plainly, and marked to be looked at by hand."""
    made = reader.line(written)
    alone = re.sub(r"#\d+", "tea[tiab]", made)
    if made and not errors(alone):
        return made
    plain = [word for word in words(written) if word not in ("and", "or", "not") and len(word) > 2][:8]
    if made or plain:
        reader.tell(BY_HAND, "this could not be read: the words are written as one phrase")
    return f'"{" ".join(plain)}"[tiab]' if plain else ""


# ---- one line ------------------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    """``kind``: open, close, word, quote, op, near, before and after (fields), made (already PubMed's)."""

    kind: str
    text: str


@dataclass
class _Node:
    """``op``: term, made, field, near (``text`` is the operator) or AND, OR, NOT."""

    op: str
    text: str = ""
    parts: list[_Node] = field(default_factory=list)


_GRAVITY = (SAME, WIDER, BY_HAND)
_NO_TERM = _Node("made", "")


class _Reader:
    """Reads one line of a service into PubMed's language, and keeps what there is to say about it."""

    def __init__(self, dialect: str, number: int, known: dict[int, str], whole: str) -> None:
        self.dialect, self.number, self.known = dialect, number, known
        self.mark, self.inherits = SAME, False  # inherits: it names a line that is not the same
        self.reasons: list[str] = []
        self.made: list[str] = []
        small = whole.lower()
        self.other_headings = any(name in small for name in ("embase", "cinahl", "psycinfo", "psyc info", "apa psyc"))
        self.tokens: list[_Token] = []
        self.at = 0

    def tell(self, mark: str, reason: str) -> None:
        self.mark = max(self.mark, mark, key=_GRAVITY.index)
        self.reasons.append(reason)

    def line(self, written: str) -> str:
        text = written.replace("\u201c", '"').replace("\u201d", '"').replace("\x02", " ")
        for pattern, usual in USUAL:  # one way of writing where a service has several
            text = re.sub(pattern, usual, text, flags=re.IGNORECASE)
        text = self._limits(text)
        self.tokens = list(self._tokens(self._headings(self._ranges(text))))
        self.at = 0
        node = self._expression()
        while self.at < len(self.tokens):  # a bracket that closes nothing
            self.tell(BY_HAND, "a bracket closes that was not opened")
            self.at += 1
            node = _Node("AND", parts=[node, self._expression()])
        return self._write(node, ())

    # -- what is said in words, and headings: made into PubMed's language at once

    def _keep(self, made: str) -> str:
        self.made.append(made)
        return f" \x02{len(self.made) - 1}\x02 "

    def _reference(self, number: int) -> str:
        if number in self.known:
            self.inherits = self.inherits or self.known[number] != SAME
            return f"#{number}"
        self.tell(BY_HAND, f"line {number} is not there, or was left out: it is left out here too")
        return ""

    def _limits(self, text: str) -> str:
        limit = re.fullmatch(r"limit\s+(\d+)\s+to\s+(.*)", text, re.IGNORECASE)
        removed = re.fullmatch(r"remove duplicates from\s+(\d+)", text, re.IGNORECASE)
        kept = re.fullmatch(r"(?:from\s+)?(\d+)\s+(?:keep|use)\s+(.*)", text, re.IGNORECASE)
        if removed:
            return self._keep(self._reference(int(removed[1])))
        if limit:
            made = self._reference(int(limit[1]))
            language = re.search(
                r"\b(english|french|german|spanish|italian|portuguese|dutch)\b", limit[2], re.IGNORECASE
            )
            rest = re.sub(r"[\W_]+|\blanguage\b|\band\b", "", re.sub(language[1] if language else "$^", "", limit[2]))
            if rest:
                self.tell(
                    WIDER, f"limit to {limit[2]}: left out but for the language (the tracker keeps the dates itself)"
                )
            return self._keep(f"{made} AND {language[1].lower()}[la]" if language and made else made)
        if kept:
            self.tell(BY_HAND, f"{text!r}: PubMed has one database and no such choice")
            return self._keep(self._reference(int(kept[1])))
        freq, text = text, re.sub(r"\s*/\s*freq\s*=\s*\d+", "", text, flags=re.IGNORECASE)
        if freq != text:
            self.tell(WIDER, "how often a word stands in a text cannot be asked of PubMed")
        return self._said_in_words(text)

    def _said_in_words(self, text: str) -> str:
        """Limits of EBSCO, Scopus and the Cochrane Library that stand within a line."""
        for pattern, reason in IN_WORDS:
            shorter = re.sub(pattern, " ", text, flags=re.IGNORECASE)
            if shorter != text:
                self.tell(WIDER, reason)
                text = shorter
        return text

    def _ranges(self, text: str) -> str:
        def written(match: re.Match[str]) -> str:
            numbers: list[int] = []
            for low, high in re.findall(r"[#S]?(\d+)(?:\s*-\s*[#S]?(\d+))?", match["numbers"], re.IGNORECASE):
                numbers += range(int(low), min(int(high or low), int(low) + 200) + 1)
            op = (match["op"] or match["last"]).upper()
            made = [said for said in map(self._reference, numbers) if said]
            return self._keep(made[0] if len(made) == 1 else f"({f' {op} '.join(made)})" if made else "")

        list_of = r"[#S]?\d+(?:\s*[-,]\s*[#S]?\d+)*"
        forms = (
            rf"\b(?P<op>or|and)\s?/\s?(?P<numbers>{list_of})(?P<last>)",
            rf"[{{\[](?P<op>or|and)\s+(?P<numbers>{list_of})[}}\]](?P<last>)",
            r"(?P<op>)(?P<numbers>[#S]\d+\s*-\s*[#S]?\d+)\s*/\s*(?P<last>or|and)\b",
        )
        for form in forms:
            text = re.sub(form, written, text, flags=re.IGNORECASE)
        return text

    def _headings(self, text: str) -> str:
        for pattern in HEADINGS[self.dialect]:
            text = re.sub(pattern, self._heading, text, flags=re.IGNORECASE)
        return text

    def _heading(self, match: re.Match[str]) -> str:
        said = match.groupdict()
        name = " ".join((said.get("name") or "").replace('"', " ").split())
        how = (said.get("how") or "").lower()
        exploded = "exp" in how or "+" in name or "explode" in (said.get("more") or "").lower()
        name = name.rstrip("+").strip()
        before = said.get("before") or ""
        if re.search(r"\b(?:and|or|not)\b", name) and '"' not in match[0]:
            self.tell(BY_HAND, f"{name!r} is taken for one heading: see that it is")
        star = said.get("star") or ""
        major = how.startswith(("mm", "mj", "focus")) or star == "*"
        exploded = exploded or (self.dialect == "central" and how == "mh" and star != "^")
        tag = ("Majr" if major else "Mesh") + ("" if exploded else ":NoExp")
        if self.other_headings or how.startswith(("de", "su", "mainsubject", "emb")):
            self.tell(BY_HAND, f"{name!r} is a heading of another thesaurus: look for PubMed's own")
        kinds = [kind.upper() for kind in re.findall(r"(?<![a-z])[a-z]{2}(?![a-z])", (said.get("more") or "").lower())]
        names = [f"{name}/{kind.lower()}" for kind in kinds] or [name]
        made = " OR ".join(f'"{each}"[{tag}]' for each in names)
        return before + self._keep(f"({made})" if len(names) > 1 else made)

    # -- tokens

    def _tokens(self, text: str) -> Iterator[_Token]:
        suffix = (
            r"\.[a-z]{2}(?:\s?,\s?[a-z]{2})*\.?(?=[\s)]|$)"
            if self.dialect == "ovid"
            else r":[a-z]{2}(?:,[a-z]{2})*(?=[\s)]|$)"
        )
        before = {
            "ebsco": r"(?:TI|AB|SU|TX|KW|AU|SO|PT|LA|PY|DT|AF)(?:\s+(?=[(\"\w])|(?=\())",
            "wos": r"(?:TS|TI|AB|AK|KP|AU|SO|PY|DT|LA|WC|SU|ALL)\s*=\s*",
            "scopus": rf"{CALLED}\s?(?=\()",
            "proquest": rf"{CALLED}\s?(?=\()",
        }.get(self.dialect, r"(?!)")
        flag = "" if self.dialect in ("ebsco", "wos") else "i"
        lexer = re.compile(
            rf"\x02(?P<made>\d+)\x02|(?P<quote>\"[^\"]*\")|(?P<after>(?i:{suffix}))|(?P<open>\()|(?P<close>\))"
            rf"|(?<![\w-])(?P<before>{f'(?i:{before})' if flag else before})"
            rf"|(?P<word>(?:(?!(?i:{suffix}))[^\s()\"\x02])+)"
        )
        for match in lexer.finditer(text):
            kind = match.lastgroup or ""
            said = match[kind]
            if kind != "word":
                yield _Token(kind, said.strip('" ') if kind == "quote" else said)
            elif said.lower() in ("and", "or", "not"):
                yield _Token("op", said.upper())
            elif re.fullmatch(NEAR[self.dialect], said, re.IGNORECASE):
                yield _Token("near", said.lower())
            elif re.fullmatch(r"[#S]\d{1,3}" if self.dialect != "ovid" else r"#?\d{1,3}", said, re.IGNORECASE):
                yield _Token("number", said)
            else:
                yield _Token("word", said)

    # -- the tree

    def _peek(self, ahead: int = 0) -> _Token:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else _Token("end", "")

    def _expression(self) -> _Node:
        operands, joints = [self._operand()], []
        while self._peek().kind not in ("end", "close"):
            token = self._peek()
            if token.kind in ("op", "near"):
                self.at += 1
                if token.text == "AND" and self._peek() == ("op", "NOT"):
                    self.at += 1
                    token = _Token("op", "NOT")
                joints.append(token)
            else:
                joints.append(_Token("op", "AND"))
            operands.append(self._operand())
        return self._joined(operands, joints)

    def _joined(self, operands: list[_Node], joints: list[_Token]) -> _Node:
        """Distances bind first; AND and OR side by side have an order of their own in each service."""
        nodes, ops = [operands[0]], []
        for joint, node in zip(joints, operands[1:], strict=True):
            if joint.kind == "near":
                nodes[-1] = _Node("near", joint.text, [nodes[-1], node])
            else:
                ops.append(joint.text)
                nodes.append(node)
        if "OR" in ops and len(set(ops)) > 1:
            self.tell(BY_HAND, "OR beside AND or NOT without brackets: read as the service does, brackets are set so")
        first = ("OR", "AND") if self.dialect == "scopus" else ("AND", "NOT", "OR")
        for level in (*first, "AND", "NOT", "OR"):
            at = 0
            while at < len(ops):
                if ops[at] == level:
                    nodes[at : at + 2] = [_pair(level, nodes[at], nodes[at + 1])]
                    del ops[at]
                else:
                    at += 1
        return nodes[0]

    def _operand(self) -> _Node:
        token = self._peek()
        if token.kind == "open":
            self.at += 1
            node = self._expression() if self._peek().kind != "close" else _NO_TERM
            if self._peek().kind == "close":
                self.at += 1
            else:
                self.tell(BY_HAND, "a bracket is opened and never closed")
        elif token.kind == "before":
            self.at += 1
            node = self._operand()
            while self._peek().kind == "near":
                self.at += 1
                node = _Node("near", self._peek(-1).text, [node, self._operand()])
            return _Node("field", token.text, [node])
        elif token.kind == "made":
            self.at += 1
            node = _Node("made", self.made[int(token.text)])
        elif token.kind == "number" and (token.text[0] in "#Ss" or self._peek(1).kind not in ("word", "after")):
            self.at += 1
            node = _Node("made", self._reference(int(token.text.lstrip("#Ss"))))
        elif token.kind in ("word", "number", "quote"):
            node = self._words()
        else:
            if token.kind in ("op", "near"):
                self.tell(BY_HAND, f"there is nothing before {token.text}")
            elif token.kind == "after":
                self.at += 1
            return _NO_TERM
        while self._peek().kind == "after":
            node = _Node("field", self._peek().text, [node])
            self.at += 1
        return node

    def _words(self) -> _Node:
        """Words side by side: a phrase for Ovid and EBSCO, all of them for the others; quoted ones are a phrase."""
        if self._peek().kind == "quote" and self._peek(1).kind != "word":
            self.at += 1
            return _Node("term", self._peek(-1).text)
        said = []
        while self._peek().kind in ("word", "number", "quote"):
            said.append(self._peek().text)
            self.at += 1
        if self.dialect in ("ovid", "ebsco"):
            return _Node("term", " ".join(said))
        node = _Node("term", said[0])
        for word in said[1:]:
            node = _pair("AND", node, _Node("term", word))
        return node

    # -- PubMed's language

    def _write(self, node: _Node, fields: tuple[str, ...]) -> str:
        if node.op == "made":
            return node.text
        if node.op == "field":
            names = tuple(re.findall(r"[a-z][a-z-]*", node.text.lower()))
            return self._write(node.parts[0], names)
        if node.op == "term":
            return self._term(node.text, fields)
        if node.op == "near":
            return self._near(node, fields)
        made = [self._write(part, fields) for part in node.parts] if node.op != "NOT" else self._without(node, fields)
        if node.op == "NOT" and not made[0]:
            return ""
        here = [said for said in made if said]
        if len(here) < len(made):
            self.tell(BY_HAND if node.op == "OR" else WIDER, f"a part joined by {node.op} is left out")
        wrapped = [f"({said})" if len(here) > 1 and _loose(said) else said for said in here]
        return f" {node.op} ".join(wrapped)

    def _without(self, node: _Node, fields: tuple[str, ...]) -> list[str]:
        """What is wider after NOT takes more away."""
        first, before = self._write(node.parts[0], fields), self.mark
        self.mark = SAME
        made = [first, *(self._write(part, fields) for part in node.parts[1:])]
        wider = self.mark != SAME or any(
            self.known.get(int(one), SAME) != SAME for said in made[1:] for one in _refs(said)
        )
        self.mark = max(self.mark, before, key=_GRAVITY.index)
        if wider:
            self.tell(BY_HAND, "what follows NOT is not the same, so that more may be taken away")
        return made

    def _term(self, text: str, fields: tuple[str, ...]) -> str:
        if DATE_FIELDS & set(fields):
            self.tell(WIDER, f"the date {text!r} is left out: the tracker keeps the dates itself")
            return ""
        forms = self._forms(text)
        tags = self._tags(fields)
        made = [self._quoted(form) + f"[{tag}]" for form in forms for tag in tags]
        return made[0] if len(made) == 1 else f"({' OR '.join(made)})" if made else ""

    @staticmethod
    def _quoted(form: str) -> str:
        return form if re.fullmatch(r"[\w*]+", form) else f'"{form}"'

    def _tags(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        said = set(fields)
        if not said:
            self.tell(
                BY_HAND if self.dialect in ("scopus", "proquest") else WIDER, "no field is named: [tw] is written"
            )
            return ("tw",)
        if said & {"mp", "tx", "all", "noft", "af", "title-abs-key", "su", "diskw"} or (
            said & {"ti", "ab"} and said & {"hw", "sh", "mh"}
        ):
            self.tell(WIDER, "[tw] is written: title, abstract, keywords and headings")
            return ("tw",)
        if said & {"ab", "abs", "abs-key", "tw", "title-abs", "ts"}:
            if not said & {"kf", "kw", "if", "ak", "ts"}:
                self.tell(WIDER, "[tiab] looks in title, abstract and the authors' keywords")
            return ("tiab",)
        tags = tuple(dict.fromkeys(FIELDS.get(name, "") or "tw" for name in fields))
        if not said <= KNOWN_FIELDS | ({"pt", "sh", "hw"} if self.dialect == "ovid" else set()):
            self.tell(BY_HAND, f"the field {', '.join(fields)}: see that PubMed's [{tags[0]}] has the same names")
        return tags

    def _forms(self, text: str) -> list[str]:
        """The term with PubMed's ``*``; spelled out where too few letters stand before it."""
        plain = " ".join(re.sub(r"[\[\](){}:;,\"'<>=|\\/~^%\u2018\u2019]", " ", text).split())
        plain = re.sub(r"(?<![\w*?$#])[^\w\s*?$#]+|[^\w\s*?$#]+(?![\w*?$#])", " ", plain).strip()
        single = re.search(r"[?#]|\$(?=\w)(?!\d)", plain) or (self.dialect == "wos" and "$" in plain)
        stem = re.sub(r"[?#]+|\$\d*|\*\d*", "*", plain)
        stem = re.sub(r"\*+", "*", " ".join(stem.split()))
        if re.search(r"(?<!\w)\*", stem):
            self.tell(BY_HAND, "* at the beginning of a word is nothing to PubMed: the word is written without it")
            stem = " ".join(re.sub(r"(?<!\w)\*", "", stem).split())
        if not words(stem):
            self.tell(BY_HAND, f"there is nothing to search for in {text!r}")
            return []
        if single or re.search(r"[$*]\d", plain):
            self.tell(WIDER, "a sign for one letter, or for a number of letters, is written as *")
        if "*" not in stem or sum(map(len, words(stem[: stem.index("*")]))) >= SHORTEST:
            return [stem]
        if single and not stem.endswith("*"):
            self.tell(BY_HAND, "fewer than four letters before *: the spellings with a vowel are written")
            head, _, tail = stem.partition("*")
            return [
                f"{head}{sign}{tail.replace('*', '')}" for sign in (*([""] if self._optional(plain) else []), *"aeiou")
            ]
        self.tell(BY_HAND, "fewer than four letters before *: the word alone is written, write those that are meant")
        return [" ".join(stem.replace("*", "").split())]

    def _optional(self, written: str) -> bool:
        """Whether the sign for one letter may also stand for none."""
        sign = {"ovid": "?", "central": "?", "ebsco": "#", "wos": "$"}.get(self.dialect)
        return sign is not None and sign in written

    def _near(self, node: _Node, fields: tuple[str, ...]) -> str:
        usual = {"wos": 15, "central": 6, "proquest": 4}.get(self.dialect, 1)
        number = int("".join(re.findall(r"\d", node.text)) or (1 if node.text.startswith(("adj", "next")) else usual))
        if node.text == "same":
            self.tell(BY_HAND, "PubMed has no SAME: a distance of 15 words is written")
        between = number - 1 if node.text.startswith(("adj", "next")) else number
        left, right = self._plain(node.parts[0]), self._plain(node.parts[1])
        tag = "ti" if fields and set(fields) <= {"ti", "title"} else "tiab"
        if left and right and len(left) * len(right) <= MOST_PAIRS and "*" not in "".join((*left, *right)):
            quoted = [f"{one} {other}" for one, other in product(left, right)]
            if node.text in ("adj", "adj1", "next"):
                if node.text == "adj1":
                    between = 0
                else:
                    return _either([f'"{said}"[{tag}]' for said in quoted])
            elif any(" " in said for said in (*left, *right)) or node.text.startswith(("w", "pre", "p")):
                self.tell(WIDER, "the words may stand in any order, and those of a phrase apart")
            if fields:
                self._tags(fields)
            else:
                self.tell(WIDER, "no field is named: [tiab] is written")
            return _either([f'"{said}"[{tag}:~{between}]' for said in quoted])
        if node.text in ("adj", "next") and left and right and len(left) * len(right) <= MOST_PAIRS:
            return _either([self._term(f"{one} {other}", fields) for one, other in product(left, right)])
        self.tell(
            WIDER, f"{node.text}: PubMed takes no * within a distance, and no groups: the words are joined by AND"
        )
        made = [self._write(part, fields) for part in node.parts]
        return " AND ".join(f"({said})" if _loose(said) else said for said in made if said)

    def _plain(self, node: _Node) -> list[str]:
        """The terms of a side of a distance, if it is one or several joined by OR; else nothing."""
        if node.op == "term":
            clean = re.sub(r"[?#]+|\$\d*|\*+\d*", "*", node.text)
            return [" ".join(re.sub(r"[^\w\s*-]", " ", clean).split())] if words(clean) else []
        if node.op != "OR":
            return []
        found = [self._plain(part) for part in node.parts]
        return [said for each in found for said in each] if all(found) else []


def _pair(op: str, left: _Node, right: _Node) -> _Node:
    if left.op == op:
        return _Node(op, parts=[*left.parts, right])
    return _Node(op, parts=[left, right])


def _refs(made: str) -> list[str]:
    """The numbers of the lines that a text names."""
    return re.findall(r"#(\d+)", made)


def _either(made: list[str]) -> str:
    here = [said for said in made if said]
    return here[0] if len(here) == 1 else f"({' OR '.join(here)})" if here else ""


def _loose(said: str) -> bool:
    """Whether an operator stands outside all brackets."""
    depth = 0
    for piece in re.findall(r'"[^"]*"|[()]|[^\s()"]+', said):
        depth += (piece == "(") - (piece == ")")
        if not depth and piece in ("AND", "OR", "NOT"):
            return True
    return False
