-- What accounts are protected by, and the keys that open one thing without a session: links and tokens.

-- +goose Up

ALTER TABLE account ADD COLUMN department TEXT NOT NULL DEFAULT '';
-- The one of admin, security_admin and auditor that the account has ever held.
ALTER TABLE account ADD COLUMN office TEXT NOT NULL DEFAULT '';
-- Earlier hashes, newest first, with spaces between them.
ALTER TABLE account ADD COLUMN past_hashes TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN password_set BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN opened_at BIGINT NOT NULL DEFAULT 0;
-- The second factor: what its codes are made of, base32, and the time step of the last one used.
ALTER TABLE account ADD COLUMN code_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN code_step BIGINT NOT NULL DEFAULT 0;
UPDATE account SET office = role WHERE role IN ('admin', 'auditor');
UPDATE account SET password_set = created_at, opened_at = created_at;

-- Attempts to sign in by network address; times are those of the last minute, separated by commas.
CREATE TABLE attempt (
    network TEXT   NOT NULL PRIMARY KEY,
    times   TEXT   NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX attempt_last ON attempt (last_at);

-- Links that open one thing without signing in, such as a calendar. hash is that of what stands in the address.
CREATE TABLE link (
    id         TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    kind       TEXT   NOT NULL,
    account    TEXT   NOT NULL REFERENCES account (id),
    unit       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE INDEX link_account ON link (account);

-- Tokens by which programs of a unit hand in figures. account is who answers for it, '' for the unit itself; scopes and addresses
-- are lists with spaces between.
CREATE TABLE token (
    id         TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    addresses  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE INDEX token_unit ON token (unit);

-- What became of requests of programs, so that one repeated after a lost answer counts once.
CREATE TABLE receipt (
    token       TEXT   NOT NULL,
    request     TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    status      BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (token, request)
);
CREATE INDEX receipt_received ON receipt (received_at);

-- What was done to an account is read by its name.
CREATE INDEX audit_object ON audit (object, seq);
