package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// List writes a table as people exchange it: a head, rows of text, as CSV with a byte-order mark, so that spreadsheets read it, and with
// nothing in it that they would run as a formula.
func List(w io.Writer, head []string, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	out := csv.NewWriter(w)
	for _, row := range append([][]string{head}, rows...) {
		cells := slices.Clone(row)
		harmless(cells)
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("write a list: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	return nil
}
