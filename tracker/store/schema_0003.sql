-- Version 3: by which day a stored version of a preprint is found.
-- The day by which the windows of a source find a version: of its posting, or of its last change. '' in rows from before.
alter table shelf add column day text not null default '';
create index shelf_day on shelf (source, day);
