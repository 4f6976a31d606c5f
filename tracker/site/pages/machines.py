"""For other programs: unAPI, our own JSON, OpenSearch, sitemaps, robots.txt."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

from tracker.formats import Format
from tracker.formats.bibtex import BIBTEX
from tracker.formats.ris import RIS
from tracker.site import answers
from tracker.site.choice import choice, parameters
from tracker.site.machines import opensearch, own_json, sitemap, unapi
from tracker.site.machines.mods import mods
from tracker.site.machines.reference import reference
from tracker.site.machines.signposting import data_links
from tracker.site.machines.xml import KIND as XML
from tracker.site.pages.kinds import Route
from tracker.site.pages.paper import KEY
from tracker.site.pages.texts import not_found
from tracker.site.queries import machines as reading
from tracker.site.queries import paper as papers
from tracker.site.queries.known import Known
from tracker.site.queries.matched import matched
from tracker.site.queries.papers import page
from tracker.site.site import Site

WRITERS: dict[str, Format] = {"ris": RIS, "bibtex": BIBTEX}  # by their names in unAPI
LISTED = 100  # works on one page of /papers.json
WORDS = ("", "papers", "searches", "changes", "charts", "status", "methods", "about", "accessibility", "privacy")

# Crawlers may read papers and feeds; they are kept from combining filters, from downloads and from Datasette's tables.
ROBOTS = """User-agent: *
Disallow: /public
Disallow: /-/
Disallow: /papers?
Disallow: /papers/?
Disallow: /papers.
Allow: /
"""


async def unapi_server(site: Site, request: Any) -> Any:
    """unAPI: the formats (200), those of a work (300), the work in one of them.

    404 for a key that was never given, 410 for a work taken down, 406 for a format that is not offered, 400 for a
    format without a key; a work that was joined into another is given as that one.
    """
    key, name = request.args.get("id") or "", request.args.get("format") or ""
    if not key:
        return _refused(400, "Which id?") if name else answers.data(unapi.formats(), XML)
    if name and name not in unapi.NAMES:
        return _refused(406, f"The formats are {', '.join(sorted(unapi.NAMES))}.")
    if not KEY.fullmatch(key):
        return _refused(404, "There is no such id.")
    if other := await site.reader.run(papers.survivor, key):
        return answers.redirect(f"/unapi?{urlencode({'id': other, 'format': name} if name else {'id': other})}")
    found = await site.reader.run(reading.work, key)
    if found is None:
        return _refused(404, "There is no such id.")
    work, publications = found
    if not publications:
        return _refused(410, "It was taken down.")
    if not name:
        return answers.data(unapi.formats(key), XML, 300)
    address = f"{site.base(request)}/paper/{key}"
    if form := WRITERS.get(name):
        body = await site.reader.run(_written, work["id"], form)
        return answers.data(body, form.media_type, link=data_links(address))
    text = mods(reference(work, publications, address))
    return answers.data(text, "application/mods+xml; charset=utf-8", link=data_links(address))


def _written(db: sqlite3.Connection, number: int, form: Format) -> bytes:
    """A work in a format of the exports."""
    out = BytesIO()
    form.write([reading.row(db, number)], out, form.default_profile)
    return out.getvalue()


def _refused(status: int, text: str) -> Any:
    return answers.data(f"{text}\n", "text/plain; charset=utf-8", status)


async def paper_json(site: Site, request: Any) -> Any:
    """/paper/KEY.json: everything that is public of a work; 301, 404, 410 as the page of the work."""
    key = request.url_vars["key"]
    if not KEY.fullmatch(key):
        if KEY.fullmatch(key.upper()):
            return answers.redirect(f"/paper/{key.upper()}.json", answers.ANYBODY)
        return answers.as_json({"error": "There is no such key."}, 404)
    if other := await site.reader.run(papers.survivor, key):
        return answers.redirect(f"/paper/{other}.json", answers.ANYBODY)
    found = await site.reader.run(_whole, site.known, key, site.base(request))
    if found is None:
        return answers.as_json({"error": "There is no such key."}, 404)
    if found["state"] == "hidden":
        return answers.as_json(found, 410)
    return answers.as_json(found, link=data_links(found["address"]))


def _whole(db: sqlite3.Connection, known: Known, key: str, base: str) -> dict[str, Any] | None:
    found = papers.paper(db, key)
    if found is None:
        return None
    if found.work["state"] == "hidden":
        return dict(own_json.gone(key))
    terms = {slug: (*told.seen, *told.unseen) for slug, told in matched(db, known.publication(db), found).items()}
    paper = reference(found.work, found.publications, f"{base}/paper/{key}")
    return own_json.whole(found, paper, base, terms)


async def papers_json(site: Site, request: Any) -> Any:
    """/papers.json: the works of a choice, page by page; the addresses are those of /papers with another suffix."""
    base = site.base(request)
    chosen, notes = choice(parameters(request.query_string))
    complete = (await site.now()).complete

    def read(db: sqlite3.Connection) -> dict[str, Any]:
        selection = site.known.publication(db).select(db, chosen)
        found = page(db, chosen, LISTED, selection.works)
        return {
            "address": base + chosen.url("/papers.json"),
            "page": base + chosen.first_page().url(),
            "read_as": chosen.question.shown if not chosen.identifier[0] else "",
            "notes": notes,
            "completeness": complete.sentence,
            "complete": complete.whole,
            "total": selection.counts.total,
            "works": [own_json.summary(row, base) for row in found.rows],
            "next": base + replace(chosen, after=found.after).url("/papers.json") if found.after else "",
            "courtesy": own_json.COURTESY,
        }

    return answers.as_json(await site.reader.run(read))


async def open_search(site: Site, request: Any) -> Any:
    text = opensearch.description(site.title, site.said("description"), site.base(request))
    return answers.data(text, f"{opensearch.KIND}; charset=utf-8")


async def sitemap_index(site: Site, request: Any) -> Any:
    """/sitemap.xml: the map of the pages of words, then one for each 50,000 numbers of works."""
    base = site.base(request)
    now = await site.now()
    parts = await site.reader.run(reading.parts, sitemap.MOST)
    told = [(f"{base}/sitemap-pages.xml", now.facts.built)]
    told += [(f"{base}/sitemap-{number + 1}.xml", changed) for number, changed in parts]
    return answers.data(sitemap.index(told), XML)


async def sitemap_pages(site: Site, request: Any) -> Any:
    base = site.base(request)
    now = await site.now()
    paths = [f"/{name}" for name in WORDS] + [f"/searches/{quote(row['slug'], safe='')}" for row in now.searches]
    return answers.data(sitemap.pages((base + path, now.facts.built) for path in paths), XML)


async def sitemap_part(site: Site, request: Any) -> Any:
    """The pages of works with numbers of one part; made in the reader's thread, since it may be five megabytes."""
    base = site.base(request)
    number = int(request.url_vars["number"]) - 1

    def read(db: sqlite3.Connection) -> str:
        found = reading.part(db, number, sitemap.MOST)
        return sitemap.pages((f"{base}/paper/{key}", changed) for key, changed in found) if found else ""

    text = await site.reader.run(read)
    return answers.data(text, XML) if text else await not_found(site, request)


async def robots(site: Site, request: Any) -> Any:
    return answers.plain(f"{ROBOTS}\nSitemap: {site.base(request)}/sitemap.xml\n")


ROUTES: tuple[Route, ...] = (
    (r"^/unapi/?$", unapi_server),
    (r"^/papers\.json$", papers_json),
    (r"^/paper/(?P<key>[^/.]+)\.json$", paper_json),
    (r"^/opensearch\.xml$", open_search),
    (r"^/sitemap\.xml$", sitemap_index),
    (r"^/sitemap-pages\.xml$", sitemap_pages),
    (r"^/sitemap-(?P<number>[1-9][0-9]{0,6})\.xml$", sitemap_part),
    (r"^/robots\.txt$", robots),
)
