-- Pieces of what sources sent of which something was refused. They are kept to be read again; the bytes lie in a folder, by their SHA-256.

-- +goose Up

CREATE TABLE held_piece (
    id        TEXT   NOT NULL PRIMARY KEY,
    run       TEXT   NOT NULL,
    source    TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    form      TEXT   NOT NULL,
    unit      TEXT   NOT NULL,
    period    TEXT   NOT NULL,
    sha256    TEXT   NOT NULL,
    bytes     BIGINT NOT NULL,
    held_at   BIGINT NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('waiting', 'replayed', 'dropped')),
    closed_by TEXT   NOT NULL,
    closed_at BIGINT NOT NULL,
    note      TEXT   NOT NULL
);
CREATE INDEX held_piece_of ON held_piece (source, held_at);
CREATE INDEX held_piece_at ON held_piece (held_at);
