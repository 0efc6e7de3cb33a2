package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund/trial"
)

const (
	demoPayments   = 320 // of the delivery, about
	demoCorruption = 2   // twice that of docs/refund.md, so that there is something to review
	demoPayer      = "demo.reviewer.finance"
	demoPaid       = assess.UnitCode("210102")
)

// rehearseRefunds takes a made-up delivery of dues in and pays the first list of one district, of which the bank sends one refund back. It
// comes after the last snapshot, so that no figure hangs on it.
func (a *app) rehearseRefunds(ctx context.Context, at time.Time) error {
	refunds, err := a.refunds()
	if err != nil {
		return err
	}
	u, err := a.store.AccountNamed(ctx, demoPayer)
	if err != nil {
		return err
	}
	files, err := demoDelivery(at.Year())
	if err != nil {
		return err
	}
	line := func(after time.Duration) assess.AuditLine {
		return assess.AuditLine{At: at.Add(after), Actor: u.Name, Result: "ok"}
	}
	if _, err := refunds.Deliver(ctx, files, ledger.Options{}, u, line(0)); err != nil {
		return fmt.Errorf("rehearse refunds: %w", err)
	}
	return payFirstList(ctx, refunds, u, line)
}

func payFirstList(ctx context.Context, refunds *ledger.Ledger, u account.User, line func(time.Duration) assess.AuditLine) error {
	batch, err := refunds.Draw(ctx, demoPaid, u, line(time.Hour))
	if err != nil {
		return fmt.Errorf("rehearse refunds: %w", err)
	}
	if err := refunds.Send(ctx, batch.Number, "演示批次1", u, line(2*time.Hour)); err != nil {
		return fmt.Errorf("rehearse refunds: %w", err)
	}
	arrived := line(26 * time.Hour)
	outcomes := make([]ledger.Outcome, batch.Count)
	for i := range outcomes {
		outcomes[i] = ledger.Outcome{Line: i + 1, Arrived: true, Day: arrived.At.Format(time.DateOnly)}
	}
	outcomes[0].Arrived, outcomes[0].Reason = false, "户名不符（演示）"
	if err := refunds.Settle(ctx, batch.Number, outcomes, u, arrived); err != nil {
		return fmt.Errorf("rehearse refunds: %w", err)
	}
	return nil
}

// demoDelivery makes the files of a delivery, of dues paid in a year.
func demoDelivery(year int) (ledger.Files, error) {
	set := trial.Make(trial.Setting{Seed: demoSeed, Rows: demoPayments, Strength: demoCorruption, City: "shenyang"})
	for _, name := range []string{"period_from", "period_to", "paid_date"} {
		for i, column := 0, slices.Index(trial.TaxHeads, name); i < len(set.Tax); i++ {
			if day := set.Tax[i][column]; len(day) > 4 {
				set.Tax[i][column] = fmt.Sprint(year) + day[4:]
			}
		}
	}
	files := ledger.Files{TaxName: "demo-tax.csv", UnionName: "demo-unions.csv"}
	var tax, unions bytes.Buffer
	if err := trial.Write(&tax, trial.TaxHeads, set.Tax); err != nil {
		return files, err
	}
	if err := trial.Write(&unions, trial.UnionHeads, set.Unions); err != nil {
		return files, err
	}
	files.Tax, files.Unions = tax.Bytes(), unions.Bytes()
	return files, nil
}
