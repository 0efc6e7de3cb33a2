-- The city's own desk: breakdowns of targets, drafts of the city's figures, what is proposed and confirmed, ballots.

-- +goose Up

-- Versions of how a yearly target is divided. A draft is saved in place, by the revision its editor saw; an issued one is never changed.
CREATE TABLE breakdown (
    year         BIGINT NOT NULL,
    code         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('draft', 'issued', 'discarded')),
    total        TEXT   NOT NULL,
    step         TEXT   NOT NULL,
    basis        TEXT   NOT NULL,
    basis_item   TEXT   NOT NULL,
    basis_period TEXT   NOT NULL,
    valid_from   TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    saved_by     TEXT   NOT NULL,
    saved_at     BIGINT NOT NULL,
    issued_by    TEXT   NOT NULL,
    issued_at    BIGINT NOT NULL,
    PRIMARY KEY (year, code, version)
);
CREATE TABLE breakdown_portion (
    year    BIGINT NOT NULL,
    code    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    unit    TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    weight  TEXT   NOT NULL,
    known   BIGINT NOT NULL CHECK (known IN (0, 1)),
    pinned  BIGINT NOT NULL CHECK (pinned IN (0, 1)),
    value   TEXT   NOT NULL,
    PRIMARY KEY (year, code, version, unit),
    FOREIGN KEY (year, code, version) REFERENCES breakdown (year, code, version)
);

-- What a department has typed and not handed in, a new revision with each save.
CREATE TABLE city_draft (
    unit     TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    item     TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    value    TEXT   NOT NULL,
    note     TEXT   NOT NULL,
    saved_by TEXT   NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (unit, period, item, revision)
);

-- What one person proposes and another confirms: where points are given or taken. Every step stays.
CREATE TABLE proposal (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    unit        TEXT   NOT NULL,
    period      TEXT   NOT NULL,
    item        TEXT   NOT NULL,
    part        TEXT   NOT NULL,
    ref         TEXT   NOT NULL,
    value       TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    evidence    TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposed_by TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL
);
CREATE INDEX proposal_of ON proposal (period, item, unit);
CREATE TABLE proposal_step (
    seq        BIGINT NOT NULL PRIMARY KEY,
    proposal   TEXT   NOT NULL REFERENCES proposal (id),
    action     TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    taken_by   TEXT   NOT NULL,
    taken_at   BIGINT NOT NULL,
    note       TEXT   NOT NULL
);
CREATE INDEX proposal_step_of ON proposal_step (proposal, seq);

-- Rating rounds with those who are asked, and their ballots: the last of a rater and unit holds. Nobody reads the ballots of others
-- before the round is closed.
CREATE TABLE rating_round (
    id        TEXT   NOT NULL PRIMARY KEY,
    year      BIGINT NOT NULL,
    indicator TEXT   NOT NULL,
    opened_by TEXT   NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_by TEXT   NOT NULL,
    closed_at BIGINT NOT NULL,
    UNIQUE (year, indicator)
);
CREATE TABLE rating_rater (
    round       TEXT NOT NULL REFERENCES rating_round (id),
    account     TEXT NOT NULL,
    rater_group TEXT NOT NULL,
    PRIMARY KEY (round, account)
);
CREATE TABLE ballot (
    seq     BIGINT NOT NULL PRIMARY KEY,
    round   TEXT   NOT NULL,
    account TEXT   NOT NULL,
    unit    TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    cast_at BIGINT NOT NULL,
    FOREIGN KEY (round, account) REFERENCES rating_rater (round, account)
);
CREATE INDEX ballot_of ON ballot (round, account, unit, seq);
