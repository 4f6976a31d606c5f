"""OpenSearch 1.1 description: a browser or a program learns how the site is searched."""

from __future__ import annotations

from tracker.site.machines.xml import DECLARATION, attribute, text

KIND = "application/opensearchdescription+xml"
LONGEST_NAME, LONGEST_DESCRIPTION = 16, 1024  # characters that the standard allows
EXAMPLE = "loneliness"


def description(title: str, words: str, base: str) -> str:
    """The description of a site called ``title`` at ``base``, in other words ``words``."""
    urls = (
        ("text/html", f"{base}/papers?q={{searchTerms}}", "results"),
        ("application/json", f"{base}/papers.json?q={{searchTerms}}", "results"),
        (KIND, f"{base}/opensearch.xml", "self"),
    )
    lines = "".join(
        f'<Url type="{kind}" rel="{relation}" template={attribute(template)}/>\n' for kind, template, relation in urls
    )
    return (
        f'{DECLARATION}<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{text(_short(title))}</ShortName>\n"
        f"<Description>{text((words or title)[:LONGEST_DESCRIPTION])}</Description>\n"
        f"{lines}"
        f'<Query role="example" searchTerms="{EXAMPLE}"/>\n'
        "<Language>en</Language>\n<InputEncoding>UTF-8</InputEncoding>\n<OutputEncoding>UTF-8</OutputEncoding>\n"
        "</OpenSearchDescription>\n"
    )


def _short(title: str) -> str:
    """The first words of a title that fit into a ShortName."""
    if len(title) <= LONGEST_NAME:
        return title
    cut = title[: LONGEST_NAME + 1].rpartition(" ")[0] or title[:LONGEST_NAME]
    return cut.rstrip(" ,:;-–")
