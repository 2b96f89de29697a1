-- Accounts of candidates and recruiters, with what they sign in with. `sealed` holds the addresses and names
-- under the key of the account's stream, `revision` the position of the event that it follows.
CREATE TABLE accounts (
    id                       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    revision                 BIGINT NOT NULL,
    sealed                   BYTEA NOT NULL,
    address_name             TEXT COLLATE "C" NOT NULL,
    email_confirmed          BOOLEAN NOT NULL,
    language                 TEXT COLLATE "C" NOT NULL,
    disabled                 BOOLEAN NOT NULL,
    password_hash            TEXT COLLATE "C" NOT NULL,
    second_factor            TEXT COLLATE "C",
    sealed_factor            BYTEA,
    last_step                BIGINT NOT NULL,
    created_at               TEXT COLLATE "C" NOT NULL,
    closes_at                TEXT COLLATE "C",
    last_signed_in_at        TEXT COLLATE "C",
    refused_sign_ins         BIGINT NOT NULL,
    refused_since            TEXT COLLATE "C",
    unlocked_at              TEXT COLLATE "C",
    password_changed_at      TEXT COLLATE "C",
    second_factor_changed_at TEXT COLLATE "C"
);

CREATE INDEX accounts_address ON accounts (address_name, created_at);
CREATE INDEX accounts_use ON accounts (last_signed_in_at, created_at);

-- Which account has a user name or a confirmed address, by its HMAC.
CREATE TABLE account_names (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account    TEXT COLLATE "C" NOT NULL,
    claimed_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX account_names_account ON account_names (account);

-- Which records belong to another one, such as an account: they are handed out and erased with it.
CREATE TABLE belongings (
    owner_type     TEXT COLLATE "C" NOT NULL,
    owner_id       TEXT COLLATE "C" NOT NULL,
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (owner_type, owner_id, aggregate_type, aggregate_id)
);

-- Which programs may act in the name of which account.
CREATE TABLE token_grants (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    used_at    TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX token_grants_subject ON token_grants (kind, subject);
CREATE INDEX token_grants_end ON token_grants (expires_at);

-- Their refresh tokens, by the SHA-256 of what the program holds. One that was used is kept until it would
-- have been over, so that its reuse is seen.
CREATE TABLE refresh_tokens (
    digest     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    grant_id   TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL,
    used_at    TEXT COLLATE "C",
    repeats    BIGINT NOT NULL
);

CREATE INDEX refresh_tokens_grant ON refresh_tokens (grant_id);
