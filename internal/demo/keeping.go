package demo

import (
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Keeping is what is written into a register at once: a sheet of the records that are new or changed since the sheet before.
type Keeping struct {
	At     time.Time
	Period assess.Period // the quarter whose snapshot they come before
	Table  assess.Code   // a register, or a child table
	By     string        // name of the account that hands the sheet in
	Rows   []Record
}

// Record is a row of a register, by the names of its columns.
type Record map[string]string

// yearZero is how far back records of the beginning reach.
const yearZero = 2016

// keeper keeps the registers of one district, quarter by quarter, so that they say what the district's figures are. A record is found by
// its place in its list, which is the order in which they were made.
type keeper struct {
	*draft                 // the year that is kept
	period  assess.Period  // the quarter that is kept
	begun   bool           // the first quarter was kept
	tables  []*list        // in the order in which they are handed in
	serials map[string]int // the last number given, by what is numbered
	cases   []caseOf       // refunds that are not paid yet
}

// list is a register or child table of a district.
type list struct {
	table   assess.Code
	records []*kept
}

// kept is a record as it stands.
type kept struct {
	Record
	changed bool
}

func (r *kept) set(column, value string) {
	if r.Record[column] != value {
		r.Record[column], r.changed = value, true
	}
}

func (l *list) add(r Record) *kept {
	one := &kept{r, true}
	l.records = append(l.records, one)
	return one
}

// where answers the records with a value in a column.
func (l *list) where(column, value string) (found []*kept) {
	for _, r := range l.records {
		if r.Record[column] == value {
			found = append(found, r)
		}
	}
	return found
}

// changes answers the records that are new or changed since it was asked last, as they stand.
func (l *list) changes() (rows []Record) {
	for _, r := range l.records {
		if r.changed {
			rows, r.changed = append(rows, maps.Clone(r.Record)), false
		}
	}
	return rows
}

const (
	studios      assess.Code = "innovation_studios"
	competitions assess.Code = "skills_competitions"
	cadres       assess.Code = "young_cadres"
	cadreEvents  assess.Code = "cadre_events"
	stations     assess.Code = "service_stations"
	refunds      assess.Code = "dues_refunds"
)

func newKeeper() *keeper {
	k := &keeper{serials: map[string]int{}}
	for _, table := range []assess.Code{studios, competitions, cadres, cadreEvents, stations, refunds} {
		k.tables = append(k.tables, &list{table: table})
	}
	return k
}

func (k *keeper) list(table assess.Code) *list {
	return k.tables[slices.IndexFunc(k.tables, func(l *list) bool { return l.table == table })]
}

// keep brings the registers to the end of a quarter.
func (k *keeper) keep(d *draft, p assess.Period) {
	k.draft, k.period = d, p
	k.keepStudios()
	k.keepCompetitions()
	k.keepCadres()
	k.keepStations()
	k.keepRefunds()
	k.begun = true
}

// Keepings answers what is written into the registers, oldest first: each quarter on the working day before its snapshot. What lies before
// the story is written with its first quarter.
func (c *City) Keepings() []Keeping { return slices.Clone(c.keepings) }

// keepRegisters keeps the registers of all districts from the beginning of the first year.
func (c *City) keepRegisters() ([]Keeping, error) {
	keepers := make([]*keeper, len(c.roster()))
	for i := range keepers {
		keepers[i] = newKeeper()
	}
	var all []Keeping
	for year := c.periods[0].CalendarYear(); year <= c.last().CalendarYear(); year++ {
		for i, k := range keepers {
			d, err := c.model.work(i, year)
			if err != nil {
				return nil, err
			}
			k.draft = d
		}
		for _, p := range assess.NewYear(year).Quarters() {
			if p.Compare(c.last()) > 0 {
				break
			}
			for _, k := range keepers {
				k.keep(k.draft, p)
			}
			if c.covers(p) {
				all = append(all, c.handedIn(keepers, p)...)
			}
		}
	}
	return all, nil
}

// handedIn are the sheets of a quarter: one for each table, of all districts, by the reviewer of the department whose register it is.
func (c *City) handedIn(keepers []*keeper, p assess.Period) (all []Keeping) {
	for i, l := range keepers[0].tables {
		sheet := Keeping{At: c.calendar.at(p, snapshotDay-1, 15, i), Period: p, Table: l.table, By: reviewersOf(c.departmentOf(l.table))[0].Name}
		for _, k := range keepers {
			sheet.Rows = append(sheet.Rows, k.tables[i].changes()...)
		}
		if len(sheet.Rows) > 0 {
			all = append(all, sheet)
		}
	}
	return all
}

// departmentOf answers whose register a table is of.
func (c *City) departmentOf(table assess.Code) assess.Code {
	for _, r := range c.model.edition.Registers {
		if r.Code == table || slices.ContainsFunc(r.Children, func(child assess.Register) bool { return child.Code == table }) {
			return r.Department
		}
	}
	return ""
}

// CSV writes the sheet of a keeping, its columns in the order of their names.
func (k Keeping) CSV() []byte {
	columns := map[string]bool{}
	for _, r := range k.Rows {
		for name := range r {
			columns[name] = true
		}
	}
	heads := slices.Sorted(maps.Keys(columns))
	var body bytes.Buffer
	out := csv.NewWriter(&body)
	_ = out.Write(heads) // into memory, which takes all of it
	for _, r := range k.Rows {
		row := make([]string, len(heads))
		for i, name := range heads {
			row[i] = r[name]
		}
		_ = out.Write(row)
	}
	out.Flush()
	return body.Bytes()
}

// number gives the next number of what is numbered, with so many digits.
func (k *keeper) number(of string, digits int) string {
	k.serials[of]++
	text := strconv.Itoa(k.serials[of])
	for len(text) < digits {
		text = "0" + text
	}
	return text
}

// pick draws one of some words; further words tell draws from each other.
func (k *keeper) pick(of []string, words ...string) string {
	return of[k.between(0, int64(len(of)-1), words...)]
}

// between draws a number for the district.
func (k *keeper) between(low, high int64, words ...string) int64 {
	return k.dice.between(low, high, append([]string{"record", string(k.unit)}, words...)...)
}

func (k *keeper) draw(low, high int64, words ...string) string {
	return strconv.FormatInt(k.between(low, high, words...), 10)
}

// day draws a day of the quarter, between two days after its first.
func (k *keeper) day(from, to int64, words ...string) time.Time {
	return k.period.FirstDay().AddDate(0, 0, int(k.between(from, to, append(words, k.period.String())...)))
}

// founded draws the day on which something began: in the quarter, or long before it where the register begins with it.
func (k *keeper) founded(words ...string) time.Time {
	if k.begun {
		return k.day(5, 80, words...)
	}
	first := time.Date(yearZero, 1, 1, 0, 0, 0, 0, time.UTC)
	days := int64(k.period.FirstDay().Sub(first).Hours() / 24)
	return first.AddDate(0, 0, int(k.between(0, days-1, words...)))
}

func onDay(t time.Time) string { return t.Format(time.DateOnly) }

// now answers what the district's figure of an item is at the end of the quarter, added what it was a quarter before in the year.
func (k *keeper) now(item assess.Code) (value, added int64) {
	q := k.period.Part() - 1
	value = k.paths[item][q]
	if added = value; q > 0 {
		added -= k.paths[item][q-1]
	}
	return value, added
}

// settle makes so many of some records those that are wanted, changing the youngest first.
func settle(records []*kept, want int64, is func(*kept) bool, become, cease func(*kept)) {
	var have int64
	for _, r := range records {
		if is(r) {
			have++
		}
	}
	for _, r := range slices.Backward(records) {
		switch {
		case have < want && !is(r):
			become(r)
			have++
		case have > want && is(r):
			cease(r)
			have--
		}
	}
}

// share divides a whole over so many, the first get what is left over.
func share(whole, n, i int64) int64 {
	part := whole / n
	if i < whole%n {
		part++
	}
	return part
}

// fillUp adds or removes records until so many are there.
func fillUp(records []*kept, want int64, add func() *kept, remove func(*kept)) []*kept {
	for int64(len(records)) < want {
		records = append(records, add())
	}
	for int64(len(records)) > want {
		last := records[len(records)-1]
		remove(last)
		records = records[:len(records)-1]
	}
	return records
}
