-- Refunds of dues. A case is one payment ticket; its record in the register dues_refunds holds what people read, this table what was found and
-- decided of it. Bookings are added and never changed: of a ticket there is one refund and at most one counter-entry. Both sides' names,
-- telephones and accounts are sealed under a key outside of the database. Amounts are fen, score hundredths of a bit, weight fen times how
-- unsure a case is: what a queue is sorted by.

-- +goose Up

CREATE TABLE refund_delivery (
    number     BIGINT NOT NULL PRIMARY KEY,
    digest     TEXT   NOT NULL UNIQUE,
    tax_file   TEXT   NOT NULL,
    union_file TEXT   NOT NULL,
    tax_rows   BIGINT NOT NULL,
    unions     BIGINT NOT NULL,
    paid       BIGINT NOT NULL,
    report     TEXT   NOT NULL,
    done       BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    made_by    TEXT   NOT NULL
);

CREATE TABLE refund_row (
    delivery BIGINT NOT NULL REFERENCES refund_delivery (number),
    line     BIGINT NOT NULL,
    tax_id   TEXT   NOT NULL,
    ticket   TEXT   NOT NULL,
    outcome  TEXT   NOT NULL,
    fen      BIGINT NOT NULL,
    PRIMARY KEY (delivery, line)
);

CREATE TABLE refund_union (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    enterprise TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    district   TEXT   NOT NULL,
    payable    BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    sealed     TEXT   NOT NULL
);

CREATE TABLE refund_case (
    record   TEXT   NOT NULL PRIMARY KEY REFERENCES record (id),
    number   TEXT   NOT NULL UNIQUE,
    ticket   TEXT   NOT NULL UNIQUE,
    written  TEXT   NOT NULL,
    tax_id   TEXT   NOT NULL,
    union_id TEXT   NOT NULL,
    unit     TEXT   NOT NULL,
    district TEXT   NOT NULL,
    delivery BIGINT NOT NULL REFERENCES refund_delivery (number),
    in_year  TEXT   NOT NULL,
    paid     BIGINT NOT NULL,
    refund   BIGINT NOT NULL,
    status   TEXT   NOT NULL,
    why      TEXT   NOT NULL,
    rule     TEXT   NOT NULL,
    score    BIGINT NOT NULL,
    weight   BIGINT NOT NULL,
    policy   TEXT   NOT NULL,
    pay_to   TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    waits    TEXT   NOT NULL,
    sealed   TEXT   NOT NULL,
    changed  BIGINT NOT NULL,
    made_at  BIGINT NOT NULL
);
CREATE INDEX refund_case_of ON refund_case (unit, state);

CREATE TABLE refund_payer (
    payer   TEXT   NOT NULL,
    in_year TEXT   NOT NULL,
    record  TEXT   NOT NULL REFERENCES refund_case (record),
    PRIMARY KEY (payer, record)
);

CREATE TABLE refund_decision (
    record   TEXT   NOT NULL REFERENCES refund_case (record),
    number   BIGINT NOT NULL,
    answer   TEXT   NOT NULL,
    union_id TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    made_by  TEXT   NOT NULL,
    role     TEXT   NOT NULL,
    made_at  BIGINT NOT NULL,
    PRIMARY KEY (record, number)
);

CREATE TABLE refund_booking (
    number   BIGINT NOT NULL PRIMARY KEY,
    ticket   TEXT   NOT NULL REFERENCES refund_case (ticket),
    record   TEXT   NOT NULL,
    tax_id   TEXT   NOT NULL,
    union_id TEXT   NOT NULL,
    fen      BIGINT NOT NULL CHECK (fen > 0),
    kind     TEXT   NOT NULL CHECK (kind IN ('refund', 'reversal')),
    unit     TEXT   NOT NULL,
    made_at  BIGINT NOT NULL,
    made_by  TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    UNIQUE (ticket, kind)
);

CREATE TABLE refund_batch (
    number  BIGINT NOT NULL PRIMARY KEY,
    unit    TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    cases   BIGINT NOT NULL,
    fen     BIGINT NOT NULL,
    bank    TEXT   NOT NULL,
    made_by TEXT   NOT NULL,
    made_at BIGINT NOT NULL,
    sent_by TEXT   NOT NULL,
    sent_at BIGINT NOT NULL
);

CREATE TABLE refund_transfer (
    batch  BIGINT NOT NULL REFERENCES refund_batch (number),
    line   BIGINT NOT NULL,
    record TEXT   NOT NULL REFERENCES refund_case (record),
    unit   TEXT   NOT NULL,
    fen    BIGINT NOT NULL,
    pay_to TEXT   NOT NULL,
    state  TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    day    TEXT   NOT NULL,
    sealed TEXT   NOT NULL,
    PRIMARY KEY (batch, line)
);
CREATE INDEX refund_transfer_of ON refund_transfer (record);
