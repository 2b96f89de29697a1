-- Client platforms with their settings. The columns are documented in projections/src.
CREATE TABLE clients (
    id               TEXT NOT NULL,
    name             TEXT NOT NULL,
    contact_email    TEXT NOT NULL,
    origins          TEXT NOT NULL,
    mails_employers  BOOLEAN NOT NULL,
    forwards_to_memo BOOLEAN NOT NULL,
    forwards_to_ami  BOOLEAN NOT NULL,
    language         TEXT NOT NULL,
    limit_per_second BIGINT NOT NULL,
    limit_per_minute BIGINT NOT NULL,
    limit_per_hour   BIGINT NOT NULL,
    registered_at    TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    last_position    BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- Where it is built anew, beside the one above; then the two change names.
CREATE TABLE clients_rebuild (
    id               TEXT NOT NULL,
    name             TEXT NOT NULL,
    contact_email    TEXT NOT NULL,
    origins          TEXT NOT NULL,
    mails_employers  BOOLEAN NOT NULL,
    forwards_to_memo BOOLEAN NOT NULL,
    forwards_to_ami  BOOLEAN NOT NULL,
    language         TEXT NOT NULL,
    limit_per_second BIGINT NOT NULL,
    limit_per_minute BIGINT NOT NULL,
    limit_per_hour   BIGINT NOT NULL,
    registered_at    TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    last_position    BIGINT NOT NULL,
    PRIMARY KEY (id)
);
