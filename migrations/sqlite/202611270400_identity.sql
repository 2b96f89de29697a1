-- Sessions of any kind of account: which kind it is. Its id lies in the column operator_id, as ever, so
-- that a version which knows operators alone goes on while this one is rolled out.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'operator';

-- Links that were mailed to the owners of accounts, by the SHA-256 of what the letter holds; `tie` holds
-- them to the address that they were sent to.
CREATE TABLE one_time_links (
    digest     TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    tie        TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE INDEX one_time_links_subject ON one_time_links (kind, subject);
