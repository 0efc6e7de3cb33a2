package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"time"
	"unicode/utf16"

	"github.com/unionboard/unionboard/internal/assess"
)

// Proof is a file of evidence that a district hands in with figures of its report. It says in its own words that it is made up.
type Proof struct {
	At      time.Time
	Unit    assess.UnitCode
	Period  assess.Period
	Items   []assess.Code // the figures it proves
	Name    string
	Body    []byte
	Privacy assess.Privacy
	By      string // name of an account
}

// Proofs answers the evidence of the last quarter, oldest first: files of the district whose people have accounts, added before
// it handed in. One of them proves two figures.
func (c *City) Proofs() []Proof {
	unit, p := heping, c.last()
	_, handed, ok := c.handIn(unit, p)
	if !ok {
		return nil
	}
	name := c.nameOfUnit(unit)
	var proofs []Proof
	for i, of := range []struct {
		title string
		kind  string
		items []assess.Code
	}{
		{"职工技能提升盖章名册", "pdf", codes("skill_upgrade_ytd", "skill_upgrade_high_ytd")},
		{"法律援助案件清单（脱敏）", "pdf", codes("legal_aid_closed_ytd")},
		{"送温暖支付凭证汇总表", "pdf", codes("warmth_fund_ytd")},
		{"职工书屋命名文件盖章页", "png", codes("bookhouses")},
	} {
		proof := Proof{
			At: handed.Add(time.Duration(i-5) * 10 * time.Minute), Unit: unit, Period: p, Items: of.items, Privacy: assess.Masked, By: nameOf(assess.DistrictReporter),
			Name: fmt.Sprintf("演示_%s_%s_%s.%s", of.title, name, p, of.kind), Body: sheetPNG(uint8(i)),
		}
		if of.kind == "pdf" {
			proof.Body = sheetPDF(of.title, name+" "+p.String(), label)
		}
		proofs = append(proofs, proof)
	}
	return proofs
}

func (c *City) nameOfUnit(code assess.UnitCode) string {
	if u, ok := c.model.edition.Roster.Unit(code); ok {
		return u.Name.ZH
	}
	return string(code)
}

// sheetPDF makes a page with some lines of text. The font is one of those that readers of Chinese PDF have (Adobe-GB1), so that none
// has to be shipped.
func sheetPDF(lines ...string) []byte {
	var text bytes.Buffer
	for i, line := range lines {
		fmt.Fprintf(&text, "BT /F1 %d Tf 60 %d Td <%X> Tj ET\n", 18-4*min(i, 1), 760-40*i, utf16BE(line))
	}
	fmt.Fprintf(&text, "0.6 G 60 640 475 -480 re S\n")
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%sendstream", text.Len(), text.String()),
		"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1 95 500]/FontDescriptor 7 0 R>>",
		"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func utf16BE(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

// sheetPNG draws a sheet of paper with lines for text and a ring where a stamp would be: nothing can be read in it.
func sheetPNG(seed uint8) []byte {
	const w, h = 600, 848
	p := image.NewGray(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = 250
	}
	for row := range 18 {
		long := 440 - (row*int(37+seed))%160
		for x := 80; x < 80+long; x++ {
			for y := range 6 {
				p.SetGray(x, 120+row*32+y, color.Gray{Y: 170})
			}
		}
	}
	for x := -80; x <= 80; x++ {
		for y := -80; y <= 80; y++ {
			if r := x*x + y*y; r >= 72*72 && r <= 80*80 {
				p.SetGray(440+x, 690+y, color.Gray{Y: 120})
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, p) // a buffer takes everything
	return b.Bytes()
}
