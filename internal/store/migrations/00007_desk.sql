-- What districts type into their forms, and what departments say of each figure of a signed report.

-- +goose Up

-- Drafts, append-only: each save of a cell is a new revision, the highest holds. value is as it was typed, request names the save.
CREATE TABLE draft (
    unit     TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    item     TEXT   NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    value    TEXT   NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('', 'missing')),
    note     TEXT   NOT NULL,
    saved_by TEXT   NOT NULL,
    saved_at BIGINT NOT NULL,
    request  TEXT   NOT NULL,
    PRIMARY KEY (unit, period, item, revision),
    UNIQUE (unit, request)
);

-- Decisions, append-only: a figure is decided about once for each time it was handed in.
CREATE TABLE decision (
    seq        BIGINT NOT NULL PRIMARY KEY,
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    item       TEXT   NOT NULL,
    accepted   BIGINT NOT NULL CHECK (accepted IN (0, 1)),
    reason     TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    round      BIGINT NOT NULL,
    revision   BIGINT NOT NULL,
    submission TEXT   NOT NULL,
    department TEXT   NOT NULL,
    decided_by TEXT   NOT NULL,
    decided_at BIGINT NOT NULL,
    UNIQUE (unit, period, item, submission)
);

-- Who typed the figure, where another handed it in; '' is who handed in.
ALTER TABLE entry ADD COLUMN entered_by TEXT NOT NULL DEFAULT '';

CREATE INDEX submission_of ON submission (unit, period);
