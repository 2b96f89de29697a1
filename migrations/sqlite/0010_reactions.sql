-- Reactions that are delayed, failed, skipped or archived. A reaction that is done leaves no row,
-- only its event.
CREATE TABLE reactions (
    reactor        TEXT NOT NULL,
    position       BIGINT NOT NULL,
    application_id TEXT NOT NULL,
    event_type     TEXT NOT NULL,
    state          TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    first_at       TEXT NOT NULL,
    last_at        TEXT NOT NULL,
    due_at         TEXT,
    leased_until   TEXT,
    cause          TEXT NOT NULL,
    detail         TEXT,
    PRIMARY KEY (reactor, position)
);

CREATE INDEX reactions_due ON reactions (reactor, state, due_at);
