-- How each projection fares: when it last moved, and the event it stands before, if it cannot go on.
-- How far it has come is its checkpoint.
CREATE TABLE projection_states (
    name           TEXT NOT NULL PRIMARY KEY,
    updated_at     TEXT NOT NULL,
    error          TEXT,
    error_position BIGINT
);
