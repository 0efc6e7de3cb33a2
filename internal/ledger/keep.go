package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
)

// keep makes the record of a new case and seals its evidence.
func (t *taking) keep(c *assess.RefundCase, ev *Evidence, when moments) (assess.RecordWrite, error) {
	r := assess.Record{ID: c.Record, Table: Table, Key: c.Number, Unit: c.Unit, At: t.line.At, By: t.line.Actor, Role: system}
	return t.put(t.table, r, c, ev, columns(t.table, c, ev, when))
}

func (l *Ledger) put(t *register.Table, r assess.Record, c *assess.RefundCase, ev *Evidence, values map[string]string) (w assess.RecordWrite, err error) {
	if c.Sealed, err = l.seal(ev, casePlace(c.Record)); err != nil {
		return w, err
	}
	return l.Book.Kept(t, r, values)
}

// rewrite makes a new version of the record of a case that was changed: what people wrote in its own columns stays. but changes what is said of
// its days.
func (l *Ledger) rewrite(ctx context.Context, t *register.Table, c *assess.RefundCase, ev *Evidence, line assess.AuditLine, role assess.Role, reason string, but ...func(*moments)) (w assess.RecordWrite, err error) {
	r, err := l.Store.RegisterRecord(ctx, c.Record)
	if err != nil {
		return w, err
	}
	when := l.moments(c)
	when.reason = reason
	for name, into := range map[string]*string{"approved_on": &when.approved, "batch_no": &when.batch, "refund_date": &when.arrived, "fail_reason": &when.returned} {
		if text := r.Values[name]; text != "" {
			*into = text
		}
	}
	for _, do := range but {
		do(&when)
	}
	r.Unit, r.At, r.By, r.Role, r.Reason, r.Closed = c.Unit, line.At, line.Actor, role, reason, false
	held, err := l.Book.Whole(&r)
	if err != nil {
		return w, err
	}
	values := columns(t, c, ev, when)
	for _, name := range byHand() {
		delete(values, name)
		if text := held[name]; text != "" {
			values[name] = text
		}
	}
	return l.put(t, r, c, ev, values)
}

// moments answers what a case says of its days as it stands now.
func (l *Ledger) moments(c *assess.RefundCase) moments {
	when := moments{batch: fmt.Sprintf("D%04d", c.Delivery), why: l.say(c.Why)}
	if booked(c.State) {
		when.approved = l.day(c.At)
	}
	return when
}

// day answers the day of a moment where the city is.
func (l *Ledger) day(at time.Time) string { return at.In(l.Book.Zone).Format(time.DateOnly) }

// say answers a reason in words.
func (l *Ledger) say(why string) string {
	if l.Say == nil {
		return why
	}
	return l.Say(why)
}

func (l *Ledger) seal(v any, place string) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return l.Book.Vault.Seal(string(text), place)
}

// yuan writes fen as records hold money.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}
