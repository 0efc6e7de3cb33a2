-- The entries of a submission are one text: they are written once and read together. JSON, in their order; the file, unit and period that
-- are left out are those of the entry before, any other word that is left out is none.

-- +goose Up

ALTER TABLE submission ADD COLUMN entries TEXT NOT NULL DEFAULT '[]';
UPDATE submission SET entries = COALESCE((
    SELECT CAST(json_agg(json_strip_nulls(json_build_object('file', place_file, 'unit', unit, 'period', period_text,
            'line', NULLIF(place_line, 0), 'column', NULLIF(place_column, 0), 'field', NULLIF(place_field, ''), 'code', NULLIF(code, ''),
            'value', NULLIF(value, ''), 'state', NULLIF(state, ''), 'note', NULLIF(note, ''), 'part', NULLIF(part, ''), 'ref', NULLIF(ref, ''),
            'entered_by', NULLIF(entered_by, ''))) ORDER BY number) AS TEXT)
    FROM entry WHERE entry.submission = submission.id), '[]');
DROP TABLE entry;
