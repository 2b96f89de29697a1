-- How many forms may be sent for one candidate address; what was stored before has the usual number.
ALTER TABLE clients ADD COLUMN forms_per_hour BIGINT NOT NULL DEFAULT 30;
ALTER TABLE clients_rebuild ADD COLUMN forms_per_hour BIGINT NOT NULL DEFAULT 30;
