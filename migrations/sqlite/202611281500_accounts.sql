-- Accounts of candidates and recruiters, with what they sign in with. `sealed` holds the addresses and names
-- under the key of the account's stream, `revision` the position of the event that it follows.
CREATE TABLE accounts (
    id                       TEXT NOT NULL PRIMARY KEY,
    revision                 BIGINT NOT NULL,
    sealed                   BLOB NOT NULL,
    address_name             TEXT NOT NULL,
    email_confirmed          BOOLEAN NOT NULL,
    language                 TEXT NOT NULL,
    disabled                 BOOLEAN NOT NULL,
    password_hash            TEXT NOT NULL,
    second_factor            TEXT,
    sealed_factor            BLOB,
    last_step                BIGINT NOT NULL,
    created_at               TEXT NOT NULL,
    closes_at                TEXT,
    last_signed_in_at        TEXT,
    refused_sign_ins         BIGINT NOT NULL,
    refused_since            TEXT,
    unlocked_at              TEXT,
    password_changed_at      TEXT,
    second_factor_changed_at TEXT
);

CREATE INDEX accounts_address ON accounts (address_name, created_at);
CREATE INDEX accounts_use ON accounts (last_signed_in_at, created_at);

-- Which account has a user name or a confirmed address, by its HMAC.
CREATE TABLE account_names (
    name       TEXT NOT NULL PRIMARY KEY,
    account    TEXT NOT NULL,
    claimed_at TEXT NOT NULL
);

CREATE INDEX account_names_account ON account_names (account);

-- Which records belong to another one, such as an account: they are handed out and erased with it.
CREATE TABLE belongings (
    owner_type     TEXT NOT NULL,
    owner_id       TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    PRIMARY KEY (owner_type, owner_id, aggregate_type, aggregate_id)
);

-- Which programs may act in the name of which account.
CREATE TABLE token_grants (
    id         TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    used_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE INDEX token_grants_subject ON token_grants (kind, subject);
CREATE INDEX token_grants_end ON token_grants (expires_at);

-- Their refresh tokens, by the SHA-256 of what the program holds. One that was used is kept until it would
-- have been over, so that its reuse is seen.
CREATE TABLE refresh_tokens (
    digest     TEXT NOT NULL PRIMARY KEY,
    grant_id   TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT,
    repeats    BIGINT NOT NULL
);

CREATE INDEX refresh_tokens_grant ON refresh_tokens (grant_id);
