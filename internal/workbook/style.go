package workbook

import "github.com/xuri/excelize/v2"

// Colours of the form. Red is the union's and appears once, in the rule below the title.
const (
	ink       = "1F2933"
	muted     = "52606D"
	lineGrey  = "B8C4D0"
	unionRed  = "B5121B"
	headFill  = "E8EEF5"
	bandFill  = "F2F5F9"
	inputFill = "FFFBE0"
	markFill  = "F9C9BC" // of a cell with an error, in a returned copy
	warnFill  = "FFE9A8"
	markInk   = "7A1F0C"
)

// Fonts of the form; programs without them take others of their kind.
const (
	textFont  = "宋体"
	headFont  = "黑体"
	titleFont = "方正小标宋简体"
)

// look is how a cell looks and whether it can be typed into.
type look struct {
	fill, font, color, align, vertical, format string
	size                                       float64
	indent                                     int
	bold, border, wrap, open, redBelow, below  bool
}

// stylist makes the looks of one file.
type stylist struct {
	file   *excelize.File
	styles map[look]int
}

// style answers the number of a look in the file.
func (w *stylist) style(l look) (int, error) {
	if id, known := w.styles[l]; known {
		return id, nil
	}
	s := &excelize.Style{
		Font:       &excelize.Font{Family: textFont, Size: 10, Color: ink, Bold: l.bold},
		Alignment:  &excelize.Alignment{Horizontal: l.align, Vertical: "center", WrapText: l.wrap, Indent: l.indent},
		Protection: &excelize.Protection{Locked: !l.open},
	}
	if l.font != "" {
		s.Font.Family = l.font
	}
	if l.size > 0 {
		s.Font.Size = l.size
	}
	if l.color != "" {
		s.Font.Color = l.color
	}
	if l.vertical != "" {
		s.Alignment.Vertical = l.vertical
	}
	if l.fill != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
	}
	if l.format != "" {
		s.CustomNumFmt = &l.format
	}
	if l.border {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: lineGrey, Style: 1})
		}
	}
	switch {
	case l.redBelow:
		s.Border = append(s.Border, excelize.Border{Type: "bottom", Color: unionRed, Style: 2})
	case l.below:
		s.Border = append(s.Border, excelize.Border{Type: "bottom", Color: muted, Style: 1})
	}
	id, err := w.file.NewStyle(s)
	if err == nil {
		w.styles[l] = id
	}
	return id, err
}
