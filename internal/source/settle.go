package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Where files go that were dealt with, inside the drop folder.
const (
	archiveFolder = "archive"
	refusedFolder = "refused"
)

// file is a file of an inbox that was read.
type file struct {
	inbox  *inbox
	name   string
	look   look
	digest string
	data   []byte // nil for one beyond the limit
}

// read answers the bytes of a file that is the same before and after, and sets its digest; the digest stays "" when the file
// changed meanwhile. Of a file beyond the limit only the digest is made.
func (f *file) read(y yard, info fs.FileInfo) ([]byte, error) {
	in, err := y.Open(f.name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	sum := sha256.New()
	var data bytes.Buffer
	to := io.Writer(sum)
	if info.Size() <= MostDropped {
		to = io.MultiWriter(sum, &data)
	}
	n, err := io.CopyBuffer(to, io.LimitReader(in, info.Size()+1), make([]byte, 256<<10)) // enough for several packets under way
	if err != nil {
		return nil, err
	}
	after, err := in.Stat()
	if err != nil {
		return nil, err
	}
	if n == info.Size() && after.Size() == n && after.ModTime().Equal(info.ModTime()) {
		f.digest = hex.EncodeToString(sum.Sum(nil))
	}
	return data.Bytes(), nil
}

// settle puts the file away after what was taken of it is committed: whole ones into the archive under the hash of their content;
// refused ones, or those with refused rows, beside a report for whoever dropped them. A file that was replaced meanwhile stays
// for the next look.
func (f *file) settle(ctx context.Context, receipt Receipt) error {
	if f.inbox.archive != "" {
		return f.keep(ctx, receipt)
	}
	y, err := f.inbox.open(ctx)
	if err != nil {
		return err
	}
	defer y.Close()
	if same, err := f.unchanged(y); err != nil || !same {
		return err
	}
	if err := y.MkdirAll(archiveFolder); err != nil {
		return fmt.Errorf("make the archive of %s: %w", f.inbox.name, err)
	}
	if len(receipt.Refused) == 0 {
		if err := y.Rename(f.name, f.archived()); err != nil {
			return fmt.Errorf("archive %s: %w", f.name, err)
		}
		return nil
	}
	if receipt.Taken > 0 {
		if err := f.copyWithin(y); err != nil {
			return fmt.Errorf("archive %s: %w", f.name, err)
		}
	}
	if err := f.sayRefused(y, receipt); err != nil {
		return err
	}
	if err := y.Rename(f.name, f.refused()+f.ext()); err != nil {
		return fmt.Errorf("give back %s: %w", f.name, err)
	}
	return nil
}

func (f *file) ext() string { return strings.ToLower(filepath.Ext(f.name)) }

// archived is where the file goes when it was taken.
func (f *file) archived() string { return path.Join(archiveFolder, f.digest+f.ext()) }

// longestStem is how many bytes of a file's name the names in refused/ keep: a name has 255 at most, and the longest adds
// ".0123abcd.report.csv.part".
const longestStem = 255 - 25

// refused is where the file goes when it was not taken whole, without its extension: named after it and its content.
func (f *file) refused() string {
	stem := strings.TrimSuffix(f.name, filepath.Ext(f.name))
	if end := longestStem; len(stem) > end {
		for !utf8.RuneStart(stem[end]) {
			end--
		}
		stem = stem[:end]
	}
	return path.Join(refusedFolder, stem+"."+f.digest[:8])
}

// called answers what a file is called in messages, in the log and by mappings, on one line. Folders keep the bytes of names, whatever
// letters they were written in: what is not UTF-8 is read as GB18030, and what is neither is marked.
func called(name string) string {
	if !utf8.ValidString(name) {
		if text, _, fault := convert("", []byte(name), "GB18030", simplifiedchinese.GB18030); fault == nil {
			name = string(text)
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
}

// unchanged says whether the file is still there with the content that was read.
func (f *file) unchanged(y yard) (bool, error) {
	info, err := y.Lstat(f.name)
	if err != nil || !info.Mode().IsRegular() {
		return false, nil // taken away by a person: nothing to put away
	}
	now := file{inbox: f.inbox, name: f.name}
	if _, err := now.read(y, info); err != nil {
		return false, fmt.Errorf("read %s again: %w", f.name, err)
	}
	return now.digest == f.digest, nil
}

// sayRefused puts the report into refused/.
func (f *file) sayRefused(y yard, receipt Receipt) error {
	if err := y.MkdirAll(refusedFolder); err != nil {
		return fmt.Errorf("make the folder of refused files of %s: %w", f.inbox.name, err)
	}
	report, err := f.report(receipt)
	if err != nil {
		return fmt.Errorf("report on %s: %w", f.name, err)
	}
	if err := put(y, f.refused()+".report.csv", bytes.NewReader(report)); err != nil {
		return fmt.Errorf("report on %s: %w", f.name, err)
	}
	return nil
}

// copyWithin copies the file into the archive.
func (f *file) copyWithin(y yard) error {
	in, err := y.Open(f.name)
	if err != nil {
		return err
	}
	defer in.Close()
	return put(y, f.archived(), in)
}

// report writes what was refused, a row each, for a spreadsheet: UTF-8 with a byte order mark, no cell that could be a formula.
func (f *file) report(receipt Receipt) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{{"file", "line", "column", "field", "unit", "code", "value", "problem"}}
	for _, r := range receipt.Refused {
		rows = append(rows, []string{
			called(f.name), number(r.Place.Line), number(r.Place.Column), r.Place.Field,
			string(r.Unit), string(r.Code), Excerpt(r.Value), f.inbox.sentence(r.Problem),
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = inert(row[i])
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// inert keeps a spreadsheet from taking text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
