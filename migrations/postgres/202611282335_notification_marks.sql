-- Which notifications somebody read or deleted, by the positions of their events in the log.
CREATE TABLE notification_marks (
    owner        TEXT COLLATE "C" NOT NULL,
    notification BIGINT NOT NULL,
    read_at      TEXT COLLATE "C",
    removed_at   TEXT COLLATE "C",
    marked_at    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (owner, notification)
);

CREATE INDEX notification_marks_marked_at ON notification_marks (marked_at);
