package audit

import (
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Query narrows the lines of the log. The zero value is all of them.
type Query struct {
	From, To time.Time // To is not among them
	Actor    string
	Actions  []string // any of them; one that ends in a dot means all that begin with it
	Object   string   // what the object holds somewhere
	Unit     assess.UnitCode
	Result   string
	// Before is the number that the lines come before, 0 for the newest.
	Before int64
}

// Has says whether a line is among those that are asked for.
func (q Query) Has(l *assess.AuditLine) bool {
	switch {
	case q.Before > 0 && l.Seq >= q.Before,
		!q.From.IsZero() && l.At.Before(q.From),
		!q.To.IsZero() && !l.At.Before(q.To),
		q.Actor != "" && l.Actor != q.Actor,
		q.Unit != "" && l.Unit != q.Unit,
		q.Result != "" && l.Result != q.Result,
		!strings.Contains(l.Object, q.Object):
		return false
	}
	return len(q.Actions) == 0 || slices.ContainsFunc(q.Actions, func(a string) bool {
		return l.Action == a || strings.HasSuffix(a, ".") && strings.HasPrefix(l.Action, a)
	})
}
