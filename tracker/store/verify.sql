-- What must hold in the private database. Each check is a query that finds what is wrong and describes it in words.
-- "-- [table] promise" begins a check; the number of rows of the table is how many things were looked at.
-- Functions: sha256_of(text) as hex, unpacks(blob) 1 or 0.

-- [search_run] search rows: received = known + new + rejected
select 'search row ' || id from search_run where received <> known + new + rejected;

-- [search_run] search rows: a complete answer lies between the first and the last promise
select 'search row ' || id || ' (' || received || ', promised ' || promised_first || ' and ' || promised_last || ')'
from search_run where outcome in ('complete', 'complete with notes') and (promised_first is null
    or promised_last is null
    or received not between min(promised_first, promised_last) and max(promised_first, promised_last));

-- [search_run] search rows: new = the matches that the run began for the first time
with begun as (
    select from_run, search_id, source, count(*) as number from match where first = 1 group by 1, 2, 3
)
select 'search row ' || search_run.id || ' (' || new || ', not ' || coalesce(number, 0) || ')' from search_run
left join begun on from_run = run_id and begun.search_id = search_run.search_id and begun.source = search_run.source
where new <> coalesce(number, 0);

-- [search_run] search rows: gone = the matches that have ended
with ended as (select search_id, source, count(*) as number from match where to_run is not null group by 1, 2)
select 'search ' || search_run.search_id || ' on ' || search_run.source || ' (' || sum(gone) || ', not '
    || coalesce(number, 0) || ')'
from search_run left join ended on ended.search_id = search_run.search_id and ended.source = search_run.source
group by search_run.search_id, search_run.source having sum(gone) <> coalesce(number, 0);

-- [search_run] search rows: the last complete answer = the matches that stand
with standing as (
    select search_id, source, count(*) as number from match where to_run is null and missing_run is null group by 1, 2
)
select 'search row ' || search_run.id || ' (' || (received - rejected) || ', not ' || coalesce(number, 0) || ')'
from search_run left join standing on standing.search_id = search_run.search_id
    and standing.source = search_run.source
where outcome in ('complete', 'complete with notes') and received - rejected <> coalesce(number, 0)
    and search_run.id in (select max(id) from search_run group by search_id, source);

-- [reading_run] reading rows: fetched = read + unreadable + withheld, read = fresh + changed + same
select 'reading row ' || id from reading_run
where fetched <> read + unreadable + withheld or read <> fresh + changed + same;

-- [reading_run] reading rows: fresh = the records that the run stored first
with begun as (
    select first_run, source, count(*) as number from record where source not in (select source from window_day)
    group by 1, 2 union all select first_run, source, count(*) from shelf group by 1, 2
)
select 'reading row ' || id || ' (' || fresh || ', not ' || coalesce(number, 0) || ')' from reading_run
left join begun on first_run = run_id and begun.source = reading_run.source where fresh <> coalesce(number, 0);

-- [reading_run] reading rows: changed = the later contents that the run stored
with earliest as (select record_id, min(id) as id from record_state group by record_id),
past as (select shelf_id, min(id) as id from shelf_past group by shelf_id),
later as (
    select state.run_id, source, count(*) as number from record_state as state
    join earliest on earliest.record_id = state.record_id join record on record.id = state.record_id
    where state.id > earliest.id and source not in (select source from window_day) group by 1, 2
    union all select run_id, source, count(*) from (
        select shelf.run_id, source from shelf join past on past.shelf_id = shelf.id
        union all select shelf_past.run_id, source from shelf_past join past using (shelf_id)
        join shelf on shelf.id = shelf_id where shelf_past.id > past.id
    ) group by 1, 2
)
select 'reading row ' || id || ' (' || changed || ', not ' || coalesce(number, 0) || ')' from reading_run
left join later on later.run_id = reading_run.run_id and later.source = reading_run.source
where changed <> coalesce(number, 0);

-- [run] runs: only the newest may be without an end
select 'run ' || id from run where (finished is null or outcome is null) and id < (select max(id) from run);

-- [match] matches: each interval is well formed
select 'match ' || id from match where to_run <= from_run or missing_run <= from_run
    or (to_run is null) <> (until is null) or (to_run is null) <> (ended = '')
    or (to_run is not null and missing_run is not null);

-- [match] matches: the intervals of one record in one search do not overlap
select 'match ' || id from (
    select id, from_run, row_number() over again as place, lag(to_run) over again as ended from match
    window again as (partition by search_id, source, source_id order by from_run, id)
) where place > 1 and (ended is null or from_run < ended);

-- [match] matches: the first interval, and no other, is marked as the first
select 'match ' || id from (
    select id, first, row_number() over (partition by search_id, source, source_id order by from_run, id) as place
    from match
) where first <> (place = 1);

-- [match] matches: the strategy is one of the search
select 'match ' || match.id from match join strategy on strategy.id = strategy_id
where strategy.search_id <> match.search_id;

-- [strategy] strategies, and texts as sent, have the hash they are known by
select 'strategy ' || id from strategy where sha256_of(text) <> version
union all select 'text ' || id || ' as sent' from sent_text where sha256_of(text) <> hash;

-- [record] records: what holds now is the newest content
with newest as (select record_id, max(id) as id from record_state group by record_id)
select source || ':' || source_id from record left join newest on newest.record_id = record.id
left join record_state on record_state.id = state_id
where state_id is null or state_id is not newest.id or record.fingerprint is not record_state.fingerprint;

-- [record_state] records: every content has its fingerprint
select source || ':' || source_id from record_state join record on record.id = record_id
where sha256_of(content) <> record_state.fingerprint;

-- [record] records: PMID, PMCID and DOI are those of the content
select source || ':' || source_id from record join record_state on record_state.id = state_id
where pmid <> coalesce(json_extract(content, '$.pmid'), '') or pmcid <> coalesce(json_extract(content, '$.pmcid'), '')
    or doi <> coalesce(json_extract(content, '$.doi'), '');

-- [record_state] records: every raw answer can be unpacked
select 'content ' || id from record_state where not unpacks(raw)
union all select 'unreadable ' || id from unreadable where not unpacks(raw)
union all select 'shelf ' || id from shelf where not unpacks(raw)
union all select 'shelf, past ' || id from shelf_past where not unpacks(raw);

-- [match] shelf: what matches on a source that is read whole stands on the shelf, and among the records
select source || ':' || source_id from match where source in (select source from window_day)
    and (not exists (select 1 from shelf where shelf.source = match.source and shelf.source_id = match.source_id)
        or not exists (select 1 from record where record.source = match.source and record.source_id = match.source_id));

-- [record] shelf: what stands among the records stands there as it does on the shelf
select source || ':' || source_id from shelf join record using (source, source_id)
where substr(record.fingerprint, 1, 32) <> shelf.fingerprint;

-- [placement] works: every record stands in a work that stands, with the publication it belongs to
select 'record ' || here.record_id from placement as here join work on work.id = here.work_id
left join placement as other on other.record_id = here.publication
where forwards is not null or here.publication > here.record_id or other.publication is not here.publication
    or other.work_id is not here.work_id;

-- [work] works: each stands where the record stands that it was given for, or forwards to an older one there
select key from work left join placement on record_id = anchor
where work_id is not coalesce(forwards, work.id) or forwards >= work.id;

-- [work] works: what one forwards to stands itself
select work.key from work join work as other on other.id = work.forwards where other.forwards is not null;

-- [work] works: each id is written as its number, after the prefix that was decided
select key from work where cast(substr(key, instr(key, '-') + 1) as integer) <> id
    or substr(key, 1, instr(key, '-') - 1) is not (select value from setting where name = 'prefix');

-- [event] events: none was seen before its record was stored
select 'event ' || event.id from event join record on record.id = record_id where event.run_id < first_run;

-- [verdict] verdicts: each is about two records
select 'verdict ' || id from verdict where a = b;

-- [export] exports: as many lines as the receipt says, each a work that is known
with lines as (
    select export_id, count(*) as number, count(work.id) as known from export_item
    left join work on work.key = work_key group by export_id
)
select code from export left join lines on export_id = export.id
where records <> coalesce(number, 0) or known <> number;
