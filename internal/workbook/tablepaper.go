package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/sheet"
)

// How wide paper is across, inside its margins, in digits of a column at full size (a digit is about 7 of 96 dots of
// an inch), with room to spare for programs whose digits are wider.
const (
	widthA4 = 128.0
	widthA3 = 184.0
)

// paper sets how a sheet is printed: across, the whole table one page wide; one with breaks each of its parts.
func (s *tableSheet) paper() error {
	var (
		landscape, paper, yes, no = "landscape", 9, true, false // 9 is A4, 8 is A3
		wide, high                = 1, 0
		side, top, edge           = 0.45, 0.5, 0.25 // inches
	)
	if s.t.Paper == export.A3 {
		paper = 8
	}
	layout := &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper}
	if s.page == len(s.t.Columns) {
		layout.FitToWidth, layout.FitToHeight = &wide, &high
		if err := s.file.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
			return err
		}
	} else {
		scale := s.scale()
		layout.AdjustTo = &scale
	}
	if err := s.file.SetPageLayout(s.name, layout); err != nil {
		return err
	}
	err := s.file.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge, Horizontally: &yes,
	})
	if err != nil {
		return err
	}
	if err := s.file.SetSheetView(s.name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	return s.file.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: "&R&9" + s.t.Word("book.foot.page")})
}

// scale answers the percentage at which the widest part of a table with breaks fits on its paper, with the columns that are repeated.
func (s *tableSheet) scale() uint {
	frozen, part, widest := 0.0, 0.0, 0.0
	for _, c := range s.t.Columns {
		switch {
		case c.Hidden:
			continue
		case c.Frozen:
			frozen += c.Width
			continue
		case c.Breaks:
			part = 0
		}
		part += c.Width
		widest = max(widest, part)
	}
	room := widthA4
	if s.t.Paper == export.A3 {
		room = widthA3
	}
	const least, most = 25, 100 // percent
	return uint(max(least, min(most, 100*room/(frozen+widest))))
}

// printed says which rows and columns are repeated on every page, and where pages break.
func (s *tableSheet) printed(last int) error {
	quoted := "'" + s.name + "'"
	repeated := fmt.Sprintf("%s!$%d:$%d", quoted, 3, s.heads)
	frozen := 0
	for i, c := range s.t.Columns {
		if c.Frozen && !c.Hidden {
			frozen = i + 1
		}
	}
	if s.page < len(s.t.Columns) && frozen > 0 {
		repeated = fmt.Sprintf("%s!$%s:$%s,%s", quoted, sheet.ColumnName(s.from), sheet.ColumnName(frozen), repeated)
		for i, c := range s.t.Columns {
			if !c.Breaks {
				continue
			}
			if err := s.file.InsertPageBreak(s.name, sheet.CellName(1, i+1)); err != nil {
				return err
			}
		}
	}
	area := fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted, sheet.ColumnName(s.from), titleRow, sheet.ColumnName(len(s.t.Columns)), last)
	if err := s.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: repeated, Scope: s.name}); err != nil {
		return err
	}
	return s.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: s.name})
}
