-- Letters to accounts are their belongings, and do not say whose they are: a letter that is erased
-- for itself belongs to nothing any more, and is found by its own name.
CREATE INDEX belongings_record ON belongings (aggregate_type, aggregate_id);
