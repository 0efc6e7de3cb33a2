-- Matters (corrections, appeals, tasks) with their steps, comments, and the way of results. Steps and comments are added and never
-- changed; a matter is what its last step made of it.

-- +goose Up

CREATE TABLE matter (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('correction', 'appeal', 'task')),
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    before_value TEXT NOT NULL,
    after_value  TEXT NOT NULL,
    origin     TEXT   NOT NULL,
    department TEXT   NOT NULL,
    measure    TEXT   NOT NULL,
    due        BIGINT NOT NULL,
    opened_by  TEXT   NOT NULL,
    opened_at  BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX matter_of ON matter (kind, unit, period);

CREATE TABLE matter_step (
    seq        BIGINT NOT NULL PRIMARY KEY,
    matter     TEXT   NOT NULL REFERENCES matter (id),
    action     TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    taken_by   TEXT   NOT NULL,
    taken_at   BIGINT NOT NULL,
    note       TEXT   NOT NULL,
    value      TEXT   NOT NULL
);
CREATE INDEX matter_step_of ON matter_step (matter, seq);

CREATE TABLE comment (
    seq        BIGINT NOT NULL PRIMARY KEY,
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    audience   TEXT   NOT NULL CHECK (audience IN ('district', 'city', 'both')),
    text       TEXT   NOT NULL,
    said_by    TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    said_at    BIGINT NOT NULL
);
CREATE INDEX comment_of ON comment (unit, period, code, seq);

CREATE TABLE result_stage (
    seq      BIGINT NOT NULL PRIMARY KEY,
    period   TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    taken_by TEXT   NOT NULL,
    taken_at BIGINT NOT NULL,
    note     TEXT   NOT NULL
);
CREATE INDEX result_stage_of ON result_stage (period, seq);
