package paper

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/signintech/gopdf"
)

// face is WenQuanYi Micro Hei, packed; .ci/make-font makes it, font/SHA256SUMS holds it.
//
//go:embed font/wqy-microhei.ttf.gz
var face []byte

// faceName is what the typeface is called inside a document.
const faceName = "WenQuanYiMicroHei"

// Press sets documents. It may be used by many at once; unpacking the typeface makes it worth keeping.
type Press struct{ faces *gopdf.FontContainer }

// NewPress unpacks the typeface.
func NewPress() (*Press, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(face))
	if err != nil {
		return nil, fmt.Errorf("typeface: %w", err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("typeface: %w", err)
	}
	p := &Press{faces: &gopdf.FontContainer{}}
	if err := p.faces.AddTTFFontData(faceName, data); err != nil {
		return nil, fmt.Errorf("typeface: %w", err)
	}
	return p, nil
}

// Print is what a document has become.
type Print struct {
	Pages int
	// Lost are the characters that the typeface does not have, in the order of Unicode; a box stands for each of them.
	Lost []rune
}

// About is what a document says of itself outside of its pages.
type About struct {
	Title, Author string
	Made          time.Time // also printed on the pages, in its own zone
}

// sheets begins a document.
func (p *Press) sheets(about About) *sheets {
	s := &sheets{pdf: &gopdf.GoPdf{}, known: map[rune]bool{}}
	s.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	s.pdf.SetInfo(gopdf.PdfInfo{Title: about.Title, Author: about.Author, Creator: "unionboard", CreationDate: about.Made})
	s.fail(s.pdf.AddTTFFontFromFontContainer(faceName, p.faces))
	s.pdf.AddPage()
	s.pages = 1
	return s
}

// write stamps every page and writes the document.
func (s *sheets) write(w io.Writer, stamp func(page int)) (Print, error) {
	for page := 1; page <= s.pages; page++ {
		s.fail(s.pdf.SetPage(page))
		stamp(page)
	}
	if s.err == nil {
		_, err := s.pdf.WriteTo(w)
		s.fail(err)
	}
	if s.err != nil {
		return Print{}, fmt.Errorf("set a document: %w", s.err)
	}
	slices.Sort(s.lost)
	return Print{Pages: s.pages, Lost: s.lost}, nil
}
