package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/unionboard/unionboard/internal/assess"
)

// key answers what a refusal says, "" for a file that is taken.
func key(err error) string {
	var p *assess.Problem
	switch {
	case err == nil:
		return ""
	case errors.As(err, &p):
		return strings.TrimPrefix(p.Key, "problem.evidence_")
	}
	return err.Error()
}

// Security checklist, row 40: a file is taken when its content is what its ending says, and for no other ending.
func TestContentAndEndingAgree(t *testing.T) {
	for content, bytes := range samples() {
		for _, kind := range Known() {
			got := key(bodyOf(t, kind, bytes).check())
			if (got == "") != (kind == content) {
				t.Errorf("%s called %s: %q", content, kind, got)
			}
		}
	}
}

// Row 40: what is two kinds at once, holds programs or is of no kind that is taken.
func TestRefusedContent(t *testing.T) {
	html := "<!DOCTYPE html><script>alert(1)</script>"
	pdf, jpg, png, zipped := string(samplePDF()), string(sampleJPEG(40, 30)), string(samplePNG(40, 30)), string(archive(part{"x.txt", "x"}))
	comment := func(text string) string { return "\xff\xfe\x00" + string(rune(len(text)+2)) + text }
	withComment := func(a []byte, text string) string {
		a = bytes.Clone(a)
		binary.LittleEndian.PutUint16(a[len(a)-2:], uint16(len(text)))
		return string(a) + text
	}
	encrypted := archive(part{"a.pdf", pdf})
	for i := bytes.Index(encrypted, []byte("PK\x01\x02")); i >= 0; i = -1 {
		encrypted[i+8] |= 1
	}
	for _, c := range []struct{ name, kind, content, want string }{
		{"a page called pdf", "pdf", html, "content"},
		{"a page called jpg", "jpg", html, "content"},
		{"a page called docx", "docx", html, "content"},
		{"SVG called png", "png", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "content"},
		{"a picture called jpg that is a GIF", "jpg", string(sampleGIF()), "content"},
		{"an old Word document", "docx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "content_unknown"},
		{"a program", "pdf", "MZ\x90\x00" + strings.Repeat("\x00", 200), "content"},
		{"a script", "pdf", "#!/bin/sh\nrm -rf /\n", "content"},
		{"nothing but the mark", "pdf", "%PDF-1.7", "damaged"},
		{"a page in the head of a PDF", "pdf", pdf[:9] + html + pdf[9:], "two_kinds"},
		{"a PDF behind a page", "pdf", html + pdf, "content_unknown"},
		{"a PDF behind some bytes", "pdf", "xx\n" + pdf, "content_unknown"},
		{"an archive behind a PDF", "pdf", pdf + zipped, "two_kinds"},
		{"the first part of a PDF made for the web", "pdf", "%PDF-1.5\n1 0 obj<<>>endobj\nxref\n0 1\ntrailer<<>>\nstartxref\n0\n%%EOF\n", "damaged"},
		{"a PDF of the future", "pdf", strings.Replace(pdf, "%PDF-1.4", "%PDF-9.4", 1), "content_unknown"},
		{"an archive behind a JPEG", "jpg", jpg + zipped, "two_kinds"},
		{"a page in a JPEG", "jpg", jpg[:2] + comment(html) + jpg[2:], "two_kinds"},
		{"a PDF in a JPEG", "jpg", jpg[:2] + comment("%PDF-1.4") + jpg[2:], "content"},
		{"what a camera wrote behind a JPEG", "jpg", jpg + "SEFT" + strings.Repeat("x", 100), ""},
		{"an archive behind a PNG", "png", png + zipped, "damaged"},
		{"a page in a PNG", "png", png[:33] + chunk("tEXt", "a\x00<script>x</script>") + png[33:], "two_kinds"},
		{"an archive in a PNG", "png", png[:len(png)-12] + chunk("zzZz", zipped) + png[len(png)-12:], "two_kinds"},
		{"a huge picture", "png", "\x89PNG\r\n\x1a\n" + chunk("IHDR", "\x00\x01\x00\x00\x00\x01\x00\x00\x08\x06\x00\x00\x00") + chunk("IEND", ""), "pixels"},
		{"macros of Word", "docx", string(sampleDOCX(part{"word/vbaProject.bin", "x"})), "macros"},
		{"macros declared", "docx", string(archive(typesOf(wordMain+`"/><Override PartName="/v" ContentType="application/vnd.ms-office.vbaProject`), part{"word/document.xml", "x"})), "macros"},
		{"macros declared for an ending that no part has", "docx", string(archive(typesOf(wordMain+`"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject`), part{"word/document.xml", "x"})), ""},
		{"macros declared for the ending of a part", "docx", string(archive(typesOf(wordMain+`"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject`), part{"word/document.xml", "x"}, part{"word/a.BIN", "x"})), "macros"},
		{"a document with macros by its kind", "docx", string(archive(typesOf("application/vnd.ms-word.document.macroEnabled.main+xml"), part{"word/document.xml", "x"})), "macros"},
		{"old macros of Excel", "xlsx", string(archive(typesOf(excelMain+`"/><Override PartName="/m" ContentType="application/vnd.ms-excel.macrosheet+xml`), part{"xl/workbook.xml", "x"})), "macros"},
		{"controls", "docx", string(archive(typesOf(wordMain+`"/><Override PartName="/a" ContentType="application/vnd.ms-office.activeX+xml`), part{"word/document.xml", "x"})), "macros"},
		{"a bare archive called docx", "docx", zipped, "content"},
		{"a table of parts that is none", "docx", string(archive(part{"[Content_Types].xml", "<Types>"}, part{"word/document.xml", "x"})), "damaged"},
		{"entities in the table of parts", "docx", string(archive(part{"[Content_Types].xml", `<!DOCTYPE x [<!ENTITY a "b">]>` + typesOf(wordMain).content[38:]}, part{"word/document.xml", "x"})), "content"},
		{"a way out", "docx", string(sampleDOCX(part{"../../evil.xml", "x"})), "inside"},
		{"an absolute way out", "zip", string(archive(part{"/etc/passwd.pdf", pdf})), "inside"},
		{"a way out for Windows", "zip", string(archive(part{`..\evil.pdf`, pdf})), "inside"},
		{"a drive", "zip", string(archive(part{"C:evil.pdf", pdf})), "inside"},
		{"a part twice", "docx", string(sampleDOCX(part{"word/document.xml", "x"})), "inside"},
		{"a part twice in other letters", "docx", string(sampleDOCX(part{"WORD/document.xml", "x"})), "inside"},
		{"something before a document", "docx", "#!/bin/sh\n" + string(sampleDOCX()), "content_unknown"},
		{"something between a document's parts", "docx", "PK\x03\x04" + html + string(sampleDOCX()), "damaged"},
		{"something behind a document", "docx", string(sampleDOCX()) + html, "damaged"},
		{"a remark behind a document", "docx", withComment(sampleDOCX(), html), "damaged"},
		{"an archive of programs", "zip", string(archive(part{"setup.exe", "MZ"})), "inside"},
		{"an archive of pages called pdf", "zip", string(archive(part{"a.pdf", html})), "inside"},
		{"an archive of archives", "zip", string(archive(part{"a.zip", zipped})), "inside"},
		{"an encrypted archive", "zip", string(encrypted), "damaged"},
	} {
		if got := key(bodyOf(t, c.kind, []byte(c.content)).check()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestArchivesAreBounded: many parts, much inside, a long table of contents, a size that is a lie.
func TestArchivesAreBounded(t *testing.T) {
	testkit.Sequential(t)
	var many []part
	for i := range partsMost + 1 {
		many = append(many, part{"word/" + strings.Repeat("p", i%50+1) + string(rune('一'+i)), ""})
	}
	var long []part
	for i := range 20 {
		long = append(long, part{string(rune('a'+i)) + strings.Repeat("x", 60_000), ""})
	}
	var bomb, lie bytes.Buffer
	w := zip.NewWriter(&bomb)
	for _, p := range []part{typesOf(wordMain), {"word/document.xml", ""}} {
		f, _ := w.Create(p.name)
		_, _ = io.WriteString(f, p.content)
		if p.content == "" {
			zeros := make([]byte, 1<<20)
			for range unpackedMost>>20 + 1 {
				_, _ = f.Write(zeros)
			}
		}
	}
	_ = w.Close()
	w = zip.NewWriter(&lie)
	for _, p := range []part{typesOf(wordMain), {"word/document.xml", strings.Repeat("x", 100_000)}} {
		f, _ := w.Create(p.name)
		_, _ = io.WriteString(f, p.content)
	}
	_ = w.Close()
	liar := lie.Bytes()
	at := bytes.LastIndex(liar, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(liar[at+24:], 10)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"many parts": {sampleDOCX(many...), "unpacked"}, "much inside": {bomb.Bytes(), "unpacked"}, "a lie about the size": {liar, "damaged"},
		"a long table": {sampleDOCX(long...), "unpacked"},
	} {
		if got := key(bodyOf(t, "docx", c.content).check()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Row 31 for attachments: a file that is cut off, wherever that is, never counts as a shorter file.
func TestCutFilesAreRefused(t *testing.T) {
	for kind, content := range samples() {
		whole := len(bytes.TrimRight(content, "\n")) // the last line break of a PDF may be lost
		for n := 1; n < whole; n++ {
			if got := key(bodyOf(t, kind, content[:n]).check()); got == "" {
				t.Errorf("%s, the first %d of %d bytes: taken", kind, n, len(content))
			}
		}
	}
}

// TestFlippedBytesAreSeen: a byte in the middle that is not what it was.
func TestFlippedBytesAreSeen(t *testing.T) {
	for _, kind := range []string{"png", "docx", "xlsx", "zip"} { // they carry check sums
		content := bytes.Clone(samples()[kind])
		at := bytes.Index(content, []byte("IDAT")) + 10
		if kind != "png" {
			at = bytes.LastIndex(content[:bytes.Index(content, []byte("PK\x01\x02"))], []byte("PK\x07\x08")) - 5
		}
		content[at] ^= 0x55
		if got := key(bodyOf(t, kind, content).check()); got != "damaged" {
			t.Errorf("%s with a flipped byte: %q", kind, got)
		}
	}
}

// FuzzContent: whatever arrives is answered with a problem or taken, never with a panic.
func FuzzContent(f *testing.F) {
	for kind, content := range samples() {
		f.Add(kind, content)
	}
	f.Fuzz(func(t *testing.T, kind string, content []byte) {
		k, ok := KindOf(kind)
		if !ok || len(content) == 0 {
			return
		}
		b := &body{ReaderAt: bytes.NewReader(content), size: int64(len(content)), kind: k, allowed: Known()}
		var p *assess.Problem
		if err := b.check(); err != nil && !errors.As(err, &p) {
			t.Errorf("%v is no problem for a person", err)
		}
		if b.seen != nil {
			if err := reduce(io.Discard, b.seen, b.orientation()); err != nil {
				t.Errorf("preview: %v", err)
			}
		}
	})
}
