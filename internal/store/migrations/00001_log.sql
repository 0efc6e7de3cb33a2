-- The first tables. Times are UTC milliseconds, booleans 0 or 1, values decimal text; nothing is NULL: '' and 0 say "none".

-- +goose Up

-- How far the numbers have come. Every writer updates this row first, so that the order of numbers is the order of commits.
CREATE TABLE head (
    id         BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq        BIGINT NOT NULL,
    audit      BIGINT NOT NULL,
    audit_hash TEXT   NOT NULL,
    version    BIGINT NOT NULL
);
INSERT INTO head (id, seq, audit, audit_hash, version) VALUES (1, 0, 0, '', 0);

-- Frozen definitions of a year, with the files they were read from.
CREATE TABLE edition (
    year      BIGINT NOT NULL,
    number    BIGINT NOT NULL,
    digest    TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    issued_by TEXT   NOT NULL,
    issued_at BIGINT NOT NULL,
    PRIMARY KEY (year, number)
);
CREATE TABLE edition_file (
    year    BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    path    TEXT   NOT NULL,
    content TEXT   NOT NULL,
    PRIMARY KEY (year, number, path),
    FOREIGN KEY (year, number) REFERENCES edition (year, number)
);

-- Targets, append-only like observations: the highest number of a unit, period and indicator holds.
CREATE TABLE target (
    seq    BIGINT NOT NULL PRIMARY KEY,
    year   BIGINT NOT NULL,
    unit   TEXT   NOT NULL,
    period TEXT   NOT NULL,
    code   TEXT   NOT NULL,
    value  TEXT   NOT NULL
);
CREATE INDEX target_cell ON target (year, unit, period, code, seq);

-- Collection runs, and the rows they refused.
CREATE TABLE run (
    id       TEXT   NOT NULL PRIMARY KEY,
    source   TEXT   NOT NULL,
    door     TEXT   NOT NULL,
    slot     BIGINT NOT NULL,
    started  BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('running', 'done', 'partial', 'failed', 'interrupted')),
    taken    BIGINT NOT NULL,
    added    BIGINT NOT NULL,
    changed  BIGINT NOT NULL,
    same     BIGINT NOT NULL,
    refused  BIGINT NOT NULL,
    problem  TEXT   NOT NULL,
    UNIQUE (source, slot)
);
CREATE INDEX run_started ON run (source, started);
CREATE TABLE rejection (
    run          TEXT   NOT NULL REFERENCES run (id),
    number       BIGINT NOT NULL,
    place_file   TEXT   NOT NULL,
    place_line   BIGINT NOT NULL,
    place_column BIGINT NOT NULL,
    place_field  TEXT   NOT NULL,
    unit         TEXT   NOT NULL,
    code         TEXT   NOT NULL,
    value        TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    message_key  TEXT   NOT NULL,
    message_args TEXT   NOT NULL,
    message      TEXT   NOT NULL,
    PRIMARY KEY (run, number)
);

-- What was handed in, as it was received.
CREATE TABLE submission (
    id          TEXT   NOT NULL PRIMARY KEY,
    unit        TEXT   NOT NULL,
    period      TEXT   NOT NULL,
    door        TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    run         TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    entered_by  TEXT   NOT NULL,
    settled     BIGINT NOT NULL CHECK (settled IN (0, 1))
);
CREATE INDEX submission_waiting ON submission (settled, unit, period);
CREATE TABLE entry (
    submission   TEXT   NOT NULL REFERENCES submission (id),
    number       BIGINT NOT NULL,
    place_file   TEXT   NOT NULL,
    place_line   BIGINT NOT NULL,
    place_column BIGINT NOT NULL,
    place_field  TEXT   NOT NULL,
    unit         TEXT   NOT NULL,
    period_text  TEXT   NOT NULL,
    code         TEXT   NOT NULL,
    value        TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    part         TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    PRIMARY KEY (submission, number)
);

-- Accepted values. Never changed, never deleted: the highest number of a cell holds. A value is there exactly when it was
-- reported, so that what is missing can never be read as a number.
CREATE TABLE observation (
    seq         BIGINT NOT NULL PRIMARY KEY,
    unit        TEXT   NOT NULL,
    period      TEXT   NOT NULL,
    item        TEXT   NOT NULL,
    part        TEXT   NOT NULL,
    ref         TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('reported', 'zero_report', 'not_applicable', 'missing')),
    value       TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    submission  TEXT   NOT NULL,
    run         TEXT   NOT NULL,
    entered_by  TEXT   NOT NULL,
    accepted_by TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    CHECK ((state IN ('reported', 'zero_report')) = (value <> ''))
);
CREATE INDEX observation_cell ON observation (period, unit, item, part, ref, seq);

-- Where the report of a unit and period stands, and every step on the way there.
CREATE TABLE filing (
    unit         TEXT   NOT NULL,
    period       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    submitted_at BIGINT NOT NULL,
    late_days    BIGINT NOT NULL,
    returned     BIGINT NOT NULL,
    rounds       BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (unit, period)
);
CREATE TABLE filing_change (
    seq        BIGINT NOT NULL PRIMARY KEY,
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    items      TEXT   NOT NULL,
    late_days  BIGINT NOT NULL
);
CREATE INDEX filing_change_of ON filing_change (unit, period, seq);

-- Where the collection of a period stands.
CREATE TABLE cycle (
    period       TEXT   NOT NULL PRIMARY KEY,
    state        TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    lock_seq     BIGINT NOT NULL
);

-- Accounts. failures are the times of the wrong passwords that still count, separated by commas.
CREATE TABLE account (
    id               TEXT   NOT NULL PRIMARY KEY,
    name             TEXT   NOT NULL UNIQUE,
    display_name     TEXT   NOT NULL,
    role             TEXT   NOT NULL,
    unit             TEXT   NOT NULL,
    password_hash    TEXT   NOT NULL,
    must_change      BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    password_expires BIGINT NOT NULL,
    disabled_at      BIGINT NOT NULL,
    locked_until     BIGINT NOT NULL,
    failures         TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    last_sign_in     BIGINT NOT NULL
);

-- Sessions. token is a hash of what the browser holds, data is base64. One that was ended stays until it would have expired.
CREATE TABLE session (
    token      TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL,
    data       TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    ended      BIGINT NOT NULL CHECK (ended IN (0, 1))
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires_at);

-- The audit log: a chain by prev and hash. Never changed, never deleted.
CREATE TABLE audit (
    seq         BIGINT NOT NULL PRIMARY KEY,
    happened_at BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    object      TEXT   NOT NULL,
    unit        TEXT   NOT NULL,
    before_text TEXT   NOT NULL,
    after_text  TEXT   NOT NULL,
    result      TEXT   NOT NULL,
    request     TEXT   NOT NULL,
    prev        TEXT   NOT NULL,
    hash        TEXT   NOT NULL
);
