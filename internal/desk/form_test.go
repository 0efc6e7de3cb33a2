package desk_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

func TestFormShowsThePastBesideEachField(t *testing.T) {
	f := newFixture(t)
	f.past(heping, q3, map[assess.Code]string{"ent25_unionised": "1136", "ent25_total": "1250", "new_unions_ytd": "30"})
	f.past(heping, q4.LastYear(), map[assess.Code]string{"ent25_unionised": "1100", "new_unions_ytd": "50"})
	f.typed(heping, "ent25_unionised", "１,204 家", "", "li")
	if early := f.field(heping, "union_rate_25plus"); early.Explained.Key != "problem.computed_later" || early.Shown != "" {
		t.Errorf("a rate of which one part is there shows %q: %v", early.Shown, early.Explained)
	}
	f.past(heping, q4, map[assess.Code]string{"ent25_total": "1250"})
	f.typed(heping, "new_unions_ytd", "68", "", "li")

	got := f.field(heping, "ent25_unionised")
	if got.Shown != "1204" || got.Draft.Value != "１,204 家" || got.State != assess.Reported {
		t.Errorf("typed %q is shown as %q (%s)", got.Draft.Value, got.Shown, got.State)
	}
	if got.Previous.Value != "1136" || got.YearAgo.Value != "1100" || got.Net != "68" || got.OnYear == nil || *got.OnYear < 9.45 || *got.OnYear > 9.46 {
		t.Errorf("beside it stand %+v, %+v, net %s, on year %v", got.Previous, got.YearAgo, got.Net, got.OnYear)
	}
	if got := f.typed(heping, "culture_participants_ytd", "1.2 万", "", "li"); got.Shown != "12000" {
		t.Errorf("1.2 万 is shown as %q", got.Shown)
	}
	if got := f.field(heping, "new_unions_ytd"); got.Net != "38" || *got.OnYear != 36 {
		t.Errorf("year to date: net %s, on year %v", got.Net, *got.OnYear)
	}
	rate := f.field(heping, "union_rate_25plus")
	if rate.Kind != desk.Computed || rate.Shown != "96.3" || rate.Previous.Value != "90.9" || rate.Net != "5.4" || rate.Explained.Args["made"] != "1204 ÷ 1250 × 100" {
		t.Errorf("rate %+v, %v", rate, rate.Explained)
	}
}

func TestSavesAreKeptOnce(t *testing.T) {
	f := newFixture(t)
	save := desk.Save{Unit: heping, Period: q4, Item: "new_unions_ytd", Value: "3", Request: "a"}
	first, err := f.Save(t.Context(), save, "li", f.now)
	f.ok(err)
	again, err := f.Save(t.Context(), save, "li", f.now)
	f.ok(err)
	if first.Draft.Revision != 1 || again.Draft.Revision != 1 || again.Conflict {
		t.Errorf("first %+v, again %+v", first.Draft, again.Draft)
	}
	save.Value = "4"
	if _, err := f.Save(t.Context(), save, "li", f.now); !errors.Is(err, assess.ErrInvalid) {
		t.Errorf("another value under the same name: %v", err)
	}
	save.Request = "b" // a second editor, who saw the empty cell
	clash, err := f.Save(t.Context(), save, "wang", f.now)
	f.ok(err)
	if !clash.Conflict || clash.Draft.Value != "3" || clash.Draft.By != "li" {
		t.Errorf("the second editor is told %+v", clash)
	}
	save.Base = 1
	if saved, err := f.Save(t.Context(), save, "wang", f.now); err != nil || saved.Conflict || saved.Draft.Revision != 2 {
		t.Errorf("after seeing it: %+v, %v", saved, err)
	}
	f.typed(heping, "union_members", "约九百", "", "li")
	if c := f.form(heping).Counts; c.Filled != 1 || c.Unread != 1 {
		t.Errorf("what cannot be read is counted as filled: %+v", c)
	}
	f.typed(heping, "union_members", "", "", "li")
	if form := f.form(heping); form.Filing.State != assess.Draft || form.Counts.Filled != 1 {
		t.Errorf("report %s, filled %d", form.Filing.State, form.Counts.Filled)
	}
}
