"""Whether a preprint says of itself that it is withdrawn: in place of its abstract, or before its title.

medRxiv and bioRxiv print the authors' statement, in whatever words they chose; Europe PMC copies it. Only a text that
begins with the statement counts, and only one about the paper itself: "the authors studied withdrawal of" does not.
"""

from __future__ import annotations

import re

_PAPER = r"(?:\w+ ){0,2}(?:manuscript|preprint|pre-print|paper|article|work|study|submission|report|version|posting)\b"
_WHO = r"(?:we|(?:the |all |these |this |both |our )?(?:[\w-]+ ){0,3}authors?(?: of (?:this|the) \w+)?)"
_WILL = (
    r"(?:(?:the authors|have|has|had|are|is|wish(?:es)? to|would like to|hereby|decided to|agreed to|want(?:s)? to"
    r"|need to|therefore|formally|temporarily|now|voluntarily|jointly|both|all|unanimously|chosen to|to),? ?)*"
)
_DONE = r"(?:withdrawn|withdraw|withdrawing|withdrew|retracted|retracting|removed)"
_ASKED = r"(?:request(?:s|ed|ing)?|asks?|asked)(?: for)?(?: the| a)? (?:withdrawal|retraction|removal) of"
_TO_DO = rf"(?:{_DONE}|{_ASKED}|request(?:s|ed)? to withdraw)"
_BY_AUTHORS = rf"{_WHO},? {_WILL}{_TO_DO} (?:this|the|their|our|his|her) {_PAPER}"
_BEHIND = (
    r"(?=\W*$|[.,;:]| (?:by|from (?:the|med|bio|this)|because|due|owing|at|as|for|pending|on|since|following|while"
    r"|in|until)\b)"
)
_WHICH = r"(?: (?:posted|published|submitted|entitled|titled|by|from|with|of|in|on)\b[^.]{0,60}?)?"
_ITSELF = (
    rf"(?:this|the|our) {_PAPER}{_WHICH} (?:has been|have been|was|is(?: being)?)"
    rf"(?: \w+ly| now| being| hereby)* {_DONE}{_BEHIND}"
)
_BY_SERVER = rf"(?:(?:med|bio)rxiv|the (?:preprint )?server)(?: \w+)? (?:has|have|is)(?: \w+ly)? {_DONE} (?:this|the) "
_LEAD = (
    r"(?:(?:notice of |statement of )?(?:withdrawal|withdrawn|removal|retraction)(?: statement| notice)?\W+)?"
    r"(?:(?:at the request of|on behalf of|due to|owing to|because of|following|in light of|after)[^.]{0,200}?, )?"
)
_TEXT = re.compile(rf"\W*{_LEAD}(?:{_BY_AUTHORS}|{_ITSELF}|{_BY_SERVER})", re.I)
_ALONE = re.compile(r"\W*(?:withdrawn|this (?:preprint|paper|manuscript) is withdrawn|withdrawal statement)\W*", re.I)
_TITLE = re.compile(r"\W{0,3}(?:withdrawn|removed)\b\W{0,2}[:.\]]", re.I)  # bioRxiv and medRxiv since August 2023


def stated(abstract: str) -> bool:
    """Whether the text in place of the abstract says that the preprint is withdrawn."""
    return _TEXT.match(abstract[:1500]) is not None or _ALONE.fullmatch(abstract) is not None


def titled(title: str) -> bool:
    """Whether the title begins with the mark: ``WITHDRAWN: ...``."""
    return _TITLE.match(title) is not None
