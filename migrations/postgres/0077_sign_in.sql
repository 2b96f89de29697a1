-- What was refused at the sign-in since the last one that succeeded, and what changed of the
-- credentials: shown to the operator and to colleagues.
ALTER TABLE operators ADD COLUMN refused_sign_ins BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operators ADD COLUMN refused_since TEXT COLLATE "C";
ALTER TABLE operators ADD COLUMN unlocked_at TEXT COLLATE "C";
ALTER TABLE operators ADD COLUMN password_changed_at TEXT COLLATE "C";
ALTER TABLE operators ADD COLUMN second_factor_changed_at TEXT COLLATE "C";

-- When the credentials were given last in a session, and what was refused before it was opened.
ALTER TABLE sessions ADD COLUMN confirmed_at TEXT COLLATE "C";
ALTER TABLE sessions ADD COLUMN refused_sign_ins BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refused_since TEXT COLLATE "C";
ALTER TABLE sessions ADD COLUMN previous_sign_in_at TEXT COLLATE "C";
