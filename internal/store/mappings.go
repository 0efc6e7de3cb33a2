package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	selectMappingNumber = `SELECT COALESCE(MAX(revision), 0) FROM source_mapping WHERE source = $1`
	insertSourceMapping = `INSERT INTO source_mapping (source, revision, content, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)`
	selectSourceMapping = `SELECT source, revision, content, reason, made_by, made_at FROM source_mapping WHERE source = $1
	ORDER BY revision DESC LIMIT 1`
	selectSourceMappings = `SELECT source, revision, content, reason, made_by, made_at FROM source_mapping WHERE source = $1 ORDER BY revision`
)

// PutSourceMapping keeps a new revision of how a source is read. Its Number must follow the last one: else somebody has changed the
// mapping in the meantime, which is ErrConflict.
func (s *Store) PutSourceMapping(ctx context.Context, m assess.MappingRevision, line assess.AuditLine) error {
	return s.aside(ctx, "change a mapping", func(t tx) ([]assess.AuditLine, error) {
		var last int
		if err := t.row(selectMappingNumber, string(m.Source)).Scan(&last); err != nil {
			return nil, err
		}
		if m.Number != last+1 {
			return nil, assess.Conflict("problem.mapping_changed",
				fmt.Sprintf("the mapping of %s was changed in the meantime; look at it anew and change what is still to be changed", m.Source), "source", string(m.Source))
		}
		_, err := t.exec(insertSourceMapping, string(m.Source), m.Number, m.Text, m.Reason, m.By, millis(m.At))
		return []assess.AuditLine{line}, err
	})
}

func scanSourceMapping(row scanner) (m assess.MappingRevision, err error) {
	var at int64
	err = row.Scan(&m.Source, &m.Number, &m.Text, &m.Reason, &m.By, &at)
	m.At = moment(at)
	return m, err
}

// SourceMapping answers how a source is read; Number 0 for one whose mapping was never changed.
func (s *Store) SourceMapping(ctx context.Context, name assess.Code) (assess.MappingRevision, error) {
	m, err := scanSourceMapping(s.reader.QueryRowContext(ctx, selectSourceMapping, string(name)))
	if errors.Is(err, sql.ErrNoRows) {
		return assess.MappingRevision{Source: name}, nil
	}
	return m, s.explain("read a mapping", err)
}

// SourceMappings answers all revisions of how a source was read, oldest first.
func (s *Store) SourceMappings(ctx context.Context, name assess.Code) ([]assess.MappingRevision, error) {
	all, err := list(ctx, s.reader, scanSourceMapping, selectSourceMappings, string(name))
	return all, s.explain("read the revisions of a mapping", err)
}
