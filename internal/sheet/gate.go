package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// Limits of a workbook.
const (
	MostParts    = 200
	MostUnpacked = 64 << 20 // bytes of all parts
	MostRows     = 10_000   // of a sheet
	MostColumns  = 200      // of a sheet
	LongestCell  = 32 << 10 // bytes
	mostMerged   = 10_000   // areas of a sheet
)

// archive is a workbook under inspection.
type archive struct {
	file     string
	parts    map[string]*zip.File // by folded name: names of parts differ in more than case
	order    []string
	types    contentTypes
	read     map[string]bool
	unpacked int64
}

// Read checks a workbook and reads its cells. Errors are Problems of kind ErrInvalid that name the part or the cell; whatever is
// wrong, nothing of the file is answered.
func Read(file string, data []byte) (*Book, error) {
	a, err := openArchive(file, data)
	if err != nil {
		return nil, err
	}
	if err := a.readTypes(); err != nil {
		return nil, err
	}
	book, err := a.readBook()
	if err != nil {
		return nil, err
	}
	for _, name := range a.order {
		if a.read[name] {
			continue
		}
		if err := a.pass(name); err != nil {
			return nil, err
		}
	}
	book.Unpacked = a.unpacked
	return book, nil
}

func openArchive(file string, data []byte) (*archive, error) {
	if p := otherFormat(data); p != nil {
		return nil, p.At(assess.Place{File: file})
	}
	a := &archive{file: file, parts: map[string]*zip.File{}, read: map[string]bool{}}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || !endsWithDirectory(data) {
		return nil, a.damage("", err)
	}
	if len(z.File) > MostParts {
		return nil, assess.Invalid("problem.workbook_parts",
			fmt.Sprintf("the workbook has %d parts, more than %d; copy the table into a new workbook and hand that in", len(z.File), MostParts),
			"parts", strconv.Itoa(len(z.File)), "limit", strconv.Itoa(MostParts)).At(assess.Place{File: file})
	}
	var claimed uint64
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 && decent(strings.TrimSuffix(f.Name, "/")) {
			continue // a folder
		}
		name := strings.ToLower(f.Name)
		if !decent(f.Name) || f.Flags&1 != 0 || f.Mode()&^0o777 != 0 || f.Method != zip.Store && f.Method != zip.Deflate {
			return nil, a.badName(f.Name)
		}
		if a.parts[name] != nil {
			return nil, a.badName(f.Name)
		}
		if claimed += min(f.UncompressedSize64, MostUnpacked+1); claimed > MostUnpacked {
			return nil, a.tooLarge()
		}
		a.parts[name] = f
		a.order = append(a.order, name)
	}
	return a, nil
}

// otherFormat knows what people send instead of a workbook, and says what to do.
func otherFormat(data []byte) *assess.Problem {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		if bytes.HasPrefix(data[min(30, len(data)):], []byte("mimetypeapplication/vnd.oasis.opendocument")) {
			return assess.Invalid("problem.workbook_ods", "this is an OpenDocument file; save it as .xlsx and hand that in")
		}
		return nil
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return assess.Invalid("problem.workbook_old",
			"this is a workbook of the old kind (.xls), or one with a password; take the password away, save it as .xlsx and hand that in")
	}
	return assess.Invalid("problem.workbook_none", "this is no Excel workbook; save it as .xlsx and hand that in")
}

// endsWithDirectory says whether the archive's directory is the last thing in the file, where every program looks for it.
func endsWithDirectory(data []byte) bool {
	const size = 22
	i := bytes.LastIndex(data, []byte("PK\x05\x06"))
	return i >= 0 && len(data) >= i+size && i+size+int(binary.LittleEndian.Uint16(data[i+20:])) == len(data)
}

// decent says whether the name of a part leads nowhere but into the archive.
func decent(name string) bool {
	return name != "" && len(name) <= 250 && utf8.ValidString(name) && path.Clean(name) == name && name[0] != '/' && name != ".." &&
		!strings.HasPrefix(name, "../") && !strings.ContainsAny(name, "\\:") && strings.IndexFunc(name, func(r rune) bool { return r < ' ' }) < 0
}

// open answers a part for reading; its bytes count, and reading it to the end checks its sum.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.parts[strings.ToLower(name)]
	if f == nil {
		return nil, a.damage(name, nil)
	}
	a.read[strings.ToLower(name)] = true
	r, err := f.Open()
	if err != nil {
		return nil, a.damage(name, err)
	}
	return &counted{r, a}, nil
}

var errTooLarge = errors.New("too large when unpacked")

// counted adds what is read from a part to what the archive unpacks to.
type counted struct {
	io.ReadCloser
	a *archive
}

// Read reads on while the archive stays within its limit.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	if c.a.unpacked += int64(n); c.a.unpacked > MostUnpacked {
		return 0, errTooLarge
	}
	return n, err
}

// walk visits an XML part, and checks it to its last byte.
func (a *archive) walk(name string, v visitor) error {
	r, err := a.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := walk(r, v); err != nil {
		return a.fault(name, err)
	}
	return nil
}

// pass checks a part whose content has no meaning here.
func (a *archive) pass(name string) error {
	if a.types.isXML(name) {
		return a.walk(name, visitor{})
	}
	r, err := a.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return a.fault(name, err)
	}
	return nil
}

// fault says what is wrong with a part.
func (a *archive) fault(name string, err error) error {
	if problem, ok := errors.AsType[*assess.Problem](err); ok {
		return problem
	}
	switch {
	case errors.Is(err, errTooLarge):
		return a.tooLarge()
	case errors.Is(err, errDoctype):
		return assess.Invalid("problem.workbook_doctype",
			fmt.Sprintf("its part %s has a document type, which no spreadsheet program writes; save it with one and hand it in again", name),
			"part", name).At(assess.Place{File: a.file})
	}
	return a.damage(name, err)
}

func (a *archive) damage(part string, err error) *assess.Problem {
	place := assess.Place{File: a.file}
	if part == "" {
		return assess.Invalid("problem.workbook_damaged",
			"the workbook is damaged or was cut off; save it again and hand in the whole file").At(place).Because(err)
	}
	return assess.Invalid("problem.workbook_part",
		fmt.Sprintf("the workbook is damaged or was cut off (in its part %s); save it again and hand in the whole file", part), "part", part).
		At(place).Because(err)
}

func (a *archive) badName(name string) *assess.Problem {
	name = strings.ToValidUTF8(name[:min(len(name), 60)], "?")
	return assess.Invalid("problem.workbook_name",
		fmt.Sprintf("the workbook holds a part that no spreadsheet program writes (%q); save it with one and hand it in again", name), "part", name).
		At(assess.Place{File: a.file})
}

func (a *archive) tooLarge() *assess.Problem {
	const limit = MostUnpacked >> 20
	return assess.Invalid("problem.workbook_unpacked",
		fmt.Sprintf("the workbook unpacks to more than %d MiB; copy the table alone into a new workbook and hand that in", limit),
		"limit", strconv.Itoa(limit)).At(assess.Place{File: a.file})
}
