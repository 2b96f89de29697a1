-- E-mails exactly as they were handed to the mail server, without their files: what an operator is
-- shown, and how a report of the mail provider finds its application.
CREATE TABLE sent_emails (
    message_id     TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL,
    letter         TEXT NOT NULL,
    recipient      TEXT NOT NULL,
    provider_id    TEXT,
    handed_over_at TEXT NOT NULL,
    content        BLOB NOT NULL
);

CREATE INDEX sent_emails_application ON sent_emails (application_id);
CREATE INDEX sent_emails_provider ON sent_emails (provider_id);

-- Things that are counted by day and are nobody's.
CREATE TABLE counters (
    name   TEXT NOT NULL,
    day    TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (name, day)
);
