-- An offer that comes back is looked for on the pages that had it, and those by its name.
CREATE INDEX collected_page_offers_offer ON collected_page_offers (source, external_id);
