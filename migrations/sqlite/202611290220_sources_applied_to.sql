-- Whether one may apply to the offers of a source through the form of this service: an operator says so.
ALTER TABLE offer_sources ADD COLUMN applies_here BOOLEAN NOT NULL DEFAULT FALSE;
