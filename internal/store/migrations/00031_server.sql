-- Of several servers on one database each has a row, good until a time it keeps moving on. What is under way belongs to one of them: a run, a
-- file that is made, a request of a program; when the time of its server is over, another one clears it away.

-- +goose Up

CREATE TABLE server (
    id      TEXT   NOT NULL PRIMARY KEY,
    place   TEXT   NOT NULL,
    version TEXT   NOT NULL,
    keys    TEXT   NOT NULL,
    begun   BIGINT NOT NULL,
    until   BIGINT NOT NULL
);
ALTER TABLE run ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE export_job ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt ADD COLUMN attempt TEXT NOT NULL DEFAULT '';

-- Who decides holds the row of its turn, so that others wait. The number of what was decided says to who lost the row unseen that others have
-- been there.
CREATE TABLE turn (
    name TEXT NOT NULL PRIMARY KEY
);
CREATE TABLE turn_number (
    name   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO turn (name) VALUES ('decide'), ('refund');
INSERT INTO turn_number (name, number) VALUES ('decide', 0), ('refund', 0);
