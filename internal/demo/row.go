package demo

import (
	"encoding/csv"
	"io"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// row is a figure as it is written down at some time.
type row struct {
	assess.CellKey
	state assess.State
	value string
	note  string
}

// rows answers what a folder says at a time, and when it last changed. The first row carries the label.
func (c *City) rows(at folder, now time.Time) (rows []row, changed time.Time) {
	for _, f := range c.folders.figures[at] {
		for _, v := range f.versions {
			if !v.from.After(now) && v.from.After(changed) {
				changed = v.from
			}
		}
		if v, ok := f.at(now); ok {
			rows = append(rows, row{f.CellKey, v.state, v.value, v.note})
		}
	}
	return labelled(rows), changed
}

// changes answers what a folder says anew at exactly one of its times.
func (c *City) changes(at folder, when time.Time) (rows []row) {
	for _, f := range c.folders.figures[at] {
		for _, v := range f.versions {
			if v.from.Equal(when) && v.state != "" {
				rows = append(rows, row{f.CellKey, v.state, v.value, v.note})
			}
		}
	}
	return labelled(rows)
}

func labelled(rows []row) []row {
	if len(rows) == 0 {
		return rows
	}
	if rows[0].note != "" {
		rows[0].note += "；"
	}
	rows[0].note += label
	return rows
}

// writeRows writes the tidy columns.
func writeRows(w io.Writer, rows []row) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"unit", "period", "code", "value", "state", "note", "part", "ref"}); err != nil {
		return err
	}
	for _, r := range rows {
		if err := out.Write([]string{string(r.Unit), r.Period.String(), string(r.Item), r.value, string(r.state), r.note, r.Part, r.Ref}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
