-- Periods go by when an application was submitted, whenever that was recorded.
CREATE INDEX applications_submitted_at ON applications (submitted_at, submitted_position);
CREATE INDEX applications_rebuild_submitted_at ON applications_rebuild (submitted_at, submitted_position);
