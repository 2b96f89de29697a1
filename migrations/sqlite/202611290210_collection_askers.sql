-- Which accounts asked for a run that collects job offers: it is told to nobody else.
CREATE TABLE collection_askers (
    account  TEXT NOT NULL,
    run      TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    PRIMARY KEY (account, run)
);

CREATE INDEX collection_askers_asked_at ON collection_askers (asked_at);
