-- A target may be changed in the year: each stands with the first quarter it holds in, empty for the whole of its period.

-- +goose Up

ALTER TABLE target ADD COLUMN valid_from TEXT NOT NULL DEFAULT '';
