package register

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Change is what somebody wants of a record.
type Change struct {
	Table assess.Code
	// ID is the record that is changed, with the Version that was looked at; "" for a new one.
	ID      string
	Version int
	// Above is the record that a new one of a child table belongs to.
	Above string
	// Written are the columns as they were written. One that is not there stays as it is; an empty one is emptied, but for personal ones, whose
	// value nobody saw: they stay, and a dash empties them.
	Written map[string]string
	Reason  string
}

// Saved is what became of a change: the record, unless findings refuse it.
type Saved struct {
	Record   assess.Record
	Findings []Finding
}

// Save adds a record or makes a new version of one. What is wrong with it is answered as findings, and nothing is kept then. Who may not is
// ErrForbidden, a record that somebody else changed meanwhile ErrConflict.
func (b *Book) Save(ctx context.Context, c Change, u account.User, line assess.AuditLine) (Saved, error) {
	s, err := b.sitting(ctx, c.Table, u, line.At)
	if err != nil {
		return Saved{}, err
	}
	saved, write, err := s.decide(ctx, c)
	if err != nil || write == nil {
		return saved, err
	}
	return saved, b.Store.PutRecords(ctx, []assess.RecordWrite{*write}, s.line(line, write))
}

// Close takes a record off its register, or with back puts it on again.
func (b *Book) Close(ctx context.Context, table assess.Code, id string, version int, back bool, reason string, u account.User, line assess.AuditLine) error {
	s, err := b.sitting(ctx, table, u, line.At)
	if err != nil {
		return err
	}
	r, values, err := s.held(ctx, id, version)
	if err != nil {
		return err
	}
	if reason == "" {
		return assess.Invalid("problem.record_reason", "say why the record is taken off the register, or put back")
	}
	if own, err := s.begun(ctx, id); err != nil {
		return err
	} else if own {
		return programs()
	}
	r.Closed, r.Reason = !back, reason
	if r.At, r.By, r.Role = line.At, u.Name, u.Role; back {
		others, err := s.near(ctx, values, r.ID)
		if err != nil {
			return err
		}
		if found := s.table.Check(values, s.asOf, others); HasError(found) {
			return assess.Conflict("problem.record_back", "the record does not keep the rules as it stands; correct what it names, then put it back")
		}
	}
	write, err := b.keep(s.table, r, values)
	if err != nil {
		return err
	}
	return b.Store.PutRecords(ctx, []assess.RecordWrite{write}, s.line(line, &write))
}

// sitting is one time that somebody works at a table.
type sitting struct {
	*Book
	table   *Table
	edition *assess.Edition
	user    account.User
	asOf    time.Time
	at      time.Time
	// What many records are checked against is read once: others are the open records of the table, byKey the same by what names them, above
	// those of the table above. For a single record they are nil, and it is looked for.
	others       *Others
	byKey, above map[string]assess.Record
}

func (b *Book) sitting(ctx context.Context, table assess.Code, u account.User, now time.Time) (*sitting, error) {
	t, e, err := b.Table(ctx, table, now)
	if err != nil {
		return nil, err
	}
	if !u.May(account.KeepRegisters, u.Unit, t.Keeper()) {
		return nil, notYours()
	}
	y, m, d := now.In(b.Zone).Date()
	return &sitting{Book: b, table: t, edition: e, user: u, asOf: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), at: now}, nil
}

// readAll reads what many records are checked against.
func (s *sitting) readAll(ctx context.Context) (err error) {
	s.others = NewOthers(s.table, nil)
	if s.byKey, err = s.openRecords(ctx, s.table, true); err != nil || s.table.Above == nil {
		return err
	}
	s.above, err = s.openRecords(ctx, s.table.Above, false)
	return err
}

// besides answers the records that one is compared with, which is none of them; old are its columns as they stand, nil for a new one. What
// back does counts it among them again.
func (s *sitting) besides(ctx context.Context, r *assess.Record, old, values map[string]string) (others *Others, back func(), err error) {
	if s.others == nil {
		others, err = s.near(ctx, values, r.ID)
		return others, func() {}, err
	}
	before := &assess.Record{Values: old, Closed: r.Closed}
	if old == nil {
		return s.others, func() {}, nil
	}
	s.others.Add(s.table, before, -1)
	return s.others, func() { s.others.Add(s.table, before, 1) }, nil
}

// openRecords reads the open records of a table by their names; compared, they are counted among the others too.
func (s *sitting) openRecords(ctx context.Context, t *Table, compared bool) (map[string]assess.Record, error) {
	byKey := map[string]assess.Record{}
	all, _, err := s.Store.Records(ctx, assess.RecordQuery{Table: t.Code})
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		byKey[r.Key] = r
		if compared {
			values, err := s.whole(&r)
			if err != nil {
				return nil, err
			}
			s.others.Add(t, &assess.Record{Values: values}, 1)
		}
	}
	return byKey, nil
}

// held answers the record of an ID in the version that was looked at, with all its columns.
func (s *sitting) held(ctx context.Context, id string, version int) (r assess.Record, values map[string]string, err error) {
	r, err = s.Store.RegisterRecord(ctx, id)
	if err != nil {
		return r, nil, err
	}
	if r.Table != s.table.Code || !s.user.May(account.KeepRegisters, r.Unit, s.table.Keeper()) {
		return r, nil, assess.NotFound("problem.record_none", "there is no such record; choose one of the list")
	}
	if r.Version != version {
		return r, nil, assess.Conflict("problem.record_moved", fmt.Sprintf("somebody else changed the record %s meanwhile; look at it again", r.Key), "key", r.Key)
	}
	if values, err = s.whole(&r); err != nil {
		return r, nil, err
	}
	return r, values, nil
}

// decide makes of a change what is to be written, nil where findings refuse it.
func (s *sitting) decide(ctx context.Context, c Change) (saved Saved, write *assess.RecordWrite, err error) {
	r, values := assess.Record{Table: s.table.Code, Above: c.Above}, map[string]string{}
	var old map[string]string
	if c.ID != "" {
		if r, old, err = s.held(ctx, c.ID, c.Version); err != nil {
			return saved, nil, err
		}
		values = maps.Clone(old)
	}
	typed := s.table.ReadAll(c.Written)
	for name, text := range c.Written {
		value, filled := typed.Values[name]
		switch {
		case filled:
			values[name] = value
		case text == "" && s.table.Personal(name):
		default:
			delete(values, name)
		}
	}
	if s.table.unit != "" && values[s.table.unit] == "" && s.user.Unit != "" {
		values[s.table.unit] = string(s.user.Unit) // whoever keeps one district's register need not say which
	}
	others, back, err := s.besides(ctx, &r, old, values)
	if err != nil {
		return saved, nil, err
	}
	saved.Findings = typed.Findings
	found := s.table.Check(values, s.asOf, others)
	if own, err := s.begun(ctx, c.ID); err != nil {
		return saved, nil, err
	} else if own {
		saved.Findings = append(saved.Findings, s.beside(old, values)...)
		found = brought(s.table.Check(old, s.asOf, others), found)
	}
	for _, f := range found {
		if !typed.wrong(f.Column) { // what cannot be read is not missing too
			saved.Findings = append(saved.Findings, f)
		}
	}
	r.Unit = s.table.UnitOf(values)
	f, err := s.place(ctx, &r, values)
	if err != nil {
		return saved, nil, err
	}
	if f != nil {
		saved.Findings = append(saved.Findings, *f)
	}
	if HasError(saved.Findings) {
		back()
		return saved, nil, nil
	}
	if r.ID == "" {
		if r.ID, err = newID(); err != nil {
			return saved, nil, err
		}
	}
	r.Key, r.At, r.By, r.Role, r.Reason, r.Closed = s.table.KeyOf(values), s.at, s.user.Name, s.user.Role, c.Reason, false
	kept, err := s.keep(s.table, r, values)
	if err != nil {
		return saved, nil, err
	}
	others.Add(s.table, &assess.Record{Values: values}, 1)
	saved.Record = kept.Record
	saved.Record.Version++
	return saved, &kept, s.cover(s.table, &saved.Record)
}

// place finds where a record belongs: its unit, or the record above it, whose unit is its own.
func (s *sitting) place(ctx context.Context, r *assess.Record, values map[string]string) (*Finding, error) {
	refuse := func(column string, p *assess.Problem) (*Finding, error) {
		return &Finding{Level: Error, Column: column, Problem: p}, nil
	}
	if s.table.Above != nil {
		above, ok, err := s.named(ctx, s.table.Above, values[s.table.Through])
		if err != nil {
			return nil, err
		}
		if !ok {
			return refuse(s.table.Through, assess.NotFound("problem.record_above", fmt.Sprintf("there is no open record %s in %s; write the number of one", values[s.table.Through], s.table.Above.Code),
				"key", values[s.table.Through], "table", s.table.Above.Name.ZH))
		}
		r.Above, r.Unit = above.ID, above.Unit
	}
	if r.Unit == "" {
		return nil, nil // it must be filled, and a finding says so
	}
	if !known(s.edition, r.Unit) {
		return refuse(s.table.unit, assess.NotFound("problem.unknown_unit", fmt.Sprintf("there is no unit %s", r.Unit), "unit", string(r.Unit)))
	}
	if !s.user.May(account.KeepRegisters, r.Unit, s.table.Keeper()) {
		return refuse(s.table.unit, assess.Forbidden("problem.record_unit", fmt.Sprintf("records of %s are kept by that district; write your own", r.Unit), "unit", string(r.Unit)))
	}
	return nil, nil
}

// line says what a write does, without any of its values.
func (s *sitting) line(line assess.AuditLine, w *assess.RecordWrite) assess.AuditLine {
	action := "record.change"
	switch {
	case w.Version == 0:
		action = "record.add"
	case w.Closed:
		action = "record.close"
	}
	line.Action, line.Object, line.Unit, line.After = action, string(s.table.Code)+"/"+w.Key, w.Unit, fmt.Sprintf("version %d", w.Version+1)
	return line
}
