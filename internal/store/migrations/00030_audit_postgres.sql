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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'the audit log is never changed'; END IF;
    IF TG_OP = 'DELETE' AND OLD.seq <= COALESCE((SELECT seq FROM audit_start WHERE id = 1), 0) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit log is never deleted';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_start_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.seq >= OLD.seq AND NEW.id = 1 THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'the audit log never begins earlier again'; END IF;
    RAISE EXCEPTION 'the beginning of the audit log is never deleted';
END $$;
-- +goose StatementEnd

CREATE TRIGGER audit_start_no_return BEFORE UPDATE ON audit_start FOR EACH ROW EXECUTE FUNCTION audit_start_guard();
CREATE TRIGGER audit_start_no_delete BEFORE DELETE ON audit_start FOR EACH ROW EXECUTE FUNCTION audit_start_guard();
CREATE TRIGGER audit_start_no_truncate BEFORE TRUNCATE ON audit_start FOR EACH STATEMENT EXECUTE FUNCTION audit_start_guard();
