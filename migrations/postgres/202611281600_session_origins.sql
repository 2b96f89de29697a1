-- Where a session was opened from, sealed with a key of the database: its owner's list tells sessions
-- apart by it.
ALTER TABLE sessions ADD COLUMN sealed_origin BYTEA;
