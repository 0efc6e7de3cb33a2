package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	selectEditions = `SELECT year, number, digest, reason, issued_by, issued_at FROM edition ORDER BY year, number`
	selectNewest   = `SELECT year, number, digest, reason, issued_by, issued_at FROM edition WHERE year = $1 ORDER BY number DESC LIMIT 1`
	selectEdition  = `SELECT year, number, digest, reason, issued_by, issued_at FROM edition WHERE year = $1 AND number = $2`
	insertEdition  = `INSERT INTO edition (year, number, digest, reason, issued_by, issued_at) VALUES ($1, $2, $3, $4, $5, $6)`
	insertFile     = `INSERT INTO edition_file (year, number, path, content) VALUES ($1, $2, $3, $4)`
	selectFiles    = `SELECT path, content FROM edition_file WHERE year = $1 AND number = $2`
)

func scanEdition(row scanner) (e assess.Edition, err error) {
	var at int64
	err = row.Scan(&e.Year, &e.Number, &e.Digest, &e.Reason, &e.By, &at)
	e.At = moment(at)
	return e, err
}

// IssueEdition freezes the definitions of a year as its next edition and answers it with its number. Definitions with the digest
// of the newest edition of the year change nothing: the answer is that edition, as it was issued. Files are texts in UTF-8.
func (s *Store) IssueEdition(ctx context.Context, e assess.Edition, files map[string][]byte) (assess.Edition, error) {
	if e.Digest == "" || len(files) == 0 {
		return assess.Edition{}, errors.New("issue an edition: it has no digest or no files")
	}
	var issued assess.Edition
	err := s.write(ctx, func(t tx) error {
		newest, err := scanEdition(t.row(selectNewest, e.Year))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		issued = newest
		if newest.Digest == e.Digest {
			return nil
		}
		issued = e
		issued.Number, issued.At = newest.Number+1, moment(millis(e.At))
		return t.addEdition(issued, newest.Digest, files)
	})
	return issued, s.explain("issue an edition", err)
}

func (t tx) addEdition(e assess.Edition, before string, files map[string][]byte) error {
	_, err := t.numbered(func(h *head) error {
		if _, err := t.exec(insertEdition, e.Year, e.Number, e.Digest, e.Reason, e.By, millis(e.At)); err != nil {
			return err
		}
		for path, content := range files {
			if _, err := t.exec(insertFile, e.Year, e.Number, path, string(content)); err != nil {
				return fmt.Errorf("file %s: %w", path, err)
			}
		}
		h.Version++
		return t.record(h, assess.AuditLine{
			At: e.At, Actor: cmp.Or(e.By, "system"), Action: "edition.issue", Object: fmt.Sprintf("%d/%d", e.Year, e.Number),
			Before: before, After: e.Digest, Result: "ok",
		})
	})
	return err
}

// Editions answers every edition ever issued, without definitions: year, number, digest, reason, by whom and when.
func (s *Store) Editions(ctx context.Context) ([]assess.Edition, error) {
	all, err := list(ctx, s.reader, scanEdition, selectEditions)
	return all, s.explain("read editions", err)
}

// EditionFiles answers an edition without its definitions and the files to read them from; number 0 is the newest of the year.
// It is ErrNotFound when there is none.
func (s *Store) EditionFiles(ctx context.Context, year, number int) (assess.Edition, map[string][]byte, error) {
	query, args := selectEdition, []any{year, number}
	if number == 0 {
		query, args = selectNewest, []any{year}
	}
	e, err := scanEdition(s.reader.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return assess.Edition{}, nil, noEdition(year, number)
	}
	files := map[string][]byte{}
	if err == nil {
		err = each(ctx, s.reader, scanFile, func(f file) error { files[f.path] = f.content; return nil }, selectFiles, e.Year, e.Number)
	}
	return e, files, s.explain("read an edition", err)
}

func noEdition(year, number int) error {
	if number == 0 {
		return assess.NotFound("problem.edition_missing",
			fmt.Sprintf("no edition was issued for %d; issue the definitions of the year first", year), "year", strconv.Itoa(year))
	}
	return assess.NotFound("problem.edition_unknown", fmt.Sprintf("there is no edition %d of %d", number, year),
		"year", strconv.Itoa(year), "number", strconv.Itoa(number))
}

type file struct {
	path    string
	content []byte
}

func scanFile(row scanner) (f file, err error) {
	err = row.Scan(&f.path, &f.content)
	return f, err
}
