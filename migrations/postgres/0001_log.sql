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

-- Its one row is locked by whoever appends, and never updated: under a long-running snapshot the
-- dead row versions of a counter would halve the throughput within half a minute.
CREATE TABLE log_head (
    only_row BOOLEAN NOT NULL PRIMARY KEY CHECK (only_row)
);
INSERT INTO log_head VALUES (TRUE);

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
-- saw. An event whose stream has moved on is left out. A batch holds a stream once.
-- Answers the first position of each stream that got in, and the time the batch was recorded at,
-- which never runs backwards.
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
) RETURNS TABLE (aggregate_type TEXT, aggregate_id TEXT, first_position BIGINT, recorded_at TEXT)
LANGUAGE plpgsql
-- A plan made while the table was small would be kept while it grows. What is left without an index
-- would look so dear that it is compiled each time, which takes longer than the whole call.
SET enable_seqscan = off
SET jit = off
-- Another process may hold the lock and be stuck.
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
    head BIGINT;
    stamp TEXT COLLATE "C";
    written BIGINT;
BEGIN
    PERFORM 1 FROM log_head WHERE only_row FOR UPDATE;

    -- A statement of its own: its snapshot is taken after the lock, so it sees every append before.
    SELECT e.position, e.recorded_at
    INTO head, stamp
    FROM events e
    ORDER BY e.position DESC
    LIMIT 1;
    head := coalesce(head, 0);
    stamp := greatest(stamp, now COLLATE "C");

    RETURN QUERY
    WITH given AS (
        SELECT *
        FROM unnest(
            aggregate_types, aggregate_ids, sequences, expecteds,
            event_types, event_versions, payloads, metadatas
        ) WITH ORDINALITY AS g (
            aggregate_type, aggregate_id, sequence, expected,
            event_type, event_version, payload, metadata, ord
        )
    ), added AS (
        INSERT INTO events (
            position, aggregate_type, aggregate_id, sequence,
            event_type, event_version, payload, metadata, recorded_at
        )
        SELECT
            head + row_number() OVER (ORDER BY g.ord), g.aggregate_type, g.aggregate_id, g.sequence,
            g.event_type, g.event_version, g.payload::json, g.metadata::json, stamp
        FROM given g
        WHERE g.expected = coalesce((
            SELECT max(e.sequence)
            FROM events e
            WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id
        ), 0)
        ORDER BY g.ord
        RETURNING events.position, events.aggregate_type, events.aggregate_id
    )
    SELECT a.aggregate_type::text, a.aggregate_id::text, min(a.position), stamp::text
    FROM added a
    GROUP BY a.aggregate_type, a.aggregate_id;

    GET DIAGNOSTICS written = ROW_COUNT;
    IF written > 0 THEN
        PERFORM pg_notify('postulo_log', max(e.position)::text) FROM events e;
    END IF;
END
$$;

-- How far each follower has come.
CREATE TABLE checkpoints (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);
