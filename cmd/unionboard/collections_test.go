package main

import (
	"reflect"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// TestADistrictsRoundHasItsReportAlone: the frame of every page of a district tells what it has to do from its own report, as it stands among those of
// all, and reads no other.
func TestADistrictsRoundHasItsReportAlone(t *testing.T) {
	t.Parallel()
	inside(t, installation(t), func(a *app) {
		now := time.Now()
		early := assess.Adjustment{Kind: assess.OpenedEarly, Period: oldQuarter().Add(3), Reason: "测试：提前开放"}
		if err := a.gate.Adjust(t.Context(), early, assess.AuditLine{At: now, Actor: "system", Result: "ok"}); err != nil {
			t.Log(err) // it is open already
		}
		all, err := a.reminders.Rounds(t.Context(), "", now)
		if err != nil || len(all) == 0 {
			t.Fatalf("%d rounds, %v", len(all), err)
		}
		const unit = "210104"
		own, err := a.reminders.Rounds(t.Context(), unit, now)
		if err != nil || len(own) != len(all) {
			t.Fatalf("%d rounds of a district, %v, want %d", len(own), err, len(all))
		}
		for i, round := range own {
			var want []notify.Report
			for _, one := range all[i].Reports {
				if one.Unit.Code == unit {
					want = append(want, one)
				}
			}
			if len(want) != 1 || !reflect.DeepEqual(want, round.Reports) {
				t.Errorf("%s, of %d reports: %+v, want %+v", round.Period, len(all[i].Reports), round.Reports, want)
			}
		}
	})
}
