-- Scheduled tasks, as the processes that run them know them.
CREATE TABLE schedules (
    task       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    cron       TEXT COLLATE "C" NOT NULL,
    time_zone  TEXT COLLATE "C" NOT NULL,
    enabled    BOOLEAN NOT NULL,
    first_at   TEXT COLLATE "C" NOT NULL
);

-- Their runs: one for each time that was due, and one for each that somebody asked for. Without a
-- start it is asked for; without an outcome it is under way, or its process died.
CREATE TABLE schedule_runs (
    task       TEXT COLLATE "C" NOT NULL,
    due_at     TEXT COLLATE "C" NOT NULL,
    started_by TEXT COLLATE "C" NOT NULL,
    started_at TEXT COLLATE "C",
    ended_at   TEXT COLLATE "C",
    outcome    TEXT COLLATE "C",
    report     TEXT COLLATE "C",
    PRIMARY KEY (task, due_at)
);

CREATE INDEX schedule_runs_open ON schedule_runs (task, due_at) WHERE outcome IS NULL;
