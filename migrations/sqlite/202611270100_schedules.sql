-- Scheduled tasks, as the processes that run them know them.
CREATE TABLE schedules (
    task       TEXT NOT NULL PRIMARY KEY,
    cron       TEXT NOT NULL,
    time_zone  TEXT NOT NULL,
    enabled    BOOLEAN NOT NULL,
    first_at   TEXT NOT NULL
);

-- Their runs: one for each time that was due, and one for each that somebody asked for. Without a
-- start it is asked for; without an outcome it is under way, or its process died.
CREATE TABLE schedule_runs (
    task       TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    started_by TEXT NOT NULL,
    started_at TEXT,
    ended_at   TEXT,
    outcome    TEXT,
    report     TEXT,
    PRIMARY KEY (task, due_at)
);

CREATE INDEX schedule_runs_open ON schedule_runs (task, due_at) WHERE outcome IS NULL;
