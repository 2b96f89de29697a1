-- The state of long streams at one of their events, so that a load reads few. Only a cache: rows may
-- be deleted at any time, and a row written by another version of the service is not read.
CREATE TABLE snapshots (
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    sequence       BIGINT NOT NULL,
    position       BIGINT NOT NULL,
    written_by     TEXT NOT NULL,
    state          TEXT NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
);
