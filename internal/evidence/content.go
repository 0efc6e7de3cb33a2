package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"strconv"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// body is a file that has arrived.
type body struct {
	io.ReaderAt
	size    int64
	kind    Kind
	allowed []string // the kinds that may stand in an archive
	// seen is the picture that check has read; nil where there is none, or none that is read here.
	seen image.Image
}

// section reads part of the file, less where it ends before.
func (b *body) section(from, n int64) ([]byte, error) {
	from = max(from, 0)
	n = max(min(n, b.size-from), 0)
	return io.ReadAll(io.NewSectionReader(b, from, n))
}

func (b *body) whole() *io.SectionReader { return io.NewSectionReader(b, 0, b.size) }

// check says whether a file is what its ending says, whole, and nothing else besides.
func (b *body) check() error {
	found, err := mimetype.DetectReader(b.whole())
	if err != nil {
		return err
	}
	// A document is an archive; whether it is a document of its kind is looked at from the inside.
	packed := b.kind.Code == "docx" || b.kind.Code == "xlsx"
	if !found.Is(b.kind.Media) && !(packed && found.Is("application/zip")) {
		return errContent(b.kind.Code, called(found))
	}
	return b.kind.check(b)
}

// called answers what people call a kind of file: HTML, DOC; "" where there is no such name.
func called(found *mimetype.MIME) string {
	return strings.ToUpper(strings.TrimPrefix(found.Extension(), "."))
}

// tail is how far from its end a reader of PDF looks for the end mark.
const tail = 1024

func checkPDF(b *body) error {
	head, err := b.section(0, 8)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(head, []byte("%PDF-1.")) && !bytes.HasPrefix(head, []byte("%PDF-2.")) {
		return errContent("pdf", "")
	}
	end, err := b.section(b.size-2*tail, 2*tail)
	if err != nil {
		return err
	}
	if mark := bytes.LastIndex(end, []byte("%%EOF")); mark < 0 || mark < len(end)-tail {
		return errDamaged("pdf", errors.New("no end mark"))
	}
	// The end of the first part of a file made for the web says 0: what follows was cut off.
	_, start, _ := bytes.Cut(end[max(bytes.LastIndex(end, []byte("startxref")), 0):], []byte("startxref"))
	digits, _, _ := bytes.Cut(bytes.TrimLeft(start, " \r\n"), []byte("%%EOF"))
	at, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 10, 64)
	if err != nil || at <= 0 || at >= b.size {
		return errDamaged("pdf", errors.New("no table of contents"))
	}
	return b.only()
}

// only refuses a file that a program of another kind would read as well: an archive at its end, a page or a document in its head.
func (b *body) only() error {
	head, err := b.section(0, 1024)
	if err != nil {
		return err
	}
	head = bytes.ToLower(head)
	for _, mark := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<svg", "<iframe", "<?php"} {
		if bytes.Contains(head, []byte(mark)) {
			return errTwoKinds(b.kind.Code, "HTML")
		}
	}
	if b.kind.Code != "pdf" && bytes.Contains(head, []byte("%pdf-")) {
		return errTwoKinds(b.kind.Code, "PDF")
	}
	end, err := b.section(b.size-endBytes-1<<16, endBytes+1<<16)
	if err != nil {
		return err
	}
	for i := bytes.LastIndex(end, endMark); i >= 0; i = bytes.LastIndex(end[:i], endMark) {
		if len(end)-i < endBytes {
			continue
		}
		size, at := binary.LittleEndian.Uint32(end[i+12:]), binary.LittleEndian.Uint32(end[i+16:])
		if int64(size)+int64(at) <= b.size-int64(len(end)-i) {
			return errTwoKinds(b.kind.Code, "ZIP")
		}
	}
	return nil
}
