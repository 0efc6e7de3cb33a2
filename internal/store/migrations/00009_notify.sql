-- Reminders: who is reached how, what was told to whom, and how it went out.

-- +goose Up

-- How a person is reached beside the pages. muted: no mail is wanted.
CREATE TABLE contact (
    account TEXT   NOT NULL PRIMARY KEY REFERENCES account (id),
    email   TEXT   NOT NULL,
    muted   BIGINT NOT NULL CHECK (muted IN (0, 1))
);

-- Who is called when the report of a unit is late.
CREATE TABLE phone (
    unit     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    digits   TEXT   NOT NULL,
    PRIMARY KEY (unit, position)
);

-- What was told to one account or group at one time.
CREATE TABLE message (
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL,
    group_name TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    CHECK ((account = '') <> (group_name = ''))
);
CREATE INDEX message_account ON message (account, made_at);

-- The things a message tells. The key, of thing and person, is what makes each be told once.
CREATE TABLE notice (
    notice_key TEXT   NOT NULL PRIMARY KEY,
    message    TEXT   NOT NULL REFERENCES message (id),
    position   BIGINT NOT NULL,
    occasion   TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    due        BIGINT NOT NULL,
    late       BIGINT NOT NULL CHECK (late IN (0, 1)),
    amount     BIGINT NOT NULL
);
CREATE INDEX notice_message ON notice (message, position);
CREATE INDEX notice_period ON notice (period, unit);

-- A message on its way out by one channel, written with the message. Who takes it to hand it over says so first, so that no two
-- do and none is handed over again after a crash.
CREATE TABLE dispatch (
    message      TEXT   NOT NULL REFERENCES message (id),
    channel      TEXT   NOT NULL,
    address      TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unknown')),
    tried        BIGINT NOT NULL,
    next_at      BIGINT NOT NULL,
    taken_at     BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    message_key  TEXT   NOT NULL,
    message_args TEXT   NOT NULL,
    problem      TEXT   NOT NULL,
    PRIMARY KEY (message, channel)
);
CREATE INDEX dispatch_due ON dispatch (state, next_at);
