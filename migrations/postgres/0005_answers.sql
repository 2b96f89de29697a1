-- Answers of recruiters, undone ones too. The columns are documented in projections/src.
CREATE TABLE answers (
    application_id    TEXT COLLATE "C" NOT NULL,
    answer_id         TEXT COLLATE "C" NOT NULL,
    client_id         TEXT COLLATE "C" NOT NULL,
    number            BIGINT NOT NULL,
    kind              TEXT COLLATE "C" NOT NULL,
    answered_at       TEXT COLLATE "C" NOT NULL,
    undo_until        TEXT COLLATE "C" NOT NULL,
    undone            BOOLEAN NOT NULL,
    reason            TEXT COLLATE "C",
    place             TEXT COLLATE "C",
    starts_at         TEXT COLLATE "C",
    starts_at_zoned   TEXT COLLATE "C",
    message           TEXT COLLATE "C",
    recruiter_name    TEXT COLLATE "C",
    recruiter_email   TEXT COLLATE "C",
    recruiter_phone   TEXT COLLATE "C",
    recruiter_address TEXT COLLATE "C",
    email_status      TEXT COLLATE "C" NOT NULL,
    email_at          TEXT COLLATE "C",
    position          BIGINT NOT NULL,
    PRIMARY KEY (application_id, answer_id)
);

-- Where it is built anew, beside the one above; then the two change names.
CREATE TABLE answers_rebuild (
    application_id    TEXT COLLATE "C" NOT NULL,
    answer_id         TEXT COLLATE "C" NOT NULL,
    client_id         TEXT COLLATE "C" NOT NULL,
    number            BIGINT NOT NULL,
    kind              TEXT COLLATE "C" NOT NULL,
    answered_at       TEXT COLLATE "C" NOT NULL,
    undo_until        TEXT COLLATE "C" NOT NULL,
    undone            BOOLEAN NOT NULL,
    reason            TEXT COLLATE "C",
    place             TEXT COLLATE "C",
    starts_at         TEXT COLLATE "C",
    starts_at_zoned   TEXT COLLATE "C",
    message           TEXT COLLATE "C",
    recruiter_name    TEXT COLLATE "C",
    recruiter_email   TEXT COLLATE "C",
    recruiter_phone   TEXT COLLATE "C",
    recruiter_address TEXT COLLATE "C",
    email_status      TEXT COLLATE "C" NOT NULL,
    email_at          TEXT COLLATE "C",
    position          BIGINT NOT NULL,
    PRIMARY KEY (application_id, answer_id)
);
