-- How far each procedure was read at its source.
CREATE TABLE permit_sources (
    procedure_number BIGINT NOT NULL PRIMARY KEY,
    changed_at TEXT COLLATE "C",
    deleted_at TEXT COLLATE "C",
    finished_at TEXT COLLATE "C"
);

-- The dossiers that could not be read: where and what kind of error, never what stands there.
CREATE TABLE permits_set_aside (
    procedure_number BIGINT NOT NULL,
    dossier_number BIGINT NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    first_at TEXT COLLATE "C" NOT NULL,
    last_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (procedure_number, dossier_number)
);

-- How often a dossier's birth date was guessed on a day.
CREATE TABLE permit_tries (
    dossier_number TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    day TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL
);
