-- Version 2: what can happen to a paper is a table, filled from tracker/states.py whenever a database is opened to be
-- written, so that a new state is no new version of the schema.

create table state (code text primary key) strict, without rowid;
insert into state (code) select distinct kind from event;

create table new_event (                -- a mark once seen is never lost
    id integer primary key,
    record_id integer not null references record,
    kind text not null references state,
    notice text not null default '',
    source text not null,
    date text not null default '',
    detail text not null default '',
    run_id integer not null references run,
    seen text not null,
    unique (record_id, kind, notice, source)
) strict;
insert into new_event (id, record_id, kind, notice, source, date, detail, run_id, seen)
select id, record_id, kind, notice, source, date, detail, run_id, seen from event;
drop table event;
alter table new_event rename to event;
create index event_run on event (run_id);
