-- Records by the addresses of whose they are, and requests to erase a person that two operators decide.
-- The columns are documented in projections/src; each table has a second one in which it is built anew.
CREATE TABLE subjects (
    term           TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    named_at       TEXT NOT NULL,
    PRIMARY KEY (term, aggregate_type, aggregate_id)
);
CREATE INDEX subjects_stream ON subjects (aggregate_type, aggregate_id, named_at);

CREATE TABLE erasure_cases (
    id            TEXT NOT NULL,
    state         TEXT NOT NULL,
    address       TEXT NOT NULL,
    records       TEXT NOT NULL,
    left_over     BIGINT NOT NULL,
    requested_by  TEXT NOT NULL,
    requested_at  TEXT NOT NULL,
    decided_by    TEXT,
    decided_at    TEXT,
    closed_at     TEXT,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX erasure_cases_open ON erasure_cases (requested_at, id)
WHERE state IN ('waiting', 'agreed');

CREATE TABLE subjects_rebuild (
    term           TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    named_at       TEXT NOT NULL,
    PRIMARY KEY (term, aggregate_type, aggregate_id)
);
CREATE INDEX subjects_rebuild_stream ON subjects_rebuild (aggregate_type, aggregate_id, named_at);

CREATE TABLE erasure_cases_rebuild (
    id            TEXT NOT NULL,
    state         TEXT NOT NULL,
    address       TEXT NOT NULL,
    records       TEXT NOT NULL,
    left_over     BIGINT NOT NULL,
    requested_by  TEXT NOT NULL,
    requested_at  TEXT NOT NULL,
    decided_by    TEXT,
    decided_at    TEXT,
    closed_at     TEXT,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX erasure_cases_rebuild_open ON erasure_cases_rebuild (requested_at, id)
WHERE state IN ('waiting', 'agreed');
