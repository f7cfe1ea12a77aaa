-- The tables of a manifest; see manifest.py.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS inputs (
    id INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,      -- as below the destination, without a further ending; records call it so
    source BLOB NOT NULL,           -- where it was read
    target BLOB NOT NULL UNIQUE,    -- below the destination
    format TEXT NOT NULL,
    size INTEGER NOT NULL,
    version TEXT NOT NULL,          -- size and time of change, or the store's own tag
    digest TEXT NOT NULL DEFAULT '',-- SHA-256 of what was read
    state TEXT NOT NULL,            -- todo, done, failed (in quarantine), lost (could not be read)
    tries INTEGER NOT NULL DEFAULT 0,
    run INTEGER NOT NULL,           -- the last run that saw it
    cleaned REAL,                   -- time
    chain TEXT NOT NULL DEFAULT '',
    records_at INTEGER,             -- where its record stands in the parts file, with --edits FILE
    records_size INTEGER,
    stats BLOB
);
CREATE INDEX IF NOT EXISTS by_state ON inputs (state, id);
CREATE TABLE IF NOT EXISTS parts (  -- documents of a large input that are done
    input INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    at INTEGER NOT NULL, size INTEGER NOT NULL, records_at INTEGER NOT NULL, records_size INTEGER NOT NULL,
    stats BLOB NOT NULL, PRIMARY KEY (input, start)
);
CREATE TABLE IF NOT EXISTS failures (
    input INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, problem TEXT NOT NULL, stage TEXT NOT NULL,
    written INTEGER NOT NULL, PRIMARY KEY (input, number)
);
