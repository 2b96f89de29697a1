-- The keys that seal personal data: one for each stream that holds some, wrapped by a master key from
-- the settings. Where a person was forgotten the key is gone and its row stays, so that a key that
-- was destroyed is not taken for one that was lost. `cleared_at` says that what else was kept of the
-- person is gone, too.
CREATE TABLE data_keys (
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    master_key     TEXT,
    wrapped        TEXT,
    created_at     TEXT NOT NULL,
    destroyed_at   TEXT,
    cleared_at     TEXT,
    PRIMARY KEY (aggregate_type, aggregate_id)
) WITHOUT ROWID;

CREATE INDEX data_keys_unfinished ON data_keys (destroyed_at)
WHERE destroyed_at IS NOT NULL AND cleared_at IS NULL;

-- The master keys under which something may be sealed: what proves that one is the right one.
CREATE TABLE master_keys (
    id            TEXT NOT NULL PRIMARY KEY,
    proof         TEXT NOT NULL,
    first_used_at TEXT NOT NULL
);

-- They were written as they were; they are built anew, sealed, when they are needed.
DELETE FROM snapshots;
