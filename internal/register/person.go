package register

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Found is a record in which something stands of a person.
type Found struct {
	Table *Table
	// Record has its personal columns covered.
	Record assess.Record
	// Columns are those in which it stands, of this version or an older one, in the order of the definition.
	Columns []string
	// Beside says that it stands in what is kept beside the record.
	Beside bool
}

// shortestPerson is how many signs one looks for at least.
const shortestPerson = 2

// Find answers the records in which a name, a telephone or an account number stands, in all registers whose records the reader handles, closed
// ones and older versions too. Sealed columns cannot be searched in the database: they are opened one by one and compared as a whole, blanks
// and hyphens apart; in texts that people wrote it is a part. The line says why and how many, and never what was looked for.
func (b *Book) Find(ctx context.Context, text, reason string, u account.User, line assess.AuditLine) ([]Found, error) {
	all, err := b.search(ctx, text, reason, u, line)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if err := b.cover(all[i].Table, &all[i].Record); err != nil {
			return nil, err
		}
	}
	line.Action, line.Object, line.After = "person.find", "registers", fmt.Sprintf("%d records; %s", len(all), strings.TrimSpace(reason))
	return all, b.Store.Record(ctx, line)
}

// search answers the records in which something stands of a person, as they are kept.
func (b *Book) search(ctx context.Context, text, reason string, u account.User, line assess.AuditLine) (all []Found, err error) {
	tables, _, err := b.Tables(ctx, line.At)
	if err != nil {
		return nil, err
	}
	what := plain(text)
	switch {
	case !slices.ContainsFunc(tables, func(t *Table) bool { return t.MayUncover(u) }):
		return nil, notYours()
	case utf8.RuneCountInString(what) < shortestPerson:
		return nil, assess.Invalid("problem.person_short", "write the whole name, telephone or account number").At(assess.Place{Field: "person"})
	case strings.TrimSpace(reason) == "":
		return nil, assess.Invalid("problem.uncover_reason", "say why this is to be seen; it is logged").At(assess.Place{Field: "reason"})
	}
	for _, t := range tables {
		if !t.MayUncover(u) {
			continue
		}
		for _, one := range append([]*Table{t}, t.Children...) {
			err := b.Store.EachRecord(ctx, one.Code, math.MaxInt64, func(r assess.Record) error {
				if u.Unit != "" && r.Unit != u.Unit {
					return nil
				}
				columns, err := b.columnsWith(ctx, one, &r, what)
				if err != nil {
					return err
				}
				persons, err := b.beside(ctx, &r)
				beside := slices.ContainsFunc(persons, func(text string) bool { return plain(text) == what })
				if len(columns) > 0 || beside {
					all = append(all, Found{one, r, columns, beside})
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// columnsWith answers the columns of a record in which something stands.
func (b *Book) columnsWith(ctx context.Context, t *Table, r *assess.Record, what string) (columns []string, err error) {
	versions := []assess.Record{*r}
	if r.Version > 1 {
		if versions, err = b.Store.RecordVersions(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	there := map[string]bool{}
	for i := range versions {
		personal, err := b.open(&versions[i])
		if err != nil {
			return nil, err
		}
		for _, f := range t.Fields {
			written := f.Type == "string" || f.Type == "text"
			if f.Personal && plain(personal[f.Name]) == what || written && !f.Personal && strings.Contains(plain(versions[i].Values[f.Name]), what) {
				there[f.Name] = true
			}
		}
	}
	for _, f := range t.Fields {
		if there[f.Name] {
			columns = append(columns, f.Name)
		}
	}
	return columns, nil
}

// beside answers what is kept of persons beside a record.
func (b *Book) beside(ctx context.Context, r *assess.Record) ([]string, error) {
	if b.Beside == nil {
		return nil, nil
	}
	return b.Beside.Persons(ctx, r.Table, r.Key)
}

// plain is a text as people mean it: narrow signs, without blanks and hyphens, in small letters.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, width.Narrow.String(text))
}

// Person answers what stands of a person in the registers, readable and by register, for the file that the person is given. It is what Find
// finds; more than MostReadable records are no one person.
func (c *Counter) Person(ctx context.Context, text, reason string, u account.User, line assess.AuditLine) (copies []*assess.RegisterCopy, err error) {
	all, err := c.search(ctx, text, reason, u, line)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, assess.NotFound("problem.person_none", "nothing stands of this person in the registers that you handle; write the name or number as it was handed in")
	}
	if len(all) > MostReadable {
		return nil, assess.Invalid("problem.person_many", fmt.Sprintf("it stands in %d records, which are not one person's; write a whole number instead of a part of a name", len(all)), "n", fmt.Sprint(len(all))).
			At(assess.Place{Field: "person"})
	}
	by := signed(u)
	for _, f := range all {
		i := slices.IndexFunc(copies, func(x *assess.RegisterCopy) bool { return x.Code == f.Table.Code })
		if i < 0 {
			i = len(copies)
			copies = append(copies, &assess.RegisterCopy{Register: f.Table.Register, By: by, At: line.At, Watermark: by + " " + line.At.In(c.Zone).Format("2006-01-02 15:04")})
		}
		if err := c.fill(f.Table, &f.Record, true, nil); err != nil {
			return nil, err
		}
		persons, err := c.beside(ctx, &f.Record)
		if err != nil {
			return nil, err
		}
		if len(persons) > 0 {
			if column := besideColumn(); !slices.ContainsFunc(copies[i].Fields, func(f assess.Field) bool { return f.Name == column.Name }) {
				copies[i].Fields = append(slices.Clone(copies[i].Fields), column)
			}
			f.Record.Values[besideColumn().Name] = strings.Join(persons, ListSign)
		}
		copies[i].Records = append(copies[i].Records, f.Record)
	}
	return copies, nil
}

// besideColumn is the column of a person's file in which stands what is kept beside a record.
func besideColumn() assess.Field {
	return assess.Field{Name: "kept_beside", Label: assess.Text{ZH: "随记录留存的证据", EN: "Kept beside the record"}, Type: "text"}
}
