package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
)

// Deliveries answers all deliveries with the outcomes of their rows, the newest first, to those who see every district.
func (l *Ledger) Deliveries(ctx context.Context, u account.User) ([]Delivered, error) {
	if !l.MayRead(u, "") {
		return nil, notYours()
	}
	found, err := l.Store.RefundDeliveries(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Delivered, len(found))
	for i, d := range found {
		all[i] = Delivered{RefundDelivery: d, Outcomes: map[string]assess.RefundSum{}}
		if err := l.count(ctx, &all[i]); err != nil {
			return nil, err
		}
	}
	slices.Reverse(all)
	return all, nil
}

// Delivery answers one delivery with the report of its matching: the weights of the evidence, and the rows that could not be used.
func (l *Ledger) Delivery(ctx context.Context, number int, u account.User) (*Delivered, *refund.Report, error) {
	all, err := l.Deliveries(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(all, func(d Delivered) bool { return d.Number == number })
	if i < 0 {
		return nil, nil, assess.NotFound("problem.refund_delivery_none", "there is no such delivery; choose one of the list")
	}
	report := &refund.Report{}
	if all[i].Report == "" {
		return &all[i], report, nil
	}
	if err := json.Unmarshal([]byte(all[i].Report), report); err != nil {
		return nil, nil, fmt.Errorf("report of delivery %d: %w", number, err)
	}
	return &all[i], report, nil
}
