package paper

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// The parts of a Word file that are the same in all letters: the styles by which the office edits them, the page number, and where
// everything is.
//
//go:embed word/*.xml
var wordParts embed.FS

// wordSpace is the namespace of WordprocessingML (ECMA-376, transitional).
const wordSpace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

// Word writes a letter as a Word file that is edited by its styles: headings, body, real tables, figures as text.
func (l *Letter) Word(w io.Writer) error {
	parts := []struct {
		name, from string
		content    any
	}{
		{"[Content_Types].xml", "word/content-types.xml", nil},
		{"_rels/.rels", "word/rels.xml", nil},
		{"docProps/core.xml", "", l.wordCore()},
		{"word/_rels/document.xml.rels", "word/document-rels.xml", nil},
		{"word/styles.xml", "word/styles.xml", nil},
		{"word/footer.xml", "word/footer.xml", nil},
		{"word/header.xml", "", wordHeader{W: wordSpace, Paragraph: styled("Header", l.Mark)}},
		{"word/document.xml", "", l.wordDocument()},
	}
	z := zip.NewWriter(w)
	for _, part := range parts {
		body, err := wordPart(part.from, part.content)
		if err != nil {
			return fmt.Errorf("word file, %s: %w", part.name, err)
		}
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: l.about.Made.UTC()})
		if err != nil {
			return fmt.Errorf("word file, %s: %w", part.name, err)
		}
		if _, err := f.Write(body); err != nil {
			return fmt.Errorf("word file, %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("word file: %w", err)
	}
	return nil
}

func wordPart(from string, content any) ([]byte, error) {
	if content == nil {
		return wordParts.ReadFile(from)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	err := xml.NewEncoder(&b).Encode(content)
	return b.Bytes(), err
}

// The elements of WordprocessingML that a letter needs, in the order the format asks for.
type (
	wordDocument struct {
		XMLName xml.Name `xml:"w:document"`
		W       string   `xml:"xmlns:w,attr"`
		R       string   `xml:"xmlns:r,attr"`
		Body    wordBody `xml:"w:body"`
	}
	wordBody struct {
		Blocks  []any
		Section wordSection `xml:"w:sectPr"`
	}
	wordHeader struct {
		XMLName   xml.Name `xml:"w:hdr"`
		W         string   `xml:"xmlns:w,attr"`
		Paragraph wordParagraph
	}
	wordSection struct {
		Header wordReference `xml:"w:headerReference"`
		Footer wordReference `xml:"w:footerReference"`
		Size   wordSize      `xml:"w:pgSz"`
		Margin wordMargin    `xml:"w:pgMar"`
	}
	wordReference struct {
		Type string `xml:"w:type,attr"`
		ID   string `xml:"r:id,attr"`
	}
	wordSize struct {
		W int `xml:"w:w,attr"`
		H int `xml:"w:h,attr"`
	}
	wordMargin struct {
		Top    int `xml:"w:top,attr"`
		Right  int `xml:"w:right,attr"`
		Bottom int `xml:"w:bottom,attr"`
		Left   int `xml:"w:left,attr"`
		Header int `xml:"w:header,attr"`
		Footer int `xml:"w:footer,attr"`
		Gutter int `xml:"w:gutter,attr"`
	}
	wordParagraph struct {
		XMLName xml.Name  `xml:"w:p"`
		Style   wordValue `xml:"w:pPr>w:pStyle"`
		Text    wordText  `xml:"w:r>w:t"`
	}
	wordValue struct {
		Value string `xml:"w:val,attr"`
	}
	wordText struct {
		Space string `xml:"xml:space,attr"`
		Text  string `xml:",chardata"`
	}
	wordTable struct {
		XMLName    xml.Name            `xml:"w:tbl"`
		Properties wordTableProperties `xml:"w:tblPr"`
		Columns    []wordColumn        `xml:"w:tblGrid>w:gridCol"`
		Rows       []wordRow           `xml:"w:tr"`
	}
	wordTableProperties struct {
		Style wordValue `xml:"w:tblStyle"`
		Width wordWidth `xml:"w:tblW"`
		Align wordValue `xml:"w:jc"`
	}
	wordWidth struct {
		W    int    `xml:"w:w,attr"`
		Type string `xml:"w:type,attr"`
	}
	wordColumn struct {
		W int `xml:"w:w,attr"`
	}
	wordRow struct {
		Whole *struct{}  `xml:"w:trPr>w:cantSplit"`
		Head  *struct{}  `xml:"w:trPr>w:tblHeader"`
		Cells []wordCell `xml:"w:tc"`
	}
	wordCell struct {
		Width     wordWidth `xml:"w:tcPr>w:tcW"`
		Paragraph wordParagraph
	}
	wordCore struct {
		XMLName xml.Name `xml:"cp:coreProperties"`
		CP      string   `xml:"xmlns:cp,attr"`
		DC      string   `xml:"xmlns:dc,attr"`
		Terms   string   `xml:"xmlns:dcterms,attr"`
		XSI     string   `xml:"xmlns:xsi,attr"`
		Title   string   `xml:"dc:title"`
		Creator string   `xml:"dc:creator"`
		Created wordTime `xml:"dcterms:created"`
	}
	wordTime struct {
		Type string `xml:"xsi:type,attr"`
		Time string `xml:",chardata"`
	}
)

func styled(style, text string) wordParagraph {
	return wordParagraph{Style: wordValue{style}, Text: wordText{"preserve", text}}
}

func (l *Letter) wordCore() wordCore {
	return wordCore{
		CP: "http://schemas.openxmlformats.org/package/2006/metadata/core-properties", DC: "http://purl.org/dc/elements/1.1/",
		Terms: "http://purl.org/dc/terms/", XSI: "http://www.w3.org/2001/XMLSchema-instance",
		Title: l.Title, Creator: l.From, Created: wordTime{"dcterms:W3CDTF", l.about.Made.UTC().Format(time.RFC3339)},
	}
}

// The measures of the page in twentieths of a point: A4 with the margins of an official letter.
const (
	wordPageWidth = 11906
	wordRoom      = wordPageWidth - 1588 - 1474
)

func (l *Letter) wordDocument() wordDocument {
	blocks := []any{styled("Title", l.Title), styled("Addressee", l.To)}
	blocks = append(blocks, wordBlocks(l.Blocks)...)
	for i, text := range l.Annexes {
		style := "AnnexMore"
		if i == 0 {
			style, text = "AnnexList", l.AnnexLabel+text
		}
		blocks = append(blocks, styled(style, text))
	}
	blocks = append(blocks, styled("BodyText", ""), styled("Signature", l.From), styled("Signature", l.Date))
	blocks = append(blocks, wordBlocks(l.Behind)...)
	return wordDocument{
		W: wordSpace, R: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
		Body: wordBody{Blocks: blocks, Section: wordSection{
			Header: wordReference{"default", "rId2"}, Footer: wordReference{"default", "rId3"},
			Size:   wordSize{wordPageWidth, 16838},
			Margin: wordMargin{Top: 2098, Right: 1474, Bottom: 1984, Left: 1588, Header: 1134, Footer: 1304},
		}},
	}
}

func wordBlocks(list []Block) (blocks []any) {
	styles := map[BlockKind]string{Heading1: "Heading1", Paragraph: "BodyText", Annex: "AnnexTitle", Tabular: "Caption"}
	for _, b := range list {
		blocks = append(blocks, styled(styles[b.Kind], b.Text))
		if b.Table != nil {
			blocks = append(blocks, b.Table.word(), styled("TableText", "")) // without a paragraph between them two tables are one
		}
	}
	return blocks
}

func (t *Table) word() wordTable {
	wide := t.shares(wordRoom)
	w := wordTable{Properties: wordTableProperties{wordValue{"TableGrid"}, wordWidth{wordRoom, "dxa"}, wordValue{"center"}}}
	for _, width := range wide {
		w.Columns = append(w.Columns, wordColumn{width})
	}
	row := func(texts []string, style func(column int) string) (cells []wordCell) {
		for c, text := range texts {
			cells = append(cells, wordCell{wordWidth{wide[c], "dxa"}, styled(style(c), text)})
		}
		return cells
	}
	w.Rows = append(w.Rows, wordRow{&struct{}{}, &struct{}{}, row(t.Heads, func(int) string { return "TableHead" })})
	for _, texts := range t.Rows {
		w.Rows = append(w.Rows, wordRow{&struct{}{}, nil, row(texts, func(c int) string {
			if t.Numeric[c] {
				return "TableNumber"
			}
			return "TableText"
		})})
	}
	return w
}

// shares shares out a width by what the columns hold at most, each text counted up to twelve characters.
func (t *Table) shares(width int) []int {
	const most = 24 // halves of a Chinese character
	need, total := make([]int, len(t.Heads)), 0
	for c := range need {
		need[c] = 4
		for _, row := range append([][]string{t.Heads}, t.Rows...) {
			need[c] = max(need[c], min(halves(row[c]), most))
		}
		need[c] += 2
		total += need[c]
	}
	for c := range need {
		need[c] = width * need[c] / max(total, 1)
	}
	return need
}

// halves measures a text in halves of a Chinese character.
func halves(text string) int {
	return utf8.RuneCountInString(text) + strings.Count(strings.Map(func(r rune) rune {
		if isHan(r) {
			return 'x'
		}
		return -1
	}, text), "x")
}
