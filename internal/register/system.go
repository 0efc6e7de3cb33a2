package register

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

// Kept makes what is stored of a record that the program itself keeps, such as a refund: its personal columns sealed, its words for lists. The
// rules of the register refuse nothing here; they are asked when somebody edits the record.
func (b *Book) Kept(t *Table, r assess.Record, values map[string]string) (assess.RecordWrite, error) {
	return b.keep(t, r, values)
}

// Program is the role in which the program itself keeps records.
const Program assess.Role = "system"

// ByHand says whether people write a column of a record that the program began: what persons are called and where they are reached, and
// remarks. The rest follows from what the program did, such as a refund, and is not changed beside it.
func ByHand(f assess.Field) bool { return f.Personal || f.Type == "text" }

// begun says whether the program began a record.
func (b *Book) begun(ctx context.Context, id string) (bool, error) {
	versions, err := b.Store.RecordVersions(ctx, id)
	return len(versions) > 0 && versions[0].Role == Program, err
}

// beside finds the columns of a record of the program that somebody wants to change by hand.
func (s *sitting) beside(ctx context.Context, id string, old, values map[string]string) (found []Finding, err error) {
	own, err := s.begun(ctx, id)
	if err != nil || !own {
		return nil, err
	}
	for _, f := range s.table.Fields {
		if !ByHand(f) && old[f.Name] != values[f.Name] {
			found = append(found, Finding{Level: Error, Column: f.Name, Problem: programs()})
		}
	}
	return found, nil
}

func programs() *assess.Problem {
	return assess.Conflict("problem.record_program", "the program keeps this record by what it does, such as refunds; decide where it is done, and change only personal columns and remarks here")
}

// NewID answers an ID for a record that the program keeps.
func NewID() (string, error) { return newID() }
