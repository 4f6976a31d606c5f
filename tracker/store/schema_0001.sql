-- Version 1 of the private database, db/tracker.db. Times are ISO 8601 UTC with seconds; days are ISO dates.
-- "run" columns hold run.id.

create table setting (name text primary key, value text not null) strict, without rowid;

create table run (
    id integer primary key,
    started text not null,
    finished text,                      -- null: the process died; the next run ends it as failed
    command text not null,              -- collect, update, import, demo ...
    software text not null,
    outcome text check (outcome in ('complete', 'complete with notes', 'catching up', 'incomplete', 'failed')),
    note text not null default ''
) strict;

create table search (
    id integer primary key,
    slug text not null unique,
    first_run integer references run,
    title text not null default '',     -- as its file says today
    sources text not null default '[]', -- JSON list
    every text not null default 'day',
    finds text not null default '[]',   -- JSON list: known papers, PMID or DOI
    at_least text not null default '{}' -- JSON: source ('' for all) -> the lowest plausible number of hits
) strict;

create table strategy (                 -- never edited, only added
    id integer primary key,
    search_id integer not null references search,
    number integer not null,            -- 1, 2, 3 ... as shown to people
    version text not null,              -- hash of the text after inserting blocks
    title text not null,
    text text not null,
    headers text not null,              -- JSON object of the header lines
    seen text not null,
    unique (search_id, number),
    unique (search_id, version)
) strict;

create table sent_text (id integer primary key, hash text not null unique, text text not null) strict;

-- The ledger, search rows: received = known + new + rejected.
create table search_run (
    id integer primary key,
    run_id integer not null references run,
    search_id integer not null references search,
    strategy_id integer not null references strategy,
    source text not null,
    sent_id integer references sent_text,
    started text not null,
    finished text not null,
    outcome text not null check (outcome in ('complete', 'complete with notes', 'catching up', 'incomplete', 'failed')),
    baseline text not null default '' check (baseline in ('', 'baseline', 'strategy')),
    promised_first integer,
    promised_last integer,
    received integer not null default 0,
    known integer not null default 0,
    new integer not null default 0,
    rejected integer not null default 0,
    missing integer not null default 0, -- matched before, not received; not yet believed
    gone integer not null default 0,    -- intervals closed by this run
    held integer not null default 0,    -- too many at once: waits for a person
    translation text not null default '',
    warnings text not null default '[]',
    cuts text not null default '[]',
    note text not null default '',
    unique (run_id, search_id, source),
    check (received = known + new + rejected)
) strict;
create index search_run_of on search_run (search_id, source, id);

-- The ledger, reading rows: fetched = read + unreadable + withheld, read = fresh + changed + same.
create table reading_run (
    id integer primary key,
    run_id integer not null references run,
    source text not null,
    started text not null,
    finished text not null,
    outcome text not null check (outcome in ('complete', 'complete with notes', 'catching up', 'incomplete', 'failed')),
    fetched integer not null default 0,
    read integer not null default 0,
    fresh integer not null default 0,
    changed integer not null default 0,
    same integer not null default 0,
    unreadable integer not null default 0,
    withheld integer not null default 0,
    rotated integer not null default 0, -- of the fetched: known records asked for again because it was their turn
    revised integer not null default 0, -- of the fetched: known records the source said it had revised
    requests integer not null default 0,
    retries integer not null default 0,
    note text not null default '',
    unique (run_id, source),
    check (fetched = read + unreadable + withheld),
    check (read = fresh + changed + same)
) strict;

create table inflow (                   -- the whole inflow of a source, whatever the searches
    source text not null,
    day text not null,
    records integer not null,
    asked text not null,
    primary key (source, day)
) strict, without rowid;

create table record (                   -- one row a source record, never deleted
    id integer primary key,
    source text not null,
    source_id text not null,
    first_run integer not null references run,
    first_seen text not null,
    refreshed text not null,            -- the last time the source was asked and answered
    state_id integer,                   -- record_state: what holds now
    fingerprint text not null,
    created text not null default '',   -- the source's own dates
    revised text not null default '',
    pmid text not null default '',
    pmcid text not null default '',
    doi text not null default '',
    unique (source, source_id)
) strict;
create index record_pmid on record (pmid) where pmid <> '';
create index record_pmcid on record (pmcid) where pmcid <> '';
create index record_doi on record (doi) where doi <> '';
create index record_refreshed on record (source, refreshed);

create table record_state (             -- every content a record ever had, with the raw answer it was read from
    id integer primary key,
    record_id integer not null references record,
    run_id integer not null references run,
    seen text not null,
    fingerprint text not null,
    content text not null,              -- JSON of model.Record
    raw blob not null,                  -- zlib
    parser integer not null             -- version of the parser that read it
) strict;
create index record_state_of on record_state (record_id, id);

create table unreadable (
    id integer primary key,
    run_id integer not null references run,
    source text not null,
    source_id text not null default '',
    seen text not null,
    reason text not null,
    raw blob not null,
    resolved text,
    unique (source, source_id, reason)
) strict;

create table withheld (                 -- listed by the source, but no record came when it was asked for
    source text not null,
    source_id text not null,
    since text not null,
    asked text not null,
    times integer not null default 1,
    arrived text,                       -- when it came after all
    primary key (source, source_id)
) strict, without rowid;

-- Intervals [from_run, to_run): a hit that did not change writes no row.
create table match (
    id integer primary key,
    search_id integer not null references search,
    strategy_id integer not null references strategy,  -- the version under which the interval began
    source text not null,
    source_id text not null,
    from_run integer not null references run,
    to_run integer references run,
    since text not null,                -- start of from_run
    until text,
    why text not null default '' check (why in ('', 'baseline', 'strategy', 'new', 'late', 'edited')),
    why_detail text not null default '',
    first integer not null default 1,   -- 0: it had matched this search on this source before
    missing_run integer references run, -- the first complete run that did not list it, not yet believed
    ended text not null default '' check (ended in ('', 'gone', 'strategy')),
    held integer not null default 0     -- 1: came in a burst, no news until a person says so
) strict;
create index match_of on match (search_id, source, source_id);
create index match_record on match (source, source_id);
create index match_waiting on match (source) where why = '';
create index match_open on match (search_id, source) where to_run is null;
create index match_held on match (search_id, source) where held = 1;

create table event (                    -- a mark once seen is never lost
    id integer primary key,
    record_id integer not null references record,
    kind text not null check (kind in ('preprint', 'published', 'corrected', 'concern', 'retracted', 'withdrawn')),
    notice text not null default '',
    source text not null,
    date text not null default '',
    detail text not null default '',
    run_id integer not null references run,
    seen text not null,
    unique (record_id, kind, notice, source)
) strict;
create index event_run on event (run_id);

create table verdict (                  -- evidence about pairs; a row is never deleted, only undone
    id integer primary key,
    a integer not null references record,
    b integer not null references record,
    kind text not null check (kind in ('same', 'version', 'related', 'different', 'ask')),
    rule text not null,
    rules_version integer not null,
    score real not null,
    evidence text not null,
    by text not null check (by in ('machine', 'person')),
    reason text not null default '',
    run_id integer references run,
    made text not null,
    undone text,
    undone_reason text not null default '',
    word integer,                       -- what a person said at one time: all the verdicts that this made ...
    undone_word integer                 -- ... and took back; so it can be taken back as a whole
) strict;
create index verdict_a on verdict (a) where undone is null;
create index verdict_b on verdict (b) where undone is null;

create table work (                     -- permanent ids; each stands on the record it was given for
    id integer primary key,
    key text not null unique,
    anchor integer not null unique references record,
    given text not null,
    forwards integer references work,   -- while joined: the older work
    hidden text,
    hidden_reason text not null default ''
) strict;

create table placement (                -- where a record stands now; rebuilt from verdicts, see dedupe
    record_id integer primary key references record,
    publication integer not null references record,  -- the lowest record id of the same publication
    work_id integer not null references work,
    judged integer                      -- the record_state it was judged by; another than today's: judge again
) strict;
create index placement_work on placement (work_id);

create table list (id integer primary key, name text not null unique, made text not null) strict;

create table export (
    id integer primary key,
    code text not null unique,          -- E0042
    list_id integer not null references list,
    made text not null,
    mode text not null check (mode in ('new', 'all', 'changed')),
    profile text not null,
    format text not null,
    filename text not null,
    records integer not null,
    sha256 text not null,
    receipt text not null,              -- JSON: strategies, last complete runs, counts, what was left out and why
    body blob not null                  -- zlib of the file, so that the list can be repeated byte for byte
) strict;
create index export_list on export (list_id);

create table export_item (              -- the manifest; the items of an export are written before its row
    export_id integer not null references export deferrable initially deferred,
    position integer not null,
    work_key text not null,             -- as handed out; joins and splits are resolved when reading
    records text not null,              -- JSON list of record ids it then showed
    pmid text not null,
    doi text not null,
    title_key text not null,
    year integer,
    surname text not null,              -- of the first author
    status text not null,
    primary key (export_id, position)
) strict, without rowid;
create index export_item_work on export_item (work_key);

create table dedupe_key (               -- which records bear a candidate key; see dedupe/keys.py
    key integer not null,
    record_id integer not null references record,
    primary key (key, record_id)
) strict, without rowid;
create index dedupe_key_record on dedupe_key (record_id);

create table reviewer (                 -- people stand here under a label only (R1, R2 ...)
    id integer primary key,
    list_id integer not null references list,
    label text not null,
    unique (list_id, label)
) strict;

create table reviewer_mark (            -- what a tool calls a reviewer, as a salted hash: no name, no address
    list_id integer not null references list,
    mark text not null,
    reviewer_id integer not null references reviewer,
    primary key (list_id, mark)
) strict, without rowid;

create table decision_import (
    id integer primary key,
    list_id integer not null references list,
    tool text not null,
    stage text not null,
    given text not null,                -- what was said beside the file: --as, --reviewer (as a hash)
    filename text not null,
    sha256 text not null,
    made text not null,
    report text not null default '',    -- JSON: rows, how they matched, which did not
    unique (list_id, stage, given, sha256)
) strict;

create table decision (                 -- one row a decision of a reviewer on a work; never edited, only added
    id integer primary key,
    import_id integer not null references decision_import,
    position integer not null,          -- row of the file, from 1
    work_key text not null,             -- as handed out
    records text not null,              -- JSON list of record ids it then showed; joins and splits resolved when reading
    reviewer_id integer not null references reviewer,
    value text not null check (value in ('include', 'exclude', 'maybe', 'undecided')),
    reasons text not null default '[]', -- JSON list
    labels text not null default '[]',  -- JSON list
    note text not null default '',
    decided text not null default '',   -- as the tool says it
    matched_by text not null,
    tool_id text not null default '',   -- what the tool calls the paper
    unique (import_id, position, reviewer_id)
) strict;
create index decision_tool on decision (tool_id) where tool_id <> '';

-- Preprint servers that are read whole, day by day (windows.py). Private: most of it matches no search.
create table shelf (                    -- every version of every preprint that was read, as it stands now
    id integer primary key,
    source text not null,
    source_id text not null,            -- one version
    preprint text not null,             -- what its versions share
    posted text not null,               -- ISO day
    revision integer not null,          -- higher than that of all rows stored or changed before it
    first_run integer not null references run,
    run_id integer not null references run,  -- the run that brought what stands now
    seen text not null,                 -- the last time it came
    fingerprint text not null,          -- of the content it is read as; 32 digits
    raw blob not null,                  -- zlib
    parser integer not null,
    unique (source, source_id)
) strict;
create index shelf_preprint on shelf (source, preprint);
create unique index shelf_revision on shelf (source, revision);
create index shelf_posted on shelf (source, posted);

create table shelf_past (               -- what stood on the shelf before
    id integer primary key,
    shelf_id integer not null references shelf,
    run_id integer not null references run,
    seen text not null,
    raw blob not null,
    parser integer not null
) strict;
create index shelf_past_of on shelf_past (shelf_id, id);

create table window_day (               -- days to be read of such a source; days never read are null
    source text not null,
    day text not null,
    first_run integer references run,   -- the run that read the day for the first time
    read text,                          -- the last time the whole day was read
    primary key (source, day)
) strict, without rowid;

create table judged (                   -- how far the shelf has been searched, by whom
    search_id integer not null references search,
    source text not null,
    mark text not null,                 -- hash of the strategy and of what reads it; another one: search it all again
    revision integer not null,          -- everything up to this revision has been decided
    primary key (search_id, source)
) strict, without rowid;

create table rejection (                -- ids that a source listed and the local matcher refused (deciding.py)
    search_id integer not null references search,
    source text not null,
    source_id text not null,
    mark text not null,                 -- hash of the strategy and of the matcher; another one: decided anew
    fingerprint text not null,          -- of the record as it was refused; another one: decided anew
    run_id integer not null references run,
    primary key (search_id, source, source_id)
) strict, without rowid;

create table licence (                  -- looked up elsewhere, by rotation (licence_lookup.py)
    source text not null,               -- of the record it is about
    source_id text not null,
    code text not null,                 -- "CC BY-NC-ND"; '' where none is named
    url text not null,                  -- of the deed, where the version is named
    asked text not null,
    changed text not null,              -- when the code was last another; '' never
    primary key (source, source_id)
) strict, without rowid;

create table checked (                  -- when a checker was last asked about an identifier
    checker text not null,
    key text not null,                  -- a DOI
    asked text not null,
    primary key (checker, key)
) strict, without rowid;

create table question (                 -- pairs that only a person can tell; derived anew whenever they are settled
    a integer not null references record,
    b integer not null references record,
    rule text not null,
    evidence text not null,
    score real not null,
    primary key (a, b)
) strict, without rowid;
create index question_b on question (b);
