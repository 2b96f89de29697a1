-- The log. One row an event; rows are only ever added.
-- `position` is the rowid, so that appending writes at the end of one tree: the total order over
-- all streams, gap-free and in commit order. The names and types of the other columns are those
-- that cqrs-es's repositories read.
CREATE TABLE events (
    position       INTEGER NOT NULL PRIMARY KEY,
    aggregate_type TEXT    NOT NULL,
    aggregate_id   TEXT    NOT NULL,
    sequence       BIGINT  NOT NULL,
    event_type     TEXT    NOT NULL,
    event_version  TEXT    NOT NULL,
    payload        TEXT    NOT NULL,
    metadata       TEXT    NOT NULL,
    recorded_at    TEXT    NOT NULL
);

-- Optimistic concurrency: two writers cannot both add the same event of a stream.
CREATE UNIQUE INDEX events_stream ON events (aggregate_type, aggregate_id, sequence);

CREATE TRIGGER events_are_never_changed
BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: an event is never changed');
END;

CREATE TRIGGER events_are_never_deleted
BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: an event is never deleted');
END;

-- How far each follower has come.
CREATE TABLE checkpoints (
    name     TEXT   NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);
