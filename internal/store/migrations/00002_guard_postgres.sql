-- The guard of the two logs: their rows are added and never changed. Each function keeps the schema it was made in, so that nobody leads it elsewhere.

-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION observation_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'observations are never changed; a correction is a new row'; END IF;
    RAISE EXCEPTION 'observations are never deleted';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'the audit log is never changed'; END IF;
    RAISE EXCEPTION 'the audit log is never deleted';
END $$;
-- +goose StatementEnd

CREATE TRIGGER observation_no_update BEFORE UPDATE ON observation FOR EACH ROW EXECUTE FUNCTION observation_guard();
CREATE TRIGGER observation_no_delete BEFORE DELETE ON observation FOR EACH ROW EXECUTE FUNCTION observation_guard();
CREATE TRIGGER observation_no_truncate BEFORE TRUNCATE ON observation FOR EACH STATEMENT EXECUTE FUNCTION observation_guard();
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard();
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard();
