package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// storedEntry is an entry in the text of its submission. File, unit and period are those of the entry before where they are left out,
// since a million rows of a file seldom change them.
type storedEntry struct {
	File      *string `json:"file,omitempty"`
	Unit      *string `json:"unit,omitempty"`
	Period    *string `json:"period,omitempty"`
	Line      int     `json:"line,omitempty"`
	Column    int     `json:"column,omitempty"`
	Field     string  `json:"field,omitempty"`
	Code      string  `json:"code,omitempty"`
	Value     string  `json:"value,omitempty"`
	State     string  `json:"state,omitempty"`
	Note      string  `json:"note,omitempty"`
	Part      string  `json:"part,omitempty"`
	Ref       string  `json:"ref,omitempty"`
	EnteredBy string  `json:"entered_by,omitempty"`
}

// writeEntries writes entries as one text. One that holds what is no text is a Problem, since JSON would hide it.
func writeEntries(entries []assess.Entry) (string, error) {
	stored := make([]storedEntry, len(entries))
	var before assess.Entry
	for i := range entries {
		e := &entries[i]
		s := &stored[i]
		*s = storedEntry{
			Line: e.Place.Line, Column: e.Place.Column, Field: e.Place.Field, Code: string(e.Code), Value: e.Value, State: e.State, Note: e.Note,
			Part: e.Part, Ref: e.Ref, EnteredBy: e.EnteredBy,
		}
		if e.Place.File != before.Place.File {
			s.File = &e.Place.File
		}
		if e.Unit != before.Unit {
			s.Unit = (*string)(&e.Unit)
		}
		if e.PeriodText != before.PeriodText {
			s.Period = &e.PeriodText
		}
		for _, text := range [...]string{e.Place.File, e.Place.Field, string(e.Unit), e.PeriodText, s.Code, s.Value, s.State, s.Note, s.Part, s.Ref, s.EnteredBy} {
			if err := checkSound(text); err != nil {
				return "", err
			}
		}
		before = *e
	}
	var text bytes.Buffer
	writer := json.NewEncoder(&text)
	writer.SetEscapeHTML(false)
	if err := writer.Encode(stored); err != nil {
		return "", fmt.Errorf("write entries: %w", err)
	}
	return string(bytes.TrimSpace(text.Bytes())), nil
}

// readEntries reads what writeEntries has written.
func readEntries(text string) ([]assess.Entry, error) {
	var stored []storedEntry
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("%w: read entries: %w", errDamaged, err)
	}
	var entries []assess.Entry
	var now assess.Entry // what goes on from entry to entry
	for _, s := range stored {
		if s.File != nil {
			now.Place.File = *s.File
		}
		if s.Unit != nil {
			now.Unit = assess.UnitCode(*s.Unit)
		}
		if s.Period != nil {
			now.PeriodText = *s.Period
		}
		entries = append(entries, assess.Entry{
			Place: assess.Place{File: now.Place.File, Line: s.Line, Column: s.Column, Field: s.Field},
			Unit:  now.Unit, PeriodText: now.PeriodText, Code: assess.Code(s.Code), Value: s.Value, State: s.State, Note: s.Note,
			Part: s.Part, Ref: s.Ref, EnteredBy: s.EnteredBy,
		})
	}
	return entries, nil
}
