package demo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// sheet is a file that somebody drops: what a folder says anew at a time.
type sheet struct {
	folder
	when time.Time
}

// name is demo-<source>-<period>-<time>.csv: nobody takes it for an official return.
func (s sheet) name() string {
	return fmt.Sprintf("demo-%s-%s-%s.csv", s.source, s.period, s.when.In(zone()).Format("20060102-1504"))
}

// WriteDrop writes the sheets that districts and departments drop after one time and up to another into the folders of their
// sources under dir, which it makes. A zero after means from the beginning. It answers the files it wrote, in the order of
// time; a file appears whole or not at all.
func (c *City) WriteDrop(dir string, after, until time.Time) ([]string, error) {
	var files []string
	for _, s := range c.sheets(after, until) {
		var body bytes.Buffer
		if err := writeRows(&body, c.changes(s.folder, s.when)); err != nil {
			return files, fmt.Errorf("demonstration sheet %s: %w", s.name(), err)
		}
		file := filepath.Join(dir, string(s.source), s.name())
		if err := writeWhole(file, body.Bytes(), s.when); err != nil {
			return files, fmt.Errorf("demonstration sheet %s: %w", s.name(), err)
		}
		files = append(files, file)
	}
	return files, nil
}

// sheets answers what is dropped after one time and up to another.
func (c *City) sheets(after, until time.Time) []sheet {
	dropped := map[assess.Code]bool{}
	for _, p := range c.sources {
		dropped[p.Name] = p.Kind == "drop"
	}
	var sheets []sheet
	for _, at := range c.folders.order {
		if !dropped[at.source] {
			continue
		}
		for _, when := range c.folders.times(at) {
			if when.After(after) && !when.After(until) && len(c.changes(at, when)) > 0 {
				sheets = append(sheets, sheet{at, when})
			}
		}
	}
	slices.SortStableFunc(sheets, func(a, b sheet) int { return a.when.Compare(b.when) })
	return sheets
}

// writeWhole writes beside the file first, so that a collector never reads half of it, and dates it as the story does: a drop
// folder takes files that have lain there for a while, oldest first.
func writeWhole(file string, body []byte, when time.Time) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	part := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".part")
	if err := os.WriteFile(part, body, 0o644); err != nil {
		return err
	}
	if err := os.Chtimes(part, when, when); err != nil {
		return err
	}
	return os.Rename(part, file)
}
