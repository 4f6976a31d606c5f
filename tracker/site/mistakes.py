"""Where a reader reports a mistake: ``plugins.tracker.contact`` of metadata.json, with key and title filled in."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from tracker.site.machines.reference import Reference
from tracker.text import safe_url

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
LONGEST_TITLE = 200  # characters; some mail programs cut addresses of more than two thousand


def report_link(contact: str, paper: Reference) -> str:
    """An address that begins a message about this work, '' where no contact is set.

    ``contact`` is an e-mail address, or the http(s) address of a form; a form is given ``title`` and ``body``, as
    the forms of code hosts take them.
    """
    subject = f"Mistake in {paper.key}: {paper.title[:LONGEST_TITLE]}"
    body = f"{paper.title[:LONGEST_TITLE]}\n{paper.address}\n\nWhat is wrong:\n"
    if EMAIL.fullmatch(contact.strip()):
        said = urlencode({"subject": subject, "body": body.replace("\n", "\r\n")}, quote_via=quote)
        return f"mailto:{quote(contact.strip(), safe='@')}?{said}"
    if form := safe_url(contact.strip()).partition("#")[0]:
        return f"{form}{'&' if '?' in form else '?'}{urlencode({'title': subject, 'body': body}, quote_via=quote)}"
    return ""
