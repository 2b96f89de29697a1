-- Reactions that are delayed, failed, skipped or archived. A reaction that is done leaves no row,
-- only its event.
CREATE TABLE reactions (
    reactor        TEXT COLLATE "C" NOT NULL,
    position       BIGINT NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    event_type     TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    attempts       BIGINT NOT NULL,
    first_at       TEXT COLLATE "C" NOT NULL,
    last_at        TEXT COLLATE "C" NOT NULL,
    due_at         TEXT COLLATE "C",
    leased_until   TEXT COLLATE "C",
    cause          TEXT COLLATE "C" NOT NULL,
    detail         TEXT COLLATE "C",
    PRIMARY KEY (reactor, position)
);

CREATE INDEX reactions_due ON reactions (reactor, state, due_at);
