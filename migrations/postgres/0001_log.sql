-- The log. One row an event; rows are only ever added.
-- `position` is the total order over all streams, gap-free and in commit order. The names and types
-- of the other columns are those that cqrs-es's repositories read. `json`, not `jsonb`: the payload's
-- bytes are kept as they were given, because they are hashed. Text sorts by bytes (collation "C"),
-- as it does on SQLite.
CREATE TABLE events (
    position       BIGINT NOT NULL PRIMARY KEY,
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    sequence       BIGINT NOT NULL,
    event_type     TEXT COLLATE "C" NOT NULL,
    event_version  TEXT COLLATE "C" NOT NULL,
    payload        JSON NOT NULL,
    metadata       JSON NOT NULL,
    recorded_at    TEXT COLLATE "C" NOT NULL
);

-- Optimistic concurrency: two writers cannot both add the same event of a stream.
CREATE UNIQUE INDEX events_stream ON events (aggregate_type, aggregate_id, sequence);

-- Locked as a whole by whoever appends, and always empty: a counter in it would leave dead row
-- versions, which under a long-running snapshot halve the throughput within half a minute.
CREATE TABLE log_head (
    only_row BOOLEAN NOT NULL PRIMARY KEY CHECK (only_row)
);

CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: an event is never changed or deleted';
END
$$;

CREATE TRIGGER events_are_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION events_are_append_only();

-- One append of a process: lock, number, insert, notify, in one call and one round trip. The arrays
-- hold one element an event, in order; `expected` is the last sequence that the event's appender
-- saw. An event whose stream does not end there is refused. A batch holds a stream once.
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
    now             TEXT
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
    IF added > 0 THEN
        PERFORM pg_notify('postulo_log', (before + added)::text);
    END IF;
    RETURN QUERY SELECT before, stamp::text, late;
END
$$;

-- How far each follower has come.
CREATE TABLE checkpoints (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);
