-- How what the sources send is read. Revisions are added and never changed: the last one of a source holds.

-- +goose Up

-- content is JSON, '' for the promised forms.
CREATE TABLE source_mapping (
    source   TEXT   NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    content  TEXT   NOT NULL,
    reason   TEXT   NOT NULL CHECK (reason <> ''),
    made_by  TEXT   NOT NULL,
    made_at  BIGINT NOT NULL,
    PRIMARY KEY (source, revision)
);
