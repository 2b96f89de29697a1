-- Operators, with what they sign in with.
CREATE TABLE operators (
    id                TEXT NOT NULL PRIMARY KEY,
    email             TEXT NOT NULL,
    role              TEXT NOT NULL,
    disabled          BOOLEAN NOT NULL,
    password_hash     TEXT NOT NULL,
    second_factor     TEXT,
    last_step         BIGINT NOT NULL,
    created_at        TEXT NOT NULL,
    last_signed_in_at TEXT
);

-- Who is signed in, by the SHA-256 of what their browser keeps.
CREATE TABLE sessions (
    digest      TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL,
    verified    BOOLEAN NOT NULL,
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL
);

CREATE INDEX sessions_operator ON sessions (operator_id);
