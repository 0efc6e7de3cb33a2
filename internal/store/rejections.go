package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const insertRejection = `INSERT INTO rejection
	(run, number, place_file, place_line, place_column, place_field, unit, code, value, kind, message_key, message_args, message)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

func (t tx) addRejections(r assess.Run) error {
	for i, x := range r.Rejected {
		p := x.Problem
		if p == nil {
			return fmt.Errorf("run %s: rejection %d says no reason", r.ID, i+1)
		}
		args, err := json.Marshal(p.Args)
		if err != nil {
			return err
		}
		if _, err := t.exec(insertRejection, r.ID, i, x.Place.File, x.Place.Line, x.Place.Column, x.Place.Field,
			string(x.Unit), string(x.Code), x.Value, kindName(p), p.Key, string(args), p.Message); err != nil {
			return err
		}
	}
	return nil
}

const selectRejections = `SELECT place_file, place_line, place_column, place_field, unit, code, value, kind, message_key, message_args, message
	FROM rejection WHERE run = $1 ORDER BY number`

// scanRejection reads a rejection; its problem stands at the place of the row.
func scanRejection(row scanner) (x assess.Rejection, err error) {
	var kind, args string
	p := &assess.Problem{}
	if err := row.Scan(&x.Place.File, &x.Place.Line, &x.Place.Column, &x.Place.Field, &x.Unit, &x.Code, &x.Value,
		&kind, &p.Key, &args, &p.Message); err != nil {
		return x, err
	}
	p.Kind, p.Place = kindNamed(kind), x.Place
	x.Problem = p
	return x, json.Unmarshal([]byte(args), &p.Args)
}

// kinds are the kinds of problem; they are stored by their texts.
func kinds() []error {
	return []error{assess.ErrInvalid, assess.ErrNotFound, assess.ErrConflict, assess.ErrForbidden, assess.ErrUnavailable}
}

func kindName(p *assess.Problem) string {
	for _, k := range kinds() {
		if errors.Is(p, k) {
			return k.Error()
		}
	}
	return ""
}

func kindNamed(name string) error {
	for _, k := range kinds() {
		if k.Error() == name {
			return k
		}
	}
	return assess.ErrInvalid
}
