-- Records of registers (台账). A record is what its last version made of it; versions are added and never changed, so that a register stands as
-- it stood at any number of the log. Personal columns are sealed under a key outside of the database; record_word holds the columns by which
-- lists are narrowed.

-- +goose Up

CREATE TABLE record (
    id         TEXT   NOT NULL PRIMARY KEY,
    in_table   TEXT   NOT NULL,
    named      TEXT   NOT NULL,
    above      TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    closed     BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    search     TEXT   NOT NULL
);
CREATE UNIQUE INDEX record_named ON record (in_table, named) WHERE closed = 0;
CREATE INDEX record_of ON record (in_table, unit, closed);
CREATE INDEX record_above ON record (above);

CREATE TABLE record_version (
    seq        BIGINT NOT NULL PRIMARY KEY,
    record     TEXT   NOT NULL REFERENCES record (id),
    version    BIGINT NOT NULL,
    in_table   TEXT   NOT NULL,
    named      TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    closed     BIGINT NOT NULL,
    plain      TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    UNIQUE (record, version)
);
CREATE INDEX record_version_of ON record_version (in_table, record, seq);

CREATE TABLE record_word (
    record TEXT NOT NULL REFERENCES record (id),
    name   TEXT NOT NULL,
    word   TEXT NOT NULL,
    PRIMARY KEY (record, name)
);
CREATE INDEX record_word_is ON record_word (name, word);

CREATE TABLE register_snapshot (
    period   TEXT   NOT NULL PRIMARY KEY,
    seq      BIGINT NOT NULL,
    log_seq  BIGINT NOT NULL,
    taken_at BIGINT NOT NULL
);
