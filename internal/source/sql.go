package source

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// Driver is a kind of database.
type Driver string

// The drivers.
const (
	SQLite   Driver = "sqlite"   // a file of this machine
	Postgres Driver = "postgres" // PostgreSQL
	MySQL    Driver = "mysql"    // MySQL and MariaDB
)

// SQLConfig says which database is asked what. Zero times and numbers mean the usual ones.
type SQLConfig struct {
	Name     assess.Code
	Driver   Driver
	Host     string // not of SQLite
	Port     uint16 // 0: 5432 or 3306
	Database string // its name; of SQLite the file
	Username string
	Password dial.Secret
	Plain    bool // without TLS: everybody on the way can read along
	Trust    dial.Trust
	// Query is one statement that reads, with :unit, :period, :year, :first_day, :last_day where they belong. Its columns are those of
	// a tidy table, or what the mapping of the source makes of them.
	Query         string
	Units         []assess.UnitCode // asked for one after the other where the query has :unit
	Rows          int               // in an answer at most: 10,000
	Whole         time.Duration     // for one answer: 60 s
	Delay         time.Duration     // before the second try, growing and jittered: 1 s
	Tries         uint              // in all: 3
	Wall          dial.Wall
	AllowLoopback bool
}

// SQL is a database that is asked one reading question.
type SQL struct {
	config SQLConfig
	query  query
	way    *dial.Way // nil for SQLite
}

// NewSQL makes an SQL source. A bad configuration is a Problem.
func NewSQL(config SQLConfig) (*SQL, error) {
	usualPort := map[Driver]uint16{SQLite: 0, Postgres: 5432, MySQL: 3306}
	if _, ok := usualPort[config.Driver]; !ok {
		return nil, assess.Invalid("problem.sql_driver", fmt.Sprintf("%s is not a kind of database; there are sqlite, postgres and mysql", quoted(string(config.Driver))),
			"driver", Excerpt(string(config.Driver))).At(assess.Place{Field: "driver"})
	}
	orElse(&config.Port, usualPort[config.Driver])
	orElse(&config.Rows, MostRows)
	orElse(&config.Whole, 60*time.Second)
	orElse(&config.Delay, usualDelay)
	orElse(&config.Tries, usualTries)
	s := &SQL{config: config}
	var err error
	if s.query, err = parseQuery(config.Query, config.Driver); err != nil {
		return nil, err
	}
	if s.query.asks("unit") && len(config.Units) == 0 {
		return nil, assess.Invalid("problem.sql_units", "the query has :unit, so the source must name its units").At(assess.Place{Field: "units"})
	}
	if config.Driver != SQLite {
		if s.way, err = config.Wall.To(config.Host, config.Port, config.AllowLoopback, 0); err != nil {
			return nil, inField(err, "host")
		}
	}
	return s, nil
}

// Fetch asks for every unit and period that the query has a place for, and answers a parcel for each. One that fails is a damaged
// parcel. An error means that nothing could be asked, or that the run was ended from outside.
func (s *SQL) Fetch(ctx context.Context, r Request) ([]Parcel, error) {
	db, err := s.open()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	units, periods := []assess.UnitCode{""}, []assess.Period{{}}
	if s.query.asks("unit") {
		units = s.config.Units
	}
	if s.query.asks("period", "year", "first_day", "last_day") {
		periods = r.Periods
	}
	var parcels []Parcel
	for _, unit := range units {
		for _, period := range periods {
			parcels = append(parcels, s.ask(ctx, db, unit, period, r.Mapping))
			if err := ctx.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return nil, fmt.Errorf("ask the database of %s: %w", s.config.Name, err)
			}
		}
	}
	return parcels, nil
}

// place names the database for messages.
func (s *SQL) place() string {
	if s.way == nil {
		return s.config.Database
	}
	return string(s.config.Driver) + "://" + s.way.Address() + "/" + s.config.Database
}

// ask asks for one unit and period.
func (s *SQL) ask(ctx context.Context, db *database, unit assess.UnitCode, period assess.Period, m *Mapping) Parcel {
	parcel := Parcel{Delivery: assess.Delivery{Door: assess.DoorPull, Source: s.config.Name}}
	data, err := again(ctx, s.config.Delay, s.config.Tries, func() ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, s.config.Whole)
		defer cancel()
		data, err := s.read(ctx, db, s.query.values(unit, period))
		if err != nil {
			err = passing(db.fault(ctx, err))
		}
		return data, err
	})
	if err != nil {
		parcel.Damage = db.fault(ctx, err)
		if parcel.Damage.Place == (assess.Place{}) {
			parcel.Damage.Place.File = s.place()
		}
		return parcel
	}
	piece := Piece{Name: s.place(), Data: data, Form: CSV, Unit: unit, Period: period}
	parcel.Pieces = []Piece{piece}
	delivery, err := deliver(assess.DoorPull, s.config.Name, piece, m)
	if err != nil {
		parcel.Damage = damageOf(err, s.place())
		return parcel
	}
	parcel.Delivery = delivery
	return parcel
}

// read answers the rows of the query as CSV, read in a transaction that may not write.
func (s *SQL) read(ctx context.Context, db *database, values []any) ([]byte, error) {
	db.line.Store(nil)
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // it has changed nothing
	rows, err := tx.QueryContext(ctx, s.query.text, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(names); err != nil {
		return nil, err
	}
	cells, texts := make([]any, len(names)), make([]string, len(names))
	pointers := make([]any, len(names))
	for i := range cells {
		pointers[i] = &cells[i]
	}
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		for i, cell := range cells {
			if texts[i], err = cellText(cell); err != nil {
				return nil, assess.Invalid("problem.sql_cell", "the cell holds what is no text, number or date; let the query make text of it").
					At(assess.Place{File: s.place(), Line: n + 1, Column: i + 1, Field: names[i]}).Because(err)
			}
		}
		if err := w.Write(texts); err != nil {
			return nil, err
		}
		w.Flush()
		switch {
		case n > s.config.Rows:
			return nil, TooManyRows(s.place(), s.config.Rows)
		case b.Len() > MostPulled:
			return nil, tooLarge(s.place(), MostPulled)
		}
	}
	w.Flush()
	return b.Bytes(), errors.Join(rows.Err(), w.Error())
}

// cellText writes a cell as people write it; nothing is missing, which is never zero.
func cellText(cell any) (string, error) {
	text := ""
	switch v := cell.(type) {
	case nil:
	case []byte:
		text = string(v)
	case string:
		text = v
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case float32:
		text = strconv.FormatFloat(float64(v), 'f', -1, 32)
	case bool:
		text = strconv.FormatBool(v)
	case time.Time:
		text = v.Format(time.RFC3339)
		if v.Equal(v.Truncate(24 * time.Hour)) {
			text = v.Format("2006-01-02")
		}
	default:
		return "", fmt.Errorf("a value of type %T", cell)
	}
	if !utf8.ValidString(text) {
		return "", errors.New("bytes that are no UTF-8")
	}
	return text, nil
}
