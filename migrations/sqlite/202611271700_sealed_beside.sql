-- What lies beside the log is sealed. A row of before has its plain value until the scheduled task
-- `sealing` has sealed it; then that is empty. The indexes hold the rows that wait for it, and are empty
-- once none does.
ALTER TABLE reactions ADD COLUMN sealed_detail BLOB;
CREATE INDEX reactions_unsealed ON reactions (first_at) WHERE detail IS NOT NULL;

-- The sealed content says to whom an e-mail went.
CREATE INDEX sent_emails_unsealed ON sent_emails (handed_over_at) WHERE recipient <> '';

-- A second factor that is sealed leaves an empty text, so that every version knows that there is one.
ALTER TABLE operators ADD COLUMN sealed_email BLOB;
ALTER TABLE operators ADD COLUMN sealed_factor BLOB;

ALTER TABLE webhook_secrets ADD COLUMN sealed_secret BLOB;
