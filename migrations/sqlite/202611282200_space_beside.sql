-- Signed lists of applications that were made: enough to say when, and nothing of what stands in them.
CREATE TABLE signed_lists (
    id      TEXT NOT NULL PRIMARY KEY,
    owner   TEXT NOT NULL,
    digest  TEXT NOT NULL,
    key     TEXT NOT NULL,
    made_at TEXT NOT NULL
);

CREATE INDEX signed_lists_owner ON signed_lists (owner, made_at);

-- Secret addresses of calendars, by the SHA-256 of their secret: one an account.
CREATE TABLE calendar_feeds (
    owner   TEXT NOT NULL PRIMARY KEY,
    digest  TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL
);
