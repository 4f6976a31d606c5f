"""A service that says what a test wants, and rows of preprints that nobody wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.errors import Transient
from tracker.http.answer import Answer, Service, judge


def posted_row(number: int, **said: Any) -> dict[str, Any]:
    """One row of api.biorxiv.org, invented."""
    return {
        "title": f"Loneliness on the night train {number}",
        "authors": "Ashpenny, A. B.; van der Moor, C.",
        "author_corresponding": "Anna Ashpenny",
        "author_corresponding_institution": "Institute of Platforms, Hollowmere",
        "doi": f"10.5555/2026.01.{number:08}",
        "date": "2026-01-05",
        "version": "1",
        "type": "PUBLISHAHEADOFPRINT",
        "license": "cc_by",
        "category": "public and global health",
        "jatsxml": "https://www.medrxiv.org/content/early/x.source.xml",
        "abstract": "BackgroundNobody sits beside anybody.\n\nResultsOf 412 passengers, 31 spoke.",
        "funder": "NA",
        "published": "NA",
        "server": "medRxiv",
    } | said


def interval_answer(rows: list[Any], total: object, cursor: object = 0, /, **said: Any) -> Answer:
    """A page of an interval as the service writes it; members set to None are left out."""
    message = {
        "status": "ok",
        "category": "all",
        "interval": "2026-01-01:2026-01-07",
        "cursor": cursor,
        "count": len(rows),
        "count_new_papers": str(total),
        "total": str(total),
    } | said
    message = {name: value for name, value in message.items() if value is not None}
    return json_answer({"messages": [message], "collection": rows})


def json_answer(said: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(said).encode())


NO_POSTS = json_answer({"messages": [{"status": "no posts found"}], "collection": []})


@dataclass
class Canned:
    """Stands in for ``tracker.http.Http``: answers from a function of the path, retried as often as three times."""

    answering: Callable[[str], Answer]
    pace: float = 1.0
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str] | None] = field(default_factory=list)

    def ask(
        self,
        service: Service,
        path: str,
        *,
        read: Callable[[Answer], Any],
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        failure = None
        for _ in range(3):
            self.asked.append(path)
            self.headers.append(headers)
            try:
                return judge(self.answering(path), read)
            except Transient as error:
                failure = error
        assert failure is not None
        raise failure
