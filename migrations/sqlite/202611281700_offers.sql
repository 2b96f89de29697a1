-- Which offer a source shows under one of its own ids, and when it was seen there last.
CREATE TABLE offer_sightings (
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    offer_id TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (source, external_id)
);
CREATE INDEX offer_sightings_offer ON offer_sightings (offer_id, seen_at);
CREATE INDEX offer_sightings_seen ON offer_sightings (source, seen_at);

-- Under which names the same offer is found again: its address, or company, title and place, as digests.
CREATE TABLE offer_keys (
    key TEXT NOT NULL PRIMARY KEY,
    offer_id TEXT NOT NULL
);
CREATE INDEX offer_keys_offer ON offer_keys (offer_id);

-- What offers whose companies have letters in common are compared by.
CREATE TABLE offer_blocks (
    block TEXT NOT NULL,
    offer_id TEXT NOT NULL,
    company TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (block, offer_id)
);
CREATE INDEX offer_blocks_offer ON offer_blocks (offer_id);
