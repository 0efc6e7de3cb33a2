-- Lines of the audit log whose time is over are kept in a file and leave: audit_start is the mark of the last of them, from which the chain
-- begins. The guard lets nothing go that is after the mark, and the mark never goes back. setting holds the settings of the last start, so that
-- the next one can say what changed. cycle_step is what past days are shown by of the lines that left: how the collections moved on.

-- +goose Up

CREATE TABLE audit_start (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
INSERT INTO audit_start (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE cycle_step (
    seq         BIGINT NOT NULL PRIMARY KEY,
    happened_at BIGINT NOT NULL,
    object      TEXT   NOT NULL,
    action      TEXT   NOT NULL
);

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

DROP TRIGGER audit_no_delete;

-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.seq > COALESCE((SELECT seq FROM audit_start WHERE id = 1), 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is never deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_start_no_return BEFORE UPDATE ON audit_start WHEN NEW.seq < OLD.seq OR NEW.id <> 1
BEGIN SELECT RAISE(ABORT, 'the audit log never begins earlier again'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_start_no_delete BEFORE DELETE ON audit_start
BEGIN SELECT RAISE(ABORT, 'the beginning of the audit log is never deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_start_no_replace BEFORE INSERT ON audit_start WHEN EXISTS (SELECT 1 FROM audit_start)
BEGIN SELECT RAISE(ABORT, 'the audit log has one beginning'); END;
-- +goose StatementEnd
