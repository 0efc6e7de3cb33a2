package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertDelivery = `INSERT INTO refund_delivery (number, digest, tax_file, union_file, tax_rows, unions, paid, report, done, made_at, made_by)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	updateDelivery = `UPDATE refund_delivery SET done = $1 WHERE number = $2`

	deleteUnion = `DELETE FROM refund_union WHERE id = $1`

	caseColumns = `record, number, ticket, written, tax_id, union_id, unit, district, delivery, in_year, paid, refund, status, why, rule, score, weight, policy,
	pay_to, state, version, waits, sealed, changed, made_at`
	insertCase = `INSERT INTO refund_case (` + caseColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1, $21, $22, $23, $24)`
	updateCase = `UPDATE refund_case SET union_id = $1, unit = $2, district = $3, refund = $4, status = $5, why = $6, rule = $7, score = $8, weight = $9,
	policy = $10, pay_to = $11, state = $12, version = version + 1, waits = $13, sealed = $14, changed = $15 WHERE record = $16 AND version = $17`

	insertRefundStep = `INSERT INTO refund_decision (record, number, answer, union_id, reason, made_by, role, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	insertBooking    = `INSERT INTO refund_booking (number, ticket, record, tax_id, union_id, fen, kind, unit, made_at, made_by, reason)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	countBooked  = `SELECT COUNT(*), COALESCE(MAX(fen), 0) FROM refund_booking WHERE ticket = $1 AND kind = $2`
	lastBooking  = `SELECT COALESCE(MAX(number), 0) FROM refund_booking`
	lastBatch    = `SELECT COALESCE(MAX(number), 0) FROM refund_batch`
	lastDelivery = `SELECT COALESCE(MAX(number), 0) FROM refund_delivery`

	insertBatch = `INSERT INTO refund_batch (number, unit, state, cases, fen, bank, made_by, made_at, sent_by, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	updateBatch = `UPDATE refund_batch SET state = $1, bank = $2, sent_by = $3, sent_at = $4 WHERE number = $5 AND state = $6`
	// A list is closed by the answer to its last line, whoever gave the others at the same time.
	closeBatch     = `UPDATE refund_batch SET state = 'closed' WHERE number = $1 AND state = 'sent' AND NOT EXISTS (SELECT 1 FROM refund_transfer WHERE batch = $2 AND state = 'sent')`
	insertTransfer = `INSERT INTO refund_transfer (batch, line, record, unit, fen, pay_to, state, reason, day, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	updateTransfer = `UPDATE refund_transfer SET state = $1, reason = $2, day = $3 WHERE batch = $4 AND line = $5 AND state = $6`
)

// PutRefunds writes a change of the refunds, all of it or none, and answers it with the numbers that were given. A case that has another
// version by now is ErrConflict, and so is a second refund of a ticket, a second reversal, and one of what was never refunded.
// A delivery or a payment list that is new gets its number, which is put to the object of the lines.
func (s *Store) PutRefunds(ctx context.Context, w assess.RefundWrite, lines ...assess.AuditLine) (assess.RefundWrite, error) {
	newDelivery, newList, told := w.Delivery != nil && w.Delivery.Number == 0, w.Batch != nil && w.Batch.Number == 0, slices.Clone(lines)
	_, err := s.change(ctx, "write refunds", func(t tx, h *head) error {
		if newDelivery {
			w.Delivery.Number = 0 // an attempt of before that was not kept has given it one
		}
		for _, step := range []func(*head, *assess.RefundWrite) error{t.putDelivery, t.putUnions, t.putRecords, t.putCases, t.putDecisions, t.putBookings, t.putRows, t.putTransfers} {
			if err := step(h, &w); err != nil {
				return err
			}
		}
		for i := range told {
			switch {
			case newDelivery:
				told[i].Object = fmt.Sprintf("%s %d", lines[i].Object, w.Delivery.Number)
			case newList:
				told[i].Object = fmt.Sprintf("%s %d", lines[i].Object, w.Batch.Number)
			}
		}
		return nil
	}, told...)
	return w, err
}

func (t tx) putDelivery(_ *head, w *assess.RefundWrite) error {
	d := w.Delivery
	if d == nil {
		return nil
	}
	if d.Number > 0 {
		_, err := t.exec(updateDelivery, digit(d.Done), d.Number)
		return err
	}
	if err := t.row(lastDelivery).Scan(&d.Number); err != nil {
		return err
	}
	d.Number++
	_, err := t.exec(insertDelivery, d.Number, d.Digest, d.TaxFile, d.UnionFile, d.Rows, d.Unions, d.Paid, d.Report, digit(d.Done), millis(d.At), d.By)
	return err
}

func (t tx) putUnions(_ *head, w *assess.RefundWrite) error {
	for i := range w.Unions {
		if _, err := t.exec(deleteUnion, w.Unions[i].ID); err != nil {
			return err
		}
	}
	_, err := t.insert(newInsertion("refund_union", nil, []string{"id", "name", "enterprise", "code", "unit", "district", "payable", "digest", "sealed"}), nil, len(w.Unions),
		func(args []any, k int) []any {
			u := &w.Unions[k]
			return append(args, u.ID, u.Name, u.Of, u.Code, string(u.Unit), u.District, digit(u.Payable), u.Digest, u.Sealed)
		})
	return err
}

func (t tx) putRecords(h *head, w *assess.RefundWrite) error {
	for i := range w.Records {
		if err := t.putRecord(h, &w.Records[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t tx) putCases(_ *head, w *assess.RefundWrite) error {
	type paid struct{ payer, year, record string }
	var payers []paid
	for i := range w.Cases {
		c := &w.Cases[i]
		if err := t.putCase(c); err != nil {
			return err
		}
		if c.Version == 0 {
			for _, p := range c.Payers {
				payers = append(payers, paid{p, c.Year, c.Record})
			}
		}
	}
	_, err := t.insert(newInsertion("refund_payer", nil, []string{"payer", "in_year", "record"}), nil, len(payers), func(args []any, k int) []any {
		return append(args, payers[k].payer, payers[k].year, payers[k].record)
	})
	return err
}

func (t tx) putCase(c *assess.RefundCase) error {
	score := int64(math.Round(c.Score * 100))
	if c.Version == 0 {
		_, err := t.exec(insertCase, c.Record, c.Number, c.Ticket, c.TicketNo, c.TaxID, c.UnionID, string(c.Unit), c.District, c.Delivery, c.Year, c.Paid, c.Refund,
			c.Status, c.Why, c.Rule, score, c.Weight, c.Policy, c.PayTo, string(c.State), c.Waits, c.Sealed, millis(c.At), millis(c.Made))
		return err
	}
	n, err := t.exec(updateCase, c.UnionID, string(c.Unit), c.District, c.Refund, c.Status, c.Why, c.Rule, score, c.Weight, c.Policy, c.PayTo,
		string(c.State), c.Waits, c.Sealed, millis(c.At), c.Record, c.Version)
	if err == nil && n == 0 {
		return assess.Conflict("problem.refund_moved", fmt.Sprintf("somebody else decided about %s meanwhile; look at it again", c.Number), "number", c.Number)
	}
	return err
}

func (t tx) putDecisions(_ *head, w *assess.RefundWrite) error {
	for _, d := range w.Decisions {
		if _, err := t.exec(insertRefundStep, d.Record, d.Number, d.Answer, d.UnionID, d.Reason, d.By, string(d.Role), millis(d.At)); err != nil {
			return err
		}
	}
	return nil
}

func (t tx) putBookings(_ *head, w *assess.RefundWrite) error {
	if len(w.Bookings) == 0 {
		return nil
	}
	var last int64
	if err := t.row(lastBooking).Scan(&last); err != nil {
		return err
	}
	for i := range w.Bookings {
		b := &w.Bookings[i]
		if err := t.mayBook(b); err != nil {
			return err
		}
		last++
		b.Number = last
		if _, err := t.exec(insertBooking, b.Number, b.Ticket, b.Record, b.TaxID, b.UnionID, b.Fen, b.Kind, string(b.Unit), millis(b.At), b.By, b.Reason); err != nil {
			return err
		}
	}
	return nil
}

// mayBook refuses what the ledger never holds.
func (t tx) mayBook(b *assess.RefundBooking) error {
	var before int
	var fen int64
	if err := t.row(countBooked, b.Ticket, b.Kind).Scan(&before, &fen); err != nil {
		return err
	}
	if before > 0 {
		return assess.Conflict("problem.refund_booked", fmt.Sprintf("the ledger has a %s of this ticket already", b.Kind))
	}
	if b.Kind != "reversal" {
		return nil
	}
	if err := t.row(countBooked, b.Ticket, "refund").Scan(&before, &fen); err != nil {
		return err
	}
	if before == 0 || fen != b.Fen {
		return assess.Conflict("problem.refund_unbooked", "only what was refunded can be taken back, and all of it")
	}
	return nil
}

func (t tx) putRows(_ *head, w *assess.RefundWrite) error {
	_, err := t.insert(newInsertion("refund_row", nil, []string{"delivery", "line", "tax_id", "ticket", "outcome", "fen"}), nil, len(w.Rows), func(args []any, k int) []any {
		r := &w.Rows[k]
		return append(args, r.Delivery, r.Line, r.TaxID, r.Ticket, r.Outcome, r.Fen)
	})
	return err
}

func (t tx) putTransfers(_ *head, w *assess.RefundWrite) error {
	b := w.Batch
	if b != nil && b.State == "drawn" {
		return t.drawBatch(b, w.Transfers)
	}
	if b != nil { // only a list that is drawn is sent or dropped
		n, err := t.exec(updateBatch, b.State, b.Bank, b.SentBy, millis(b.SentAt), b.Number, "drawn")
		if err != nil {
			return err
		}
		if n == 0 {
			return batchMoved(b.Number)
		}
	}
	for i := range w.Transfers {
		p := &w.Transfers[i]
		n, err := t.exec(updateTransfer, p.State, p.Reason, p.Day, p.Batch, p.Line, lineBefore(p.State))
		if err != nil {
			return err
		}
		if n == 0 {
			return batchMoved(p.Batch)
		}
		if i+1 < len(w.Transfers) && w.Transfers[i+1].Batch == p.Batch {
			continue
		}
		if _, err := t.exec(closeBatch, p.Batch, p.Batch); err != nil {
			return err
		}
	}
	return nil
}

// drawBatch writes a payment list that is new, and its lines.
func (t tx) drawBatch(b *assess.RefundBatch, lines []assess.RefundTransfer) error {
	if err := t.row(lastBatch).Scan(&b.Number); err != nil {
		return err
	}
	b.Number++
	if _, err := t.exec(insertBatch, b.Number, string(b.Unit), b.State, b.Count, b.Fen, b.Bank, b.By, millis(b.At), b.SentBy, millis(b.SentAt)); err != nil {
		return err
	}
	for i := range lines {
		p := &lines[i]
		p.Batch = b.Number
		if _, err := t.exec(insertTransfer, p.Batch, p.Line, p.Record, string(p.Unit), p.Fen, p.PayTo, p.State, p.Reason, p.Day, p.Sealed); err != nil {
			return err
		}
	}
	return nil
}

// lineBefore answers the one state from which a line of a payment list comes to another. Where it is in a third by now, somebody else moved it
// since it was read: a refund that is on two lists would be paid twice.
func lineBefore(state string) string {
	switch state {
	case "sent", "dropped":
		return "batched"
	case "reversed":
		return "settled"
	}
	return "sent"
}

func batchMoved(number int) *assess.Problem {
	return assess.Conflict("problem.refund_batch_state", fmt.Sprintf("payment list %d was moved by somebody else meanwhile; look at it again", number))
}

// chooseCases writes the conditions of a query.
func chooseCases(q assess.RefundQuery) (string, []any) {
	query, args := among("", nil, "c.unit", q.Units)
	query, args = among(query, args, "c.state", q.States)
	for _, one := range []struct{ column, value string }{{"c.why", q.Why}, {"c.rule", q.Rule}, {"c.pay_to", q.PayTo}} {
		if one.value != "" {
			args = append(args, one.value)
			query += fmt.Sprintf(" AND %s = $%d", one.column, len(args))
		}
	}
	if q.Delivery > 0 {
		args = append(args, q.Delivery)
		query += fmt.Sprintf(" AND c.delivery = $%d", len(args))
	}
	if q.Waits {
		query += " AND c.waits <> ''"
	}
	return query, args
}

// caseOrder is the order of a list.
func caseOrder(q assess.RefundQuery) string {
	if q.Queue {
		return " ORDER BY c.weight DESC, c.made_at, c.number"
	}
	return " ORDER BY c.number"
}

// prefixed puts the alias c before every column of a case.
func prefixed(columns string) string {
	names := strings.Split(columns, ",")
	for i, n := range names {
		names[i] = "c." + strings.TrimSpace(n)
	}
	return strings.Join(names, ", ")
}
