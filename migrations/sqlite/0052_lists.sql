-- The suppression list, the acts of operators, and the words under which applications are found. The
-- columns are documented in projections/src; each table has a second one in which it is built anew.
CREATE TABLE suppressions (
    id            TEXT NOT NULL,
    address       TEXT NOT NULL,
    reason        TEXT NOT NULL,
    since         TEXT NOT NULL,
    until         TEXT NOT NULL,
    lifted_at     TEXT,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX suppressions_position ON suppressions (last_position);

CREATE TABLE operator_acts (
    position    BIGINT NOT NULL,
    operator_id TEXT NOT NULL,
    kind        TEXT NOT NULL,
    action      TEXT,
    subject     TEXT,
    actor_id    TEXT,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (position)
);

CREATE TABLE application_terms (
    term               BIGINT NOT NULL,
    submitted_position BIGINT NOT NULL,
    PRIMARY KEY (term, submitted_position)
);

CREATE TABLE suppressions_rebuild (
    id            TEXT NOT NULL,
    address       TEXT NOT NULL,
    reason        TEXT NOT NULL,
    since         TEXT NOT NULL,
    until         TEXT NOT NULL,
    lifted_at     TEXT,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX suppressions_rebuild_position ON suppressions_rebuild (last_position);

CREATE TABLE operator_acts_rebuild (
    position    BIGINT NOT NULL,
    operator_id TEXT NOT NULL,
    kind        TEXT NOT NULL,
    action      TEXT,
    subject     TEXT,
    actor_id    TEXT,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (position)
);

CREATE TABLE application_terms_rebuild (
    term               BIGINT NOT NULL,
    submitted_position BIGINT NOT NULL,
    PRIMARY KEY (term, submitted_position)
);

-- Lists of all applications and answers, newest first.
CREATE INDEX applications_submitted ON applications (submitted_position);
CREATE INDEX applications_status ON applications (status, submitted_position);
CREATE INDEX answers_position ON answers (position);
CREATE INDEX answers_kind ON answers (kind, position);
CREATE INDEX applications_rebuild_submitted ON applications_rebuild (submitted_position);
CREATE INDEX applications_rebuild_status ON applications_rebuild (status, submitted_position);
CREATE INDEX answers_rebuild_position ON answers_rebuild (position);
CREATE INDEX answers_rebuild_kind ON answers_rebuild (kind, position);
