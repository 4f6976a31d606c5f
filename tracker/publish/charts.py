"""What the charts and the methods page show, counted once at publication from the public tables themselves.

Rows of ``counts`` are (chart, series, step, number):

    all-year, all-month            ''            2024 or 2024-03   works, each at its earliest source date
    source-year, source-month      pubmed ...    the same          works, in every source that has them
    search-year, search-month      slug          the same          works, in every search that found them
    delay                          article       months, '': ?     works with a preprint and an article
    delay                          none          ''                preprints without an article
    overlap                        a+b           ''                works that exactly these sources have
    joins-same, -version, -related rule          machine, person   pairs of records held together

The date is the source's own (``work_sources.entered``), never the day on which the tracker first saw a work: a first
run brings years of papers in one day. A work without a date stands under the step ''.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from itertools import groupby
from operator import itemgetter

PERIODS = (("year", 4), ("month", 7))  # a date cut to so many characters, where it has them

EARLIEST = """
create temp table arrived as
select work_id, coalesce(min(case when length(entered) > 4 then entered end), max(entered)) as entered
from work_sources group by work_id"""
# chart -> (series, what is counted)
OVER_TIME = {
    "all": ("''", "arrived"),
    "source": ("source", "work_sources"),
    "search": ("slug", "work_searches join searches on searches.id = search_id join arrived using (work_id)"),
}
DELAYS = """
with dated as (
    select work_id, max(kind = 'preprint') as posted, max(kind not in ('preprint', 'notice')) as printed,
        min(case when kind = 'preprint' and length(first_date) > 4 then first_date end) as one,
        min(case when kind not in ('preprint', 'notice') and length(first_date) > 4 then first_date end) as two
    from publications group by work_id having posted)
select iif(printed, 'article', 'none') as series, iif(printed and one is not null and two is not null,
    cast(12 * (substr(two, 1, 4) - substr(one, 1, 4)) + substr(two, 6, 2) - substr(one, 6, 2) as text), '') as step,
    count(*) as number from dated group by 1, 2"""
JOINS = "select 'joins-' || kind, rule, by, count(*) from joins group by kind, rule, by"


def count(public: sqlite3.Connection) -> None:
    """Fill ``counts``; all other tables but ``facts`` are written."""
    public.execute(EARLIEST)
    for chart, (series, rows) in OVER_TIME.items():
        for period, length in PERIODS:
            step = f"case when length(entered) >= {length} then substr(entered, 1, {length}) else '' end"
            sql = f"select '{chart}-{period}', {series}, {step}, count(*) from {rows} group by 2, 3"  # noqa: S608
            public.execute(f"insert into counts {sql}")
    public.execute("drop table arrived")
    public.execute(f"insert into counts select 'delay', series, step, number from ({DELAYS})")  # noqa: S608
    public.execute(f"insert into counts {JOINS}")
    public.executemany("insert into counts values ('overlap', ?, '', ?)", _overlap(public).items())


def _overlap(public: sqlite3.Connection) -> Counter[str]:
    """How many works exactly these sources have: ``europepmc+pubmed``, in the order of the alphabet."""
    rows = public.execute("select work_id, source from work_sources order by work_id, source")
    return Counter("+".join(source for _, source in found) for _, found in groupby(rows, key=itemgetter(0)))
