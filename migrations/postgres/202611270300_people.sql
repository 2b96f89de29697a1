-- Records by the addresses of whose they are, and requests to erase a person that two operators decide.
-- The columns are documented in projections/src; each table has a second one in which it is built anew.
CREATE TABLE subjects (
    term           TEXT COLLATE "C" NOT NULL,
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    named_at       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (term, aggregate_type, aggregate_id)
);
CREATE INDEX subjects_stream ON subjects (aggregate_type, aggregate_id, named_at);

CREATE TABLE erasure_cases (
    id            TEXT COLLATE "C" NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    address       TEXT COLLATE "C" NOT NULL,
    records       TEXT COLLATE "C" NOT NULL,
    left_over     BIGINT NOT NULL,
    requested_by  TEXT COLLATE "C" NOT NULL,
    requested_at  TEXT COLLATE "C" NOT NULL,
    decided_by    TEXT COLLATE "C",
    decided_at    TEXT COLLATE "C",
    closed_at     TEXT COLLATE "C",
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX erasure_cases_open ON erasure_cases (requested_at, id)
WHERE state IN ('waiting', 'agreed');

CREATE TABLE subjects_rebuild (
    term           TEXT COLLATE "C" NOT NULL,
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    named_at       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (term, aggregate_type, aggregate_id)
);
CREATE INDEX subjects_rebuild_stream ON subjects_rebuild (aggregate_type, aggregate_id, named_at);

CREATE TABLE erasure_cases_rebuild (
    id            TEXT COLLATE "C" NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    address       TEXT COLLATE "C" NOT NULL,
    records       TEXT COLLATE "C" NOT NULL,
    left_over     BIGINT NOT NULL,
    requested_by  TEXT COLLATE "C" NOT NULL,
    requested_at  TEXT COLLATE "C" NOT NULL,
    decided_by    TEXT COLLATE "C",
    decided_at    TEXT COLLATE "C",
    closed_at     TEXT COLLATE "C",
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX erasure_cases_rebuild_open ON erasure_cases_rebuild (requested_at, id)
WHERE state IN ('waiting', 'agreed');
