-- What people change in the dates of collections, and the years of the calendar they replaced. Rows are added and never changed: the
-- last one holds. day is midnight UTC of a date.

-- +goose Up

CREATE TABLE adjustment (
    seq     BIGINT NOT NULL PRIMARY KEY,
    kind    TEXT   NOT NULL CHECK (kind IN ('postponed', 'extended', 'outage', 'opened_early')),
    period  TEXT   NOT NULL,
    step    TEXT   NOT NULL,
    unit    TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    void    BIGINT NOT NULL CHECK (void IN (0, 1)),
    reason  TEXT   NOT NULL CHECK (reason <> ''),
    made_by TEXT   NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX adjustment_of ON adjustment (period, seq);

-- content is the file of the year as it was written.
CREATE TABLE calendar_edit (
    seq     BIGINT NOT NULL PRIMARY KEY,
    year    BIGINT NOT NULL,
    content TEXT   NOT NULL,
    reason  TEXT   NOT NULL CHECK (reason <> ''),
    made_by TEXT   NOT NULL,
    made_at BIGINT NOT NULL
);
