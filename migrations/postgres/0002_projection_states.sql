-- How each projection fares: when it last moved, and the event it stands before, if it cannot go on.
-- How far it has come is its checkpoint.
CREATE TABLE projection_states (
    name           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    updated_at     TEXT COLLATE "C" NOT NULL,
    error          TEXT COLLATE "C",
    error_position BIGINT
);
