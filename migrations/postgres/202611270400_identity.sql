-- Sessions of any kind of account: which kind it is. Its id lies in the column operator_id, as ever, so
-- that a version which knows operators alone goes on while this one is rolled out.
ALTER TABLE sessions ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'operator';

-- Links that were mailed to the owners of accounts, by the SHA-256 of what the letter holds; `tie` holds
-- them to the address that they were sent to.
CREATE TABLE one_time_links (
    digest     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    purpose    TEXT COLLATE "C" NOT NULL,
    tie        TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX one_time_links_subject ON one_time_links (kind, subject);
