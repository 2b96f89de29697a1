-- Signed lists of applications that were made: enough to say when, and nothing of what stands in them.
CREATE TABLE signed_lists (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner   TEXT COLLATE "C" NOT NULL,
    digest  TEXT COLLATE "C" NOT NULL,
    key     TEXT COLLATE "C" NOT NULL,
    made_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX signed_lists_owner ON signed_lists (owner, made_at);

-- Secret addresses of calendars, by the SHA-256 of their secret: one an account.
CREATE TABLE calendar_feeds (
    owner   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest  TEXT COLLATE "C" NOT NULL UNIQUE,
    made_at TEXT COLLATE "C" NOT NULL
);
