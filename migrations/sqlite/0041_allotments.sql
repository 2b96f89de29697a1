-- Sliding windows: when something under a limit happened or will happen, in microseconds since 1970.
-- A row with a holder is reserved; one without was used.
CREATE TABLE allotments (
    name   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    holder TEXT
);

CREATE INDEX allotments_name ON allotments (name, at);
CREATE INDEX allotments_holder ON allotments (holder);

-- The lock of each window, and its last reservation.
CREATE TABLE allotment_locks (
    name    TEXT NOT NULL PRIMARY KEY,
    last_at BIGINT NOT NULL
);
