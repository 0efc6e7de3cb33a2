package desk_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/source"
)

// brings is a source that has some figures of the fourth quarter, in the order item, value, item, value ….
type brings []string

func (b brings) Fetch(context.Context, source.Request) ([]source.Parcel, error) {
	var p source.Parcel
	for i := 0; i < len(b); i += 2 {
		p.Entries = append(p.Entries, assess.Entry{Place: assess.Place{File: "a.csv", Line: i/2 + 2}, Unit: heping, PeriodText: q4.String(), Code: assess.Code(b[i]), Value: b[i+1]})
	}
	return []source.Parcel{p}, nil
}

// fills lets a source fill the form.
func (f *fixture) fills(name assess.Code, dry bool, figures ...string) collect.Report {
	f.Helper()
	f.now = f.now.Add(time.Minute)
	src := collect.Source{Name: name, Door: assess.DoorPull, Units: []assess.UnitCode{heping}, Authority: collect.Fill, Fetcher: brings(figures)}
	r, err := f.gate.Run(f.Context(), src, collect.Ask{Slot: f.now, DryRun: dry}, f.now)
	f.ok(err)
	return r
}

// types lets somebody type into a cell as it stands.
func (f *fixture) types(item assess.Code, value string) {
	f.Helper()
	f.now = f.now.Add(time.Minute)
	f.saves++
	s, err := f.Save(f.Context(), desk.Save{Unit: heping, Period: q4, Item: item, Value: value, Base: f.cellOf(item).Revision, Request: "t" + strconv.Itoa(f.saves)}, "li", f.now)
	f.ok(err)
	if s.Conflict {
		f.Fatalf("%s was in conflict", item)
	}
}

func (f *fixture) cellOf(item assess.Code) assess.DraftCell {
	f.Helper()
	all, err := f.store.Drafts(f.Context(), heping, q4)
	f.ok(err)
	for _, d := range all {
		if d.Item == item {
			return d
		}
	}
	return assess.DraftCell{}
}

func (f *fixture) reportState() assess.FilingState {
	f.Helper()
	all, err := f.store.Filings(f.Context(), q4)
	f.ok(err)
	for _, r := range all {
		if r.Unit == heping {
			return r.State
		}
	}
	return assess.NotStarted
}

// A source fills what is empty and what it has filled itself, says what it did, and hands nothing in. What a person has typed, or
// another source has filled, stays.
func TestASourceFillsTheForm(t *testing.T) {
	f := newFixture(t)
	before, err := f.store.Head(t.Context())
	f.ok(err)
	if r := f.fills("heping", true, "union_members", "1204"); r.New != 1 || f.cellOf("union_members").Revision != 0 || f.reportState() != assess.NotStarted {
		t.Errorf("a dry run: %+v", r.Run)
	}
	if after, _ := f.store.Head(t.Context()); after != before {
		t.Error("a dry run wrote something")
	}
	r := f.fills("heping", false, "union_members", "1204", "no_such_item", "1")
	if d := f.cellOf("union_members"); r.New != 1 || r.Refused != 1 || d.Value != "1204" || d.By != "source:heping" || f.reportState() != assess.Draft {
		t.Errorf("filled: %+v, %+v, report %s", r.Run, d, f.reportState())
	}
	if pending, err := f.gate.Pending(t.Context(), heping, q4); err != nil || len(pending) != 0 {
		t.Errorf("handed in: %v, %v", pending, err)
	}
	if r := f.fills("heping", false, "union_members", "1204"); r.Same != 1 || f.cellOf("union_members").Revision != 1 {
		t.Errorf("again: %+v", r.Run)
	}
	if r := f.fills("heping", false, "union_members", "1205"); r.Changed != 1 || f.cellOf("union_members").Value != "1205" {
		t.Errorf("changed: %+v", r.Run)
	}
	if r := f.fills("other", false, "union_members", "7"); r.Refused != 1 || r.Rejected[0].Problem.Key != "problem.draft_of_source" {
		t.Errorf("another source: %+v", r.Rejected)
	}
	f.types("union_members", "1,240")
	r = f.fills("heping", false, "union_members", "1204")
	if len(r.Differences) != 1 || r.Same != 1 || f.cellOf("union_members").Value != "1,240" {
		t.Fatalf("typed: %+v, %+v", r.Run, r.Differences)
	}
	if d := r.Differences[0]; d.Held.Revision != 3 || d.Held.Value != "1240" || d.Held.By != "li" || d.SaidValue != "1204" {
		t.Errorf("%+v", d)
	}
	if r := f.fills("heping", false, "union_members", "1240"); len(r.Differences) != 1 || r.Differences[0].State != assess.DifferenceSettled {
		t.Errorf("agreed: %+v", r.Differences)
	}
	f.types("union_members", "")
	if f.fills("heping", false, "union_members", "1204"); f.cellOf("union_members").Value != "" {
		t.Error("a cell that a person has emptied was filled")
	}
}

// What its district keeps in a draft raises no second difference of the draft, and one all the same when it is signed.
func TestADistrictCannotSilenceASource(t *testing.T) {
	f := newFixture(t)
	f.types("union_members", "1240")
	d := f.fills("heping", false, "union_members", "1204").Differences[0]
	f.ok(f.gate.Keep(t.Context(), d.ID, "以填报为准", "li", f.now))
	if r := f.fills("heping", false, "union_members", "1204"); len(r.Differences) != 0 {
		t.Errorf("raised again: %+v", r.Differences)
	}
	sub := assess.Submission{
		ID: "s1", Unit: heping, Period: q4, Door: assess.DoorForm, Source: "form", ReceivedAt: f.now, EnteredBy: "chair",
		Entries: []assess.Entry{{Unit: heping, PeriodText: q4.String(), Code: "union_members", Value: "1240"}},
	}
	_, err := f.store.Commit(t.Context(), assess.Intake{Submissions: []assess.Submission{sub}, Audit: []assess.AuditLine{{At: f.now, Actor: "chair", Action: "report.sign", Result: "ok"}}})
	f.ok(err)
	r := f.fills("heping", false, "union_members", "1204")
	if len(r.Differences) != 1 || r.Differences[0].Held.Revision != 0 || r.Differences[0].Held.By != "chair" {
		t.Errorf("signed: %+v", r.Differences)
	}
}

// cellar keeps bytes by their hash.
type cellar map[string][]byte

func (c cellar) Keep([]byte) (string, error)               { return "", nil }
func (c cellar) Read(hash string, _ int64) ([]byte, error) { return c[hash], nil }

// A piece that is read again fills in nothing over what its source has filled in since it came, unless that is asked for.
func TestAnOldPieceFillsNothingOverNewer(t *testing.T) {
	f := newFixture(t)
	kept := cellar{"h": []byte("unit,period,code,value\n" + string(heping) + "," + q4.String() + ",union_members,1204\n")}
	gate := collect.New(collect.Config{Store: f.store, Editions: always{f.edition}, Forms: f.Desk, Cellar: kept})
	old := assess.HeldPiece{ID: "p1", Source: "heping", Name: "a.csv", Hash: "h", Size: int64(len(kept["h"])), At: f.now, State: assess.PieceWaiting}
	f.fills("heping", false, "union_members", "1205")
	src := collect.Source{Name: "heping", Door: assess.DoorPull, Units: []assess.UnitCode{heping}, Authority: collect.Fill}
	r, err := gate.Replay(t.Context(), src, old, collect.Again{By: "li.na"}, f.now.Add(time.Minute))
	if err != nil || len(r.Rejected) != 1 || r.Rejected[0].Problem.Key != "problem.piece_overtaken" || f.cellOf("union_members").Value != "1205" {
		t.Errorf("%+v, the cell holds %s, %v", r.Rejected, f.cellOf("union_members").Value, err)
	}
	if r, err := gate.Replay(t.Context(), src, old, collect.Again{By: "li.na", DryRun: true, Newer: true}, f.now.Add(time.Minute)); err != nil || r.Changed != 1 {
		t.Errorf("with newer ones: %+v, %v", r.Run, err)
	}
}

// A form that is shut takes nothing of a source, and says why.
func TestAShutFormIsNotFilled(t *testing.T) {
	for to, want := range map[assess.FilingState]string{
		assess.PendingSignature: "problem.form_with_chair", assess.Submitted: "problem.form_handed_in", assess.Locked: "problem.form_closed",
	} {
		f := newFixture(t)
		step := assess.FilingChange{Unit: heping, Period: q4, From: assess.NotStarted, To: to, At: f.now, By: "li"}
		_, err := f.store.Commit(t.Context(), assess.Intake{Filings: []assess.FilingChange{step}, Audit: []assess.AuditLine{{At: f.now, Actor: "li", Action: "x", Result: "ok"}}})
		f.ok(err)
		r := f.fills("heping", false, "union_members", "1204")
		if len(r.Rejected) != 1 || r.Rejected[0].Problem.Key != want || r.Rejected[0].Place.Line != 2 || f.cellOf("union_members").Revision != 0 || f.reportState() != to {
			t.Errorf("%s: %+v, report %s", to, r.Rejected, f.reportState())
		}
	}
}

// Whatever people and sources do in whatever order: a source makes no revision over a person's, and a person's text is there as typed.
func TestNoOrderOfSavesOverwritesAPerson(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		var items []assess.Code
		for _, field := range f.form(heping).Sections[0].Fields {
			if field.Kind == desk.Typed && field.Item.Type == assess.Count {
				items = append(items, field.Item.Code)
			}
		}
		items = items[:2]
		for range rapid.IntRange(3, 6).Draw(rt, "acts") {
			item := rapid.SampledFrom(items).Draw(rt, "item")
			value := rapid.SampledFrom([]string{"10", "20", "1,000", ""}).Draw(rt, "value")
			before := f.cellOf(item)
			switch who := rapid.SampledFrom([]string{"person", "heping", "other"}).Draw(rt, "who"); {
			case who == "person":
				f.types(item, value)
			case value != "":
				f.fills(assess.Code(who), false, string(item), strings.ReplaceAll(value, ",", ""))
				after := f.cellOf(item)
				if before.By != "" && before.By != "source:"+who && after != before {
					rt.Fatalf("%s made %+v of %+v", who, after, before)
				}
			}
			if s := f.reportState(); s != assess.NotStarted && s != assess.Draft {
				rt.Fatalf("the report is %s", s)
			}
			all, err := f.store.Revisions(t.Context(), heping, q4, item)
			f.ok(err)
			if i := slices.IndexFunc(all, func(d assess.DraftCell) bool { return d.By == "li" }); i >= 0 && slices.ContainsFunc(all[i:], func(d assess.DraftCell) bool { return d.By != "li" }) {
				rt.Fatalf("a source has typed after a person: %+v", all)
			}
		}
	})
}
