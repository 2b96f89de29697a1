-- The keys of streams, in the order of the log: one for each stream that holds personal data, by the
-- position of its first event. So they are written at one end, as the log is, and nothing of a stream's
-- name lies in them. The first byte of `key` says what the rest is: 2, the random salt from which the
-- key follows, with a root key of the whole database; 3, the key itself, wrapped by that root key; 1,
-- as earlier versions kept it, `MASTER:WRAPPED` in base64. Where a person was forgotten the key is NULL
-- and its row stays, so that a key that was destroyed is not taken for one that was lost.
CREATE TABLE stream_keys (
    position INTEGER NOT NULL PRIMARY KEY,
    key      BLOB
);

-- The streams whose key was destroyed. It belongs to the log, not to the keys: it is what tells that a
-- backup of the keys is from before. `cleared_at` says that what else was kept of the person is gone, too.
CREATE TABLE erased_streams (
    position   INTEGER NOT NULL PRIMARY KEY,
    erased_at  TEXT    NOT NULL,
    cleared_at TEXT
);

CREATE INDEX erased_streams_unfinished ON erased_streams (erased_at) WHERE cleared_at IS NULL;

-- The keys of the whole database, each wrapped by a master key: `streams`, from which the keys of
-- streams follow, and `blind`, which names texts.
CREATE TABLE root_keys (
    name       TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    wrapped    TEXT NOT NULL,
    created_at TEXT NOT NULL
);

INSERT INTO root_keys (name, master_key, wrapped, created_at)
SELECT 'blind', master_key, wrapped, created_at
FROM data_keys
WHERE aggregate_type = 'Index' AND aggregate_id = 'blind' AND wrapped IS NOT NULL;

INSERT INTO stream_keys (position, key)
SELECT e.position, CAST(char(1) || k.master_key || ':' || k.wrapped AS BLOB)
FROM data_keys AS k
JOIN events AS e
  ON e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id AND e.sequence = 1
ORDER BY e.position;

INSERT INTO erased_streams (position, erased_at, cleared_at)
SELECT e.position, k.destroyed_at, k.cleared_at
FROM data_keys AS k
JOIN events AS e
  ON e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id AND e.sequence = 1
WHERE k.destroyed_at IS NOT NULL
ORDER BY e.position;

-- A process of an earlier version refuses from here on, rather than make a second key for a stream.
DROP TABLE data_keys;
