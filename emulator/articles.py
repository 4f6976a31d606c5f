"""What the demo's PubMed knows of one article, and what a literature is.

A *literature* (:class:`Literature`) is anything with ``articles(day)``: the articles that PubMed would serve on that
day, by PMID. An article that was deleted or merged is simply absent from a later day; one that was edited (MeSH added,
abstract corrected, retracted) is a new :class:`Article` under the same PMID with a later ``revised``. Return the same
objects again for what did not change: the index of the service is then kept from day to day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Article:
    """One article as PubMed has it on one day; everything searchable, and the XML that efetch sends.

    ``xml`` is the whole ``<PubmedArticle>...</PubmedArticle>`` (or ``<PubmedBookArticle>``) element in UTF-8 without
    XML declaration, or a function of the article that makes it when it is asked for. Everything else is plain text
    without markup and must say the same as the XML: it is what searches see. A partial publication date stands at the
    first day of what is known (NLM indexes "2024 Mar" as 1 March), as a search by [dp] sees it.
    """

    pmid: str
    created: date  # [crdt], in the XML PubMedPubDate[@PubStatus="entrez"]
    published: date  # [dp]
    title: str
    xml: bytes | Callable[[Article], bytes]
    revised: date | None = None  # [mdat], in the XML DateRevised; None: never revised since it was created
    abstract: str = ""  # all sections, as "LABEL: text LABEL: text"
    other_abstracts: tuple[str, ...] = ()  # translations, plain-language summaries; [tiab] covers them
    keywords: tuple[str, ...] = ()  # author keywords; [tiab] covers them
    mesh: tuple[str, ...] = ()  # descriptor names, or "Loneliness/psychology" with one qualifier each
    major: tuple[str, ...] = ()  # those of ``mesh`` that are major topics, written the same way
    publication_types: tuple[str, ...] = ("Journal Article",)
    languages: tuple[str, ...] = ("eng",)
    authors: tuple[str, ...] = ()  # "Example AB" or the name of a group
    journal: str = ""  # full title or abbreviation; [jour] and [ta] look here
    doi: str = ""
    pmcid: str = ""
    withheld: bool = False  # esearch lists it, efetch never sends it

    @property
    def entered(self) -> date:
        """The entry date [edat]: that of publication when the record came more than 12 months after it.

        Source: NLM Technical Bulletin 2008 Nov-Dec. It is why a window by [edat] loses records.
        """
        return self.published if self.created - self.published > timedelta(days=365) else self.created

    @property
    def modified(self) -> date:
        return self.revised or self.created

    def element(self) -> bytes:
        """The XML element as efetch sends it."""
        return self.xml if isinstance(self.xml, bytes) else self.xml(self)


class Literature(Protocol):
    """Something that has articles; ``emulator.corpus`` and ``emulator.synthetic`` make such things.

    May also carry ``tree``: MeSH headings and their narrower headings, and ``mapping``: what automatic term mapping
    turns an untagged word or phrase (lower case) into (a MeSH heading); see ``emulator.lexicon``.
    """

    def articles(self, day: date) -> Mapping[str, Article]:
        """The articles that are in PubMed on that day, by PMID."""
        ...
