-- The keys that seal personal data: one for each stream that holds some, wrapped by a master key from
-- the settings. Where a person was forgotten the key is gone and its row stays, so that a key that
-- was destroyed is not taken for one that was lost. `cleared_at` says that what else was kept of the
-- person is gone, too.
CREATE TABLE data_keys (
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    master_key     TEXT COLLATE "C",
    wrapped        TEXT COLLATE "C",
    created_at     TEXT COLLATE "C" NOT NULL,
    destroyed_at   TEXT COLLATE "C",
    cleared_at     TEXT COLLATE "C",
    PRIMARY KEY (aggregate_type, aggregate_id)
);

CREATE INDEX data_keys_unfinished ON data_keys (destroyed_at)
WHERE destroyed_at IS NOT NULL AND cleared_at IS NULL;

-- The master keys under which something may be sealed: what proves that one is the right one.
CREATE TABLE master_keys (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    proof         TEXT COLLATE "C" NOT NULL,
    first_used_at TEXT COLLATE "C" NOT NULL
);

-- They were written as they were; they are built anew, sealed, when they are needed.
DELETE FROM snapshots;

-- What an append does to the keys of its streams. A stream that has a key, which its appender must
-- have seen, fails the append.
CREATE FUNCTION change_data_keys(
    aggregate_types TEXT[],
    aggregate_ids   TEXT[],
    keys            TEXT[],
    refused         BIGINT[],
    now             TEXT
) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO data_keys (aggregate_type, aggregate_id, master_key, wrapped, created_at)
    SELECT g.aggregate_type, g.aggregate_id, split_part(g.key, ':', 1), split_part(g.key, ':', 2), now
    FROM unnest(aggregate_types, aggregate_ids, keys)
        WITH ORDINALITY AS g (aggregate_type, aggregate_id, key, ord)
    WHERE g.key <> '' AND g.ord <> ALL (refused);

    INSERT INTO data_keys (aggregate_type, aggregate_id, created_at, destroyed_at)
    SELECT g.aggregate_type, g.aggregate_id, now, now
    FROM unnest(aggregate_types, aggregate_ids, keys)
        WITH ORDINALITY AS g (aggregate_type, aggregate_id, key, ord)
    WHERE g.key = '' AND g.ord <> ALL (refused)
    ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE
    SET master_key = NULL, wrapped = NULL, destroyed_at = excluded.destroyed_at;
$$;

DROP FUNCTION append_events(
    TEXT[], TEXT[], BIGINT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT
);

-- One append of a process: lock, number, insert, notify, in one call and one round trip. The arrays
-- hold one element an event, in order; `expected` is the last sequence that the event's appender
-- saw. An event whose stream does not end there is refused. A batch holds a stream once.
-- `keys`, where it is given, says what becomes of the key of the event's stream: nothing (NULL), a new
-- one (`MASTER:WRAPPED`), or that it is destroyed (an empty text).
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
    keys            TEXT[]
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
            IF keys IS NOT NULL THEN
                PERFORM change_data_keys(aggregate_types, aggregate_ids, keys, late, stamp);
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
        PERFORM change_data_keys(aggregate_types, aggregate_ids, keys, late, stamp);
    END IF;
    IF added > 0 THEN
        PERFORM pg_notify('postulo_log', (before + added)::text);
    END IF;
    RETURN QUERY SELECT before, stamp::text, late;
END
$$;
