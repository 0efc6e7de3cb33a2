-- Files that were handed in as evidence. The bytes lie in the folder "evidence"; a file comes first and its row second, so that no
-- row is ever without its file.

-- +goose Up

-- Files by their content: stored once, however often they are used.
CREATE TABLE evidence_file (
    hash       TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    preview    BIGINT NOT NULL CHECK (preview IN (0, 1)),
    scan       TEXT   NOT NULL CHECK (scan IN ('unscanned', 'clean', 'infected')),
    scanned_at BIGINT NOT NULL,
    added_at   BIGINT NOT NULL
);
CREATE INDEX evidence_file_scan ON evidence_file (scan, added_at);

-- What each file proves. A row is never deleted: taking evidence away is a mark.
CREATE TABLE evidence (
    id         TEXT   NOT NULL PRIMARY KEY,
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    used_for   TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    file       TEXT   NOT NULL REFERENCES evidence_file (hash),
    name       TEXT   NOT NULL,
    privacy    TEXT   NOT NULL,
    added_by   TEXT   NOT NULL,
    added_at   BIGINT NOT NULL,
    removed_by TEXT   NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE INDEX evidence_cell ON evidence (unit, period, used_for, object);
CREATE INDEX evidence_object ON evidence (used_for, object);
CREATE INDEX evidence_uses ON evidence (file);
