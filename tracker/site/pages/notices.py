"""/privacy, /accessibility, /about: what a public service has to say of itself."""

from __future__ import annotations

from typing import Any

from tracker.settings import privacy as notice
from tracker.site import answers, linked
from tracker.site.pages.kinds import Route
from tracker.site.queries import facts
from tracker.site.site import Site

ACCESSIBILITY_OF = "2026-11-24"  # the day on which the statement was last read against the pages


async def about(site: Site, request: Any) -> Any:
    now = await site.now()
    sources = await site.reader.run(facts.source_counts)
    return answers.html(site.render("about.html", now, here="about", sources=sources, contact=_contact(site)))


async def privacy(site: Site, request: Any) -> Any:
    """The notice, with what its owner has not filled in said to be so."""
    now = await site.now()
    told = _settings(site)
    said = {name: linked.paragraphs(text) for name, text in notice.filled(told).items()}
    text = site.render(
        "privacy.html", now, said=said, updated=notice.filled(told)["updated"], unfilled=notice.unfilled(told),
        place=notice.PLACE,
    )  # fmt: skip
    return answers.html(text)


async def accessibility(site: Site, request: Any) -> Any:
    now = await site.now()
    return answers.html(site.render("accessibility.html", now, contact=_contact(site), day=ACCESSIBILITY_OF))


def _settings(site: Site) -> dict[str, Any]:
    """What the notice is made from."""
    return {"privacy": site.setting("privacy")}


def _contact(site: Site) -> Any:
    """How to reach those who run the site: the setting ``contact``, else that of the privacy notice, else ''."""
    said = site.setting("contact")
    text = said.strip() if isinstance(said, str) else ""
    return linked.linked(text or notice.filled(_settings(site))["contact"])


ROUTES: tuple[Route, ...] = (
    (r"^/about$", about),
    (r"^/privacy$", privacy),
    (r"^/accessibility$", accessibility),
)
