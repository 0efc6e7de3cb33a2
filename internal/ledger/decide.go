package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
)

// WhyByHand is the reason of what a person refused.
const WhyByHand = "refused_by_hand"

// Decide takes an answer about a case. Whoever may not is ErrForbidden, a case that somebody else moved ErrConflict; what the policy does not let
// pass, and a union of another district, are Problems. Above the policy's limit for two persons, for another account and for a reversal the case
// waits for a second person.
func (l *Ledger) Decide(ctx context.Context, d Decision, u account.User, line assess.AuditLine) (Case, error) {
	switch d.Answer {
	case AnswerThis, AnswerAnother, AnswerConfirm:
		// What is left of a year is asked and booked by one at a time: two who ask at once would both be told the whole of it.
		within, done, err := l.alone(ctx)
		if err != nil {
			return Case{}, err
		}
		defer done()
		ctx = within
	}
	s, err := l.stand(ctx, d, u, line)
	if err != nil {
		return Case{}, err
	}
	if err := s.take(ctx); err != nil {
		return Case{}, err
	}
	if err := s.keep(ctx); err != nil {
		return Case{}, err
	}
	return seen(s.c, s.ev), nil
}

// standing is one case under decision.
type standing struct {
	*Ledger
	Decision
	user  account.User
	line  assess.AuditLine
	c     assess.RefundCase
	ev    *Evidence
	steps []assess.RefundDecision
	write assess.RefundWrite
}

func (l *Ledger) stand(ctx context.Context, d Decision, u account.User, line assess.AuditLine) (*standing, error) {
	c, ev, err := l.held(ctx, d.Number, u)
	if err != nil {
		return nil, err
	}
	if !l.MayDecide(u, c.Unit) {
		return nil, notYours()
	}
	if c.Version != d.Version {
		return nil, assess.Conflict("problem.refund_moved", fmt.Sprintf("somebody else decided about %s meanwhile; look at it again", c.Number), "number", c.Number)
	}
	if d.Reason = strings.TrimSpace(d.Reason); d.Reason == "" {
		return nil, assess.Invalid("problem.refund_reason", "say why; it stands in the history of the refund")
	}
	steps, err := l.Store.RefundDecisions(ctx, c.Record)
	if err != nil {
		return nil, err
	}
	c.At = line.At
	return &standing{Ledger: l, Decision: d, user: u, line: line, c: c, ev: ev, steps: steps}, nil
}

// take changes the case by the answer.
func (s *standing) take(ctx context.Context) error {
	if s.Answer == AnswerConfirm || s.Answer == AnswerWithdraw {
		return s.second(ctx)
	}
	if s.c.Waits != "" {
		return assess.Conflict("problem.refund_waits", "the refund waits for a second person; it is confirmed or withdrawn first")
	}
	switch s.Answer {
	case AnswerThis, AnswerAnother:
		if s.Answer == AnswerThis && s.c.State == assess.RefundApproved && s.c.Why == WhyTicket {
			s.c.Why = string(refund.WhyMatched) // what was booked stands, and may be paid
			return nil
		}
		// What was refused may be taken up again: the policy is asked anew, as it is by now.
		if err := s.in(assess.RefundReview, assess.RefundPostponed, assess.RefundNoUnion, assess.RefundRefused); err != nil {
			return err
		}
		return s.approve(ctx, false)
	case AnswerNone, AnswerRefuse, AnswerPostpone:
		if err := s.in(assess.RefundReview, assess.RefundPostponed, assess.RefundNoUnion); err != nil {
			return err
		}
		s.put()
		return nil
	case AnswerAccount:
		if err := s.in(assess.RefundApproved, assess.RefundReturned); err != nil {
			return err
		}
		payee, err := sound8to32(s.Account)
		if err != nil {
			return err
		}
		s.ev.Proposed, s.c.Waits = &payee, string(AnswerAccount)
		return nil
	case AnswerReverse:
		if err := s.in(assess.RefundApproved, assess.RefundSettled, assess.RefundReturned); err != nil {
			return err
		}
		s.c.Waits = string(AnswerReverse)
		return nil
	}
	return assess.Invalid("problem.refund_answer", "there is no such answer; choose one of the page")
}

// in refuses an answer that does not fit the state of the case.
func (s *standing) in(states ...assess.RefundState) error {
	if slices.Contains(states, s.c.State) {
		return nil
	}
	return assess.Conflict("problem.refund_state", "where the refund stands this cannot be answered; look at it again")
}

// put takes an answer that books nothing.
func (s *standing) put() {
	switch s.Answer {
	case AnswerNone:
		s.c.State, s.c.Why, s.c.UnionID, s.c.Refund = assess.RefundNoUnion, string(refund.WhyNobody), "", 0
	case AnswerRefuse:
		s.c.State, s.c.Why, s.c.Refund = assess.RefundRefused, WhyByHand, 0
	case AnswerPostpone:
		s.c.State = assess.RefundPostponed
	}
}

// approve books the refund by the union of the answer; above the policy's limit it waits for a second person, who says confirmed.
func (s *standing) approve(ctx context.Context, confirmed bool) error {
	side, err := s.union(ctx)
	if err != nil {
		return err
	}
	policy, fen, err := s.due(ctx)
	if err != nil {
		return err
	}
	if !confirmed && policy.TwoPersons > 0 && fen >= int64(policy.TwoPersons) {
		s.c.Waits, s.c.State = "decide", assess.RefundReview
		s.Union = side.ID
		return nil
	}
	if s.ev.Union == nil || s.ev.Union.ID != side.ID {
		s.ev.Union, s.ev.Path, s.ev.Bits, s.ev.RunnerUp, s.ev.Ahead = side, nil, nil, nil, 0
	}
	to, number := refund.Payout(s.ev.Tax.payment(), side.union())
	s.ev.Payee = payeeOf(to, number, &s.ev.Tax, side)
	s.Union = side.ID
	s.c.UnionID, s.c.PayTo, s.c.Status, s.c.Policy, s.c.Refund = side.ID, string(to), answered, policy.Code, fen
	s.c.State, s.c.Why = assess.RefundApproved, unopposed(s.c.Why)
	s.write.Bookings = append(s.write.Bookings, s.booking(&s.c, "refund", s.line))
	return nil
}

// unopposed answers the reason of a case that was approved: what spoke against refunding it holds no longer, a doubt about its match is kept.
func unopposed(why string) string {
	switch why {
	case WhyTicket, WhyOverLimit, WhyLifted, WhyUnion, WhyNoPolicy, WhyNoPast, WhyNothing, WhyByHand, string(refund.WhyNobody):
		return string(refund.WhyMatched)
	}
	return why
}

// union answers the union of the answer: the one that was found, or another of the same district; of any where nobody knows the district.
func (s *standing) union(ctx context.Context) (*Side, error) {
	if s.Answer == AnswerThis {
		if s.ev.Union == nil || !s.ev.Union.union().Payable() {
			return nil, assess.Invalid("problem.refund_no_union", "no union was found that can be paid; choose another, or answer that there is none")
		}
		return s.ev.Union, nil
	}
	one, err := s.Store.RefundUnion(ctx, s.Union)
	if err != nil {
		return nil, err
	}
	if !one.Payable || one.Unit != s.c.Unit && s.c.Unit != "" || one.Unit == "" {
		return nil, assess.Forbidden("problem.refund_union_district", "only a union of the same district that exists and is no branch can be chosen")
	}
	s.c.Unit, s.c.District = one.Unit, one.District // an enterprise of no known district is where its union is
	side := &Side{}
	return side, s.unseal(one.Sealed, unionPlace(one.ID), side)
}

// due answers what is refunded by the policy of the day, of all that is known of the taxpayer's year.
func (s *standing) due(ctx context.Context) (Policy, int64, error) {
	day := s.c.Year + "-12-31"
	if t, _, err := s.register(ctx, s.line.At); err != nil {
		return Policy{}, 0, err
	} else if read := dayReader(t)(s.ev.Tax.Paid); read != "" {
		day = read
	}
	policy, ok := s.policyFor(day)
	if !ok {
		return policy, 0, assess.Conflict("problem.refund_no_policy", "no policy of refunds is in force on the day of the payment")
	}
	others, err := s.Store.RefundSiblings(ctx, s.c.Record)
	if err != nil {
		return policy, 0, err
	}
	var before int64
	for i := range others {
		if booked(others[i].State) {
			before += others[i].Refund
		}
	}
	paid, err := s.counted(ctx, policy)
	if err != nil {
		return policy, 0, err
	}
	if !policy.Eligible(refund.Fen(paid)) {
		return policy, 0, assess.Conflict("problem.refund_over_limit",
			fmt.Sprintf("what the limit of %s is held against comes to %s yuan, and only what is below %s is refunded; refuse it", s.c.Year, yuan(paid), policy.Limit),
			"year", s.c.Year, "paid", yuan(paid), "limit", policy.Limit.String())
	}
	fen := policy.of(s.c.Paid, before)
	if fen <= 0 {
		return policy, 0, assess.Conflict("problem.refund_nothing", "there is nothing left to refund of this payment; refuse it")
	}
	return policy, fen, nil
}

// counted answers what the limit of a policy is held against: what was paid in the year, or in the two years before on the average. Where nothing
// is known of these a person may decide.
func (s *standing) counted(ctx context.Context, p Policy) (int64, error) {
	if p.Basis == refund.BasisYear {
		fen, _, err := s.Store.RefundPaidIn(ctx, s.c.Record, s.c.Year)
		return fen, err
	}
	year, err := strconv.Atoi(s.c.Year)
	if err != nil {
		return 0, nil
	}
	sum := int64(0)
	for back := 1; back <= 2; back++ {
		fen, _, err := s.Store.RefundPaidIn(ctx, s.c.Record, strconv.Itoa(year-back))
		if err != nil {
			return 0, err
		}
		sum += fen
	}
	return sum / 2, nil
}

// second takes what a second person says.
func (s *standing) second(ctx context.Context) error {
	asked, ok := asking(s.steps)
	if s.c.Waits == "" || !ok {
		return assess.Conflict("problem.refund_waits_not", "nothing of this refund waits for a second person")
	}
	waits := s.c.Waits
	s.c.Waits = ""
	proposed := s.ev.Proposed
	s.ev.Proposed = nil
	if s.Answer == AnswerWithdraw {
		return nil
	}
	if asked.By == s.user.Name {
		return assess.Forbidden("problem.same_person",
			fmt.Sprintf("%s has a part in this already, and the step is for another person; let a colleague take it", asked.By), "account", asked.By)
	}
	switch waits {
	case string(AnswerAccount):
		s.ev.Payee, s.c.State, s.c.PayTo = *proposed, assess.RefundApproved, string(refund.PayPayer)
		if strings.Contains(proposed.Owner, "工会") {
			s.c.PayTo = string(refund.PayUnion)
		}
		return nil
	case string(AnswerReverse):
		if !s.MayPay(s.user) {
			return notYours()
		}
		return s.reverse(ctx)
	}
	s.Answer, s.Union = Answer(asked.Answer), asked.UnionID
	err := s.approve(ctx, true)
	s.Answer = AnswerConfirm
	return err
}

// asking answers the step that a second person has to confirm: the last one that a person took.
func asking(steps []assess.RefundDecision) (assess.RefundDecision, bool) {
	for _, d := range slices.Backward(steps) {
		if d.Role != system {
			return d, true
		}
	}
	return assess.RefundDecision{}, false
}

// reverse takes the refund back by a counter-entry.
func (s *standing) reverse(ctx context.Context) error {
	tries, err := s.Store.RefundAttempts(ctx, s.c.Record)
	if err != nil {
		return err
	}
	for _, t := range tries {
		if t.State == "settled" {
			t.State = "reversed"
			s.write.Transfers = append(s.write.Transfers, t)
		}
	}
	s.c.State = assess.RefundReversed
	b := s.booking(&s.c, "reversal", s.line)
	b.Reason = s.Reason
	s.write.Bookings = append(s.write.Bookings, b)
	return nil
}

// keep writes the case, its record and the step.
func (s *standing) keep(ctx context.Context) error {
	t, _, err := s.register(ctx, s.line.At)
	if err != nil {
		return err
	}
	w, err := s.rewrite(ctx, t, &s.c, s.ev, s.line, s.user.Role, s.Reason)
	if err != nil {
		return err
	}
	s.write.Records = append(s.write.Records, w)
	s.write.Cases = append(s.write.Cases, s.c)
	s.write.Decisions = append(s.write.Decisions, assess.RefundDecision{
		Record: s.c.Record, Number: len(s.steps) + 1, Answer: string(s.Answer), UnionID: s.Union, Reason: s.Reason, By: s.user.Name, Role: s.user.Role, At: s.line.At,
	})
	line := s.line
	line.Action, line.Object, line.Unit, line.After = "refund."+string(s.Answer), s.c.Number, s.c.Unit, s.Reason
	_, err = s.Store.PutRefunds(ctx, s.write, line)
	s.c.Version++
	return err
}

// sound8to32 reads an account as people write it.
func sound8to32(p Payee) (Payee, error) {
	p.Account = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, p.Account)
	p.Owner, p.Bank = strings.TrimSpace(p.Owner), strings.TrimSpace(p.Bank)
	digits := strings.Trim(p.Account, "0123456789") == ""
	if !digits || len(p.Account) < 8 || len(p.Account) > 32 || p.Owner == "" {
		return p, assess.Invalid("problem.refund_account", "write an account of 8 to 32 figures, and who holds it")
	}
	return p, nil
}

// soundDay refuses a day of a bank's answer that is before the one on which the list was sent, or after today. From this day on the years run
// after which accounts are erased.
func soundDay(day, sent, today string) error {
	if soundDate(day) != nil || day < sent || day > today {
		return assess.Invalid("problem.refund_day",
			fmt.Sprintf("write the day on which it arrived or came back, from %s, when the list was sent, to today, %s", sent, today), "sent", sent, "today", today)
	}
	return nil
}

// soundDate refuses what is no day.
func soundDate(text string) error {
	_, err := time.Parse(time.DateOnly, text)
	return err
}
