-- A period is scored by the edition it was closed with, whatever is issued later; 0 for one that is not closed.

-- +goose Up

ALTER TABLE cycle ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
