"""The demo's copy of the Retraction Watch file behind a port on 127.0.0.1, and faults.

    with RetractionsService(registers, date(2026, 11, 16)) as service:
        os.environ["TRACKER_RETRACTIONS_URL"] = service.url

See ``loopback`` for what all services of the demo have in common.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from emulator.papers import plain
from emulator.register_service import RegisterService
from emulator.registers import Row
from emulator.reply import HTML, Reply
from emulator.server_faults import FAULTS, Played

FILE = "/data/retraction_watch.csv"
CSV = "text/csv; charset=utf-8"
COLUMNS = (
    "Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS", "ArticleType",
    "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI",
    "OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes",
)  # fmt: skip


class RetractionsService(RegisterService):
    """See :class:`RegisterService`."""

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_RETRACTIONS_URL``: that of the file itself."""
        return self.origin + FILE

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        utility = "file" if path == FILE else ""
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=not utility)
        if not utility:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        reply = Reply(written(self.registers.rows(self.day)), CSV)
        if rule is None:
            return reply
        return FAULTS[rule.fault].reply(reply, Played(self.origin, rule.played, rule.seconds, rule.size))


def written(rows: Iterable[Row]) -> bytes:
    """The file: American dates, 0 for an absent PMID, "Unavailable" for an absent DOI, reasons with a plus sign."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                "Record ID": row.number,
                "Title": plain(row.title),
                "Journal": "Journals of the Archipelago (Demo)",
                "RetractionDate": f"{row.told.month}/{row.told.day}/{row.told.year} 0:00",
                "RetractionDOI": row.notice_doi or "Unavailable",
                "RetractionPubMedID": row.notice_pmid or "0",
                "OriginalPaperDOI": row.doi or "Unavailable",
                "OriginalPaperPubMedID": row.pmid or "0",
                "RetractionNature": row.nature,
                "Reason": "".join(f"+{reason};" for reason in row.reasons),
                "Paywalled": "No",
            }
        )
    return out.getvalue().encode()
