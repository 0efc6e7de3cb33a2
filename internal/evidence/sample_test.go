package evidence

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

// The samples are small, whole files of each kind, made here.

func samplePDF() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%sendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// picture is a field of colours of some size.
func picture(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y), 255})
		}
	}
	return p
}

func sampleJPEG(w, h int) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, picture(w, h), nil)
	return b.Bytes()
}

func samplePNG(w, h int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, picture(w, h))
	return b.Bytes()
}

func sampleGIF() []byte {
	var b bytes.Buffer
	_ = gif.Encode(&b, picture(8, 8), nil)
	return b.Bytes()
}

// part is a file in an archive.
type part struct{ name, content string }

func archive(parts ...part) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, _ := w.Create(p.name)
		_, _ = io.WriteString(f, p.content)
	}
	_ = w.Close()
	return b.Bytes()
}

const (
	wordMain  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	excelMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)

func typesOf(main string) part {
	return part{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/x.xml" ContentType="` + main + `"/></Types>`}
}

func sampleDOCX(more ...part) []byte {
	return archive(append([]part{typesOf(wordMain), {"_rels/.rels", "<r/>"}, {"word/document.xml", "<w>" + strings.Repeat("名册", 500) + "</w>"}}, more...)...)
}

func sampleXLSX(more ...part) []byte {
	return archive(append([]part{typesOf(excelMain), {"_rels/.rels", "<r/>"}, {"xl/workbook.xml", "<w>" + strings.Repeat("名册", 500) + "</w>"}}, more...)...)
}

// samples are the kinds and a good file of each.
func samples() map[string][]byte {
	return map[string][]byte{
		"pdf": samplePDF(), "jpg": sampleJPEG(40, 30), "png": samplePNG(40, 30), "docx": sampleDOCX(), "xlsx": sampleXLSX(),
		"zip": archive(part{"a.pdf", string(samplePDF())}, part{"照片/b.jpg", string(sampleJPEG(20, 20))}),
	}
}

// chunk is a part of a PNG.
func chunk(kind, data string) string {
	n := len(data)
	body := kind + data
	sum := crc32.ChecksumIEEE([]byte(body))
	return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + body +
		string([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

// bodyOf is a file that arrived under a kind.
func bodyOf(t testing.TB, kind string, content []byte) *body {
	t.Helper()
	k, ok := KindOf(kind)
	if !ok {
		t.Fatalf("no kind %q", kind)
	}
	return &body{ReaderAt: bytes.NewReader(content), size: int64(len(content)), kind: k, allowed: Known()}
}
