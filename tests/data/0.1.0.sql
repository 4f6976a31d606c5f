BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'tracker','schema_0001','2026-11-24 11:32:59.637280+00:00');
CREATE TABLE checked (                  -- when a checker was last asked about an identifier
    checker text not null,
    key text not null,                  -- a DOI
    asked text not null,
    primary key (checker, key)
) strict, without rowid;
CREATE TABLE decision (                 -- one row a decision of a reviewer on a work; never edited, only added
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
CREATE TABLE decision_import (
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
CREATE TABLE dedupe_key (               -- which records bear a candidate key; see dedupe/keys.py
    key integer not null,
    record_id integer not null references record,
    primary key (key, record_id)
) strict, without rowid;
INSERT INTO "dedupe_key" VALUES(447586131936206179,1);
INSERT INTO "dedupe_key" VALUES(493654134707716083,1);
INSERT INTO "dedupe_key" VALUES(580898954416406572,1);
INSERT INTO "dedupe_key" VALUES(1920952089497977590,1);
INSERT INTO "dedupe_key" VALUES(3706971758897034438,1);
INSERT INTO "dedupe_key" VALUES(4169754469752860076,1);
INSERT INTO "dedupe_key" VALUES(4242855850994824472,1);
INSERT INTO "dedupe_key" VALUES(4525934040267002370,1);
INSERT INTO "dedupe_key" VALUES(4788845252267857275,1);
INSERT INTO "dedupe_key" VALUES(5807425146896285889,1);
INSERT INTO "dedupe_key" VALUES(5991861414333846125,1);
INSERT INTO "dedupe_key" VALUES(7925630066476227292,1);
INSERT INTO "dedupe_key" VALUES(8048099696557388887,1);
INSERT INTO "dedupe_key" VALUES(8379882169026234889,1);
INSERT INTO "dedupe_key" VALUES(95221071371200012,2);
INSERT INTO "dedupe_key" VALUES(411033881374332695,2);
INSERT INTO "dedupe_key" VALUES(447586131936206179,2);
INSERT INTO "dedupe_key" VALUES(493654134707716083,2);
INSERT INTO "dedupe_key" VALUES(580898954416406572,2);
INSERT INTO "dedupe_key" VALUES(1920952089497977590,2);
INSERT INTO "dedupe_key" VALUES(3599208356424316939,2);
INSERT INTO "dedupe_key" VALUES(4242855850994824472,2);
INSERT INTO "dedupe_key" VALUES(4788845252267857275,2);
INSERT INTO "dedupe_key" VALUES(5421330388383991491,2);
INSERT INTO "dedupe_key" VALUES(5991861414333846125,2);
INSERT INTO "dedupe_key" VALUES(6781168304185999810,2);
INSERT INTO "dedupe_key" VALUES(7925630066476227292,2);
INSERT INTO "dedupe_key" VALUES(8495281251288335916,2);
INSERT INTO "dedupe_key" VALUES(59712719000565995,3);
INSERT INTO "dedupe_key" VALUES(447586131936206179,3);
INSERT INTO "dedupe_key" VALUES(493654134707716083,3);
INSERT INTO "dedupe_key" VALUES(580898954416406572,3);
INSERT INTO "dedupe_key" VALUES(1920952089497977590,3);
INSERT INTO "dedupe_key" VALUES(3392328206664566307,3);
INSERT INTO "dedupe_key" VALUES(3562291873746756978,3);
INSERT INTO "dedupe_key" VALUES(4242855850994824472,3);
INSERT INTO "dedupe_key" VALUES(4788845252267857275,3);
INSERT INTO "dedupe_key" VALUES(5821200952853184962,3);
INSERT INTO "dedupe_key" VALUES(5991861414333846125,3);
INSERT INTO "dedupe_key" VALUES(6691547221956191709,3);
INSERT INTO "dedupe_key" VALUES(7925630066476227292,3);
INSERT INTO "dedupe_key" VALUES(8662280357040347236,3);
INSERT INTO "dedupe_key" VALUES(447586131936206179,4);
INSERT INTO "dedupe_key" VALUES(493654134707716083,4);
INSERT INTO "dedupe_key" VALUES(580898954416406572,4);
INSERT INTO "dedupe_key" VALUES(1501916375004123965,4);
INSERT INTO "dedupe_key" VALUES(1890712477463913695,4);
INSERT INTO "dedupe_key" VALUES(1920952089497977590,4);
INSERT INTO "dedupe_key" VALUES(4242855850994824472,4);
INSERT INTO "dedupe_key" VALUES(4788845252267857275,4);
INSERT INTO "dedupe_key" VALUES(5991861414333846125,4);
INSERT INTO "dedupe_key" VALUES(6516035560054411867,4);
INSERT INTO "dedupe_key" VALUES(7925630066476227292,4);
INSERT INTO "dedupe_key" VALUES(8174293561746758021,4);
INSERT INTO "dedupe_key" VALUES(8450934851413042980,4);
INSERT INTO "dedupe_key" VALUES(8762100455324456536,4);
INSERT INTO "dedupe_key" VALUES(447586131936206179,5);
INSERT INTO "dedupe_key" VALUES(493654134707716083,5);
INSERT INTO "dedupe_key" VALUES(580898954416406572,5);
INSERT INTO "dedupe_key" VALUES(1920952089497977590,5);
INSERT INTO "dedupe_key" VALUES(2860732736777304849,5);
INSERT INTO "dedupe_key" VALUES(4242855850994824472,5);
INSERT INTO "dedupe_key" VALUES(4788845252267857275,5);
INSERT INTO "dedupe_key" VALUES(4907109140323988849,5);
INSERT INTO "dedupe_key" VALUES(5365831148947911326,5);
INSERT INTO "dedupe_key" VALUES(5629536027999820911,5);
INSERT INTO "dedupe_key" VALUES(5991861414333846125,5);
INSERT INTO "dedupe_key" VALUES(6460897407012597261,5);
INSERT INTO "dedupe_key" VALUES(7925630066476227292,5);
INSERT INTO "dedupe_key" VALUES(8342363146911271944,5);
CREATE TABLE event (                    -- a mark once seen is never lost
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
INSERT INTO "event" VALUES(1,1,'published','','pubmed','2021','',1,'2026-11-24T06:00:00Z');
INSERT INTO "event" VALUES(2,2,'published','','pubmed','2021','',1,'2026-11-24T06:00:00Z');
INSERT INTO "event" VALUES(3,3,'published','','pubmed','2022','',1,'2026-11-24T06:00:00Z');
INSERT INTO "event" VALUES(4,4,'published','','pubmed','2023','',1,'2026-11-24T06:00:00Z');
INSERT INTO "event" VALUES(5,5,'published','','pubmed','2024','',1,'2026-11-24T06:00:00Z');
CREATE TABLE export (
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
INSERT INTO "export" VALUES(1,'E0001',1,'2026-11-24T06:00:00Z','all','spreadsheet','csv','a.csv',5,'fdb8eb60661b3795d2195c9fe530153ca5b93afc380d016ce6170f39353c9bd2','{"code": "E0001", "cut": 0, "decided": 0, "dry_run": false, "eligible": 0, "ended": 0, "file": 1, "filename": "a.csv", "files": 1, "format": "csv", "held": [], "hidden": 0, "languages": 0, "list": "one", "made": "2026-11-24T06:00:00Z", "missing": [], "mode": "all", "notices": 0, "preprints": 0, "previous_code": "", "previous_made": "", "profile": "spreadsheet", "records": 5, "sample": "", "searches": [{"slug": "one", "sources": [{"complete": "2026-11-24T06:00:00Z", "note": "", "outcome": "complete", "run": 2, "source": "pubmed", "strategy": 1}], "strategy": 1, "version": "9e9027a9b98fd0a6c7c43b61fb6aab868467b327fae1140d3a8b1a9a3480e05c"}], "sha256": "fdb8eb60661b3795d2195c9fe530153ca5b93afc380d016ce6170f39353c9bd2", "size": 2216, "source": "", "versions": "together"}',X'7801CD95C18EDB201445F795FA0F68D6CF4970124B99DDA8EAA2D5ECBAE83262E04D4C83C1029CD4DFD6453FA9BFD0C7249946B2DD3A8D140D1B1C30F75D38BEE1D78F9F5B6C21EA68105A141E2A6763094AB4F0CD35DE0A033A040B3B679A0AD37383508B0D06104D2C9D0FD0780346D84D43A350374F4687123D182745D4CE82780AD10B19C1BA48CB94D34035F7CEAB905EAF50ADB582BA92A9F32869621DDB1A2144119B003BF481740204F2274B9208E44C52FFAC7D88EB8068A1F6DA791DDBD787F5BE3CFB914A83B6D2340A1528943A495235115EBA9DC63D7996AEAAD0C6F7EF1EBF7CCA66A971F8E01A1B5131FC2EAADA20E3CC3D33E32C1A6D310426AC620A6B4FCF2439817C967300F87C38BDF4F249E1E3412140122679BE020E39F06C0577C739600F4ADC4119631DEEA7533AAB89F39B299F4D96D4A6F2E065B25A2589E40EED868A7D45769C62D191C3E4C938B725DB22FECD6C02B3459F6975CFCEF63C5CEFF175E3F0C704081FB5A42FE8445F9D46D8B012091DF1A7232B32CEB37C417B79696704F20E81E20D11287A09145712A08F628078013D040A389DF705040A184B60DE21C04784202790B708011F08C1B529980F31A0825D06347839035A3496C1A2CB60440CE6B762D01F037E6D0E16830CFA72C0FF2707B4682C836587413E2207E93FED1639A05BA7EF32208BD7DD06CB210654B09B8374F75D7C1BD0A27F30F80DE793BC72');
CREATE TABLE export_item (              -- the manifest; the items of an export are written before its row
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
INSERT INTO "export_item" VALUES(1,1,'LSI-000001','[1]','990000001','10.5555/counted.990000001','counted example 1 of loneliness and depression',2021,'Example','published');
INSERT INTO "export_item" VALUES(1,2,'LSI-000002','[2]','990000006','10.5555/counted.990000006','counted example 6 of loneliness and depression',2021,'Example','published');
INSERT INTO "export_item" VALUES(1,3,'LSI-000003','[3]','990000011','10.5555/counted.990000011','counted example 11 of loneliness and depression',2022,'Example','published');
INSERT INTO "export_item" VALUES(1,4,'LSI-000004','[4]','990000016','10.5555/counted.990000016','counted example 16 of loneliness and depression',2023,'Example','published');
INSERT INTO "export_item" VALUES(1,5,'LSI-000005','[5]','990000021','10.5555/counted.990000021','counted example 21 of loneliness and depression',2024,'Example','published');
CREATE TABLE inflow (                   -- the whole inflow of a source, whatever the searches
    source text not null,
    day text not null,
    records integer not null,
    asked text not null,
    primary key (source, day)
) strict, without rowid;
INSERT INTO "inflow" VALUES('pubmed','2026-11-17',0,'2026-11-24T06:00:00Z');
INSERT INTO "inflow" VALUES('pubmed','2026-11-18',0,'2026-11-24T06:00:00Z');
INSERT INTO "inflow" VALUES('pubmed','2026-11-19',0,'2026-11-24T06:00:00Z');
INSERT INTO "inflow" VALUES('pubmed','2026-11-20',0,'2026-11-24T06:00:00Z');
INSERT INTO "inflow" VALUES('pubmed','2026-11-21',0,'2026-11-24T06:00:00Z');
INSERT INTO "inflow" VALUES('pubmed','2026-11-22',0,'2026-11-24T06:00:00Z');
INSERT INTO "inflow" VALUES('pubmed','2026-11-23',0,'2026-11-24T06:00:00Z');
CREATE TABLE judged (                   -- how far the shelf has been searched, by whom
    search_id integer not null references search,
    source text not null,
    mark text not null,                 -- hash of the strategy and of what reads it; another one: search it all again
    revision integer not null,          -- everything up to this revision has been decided
    primary key (search_id, source)
) strict, without rowid;
CREATE TABLE licence (                  -- looked up elsewhere, by rotation (licence_lookup.py)
    source text not null,               -- of the record it is about
    source_id text not null,
    code text not null,                 -- "CC BY-NC-ND"; '' where none is named
    url text not null,                  -- of the deed, where the version is named
    asked text not null,
    changed text not null,              -- when the code was last another; '' never
    primary key (source, source_id)
) strict, without rowid;
CREATE TABLE list (id integer primary key, name text not null unique, made text not null) strict;
INSERT INTO "list" VALUES(1,'one','2026-11-24T06:00:00Z');
CREATE TABLE match (
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
INSERT INTO "match" VALUES(1,1,1,'pubmed','990000021',1,NULL,'2026-11-24T06:00:00Z',NULL,'baseline','',1,NULL,'',0);
INSERT INTO "match" VALUES(2,1,1,'pubmed','990000016',1,NULL,'2026-11-24T06:00:00Z',NULL,'baseline','',1,NULL,'',0);
INSERT INTO "match" VALUES(3,1,1,'pubmed','990000011',1,NULL,'2026-11-24T06:00:00Z',NULL,'baseline','',1,NULL,'',0);
INSERT INTO "match" VALUES(4,1,1,'pubmed','990000006',1,NULL,'2026-11-24T06:00:00Z',NULL,'baseline','',1,NULL,'',0);
INSERT INTO "match" VALUES(5,1,1,'pubmed','990000001',1,NULL,'2026-11-24T06:00:00Z',NULL,'baseline','',1,NULL,'',0);
CREATE TABLE placement (                -- where a record stands now; rebuilt from verdicts, see dedupe
    record_id integer primary key references record,
    publication integer not null references record,  -- the lowest record id of the same publication
    work_id integer not null references work,
    judged integer                      -- the record_state it was judged by; another than today's: judge again
) strict;
INSERT INTO "placement" VALUES(1,1,1,1);
INSERT INTO "placement" VALUES(2,2,2,2);
INSERT INTO "placement" VALUES(3,3,3,3);
INSERT INTO "placement" VALUES(4,4,4,4);
INSERT INTO "placement" VALUES(5,5,5,5);
CREATE TABLE question (                 -- pairs that only a person can tell; derived anew whenever they are settled
    a integer not null references record,
    b integer not null references record,
    rule text not null,
    evidence text not null,
    score real not null,
    primary key (a, b)
) strict, without rowid;
CREATE TABLE reading_run (
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
INSERT INTO "reading_run" VALUES(1,1,'pubmed','2026-11-24T06:00:00Z','2026-11-24T06:00:00Z','complete',5,5,5,0,0,0,0,0,0,2,0,'');
INSERT INTO "reading_run" VALUES(2,2,'pubmed','2026-11-24T06:00:00Z','2026-11-24T06:00:00Z','complete',0,0,0,0,0,0,0,0,0,2,0,'');
CREATE TABLE record (                   -- one row a source record, never deleted
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
INSERT INTO "record" VALUES(1,'pubmed','990000001',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z',1,'6a9bb3fb7ede1390013a81eb0abbf2f86a8e6375cf7af5adb0455ec8632437f0','2021-01-01','2021-01-01','990000001','','10.5555/counted.990000001');
INSERT INTO "record" VALUES(2,'pubmed','990000006',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z',2,'473f00081824b9ee65f7087ee63b07cc208bc9a333b7f9bafc48d095fbcf3bc6','2021-10-20','2021-10-20','990000006','','10.5555/counted.990000006');
INSERT INTO "record" VALUES(3,'pubmed','990000011',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z',3,'f2c146d08475ba140afc834807f6192f583cd471e1127472a4f27b3278a97db3','2022-08-08','2022-08-08','990000011','','10.5555/counted.990000011');
INSERT INTO "record" VALUES(4,'pubmed','990000016',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z',4,'a0064a54da035c23326f7b828b789fe33c4ce3eee222144b458f38010552300f','2023-05-27','2023-05-27','990000016','','10.5555/counted.990000016');
INSERT INTO "record" VALUES(5,'pubmed','990000021',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z',5,'84aab32931e5123531bd3a92c39a1709e96d4b4f21c5b1ccfd51a6831f677ce2','2024-03-14','2024-03-14','990000021','','10.5555/counted.990000021');
CREATE TABLE record_state (             -- every content a record ever had, with the raw answer it was read from
    id integer primary key,
    record_id integer not null references record,
    run_id integer not null references run,
    seen text not null,
    fingerprint text not null,
    content text not null,              -- JSON of model.Record
    raw blob not null,                  -- zlib
    parser integer not null             -- version of the parser that read it
) strict;
INSERT INTO "record_state" VALUES(1,1,1,'2026-11-24T06:00:00Z','6a9bb3fb7ede1390013a81eb0abbf2f86a8e6375cf7af5adb0455ec8632437f0','{"abstract":[{"text":"We counted to 1 and looked at loneliness and depression."}],"authors":[{"family":"Example","given":"Ada","initials":"A"}],"created":"2021-01-01","date":{"text":"2021","value":"2021"},"doi":"10.5555/counted.990000001","history":[["entrez","2021-01-01"]],"indexing":"Automated","issns":["0000-0019"],"issue":"2","issue_date":{"text":"2021","value":"2021"},"journal":"Journal of Counted Examples","journal_abbrev":"J Count Ex","languages":["eng"],"mesh":[{"major":true,"name":"Loneliness","ui":"D000000"}],"nlm_id":"990000","pages":"1-9","pmid":"990000001","publication_status":"ppublish","publication_types":[["D016428","Journal Article"]],"revised":"2021-01-01","source":"pubmed","source_id":"990000001","status":"MEDLINE","title":"Counted example 1 of loneliness and depression.","volume":"1"}',X'789C95556D4FDB3010FE2B96BF83DB6A9B86E458AA6827829AAE1A85898F263E5A6FA99D39CE06FBF53B3B6E480A425A3ED0BBF3E3E75E7DF04DFB700035775E9715085E80AAB4814BEDA5D7D6901BFC6D9B8C16CBC52A5F2F29F9FAC780CBE87A5550921B054FDAEC0AF07BAB323A6FBD3D480F8A0ABE29F205B903D7204B46A7545C5C4CE237E52C9C09BE40E437F8AD1B5082DF8374623699E1691479618DDF8B80EE24843F4735FC86BF83CB297A82B914564195D18DD3C69F2D2B28BDB3469718D0B56D9D9195E0F9CDCD9AE44D63B6CF356474080AF19D6188179C05547F09D12D102C0A282C906E0F19CD8D0767C023F39DADDA03088C2D493CE2C50C59A2C031B010F01B69B2FE880D7D09BED51EFB916CC43E924BDBA24B45964FF25057D070D641309FAFF3870787C5882D13D71D1481218BF159EFA52F5A477224878E9C4C83C7CA1A08C3D034441A4514D40E65A439E76C749B6FE44E9BE4214DD06667C4F40C0B39D031DB0170B9B26514715096B9EABAA1ACA6E44E565ADDAF337A4FC57472FE113F5676119E0FC6684080E93C34DEC9D2BF485B78F2E23B907493788B6985442A6B7FA22EFDFB190E695E54E46F71DADD4A371E0B1DAAE521C59A8E46F1F3956CFC5AE254A4C671D65BF817EB204A732539EB359E1BEDB5AC1A31C7161E658C21D2F7420821F09B5D2B7720C0EC0277D2C2CC55BAAB4F286D073E3192DB3CA38BC9F4D387D967DA0F5BEA6D9CCD215ABCB274A4EC747B1C27D93CDADEB69D8F06F3C5CAD7D5E1D6E85F2D601BBBEE7236B4F5E013DA667F0552E1FAE9A21818705940533A5D7BEB4241539AF1A3A4903FACDBDA5A97A945AB7E0A70AF8C2E46DF035AF6CA2B3B5998B1C4B850F14D4BC1AF1063DD73342230BDF5B0A78E7B158C77F097FEFF021C31A23E74756C51E744D4753035FB51FBD2D9710DE4AACBA757C9F145D6319FD1FEEE416FE1C30B7EEFD50E2EB313E76C583B36FECFF40F5A494C79',1);
INSERT INTO "record_state" VALUES(2,2,1,'2026-11-24T06:00:00Z','473f00081824b9ee65f7087ee63b07cc208bc9a333b7f9bafc48d095fbcf3bc6','{"abstract":[{"text":"We counted to 6 and looked at loneliness and depression."}],"authors":[{"family":"Example","given":"Ada","initials":"A"}],"created":"2021-10-20","date":{"text":"2021","value":"2021"},"doi":"10.5555/counted.990000006","history":[["entrez","2021-10-20"]],"indexing":"Automated","issns":["0000-0019"],"issue":"2","issue_date":{"text":"2021","value":"2021"},"journal":"Journal of Counted Examples","journal_abbrev":"J Count Ex","languages":["eng"],"mesh":[{"major":true,"name":"Loneliness","ui":"D000000"}],"nlm_id":"990000","pages":"1-9","pmid":"990000006","publication_status":"ppublish","publication_types":[["D016428","Journal Article"]],"revised":"2021-10-20","source":"pubmed","source_id":"990000006","status":"MEDLINE","title":"Counted example 6 of loneliness and depression.","volume":"1"}',X'789C95556D6FDB2010FE2B88EF2D49B455AB8491A226535DC569B4A69DFA91986BC2E68007786BF7EB77F8AD765A551A1FE2E37878EE950BDF54BB23A8B90B3A2F40F00C54A10D5CE92083B686DCE1B7F209CD968B55BA5E5272FBC7804BE87A9551921A05CFDAEC330807AB123AAF823DCA008A0ABEC9D2057900E79125A1532A2E2F27F5BAE02C9E09BE40E437F8AD3D28C11F413A319BCCA69CD522CFAC0907319D70D648087F410067F11B7F07975BEF09C69259054542374E9B70B62C200FCE1A9DA34337B672461682A777776B927A6FB62F252474088AFE9D4D26D34BCE22AABF84E80A08260514264857C784A62680331090F9C116D51104BADE4ABCC68B19B2D40247C7A2C3EF84C9FA2336B425F85607AC47AB23F6895CD90A4D2AB27C96C7B200CF5903C1786EE7BB9DC364D42513370D1481318AF1596FA54F5A43D29143434E2EA2C5C21A88CDE03D91461105A5431969CE391BDDE61BB9D7A6B5D076D0666FC4F40C1339D863B403E07265F35AC44659A6AAA986B29A92075968F5B84EE823C50E38FF8C8BE58D87E783361A1060383B1F9CCCC3ABB485E720BE03696F926031AC184861ED4FDCCBF07184439AD72DF257D8ED6EA57DC044C76C05687D6D8F46FEF395F4612DB12BDAC271D66BF857EBA096E64A72D6EF786A74D0B2F0628E25EC64F4A1A6EF85E842E437FB4AEE4180D947EE76177BAED04D7E626A1BF08992DCA7095D4CA6179F665F68DF6C6D6DEBDE1CA2C51B4D43CA4EA747D7C9E6C9F6BAED7CD498AF5ABE2E8EF746FFAA00CBD85497B3A1AE079FD0FAC3354885E3A7F162A0C061013E77BA0CD6C584B661D68B924CFEB06E6B4B9DB7255AF55D80736574B1B63DA0656FACB2938159A718072ABE6929F83562AC7BA995086CDF7A9C53DD5C05131CFCA5FF3F00478CB81F9AEA4AD41811651955FE302A5F7BD68D815435F1F45BD2BDC8B28E6734BF7BD07BF8F8823F7AB583CBECC4381BE68E8DFF99FE01C0FB4C99',1);
INSERT INTO "record_state" VALUES(3,3,1,'2026-11-24T06:00:00Z','f2c146d08475ba140afc834807f6192f583cd471e1127472a4f27b3278a97db3','{"abstract":[{"text":"We counted to 11 and looked at loneliness and depression."}],"authors":[{"family":"Example","given":"Ada","initials":"A"}],"created":"2022-08-08","date":{"text":"2022","value":"2022"},"doi":"10.5555/counted.990000011","history":[["entrez","2022-08-08"]],"indexing":"Automated","issns":["0000-0019"],"issue":"2","issue_date":{"text":"2022","value":"2022"},"journal":"Journal of Counted Examples","journal_abbrev":"J Count Ex","languages":["eng"],"mesh":[{"major":true,"name":"Loneliness","ui":"D000000"}],"nlm_id":"990000","pages":"1-9","pmid":"990000011","publication_status":"ppublish","publication_types":[["D016428","Journal Article"]],"revised":"2022-08-08","source":"pubmed","source_id":"990000011","status":"MEDLINE","title":"Counted example 11 of loneliness and depression.","volume":"1"}',X'789C95556D6FDB2010FE2B88EF2D71B44DAD8491A226535DC569B4A69DFA91986BC2E68087F1D6EED7EFB0896BA755A5F1213E8E87E75EB9F075B33D809A39AF8B1204CF4195DAC095F6D26B6BC81D7E9B3AA5F962BECC560B4A6EFF1870295D2D734A32A3E0599B5D0E7E6F554A678DB707E94151C1D77936270FE06A64496942C5E5E524AC24E12C9C093E47E437F8AD6B50823F8274623A994E396B459E5BE3F76272C1592721FCA5DD866FF81D5C8EDE138C25B70ACA94AE9D36FE6C5142E19D35BA40876E6CE38C2C05CFEEEE5624AB6BB379A920A5435070F00C7DBCE42CA0FA4B886E80605240618274734869663C38031E991F6CD91C40606051E22D5E602C9DC0D1B1E0F03B61B2FE880D6D09BED11EEB1175C43E912BDBA0494516CFF250955073D641309EDBD976EB30196DC9C44D07456088627CD65BE993D6911CC9A1232749124C96D640E886BA26D228A2A0722823CF3967A3EB7C2D77DA4413B185D63B239233CCE4608FE10E808BA52D5A113B6591A9AE1CCA6A4A1E64A9D5E32AA58F542493F3CFB858D1B9783EE8A30101C6B3ADBD93857F9536F0ECC57720F126F136C4152229ADFD890AE93F0E71C8F3BA45030DF6BB5BEADA63AA43BE3C4467E3D12800BE94B55F49EC8B583ACE7A0DFF6A1DB4D24C49CEFA1DCF8CF65A96B59861118F32FAD0D2F7427021F09B5D237720C0EC0277DC85AE2B7597A090DB0E7CA224F7594AE793E4CBA7E905EDDB2D16B7EDCE215ABCD174A4EC747E1C7BD93CD95EB7998D5AF355CB57E5E1DEE85F0D601DBBF27236D4F5E013DA7A7F0D52E100EABC1828705C405D385D79EB42426398EDA224973FACDBD84A17B144CBBE0B70B28C2EB6B607B4EC8D55763232DB14E348C5572D05BF468C752FAD1281F1B58749759CAC60BC83BFF4FF47E08811F74353C712754644550555BD1F952F9E1D0741A6BA78FA2D393EC9AA8D6734C17BD07BF8F0843F7AB683CBECC4381BE68E8DFF9BFE011FEE4CFE',1);
INSERT INTO "record_state" VALUES(4,4,1,'2026-11-24T06:00:00Z','a0064a54da035c23326f7b828b789fe33c4ce3eee222144b458f38010552300f','{"abstract":[{"text":"We counted to 16 and looked at loneliness and depression."}],"authors":[{"family":"Example","given":"Ada","initials":"A"}],"created":"2023-05-27","date":{"text":"2023","value":"2023"},"doi":"10.5555/counted.990000016","history":[["entrez","2023-05-27"]],"indexing":"Automated","issns":["0000-0019"],"issue":"2","issue_date":{"text":"2023","value":"2023"},"journal":"Journal of Counted Examples","journal_abbrev":"J Count Ex","languages":["eng"],"mesh":[{"major":true,"name":"Loneliness","ui":"D000000"}],"nlm_id":"990000","pages":"1-9","pmid":"990000016","publication_status":"ppublish","publication_types":[["D016428","Journal Article"]],"revised":"2023-05-27","source":"pubmed","source_id":"990000016","status":"MEDLINE","title":"Counted example 16 of loneliness and depression.","volume":"1"}',X'789C95556D4FDB3010FE2B96BF83DB6EB02139962ADA89A0A654A330F1D18D8FD65B6A678EB301BF7EE7240D4E4148F387E67C7EFCDCABAF7C556FF6A0A6CEEBBC00C13350853670A9BDF4DA1A728BDFBA4A68369F2DD2E59C929BBF065C42978B8C92D42878D2669B81DF5995D069EDED5E7A5054F05596CEC83DB80A59123AA6E2E26214D6F89CB37026F80C91DFE18FAE4009FE00D289C968F289B346E499357E2746679CB512C29FC5E40B67E11B7EA3CB9DF70463C9AC8222A12BA78D3F9917907B678DCED1A16B5B3B230BC1D3DBDB2549ABCAAC9F4B48680C0A0E9EA08F179C05547F09D135104C0A284C90AEF7094D8D0767C023F3BD2DEA3D8831679DC41BBC98204B2370742C38FC4E98AC3F62B12DC1D7DA633D3A1DB18FE4D2D6685291F993DC9705549CB5108CE766BAD9384C46533271DD421118A2189EF556FAA4B524077268C9C9F83C982CAC81D00D5545A4514441E950469E53CE06D7F94A6EB5E94C742DB4DA1A313EC14C467B0C3702CE17366F44EC9479AADA7228AB29B99785560FCB843E50311E9D9EE16279EBE269D4471101C6B3A9BC93B97F95D6F0E4C50F20DD4DE26D882B445258FB0B15D27F1C62CCF3BA450335F6BB5BE8CA63AA43BE3C74CE76478300F842567E29B12FBAD271D66BF837EBA091A64A72D6EF786AB4D7B2A8C4148B7890D18786BE17820B81DF6C6BB90501661BB8BB5DE8BA42B7090AB96DC1474A7297267486D9FC3CF94AFB76EB8ADB74678C166F342D293B9E1F875E368FB6D7ADA783D67CD5F265B1BF33FA770D58C7B6BC9CC5BA1E7C445BEDAE402A1C40AD179102C70554B9D3A5B72E24B40BB3599464F2A7756B5BEABC2BD1A2EF029C2C838B8DED8896BDB1CA8E466693621CA9F8AAA5E05788B1EEB95122B07BED61521D262B18EFE085FEFF081C30E23E367528516B4494655055BB41F9BAB3C32048551B4FBF2587275936F10C26780F7A0F1F9EF047CF36BACC8E8CB338776CF8DFF40F7DE24D1B',1);
INSERT INTO "record_state" VALUES(5,5,1,'2026-11-24T06:00:00Z','84aab32931e5123531bd3a92c39a1709e96d4b4f21c5b1ccfd51a6831f677ce2','{"abstract":[{"text":"We counted to 21 and looked at loneliness and depression."}],"authors":[{"family":"Example","given":"Ada","initials":"A"}],"created":"2024-03-14","date":{"text":"2024","value":"2024"},"doi":"10.5555/counted.990000021","history":[["entrez","2024-03-14"]],"indexing":"Automated","issns":["0000-0019"],"issue":"2","issue_date":{"text":"2024","value":"2024"},"journal":"Journal of Counted Examples","journal_abbrev":"J Count Ex","languages":["eng"],"mesh":[{"major":true,"name":"Loneliness","ui":"D000000"}],"nlm_id":"990000","pages":"1-9","pmid":"990000021","publication_status":"ppublish","publication_types":[["D016428","Journal Article"]],"revised":"2024-03-14","source":"pubmed","source_id":"990000021","status":"MEDLINE","title":"Counted example 21 of loneliness and depression.","volume":"1"}',X'789C95556D6FDB2010FE2B88EF2D71D64DAB8491A226535DC569B4A69DFA91986BC2E68087F1D6EED7EFB0896B6755A5F1213E8E87E75EB9F075B33D809A39AF8B1204CF4195DAC095F6D26B6BC81D7E9B3AA5F962BECC560B4A6E7F1B70295D2D734A32A3E0599B5D0E7E6F554A678DB707E94151C1D77936270FE06A64496942C5E5E524AC69C25938137C8EC8AFF04BD7A0047F04E9C47432BDE0AC15796E8DDF8BC907CE3A09E12F22C1E3F00DBF83CBD17B82B1E4564199D2B5D3C69F2D4A28BCB34617E8D08D6D9C91A5E0D9DDDD8A64756D362F15A474080A0E9E4D26C9256701D55F4274030493020A13A49B434A33E3C119F0C8FC60CBE60002038B126FF1628A2CADC0D1B1E0F01B61B2FE880D6D09BED11EEB1175C43E912BDBA0494516CFF250955073D641309EDBD976EB30196DC9C44D07456088627CD65BE993D6911CC9A12327D324982CAD81D00D754DA4514441E550469E73CE46D7F95AEEB48926620BAD7746246798C9C11EC31D00174B5BB42276CA22535D3994D5943CC852ABC7554A1FA94826E71F71B1A273F17CD04703028C675B7B270BFF2A6DE0D98B6F40E24DE26D882B44525AFB0315D2BF1FE290E7758B061AEC77B7D4B5C754877C7988CEC6A351007C296BBF92D817B1749CF51AFEC53A68A599929CF53B9E19EDB52C6B31C3221E65F4A1A5EF85E042E037BB46EE4080D905EEB80B5D57EA2E4121B71DF84449EEB394CE27C9A78BE967DAB75B2C6EDB9D43B4F847D391B2D3F971EC65F3647BDD66366ACD572D5F95877BA37F368075ECCACBD950D7834F68EBFD35488503A8F362A0C0710175E174E5AD0B098D61B68B925C7EB76E632B5DC4122DFB2EC0C932BAD8DA1ED0B27FACB29391D9A618472ABE6A29F83562AC7B6995088CAF3D4CAAE36405E31DFCA1FF3F02478CB81F9A3A96A83322AA2AA8EAFDA87CF1EC380832D5C5D36FC9F149566D3CA309DE83DEC28727FCDEB31D5C6627C6D930776CFCDFF41713AF4CFA',1);
CREATE TABLE rejection (                -- ids that a source listed and the local matcher refused (deciding.py)
    search_id integer not null references search,
    source text not null,
    source_id text not null,
    mark text not null,                 -- hash of the strategy and of the matcher; another one: decided anew
    fingerprint text not null,          -- of the record as it was refused; another one: decided anew
    run_id integer not null references run,
    primary key (search_id, source, source_id)
) strict, without rowid;
CREATE TABLE reviewer (                 -- people stand here under a label only (R1, R2 ...)
    id integer primary key,
    list_id integer not null references list,
    label text not null,
    unique (list_id, label)
) strict;
CREATE TABLE reviewer_mark (            -- what a tool calls a reviewer, as a salted hash: no name, no address
    list_id integer not null references list,
    mark text not null,
    reviewer_id integer not null references reviewer,
    primary key (list_id, mark)
) strict, without rowid;
CREATE TABLE run (
    id integer primary key,
    started text not null,
    finished text,                      -- null: the process died; the next run ends it as failed
    command text not null,              -- collect, update, import, demo ...
    software text not null,
    outcome text check (outcome in ('complete', 'complete with notes', 'catching up', 'incomplete', 'failed')),
    note text not null default ''
) strict;
INSERT INTO "run" VALUES(1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z','update','0.1.0','complete','');
INSERT INTO "run" VALUES(2,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z','update','0.1.0','complete','');
CREATE TABLE search (
    id integer primary key,
    slug text not null unique,
    first_run integer references run,
    title text not null default '',     -- as its file says today
    sources text not null default '[]', -- JSON list
    every text not null default 'day',
    finds text not null default '[]',   -- JSON list: known papers, PMID or DOI
    at_least text not null default '{}' -- JSON: source ('' for all) -> the lowest plausible number of hits
) strict;
INSERT INTO "search" VALUES(1,'one',1,'one','["pubmed"]','day','[]','{}');
CREATE TABLE search_run (
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
INSERT INTO "search_run" VALUES(1,1,1,1,'pubmed',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z','complete','baseline',5,5,5,0,5,0,0,0,0,'"loneliness"[Title/Abstract]','[]','[]','');
INSERT INTO "search_run" VALUES(2,2,1,1,'pubmed',1,'2026-11-24T06:00:00Z','2026-11-24T06:00:00Z','complete','',5,5,5,5,0,0,0,0,0,'"loneliness"[Title/Abstract]','[]','[]','');
CREATE TABLE sent_text (id integer primary key, hash text not null unique, text text not null) strict;
INSERT INTO "sent_text" VALUES(1,'9e9027a9b98fd0a6c7c43b61fb6aab868467b327fae1140d3a8b1a9a3480e05c','loneliness[tiab]');
CREATE TABLE setting (name text primary key, value text not null) strict, without rowid;
INSERT INTO "setting" VALUES('prefix','LSI');
INSERT INTO "setting" VALUES('rules reviewed','1');
CREATE TABLE shelf (                    -- every version of every preprint that was read, as it stands now
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
CREATE TABLE shelf_past (               -- what stood on the shelf before
    id integer primary key,
    shelf_id integer not null references shelf,
    run_id integer not null references run,
    seen text not null,
    raw blob not null,
    parser integer not null
) strict;
CREATE TABLE strategy (                 -- never edited, only added
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
INSERT INTO "strategy" VALUES(1,1,1,'9e9027a9b98fd0a6c7c43b61fb6aab868467b327fae1140d3a8b1a9a3480e05c','one','loneliness[tiab]','{}','2026-11-24T06:00:00Z');
CREATE TABLE unreadable (
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
CREATE TABLE verdict (                  -- evidence about pairs; a row is never deleted, only undone
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
CREATE TABLE window_day (               -- days to be read of such a source; days never read are null
    source text not null,
    day text not null,
    first_run integer references run,   -- the run that read the day for the first time
    read text,                          -- the last time the whole day was read
    primary key (source, day)
) strict, without rowid;
CREATE TABLE withheld (                 -- listed by the source, but no record came when it was asked for
    source text not null,
    source_id text not null,
    since text not null,
    asked text not null,
    times integer not null default 1,
    arrived text,                       -- when it came after all
    primary key (source, source_id)
) strict, without rowid;
CREATE TABLE work (                     -- permanent ids; each stands on the record it was given for
    id integer primary key,
    key text not null unique,
    anchor integer not null unique references record,
    given text not null,
    forwards integer references work,   -- while joined: the older work
    hidden text,
    hidden_reason text not null default ''
) strict;
INSERT INTO "work" VALUES(1,'LSI-000001',1,'2026-11-24T06:00:00Z',NULL,NULL,'');
INSERT INTO "work" VALUES(2,'LSI-000002',2,'2026-11-24T06:00:00Z',NULL,NULL,'');
INSERT INTO "work" VALUES(3,'LSI-000003',3,'2026-11-24T06:00:00Z',NULL,NULL,'');
INSERT INTO "work" VALUES(4,'LSI-000004',4,'2026-11-24T06:00:00Z',NULL,NULL,'');
INSERT INTO "work" VALUES(5,'LSI-000005',5,'2026-11-24T06:00:00Z',NULL,NULL,'');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX search_run_of on search_run (search_id, source, id);
CREATE INDEX record_pmid on record (pmid) where pmid <> '';
CREATE INDEX record_pmcid on record (pmcid) where pmcid <> '';
CREATE INDEX record_doi on record (doi) where doi <> '';
CREATE INDEX record_refreshed on record (source, refreshed);
CREATE INDEX record_state_of on record_state (record_id, id);
CREATE INDEX match_of on match (search_id, source, source_id);
CREATE INDEX match_record on match (source, source_id);
CREATE INDEX match_waiting on match (source) where why = '';
CREATE INDEX match_open on match (search_id, source) where to_run is null;
CREATE INDEX match_held on match (search_id, source) where held = 1;
CREATE INDEX event_run on event (run_id);
CREATE INDEX verdict_a on verdict (a) where undone is null;
CREATE INDEX verdict_b on verdict (b) where undone is null;
CREATE INDEX placement_work on placement (work_id);
CREATE INDEX export_list on export (list_id);
CREATE INDEX export_item_work on export_item (work_key);
CREATE INDEX dedupe_key_record on dedupe_key (record_id);
CREATE INDEX decision_tool on decision (tool_id) where tool_id <> '';
CREATE INDEX shelf_preprint on shelf (source, preprint);
CREATE UNIQUE INDEX shelf_revision on shelf (source, revision);
CREATE INDEX shelf_posted on shelf (source, posted);
CREATE INDEX shelf_past_of on shelf_past (shelf_id, id);
CREATE INDEX question_b on question (b);
COMMIT;
