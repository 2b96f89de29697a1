-- Every e-mail of an application, with its status. The columns are documented in projections/src.
CREATE TABLE emails (
    id             TEXT NOT NULL,
    application_id TEXT NOT NULL,
    client_id      TEXT NOT NULL,
    kind           TEXT NOT NULL,
    answer_id      TEXT,
    recipient      TEXT NOT NULL,
    status         TEXT NOT NULL,
    message_id     TEXT,
    queued_at      TEXT NOT NULL,
    settled_at     TEXT,
    cause          TEXT,
    reason         TEXT,
    position       BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX emails_application ON emails (application_id);

-- Where it is built anew, beside the one above; then the two change names.
CREATE TABLE emails_rebuild (
    id             TEXT NOT NULL,
    application_id TEXT NOT NULL,
    client_id      TEXT NOT NULL,
    kind           TEXT NOT NULL,
    answer_id      TEXT,
    recipient      TEXT NOT NULL,
    status         TEXT NOT NULL,
    message_id     TEXT,
    queued_at      TEXT NOT NULL,
    settled_at     TEXT,
    cause          TEXT,
    reason         TEXT,
    position       BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX emails_rebuild_application ON emails_rebuild (application_id);
