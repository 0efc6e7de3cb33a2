package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// trace names a set of columns among the words of a record, and writes their texts short, so that the store finds the records that may share
// them without reading the register. Personal columns leave no trace: what is found is opened and compared whole. ok is false where nothing
// is left of the set, or a column of it is empty.
func (t *Table) trace(set []string, values map[string]string) (name, word string, ok bool) {
	var plain []string
	for _, column := range set {
		if values[column] == "" {
			return "", "", false
		}
		if !t.Personal(column) {
			plain = append(plain, column)
		}
	}
	text, ok := shared(plain, values)
	if len(plain) == 0 || !ok {
		return "", "", false
	}
	sum := sha256.Sum256([]byte(text))
	return "=" + strings.Join(plain, ","), hex.EncodeToString(sum[:16]), true
}

// near counts the open records that share a set of columns with some values, but for the record id itself.
func (s *sitting) near(ctx context.Context, values map[string]string, id string) (*Others, error) {
	others, seen := NewOthers(s.table, nil), map[string]bool{id: true}
	for _, set := range s.table.Shared() {
		q := assess.RecordQuery{Table: s.table.Code}
		if name, word, ok := s.table.trace(set, values); ok {
			q.Words = map[string]string{name: word}
		} else if _, filled := shared(set, values); !filled {
			continue // an empty column is like no other
		}
		found, _, err := s.Store.Records(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if seen[found[i].ID] {
				continue
			}
			seen[found[i].ID] = true
			whole, err := s.whole(&found[i])
			if err != nil {
				return nil, err
			}
			others.Add(s.table, &assess.Record{Values: whole}, 1)
		}
	}
	return others, nil
}

// named answers the open record of a table that a key names.
func (s *sitting) named(ctx context.Context, t *Table, key string) (r assess.Record, ok bool, err error) {
	if s.above != nil { // the whole table was read
		r, ok = s.above[key]
		return r, ok, nil
	}
	q := assess.RecordQuery{Table: t.Code}
	if len(t.Key) == 1 {
		if name, word, ok := t.trace(t.Key, map[string]string{t.Key[0]: key}); ok {
			q.Words = map[string]string{name: word}
		}
	}
	found, _, err := s.Store.Records(ctx, q)
	if err != nil {
		return r, false, err
	}
	for _, one := range found {
		if one.Key == key {
			return one, true, nil
		}
	}
	return r, false, nil
}
