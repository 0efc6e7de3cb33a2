-- Files of figures that wait for their sender, and how the tables of districts are read.

-- +goose Up

-- A file that waits until its sender has looked at what it would change. content is base64, '' once the file was taken; mapping is
-- JSON, '' for forms of our own making.
CREATE TABLE upload (
    id         TEXT   NOT NULL PRIMARY KEY,
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    content    TEXT   NOT NULL,
    mapping    TEXT   NOT NULL,
    mark       TEXT   NOT NULL,
    added_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    taken_at   BIGINT NOT NULL
);
CREATE INDEX upload_account ON upload (account, period);
CREATE INDEX upload_expires ON upload (expires_at);

-- How a district's table of a certain layout was last read. mark is the fingerprint of the layout, mapping JSON.
CREATE TABLE table_mapping (
    unit         TEXT   NOT NULL,
    mark         TEXT   NOT NULL,
    mapping      TEXT   NOT NULL,
    confirmed_by TEXT   NOT NULL,
    confirmed_at BIGINT NOT NULL,
    PRIMARY KEY (unit, mark)
);
