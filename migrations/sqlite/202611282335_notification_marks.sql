-- Which notifications somebody read or deleted, by the positions of their events in the log.
CREATE TABLE notification_marks (
    owner        TEXT NOT NULL,
    notification BIGINT NOT NULL,
    read_at      TEXT,
    removed_at   TEXT,
    marked_at    TEXT NOT NULL,
    PRIMARY KEY (owner, notification)
);

CREATE INDEX notification_marks_marked_at ON notification_marks (marked_at);
