-- Why the log is not signed now, where the signer refuses to: one row, which goes when it signs again.
CREATE TABLE tree_refusal (
    id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    why       TEXT NOT NULL,
    place     TEXT NOT NULL,
    kept_size BIGINT NOT NULL,
    tree_size BIGINT NOT NULL,
    since     TEXT NOT NULL
);

-- A log without an event may be signed from its beginning; one that has some and no tree may not.
INSERT INTO checkpoints (name, position)
SELECT 'tree', 0
WHERE NOT EXISTS (SELECT 1 FROM events)
ON CONFLICT (name) DO NOTHING;
