-- When new offers were looked at for a job alert, up to where in the log, and when it is its time next. An alert that
-- nothing new matches has no event.
CREATE TABLE alert_looks (
    alert_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    looked_at TEXT COLLATE "C" NOT NULL,
    next_at TEXT COLLATE "C" NOT NULL,
    up_to BIGINT NOT NULL
);
