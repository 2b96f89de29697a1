-- Which accounts asked for a run that collects job offers: it is told to nobody else.
CREATE TABLE collection_askers (
    account  TEXT COLLATE "C" NOT NULL,
    run      TEXT COLLATE "C" NOT NULL,
    asked_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, run)
);

CREATE INDEX collection_askers_asked_at ON collection_askers (asked_at);
