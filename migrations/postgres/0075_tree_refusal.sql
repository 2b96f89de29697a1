-- Why the log is not signed now, where the signer refuses to: one row, which goes when it signs again.
CREATE TABLE tree_refusal (
    id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    why       TEXT COLLATE "C" NOT NULL,
    place     TEXT COLLATE "C" NOT NULL,
    kept_size BIGINT NOT NULL,
    tree_size BIGINT NOT NULL,
    since     TEXT COLLATE "C" NOT NULL
);

-- One row, until the first signature: the log may be signed from its first event on. A log that has
-- events and neither this nor a tree is not signed.
CREATE TABLE tree_start (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1)
);

INSERT INTO tree_start (id)
SELECT 1
WHERE NOT EXISTS (SELECT 1 FROM events);
