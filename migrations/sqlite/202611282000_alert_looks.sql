-- When new offers were looked at for a job alert, up to where in the log, and when it is its time next. An alert that
-- nothing new matches has no event.
CREATE TABLE alert_looks (
    alert_id TEXT NOT NULL PRIMARY KEY,
    looked_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    up_to BIGINT NOT NULL
);
