-- The Merkle tree over the log (RFC 6962): each event's hash is a leaf, and the hashes lie in tiles
-- of 256 (C2SP tlog-tiles, height 8). A tile on the right edge grows until it is full.
CREATE TABLE tree_tiles (
    level  BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
);

-- Signed notes (C2SP tlog-checkpoint) that say what the tree's root was at a size.
CREATE TABLE tree_checkpoints (
    size      BIGINT NOT NULL PRIMARY KEY,
    note      TEXT NOT NULL,
    signed_at TEXT NOT NULL
);
