package web_test

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// galleryMappings keeps the revisions of one mapping in memory.
type galleryMappings struct{ all []assess.MappingRevision }

func (m *galleryMappings) SourceMapping(_ context.Context, name assess.Code) (assess.MappingRevision, error) {
	if n := len(m.all); n > 0 {
		return m.all[n-1], nil
	}
	return assess.MappingRevision{Source: name}, nil
}

func (m *galleryMappings) SourceMappings(context.Context, assess.Code) ([]assess.MappingRevision, error) {
	return m.all, nil
}

func (m *galleryMappings) PutSourceMapping(_ context.Context, r assess.MappingRevision, _ assess.AuditLine) error {
	if r.Number != len(m.all)+1 {
		return assess.Conflict("problem.mapping_changed", "the mapping was changed in the meantime", "source", string(r.Source))
	}
	m.all = append(m.all, r)
	return nil
}

func noTrial(context.Context, assess.Code, source.Piece, *source.Mapping, time.Time) (collect.Trial, error) {
	return collect.Trial{}, nil
}
