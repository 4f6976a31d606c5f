-- The public database, db/public/public.db. This file IS the explicit list of what may be public:
-- every table and column is described in metadata.json, and a test holds the two against each other.

create table works (                    -- narrow: counting and filtering touch no long text
    id integer primary key,
    key text not null unique,           -- LSI-000123, permanent
    title text not null,                -- plain text; a tombstone has only key and state
    authors text not null,              -- first three, then "and N more"
    journal text not null,
    journal_id integer not null references journals (id),    -- 0: no journal named
    date text not null,                 -- partial ISO date of publication
    sort_date text not null,            -- the same filled up to ten characters, for order and ranges
    year integer,
    type text not null check (type in ('article', 'preprint', 'review', 'trial', 'editorial', 'letter', 'comment',
        'protocol', 'book', 'notice', 'other')),
    state text not null check (state in (/*states*/ 'hidden')),
    language text not null,             -- ISO 639-2 code of the first language
    free integer not null check (free in (0, 1)),       -- free full text known
    abstract integer not null check (abstract in (0, 1, 2)), -- 0 none, 1 shown, 2 exists but may not be shown
    doi text not null,
    pmid text not null,
    pmcid text not null,
    url text not null,                  -- http or https, or empty
    first_seen text not null,           -- when a saved search first brought it
    news text not null,                 -- the same, but empty for what is no news: first runs, unchecked bursts
    changed text not null               -- the last change worth telling: a state, another publication
) strict;
create index works_date on works (sort_date desc, id desc);
create index works_seen on works (first_seen desc, id desc);
create index works_news on works (news desc, id desc) where news <> '';
create index works_changed on works (changed desc, id desc);
create index works_updated on works (changed desc, id desc) where changed > first_seen;
create index works_year on works (year);
create index works_journal on works (journal_id);

create table journals (                 -- one row for all spellings of one journal (by NLM id, ISSN or name)
    id integer primary key,
    name text not null,
    works integer not null
) strict;
create index journals_name on journals (name);

create table work_sources (             -- which sources have records of a work
    work_id integer not null references works (id),
    source text not null,
    records integer not null,
    entered text not null,              -- the source's own day: record created or preprint posted, the earliest; partial
    primary key (source, work_id)
) strict, without rowid;
create index work_sources_work on work_sources (work_id);

create table work_forwards (key text primary key, to_key text not null, at text not null) strict, without rowid;
create index work_forwards_to on work_forwards (to_key);

create table publications (             -- wide: all the text a reader may see; one row a publication of a work
    id integer primary key,
    work_id integer not null references works (id),
    place integer not null,             -- 1: the publication that speaks for the work, then 2, 3 ...
    kind text not null,                 -- one of the types of works
    title text not null,
    title_markup text not null,         -- with <i> <sub> <sup> <b> only, or empty
    vernacular_title text not null,
    authors text not null,              -- JSON list of names, "Family, Given" or the group's name
    group_authors text not null,        -- JSON list: those of them that are groups (their names may have commas too)
    author_parts text not null,         -- JSON list of [place from 0, family, given, suffix]: those that commas part wrongly
    authors_complete integer not null check (authors_complete in (0, 1)),   -- 0: the source lists not all of them
    journal text not null,
    journal_abbrev text not null,
    publisher text not null,
    country text not null,              -- of the journal
    volume text not null,
    issue text not null,
    pages text not null,
    issn text not null,
    date text not null,
    first_date text not null,           -- the earliest that its records name: of a preprint, when it was first posted
    language text not null,
    abstract text,                      -- JSON list of [label, text]; null where there is none or it may not be shown;
                                        -- where there is none but another one: "[plain-language-summary eng] text"
    abstract_withheld integer not null check (abstract_withheld in (0, 1)),
    licence text not null,
    keywords text not null,             -- JSON list
    mesh text not null,                 -- JSON list, "Heading / qualifier, qualifier", * where it is a major topic
    publication_types text not null,    -- JSON list
    doi text not null,
    pmid text not null,
    pmcid text not null,
    url text not null,
    called text not null,               -- among the versions of the work: its DOI, PMID 123, or source:id
    gives text not null,                -- JSON list: what the work takes from it though it is not the first publication
    records text not null               -- JSON list of {source, id, first_seen, refreshed, url, says: the fields shown from it}
) strict;
create index publications_work on publications (work_id, place);
create index publications_doi on publications (doi) where doi <> '';
create index publications_pmid on publications (pmid) where pmid <> '';
create index publications_pmcid on publications (pmcid) where pmcid <> '';

create table searches (
    id integer primary key,
    slug text not null unique,
    title text not null,
    sources text not null,              -- JSON list
    every text not null,                -- how often it is run: day, week, month
    version integer not null,           -- number of the strategy version
    strategy text not null,             -- as run, blocks inserted
    versions text not null,             -- JSON list, oldest first: number, seen, strategy, note, asked: what each
                                        -- source was sent and how it understood it: source, sent, translation, first, last
    works integer not null,
    last_complete text not null,        -- the oldest, over its sources, of the last complete runs; empty if one never was
    active integer not null check (active in (0, 1))    -- 0: its file is gone from queries/
) strict;

create table work_searches (            -- why a work is here
    work_id integer not null references works (id),
    search_id integer not null references searches (id),
    since text not null,                -- when this search first brought it
    until text not null,                -- when it ceased to match, or empty
    why text not null,                  -- baseline, strategy, new, late, edited or empty (unknown)
    detail text not null,
    news integer not null check (news in (0, 1)),       -- 0: from a first run, or from a burst that nobody has checked
    sources text not null,              -- JSON list
    primary key (work_id, search_id)
) strict, without rowid;
create index work_searches_search on work_searches (search_id, work_id);
create index work_searches_news on work_searches (search_id, since desc, work_id desc) where news = 1;

create table runs (                     -- the ledger: search rows have a search, reading rows have none
    id integer primary key,
    run integer not null,
    search text not null,               -- slug, empty in a reading row
    source text not null,
    strategy_version integer,
    started text not null,
    finished text not null,
    outcome text not null,
    baseline text not null,
    promised_first integer,
    promised_last integer,
    received integer,
    known integer,
    new integer,
    rejected integer,
    missing integer,
    gone integer,
    held integer,
    fetched integer,
    read integer,
    fresh integer,
    changed integer,
    same integer,
    unreadable integer,
    withheld integer,
    translation text not null,
    warnings text not null,             -- JSON list
    note text not null
) strict;
create index runs_started on runs (started desc, id desc);
create index runs_search on runs (search, source, outcome);

create table events (                   -- what happened to a work since
    id integer primary key,
    work_id integer not null references works (id),
    kind text not null,                 -- preprint, published, corrected, concern, retracted, withdrawn
    notice text not null,               -- DOI, PMID or citation of the notice
    source text not null,               -- who says so
    date text not null,                 -- of the notice, partial
    seen text not null,                 -- when the tracker first saw it
    later integer not null check (later in (0, 1)), -- 1: seen by a later run than the one that brought the work: news
    detail text not null
) strict;
create index events_work on events (work_id);
create index events_seen on events (seen desc, work_id desc, kind desc) where later = 1;

create table joins (                    -- which records were held together, by which rule, on what evidence
    id integer primary key,
    work_id integer not null references works (id),
    other_id integer not null references works (id),         -- for related: the other work; else the same
    kind text not null,                 -- same, version, related
    a text not null,                    -- "source:id" of the two records
    b text not null,
    rule text not null,
    evidence text not null,
    by text not null,                   -- machine or person
    made text not null
) strict;
create index joins_work on joins (work_id);
create index joins_other on joins (other_id);

create table resources (                -- curated reports, guidance, blogs: filled by a stage of its own
    id integer primary key,
    title text not null,
    kind text not null,
    body text not null,
    published text not null,
    url text not null,
    summary text not null
) strict;

create table counts (                   -- what the pages of charts and methods show, counted once: tracker/publish/charts.py
    chart text not null,
    series text not null,
    step text not null,
    number integer not null,
    primary key (chart, series, step)
) strict, without rowid;

create table facts (name text primary key, value text not null) strict, without rowid;
-- built, digest, software, demo, authority, founded, counts, last_run, last_complete, abstracts: what every page needs without counting
