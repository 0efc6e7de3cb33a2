-- Files that are made in the background: who asked for what, how far it has come, why it failed. The files themselves lie beside the database.

-- +goose Up

CREATE TABLE export_job (
    id           TEXT   NOT NULL PRIMARY KEY,
    seq          BIGINT NOT NULL,
    owner        TEXT   NOT NULL,
    plan         TEXT   NOT NULL,
    slot         BIGINT NOT NULL,
    wanted       TEXT   NOT NULL,
    file         TEXT   NOT NULL,
    edition      TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('queued', 'making', 'done', 'failed', 'cancelled')),
    rows_done    BIGINT NOT NULL,
    rows_total   BIGINT NOT NULL,
    size         BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    message_key  TEXT   NOT NULL,
    message_args TEXT   NOT NULL,
    problem      TEXT   NOT NULL,
    asked_at     BIGINT NOT NULL,
    started_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX export_job_owner ON export_job (owner, seq);
CREATE INDEX export_job_state ON export_job (state, seq);
