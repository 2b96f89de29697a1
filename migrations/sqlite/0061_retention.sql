-- How long what candidates sent is kept. The read model is built anew with it.
ALTER TABLE clients ADD COLUMN attachment_days BIGINT NOT NULL DEFAULT 30;
ALTER TABLE clients ADD COLUMN personal_data_months BIGINT NOT NULL DEFAULT 24;
ALTER TABLE clients_rebuild ADD COLUMN attachment_days BIGINT NOT NULL DEFAULT 30;
ALTER TABLE clients_rebuild ADD COLUMN personal_data_months BIGINT NOT NULL DEFAULT 24;
DELETE FROM clients;
DELETE FROM checkpoints WHERE name = 'projection:clients';
