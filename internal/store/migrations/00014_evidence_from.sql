-- Whose people handed a file in: their unit, '' for the city. Its room is counted for them. What the city keeps about a district takes
-- none of the district's.

-- +goose Up

ALTER TABLE evidence ADD COLUMN from_unit TEXT NOT NULL DEFAULT '';
UPDATE evidence SET from_unit = unit WHERE used_for IN ('figure', 'appeal');
UPDATE evidence SET from_unit = COALESCE((SELECT account.unit FROM account WHERE account.name = evidence.added_by), '')
    WHERE used_for IN ('correction', 'task');
CREATE INDEX evidence_from ON evidence (from_unit);
