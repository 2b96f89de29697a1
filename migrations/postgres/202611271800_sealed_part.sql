-- What is sealed of a payload lies beside it as bytes: in base64 it is a third longer. Older events keep
-- theirs in the payload, as its last member `sealed`; the log reads both, and its signatures are over
-- the same text.
ALTER TABLE events ADD COLUMN sealed BYTEA;

-- Noise to a compressor.
ALTER TABLE events ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- The log with whole payloads, as cqrs-es's repository reads them and the signatures are over.
CREATE VIEW whole_events AS
SELECT
    position, aggregate_type, aggregate_id, sequence, event_type, event_version,
    CASE
        WHEN sealed IS NULL THEN payload
        ELSE (
            left(payload::text, -1)
            || ',"sealed":"' || replace(encode(sealed, 'base64'), E'\n', '') || '"}'
        )::json
    END AS payload,
    metadata, recorded_at
FROM events;

DROP FUNCTION append_events(
    TEXT[], TEXT[], BIGINT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT, BYTEA[], BOOLEAN
);

-- One append of a process: lock, number, insert, notify, in one call and one round trip. The arrays
-- hold one element an event, in order; `expected` is the last sequence that the event's appender
-- saw. An event whose stream does not end there is refused. A batch holds a stream once.
-- `keys`, where it is given, says what becomes of the key of the event's stream: nothing (NULL), a new
-- one, or that it is destroyed (no bytes). `begun` says that all of them are new ones of streams that
-- begin with the event beside them.
-- `sealeds` may be NULL where nothing is sealed of any of them.
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
    sealeds         BYTEA[],
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
                event_type, event_version, payload, sealed, metadata, recorded_at
            )
            SELECT
                before + g.ord, g.aggregate_type, g.aggregate_id, g.sequence,
                g.event_type, g.event_version, g.payload::json, g.sealed, g.metadata::json, stamp
            FROM unnest(
                aggregate_types, aggregate_ids, sequences,
                event_types, event_versions, payloads, sealeds, metadatas
            ) WITH ORDINALITY AS g (
                aggregate_type, aggregate_id, sequence,
                event_type, event_version, payload, sealed, metadata, ord
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
        event_type, event_version, payload, sealed, metadata, recorded_at
    )
    SELECT
        before + row_number() OVER (ORDER BY g.ord), g.aggregate_type, g.aggregate_id, g.sequence,
        g.event_type, g.event_version, g.payload::json, g.sealed, g.metadata::json, stamp
    FROM unnest(
        aggregate_types, aggregate_ids, sequences,
        event_types, event_versions, payloads, sealeds, metadatas
    ) WITH ORDINALITY AS g (
        aggregate_type, aggregate_id, sequence,
        event_type, event_version, payload, sealed, metadata, ord
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
