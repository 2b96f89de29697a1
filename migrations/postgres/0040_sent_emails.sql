-- E-mails exactly as they were handed to the mail server, without their files: what an operator is
-- shown, and how a report of the mail provider finds its application.
CREATE TABLE sent_emails (
    message_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    application_id TEXT COLLATE "C" NOT NULL,
    letter         TEXT COLLATE "C" NOT NULL,
    recipient      TEXT COLLATE "C" NOT NULL,
    provider_id    TEXT COLLATE "C",
    handed_over_at TEXT COLLATE "C" NOT NULL,
    content        BYTEA NOT NULL
);

CREATE INDEX sent_emails_application ON sent_emails (application_id);
CREATE INDEX sent_emails_provider ON sent_emails (provider_id);

-- Things that are counted by day and are nobody's.
CREATE TABLE counters (
    name   TEXT COLLATE "C" NOT NULL,
    day    TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (name, day)
);
