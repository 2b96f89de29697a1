-- What the mail provider reported of each e-mail. The read model is built anew with it.
ALTER TABLE emails ADD COLUMN outcome TEXT;
ALTER TABLE emails ADD COLUMN delivered_at TEXT;
ALTER TABLE emails ADD COLUMN opened_at TEXT;
ALTER TABLE emails ADD COLUMN clicked_at TEXT;
ALTER TABLE emails ADD COLUMN bounced_at TEXT;
ALTER TABLE emails ADD COLUMN spam_at TEXT;
ALTER TABLE emails ADD COLUMN blocked_at TEXT;
CREATE INDEX emails_settled ON emails (settled_at);
ALTER TABLE emails_rebuild ADD COLUMN outcome TEXT;
ALTER TABLE emails_rebuild ADD COLUMN delivered_at TEXT;
ALTER TABLE emails_rebuild ADD COLUMN opened_at TEXT;
ALTER TABLE emails_rebuild ADD COLUMN clicked_at TEXT;
ALTER TABLE emails_rebuild ADD COLUMN bounced_at TEXT;
ALTER TABLE emails_rebuild ADD COLUMN spam_at TEXT;
ALTER TABLE emails_rebuild ADD COLUMN blocked_at TEXT;
CREATE INDEX emails_rebuild_settled ON emails_rebuild (settled_at);
DELETE FROM emails;
DELETE FROM checkpoints WHERE name = 'projection:emails';
