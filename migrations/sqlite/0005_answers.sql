-- Answers of recruiters, undone ones too. The columns are documented in projections/src.
CREATE TABLE answers (
    application_id    TEXT NOT NULL,
    answer_id         TEXT NOT NULL,
    client_id         TEXT NOT NULL,
    number            BIGINT NOT NULL,
    kind              TEXT NOT NULL,
    answered_at       TEXT NOT NULL,
    undo_until        TEXT NOT NULL,
    undone            BOOLEAN NOT NULL,
    reason            TEXT,
    place             TEXT,
    starts_at         TEXT,
    starts_at_zoned   TEXT,
    message           TEXT,
    recruiter_name    TEXT,
    recruiter_email   TEXT,
    recruiter_phone   TEXT,
    recruiter_address TEXT,
    email_status      TEXT NOT NULL,
    email_at          TEXT,
    position          BIGINT NOT NULL,
    PRIMARY KEY (application_id, answer_id)
);

-- Where it is built anew, beside the one above; then the two change names.
CREATE TABLE answers_rebuild (
    application_id    TEXT NOT NULL,
    answer_id         TEXT NOT NULL,
    client_id         TEXT NOT NULL,
    number            BIGINT NOT NULL,
    kind              TEXT NOT NULL,
    answered_at       TEXT NOT NULL,
    undo_until        TEXT NOT NULL,
    undone            BOOLEAN NOT NULL,
    reason            TEXT,
    place             TEXT,
    starts_at         TEXT,
    starts_at_zoned   TEXT,
    message           TEXT,
    recruiter_name    TEXT,
    recruiter_email   TEXT,
    recruiter_phone   TEXT,
    recruiter_address TEXT,
    email_status      TEXT NOT NULL,
    email_at          TEXT,
    position          BIGINT NOT NULL,
    PRIMARY KEY (application_id, answer_id)
);
