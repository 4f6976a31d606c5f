"""NCBI's E-utilities over a literature: what esearch, efetch and einfo answer, before it goes over the wire.

Behaviour seen in recorded answers and reported by public clients, oddities included: numbers are strings; retmax is
clamped and a page that crosses the ceiling is clipped without a word; a retstart beyond it brings an error that is not
valid JSON; unknown, deleted and withheld PMIDs are left out of an efetch in silence.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from emulator.index import Index, Lexicon
from emulator.papers import Article, Literature
from emulator.query import FIELDS, Found, search
from emulator.wire import HTML, JSON, XML, Reply

CEILING = 9_999  # PubMed serves no more of one search than this
GET_IDS = 360  # above that many ids a GET of efetch is refused
DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>\n'
DTD = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd"
SEARCH_HEAD = DECLARATION + (
    f'<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "{DTD}/20060628/esearch.dtd">\n'
)
FETCH_ERROR_HEAD = DECLARATION + (
    f'<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch 20131226//EN" "{DTD}/20131226/efetch.dtd">\n'
)
INFO_HEAD = DECLARATION + (
    f'<!DOCTYPE eInfoResult PUBLIC "-//NLM//DTD einfo 20190110//EN" "{DTD}/20190110/einfo.dtd">\n'
)
SET_HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
DATETYPES = {"pdat": "dp", "dp": "dp", "edat": "edat", "crdt": "crdt", "mdat": "mdat"}

Result = dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """Where a fault may take hold of an answer before it is written."""

    result: Callable[[Result], Result] = lambda result: result  # of esearch
    elements: Callable[[list[bytes]], list[bytes]] = lambda elements: elements  # of efetch


@dataclass
class Entrez:
    """The utilities over one literature, on one day; ``withheld`` are ids that are listed and never sent."""

    literature: Literature
    day: date
    ceiling: int = CEILING
    lexicon: Lexicon = field(default_factory=Lexicon)
    withheld: set[str] = field(default_factory=set)
    _index: Index = field(default_factory=Index, repr=False)
    _shown: date | None = field(default=None, repr=False)
    _articles: Mapping[str, Article] = field(default_factory=dict, repr=False)
    _found: dict[tuple[object, ...], tuple[Found, list[str]]] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def answer(
        self, utility: str, form: Mapping[str, str], *, get: bool = False, changes: Changes | None = None
    ) -> Reply:
        """The reply to a request of ``esearch``, ``efetch`` or ``einfo``; 404 for everything else."""
        changes = changes or Changes()
        if utility == "esearch":
            return self.esearch(form, changes)
        if utility == "efetch":
            return self.efetch(form, changes, get=get)
        return self.einfo(form) if utility == "einfo" else Reply(b"<h1>Not Found</h1>", HTML, 404)

    def articles(self) -> Mapping[str, Article]:
        """The articles of the day, indexed."""
        with self._lock:
            if self._shown != self.day:
                self._articles = self.literature.articles(self.day)
                self._index.show(self._articles)
                self._found.clear()
                self._shown = self.day
            return self._articles

    # esearch

    def esearch(self, form: Mapping[str, str], changes: Changes) -> Reply:
        as_json = form.get("retmode") == "json"
        if form.get("db", "pubmed") != "pubmed":
            return _search_error(f"Invalid db name specified: {form['db']}", as_json)
        if not form.get("term", "").strip():
            return _search_error("Empty term and query_key - nothing todo", as_json)
        start, limit = _number(form.get("retstart"), 0), min(_number(form.get("retmax"), 20), self.ceiling)
        if start > self.ceiling - 1:
            return _search_error(_beyond(self.ceiling), as_json)
        found, ids = self.search(form)
        page = ids[start : start + limit]
        counted = form.get("rettype") == "count"
        result: Result = {"count": str(found.hits.bit_count())}
        if not counted:
            result |= {"retmax": str(len(page)), "retstart": str(start), "idlist": page}
            result |= {"translationset": [{"from": old, "to": new} for old, new in found.translations]}
            result |= {"querytranslation": found.translation, **_remarks(found)}
        result = changes.result(result)
        if as_json:
            head = {"type": "esearch", "version": "0.3"}
            return Reply(_json({"header": head, "esearchresult": result}).encode(), JSON)
        return Reply((SEARCH_HEAD + _search_xml(result)).encode())

    def search(self, form: Mapping[str, str]) -> tuple[Found, list[str]]:
        """The answer to a term with the date parameters, and its ids up to the ceiling."""
        key = (
            self.day,
            self.lexicon,
            *(form.get(name) for name in ("term", "datetype", "mindate", "maxdate", "reldate")),
        )
        with self._lock:
            self.articles()
            if key not in self._found:
                found = search(self._term(form), self._index, self.lexicon, self.day)
                if len(self._found) > 50:
                    self._found.clear()
                self._found[key] = found, self._index.ids(found.hits, self.ceiling)
            return self._found[key]

    def _term(self, form: Mapping[str, str]) -> str:
        """The term with the range that the date parameters ask for; one bound alone is ignored without a word."""
        tag = DATETYPES.get(form.get("datetype", "edat"), "edat")
        low, high = form.get("mindate", ""), form.get("maxdate", "")
        if form.get("reldate", "").isdecimal():
            low, high = f"{self.day - timedelta(days=int(form['reldate'])):%Y/%m/%d}", f"{self.day:%Y/%m/%d}"
        return f'({form["term"]}) AND ("{low}"[{tag}] : "{high}"[{tag}])' if low and high else form["term"]

    # efetch

    def efetch(self, form: Mapping[str, str], changes: Changes, *, get: bool) -> Reply:
        if form.get("db", "pubmed") != "pubmed":
            return _fetch_error(f"Invalid db name specified: {form['db']}")
        if "id" not in form and "query_key" in form:
            return _fetch_error("Cannot retrieve history data: the demo keeps no history. OUT OF RANGE.")
        ids = re.findall(r"\d+", form.get("id", ""))  # so "42.9" is split into 42 and 9
        if not ids:
            return _fetch_error("ID list is empty! Possibly it has no correct IDs.")
        if get and len(ids) > GET_IDS:
            return Reply(b"<html><head><title>414 Request-URI Too Large</title></head></html>", HTML, 414)
        articles = self.articles()
        wanted = [articles[pmid] for pmid in dict.fromkeys(ids) if pmid in articles and pmid not in self.withheld]
        elements = [article.element() for article in wanted if not article.withheld]
        elements = changes.elements(elements)
        return Reply(b"".join((SET_HEAD.encode(), b"<PubmedArticleSet>", *elements, b"</PubmedArticleSet>\n")))

    # einfo

    def einfo(self, form: Mapping[str, str]) -> Reply:
        """The database and its searchable fields, short."""
        count, stamp = str(len(self.articles())), f"{self.day:%Y/%m/%d} 06:00"
        fields = [(name.upper(), label) for name, (label, _) in FIELDS.items() if ":" not in name]
        if form.get("retmode") == "json":
            listed = [{"name": name, "fullname": label} for name, label in fields]
            info = {"dbname": "pubmed", "menuname": "PubMed", "count": count, "lastupdate": stamp, "fieldlist": listed}
            body = {"header": {"type": "einfo", "version": "0.3"}, "einforesult": {"dbinfo": [info]}}
            return Reply(_json(body).encode(), JSON)
        rows = "".join(f"<Field><Name>{name}</Name><FullName>{label}</FullName></Field>" for name, label in fields)
        body_xml = (
            f"<eInfoResult><DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName>"
            f"<Description>PubMed bibliographic record</Description><DbBuild>Build-demo</DbBuild><Count>{count}</Count>"
            f"<LastUpdate>{stamp}</LastUpdate><FieldList>{rows}</FieldList></DbInfo></eInfoResult>"
        )
        return Reply((INFO_HEAD + body_xml).encode())


def _remarks(found: Found) -> Result:
    """errorlist and warninglist as esearch adds them: absent when there is nothing to say."""
    remarks: Result = {}
    if found.phrases_not_found:
        remarks["errorlist"] = {"phrasesnotfound": list(found.phrases_not_found), "fieldsnotfound": []}
    output = [] if found.hits else ["No items found."]
    if output or found.quoted_not_found or found.ignored:
        remarks["warninglist"] = {
            "phrasesignored": list(found.ignored),
            "quotedphrasesnotfound": list(found.quoted_not_found),
            "outputmessages": output,
        }
    return remarks


def _search_xml(result: Result) -> str:
    """An esearch result in the service's older form."""
    if set(result) == {"count"}:
        return f"<eSearchResult><Count>{result['count']}</Count></eSearchResult>\n"
    errors, warnings = result.get("errorlist", {}), result.get("warninglist", {})
    lists = (
        _tagged("ErrorList", ("PhraseNotFound", errors.get("phrasesnotfound", ())), ("FieldNotFound", ()))
        + _tagged(
            "WarningList",
            ("PhraseIgnored", warnings.get("phrasesignored", ())),
            ("QuotedPhraseNotFound", warnings.get("quotedphrasesnotfound", ())),
            ("OutputMessage", warnings.get("outputmessages", ())),
        )
    )  # fmt: skip
    ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in result.get("idlist", ()))
    translations = "".join(
        f"<Translation><From>{escape(each['from'])}</From><To>{escape(each['to'])}</To></Translation>"
        for each in result["translationset"]
    )
    return (
        f"<eSearchResult><Count>{result['count']}</Count><RetMax>{result['retmax']}</RetMax>"
        f"<RetStart>{result['retstart']}</RetStart><IdList>\n{ids}</IdList>"
        f"<TranslationSet>{translations}</TranslationSet>"
        f"<QueryTranslation>{escape(result['querytranslation'])}</QueryTranslation>{lists}</eSearchResult>\n"
    )


def _tagged(name: str, *groups: tuple[str, Sequence[str]]) -> str:
    inner = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, texts in groups for text in texts)
    return f"<{name}>{inner}</{name}>" if inner else ""


def _beyond(ceiling: int) -> str:
    """The service's own words."""
    return (
        f"Search Backend failed: Exception:\n'retstart' cannot be larger than {ceiling - 1}. For PubMed, ESearch can "
        f"only retrieve the first {ceiling:,} records matching the query. To obtain more than {ceiling:,} PubMed "
        "records, consider using EDirect that contains additional logic to batch PubMed search results automatically "
        "so that an arbitrary number can be retrieved."
    )


def _search_error(text: str, as_json: bool) -> Reply:
    if as_json:
        body = _json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": {"ERROR": text}})
        return Reply(body.replace("\\n", "\n").encode(), JSON)  # a line break stands raw in it: not valid JSON
    return Reply(f"{SEARCH_HEAD}<eSearchResult><ERROR>{escape(text)}</ERROR></eSearchResult>\n".encode())


def _fetch_error(text: str) -> Reply:
    body = f"{FETCH_ERROR_HEAD}<eFetchResult>\n\t<ERROR>{escape(text)}</ERROR>\n</eFetchResult>\n"
    return Reply(body.encode(), XML, 400)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
