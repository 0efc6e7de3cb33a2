package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
)

// List writes a table as people exchange it: a head, rows of text, as CSV with a byte-order mark, so that spreadsheets read it, and with
// nothing in it that they would run as a formula.
func List(w io.Writer, head []string, rows [][]string) error {
	return Stream(w, head, func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	})
}

// Stream is List for rows that come one by one.
func Stream(w io.Writer, head []string, rows iter.Seq2[[]string, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	out := csv.NewWriter(w)
	put := func(row []string) error {
		cells := slices.Clone(row)
		harmless(cells)
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("write a list: %w", err)
		}
		return nil
	}
	if err := put(head); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := put(row); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	return nil
}
