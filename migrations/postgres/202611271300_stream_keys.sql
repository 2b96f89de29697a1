-- The keys of streams, in the order of the log: one for each stream that holds personal data, by the
-- position of its first event. So they are written at one end, as the log is, and nothing of a stream's
-- name lies in them. The first byte of `key` says what the rest is: 2, the random salt from which the
-- key follows, with a root key of the whole database; 3, the key itself, wrapped by that root key; 1,
-- as earlier versions kept it, `MASTER:WRAPPED` in base64. Where a person was forgotten the key is NULL
-- and its row stays, so that a key that was destroyed is not taken for one that was lost.
CREATE TABLE stream_keys (
    position BIGINT NOT NULL PRIMARY KEY,
    key      BYTEA
);

-- Noise to a compressor.
ALTER TABLE stream_keys ALTER COLUMN key SET STORAGE PLAIN;

-- The streams whose key was destroyed. It belongs to the log, not to the keys: it is what tells that a
-- backup of the keys is from before. `cleared_at` says that what else was kept of the person is gone, too.
CREATE TABLE erased_streams (
    position   BIGINT NOT NULL PRIMARY KEY,
    erased_at  TEXT COLLATE "C" NOT NULL,
    cleared_at TEXT COLLATE "C"
);

CREATE INDEX erased_streams_unfinished ON erased_streams (erased_at) WHERE cleared_at IS NULL;

-- The keys of the whole database, each wrapped by a master key: `streams`, from which the keys of
-- streams follow, and `blind`, which names texts.
CREATE TABLE root_keys (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    master_key TEXT COLLATE "C" NOT NULL,
    wrapped    TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL
);

INSERT INTO root_keys (name, master_key, wrapped, created_at)
SELECT 'blind', master_key, wrapped, created_at
FROM data_keys
WHERE aggregate_type = 'Index' AND aggregate_id = 'blind' AND wrapped IS NOT NULL;

INSERT INTO stream_keys (position, key)
SELECT e.position, '\x01'::bytea || convert_to(k.master_key || ':' || k.wrapped, 'UTF8')
FROM data_keys k
JOIN events e
  ON e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id AND e.sequence = 1
ORDER BY e.position;

INSERT INTO erased_streams (position, erased_at, cleared_at)
SELECT e.position, k.destroyed_at, k.cleared_at
FROM data_keys k
JOIN events e
  ON e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id AND e.sequence = 1
WHERE k.destroyed_at IS NOT NULL
ORDER BY e.position;

-- A process of an earlier version refuses from here on, rather than make a second key for a stream.
DROP FUNCTION append_events(
    TEXT[], TEXT[], BIGINT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT, TEXT[]
);
DROP FUNCTION change_data_keys(TEXT[], TEXT[], TEXT[], BIGINT[], TEXT);
DROP TABLE data_keys;

-- What an append does to the keys of streams, where not all of them begin with it. A stream that has a
-- key, which its appender must have seen, fails the append.
CREATE FUNCTION change_stream_keys(
    aggregate_types TEXT[],
    aggregate_ids   TEXT[],
    keys            BYTEA[],
    refused         BIGINT[],
    now             TEXT
) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO stream_keys (position, key)
    SELECT (
        SELECT e.position
        FROM events e
        WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id AND e.sequence = 1
    ), g.key
    FROM unnest(aggregate_types, aggregate_ids, keys)
        WITH ORDINALITY AS g (aggregate_type, aggregate_id, key, ord)
    WHERE g.key <> '' AND g.ord <> ALL (refused);

    INSERT INTO stream_keys (position)
    SELECT (
        SELECT e.position
        FROM events e
        WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id AND e.sequence = 1
    )
    FROM unnest(aggregate_types, aggregate_ids, keys)
        WITH ORDINALITY AS g (aggregate_type, aggregate_id, key, ord)
    WHERE g.key = '' AND g.ord <> ALL (refused)
    ON CONFLICT (position) DO UPDATE SET key = NULL;

    INSERT INTO erased_streams (position, erased_at)
    SELECT (
        SELECT e.position
        FROM events e
        WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id AND e.sequence = 1
    ), now
    FROM unnest(aggregate_types, aggregate_ids, keys)
        WITH ORDINALITY AS g (aggregate_type, aggregate_id, key, ord)
    WHERE g.key = '' AND g.ord <> ALL (refused)
    ON CONFLICT (position) DO UPDATE SET erased_at = excluded.erased_at;
$$;

-- One append of a process: lock, number, insert, notify, in one call and one round trip. The arrays
-- hold one element an event, in order; `expected` is the last sequence that the event's appender
-- saw. An event whose stream does not end there is refused. A batch holds a stream once.
-- `keys`, where it is given, says what becomes of the key of the event's stream: nothing (NULL), a new
-- one, or that it is destroyed (no bytes). `begun` says that all of them are new ones of streams that
-- begin with the event beside them.
-- Answers the head before the batch, the time it was recorded at, which never runs backwards, and
-- the numbers (from 1) of the events that were refused: the others follow the head in their order.
CREATE FUNCTION append_events(
    aggregate_types TEXT[],
    aggregate_ids   TEXT[],
    sequences       BIGINT[],
    expecteds       BIGINT[],
    event_types     TEXT[],
    event_versions  TEXT[],
    payloads        TEXT[],
    metadatas       TEXT[],
    now             TEXT,
    keys            BYTEA[],
    begun           BOOLEAN
) RETURNS TABLE (head BIGINT, recorded_at TEXT, refused BIGINT[])
LANGUAGE plpgsql
-- Planned once for good: to plan each call for its own arrays takes longer than the call. A plan
-- made while the table was small would be kept while it grows, so it must use the indexes. What is
-- left without one would look so dear that it is compiled each time, which takes longer, too.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
-- Another process may hold the lock and be stuck.
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
    before BIGINT;
    stamp TEXT COLLATE "C";
    late BIGINT[];
    added BIGINT;
BEGIN
    LOCK TABLE log_head IN EXCLUSIVE MODE;

    -- A statement of its own: its snapshot is taken after the lock, so it sees every append before.
    SELECT e.position, e.recorded_at
    INTO before, stamp
    FROM events e
    ORDER BY e.position DESC
    LIMIT 1;
    before := coalesce(before, 0);
    stamp := greatest(stamp, now COLLATE "C");

    -- Streams have no gaps: one ends with `expected` where that event is there and the next is not.
    -- That the next is there is rare, and the index says so: nothing is asked before.
    late := ARRAY(
        SELECT g.ord
        FROM unnest(aggregate_types, aggregate_ids, expecteds)
            WITH ORDINALITY AS g (aggregate_type, aggregate_id, expected, ord)
        -- EXISTS would be planned as a hash of the whole table while that is small.
        WHERE g.expected > 0 AND (
            SELECT e.sequence
            FROM events e
            WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id
                AND e.sequence = g.expected
        ) IS NULL
    );
    IF late = '{}' THEN
        BEGIN
            INSERT INTO events (
                position, aggregate_type, aggregate_id, sequence,
                event_type, event_version, payload, metadata, recorded_at
            )
            SELECT
                before + g.ord, g.aggregate_type, g.aggregate_id, g.sequence,
                g.event_type, g.event_version, g.payload::json, g.metadata::json, stamp
            FROM unnest(
                aggregate_types, aggregate_ids, sequences,
                event_types, event_versions, payloads, metadatas
            ) WITH ORDINALITY AS g (
                aggregate_type, aggregate_id, sequence,
                event_type, event_version, payload, metadata, ord
            );
            GET DIAGNOSTICS added = ROW_COUNT;
            IF begun THEN
                -- Their positions are known: nothing is looked up.
                INSERT INTO stream_keys (position, key)
                SELECT before + g.ord, g.key
                FROM unnest(keys) WITH ORDINALITY AS g (key, ord)
                WHERE g.key IS NOT NULL;
            ELSIF keys IS NOT NULL THEN
                PERFORM change_stream_keys(aggregate_types, aggregate_ids, keys, late, stamp);
            END IF;
            PERFORM pg_notify('postulo_log', (before + added)::text);
            RETURN QUERY SELECT before, stamp::text, late;
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            NULL; -- Somebody is late: the others get in below.
        END;
    END IF;

    late := late || ARRAY(
        SELECT g.ord
        FROM unnest(aggregate_types, aggregate_ids, expecteds)
            WITH ORDINALITY AS g (aggregate_type, aggregate_id, expected, ord)
        WHERE (
            SELECT e.sequence
            FROM events e
            WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id
                AND e.sequence = g.expected + 1
        ) IS NOT NULL
    );
    INSERT INTO events (
        position, aggregate_type, aggregate_id, sequence,
        event_type, event_version, payload, metadata, recorded_at
    )
    SELECT
        before + row_number() OVER (ORDER BY g.ord), g.aggregate_type, g.aggregate_id, g.sequence,
        g.event_type, g.event_version, g.payload::json, g.metadata::json, stamp
    FROM unnest(
        aggregate_types, aggregate_ids, sequences,
        event_types, event_versions, payloads, metadatas
    ) WITH ORDINALITY AS g (
        aggregate_type, aggregate_id, sequence,
        event_type, event_version, payload, metadata, ord
    )
    WHERE g.ord <> ALL (late);
    GET DIAGNOSTICS added = ROW_COUNT;
    IF keys IS NOT NULL THEN
        PERFORM change_stream_keys(aggregate_types, aggregate_ids, keys, late, stamp);
    END IF;
    IF added > 0 THEN
        PERFORM pg_notify('postulo_log', (before + added)::text);
    END IF;
    RETURN QUERY SELECT before, stamp::text, late;
END
$$;
