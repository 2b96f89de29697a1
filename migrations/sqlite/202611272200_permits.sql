-- How far each procedure was read at its source.
CREATE TABLE permit_sources (
    procedure_number BIGINT NOT NULL PRIMARY KEY,
    changed_at TEXT,
    deleted_at TEXT,
    finished_at TEXT
);

-- The dossiers that could not be read: where and what kind of error, never what stands there.
CREATE TABLE permits_set_aside (
    procedure_number BIGINT NOT NULL,
    dossier_number BIGINT NOT NULL,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (procedure_number, dossier_number)
);

-- How often a dossier's birth date was guessed on a day.
CREATE TABLE permit_tries (
    dossier_number TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    number BIGINT NOT NULL
);
