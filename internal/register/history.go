package register

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Version is a record as one of its versions has it, personal columns covered, with the columns that this version changed, in the order of
// the definition; of the first one all that it fills.
type Version struct {
	assess.Record
	Changed []string
}

// History answers a record with its versions, oldest first. A record of a unit that the reader may not see is none.
func (b *Book) History(ctx context.Context, table assess.Code, id string, u account.User, now time.Time) (*Table, []Version, error) {
	t, records, err := b.versions(ctx, table, id, u, now)
	if err != nil {
		return nil, nil, err
	}
	versions := make([]Version, len(records))
	var before map[string]string
	for i := range records {
		after, err := b.whole(&records[i])
		if err != nil {
			return nil, nil, err
		}
		for _, f := range t.Fields {
			if before[f.Name] != after[f.Name] {
				versions[i].Changed = append(versions[i].Changed, f.Name)
			}
		}
		before = after
		if err := b.cover(t, &records[i]); err != nil {
			return nil, nil, err
		}
		versions[i].Record = records[i]
	}
	return t, versions, nil
}

// Findings answers what is wrong with an open record as it stands, or worth a look, as of today, to somebody who keeps it.
func (b *Book) Findings(ctx context.Context, table assess.Code, id string, u account.User, now time.Time) ([]Finding, error) {
	s, err := b.sitting(ctx, table, u, now)
	if err != nil {
		return nil, err
	}
	r, err := s.Store.RegisterRecord(ctx, id)
	if err != nil || r.Closed {
		return nil, err
	}
	_, values, err := s.held(ctx, id, r.Version)
	if err != nil {
		return nil, err
	}
	others, err := s.near(ctx, values, id)
	if err != nil {
		return nil, err
	}
	return s.table.Check(values, s.asOf, others), nil
}

// Uncoverable answers the personal columns of a record that hold something, in the order of the definition, for somebody who may uncover them.
func (b *Book) Uncoverable(t *Table, r *assess.Record, u account.User) (names []string) {
	if !u.May(account.Uncover, r.Unit, t.Keeper()) {
		return nil
	}
	for _, f := range t.Fields {
		if f.Personal && r.Values[f.Name] != "" {
			names = append(names, f.Name)
		}
	}
	return names
}
