-- Where job offers are collected from, as operators added them.
CREATE TABLE offer_sources (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    cron TEXT COLLATE "C",
    paused BOOLEAN NOT NULL,
    added_at TEXT COLLATE "C" NOT NULL,
    due_after TEXT COLLATE "C" NOT NULL
);

-- What was collected from a source: one row for each source of each run. Without a start it is asked for; without
-- an outcome it is under way, or its process died.
CREATE TABLE offer_collections (
    run TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    asked_by TEXT COLLATE "C" NOT NULL,
    asked_at TEXT COLLATE "C" NOT NULL,
    started_at TEXT COLLATE "C",
    ended_at TEXT COLLATE "C",
    outcome TEXT COLLATE "C",
    found BIGINT NOT NULL,
    new BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    pages_failed BIGINT NOT NULL,
    reason TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    note TEXT COLLATE "C",
    PRIMARY KEY (run, source)
);
CREATE INDEX offer_collections_source ON offer_collections (source, asked_at);
CREATE INDEX offer_collections_open ON offer_collections (asked_at) WHERE outcome IS NULL;

-- What the server of a page said of its state, to be asked whether it changed.
CREATE TABLE collected_pages (
    source TEXT COLLATE "C" NOT NULL,
    page TEXT COLLATE "C" NOT NULL,
    etag TEXT COLLATE "C",
    last_modified TEXT COLLATE "C",
    PRIMARY KEY (source, page)
);

-- Which offers a page had, by the source's own ids.
CREATE TABLE collected_page_offers (
    source TEXT COLLATE "C" NOT NULL,
    page TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (source, page, external_id)
);
