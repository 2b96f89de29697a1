-- Where job offers are collected from, as operators added them.
CREATE TABLE offer_sources (
    name TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    cron TEXT,
    paused BOOLEAN NOT NULL,
    added_at TEXT NOT NULL,
    due_after TEXT NOT NULL
);

-- What was collected from a source: one row for each source of each run. Without a start it is asked for; without
-- an outcome it is under way, or its process died.
CREATE TABLE offer_collections (
    run TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    outcome TEXT,
    found BIGINT NOT NULL,
    new BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    pages_failed BIGINT NOT NULL,
    reason TEXT,
    detail TEXT,
    note TEXT,
    PRIMARY KEY (run, source)
);
CREATE INDEX offer_collections_source ON offer_collections (source, asked_at);
CREATE INDEX offer_collections_open ON offer_collections (asked_at) WHERE outcome IS NULL;

-- What the server of a page said of its state, to be asked whether it changed.
CREATE TABLE collected_pages (
    source TEXT NOT NULL,
    page TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    PRIMARY KEY (source, page)
);

-- Which offers a page had, by the source's own ids.
CREATE TABLE collected_page_offers (
    source TEXT NOT NULL,
    page TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (source, page, external_id)
);
