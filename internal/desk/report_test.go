package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
)

// submitted brings the report of a unit to the city: li types, wang forwards, zhao signs.
func (f *fixture) submitted(unit assess.UnitCode) {
	f.Helper()
	f.history(unit)
	f.fill(unit, "li")
	f.send(unit)
}

// send brings a typed form to the city, with a note where one is wanted.
func (f *fixture) send(unit assess.UnitCode) {
	f.Helper()
	f.later(time.Minute)
	check, err := f.Check(f.Context(), unit, q4, f.now)
	f.ok(err)
	for _, spot := range check.Unnoted {
		f.typed(unit, spot.Field.Item.Code, spot.Field.Draft.Value, "已核对，情况属实", "li")
	}
	f.ok(f.Forward(f.Context(), unit, q4, "wang", f.now))
	f.later(time.Minute)
	seen := f.form(unit).Digest()
	if p, ok := errors.AsType[*assess.Problem](f.Sign(f.Context(), unit, q4, "of another form", "zhao", f.now)); !ok || p.Key != "problem.form_changed" {
		f.Errorf("what the chair has not seen was signed: %v", p)
	}
	f.ok(f.Sign(f.Context(), unit, q4, seen, "zhao", f.now))
}

func (f *fixture) later(d time.Duration) { f.now = f.now.Add(d) }

func (f *fixture) state(unit assess.UnitCode) assess.FilingState {
	f.Helper()
	return f.form(unit).Filing.State
}

func (f *fixture) review(unit assess.UnitCode, department assess.Code) *desk.Review {
	f.Helper()
	r, err := f.Review(f.Context(), unit, q4, department, f.now)
	f.ok(err)
	return r
}

// acceptRest accepts what the plain step has left: the figures that were asked about.
func (f *fixture) acceptRest(unit assess.UnitCode, department assess.Code, by string) (n int) {
	f.Helper()
	var verdicts []desk.Verdict
	for _, c := range f.review(unit, department).Cells {
		if c.Cell == assess.CellFilled || c.Cell == assess.CellRefilled {
			verdicts = append(verdicts, desk.Verdict{Item: c.Item.Code, Accept: true, Submission: c.Submission})
		}
	}
	if len(verdicts) > 0 {
		f.ok(f.Decide(f.Context(), unit, q4, verdicts, by, department, f.now))
	}
	return len(verdicts)
}

func (f *fixture) departments() (all []assess.Code) {
	for _, d := range f.edition.Departments {
		all = append(all, d.Code)
	}
	return all
}

// The walk of a report: typed, forwarded, signed, reviewed by its departments, two cells returned, refilled, signed, accepted.
func TestAReportGoesItsWay(t *testing.T) {
	f := newFixture(t)
	f.submitted(heping)
	if got := f.state(heping); got != assess.Submitted {
		t.Fatalf("after the signature the report is %s", got)
	}
	f.ok(f.Sign(t.Context(), heping, q4, "", "zhao", f.now)) // again, after a lost answer
	if err := f.Sign(t.Context(), heping, q4, "", "qian", f.now); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("another chair signs what is signed: %v", err)
	}
	waiting, err := f.store.Waiting(t.Context(), heping, q4)
	f.ok(err)
	if len(waiting) != 1 || waiting[0].Door != assess.DoorForm || waiting[0].EnteredBy != "zhao" || waiting[0].Entries[0].EnteredBy != "li" {
		t.Errorf("handed in: %d submissions, %+v", len(waiting), waiting[0].Entries[0])
	}

	if r := f.review(heping, "rights"); len(r.Cells) == 0 || len(r.Plain) < len(r.Cells)*9/10 {
		t.Errorf("the department sees %d figures, %d plain", len(r.Cells), len(r.Plain))
	}
	f.later(time.Hour)
	back := []desk.Verdict{
		{Item: "warmth_fund_ytd", Reason: "measure", Note: "请按元填报"},
		{Item: "cooling_recipients_ytd", Reason: "anomaly", Note: "与上季相同，请核对"},
	}
	f.ok(f.Decide(t.Context(), heping, q4, back, "sun", "rights", f.now))
	accepted := 0
	for _, department := range f.departments() {
		n, err := f.AcceptPlain(t.Context(), heping, q4, f.review(heping, department).Seen(), "sun", department, f.now)
		f.ok(err)
		accepted += n + f.acceptRest(heping, department, "sun")
	}
	form := f.form(heping)
	if form.Filing.State != assess.Returned || form.Filing.Returns != 2 || accepted != 66 || form.Counts.Returned != 2 {
		t.Fatalf("returned: %+v, accepted %d, counts %+v", form.Filing, accepted, form.Counts)
	}

	if !form.Due.After(f.now) || form.Due.After(f.now.AddDate(0, 0, 4)) || form.Due.Equal(form.Deadline) {
		t.Errorf("what came back at %s is due %s; the deadline was %s", f.now, form.Due, form.Deadline)
	}

	f.later(time.Hour)
	if _, err := f.Save(t.Context(), desk.Save{Unit: heping, Period: q4, Item: "new_unions_ytd", Value: "70", Base: 1, Request: "x"}, "li", f.now); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a cell that was not returned is changed: %v", err)
	}
	if got := f.field(heping, "new_unions_ytd").Locked; got == nil || got.Key != "problem.cell_accepted" {
		t.Errorf("an accepted figure is locked by %v", got)
	}
	if err := f.Forward(t.Context(), heping, q4, "wang", f.now); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("forwarded without an answer: %v", err)
	}
	f.typed(heping, "warmth_fund_ytd", "1913437", "", "li")
	if got := f.typed(heping, "cooling_recipients_ytd", f.field(heping, "cooling_recipients_ytd").Shown, "四季度未开展，数据属实", "li"); got.Cell != assess.CellRefilled {
		t.Errorf("a word on the same figure leaves it %s", got.Cell)
	}
	f.send(heping)
	for _, c := range f.review(heping, "rights").Cells {
		want := assess.CellAccepted
		if c.Item.Code == "warmth_fund_ytd" || c.Item.Code == "cooling_recipients_ytd" {
			want = assess.CellRefilled
		}
		if c.Cell != want {
			t.Errorf("%s is %s, want %s", c.Item.Code, c.Cell, want)
		}
	}
	f.later(time.Hour)
	n, err := f.AcceptPlain(t.Context(), heping, q4, f.review(heping, "rights").Seen(), "sun", "rights", f.now)
	f.ok(err)
	if n += f.acceptRest(heping, "rights", "sun"); n != 2 || f.state(heping) != assess.Accepted {
		t.Errorf("accepted %d, the report is %s", n, f.state(heping))
	}
	o, err := f.store.History(t.Context(), assess.CellKey{Unit: heping, Period: q4, Item: "warmth_fund_ytd"})
	f.ok(err)
	if len(o) != 1 || o[0].Value != "1913437" || o[0].EnteredBy != "li" || o[0].AcceptedBy != "sun" {
		t.Errorf("the log holds %+v", o)
	}
	if waiting, err := f.store.Waiting(t.Context(), heping, q4); err != nil || len(waiting) > 0 {
		t.Errorf("%d submissions still wait, %v", len(waiting), err)
	}
	f.corrects(heping, "warmth_fund_ytd", "1913440")
	if got := f.field(heping, "warmth_fund_ytd"); got.Shown != "1913440" || got.Draft.Value != "1913437" {
		t.Errorf("after a correction the form shows %s", got.Shown)
	}
}

// corrects changes a figure that counts, as the assessment office does: it stands in the form, whatever was typed.
func (f *fixture) corrects(unit assess.UnitCode, item assess.Code, value string) {
	f.Helper()
	f.later(time.Hour)
	delivery := assess.Delivery{Door: assess.DoorImport, Source: "office", Entries: []assess.Entry{{Unit: unit, PeriodText: q4.String(), Code: item, Value: value}}}
	_, err := f.gate.Import(f.Context(), delivery, collect.Options{By: "wu", Correction: &collect.Correction{Reason: "凭证更正"}}, f.now)
	f.ok(err)
}

func TestWhoTypedAFigureDoesNotAcceptIt(t *testing.T) {
	f := newFixture(t)
	f.submitted(heping)
	for _, by := range []string{"li", "zhao"} { // who typed, and who signed
		err := f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Accept: true}}, by, "org", f.now)
		if !errors.Is(err, assess.ErrForbidden) {
			t.Errorf("%s accepts: %v", by, err)
		}
	}
	err := f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Accept: true}}, "sun", "rights", f.now)
	if !errors.Is(err, assess.ErrForbidden) {
		t.Errorf("another department accepts: %v", err)
	}
}

func TestAFigureIsReturnedAtMostTwice(t *testing.T) {
	f := newFixture(t)
	f.submitted(heping)
	for round, want := range []error{nil, nil, assess.ErrConflict} {
		f.later(time.Hour)
		err := f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Reason: "anomaly", Note: "再核"}}, "sun", "org", f.now)
		if !errors.Is(err, want) {
			t.Fatalf("round %d: %v, want %v", round+1, err, want)
		}
		if err == nil {
			f.typed(heping, "new_unions_ytd", []string{"70", "71"}[round], "", "li")
			f.send(heping)
		}
	}
}

// That a figure cannot be had is accepted like a figure, and no more taken back.
func TestAnAcceptedGapStays(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	f.fill(heping, "li")
	field := f.field(heping, "new_unions_ytd")
	_, err := f.Save(t.Context(), desk.Save{
		Unit: heping, Period: q4, Item: "new_unions_ytd", Missing: true, Note: "系统迁移", Base: field.Draft.Revision, Request: "gap",
	}, "li", f.now)
	f.ok(err)
	f.send(heping)
	f.later(time.Hour)
	f.ok(f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Accept: true}}, "sun", "org", f.now))
	f.later(time.Hour)
	err = f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Reason: "anomaly", Note: "再核"}}, "sun", "org", f.now)
	if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.accepted_stays" {
		t.Errorf("an accepted gap is returned: %v", err)
	}
}

func TestOneOfFiftyAcceptancesCounts(t *testing.T) {
	f := newFixture(t)
	f.submitted(heping)
	f.later(time.Hour)
	results := make(chan error)
	for range 50 {
		go func() {
			results <- f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Accept: true}}, "sun", "org", f.now)
		}()
	}
	taken := 0
	for range 50 {
		switch err := <-results; {
		case err == nil:
			taken++
		case !errors.Is(err, assess.ErrConflict):
			t.Error(err)
		}
	}
	o, err := f.store.History(t.Context(), assess.CellKey{Unit: heping, Period: q4, Item: "new_unions_ytd"})
	f.ok(err)
	if taken != 1 || len(o) != 1 {
		t.Errorf("%d acceptances were taken, %d observations made", taken, len(o))
	}
}

// A report has gone back and does not come again by the cut-off: what was returned is missing, what was accepted counts, and what no
// department has looked at waits for its review.
func TestTheCutOffClosesWhatWasReturnedAlone(t *testing.T) {
	f := newFixture(t)
	f.submitted(heping)
	f.ok(f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Reason: "anomaly", Note: "再核"}}, "sun", "org", f.now))
	accepted := f.acceptRest(heping, "rights", "sun")
	f.typed(heping, "new_unions_ytd", "70", "", "li") // typed, never signed
	f.cycle(q4, assess.CycleClosing)
	form := f.form(heping)
	last := form.Steps[len(form.Steps)-1]
	if form.Filing.State != assess.UnderReview || !slices.Equal(last.Items, []assess.Code{"new_unions_ytd"}) {
		t.Errorf("the report is %s by %+v", form.Filing.State, last)
	}
	counted := func() (n int) {
		o, err := f.store.Current(t.Context(), assess.CellQuery{Units: []assess.UnitCode{heping}, Periods: []assess.Period{q4, q4.Year()}})
		f.ok(err)
		for _, each := range o {
			if each.AcceptedBy == "sun" {
				n++
			}
			if each.AcceptedBy == "system" || each.Item == "new_unions_ytd" {
				t.Errorf("%s counts, accepted by %s", each.Item, each.AcceptedBy)
			}
		}
		return n
	}
	if n := counted(); n != accepted || accepted == 0 {
		t.Errorf("%d figures count, %d were accepted", n, accepted)
	}
	for _, c := range f.review(heping, "org").Cells {
		if c.Item.Code == "new_unions_ytd" && c.Cell != assess.CellMissing {
			t.Errorf("what was returned is %s", c.Cell)
		}
	}
	for _, department := range f.departments() {
		accepted += f.acceptRest(heping, department, "sun")
	}
	if n := counted(); n != 67 || accepted != 67 || f.state(heping) != assess.Accepted {
		t.Errorf("%d figures count, %d were accepted, the report is %s", n, accepted, f.state(heping))
	}
}

// Three hours after the cut-off the program has not yet taken the step, because it was down: the form is shut all the same.
func TestTheClockShutsTheForm(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	f.fill(heping, "li")
	f.later(time.Minute)
	check, err := f.Check(t.Context(), heping, q4, f.now)
	f.ok(err)
	for _, spot := range check.Unnoted {
		f.typed(heping, spot.Field.Item.Code, spot.Field.Draft.Value, "已核对，情况属实", "li")
	}
	cutOff := f.form(heping).CutOff
	late := cutOff.Add(3 * time.Hour)
	wants := func(what string, err error) {
		t.Helper()
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.form_cut_off" {
			t.Errorf("%s after the cut-off: %v", what, err)
		}
	}
	save := desk.Save{Unit: heping, Period: q4, Item: "new_unions_ytd", Value: "70", Base: f.field(heping, "new_unions_ytd").Draft.Revision, Request: "late"}
	_, err = f.Save(t.Context(), save, "li", late)
	wants("a save", err)
	_, err = f.Confirm(t.Context(), heping, q4, "li", late)
	wants("a confirmation", err)
	wants("forwarding", f.Forward(t.Context(), heping, q4, "wang", cutOff))
	f.ok(f.Forward(t.Context(), heping, q4, "wang", cutOff.Add(-time.Minute)))
	wants("a signature", f.Sign(t.Context(), heping, q4, "", "zhao", cutOff))
	f.ok(f.Sign(t.Context(), heping, q4, "", "zhao", cutOff.Add(-time.Second)))
}

// A district's system hands in one figure, and that is accepted before anybody has signed: the district goes on with the rest, a
// department returns what it misses meanwhile, and the report is accepted when all of it is.
func TestAPartialDeliveryLocksNobodyOut(t *testing.T) {
	for name, authority := range map[string]collect.Authority{"waits for review": collect.Submit, "counts at once": collect.Adopt} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.history(heping)
			delivery := assess.Delivery{Door: assess.DoorPull, Source: "heping", Entries: []assess.Entry{
				{Unit: heping, PeriodText: q4.String(), Code: "new_unions_ytd", Value: "65"},
			}}
			_, err := f.gate.Import(t.Context(), delivery, collect.Options{By: "source:heping", Authority: authority}, f.now)
			f.ok(err)
			if authority == collect.Submit {
				f.ok(f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: "new_unions_ytd", Accept: true}}, "sun", "org", f.now))
				if got := f.field(heping, "new_unions_ytd").Locked; got == nil || got.Key != "problem.cell_accepted" {
					t.Errorf("the accepted figure is locked by %v", got)
				}
			}
			if !f.review(heping, "").ToCome {
				t.Error("with one figure nothing is to come any more")
			}
			form := f.form(heping)
			if form.Shut != nil || form.Filing.State == assess.Accepted {
				t.Fatalf("with one figure the report is %s, its form shut by %v", form.Filing.State, form.Shut)
			}
			f.later(time.Minute)
			if authority == collect.Submit {
				omitted := desk.Verdict{Item: "bookhouses", Reason: "omitted", Note: "漏报"}
				f.ok(f.Decide(t.Context(), heping, q4, []desk.Verdict{omitted}, "sun", f.field(heping, "bookhouses").Item.Department, f.now))
			}
			values := f.values(f.city().Figures(heping, q4, assess.FromDistrict))
			for code, value := range f.values(f.city().Figures(heping, q4.Year(), assess.FromDistrict)) {
				values[code] = value
			}
			for _, s := range f.form(heping).Sections {
				for _, field := range s.Fields {
					if field.Kind == desk.Typed && field.Locked == nil && field.State != assess.Exempt && field.Item.Code != "new_unions_ytd" {
						f.typed(heping, field.Item.Code, values[field.Item.Code], "", "li")
					}
				}
			}
			f.send(heping)
			if f.form(heping).Shut == nil || f.review(heping, "").ToCome {
				t.Error("a signed report is open, or to come")
			}
			for _, department := range f.departments() {
				f.acceptRest(heping, department, "sun")
			}
			if got := f.state(heping); got != assess.Accepted {
				t.Errorf("the whole report is %s", got)
			}
		})
	}
}

// What a district's system hands in stands in the form; a person types over it before the signature, and after it no machine does.
func TestMachinesNeverTypeOverAPerson(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	deliver := func(value string) collect.Report {
		t.Helper()
		delivery := assess.Delivery{Door: assess.DoorPush, Source: "push", Entries: []assess.Entry{
			{Unit: heping, PeriodText: q4.String(), Code: "new_unions_ytd", Value: value},
		}}
		r, err := f.gate.Import(t.Context(), delivery, collect.Options{By: "token:7f", Authority: collect.Submit}, f.now)
		f.ok(err)
		return r
	}
	deliver("65")
	if got := f.field(heping, "new_unions_ytd"); got.Shown != "65" || got.Draft.Revision != 0 || got.Locked != nil {
		t.Errorf("what the system handed in stands as %+v", got)
	}
	f.later(time.Minute)
	f.typed(heping, "new_unions_ytd", "69", "", "li")
	if got := f.state(heping); got != assess.Draft {
		t.Errorf("the report is %s, want the district to go on by hand", got)
	}
	deliver("66")
	if got := f.field(heping, "new_unions_ytd"); got.Shown != "69" || f.state(heping) != assess.Draft {
		t.Errorf("typed 69, shown %s, report %s", got.Shown, f.state(heping))
	}
	f.fill(heping, "li")
	f.send(heping)
	f.later(time.Minute)
	r := deliver("67")
	if len(r.Notes) != 1 || r.Notes[0].Key != "problem.signed_otherwise" || r.New+r.Changed > 0 {
		t.Errorf("after the signature the machine is told %v, changed %d", r.Notes, r.Changed)
	}
	if got := f.field(heping, "new_unions_ytd").Shown; got != "69" {
		t.Errorf("signed 69, shown %s", got)
	}
}

// A verdict is about the figure that was seen: what the district's system has changed since is looked at anew.
func TestAVerdictIsAboutWhatWasSeen(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	deliver := func(value string) {
		t.Helper()
		f.later(time.Minute)
		delivery := assess.Delivery{Door: assess.DoorPull, Source: "heping", Entries: []assess.Entry{
			{Unit: heping, PeriodText: q4.String(), Code: "new_unions_ytd", Value: value}, {Unit: heping, PeriodText: q4.String(), Code: "bookhouses", Value: "75"},
		}}
		_, err := f.gate.Import(t.Context(), delivery, collect.Options{Authority: collect.Submit}, f.now)
		f.ok(err)
	}
	deliver("65")
	seen := f.review(heping, "org").Cells
	deliver("66")
	for _, c := range seen {
		if c.Item.Code != "new_unions_ytd" {
			continue
		}
		err := f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: c.Item.Code, Accept: true, Submission: c.Submission}}, "sun", "org", f.now)
		if !errors.Is(err, assess.ErrConflict) {
			t.Errorf("65 was seen and 66 is accepted: %v", err)
		}
	}
}

// A report whose system answers one of two returned figures stays with its district until the other has its answer, too.
func TestAReturnedReportComesAgainAsAWhole(t *testing.T) {
	f := newFixture(t)
	deliver := func(rows ...string) {
		t.Helper()
		f.later(time.Minute)
		delivery := assess.Delivery{Door: assess.DoorPull, Source: "heping"}
		for i := 0; i+1 < len(rows); i += 2 {
			delivery.Entries = append(delivery.Entries, assess.Entry{Unit: heping, PeriodText: q4.String(), Code: assess.Code(rows[i]), Value: rows[i+1]})
		}
		_, err := f.gate.Import(t.Context(), delivery, collect.Options{Authority: collect.Submit}, f.now)
		f.ok(err)
	}
	deliver("new_unions_ytd", "65", "harmony_units_new_ytd", "7", "bookhouses", "75")
	back := collect.Returns([]assess.Code{"new_unions_ytd", "harmony_units_new_ytd"}, "anomaly", "再核")
	f.ok(f.gate.Decide(t.Context(), heping, q4, back, collect.Reviewer{By: "sun"}, f.now))
	deliver("new_unions_ytd", "66")
	if got := f.state(heping); got != assess.Returned {
		t.Errorf("with one answer of two the report is %s", got)
	}
	deliver("harmony_units_new_ytd", "8")
	if got := f.state(heping); got != assess.Submitted {
		t.Errorf("with both answers the report is %s", got)
	}
}

// A question stands beside a figure while it waits, and is answered with it.
func TestQuestionsGoWithTheDecision(t *testing.T) {
	f := newFixture(t)
	const tiexi assess.UnitCode = "210106" // which reports more lectures than its peers
	f.submitted(tiexi)
	asked := func() (keys []string) {
		for _, c := range f.review(tiexi, "publicity").Cells {
			if c.Item.Code == "lecture_sessions_ytd" {
				keys = keysOf(c.Messages)
			}
		}
		return keys
	}
	if len(asked()) == 0 {
		t.Error("nothing is asked about a figure outside the usual range")
	}
	f.later(time.Hour)
	f.ok(f.Decide(t.Context(), tiexi, q4, []desk.Verdict{{Item: "lecture_sessions_ytd", Accept: true}}, "sun", "publicity", f.now))
	if keys := asked(); len(keys) > 0 {
		t.Errorf("of the accepted figure it still asks %v", keys)
	}
	standings, err := f.Status(t.Context(), q4, "publicity", f.now)
	f.ok(err)
	for _, s := range standings {
		if s.Unit.Code == tiexi && (s.Due == 0 || s.Accepted != 1 || s.Waiting != s.Due-1 || s.Questions == 0 || s.Overdue) {
			t.Errorf("the report stands as %+v", s)
		}
		if s.Unit.Code == heping && (s.Filing.State != assess.NotStarted || s.Waiting > 0) {
			t.Errorf("a report that is not begun stands as %+v", s)
		}
	}
}

// A reviewer has the page open; a colleague returns a figure, and the district hands it in anew: what the page showed is not there to
// be accepted, neither by itself nor among the plain ones.
func TestNobodyAcceptsAFigureTheyHaveNotSeen(t *testing.T) {
	f := newFixture(t)
	f.submitted(heping)
	item := assess.Code("warmth_fund_ytd")
	page := f.review(heping, "rights")
	verdict := desk.Verdict{Item: item, Accept: true, Submission: page.Seen()[item]}
	back := desk.Verdict{Item: item, Reason: "anomaly", Note: "请核对", Submission: page.Seen()[item]}
	f.ok(f.Decide(t.Context(), heping, q4, []desk.Verdict{back}, "colleague", "rights", f.now))
	f.typed(heping, item, "1913437", "已核对，情况属实", "li")
	f.send(heping)
	if err := f.Decide(t.Context(), heping, q4, []desk.Verdict{verdict}, "sun", "rights", f.now); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a figure nobody has seen is accepted: %v", err)
	}
	n, err := f.AcceptPlain(t.Context(), heping, q4, page.Seen(), "sun", "rights", f.now)
	if err != nil || n != len(page.Plain)-1 && n != len(page.Plain) {
		t.Errorf("accepted %d of %d, %v", n, len(page.Plain), err)
	}
	if got := f.field(heping, item).Cell; got != assess.CellRefilled {
		t.Errorf("the figure that came since is %s", got)
	}
}

// The city judges by the files that a figure was handed in with: what its district adds after a return counts when it comes again.
func TestTheCityJudgesByTheFilesThatWereHandedIn(t *testing.T) {
	f := newFixture(t)
	f.Desk = desk.New(desk.Config{Store: f.store, Gate: f.gate, Editions: always{f.edition}, Evidence: f.store})
	f.submitted(heping)
	asked := func(item assess.Code) desk.ReviewCell {
		t.Helper()
		for _, c := range f.review(heping, "").Cells {
			if c.Item.Code == item || item == "" && c.EvidenceWanted {
				return c
			}
		}
		t.Fatalf("no figure %s wants evidence", item)
		return desk.ReviewCell{}
	}
	claim := asked("").Item
	f.ok(f.Decide(t.Context(), heping, q4, []desk.Verdict{{Item: claim.Code, Reason: "evidence", Note: "缺佐证"}}, "sun", claim.Department, f.now))
	f.later(time.Minute)
	_, err := f.store.AddEvidence(t.Context(), []assess.Evidence{{
		ID: "e1", Unit: heping, Period: q4, Use: assess.OfFigure, Object: string(claim.Code), Name: "a.pdf", Privacy: assess.Impersonal, AddedBy: "li", AddedAt: f.now,
		File: assess.EvidenceFile{Hash: strings.Repeat("a", 64), Kind: "pdf", Size: 1000, Scan: assess.Unscanned, AddedAt: f.now},
	}}, assess.EvidenceRoom{Quota: 1_000_000}, assess.AuditLine{At: f.now, Actor: "li", Action: "evidence.add", Result: "ok"})
	f.ok(err)
	if c := asked(claim.Code); !c.EvidenceWanted || f.field(heping, claim.Code).EvidenceCount != 1 {
		t.Errorf("before it is handed in the city counts %d files, the district %d", c.EvidenceCount, f.field(heping, claim.Code).EvidenceCount)
	}
	f.later(time.Minute)
	f.typed(heping, claim.Code, f.field(heping, claim.Code).Shown, "已补佐证", "li")
	f.send(heping)
	if c := asked(claim.Code); c.EvidenceWanted || c.EvidenceCount != 1 {
		t.Errorf("handed in the city counts %d files", c.EvidenceCount)
	}
}

// On a day on which nobody could use the program nobody is late: neither the form nor the status says so.
func TestNobodyIsLateOnADayOfAnOutage(t *testing.T) {
	f := newFixture(t)
	due := f.form(heping).Deadline
	next := due.Add(time.Minute)
	overdue := func(at time.Time) bool {
		t.Helper()
		all, err := f.Status(t.Context(), q4, "", at)
		f.ok(err)
		return all[slices.IndexFunc(all, func(s desk.Standing) bool { return s.Unit.Code == heping })].Overdue
	}
	if !overdue(next) {
		t.Error("after the deadline nobody is late")
	}
	outage := assess.Adjustment{Kind: assess.Outage, Day: time.Date(due.Year(), due.Month(), due.Day(), 0, 0, 0, 0, time.UTC), Reason: "机房停电", By: "admin", At: next}
	f.ok(f.gate.ConfirmOutage(t.Context(), outage, assess.AuditLine{At: next, Actor: "admin", Action: "calendar.outage", Result: "ok"}))
	moved := f.form(heping).Deadline
	if overdue(next) || !moved.After(due) || !overdue(moved.Add(time.Minute)) {
		t.Errorf("late on the day of the outage, or never: the report is due %s", moved)
	}
}
