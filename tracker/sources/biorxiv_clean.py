"""medRxiv's and bioRxiv's texts without their typesetting, and their abstracts cut at the headings.

What the service sends is the text of a typesetting system: codes (``O_ST_ABS`` ... ``C_ST_ABS`` around a heading,
``O_LI`` before an item), names of signs in braces (``{beta}``), debris of figures; and in every second abstract the
headings are glued to the next word (``BackgroundLoneliness is``), which would hide it from any search for words.
Counted on 2,513 medRxiv abstracts: codes in 24 %, glued headings in 52 %. What is lost stays lost: ``5 x 105`` was
once a power of ten.
"""

from __future__ import annotations

import re
from html import unescape

from tracker.model import Section
from tracker.sources.headings import headings
from tracker.text import clean

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
