-- What a reaction was before it was archived, and lists by application and by state.
ALTER TABLE reactions ADD COLUMN state_before TEXT COLLATE "C";

CREATE INDEX reactions_application ON reactions (application_id);
CREATE INDEX reactions_state ON reactions (state, position);
