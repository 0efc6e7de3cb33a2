package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	selectDeliveries = `SELECT number, digest, tax_file, union_file, tax_rows, unions, paid, report, done, made_at, made_by FROM refund_delivery ORDER BY number`
	selectRows       = `SELECT delivery, line, tax_id, ticket, outcome, fen FROM refund_row WHERE delivery = $1 ORDER BY line`
	selectDigests    = `SELECT id, digest FROM refund_union`
	unionColumns     = `id, name, enterprise, code, unit, district, payable, digest, sealed`
	selectUnion      = `SELECT ` + unionColumns + ` FROM refund_union WHERE id = $1`
	// Both engines know REPLACE alike; their ways to look for a part of a text differ.
	searchUnions = `SELECT ` + unionColumns + ` FROM refund_union WHERE payable = 1 AND (unit = $1 OR $1 = '')
	AND (REPLACE(name, $2, '') <> name OR REPLACE(enterprise, $2, '') <> enterprise OR code = $2) ORDER BY name, id LIMIT 50`

	selectRefundSteps = `SELECT record, number, answer, union_id, reason, made_by, role, made_at FROM refund_decision WHERE record = $1 ORDER BY number`
	bookingColumns    = `b.number, b.ticket, c.written, b.record, b.tax_id, b.union_id, b.fen, b.kind, b.unit, b.made_at, b.made_by, b.reason`
	fromBookings      = ` FROM refund_booking b JOIN refund_case c ON c.record = b.record `
	selectBookings    = `SELECT ` + bookingColumns + fromBookings + `ORDER BY b.number`
	selectBooked      = `SELECT ` + bookingColumns + fromBookings + `WHERE b.record = $1 ORDER BY b.number`

	selectBatches     = `SELECT number, unit, state, cases, fen, bank, made_by, made_at, sent_by, sent_at FROM refund_batch ORDER BY number`
	transferColumns   = `p.batch, p.line, p.record, c.number, p.unit, p.fen, p.pay_to, p.state, p.reason, p.day, p.sealed`
	fromTransfers     = ` FROM refund_transfer p JOIN refund_case c ON c.record = p.record `
	selectTransfers   = `SELECT ` + transferColumns + fromTransfers + `WHERE p.batch = $1 ORDER BY p.line`
	selectRefundTries = `SELECT ` + transferColumns + fromTransfers + `WHERE p.record = $1 ORDER BY p.batch`
)

func scanCase(row scanner) (c assess.RefundCase, err error) {
	var score, changed, made int64
	err = row.Scan(&c.Record, &c.Number, &c.Ticket, &c.TicketNo, &c.TaxID, &c.UnionID, &c.Unit, &c.District, &c.Delivery, &c.Year, &c.Paid, &c.Refund, &c.Status, &c.Why,
		&c.Rule, &score, &c.Weight, &c.Policy, &c.PayTo, &c.State, &c.Version, &c.Waits, &c.Sealed, &changed, &made)
	c.Score, c.At, c.Made = float64(score)/100, moment(changed), moment(made)
	return c, err
}

// RefundCases answers the cases that q chooses, and how many there are without its limit.
func (s *Store) RefundCases(ctx context.Context, q assess.RefundQuery) (all []assess.RefundCase, n int, err error) {
	where, args := chooseCases(q)
	if err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM refund_case c WHERE 1 = 1`+where, args...).Scan(&n); err != nil {
		return nil, 0, s.explain("count refunds", err)
	}
	query := `SELECT ` + prefixed(caseColumns) + ` FROM refund_case c WHERE 1 = 1` + where + caseOrder(q)
	if q.Limit > 0 {
		args = append(args, q.Limit, q.Offset)
		query += fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(args)-1, len(args))
	}
	all, err = list(ctx, s.reader, scanCase, query, args...)
	return all, n, s.explain("read refunds", err)
}

// RefundPosition answers where a case stands in the order of a query, zero where the query does not choose it.
func (s *Store) RefundPosition(ctx context.Context, q assess.RefundQuery, number string) (p assess.RefundPosition, err error) {
	where, args := chooseCases(q)
	all, err := list(ctx, s.reader, func(row scanner) (n string, err error) { return n, row.Scan(&n) },
		`SELECT c.number FROM refund_case c WHERE 1 = 1`+where+caseOrder(q), args...)
	if err != nil {
		return p, s.explain("read refunds", err)
	}
	p.Of = len(all)
	at := slices.Index(all, number)
	if at < 0 {
		return p, nil
	}
	p.At = at + 1
	if at > 0 {
		p.Before = all[at-1]
	}
	if at+1 < len(all) {
		p.Behind = all[at+1]
	}
	return p, nil
}

// RefundCase answers the case of a number, ErrNotFound where there is none.
func (s *Store) RefundCase(ctx context.Context, number string) (assess.RefundCase, error) {
	c, err := scanCase(s.reader.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM refund_case WHERE number = $1`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return c, assess.NotFound("problem.refund_none", "there is no such refund; choose one of the list")
	}
	return c, s.explain("read a refund", err)
}

// EachRefundCase visits all cases in the order of their numbers.
func (s *Store) EachRefundCase(ctx context.Context, visit func(assess.RefundCase) error) error {
	return s.explain("read refunds", each(ctx, s.reader, scanCase, visit, `SELECT `+caseColumns+` FROM refund_case ORDER BY number`))
}

// EachRefundPayer visits the digests of taxpayers with their cases, in short: one visit for each digest and case.
func (s *Store) EachRefundPayer(ctx context.Context, visit func(payer string, c assess.RefundCase) error) error {
	type one struct {
		payer string
		c     assess.RefundCase
	}
	scan := func(row scanner) (o one, err error) {
		var score int64
		err = row.Scan(&o.payer, &o.c.Record, &o.c.Number, &o.c.Ticket, &o.c.Year, &o.c.Paid, &o.c.Refund, &o.c.State, &o.c.Status, &o.c.Why, &score, &o.c.Delivery, &o.c.UnionID)
		o.c.Score = float64(score) / 100
		return o, err
	}
	return s.explain("read taxpayers", each(ctx, s.reader, scan, func(o one) error { return visit(o.payer, o.c) },
		`SELECT p.payer, c.record, c.number, c.ticket, c.in_year, c.paid, c.refund, c.state, c.status, c.why, c.score, c.delivery, c.union_id FROM refund_payer p JOIN refund_case c ON c.record = p.record`))
}

// RefundSiblings answers the cases of one taxpayer and year: those that share a digest of the payer with a case, itself among them.
func (s *Store) RefundSiblings(ctx context.Context, record string) ([]assess.RefundCase, error) {
	all, err := list(ctx, s.reader, scanCase, `SELECT `+prefixed(caseColumns)+` FROM refund_case c WHERE c.record = $1 OR c.record IN (
	SELECT o.record FROM refund_payer p JOIN refund_payer o ON o.payer = p.payer AND o.in_year = p.in_year WHERE p.record = $1) ORDER BY c.number`, record)
	return all, s.explain("read the refunds of a taxpayer", err)
}

// RefundPaidIn answers what the tickets of the taxpayer of a case add up to in a year, and how many there are.
func (s *Store) RefundPaidIn(ctx context.Context, record, year string) (fen int64, n int, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT COALESCE(SUM(paid), 0), COUNT(*) FROM refund_case WHERE in_year = $1 AND record IN (
	SELECT o.record FROM refund_payer p JOIN refund_payer o ON o.payer = p.payer WHERE p.record = $2)`, year, record).Scan(&fen, &n)
	return fen, n, s.explain("read the refunds of a taxpayer", err)
}

// RefundSums adds up the cases by district and state.
func (s *Store) RefundSums(ctx context.Context) ([]assess.RefundSum, error) {
	all, err := list(ctx, s.reader, func(row scanner) (v assess.RefundSum, err error) {
		return v, row.Scan(&v.Unit, &v.State, &v.Cases, &v.Paid, &v.Refund)
	}, `SELECT unit, state, COUNT(*), SUM(paid), SUM(refund) FROM refund_case GROUP BY unit, state ORDER BY unit, state`)
	return all, s.explain("add up refunds", err)
}

// RefundDeliveries answers all deliveries, the first one first.
func (s *Store) RefundDeliveries(ctx context.Context) ([]assess.RefundDelivery, error) {
	all, err := list(ctx, s.reader, func(row scanner) (d assess.RefundDelivery, err error) {
		var done int
		var at int64
		err = row.Scan(&d.Number, &d.Digest, &d.TaxFile, &d.UnionFile, &d.Rows, &d.Unions, &d.Paid, &d.Report, &done, &at, &d.By)
		d.Done, d.At = done == 1, moment(at)
		return d, err
	}, selectDeliveries)
	return all, s.explain("read deliveries", err)
}

// EachRefundRow visits the rows of a delivery that have their outcome, in their order.
func (s *Store) EachRefundRow(ctx context.Context, delivery int, visit func(assess.RefundRow) error) error {
	return s.explain("read the rows of a delivery", each(ctx, s.reader, func(row scanner) (r assess.RefundRow, err error) {
		return r, row.Scan(&r.Delivery, &r.Line, &r.TaxID, &r.Ticket, &r.Outcome, &r.Fen)
	}, visit, selectRows, delivery))
}

// RefundUnionDigests answers the digest of every union that is kept, by its ID.
func (s *Store) RefundUnionDigests(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	err := each(ctx, s.reader, func(row scanner) (u assess.RefundUnion, err error) { return u, row.Scan(&u.ID, &u.Digest) },
		func(u assess.RefundUnion) error { all[u.ID] = u.Digest; return nil }, selectDigests)
	return all, s.explain("read unions", err)
}

func scanUnion(row scanner) (u assess.RefundUnion, err error) {
	var payable int
	err = row.Scan(&u.ID, &u.Name, &u.Of, &u.Code, &u.Unit, &u.District, &payable, &u.Digest, &u.Sealed)
	u.Payable = payable == 1
	return u, err
}

// RefundUnion answers a union, ErrNotFound where no delivery named it.
func (s *Store) RefundUnion(ctx context.Context, id string) (assess.RefundUnion, error) {
	u, err := scanUnion(s.reader.QueryRowContext(ctx, selectUnion, id))
	if errors.Is(err, sql.ErrNoRows) {
		return u, assess.NotFound("problem.refund_union_none", "there is no such union in the deliveries; choose one of the list")
	}
	return u, s.explain("read a union", err)
}

// RefundUnions answers up to fifty unions of a district that can be paid, whose name, enterprise or code has a text.
func (s *Store) RefundUnions(ctx context.Context, unit assess.UnitCode, text string) ([]assess.RefundUnion, error) {
	all, err := list(ctx, s.reader, scanUnion, searchUnions, string(unit), text)
	return all, s.explain("read unions", err)
}

// RefundDecisions answers the steps that were taken about a case, in their order.
func (s *Store) RefundDecisions(ctx context.Context, record string) ([]assess.RefundDecision, error) {
	all, err := list(ctx, s.reader, func(row scanner) (d assess.RefundDecision, err error) {
		var at int64
		err = row.Scan(&d.Record, &d.Number, &d.Answer, &d.UnionID, &d.Reason, &d.By, &d.Role, &at)
		d.At = moment(at)
		return d, err
	}, selectRefundSteps, record)
	return all, s.explain("read decisions", err)
}

func scanBooking(row scanner) (b assess.RefundBooking, err error) {
	var at int64
	err = row.Scan(&b.Number, &b.Ticket, &b.TicketNo, &b.Record, &b.TaxID, &b.UnionID, &b.Fen, &b.Kind, &b.Unit, &at, &b.By, &b.Reason)
	b.At = moment(at)
	return b, err
}

// EachRefundBooking visits the ledger in the order of booking.
func (s *Store) EachRefundBooking(ctx context.Context, visit func(assess.RefundBooking) error) error {
	return s.explain("read the ledger", each(ctx, s.reader, scanBooking, visit, selectBookings))
}

// RefundBookings answers the entries of the ledger of one case.
func (s *Store) RefundBookings(ctx context.Context, record string) ([]assess.RefundBooking, error) {
	all, err := list(ctx, s.reader, scanBooking, selectBooked, record)
	return all, s.explain("read the ledger", err)
}

// RefundBatches answers all payment lists, the first one first.
func (s *Store) RefundBatches(ctx context.Context) ([]assess.RefundBatch, error) {
	all, err := list(ctx, s.reader, func(row scanner) (b assess.RefundBatch, err error) {
		var at, sent int64
		err = row.Scan(&b.Number, &b.Unit, &b.State, &b.Count, &b.Fen, &b.Bank, &b.By, &at, &b.SentBy, &sent)
		b.At, b.SentAt = moment(at), moment(sent)
		return b, err
	}, selectBatches)
	return all, s.explain("read payment lists", err)
}

func scanTransfer(row scanner) (p assess.RefundTransfer, err error) {
	return p, row.Scan(&p.Batch, &p.Line, &p.Record, &p.Number, &p.Unit, &p.Fen, &p.PayTo, &p.State, &p.Reason, &p.Day, &p.Sealed)
}

// RefundTransfers answers the lines of a payment list.
func (s *Store) RefundTransfers(ctx context.Context, batch int) ([]assess.RefundTransfer, error) {
	all, err := list(ctx, s.reader, scanTransfer, selectTransfers, batch)
	return all, s.explain("read a payment list", err)
}

// RefundAttempts answers the attempts to pay one case, the first one first.
func (s *Store) RefundAttempts(ctx context.Context, record string) ([]assess.RefundTransfer, error) {
	all, err := list(ctx, s.reader, scanTransfer, selectRefundTries, record)
	return all, s.explain("read payments", err)
}
