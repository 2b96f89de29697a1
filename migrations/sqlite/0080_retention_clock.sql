-- When retention last trusted the clock and looked what is due: one row.
CREATE TABLE retention_clock (
    id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    looked_at TEXT NOT NULL
);
