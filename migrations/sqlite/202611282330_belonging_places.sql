-- Where somebody may have so many records of a kind at most, each takes up a place of its own: two that come at
-- once never get the same one.
ALTER TABLE belongings ADD COLUMN place BIGINT;
ALTER TABLE belongings ADD COLUMN noted_at TEXT;

UPDATE belongings
SET place = (
        SELECT count(*)
        FROM belongings AS b
        WHERE b.owner_type = belongings.owner_type AND b.owner_id = belongings.owner_id
          AND b.aggregate_type = belongings.aggregate_type AND b.aggregate_id <= belongings.aggregate_id),
    noted_at = '2026-11-28T00:00:00.000000Z'
WHERE aggregate_type = 'JobAlert';

CREATE UNIQUE INDEX belongings_place ON belongings (owner_type, owner_id, aggregate_type, place);
