-- Where a source says something else of a figure than a person has signed. One difference of a cell and source is open at a time; what
-- became of it is added to its steps, which are never changed.

-- +goose Up

-- held_… is the person's figure: seq is that of the observation, 0 for one that waits, revision that of a draft, 0 for what was signed.
-- said_… is the source's, which it said first and last at these times, and how often.
CREATE TABLE difference (
    id           TEXT   NOT NULL PRIMARY KEY,
    unit         TEXT   NOT NULL,
    period       TEXT   NOT NULL,
    item         TEXT   NOT NULL,
    part         TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    source       TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('open', 'taken', 'kept', 'settled')),
    held_state   TEXT   NOT NULL,
    held_value   TEXT   NOT NULL,
    held_by      TEXT   NOT NULL,
    held_at      BIGINT NOT NULL,
    submission   TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    revision     BIGINT NOT NULL,
    said_state   TEXT   NOT NULL,
    said_value   TEXT   NOT NULL,
    run          TEXT   NOT NULL,
    place_file   TEXT   NOT NULL,
    place_line   BIGINT NOT NULL,
    place_column BIGINT NOT NULL,
    place_field  TEXT   NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    times        BIGINT NOT NULL
);
CREATE INDEX difference_of ON difference (unit, period, state);
CREATE INDEX difference_state ON difference (state, last_at);

CREATE TABLE difference_step (
    seq        BIGINT NOT NULL PRIMARY KEY,
    difference TEXT   NOT NULL REFERENCES difference (id),
    action     TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    held       TEXT   NOT NULL,
    said       TEXT   NOT NULL,
    taken_by   TEXT   NOT NULL,
    taken_at   BIGINT NOT NULL,
    note       TEXT   NOT NULL
);
CREATE INDEX difference_step_of ON difference_step (difference, seq);
