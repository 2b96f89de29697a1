-- Operators, with what they sign in with.
CREATE TABLE operators (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email             TEXT COLLATE "C" NOT NULL,
    role              TEXT COLLATE "C" NOT NULL,
    disabled          BOOLEAN NOT NULL,
    password_hash     TEXT COLLATE "C" NOT NULL,
    second_factor     TEXT COLLATE "C",
    last_step         BIGINT NOT NULL,
    created_at        TEXT COLLATE "C" NOT NULL,
    last_signed_in_at TEXT COLLATE "C"
);

-- Who is signed in, by the SHA-256 of what their browser keeps.
CREATE TABLE sessions (
    digest      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator_id TEXT COLLATE "C" NOT NULL,
    verified    BOOLEAN NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL,
    seen_at     TEXT COLLATE "C" NOT NULL
);

CREATE INDEX sessions_operator ON sessions (operator_id);
