package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"
)

// Bounds on what a packed file may hold. Nothing is unpacked onto the disk; it is read through once, to see that it is whole.
const (
	partsMost      = 2000
	unpackedMost   = 256 << 20 // bytes
	directoryMost  = 1 << 20   // bytes of the table of contents
	contentTypeMax = 1 << 20   // bytes of [Content_Types].xml
)

// The end of an archive, which must be the end of the file.
var endMark = []byte("PK\x05\x06")

const endBytes = 22 // without a comment

// unpack answers the parts of an archive that is one from its first byte to its last. The table of contents is bounded before it is
// read: it stands just before the end.
func (b *body) unpack() (*zip.Reader, error) {
	damaged := func(why string) error { return errDamaged(b.kind.Code, errors.New(why)) }
	head, err := b.section(0, 4)
	if err != nil {
		return nil, err
	}
	end, err := b.section(b.size-endBytes, endBytes)
	if err != nil {
		return nil, err
	}
	if len(end) < endBytes || !bytes.HasPrefix(end, endMark) {
		return nil, damaged("no end mark at the end")
	}
	size, at := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case string(head) != "PK\x03\x04" || at+size != b.size-endBytes:
		return nil, damaged("something stands before or between its parts")
	case size > directoryMost:
		return nil, errUnpacked()
	}
	archive, err := zip.NewReader(b, b.size)
	if err != nil {
		return nil, damaged(err.Error())
	}
	return archive, b.parts(archive)
}

// parts looks at the names and sizes of the parts.
func (b *body) parts(archive *zip.Reader) error {
	var unpacked uint64
	seen := map[string]bool{}
	for _, f := range archive.File {
		name := strings.ToLower(f.Name)
		switch {
		case seen[name] || !safeName(f.Name) || f.Mode()&^0o777 != 0 && !f.Mode().IsDir():
			return errInside(f.Name)
		case f.Flags&1 != 0:
			return errDamaged(b.kind.Code, errors.New("a part is encrypted"))
		}
		seen[name] = true
		unpacked += f.UncompressedSize64
		if len(seen) > partsMost || f.UncompressedSize64 > unpackedMost || unpacked > unpackedMost {
			return errUnpacked()
		}
	}
	return nil
}

// safeName says whether a part's name stays inside whatever it is unpacked into.
func safeName(name string) bool {
	clean := strings.TrimSuffix(name, "/")
	if clean == "" || clean == ".." || path.Clean(clean) != clean || path.IsAbs(clean) || strings.HasPrefix(clean, "../") || strings.ContainsAny(clean, `\:`) {
		return false
	}
	return strings.IndexFunc(clean, unicode.IsControl) < 0
}

// read reads a part to its end: a part whose checksum or length differs is damage.
func (b *body) read(f *zip.File, w io.Writer) error {
	r, err := f.Open()
	if err != nil {
		return errDamaged(b.kind.Code, err)
	}
	defer r.Close()
	if _, err := io.Copy(w, r); err != nil {
		return errDamaged(b.kind.Code, err)
	}
	return nil
}

// contentTypes is the table of a document's parts ([Content_Types].xml of ECMA-376, part 2).
type contentTypes struct {
	Defaults  []contentType `xml:"Default"`
	Overrides []contentType `xml:"Override"`
}

type contentType struct {
	Part   string `xml:"PartName,attr"`
	Ending string `xml:"Extension,attr"` // of a Default, without its dot
	Type   string `xml:"ContentType,attr"`
}

// checkDocument looks into a document of Word or Excel: it is of the kind its ending says, whole, and holds no macros.
func checkDocument(b *body) error {
	archive, err := b.unpack()
	if err != nil {
		return err
	}
	var table bytes.Buffer
	endings := map[string]bool{}
	for _, f := range archive.File {
		endings[strings.ToLower(strings.TrimPrefix(path.Ext(f.Name), "."))] = true
		var to io.Writer = io.Discard
		if f.Name == "[Content_Types].xml" {
			if f.UncompressedSize64 > contentTypeMax {
				return errUnpacked()
			}
			to = &table
		}
		if strings.Contains(strings.ToLower(f.Name), "vbaproject") {
			return errMacros()
		}
		if err := b.read(f, to); err != nil {
			return err
		}
	}
	return b.checkTypes(table.Bytes(), endings)
}

// checkTypes reads the table of parts. What it says of an ending that no part has is said of nothing: some programs declare ".bin" as
// macros in every document they write.
func (b *body) checkTypes(table []byte, endings map[string]bool) error {
	var types contentTypes
	if len(table) == 0 || bytes.Contains(table, []byte("<!")) {
		return errContent(b.kind.Code, "ZIP")
	}
	if err := xml.Unmarshal(table, &types); err != nil {
		return errDamaged(b.kind.Code, err)
	}
	main := false
	defaults := slices.DeleteFunc(types.Defaults, func(t contentType) bool { return !endings[strings.ToLower(t.Ending)] })
	for _, t := range append(defaults, types.Overrides...) {
		kind := strings.ToLower(t.Type)
		for _, mark := range []string{"macro", "vba", "activex", "ms-office.script"} {
			if strings.Contains(kind, mark) {
				return errMacros()
			}
		}
		main = main || kind == b.kind.Media+".main+xml"
	}
	if !main {
		return errContent(b.kind.Code, "ZIP")
	}
	return nil
}

// checkArchive looks into an archive: it holds files of the other kinds that are allowed, by name and by content, and nothing else.
func checkArchive(b *body) error {
	archive, err := b.unpack()
	if err != nil {
		return err
	}
	for _, f := range archive.File {
		if f.Mode().IsDir() {
			continue
		}
		kind, ok := kindNamed(f.Name, b.allowed)
		if !ok || kind.Code == b.kind.Code {
			return errInside(f.Name)
		}
		head := &firstBytes{}
		if err := b.read(f, head); err != nil {
			return err
		}
		found := mimetype.Detect(head.kept)
		packed := strings.HasPrefix(kind.Media, "application/vnd.") && found.Is("application/zip")
		if !found.Is(kind.Media) && !packed {
			return errInside(f.Name)
		}
	}
	return nil
}

// firstBytes keeps the beginning of what is written, which says what kind of file it is.
type firstBytes struct{ kept []byte }

// Write keeps what there is room for.
func (w *firstBytes) Write(p []byte) (int, error) {
	const enough = 4 << 10
	w.kept = append(w.kept, p[:min(len(p), enough-len(w.kept))]...)
	return len(p), nil
}
