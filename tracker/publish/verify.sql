-- What must hold between the public copy ("public", its index of words "words") and the private database (main).
-- "-- [table] promise" begins a check; "-- [table] now: promise" one that holds of a copy of today's database only.

-- [works] every work is one of the private database, under the same key
select works.key from public.works left join work on work.id = works.id where work.key is not works.key;

-- [work_forwards] every key that forwards is known, and so is where to
select key from public.work_forwards
where key not in (select key from work) or to_key not in (select key from public.works);

-- [publications] every record that is named is stored
select 'publication ' || publications.id from public.publications, json_each(records) as named
left join record on record.source = json_extract(named.value, '$.source')
    and record.source_id = json_extract(named.value, '$.id')
where record.id is null;

-- [searches] every search is one of the private database
select searches.slug from public.searches left join search on search.id = searches.id
where search.slug is not searches.slug;

-- [works] the index of words has exactly the works that are shown
select 'work ' || id from words.words_docsize where id not in (select id from public.works where state <> 'hidden')
union all
select key from public.works where state <> 'hidden' and id not in (select id from words.words_docsize);

-- [works] now: the works are those that a search ever matched
with wanted as (
    select distinct work_id from match join record using (source, source_id) join placement on record_id = record.id
)
select 'work ' || work_id from wanted where work_id not in (select id from public.works)
union all select key from public.works where id not in (select work_id from wanted);

-- [works] now: a work of one record shows its title, DOI and PMID
select works.key from public.works join placement on work_id = works.id join record on record.id = placement.record_id
join record_state on record_state.id = state_id where works.state <> 'hidden'
group by works.id having count(*) = 1 and (works.doi <> record.doi or works.pmid <> record.pmid
    or (instr(works.title, 'e-mail address left out') = 0 and works.title <> coalesce(
        nullif(json_extract(content, '$.title'), ''), json_extract(content, '$.vernacular_title'), '')));

-- [publications] now: publications stand where their records stand
select 'publication ' || publications.id from public.publications
left join placement on placement.record_id = publications.id
where placement.work_id is not publications.work_id or placement.publication is not publications.id;

-- [work_searches] now: why a work is here follows from the matches
with known as (
    select work_id, search_id, since from match join record using (source, source_id)
    join placement on placement.record_id = record.id
)
select 'work ' || work_id || ', search ' || search_id
from (select work_id, search_id, since from public.work_searches except select * from known);

-- [runs] now: the ledger is the private one
select 'row ' || runs.id from public.runs left join search_run on runs.id = 2 * search_run.id
left join reading_run on runs.id = 2 * reading_run.id + 1
where coalesce(search_run.outcome, reading_run.outcome) is not runs.outcome
    or search_run.received is not runs.received or reading_run.fetched is not runs.fetched
union all select 'search row ' || id from search_run where 2 * id not in (select id from public.runs)
union all select 'reading row ' || id from reading_run where 2 * id + 1 not in (select id from public.runs);
