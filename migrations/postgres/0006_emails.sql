-- Every e-mail of an application, with its status. The columns are documented in projections/src.
CREATE TABLE emails (
    id             TEXT COLLATE "C" NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    client_id      TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    answer_id      TEXT COLLATE "C",
    recipient      TEXT COLLATE "C" NOT NULL,
    status         TEXT COLLATE "C" NOT NULL,
    message_id     TEXT COLLATE "C",
    queued_at      TEXT COLLATE "C" NOT NULL,
    settled_at     TEXT COLLATE "C",
    cause          TEXT COLLATE "C",
    reason         TEXT COLLATE "C",
    position       BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX emails_application ON emails (application_id);

-- Where it is built anew, beside the one above; then the two change names.
CREATE TABLE emails_rebuild (
    id             TEXT COLLATE "C" NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    client_id      TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    answer_id      TEXT COLLATE "C",
    recipient      TEXT COLLATE "C" NOT NULL,
    status         TEXT COLLATE "C" NOT NULL,
    message_id     TEXT COLLATE "C",
    queued_at      TEXT COLLATE "C" NOT NULL,
    settled_at     TEXT COLLATE "C",
    cause          TEXT COLLATE "C",
    reason         TEXT COLLATE "C",
    position       BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX emails_rebuild_application ON emails_rebuild (application_id);
