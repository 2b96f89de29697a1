-- What becomes of a candidate's data: documents deleted, a request to be forgotten, forgotten. The read
-- models that hold personal data are built anew with it.
ALTER TABLE applications ADD COLUMN attachments_deleted_at TEXT COLLATE "C";
ALTER TABLE applications ADD COLUMN last_contact_at TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN erasure_request_id TEXT COLLATE "C";
ALTER TABLE applications ADD COLUMN erasure_requested_by TEXT COLLATE "C";
ALTER TABLE applications ADD COLUMN erasure_requested_at TEXT COLLATE "C";
ALTER TABLE applications ADD COLUMN erased_at TEXT COLLATE "C";
CREATE INDEX applications_documents ON applications (client_id, submitted_at)
WHERE attachments_deleted_at IS NULL AND erased_at IS NULL AND attachments <> '[]';
CREATE INDEX applications_kept ON applications (client_id, last_contact_at)
WHERE erased_at IS NULL;
CREATE INDEX applications_erasure_requests ON applications (erasure_requested_at)
WHERE erasure_requested_at IS NOT NULL;
ALTER TABLE applications_rebuild ADD COLUMN attachments_deleted_at TEXT COLLATE "C";
ALTER TABLE applications_rebuild ADD COLUMN last_contact_at TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE applications_rebuild ADD COLUMN erasure_request_id TEXT COLLATE "C";
ALTER TABLE applications_rebuild ADD COLUMN erasure_requested_by TEXT COLLATE "C";
ALTER TABLE applications_rebuild ADD COLUMN erasure_requested_at TEXT COLLATE "C";
ALTER TABLE applications_rebuild ADD COLUMN erased_at TEXT COLLATE "C";
CREATE INDEX applications_rebuild_documents ON applications_rebuild (client_id, submitted_at)
WHERE attachments_deleted_at IS NULL AND erased_at IS NULL AND attachments <> '[]';
CREATE INDEX applications_rebuild_kept ON applications_rebuild (client_id, last_contact_at)
WHERE erased_at IS NULL;
CREATE INDEX applications_rebuild_erasure_requests ON applications_rebuild (erasure_requested_at)
WHERE erasure_requested_at IS NOT NULL;
DELETE FROM applications;
DELETE FROM checkpoints WHERE name = 'projection:applications';
DELETE FROM suppressions;
DELETE FROM checkpoints WHERE name = 'projection:suppressions';
