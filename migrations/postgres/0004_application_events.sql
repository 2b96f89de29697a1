-- Timeline of each application, without personal data. The columns are documented in projections/src.
CREATE TABLE application_events (
    position       BIGINT NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    sequence       BIGINT NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    at             TEXT COLLATE "C" NOT NULL,
    recorded_at    TEXT COLLATE "C" NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    actor_id       TEXT COLLATE "C",
    answer_id      TEXT COLLATE "C",
    details        TEXT COLLATE "C" NOT NULL,
    event_id       TEXT COLLATE "C" NOT NULL,
    correlation_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (position)
);
CREATE INDEX application_events_application ON application_events (application_id, sequence);

-- Where it is built anew, beside the one above; then the two change names.
CREATE TABLE application_events_rebuild (
    position       BIGINT NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    sequence       BIGINT NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    at             TEXT COLLATE "C" NOT NULL,
    recorded_at    TEXT COLLATE "C" NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    actor_id       TEXT COLLATE "C",
    answer_id      TEXT COLLATE "C",
    details        TEXT COLLATE "C" NOT NULL,
    event_id       TEXT COLLATE "C" NOT NULL,
    correlation_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (position)
);
CREATE INDEX application_events_rebuild_application ON application_events_rebuild (application_id, sequence);
