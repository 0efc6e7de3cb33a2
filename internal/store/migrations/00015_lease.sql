-- Which of several processes on one store leads, and until when. The fence grows each time a lease changes hands or is taken anew.

-- +goose Up

CREATE TABLE lease (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    fence  BIGINT NOT NULL CHECK (fence > 0),
    until  BIGINT NOT NULL
);
-- Asked for each source: the last run that was good, and the last that brought figures.
CREATE INDEX run_state ON run (source, state, started);
