-- Work that one process does at a time: who does it, and a counter that its process moves on while
-- it lives. No clock is compared: another process takes over when it has seen the counter stand
-- still for long enough.
CREATE TABLE leases (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,
    beat   BIGINT NOT NULL
);
