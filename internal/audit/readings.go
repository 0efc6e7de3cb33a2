package audit

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Reading is what somebody saw or took of personal data in one way: for the sheet that is written when something came out.
type Reading struct {
	Actor, Address string
	// Action is how: record.uncover, export, person.find …; Object the register it was of.
	Action, Object string
	Unit           assess.UnitCode
	First, Last    time.Time
	Times          int
	// Records are how many were concerned: those that were uncovered, each once, and those of files as often as they were taken.
	Records int
	Reasons []string
}

// ReadingQuery narrows readings. The zero value is everything.
type ReadingQuery struct {
	From, To time.Time // To is not among them
	Actor    string
	Object   string // what the object begins with: a register
}

var records = regexp.MustCompile(`(?:^|; )(\d+) records`)

// personal says whether a line is about personal data that somebody saw as they are, with how many records, and why. Uncovering is of one.
func personal(l *assess.AuditLine) (n int, reason string, ok bool) {
	if m := records.FindStringSubmatch(l.After); m != nil {
		n, _ = strconv.Atoi(m[1])
	}
	switch {
	case strings.HasSuffix(l.Action, ".uncover"):
		return 1, l.After, true
	case l.Action == "refund.list":
		accounts, reason, _ := strings.Cut(l.After, " accounts: ")
		n, _ = strconv.Atoi(accounts)
		return n, reason, true
	case strings.HasPrefix(l.Action, "person."):
		_, reason, _ = strings.Cut(l.After, "; ")
		return n, reason, true
	case l.Action == "export" && strings.Contains(l.After, "readable"):
		_, reason, _ = strings.Cut(l.After, "readable; ")
		return n, reason, true
	}
	return 0, "", false
}

// of answers the register that a line is of, and of an uncovering the record: register/record/column, or record/column where refunds write it.
func of(l *assess.AuditLine) (object, record string) {
	object = strings.TrimPrefix(l.Object, "register ")
	if l.Action == "refund.list" {
		return "dues_refunds", ""
	}
	if !strings.HasSuffix(l.Action, ".uncover") {
		return object, ""
	}
	record = object[:max(strings.LastIndexByte(object, '/'), 0)]
	if l.Action == "refund.uncover" {
		return "dues_refunds", record
	}
	object, record, _ = strings.Cut(record, "/")
	return object, record
}

// Readings answers who saw personal data, how, when, and how many, by person and register, in the order of their first time. The lines are
// those of the log, in its order.
func Readings(lines iter.Seq2[assess.AuditLine, error], q ReadingQuery) (all []Reading, err error) {
	type way struct{ actor, address, action, object string }
	known, seen := map[way]int{}, map[string]bool{}
	for l, err := range lines {
		if err != nil {
			return nil, err
		}
		n, reason, ok := personal(&l)
		object, record := of(&l)
		if !ok || l.Result != "ok" || l.At.Before(q.From) || !q.To.IsZero() && !l.At.Before(q.To) || q.Actor != "" && l.Actor != q.Actor || !strings.HasPrefix(object, q.Object) {
			continue
		}
		if record != "" {
			who := l.Actor + "\x00" + l.Address + "\x00" + object + "\x00" + record
			if seen[who] {
				n = 0
			}
			seen[who] = true
		}
		w := way{l.Actor, l.Address, l.Action, object}
		i, again := known[w]
		if !again {
			i, known[w] = len(all), len(all)
			all = append(all, Reading{Actor: l.Actor, Address: l.Address, Action: l.Action, Object: object, Unit: l.Unit, First: l.At})
		}
		r := &all[i]
		r.Last, r.Times, r.Records = l.At, r.Times+1, r.Records+n
		if l.Unit != r.Unit {
			r.Unit = ""
		}
		if reason != "" && !slices.Contains(r.Reasons, reason) {
			r.Reasons = append(r.Reasons, reason)
		}
	}
	slices.SortStableFunc(all, func(a, b Reading) int { return cmp.Compare(a.First.UnixNano(), b.First.UnixNano()) })
	return all, nil
}
