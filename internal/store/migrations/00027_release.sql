-- Files of registers with readable personal columns: who asked for what and why, and the second person who allowed it. Each is good for one file.

-- +goose Up

CREATE TABLE register_release (
    id         TEXT   NOT NULL PRIMARY KEY,
    in_table   TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    closed     BIGINT NOT NULL,
    records    BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'allowed', 'refused', 'taken')),
    asked_by   TEXT   NOT NULL,
    asked_at   BIGINT NOT NULL,
    decided_by TEXT   NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX register_release_of ON register_release (in_table, asked_at);
