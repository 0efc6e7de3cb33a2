package register

import (
	"context"
	"slices"

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
// remarks, and what the definition leaves to them, such as a consent. The rest follows from what the program did, such as a refund, and is not changed beside it.
func ByHand(f assess.Field) bool { return f.Personal || f.Type == "text" || f.ByHand }

// begun says whether the program began a record; one that is new has no ID, and is begun by whoever writes it.
func (b *Book) begun(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	versions, err := b.Store.RecordVersions(ctx, id)
	return len(versions) > 0 && versions[0].Role == Program, err
}

// beside finds the columns of a record of the program that somebody wants to change by hand.
func (s *sitting) beside(old, values map[string]string) (found []Finding) {
	for _, f := range s.table.Fields {
		if !ByHand(f) && old[f.Name] != values[f.Name] {
			found = append(found, Finding{Level: Error, Column: f.Name, Problem: programs()})
		}
	}
	return found
}

// brought answers the findings that a change brings with it, and the warnings: what the program itself left open is no fault of who writes.
func brought(before, after []Finding) []Finding {
	same := func(a, b Finding) bool {
		return a.Column == b.Column && a.Rule == b.Rule && (a.Problem == nil) == (b.Problem == nil) && (a.Problem == nil || a.Problem.Key == b.Problem.Key)
	}
	return slices.DeleteFunc(after, func(f Finding) bool {
		return f.Level == Error && slices.ContainsFunc(before, func(old Finding) bool { return same(old, f) })
	})
}

// Whole answers all columns of a record as they are, for the part of the program that keeps it.
func (b *Book) Whole(r *assess.Record) (map[string]string, error) { return b.whole(r) }

func programs() *assess.Problem {
	return assess.Conflict("problem.record_program", "the program keeps this record by what it does, such as refunds; decide where it is done, and change only personal columns and remarks here")
}

// NewID answers an ID for a record that the program keeps.
func NewID() (string, error) { return newID() }
