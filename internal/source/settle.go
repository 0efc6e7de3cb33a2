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
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Where files go that were dealt with, inside the drop folder.
const (
	archiveFolder = "archive"
	refusedFolder = "refused"
)

// file is a file of a drop folder that was read.
type file struct {
	drop   *Drop
	name   string
	digest string
}

// read answers the bytes of a file that is the same before and after, and sets its digest; the digest stays "" when the file
// changed meanwhile. Of a file beyond the limit only the digest is made.
func (f *file) read(root *os.Root, info fs.FileInfo) ([]byte, error) {
	in, err := root.Open(f.name)
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
	n, err := io.Copy(to, io.LimitReader(in, info.Size()+1))
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
func (f *file) settle(_ context.Context, receipt Receipt) error {
	root, err := os.OpenRoot(f.drop.config.Folder)
	if err != nil {
		return f.drop.noFolder(err)
	}
	defer root.Close()
	if same, err := f.unchanged(root); err != nil || !same {
		return err
	}
	ext := strings.ToLower(filepath.Ext(f.name))
	archived := path.Join(archiveFolder, f.digest+ext)
	if err := root.MkdirAll(archiveFolder, 0o755); err != nil {
		return fmt.Errorf("make the archive of %s: %w", f.drop.config.Name, err)
	}
	if len(receipt.Refused) == 0 {
		if err := root.Rename(f.name, archived); err != nil {
			return fmt.Errorf("archive %s: %w", f.name, err)
		}
		return nil
	}
	if receipt.Taken > 0 {
		if err := copyWithin(root, f.name, archived); err != nil {
			return fmt.Errorf("archive %s: %w", f.name, err)
		}
	}
	return f.giveBack(root, ext, receipt)
}

// unchanged says whether the file is still there with the content that was read.
func (f *file) unchanged(root *os.Root) (bool, error) {
	info, err := root.Lstat(f.name)
	if err != nil || !info.Mode().IsRegular() {
		return false, nil // taken away by a person: nothing to put away
	}
	now := file{drop: f.drop, name: f.name}
	if _, err := now.read(root, info); err != nil {
		return false, fmt.Errorf("read %s again: %w", f.name, err)
	}
	return now.digest == f.digest, nil
}

// giveBack puts the report into refused/ and then the file itself beside it, both named after the file and its content.
func (f *file) giveBack(root *os.Root, ext string, receipt Receipt) error {
	if err := root.MkdirAll(refusedFolder, 0o755); err != nil {
		return fmt.Errorf("make the folder of refused files of %s: %w", f.drop.config.Name, err)
	}
	name := path.Join(refusedFolder, strings.TrimSuffix(f.name, filepath.Ext(f.name))+"."+f.digest[:8])
	report, err := f.report(receipt)
	if err != nil {
		return fmt.Errorf("report on %s: %w", f.name, err)
	}
	if err := root.WriteFile(name+".report.csv", report, 0o644); err != nil {
		return fmt.Errorf("report on %s: %w", f.name, err)
	}
	if err := root.Rename(f.name, name+ext); err != nil {
		return fmt.Errorf("give back %s: %w", f.name, err)
	}
	return nil
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
			f.name, number(r.Place.Line), number(r.Place.Column), r.Place.Field,
			string(r.Unit), string(r.Code), Excerpt(r.Value), f.drop.config.Sentence(r.Problem),
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

// copyWithin copies a file so that the copy is there whole or not at all.
func copyWithin(root *os.Root, from, to string) error {
	in, err := root.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	temporary := to + ".part"
	out, err := root.Create(temporary)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return root.Rename(temporary, to)
}
