-- The search of auditors: by who, what and which application, newest first. The read model of the acts
-- of operators tells in which role, and at which application they looked; it is built anew with it.
ALTER TABLE operator_acts ADD COLUMN actor TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE operator_acts ADD COLUMN application_id TEXT;
ALTER TABLE operator_acts_rebuild ADD COLUMN actor TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE operator_acts_rebuild ADD COLUMN application_id TEXT;
DELETE FROM operator_acts;
DELETE FROM checkpoints WHERE name = 'projection:operator_acts';

CREATE INDEX application_events_actor ON application_events (actor, position);
CREATE INDEX application_events_actor_id ON application_events (actor_id, position);
CREATE INDEX application_events_kind ON application_events (kind, position);
CREATE INDEX application_events_rebuild_actor ON application_events_rebuild (actor, position);
CREATE INDEX application_events_rebuild_actor_id ON application_events_rebuild (actor_id, position);
CREATE INDEX application_events_rebuild_kind ON application_events_rebuild (kind, position);
CREATE INDEX operator_acts_actor ON operator_acts (actor, position);
CREATE INDEX operator_acts_actor_id ON operator_acts (actor_id, position);
CREATE INDEX operator_acts_kind ON operator_acts (kind, position);
CREATE INDEX operator_acts_looked ON operator_acts (application_id, position);
CREATE INDEX operator_acts_rebuild_actor ON operator_acts_rebuild (actor, position);
CREATE INDEX operator_acts_rebuild_actor_id ON operator_acts_rebuild (actor_id, position);
CREATE INDEX operator_acts_rebuild_kind ON operator_acts_rebuild (kind, position);
CREATE INDEX operator_acts_rebuild_looked ON operator_acts_rebuild (application_id, position);
