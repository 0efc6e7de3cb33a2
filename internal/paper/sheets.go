package paper

import (
	"slices"
	"strings"
	"unicode"

	"github.com/signintech/gopdf"
)

// The measures of A4 and of its margins, in points of 1/72 inch from the upper left corner.
const (
	paperWidth  = 595.28
	paperHeight = 841.89
	edge        = 42.0
	inside      = paperWidth - 2*edge // between the margins
)

// The sizes of type, in points: nothing smaller than 9 is printed.
const (
	small   = 9.0
	body    = 10.0
	head    = 12.0
	leading = 1.5 // of a line, as a multiple of the size
)

// ink is a colour.
type ink struct{ r, g, b uint8 }

// The inks are those of the pages: dark enough for text where text is set in them, and in grey told apart by shape and word.
func dark() ink   { return ink{31, 41, 51} }
func muted() ink  { return ink{62, 76, 89} }
func rule() ink   { return ink{188, 198, 208} }
func soft() ink   { return ink{238, 242, 246} }
func blue() ink   { return ink{31, 95, 168} }
func teal() ink   { return ink{11, 95, 88} }
func amber() ink  { return ink{138, 90, 0} }
func maroon() ink { return ink{122, 31, 12} }

// sheets are the pages of a document being set. The first error stays and makes all that follows do nothing.
type sheets struct {
	pdf   *gopdf.GoPdf
	pages int
	known map[rune]bool // whether the typeface has a character
	lost  []rune
	size  float64 // of the type that is set
	err   error
}

// box stands for a character that the typeface does not have.
const box = '□'

func (s *sheets) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *sheets) newPage() {
	s.pdf.AddPage()
	s.pages++
	s.size = 0
}

// has says whether the typeface has a character. Those beyond the first plane could be drawn but not found again in the file.
func (s *sheets) has(r rune) bool {
	known, asked := s.known[r]
	if !asked {
		s.face(small)
		found, err := s.pdf.IsCurrFontContainGlyph(r)
		s.fail(err)
		known = found && r <= 0xFFFF
		s.known[r] = known
	}
	return known
}

// clean puts a box for what cannot be printed and notes it; what takes no room is left out, and every blank is one.
func (s *sheets) clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u3000':
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		case s.has(r):
			return r
		}
		if !slices.Contains(s.lost, r) {
			s.lost = append(s.lost, r)
		}
		return box
	}, text)
}

// face chooses the size of type.
func (s *sheets) face(size float64) {
	if s.size != size && s.err == nil {
		s.fail(s.pdf.SetFont(faceName, "", size))
		s.size = size
	}
}

// width measures a line of clean text.
func (s *sheets) width(size float64, text string) float64 {
	if text == "" || s.err != nil {
		return 0
	}
	s.face(size)
	w, err := s.pdf.MeasureTextWidth(text)
	s.fail(err)
	return w
}

// text sets a line with its left end at x and its foot at y.
func (s *sheets) text(x, y, size float64, color ink, text string) {
	if text = s.clean(text); text == "" || s.err != nil {
		return
	}
	s.face(size)
	s.pdf.SetTextColor(color.r, color.g, color.b)
	s.pdf.SetXY(x, y)
	s.fail(s.pdf.Text(text))
}

// right sets a line with its right end at x, centre with its middle at x.
func (s *sheets) right(x, y, size float64, color ink, text string) {
	s.text(x-s.width(size, s.clean(text)), y, size, color, text)
}

func (s *sheets) centre(x, y, size float64, color ink, text string) {
	s.text(x-s.width(size, s.clean(text))/2, y, size, color, text)
}

// fit sets a line into a width: the first of the texts that has room, else the last of them cut, with an ellipsis.
func (s *sheets) fit(x, y, size, width float64, color ink, texts ...string) {
	text := ""
	for _, text = range texts {
		if text = s.clean(text); s.width(size, text) <= width {
			break
		}
	}
	s.text(x, y, size, color, s.cut(text, size, width))
}

// cut shortens a clean text to a width.
func (s *sheets) cut(text string, size, width float64) string {
	if s.width(size, text) <= width {
		return text
	}
	letters := []rune(text)
	for len(letters) > 0 && s.width(size, string(letters)+"…") > width {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimRight(string(letters), " ") + "…"
}

// paragraph sets text into lines from the top y and answers where it ends.
func (s *sheets) paragraph(x, y, width, size float64, color ink, text string) float64 {
	for _, line := range s.wrap(text, size, width) {
		s.text(x, y+size, size, color, line)
		y += size * leading
	}
	return y
}

func (s *sheets) stroke(color ink, width float64) {
	s.pdf.SetStrokeColor(color.r, color.g, color.b)
	s.pdf.SetLineWidth(width)
}

// line draws a straight line.
func (s *sheets) line(x1, y1, x2, y2, width float64, color ink) {
	s.stroke(color, width)
	s.pdf.Line(x1, y1, x2, y2)
}

// rect fills a rectangle.
func (s *sheets) rect(x, y, width, height float64, color ink) {
	s.pdf.SetFillColor(color.r, color.g, color.b)
	s.pdf.RectFromUpperLeftWithStyle(x, y, width, height, "F")
}

// frame draws the outline of a rectangle.
func (s *sheets) frame(x, y, width, height, line float64, color ink) {
	s.stroke(color, line)
	s.pdf.RectFromUpperLeftWithStyle(x, y, width, height, "D")
}

// shape fills a polygon given as x, y, x, y …
func (s *sheets) shape(color ink, xy ...float64) {
	s.pdf.SetFillColor(color.r, color.g, color.b)
	s.pdf.Polygon(outline(xy), "F")
}

func outline(xy []float64) (list []gopdf.Point) {
	for i := 0; i+1 < len(xy); i += 2 {
		list = append(list, gopdf.Point{X: xy[i], Y: xy[i+1]})
	}
	return list
}
