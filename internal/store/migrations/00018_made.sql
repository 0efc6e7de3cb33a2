-- When the newest answer of a source that was taken of a unit and period says that it was made, so that an older one is known for one.

-- +goose Up

CREATE TABLE made (
    source TEXT   NOT NULL,
    unit   TEXT   NOT NULL,
    period TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (source, unit, period)
);
