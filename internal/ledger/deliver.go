package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/register"
)

// chunk is how many rows are kept in one change: a killed run loses at most so many, and nobody else waits long.
const chunk = 200

// Options are how a delivery is taken.
type Options struct {
	// ReviewAll lets a person look at what was matched without one, too.
	ReviewAll bool
	// Parameters are those of an earlier run, nil to estimate them from the files.
	Parameters *refund.Parameters
	// Progress hears how many of all rows are done; nil is nobody.
	Progress func(done, of int)
}

// Delivered is what became of a delivery.
type Delivered struct {
	assess.RefundDelivery
	// Known says that the same files were taken before, and nothing was done.
	Known bool
	// Outcomes are the rows of the files: auto, review, none, duplicate, conflict, refused.
	Outcomes map[string]assess.RefundSum
	// Booked are the refunds that this run has booked.
	Booked assess.RefundSum
	// Refused are rows that cannot be used, with their places.
	Refused []refund.ReportPlace
	Notes   []*assess.Problem
}

// Deliver takes a delivery for somebody: the department whose register it is.
func (l *Ledger) Deliver(ctx context.Context, f Files, o Options, u account.User, line assess.AuditLine) (*Delivered, error) {
	if !l.MayPay(u) {
		return nil, notYours()
	}
	return l.Take(ctx, f, o, line)
}

// Take reads both files, matches them, and keeps a case of every ticket that is new, with the refund booked where the policy says so. It asks
// nobody: Deliver does. It may be repeated: what an earlier run has kept is left, and one that was killed is made whole. A file that is damaged
// is a Problem, and nothing is kept then.
func (l *Ledger) Take(ctx context.Context, f Files, o Options, line assess.AuditLine) (*Delivered, error) {
	ctx, done, err := l.alone(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	in, err := f.read()
	if err != nil {
		return nil, err
	}
	d := &Delivered{Notes: in.notes, Outcomes: map[string]assess.RefundSum{}}
	if d.RefundDelivery, err = l.delivery(ctx, f.digest()); err != nil {
		return nil, err
	}
	if d.Done {
		d.Known = true
		return d, l.count(ctx, d)
	}
	result, err := refund.Run(in.Payments, in.Unions, refund.Options{Policy: refund.FilePolicy(), Parameters: o.Parameters})
	if err != nil {
		return nil, err
	}
	report, err := result.Report(in.Warnings)
	if err != nil {
		return nil, err
	}
	d.Refused = report.Refused
	t := &taking{Ledger: l, in: in, result: result, line: line, options: o, to: d}
	if err := t.open(ctx, f, report); err != nil {
		return nil, err
	}
	if err := t.keepUnions(ctx); err != nil {
		return nil, err
	}
	if err := t.keepRows(ctx); err != nil {
		return nil, err
	}
	return d, l.count(ctx, d)
}

// delivery answers the delivery of a digest; its number is 0 where it is new.
func (l *Ledger) delivery(ctx context.Context, digest string) (assess.RefundDelivery, error) {
	all, err := l.Store.RefundDeliveries(ctx)
	for _, d := range all {
		if d.Digest == digest {
			return d, err
		}
	}
	return assess.RefundDelivery{Digest: digest}, err
}

// count adds up the rows of a delivery by outcome.
func (l *Ledger) count(ctx context.Context, d *Delivered) error {
	return l.Store.EachRefundRow(ctx, d.Number, func(r assess.RefundRow) error {
		sum := d.Outcomes[r.Outcome]
		sum.Cases++
		sum.Paid += r.Fen
		d.Outcomes[r.Outcome] = sum
		return nil
	})
}

// taking is a delivery at work.
type taking struct {
	*Ledger
	in      *intake
	result  *refund.Result
	options Options
	line    assess.AuditLine
	to      *Delivered

	table *register.Table
	units map[string]assess.UnitCode // of the roster, by six digits
	judge *judge
	known *knowledge
	byID  map[string]int // unions
	many  map[string]int // how many taxpayers have a telephone, an account, an address
	next  int            // serial number of the next case
	taken map[string]bool
}

// open begins the delivery, or goes on with it.
func (t *taking) open(ctx context.Context, f Files, report *refund.Report) error {
	table, edition, err := t.register(ctx, t.line.At)
	if err != nil {
		return err
	}
	t.table, t.units = table, map[string]assess.UnitCode{}
	for _, u := range edition.Roster.Units {
		t.units[string(u.Code)] = u.Code
	}
	if t.to.Number == 0 {
		// Sentences about rows quote what stands in them, which may be another column's: the database keeps the places of rows that were refused
		// with the keys of the sentences, and of warnings the number.
		kept := *report
		kept.MoreWarnings, kept.Warnings, kept.Refused = report.MoreWarnings+len(report.Warnings), nil, slices.Clone(report.Refused)
		for i := range kept.Refused {
			kept.Refused[i].Message = ""
		}
		text, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		d := &t.to.RefundDelivery
		d.TaxFile, d.UnionFile, d.Rows, d.Unions, d.At, d.By = f.TaxName, f.UnionName, len(t.in.Payments), len(t.in.Unions), t.line.At, t.line.Actor
		d.Paid, d.Report = int64(report.Totals.Paid), string(text)
		made, err := t.Store.PutRefunds(ctx, assess.RefundWrite{Delivery: d}, t.does("refund.deliver", f.TaxName+" "+d.Digest[:16]))
		if err != nil {
			return err
		}
		t.to.RefundDelivery = *made.Delivery
	}
	if t.known, err = t.knowledge(ctx); err != nil {
		return err
	}
	if t.taken, err = t.numbers(ctx); err != nil {
		return err
	}
	t.next = len(t.known.tickets) + 1
	t.judge = newJudge(t.result, t.known, dayReader(t.table))
	t.judge.policyFor, t.judge.reviewAll, t.judge.delivery = t.policyFor, t.options.ReviewAll, t.to.Number
	t.byID = map[string]int{}
	for i := range t.in.Unions {
		if _, twice := t.byID[t.in.Unions[i].ID]; !twice {
			t.byID[t.in.Unions[i].ID] = i
		}
	}
	t.many = sharedValues(t.result)
	return nil
}

// does answers a line of the audit log about the delivery.
func (t *taking) does(action, after string) assess.AuditLine {
	line := t.line
	if line.Action, line.Object, line.After = action, "delivery", after; t.to.Number > 0 {
		line.Object = fmt.Sprintf("delivery %d", t.to.Number)
	}
	return line
}

// knowledge reads what the ledger knows of tickets and taxpayers.
func (l *Ledger) knowledge(ctx context.Context) (*knowledge, error) {
	k := &knowledge{map[string]*assess.RefundCase{}, map[string][]*assess.RefundCase{}, map[string][]*assess.RefundCase{}}
	err := l.Store.EachRefundPayer(ctx, func(payer string, c assess.RefundCase) error {
		one := k.tickets[c.Ticket]
		if one == nil {
			one = &c
			k.tickets[c.Ticket] = one
			if c.UnionID != "" {
				k.unions[c.UnionID] = append(k.unions[c.UnionID], one)
			}
		}
		one.Payers = append(one.Payers, payer)
		k.payers[payer] = append(k.payers[payer], one)
		return nil
	})
	return k, err
}

// numbers answers the numbers of records that look like those of deliveries: of earlier ones, and what somebody called so by hand.
func (l *Ledger) numbers(ctx context.Context) (map[string]bool, error) {
	taken := map[string]bool{}
	return taken, l.Book.Store.EachRecord(ctx, Table, math.MaxInt64, func(r assess.Record) error {
		if strings.HasPrefix(r.Key, delivered) {
			taken[r.Key] = true
		}
		return nil
	})
}

// keepUnions keeps the unions that are new or that another delivery had otherwise.
func (t *taking) keepUnions(ctx context.Context) error {
	before, err := t.Store.RefundUnionDigests(ctx)
	if err != nil {
		return err
	}
	var changed []assess.RefundUnion
	flush := func() error {
		if len(changed) == 0 {
			return nil
		}
		_, err := t.Store.PutRefunds(ctx, assess.RefundWrite{Unions: changed}, t.does("refund.unions", fmt.Sprintf("%d unions", len(changed))))
		changed = changed[:0]
		return err
	}
	for i := range t.in.Unions {
		u := &t.in.Unions[i]
		if u.Fault != nil || t.byID[u.ID] != i {
			continue
		}
		one, err := t.union(i)
		if err != nil {
			return err
		}
		if before[one.ID] == one.Digest {
			continue
		}
		if one.Sealed, err = t.seal(t.in.unionSide(i), unionPlace(one.ID)); err != nil {
			return err
		}
		if changed = append(changed, one); len(changed) == chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func unionPlace(id string) string { return "union/" + id }

// union answers a union as it is kept, but for what is sealed.
func (t *taking) union(i int) (assess.RefundUnion, error) {
	u := &t.in.Unions[i]
	district := refund.SixDigits(t.result.Affiliated[i].District)
	one := assess.RefundUnion{ID: u.ID, Name: withoutCitizens(u.Name), Of: withoutCitizens(u.EnterpriseName), Unit: t.units[district], District: district, Payable: u.Payable()}
	if code := refund.ParseCode(u.EnterpriseCode); code.Kind == refund.CodeUnified && !refund.LikeCitizen(code.Text) {
		one.Code = code.Text
	}
	text, err := json.Marshal([]any{t.in.unionSide(i), one.District, one.Payable})
	one.Digest = digestOf(text)
	return one, err
}

// keepRows decides on every row that has no outcome yet and keeps it, chunk by chunk.
func (t *taking) keepRows(ctx context.Context) error {
	done := map[int]bool{}
	if err := t.Store.EachRefundRow(ctx, t.to.Number, func(r assess.RefundRow) error { done[r.Line] = true; return nil }); err != nil {
		return err
	}
	w := &assess.RefundWrite{}
	order := t.judge.order()
	for n, i := range order {
		if done[t.in.Payments[i].Row] {
			t.redo(i)
		} else if err := t.row(ctx, i, w); err != nil {
			return err
		}
		if len(w.Rows) == chunk || n == len(order)-1 {
			if err := t.flush(ctx, w, n == len(order)-1); err != nil {
				return err
			}
			if t.options.Progress != nil {
				t.options.Progress(n+1, len(order))
			}
		}
	}
	if len(order) == 0 {
		return t.flush(ctx, w, true)
	}
	return nil
}

func (t *taking) flush(ctx context.Context, w *assess.RefundWrite, last bool) error {
	if len(w.Rows) == 0 && !last {
		return nil
	}
	if last {
		t.to.Done = true
		d := t.to.RefundDelivery
		w.Delivery = &d
	}
	var fen int64
	for _, b := range w.Bookings {
		fen += b.Fen
	}
	line := t.does("refund.rows", fmt.Sprintf("%d rows, %d cases, %d refunds of %s yuan", len(w.Rows), len(w.Cases), len(w.Bookings), yuan(fen)))
	if _, err := t.Store.PutRefunds(ctx, *w, line); err != nil {
		return err
	}
	t.to.Booked.Cases += len(w.Bookings)
	t.to.Booked.Refund += fen
	*w = assess.RefundWrite{}
	return nil
}

// register answers the register of the cases, ready.
func (l *Ledger) register(ctx context.Context, now time.Time) (*register.Table, *assess.Edition, error) {
	return l.Book.Table(ctx, Table, now)
}
