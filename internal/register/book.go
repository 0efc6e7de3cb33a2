package register

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Store keeps records and their versions.
type Store interface {
	PutRecords(ctx context.Context, writes []assess.RecordWrite, lines ...assess.AuditLine) error
	RegisterRecord(ctx context.Context, id string) (assess.Record, error)
	RecordVersions(ctx context.Context, id string) ([]assess.Record, error)
	Records(ctx context.Context, q assess.RecordQuery) ([]assess.Record, int, error)
	// EachRecord visits the records of a table as they stood when the log had reached a number, closed ones too.
	EachRecord(ctx context.Context, table assess.Code, seq int64, visit func(assess.Record) error) error
	Record(ctx context.Context, lines ...assess.AuditLine) error
	// Snapshots answers the snapshots of all periods, oldest first.
	Snapshots(ctx context.Context) ([]assess.Snapshot, error)
}

// Editions answers the definitions of a year.
type Editions interface {
	Edition(ctx context.Context, year int) (*assess.Edition, error)
}

// Vault seals texts for a place, and opens them there.
type Vault interface {
	Seal(text, place string) (string, error)
	Open(sealed, place string) (string, error)
}

// Book is where registers are kept: lists are read, records added, changed and closed. It asks the policy function of package account about
// every step. Personal columns leave it covered; Uncover alone answers one, and leaves a line.
type Book struct {
	Store    Store
	Editions Editions
	Vault    Vault
	Zone     *time.Location
	Beside   Beside // nil: nothing is

	mu     sync.Mutex
	ready  *assess.Edition // whose registers are tables
	tables []*Table
}

// Beside is what is kept sealed beside records, such as the evidence of refunds.
type Beside interface {
	// Persons answers what stands of persons beside a record, in full: names, telephones, accounts; none where nothing does.
	Persons(ctx context.Context, table assess.Code, key string) ([]string, error)
}

// Tables answers the registers that hold at a time, made ready, in the order of their definitions.
func (b *Book) Tables(ctx context.Context, now time.Time) ([]*Table, *assess.Edition, error) {
	e, err := b.Editions.Edition(ctx, now.In(b.Zone).Year())
	if err != nil {
		return nil, nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ready != e { // an edition never changes
		tables, err := Of(e)
		if err != nil {
			return nil, nil, err
		}
		b.ready, b.tables = e, tables
	}
	return b.tables, e, nil
}

// Of makes the registers of an edition ready.
func Of(e *assess.Edition) (tables []*Table, err error) {
	for _, r := range e.Registers {
		t, err := New(r, e.Assessment.Parameters)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// Table answers a register or a child table by its code, with the definitions it is of.
func (b *Book) Table(ctx context.Context, code assess.Code, now time.Time) (*Table, *assess.Edition, error) {
	tables, e, err := b.Tables(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tables {
		if t.Code == code {
			return t, e, nil
		}
		if child, ok := t.Child(string(code)); ok {
			return child, e, nil
		}
	}
	return nil, nil, assess.NotFound("problem.register_none", fmt.Sprintf("there is no register %s; choose one of the list", code), "register", string(code))
}

// Keeper answers the department whose register a table is of.
func (t *Table) Keeper() assess.Code {
	if t.Above != nil {
		return t.Above.Department
	}
	return t.Department
}

// List answers the records that q chooses, personal columns covered, and how many there are in all. A reader of one unit sees its records.
func (b *Book) List(ctx context.Context, q assess.RecordQuery, u account.User, now time.Time) (all []assess.Record, n int, err error) {
	t, _, err := b.Table(ctx, q.Table, now)
	if err != nil {
		return nil, 0, err
	}
	if !u.May(account.ReadRegisters, "") {
		if !u.May(account.ReadRegisters, u.Unit) {
			return nil, 0, notYours()
		}
		q.Units = []assess.UnitCode{u.Unit}
	}
	q.Search = strings.ToLower(strings.TrimSpace(q.Search))
	if all, n, err = b.Store.Records(ctx, q); err != nil {
		return nil, 0, err
	}
	for i := range all {
		if err := b.cover(t, &all[i]); err != nil {
			return nil, 0, err
		}
	}
	return all, n, nil
}

// One answers a record with its versions, oldest first, personal columns covered. A record of a unit that the reader may not see is none.
func (b *Book) One(ctx context.Context, table assess.Code, id string, u account.User, now time.Time) (*Table, []assess.Record, error) {
	t, versions, err := b.versions(ctx, table, id, u, now)
	if err != nil {
		return nil, nil, err
	}
	for i := range versions {
		if err := b.cover(t, &versions[i]); err != nil {
			return nil, nil, err
		}
	}
	return t, versions, nil
}

// versions answers those of a record as they are kept.
func (b *Book) versions(ctx context.Context, table assess.Code, id string, u account.User, now time.Time) (*Table, []assess.Record, error) {
	t, _, err := b.Table(ctx, table, now)
	if err != nil {
		return nil, nil, err
	}
	versions, err := b.Store.RecordVersions(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if n := len(versions); n == 0 || versions[n-1].Table != t.Code || !u.May(account.ReadRegisters, versions[n-1].Unit) {
		return nil, nil, assess.NotFound("problem.record_none", "there is no such record; choose one of the list")
	}
	return t, versions, nil
}

// Uncover answers a personal column of a record to somebody who handles it, with a reason, and leaves a line in the audit log.
func (b *Book) Uncover(ctx context.Context, table assess.Code, id, column, reason string, u account.User, line assess.AuditLine) (string, error) {
	t, versions, err := b.One(ctx, table, id, u, line.At)
	if err != nil {
		return "", err
	}
	if !u.May(account.Uncover, versions[len(versions)-1].Unit, t.Keeper()) {
		return "", notYours()
	}
	if !t.Personal(column) {
		return "", assess.Invalid("problem.record_column", fmt.Sprintf("there is no column %s in %s", column, t.Code), "column", column, "table", string(t.Code))
	}
	if strings.TrimSpace(reason) == "" {
		return "", assess.Invalid("problem.uncover_reason", "say why this is to be seen; it is logged")
	}
	r, err := b.Store.RegisterRecord(ctx, id)
	if err != nil {
		return "", err
	}
	personal, err := b.open(&r)
	if err != nil {
		return "", err
	}
	line.Action, line.Object, line.Unit, line.After = "record.uncover", string(t.Code)+"/"+r.Key+"/"+column, r.Unit, reason
	if err := b.Store.Record(ctx, line); err != nil {
		return "", err
	}
	return personal[column], nil
}

// cover puts the personal columns of a record among its values, each under its mask.
func (b *Book) cover(t *Table, r *assess.Record) error {
	personal, err := b.open(r)
	if err != nil {
		return err
	}
	r.Values, r.Sealed = maps.Clone(r.Values), ""
	for name, value := range personal {
		r.Values[name] = t.Masked(name, value)
	}
	return nil
}

// open answers the personal columns of a record.
func (b *Book) open(r *assess.Record) (map[string]string, error) {
	text, err := b.Vault.Open(r.Sealed, r.ID)
	if err != nil || text == "" {
		return nil, err
	}
	var personal map[string]string
	if err := json.Unmarshal([]byte(text), &personal); err != nil {
		return nil, fmt.Errorf("personal columns of record %s: %w", r.ID, err)
	}
	return personal, nil
}

// whole answers all columns of a record as they are.
func (b *Book) whole(r *assess.Record) (map[string]string, error) {
	personal, err := b.open(r)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(r.Values)
	maps.Copy(all, personal)
	return all, nil
}

// keep makes what is stored of a record's columns: personal ones sealed, and what lists are narrowed and searched by.
func (b *Book) keep(t *Table, r assess.Record, values map[string]string) (assess.RecordWrite, error) {
	w := assess.RecordWrite{Record: r, Words: map[string]string{}}
	w.Values = map[string]string{}
	personal := map[string]string{}
	search := []string{r.Key}
	for _, f := range t.Fields {
		value := values[f.Name]
		if value == "" {
			continue
		}
		if f.Personal {
			personal[f.Name] = value
			continue
		}
		w.Values[f.Name] = value
		switch f.Type {
		case "enum", "bool", "ref", "date", "month":
			w.Words[f.Name] = value
		case "int", "decimal", "money_cny":
			w.Words[f.Name] = ordered(value)
		case "string", "uscc":
			search = append(search, value)
		}
	}
	for _, set := range t.Shared() {
		if name, word, ok := t.trace(set, values); ok {
			w.Words[name] = word
		}
	}
	w.Search = strings.ToLower(strings.Join(search, "\n"))
	w.Sealed = ""
	if len(personal) > 0 {
		text, err := json.Marshal(personal)
		if err != nil {
			return w, err
		}
		if w.Sealed, err = b.Vault.Seal(string(text), r.ID); err != nil {
			return w, err
		}
	}
	return w, nil
}

// Sortable says whether lists can be sorted by a column.
func (t *Table) Sortable(name string) bool {
	c, ok := t.columns[name]
	if !ok || c.Personal || c.System {
		return false
	}
	return slices.Contains([]string{"enum", "bool", "ref", "date", "month", "int", "decimal", "money_cny"}, c.Type)
}

// ordered writes a number so that texts stand in the order of the numbers they are of: up to fifteen digits before the point and six after.
func ordered(value string) string {
	n := Amount(value).Truncate(6)
	if limit := decimal.New(1, 15); n.IsNegative() {
		return "-" + limit.Add(n).StringFixed(6)
	}
	return "0" + strings.Repeat("0", max(0, 15-len(n.Truncate(0).String()))) + n.StringFixed(6)
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

func notYours() *assess.Problem {
	return assess.Forbidden("problem.register_role", "this register is kept by districts for themselves, and by the department of the city whose register it is")
}

// known says whether a unit is in the roster.
func known(e *assess.Edition, unit assess.UnitCode) bool {
	return slices.ContainsFunc(e.Roster.Units, func(u assess.Unit) bool { return u.Code == unit })
}
