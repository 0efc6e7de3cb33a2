package collect

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// Mapping answers how what a source sends is read, nil for the promised forms, with the number of the revision, 0 for none.
func (g *Gate) Mapping(ctx context.Context, name assess.Code) (*source.Mapping, int, error) {
	if g.mappings == nil {
		return nil, 0, nil
	}
	revision, err := g.mappings.SourceMapping(ctx, name)
	if err != nil || revision.Text == "" {
		return nil, revision.Number, err
	}
	m, err := source.ParseMapping("mapping of "+string(name), []byte(revision.Text))
	if err != nil {
		return nil, revision.Number, fmt.Errorf("revision %d: %w", revision.Number, err)
	}
	return m, revision.Number, nil
}
