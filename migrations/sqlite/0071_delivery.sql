-- Whose letters wait. The read model is built anew with it.
ALTER TABLE clients ADD COLUMN paused_at TEXT;
ALTER TABLE clients_rebuild ADD COLUMN paused_at TEXT;
DELETE FROM clients;
DELETE FROM checkpoints WHERE name = 'projection:clients';

-- Reports of the mail provider that came before their e-mail was known.
CREATE TABLE early_reports (
    message_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    fault TEXT,
    at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (message_id, provider_id, kind)
);

CREATE INDEX early_reports_provider ON early_reports (provider_id);
CREATE INDEX early_reports_received ON early_reports (received_at);
