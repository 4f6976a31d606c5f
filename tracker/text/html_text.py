"""Titles and abstracts that come as HTML: plain text, the four tags that may be shown, and headings as sections.

Europe PMC and Crossref send pieces of HTML in which a bare ``<`` is as likely as a tag ("p < .05"). So only the names
of real tags are taken for tags; everything else is text and stays. An inline tag vanishes (``H<sub>2</sub>O`` is H2O),
the tag of a block is a space, so that no two words grow together. All of it takes time in proportion to the text.
"""

from __future__ import annotations

import re
from html import escape, unescape

from tracker.model import Section
from tracker.text import clean

_INLINE = (
    "i|b|u|s|em|strong|sub|sup|small|big|span|font|tt|code|a|abbr|mark|sc|italic|bold|underline|monospace|xref|"
    "ext-link|named-content|styled-content|inline-formula|tex-math|math|"
    "m(?:i|n|o|text|row|sub|sup|subsup|frac|sqrt|over|under|fenced|space|style|table|tr|td)"
)
_BLOCK = (
    "p|br|hr|img|div|ul|ol|li|dl|dt|dd|table|tbody|thead|tr|td|th|sec|section|article|abstract|list|list-item|label|"
    "title|blockquote|pre|disp-formula|h[1-6]"
)
_REST = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))*\s*/?>"""  # only what has the form of attributes
_PREFIX = r"(?:(?:jats|mml):)?"
_TAG = re.compile(rf"</?{_PREFIX}(?:(?P<inline>{_INLINE})|(?P<block>{_BLOCK})){_REST}", re.I)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_HEADING = re.compile(rf"<(?P<end>/?){_PREFIX}(?:h[1-6]|title){_REST}", re.I)
_SHOWN = re.compile(rf"<(/?)(i|b|em|strong|italic|bold|sub|sup){_REST}", re.I)
_NAMES = {"em": "i", "italic": "i", "strong": "b", "bold": "b"}
_LONGEST_LABEL = 100  # characters; a longer heading is a sentence that was set in bold


_POWER = re.compile(r"(?<=[\w)])<sup>\s*([-+\u2212]?[0-9]+)\s*</sup>", re.I)
_RAISES = re.compile(r"(?:[0-9)]|(?:^|[^\w])(?:[kcmµn]?m|s|kg|h))$")  # a number, or a unit
_SUPER = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def raised(before: str, power: str) -> str:
    """A power as raised digits, lest ``10<sup>6</sup>`` be 106; as it stands where it follows no number or unit."""
    if re.fullmatch("[-+\u2212]?[0-9]+", power.strip()) and _RAISES.search(before[-4:]):
        return power.strip().translate(_SUPER)
    return power


def _powers(html: str) -> str:
    return _POWER.sub(lambda found: raised(found.string[: found.start()], found[1]), html) if "<sup" in html else html


def plain(html: str) -> str:
    """The text as one clean line. What was encoded twice (``&amp;lt;i&amp;gt;``) is decoded twice."""
    for _ in range(2):
        html = decoded(_TAG.sub(_space, _without_comments(html)))
    return clean(html)


def plain_once(text: str) -> str:
    """The text of a value that may hold tags or be encoded once: ``&lt;`` is a sign, ``&amp;lt;`` stays ``&lt;``."""
    if "<" in text:
        text = _powers(text)
        text = _TAG.sub(_space, _without_comments(text))
    if "&" in text and (meant := decoded(text)) != text:
        text = _TAG.sub(_space, meant)
    return clean(text)


def plain_and_markup(html: str) -> tuple[str, str]:
    """The plain text, and the same as escaped HTML with ``<i> <b> <sub> <sup>``; '' if it has none of them in pairs."""
    text = plain(html)
    if not _SHOWN.search(html):
        html = decoded(html)
    parts, last, opened = [], 0, list[str]()
    for tag in _SHOWN.finditer(html):
        name = _NAMES.get(tag[2].lower(), tag[2].lower())
        if not tag[1]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return text, ""
        parts += [_piece(html[last : tag.start()]), f"<{tag[1]}{name}>"]
        last = tag.end()
    if opened or not parts:
        return text, ""
    return text, re.sub(" +", " ", "".join([*parts, _piece(html[last:])])).strip()


def sections(html: str) -> tuple[Section, ...]:
    """An abstract cut at its headings. No word is lost: a heading without text of its own goes to what follows it.

    A heading "Abstract" at the beginning says nothing and is left out, as PubMed does.
    """
    if not _HEADING.search(html) and "&lt;h" in html.lower():
        html = decoded(html)
    found: list[Section] = []
    waiting = ""
    for heading, text in _cut(html):
        label, said = plain(heading).rstrip(" :."), plain(text)
        if not found and not waiting and label.casefold() == "abstract":
            label = ""
        label = ": ".join(part for part in (waiting, label) if part)
        waiting = "" if said else label
        if said and len(label) > _LONGEST_LABEL:
            said, label = f"{label}. {said}", ""
        if said:
            found.append(Section(said, label))
    return (*found, Section(waiting)) if waiting else tuple(found)


def _cut(html: str) -> list[tuple[str, str]]:
    """(heading, text) of each part; a heading that is not closed is text."""
    parts, heading, text_from, heading_from = list[tuple[str, str]](), "", 0, -1
    for tag in _HEADING.finditer(html):
        if not tag["end"]:
            if heading_from < 0:
                parts.append((heading, html[text_from : tag.start()]))
                heading, text_from, heading_from = "", tag.start(), tag.end()
        elif heading_from >= 0:
            heading, text_from, heading_from = html[heading_from : tag.start()], tag.end(), -1
    return [*parts, (heading, html[text_from:])]


def _without_comments(html: str) -> str:
    start = html.find("<!--")
    while start >= 0 and (end := html.find("-->", start)) >= 0:
        html = f"{html[:start]} {html[end + 3 :]}"
        start = html.find("<!--", start)
    return html


def decoded(text: str) -> str:
    """The text with ``&amp;``, ``&eacute;``, ``&#x2014;`` as signs, once; what is no such name stays."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


def _space(tag: re.Match[str]) -> str:
    return " " if tag["block"] else ""


def _piece(html: str) -> str:
    """Text between two shown tags, escaped; white space at its ends stays one space."""
    said = plain(html)
    if not said:
        return " " if html.strip() != html else ""
    before, after = (" " if end.isspace() else "" for end in (html[0], html[-1]))
    return f"{before}{escape(said, quote=False)}{after}"
