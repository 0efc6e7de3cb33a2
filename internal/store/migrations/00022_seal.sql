-- What was proposed to be published, and the seals of what was approved, each with the digest of the one before. Their bytes are text in
-- pieces: zstd, base64.

-- +goose Up

CREATE TABLE publication (
    id          TEXT   NOT NULL PRIMARY KEY,
    seq         BIGINT NOT NULL,
    period      TEXT   NOT NULL,
    edition     BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn')),
    content     TEXT   NOT NULL,
    log_seq     BIGINT NOT NULL,
    reason      TEXT   NOT NULL,
    proposed_by TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    note        TEXT   NOT NULL,
    decided_by  TEXT   NOT NULL,
    decided_at  BIGINT NOT NULL
);
CREATE INDEX publication_of ON publication (period, seq);

CREATE TABLE seal (
    number      BIGINT NOT NULL PRIMARY KEY,
    period      TEXT   NOT NULL,
    edition     BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    log_seq     BIGINT NOT NULL,
    sealed_at   BIGINT NOT NULL,
    publication TEXT   NOT NULL,
    UNIQUE (period, edition)
);
CREATE TABLE seal_piece (
    number  BIGINT NOT NULL REFERENCES seal (number),
    piece   BIGINT NOT NULL,
    content TEXT   NOT NULL,
    PRIMARY KEY (number, piece)
);
