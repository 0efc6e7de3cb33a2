package register

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Archive is what the care of personal columns needs of the store.
type Archive interface {
	SealedOtherwise(ctx context.Context, key string, limit int) ([]assess.SealedText, error)
	SealedBy(ctx context.Context, key string) (int, error)
	Reseal(ctx context.Context, texts []assess.Resealed, lines ...assess.AuditLine) error
	EraseRecords(ctx context.Context, all []assess.Erasure, lines ...assess.AuditLine) error
	Fold(ctx context.Context) error
}

// Attached is what is kept sealed beside records, such as the evidence of refunds.
type Attached interface {
	// Without answers the sealed texts beside a record as they are to stand without its persons, and once the record is bare of all personal
	// columns without anything else that is personal; none where nothing changes.
	Without(ctx context.Context, table assess.Code, key string, bare bool) ([]assess.Resealed, error)
}

// Keys are those of a vault.
type Keys interface {
	Vault
	// Turn adds a new key, by which everything is sealed from then on. Names answers those there are, the newest last.
	Turn() error
	Names() ([]string, error)
}

// Care is where keys are changed and what is past its time is erased. Both work in steps, beside people who work at the registers, and
// are taken up where they ended when they are begun again.
type Care struct {
	*Book
	Archive  Archive
	Keys     Keys
	Attached Attached // nil: nothing is kept beside records
}

// atOnce is how many texts or records one step changes.
const atOnce = 64

// Reseal seals everything anew that an older key than the newest one seals, and answers how many texts that were. line says who: where there
// were any it is written with the first ones.
func (c *Care) Reseal(ctx context.Context, line assess.AuditLine) (n int, err error) {
	newest, err := c.newest(ctx)
	if err != nil || newest == "" {
		return 0, err
	}
	lines := []assess.AuditLine{line}
	lines[0].Action, lines[0].Object = "keys.reseal", newest
	plainly := false
	for {
		texts, err := c.Archive.SealedOtherwise(ctx, newest, atOnce)
		if err != nil {
			return n, err
		}
		if len(texts) == 0 && plainly { // what stood as it is stands in the log of the database, too
			return n, c.Archive.Fold(ctx)
		}
		if len(texts) == 0 {
			return n, nil
		}
		anew := make([]assess.Resealed, len(texts))
		for i, old := range texts {
			plain, err := old.Text, error(nil)
			if plainly = plainly || old.Plain; !old.Plain {
				plain, err = c.Keys.Open(old.Text, old.Place)
			}
			if err != nil {
				return n, fmt.Errorf("seal %s %s anew: %w", old.Table, old.Row, err)
			}
			anew[i].SealedText = old
			if anew[i].Now, err = c.Keys.Seal(plain, old.Place); err != nil {
				return n, err
			}
		}
		if err := c.Archive.Reseal(ctx, anew, lines...); err != nil {
			return n, err
		}
		n, lines = n+len(texts), nil
	}
}

// newest answers the name of the newest key, "" where there is none and nothing waits to be sealed.
func (c *Care) newest(ctx context.Context) (string, error) {
	names, err := c.Keys.Names()
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		plain, err := c.Archive.SealedOtherwise(ctx, "", 1)
		if err != nil || len(plain) == 0 {
			return "", err
		}
		if _, err := c.Keys.Seal("the first key is made by sealing", "nowhere"); err != nil {
			return "", err
		}
		if names, err = c.Keys.Names(); err != nil {
			return "", err
		}
	}
	return names[len(names)-1], nil
}

// Turn adds a new key and seals everything anew by it. Old keys stay in the file, for copies of the database that were made before.
func (c *Care) Turn(ctx context.Context, line assess.AuditLine) (n int, err error) {
	if err := c.Keys.Turn(); err != nil {
		return 0, err
	}
	turned := line
	turned.Action, turned.Object = "keys.turn", "register.keys"
	if err := c.Store.Record(ctx, turned); err != nil {
		return 0, err
	}
	return c.Reseal(ctx, line)
}

// Overdue answers the day from which a record, or a personal column of one, is kept no longer; false while that day is not known: it has no
// end, or what it counts from has not come.
func Overdue(kept assess.Retention, r *assess.Record) (time.Time, bool) {
	from := Day(r.Values[kept.After])
	if from.IsZero() && r.Closed {
		y, m, d := r.At.Date()
		from = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return from.AddDate(kept.Years, 0, 0), kept.Years > 0 && !from.IsZero()
}

// Erased is what of a register was past its time: so many records whole, and of so many others personal columns.
type Erased struct {
	Table          assess.Code
	Whole, Columns int
}

// Erase erases what is past its time by the definitions that hold at the time of the line: records with all their versions, and personal
// columns in all versions of others. It leaves a line for each, which names columns and never their values, and answers what it did; dry
// answers what it would do. In the end nothing of it stands in any file of the database.
func (c *Care) Erase(ctx context.Context, dry bool, line assess.AuditLine) (done []Erased, err error) {
	tables, _, err := c.Tables(ctx, line.At)
	if err != nil {
		return nil, err
	}
	e := erasing{Care: c, today: c.day(line.At), dry: dry, line: line}
	for _, t := range tables {
		for _, one := range append([]*Table{t}, t.Children...) {
			of, err := e.table(ctx, one)
			if err != nil {
				return done, fmt.Errorf("erase of %s: %w", one.Code, err)
			}
			done = append(done, of)
		}
	}
	if dry || !slices.ContainsFunc(done, func(of Erased) bool { return of.Whole+of.Columns > 0 }) {
		return done, nil
	}
	return done, c.Archive.Fold(ctx)
}

// day answers the day of a moment in the city.
func (b *Book) day(at time.Time) time.Time {
	y, m, d := at.In(b.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// erasing is one run of Erase.
type erasing struct {
	*Care
	today time.Time
	dry   bool
	line  assess.AuditLine
}

func (e *erasing) table(ctx context.Context, t *Table) (of Erased, err error) {
	of.Table = t.Code
	all, _, err := e.Store.Records(ctx, assess.RecordQuery{Table: t.Code, Closed: true})
	if err != nil {
		return of, err
	}
	var erasures []assess.Erasure
	var lines []assess.AuditLine
	for i := range all {
		one, what, err := e.record(ctx, t, &all[i])
		if err != nil {
			return of, err
		}
		if what == "" {
			continue
		}
		if of.Columns++; one.Whole {
			of.Columns, of.Whole = of.Columns-1, of.Whole+1
		}
		erasures, lines = append(erasures, one), append(lines, e.said(t, &all[i], what))
	}
	for len(erasures) > 0 && !e.dry {
		n := min(atOnce, len(erasures))
		if err := e.Archive.EraseRecords(ctx, erasures[:n], lines[:n]...); err != nil {
			return of, err
		}
		erasures, lines = erasures[n:], lines[n:]
	}
	return of, nil
}

func (e *erasing) said(t *Table, r *assess.Record, what string) assess.AuditLine {
	line := e.line
	line.Action, line.Object, line.Unit, line.After = "record.erase", string(t.Code)+"/"+r.Key, r.Unit, what
	return line
}

// record answers what is past its time of a record, and the words for it; "" where nothing is.
func (e *erasing) record(ctx context.Context, t *Table, r *assess.Record) (one assess.Erasure, what string, err error) {
	past := func(kept assess.Retention) bool {
		from, known := Overdue(kept, r)
		return known && !from.After(e.today)
	}
	if past(t.Retention) {
		return assess.Erasure{Record: r.ID, Whole: true}, "the record with all its versions", nil
	}
	columns := map[string]bool{}
	for _, f := range t.Fields {
		if f.Personal && past(f.Retain) {
			columns[f.Name] = true
		}
	}
	if len(columns) == 0 {
		return one, "", nil
	}
	versions, err := e.Store.RecordVersions(ctx, r.ID)
	if err != nil {
		return one, "", err
	}
	gone, bare := map[string]bool{}, true
	for i := range versions {
		now, err := e.without(&versions[i], columns, gone)
		if err != nil {
			return one, "", err
		}
		bare = bare && now == ""
		if now != versions[i].Sealed {
			one.Versions = append(one.Versions, assess.Resealed{
				SealedText: assess.SealedText{Table: "record_version", Row: fmt.Sprint(versions[i].Seq), Place: r.ID, Text: versions[i].Sealed}, Now: now,
			})
		}
	}
	one.Record, what = r.ID, strings.Join(slices.Sorted(maps.Keys(gone)), " ")
	if e.Attached != nil {
		beside, err := e.Attached.Without(ctx, t.Code, r.Key, bare)
		if err != nil {
			return one, "", err
		}
		if one.Versions = append(one.Versions, beside...); len(beside) > 0 {
			what = strings.TrimSpace(what + " evidence")
		}
	}
	return one, what, nil
}

// without answers the sealed text of a version without some columns, and notes which of them it had.
func (e *erasing) without(r *assess.Record, columns, gone map[string]bool) (string, error) {
	personal, err := e.open(r)
	if err != nil {
		return "", err
	}
	before := len(personal)
	for name := range columns {
		if _, has := personal[name]; has {
			delete(personal, name)
			gone[name] = true
		}
	}
	switch len(personal) {
	case before:
		return r.Sealed, nil
	case 0:
		return "", nil
	}
	text, err := json.Marshal(personal)
	if err != nil {
		return "", err
	}
	return e.Vault.Seal(string(text), r.ID)
}
