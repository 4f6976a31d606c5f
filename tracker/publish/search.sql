-- The index of words, db/public/search.db: read by our own search page only, never offered to anybody.
-- It keeps no text (content=''), only which word stands where; rowid is works.id. All abstracts are in it, also those
-- that may not be shown, so that a search finds what is there.

create virtual table words using fts5 (
    title, abstract, authors, keywords,
    content='', tokenize='porter unicode61 remove_diacritics 2'
);
insert into words (words, rank) values ('rank', 'bm25(8.0, 1.0, 4.0, 3.0)');
-- It is written once and merged at the end, which takes half the time of merging as it grows.
insert into words (words, rank) values ('automerge', 0);
insert into words (words, rank) values ('crisismerge', 1000);

create table forms (                    -- every word as it is written (small, without marks), and its stem in the index
    word text primary key,
    stem text not null
) strict, without rowid;

create table facts (name text primary key, value text not null) strict, without rowid;
