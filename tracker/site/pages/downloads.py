"""/papers.csv, .ris, .bib, .csl.json and the same of one paper: lists to take away.

The query string is that of /papers: the file holds all works of the choice, never a part of them. With ``key=`` it
holds the works of these keys and no others. The headers ``X-Tracker-Works`` and ``X-Tracker-Abstracts-Left-Out`` say
how many works it has and how many of them have an abstract that may not be shown here; so does the name of the file.
``X-Tracker-Not-Found`` names keys that no work has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from tracker import __version__
from tracker.formats import FORMATS, Format
from tracker.formats.row import Written
from tracker.site import answers, conditional
from tracker.site.choice import Choice, choice
from tracker.site.pages.kinds import Route
from tracker.site.pages.paper import KEY
from tracker.site.pages.texts import not_found
from tracker.site.queries import paper as papers
from tracker.site.queries import rows
from tracker.site.queries.known import Known, Publication
from tracker.site.queries.papers import in_order
from tracker.site.site import Site
from tracker.site.stream import File

OFFERED: dict[str, str] = {"csv": "CSV", "ris": "RIS", "bibtex": "BibTeX", "csl-json": "CSL-JSON"}
FORMS: dict[str, Format] = {entry.suffix[1:]: entry for entry in FORMATS if entry.name in OFFERED}
MOST_KEYS = 1000
MOST_PARAMETERS = 200
TOLD = 20  # keys without a work that are named in a header
SELECTED = "selected"  # the parameter of the form with tick boxes


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What kind of file is wanted of which works: those of ``keys``, or else all of the choice."""

    form: Format
    profile: str
    chosen: Choice
    keys: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.form.media_type


@dataclass(frozen=True, slots=True)
class FoundWorks:
    """The works of a file: how to go through them, how many they are, how many abstracts are left out."""

    ids: Callable[[], Iterator[int]]
    works: int
    withheld: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileOffer:
    """One kind of file of a list; ``path`` without the choice, for the papers that are ticked."""

    name: str
    url: str
    path: str
    tools: tuple[tuple[str, str, str], ...]  # (whom for, the format's name, address) of the other profiles


def offers(chosen: Choice) -> list[FileOffer]:
    """The files that a list offers of all its works."""
    return [_offer(form, chosen.first_page(), f"/papers{form.suffix}") for form in FORMS.values()]


def _offer(form: Format, chosen: Choice, path: str) -> FileOffer:
    url, name = chosen.url(path), OFFERED[form.name]
    with_profile = f"{url}{'&' if '?' in url else '?'}profile="
    tools = [(about, name, with_profile + key) for key, about in form.profiles.items() if key != form.default_profile]
    return FileOffer(name, url, path, tuple(tools))


async def papers_file(site: Site, request: Any) -> Any:
    """All works of a choice, or those of the keys given; 400 for what cannot be done, in plain words.

    Nothing ticked is never everything: then the list answers, and says so.
    """
    try:
        pairs = parse_qsl(
            request.query_string, keep_blank_values=True, errors="replace", max_num_fields=MOST_PARAMETERS + MOST_KEYS
        )
    except ValueError:
        return _refused(f"There are too many parameters; at most {MOST_KEYS:,} papers can be chosen one by one.")
    chosen, notes = choice(pairs)
    names = {name for name, _ in pairs}
    keys = tuple(dict.fromkeys(value.strip().upper() for name, value in pairs if name == "key" and value.strip()))
    if names & {"key", SELECTED} and not keys:
        return answers.see_other(_list_without_ticks(chosen))
    if len(keys) > MOST_KEYS:
        return _refused(f"At most {MOST_KEYS:,} papers can be chosen one by one; these are {len(keys):,}.")
    if unused := [note for note in notes if note not in chosen.question.notes]:
        return _refused("No file was made, because it would hold other papers than were asked for. " + " ".join(unused))
    form = FORMS[request.url_vars["form"]]
    profile = dict(reversed(pairs)).get("profile") or form.default_profile
    if profile not in form.profiles:
        return _refused(_no_profile(form, profile))
    asked = FileRequest(form, profile, chosen.first_page(), keys)
    return site.downloads.answer(request, lambda db: _prepare(db, site.known, request, asked))


def _prepare(db: sqlite3.Connection, known: Known, request: Any, asked: FileRequest) -> Any:
    """The file, ready to be written; 304 where the asker has it already, 404 where there is none of the keys."""
    published = known.publication(db)
    mark = conditional.tag(
        *published.mark, __version__, asked.form.name, asked.profile, asked.chosen.url(), *asked.keys
    )
    built = datetime.fromisoformat(published.facts.built)
    if same := conditional.unchanged(request, mark, built, kind=asked.kind, cache=answers.BRIEFLY):
        return same
    found = _of_keys(db, asked.keys) if asked.keys else _of_choice(db, published, asked.chosen)
    if found.unknown and not found.works:
        return _refused(f"There is no paper with {_listed(found.unknown)}; nothing was written.", 404)
    parts = [
        f"{rows.prefix(db).lower()}-papers".lstrip("-"),
        published.facts.built[:10],
        f"{found.works}-works",
        f"{found.withheld}-abstracts-left-out",
        *([f"{len(found.unknown)}-keys-not-found"] if found.unknown else []),
    ]
    more = {"X-Tracker-Not-Found": _listed(found.unknown)} if found.unknown else {}
    more |= {"X-Tracker-Note": " ".join(asked.chosen.question.notes)} if asked.chosen.question.notes else {}

    def write(out: BinaryIO) -> Written:
        return asked.form.write(rows.rows(db, found.ids()), out, asked.profile)

    headers = {"Content-Type": asked.kind, **_headers(asked.form, "_".join(parts), found.works, found.withheld)}
    return File({**headers, **conditional.validators(mark, built), **more}, found.works, write)


def _of_choice(db: sqlite3.Connection, published: Publication, chosen: Choice) -> FoundWorks:
    selection = published.select(db, chosen)

    def ids() -> Iterator[int]:
        return (number for number, _ in in_order(db, chosen, selection.works))

    return FoundWorks(ids, selection.counts.total, withheld(db, published, selection.works))


def withheld(db: sqlite3.Connection, published: Publication, works: int) -> int:
    """How many of a set of works have an abstract that may not be shown."""
    return (published.works(db).values["abstract"].get(str(rows.WITHHELD), 0) & works).bit_count()


def _of_keys(db: sqlite3.Connection, keys: tuple[str, ...]) -> FoundWorks:
    ids, unknown = rows.of_keys(db, keys)
    return FoundWorks(lambda: iter(ids), len(ids), rows.withheld(db, ids), tuple(unknown))


async def paper_file(site: Site, request: Any) -> Any:
    """One work as a file; 301, 404 and 410 as its page."""
    key, form = request.url_vars["key"], FORMS[request.url_vars["form"]]
    said = f"?{request.query_string}" if request.query_string else ""
    if not KEY.fullmatch(key):
        if KEY.fullmatch(key.upper()):
            return answers.redirect(f"/paper/{key.upper()}{form.suffix}{said}")
        return await not_found(site, request)
    profile = request.args.get("profile") or form.default_profile
    if profile not in form.profiles:
        return _refused(_no_profile(form, profile))
    if other := await site.reader.run(papers.survivor, key):
        return answers.redirect(f"/paper/{other}{form.suffix}{said}")
    found = await site.reader.run(_one, key, form, profile)
    if found is None:
        return await not_found(site, request)
    body, left_out = found
    if not body:
        return answers.html(site.render("gone.html", await site.now(), key=key), 410)
    headers = _headers(form, f"{key}_abstract-left-out" if left_out else key, 1, left_out)
    return conditional.document(body, kind=form.media_type, cache=answers.BRIEFLY, more=headers)


def _one(db: sqlite3.Connection, key: str, form: Format, profile: str) -> tuple[bytes, int] | None:
    """The file of one work, and 1 if its abstract is left out; b'' for a work taken down, None where there is none."""
    if papers.paper(db, key) is None:
        return None
    ids, _ = rows.of_keys(db, [key])
    out = BytesIO()
    if ids:
        form.write(rows.rows(db, ids), out, profile)
    return out.getvalue(), rows.withheld(db, ids)


def _headers(form: Format, name: str, works: int, left_out: int) -> dict[str, str]:
    """``name`` is of ASCII and without the suffix."""
    file = f"{name}{form.suffix}"
    return {
        "Content-Disposition": f"attachment; filename=\"{file}\"; filename*=UTF-8''{file}",
        "Cache-Control": answers.BRIEFLY,
        "Content-Security-Policy": answers.OWN_POLICY,
        "X-Tracker-Works": str(works),
        "X-Tracker-Abstracts-Left-Out": str(left_out),
    }


def _no_profile(form: Format, profile: str) -> str:
    known = "; ".join(f"{name} ({purpose})" for name, purpose in form.profiles.items())
    return f"{OFFERED[form.name]} has no profile {profile[:40]!a}. There is {known}."


def _listed(keys: tuple[str, ...]) -> str:
    """Keys that may be anything, in signs that a header can hold."""
    told = ", ".join(ascii(key[:40])[1:-1] for key in keys[:TOLD])
    return f"{told} and {len(keys) - TOLD:,} more" if len(keys) > TOLD else told


def _list_without_ticks(chosen: Choice) -> str:
    """The address of the list that says that nothing was ticked."""
    url = chosen.first_page().url()
    return f"{url}{'&' if '?' in url else '?'}{SELECTED}=1"


def _refused(text: str, status: int = 400) -> Any:
    return answers.data(f"{text}\n", "text/plain; charset=utf-8", status)


FORM = r"\.(?P<form>csv|ris|bib|csl\.json)$"
ROUTES: tuple[Route, ...] = ((rf"^/papers{FORM}", papers_file), (rf"^/paper/(?P<key>[^/.]+){FORM}", paper_file))
