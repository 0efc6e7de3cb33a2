package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// How many rows a page has: where nothing is said, and at most.
const (
	usualPage = 1000
	mostPage  = 10000
)

// list is what is answered page by page, each row as an object of JSON and as a record of CSV.
type list struct {
	columns []string
	size    int
	object  func(i int) (any, error)
	record  func(i int) []string
}

// listOf makes a list of things that are all there.
func listOf[T any](things []T, columns []string, object func(T) any, record func(T) []string) list {
	return list{
		columns: columns, size: len(things),
		object: func(i int) (any, error) { return object(things[i]), nil },
		record: func(i int) []string { return record(things[i]) },
	}
}

// page is one page of a list in JSON.
type page struct {
	Version int64   `json:"data_version"`
	Rows    []any   `json:"rows"`
	Next    *string `json:"next"`
}

// listed answers a page of a list. q has been asked for everything but the page; find makes the list of the data as they are now.
func (a *API) listed(c Call, q *parameters, find func() (list, error)) (*Answer, error) {
	limit, token := q.number("limit", usualPage, 1, mostPage), q.text("cursor")
	if err := q.end(); err != nil {
		return nil, err
	}
	kind, err := accepted(c.Accept, JSON, CSV)
	if err != nil {
		return nil, err
	}
	at, l, err := a.turned(c, token, find)
	if err != nil {
		return nil, err
	}
	end := min(at.Row+limit, l.size)
	next := ""
	if end < l.size {
		a.kept.keep(at.keptKey, l, c.Now)
		next = c.after(cursor{at.keptKey, end})
	}
	answer := &Answer{Kind: kind, Next: next}
	if kind == JSON {
		answer.Body, err = l.json(at, end, next)
	} else {
		answer.Body, err = l.csv(at.Row, end)
	}
	return answer, err
}

func (l list) json(at cursor, end int, next string) ([]byte, error) {
	p := page{Version: at.Version, Rows: make([]any, 0, end-at.Row)}
	if next != "" {
		p.Next = &next
	}
	for i := at.Row; i < end; i++ {
		object, err := l.object(i)
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, object)
	}
	return encoded(p)
}

func (l list) csv(from, end int) ([]byte, error) {
	return table(l.columns, func(yield func([]string) bool) {
		for i := from; i < end && yield(l.record(i)); i++ {
		}
	})
}

// table writes records below the names of their columns (UTF-8 without BOM, RFC 4180). No cell is a formula.
func table(columns []string, records func(yield func([]string) bool)) ([]byte, error) {
	var body bytes.Buffer
	out := csv.NewWriter(&body)
	err := out.Write(columns)
	for record := range records {
		cells := make([]string, len(record))
		for k, text := range record {
			cells[k] = export.Harmless(text)
		}
		err = errors.Join(err, out.Write(cells))
	}
	out.Flush()
	return body.Bytes(), errors.Join(err, out.Error())
}

// encoded writes JSON in which names and formulas keep their signs (<, &).
func encoded(v any) ([]byte, error) {
	var body bytes.Buffer
	out := json.NewEncoder(&body)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return nil, fmt.Errorf("write an answer: %w", err)
	}
	return body.Bytes(), nil
}

// single answers one thing, which there is as JSON alone. q has been asked for everything.
func single(c Call, q *parameters, find func() (any, error)) (*Answer, error) {
	if err := q.end(); err != nil {
		return nil, err
	}
	kind, err := accepted(c.Accept, JSON)
	if err != nil {
		return nil, err
	}
	thing, err := find()
	if err != nil {
		return nil, err
	}
	body, err := encoded(thing)
	return &Answer{Kind: kind, Body: body}, err
}

// name is a text in the languages there are.
type name struct {
	ZH string `json:"zh"`
	EN string `json:"en,omitempty"`
}

func named(t assess.Text) name { return name{t.ZH, t.EN} }
