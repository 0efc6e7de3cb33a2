package register

import "github.com/unionboard/unionboard/internal/assess"

// Kept makes what is stored of a record that the program itself keeps, such as a refund: its personal columns sealed, its words for lists. The
// rules of the register refuse nothing here; they are asked when somebody edits the record.
func (b *Book) Kept(t *Table, r assess.Record, values map[string]string) (assess.RecordWrite, error) {
	return b.keep(t, r, values)
}

// NewID answers an ID for a record that the program keeps.
func NewID() (string, error) { return newID() }
