package workbook

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// headsRows is how many rows of an empty table are made ready for what is typed into them.
const headsRows = 1000

// Heads writes an empty table with the heads of its columns. Its cells are texts, so that numbers of accounts keep their digits and codes their
// zeros.
func Heads(title string, heads []string) (data []byte, err error) {
	f := excelize.NewFile()
	defer f.Close()
	tab, err := (&bookWriter{stylist: stylist{file: f}, taken: map[string]bool{}}).newSheet(title)
	if err != nil {
		return nil, fmt.Errorf("empty table: %w", err)
	}
	text := "@"
	plain, err := f.NewStyle(&excelize.Style{CustomNumFmt: &text})
	if err != nil {
		return nil, fmt.Errorf("empty table: %w", err)
	}
	head, err := f.NewStyle(&excelize.Style{CustomNumFmt: &text, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return nil, fmt.Errorf("empty table: %w", err)
	}
	last, err := excelize.CoordinatesToCellName(len(heads), headsRows+1)
	if err != nil {
		return nil, fmt.Errorf("empty table: %w", err)
	}
	end, err := excelize.ColumnNumberToName(len(heads))
	if err != nil {
		return nil, fmt.Errorf("empty table: %w", err)
	}
	for _, do := range []func() error{
		func() error { return f.SetCellStyle(tab, "A2", last, plain) },
		func() error { return f.SetCellStyle(tab, "A1", end+"1", head) },
		func() error { return f.SetSheetRow(tab, "A1", &heads) },
		func() error { return f.SetColWidth(tab, "A", end, 18) },
		func() error {
			return f.SetPanes(tab, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
		},
	} {
		if err := do(); err != nil {
			return nil, fmt.Errorf("empty table: %w", err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("empty table: %w", err)
	}
	return b.Bytes(), nil
}
