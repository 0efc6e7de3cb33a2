package web_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/web"
)

const differenceID = "01890000-0000-7000-8000-00000000d1ff"

// agreement is a city whose sources say what was signed.
type agreement struct{ *collect.Gate }

func noDifferences() web.Differing { return web.Differing{Book: agreement{}, Gate: agreement{}} }

func (agreement) Differences(context.Context, assess.DifferenceQuery) ([]assess.Difference, error) {
	return nil, nil
}

func (agreement) Difference(context.Context, string) (assess.Difference, error) {
	return assess.Difference{}, assess.NotFound("problem.no_difference", "there is no such difference; choose one from the list")
}

// differs keeps a difference about a figure of the office's district.
func (o *office) differs() {
	o.t.Helper()
	c := assess.DifferenceChange{Difference: assess.Difference{
		ID: differenceID, CellKey: assess.CellKey{Unit: officeUnit, Period: officeQuarter(), Item: "union_members"}, Source: "shenhe",
		Held:      assess.HeldFigure{State: assess.Reported, Value: "7654321", By: "heping", At: o.clock.at},
		SaidState: assess.Reported, SaidValue: "7654300", Run: "r1", Place: assess.Place{File: "季报<b>.csv", Line: 7}, First: o.clock.at, Last: o.clock.at, Times: 3,
	}}
	c.Step(assess.RaiseDifference, assess.DifferenceOpen, "source:shenhe", "", o.clock.at)
	_, err := o.store.Commit(o.t.Context(), assess.Intake{Differences: []assess.DifferenceChange{c}, Audit: []assess.AuditLine{{At: o.clock.at, Actor: "test", Action: "test", Result: "ok"}}})
	o.ok(err)
}

// A difference about a district's draft is its own affair: to the city it is what is not there.
func TestADifferenceAboutADraftIsNobodyElses(t *testing.T) {
	o := newOffice(t)
	c := assess.DifferenceChange{Difference: assess.Difference{
		ID: differenceID, CellKey: assess.CellKey{Unit: officeUnit, Period: officeQuarter(), Item: "union_members"}, Source: "shenhe",
		Held:      assess.HeldFigure{State: assess.Reported, Value: "7", By: "heping", At: o.clock.at, Revision: 2},
		SaidState: assess.Reported, SaidValue: "8", Run: "r1", First: o.clock.at, Last: o.clock.at, Times: 1,
	}}
	c.Step(assess.RaiseDifference, assess.DifferenceOpen, "source:shenhe", "", o.clock.at)
	_, err := o.store.Commit(t.Context(), assess.Intake{Differences: []assess.DifferenceChange{c}, Audit: []assess.AuditLine{{At: o.clock.at, Actor: "test", Action: "test", Result: "ok"}}})
	o.ok(err)
	analyst := o.reader(t, "analyst")
	if page := analyst.get("/differences").body; strings.Contains(page, differenceID) {
		t.Error("the city is shown a difference about a draft")
	}
	for _, do := range []string{"keep", "return", "answer"} {
		analyst.send("/differences/"+differenceID, "do", do, "note", "x", "reason", "anomaly").answers(t, do, http.StatusNotFound)
	}
}

// A difference stands side by side on its page; its district explains, the analyst decides, each by a form without script; what is over is
// told so.
func TestADifferenceIsExplainedAndDecided(t *testing.T) {
	o := newOffice(t)
	o.differs()
	at := "/differences/" + differenceID
	district := o.reader(t, "heping")
	page := district.get("/differences").body
	for _, want := range []string{"7,654,321", "7,654,300", "−21", "季报&lt;b&gt;.csv", `value="answer"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the district's page lacks %s", want)
		}
	}
	if strings.Contains(page, `value="keep"`) || strings.Contains(page, `value="return"`) {
		t.Error("the district is offered the city's decision")
	}
	if want := "由组织和基层工作部或分析员决定"; !strings.Contains(page, want) {
		t.Errorf("the district is not told who decides: the page lacks %q", want)
	}
	if !strings.Contains(district.get("/tasks").body, `href="/differences"`) {
		t.Error("the district is not asked for its answer")
	}
	district.send(at, "do", "keep", "note", "我们的对").answers(t, "the district decides", http.StatusForbidden)
	district.send(at, "do", "answer", "note", " ").answers(t, "without words", http.StatusUnprocessableEntity)
	district.send(at, "do", "answer", "note", "系统未含<新>单位").leads(t, "an answer", "/differences")
	if strings.Contains(district.get("/tasks").body, `href="/differences"`) {
		t.Error("the district is asked again")
	}
	analyst := o.reader(t, "analyst")
	page = analyst.get("/differences").body
	if !strings.Contains(page, "系统未含&lt;新&gt;单位") || !strings.Contains(page, `value="keep"`) || strings.Contains(page, `value="answer"`) {
		t.Error("the analyst's page lacks the answer, or the decision")
	}
	if want := "请组织和基层工作部退回区县或申请更正"; !strings.Contains(page, want) {
		t.Errorf("the analyst is not told who can take the source's figure: the page lacks %q", want)
	}
	if !strings.Contains(analyst.get("/tasks").body, `href="/differences"`) {
		t.Error("the analyst is not asked for a decision")
	}
	analyst.send(at, "do", "return", "note", "x", "reason", "anomaly").answers(t, "the analyst returns a figure", http.StatusForbidden)
	analyst.send(at, "do", "keep", "note", "x", "unit", "210103").answers(t, "a field of no form", http.StatusBadRequest)
	const seen = "reported 7654321/reported 7654300"
	analyst.send(at, "do", "keep", "note", "x", "seen", "reported 7654321/reported 7654299").answers(t, "another figure was seen", http.StatusConflict)
	analyst.send(at, "do", "keep", "note", "x").answers(t, "nothing was seen", http.StatusConflict)
	analyst.send(at, "do", "keep", "note", "", "seen", seen).answers(t, "without a reason", http.StatusUnprocessableEntity)
	analyst.send(at, "do", "keep", "note", "系统滞后", "seen", seen).leads(t, "a decision", "/differences")
	twice := analyst.send(at, "do", "keep", "note", "系统滞后", "seen", seen)
	if twice.answers(t, "decided twice", http.StatusConflict); !strings.Contains(twice.body, `id="wrong"`) {
		t.Error("it is not said why nothing was decided")
	}
	if d, err := o.store.Difference(t.Context(), differenceID); err != nil || d.State != assess.DifferenceKept || len(d.Steps) != 3 || d.Steps[2].By != "analyst" {
		t.Errorf("%+v, %v", d, err)
	}
	if page := analyst.get("/differences?show=over").body; !strings.Contains(page, "系统滞后") || strings.Contains(page, `value="keep"`) {
		t.Error("what is over is not shown as such")
	}
	if strings.Contains(analyst.get("/differences").body, differenceID) {
		t.Error("what is over still waits")
	}
}

// A figure that was handed in goes back to its district with what the source says as the reason, by its own department alone.
func TestAReviewerReturnsWhatASourceContradicts(t *testing.T) {
	o := newOffice(t)
	o.handIn()
	var item assess.Item
	for _, s := range o.form().Sections {
		for _, f := range s.Fields {
			if f.Kind == desk.Typed && f.Item.Department == "legal" && f.Item.Type == assess.Count && f.Item.Frequency == assess.Quarterly {
				item = f.Item
			}
		}
	}
	src := collect.Source{Name: "shenhe", Door: assess.DoorPull, Authority: collect.Submit}
	delivery := assess.Delivery{Source: src.Name, Door: src.Door, Entries: []assess.Entry{{Unit: officeUnit, PeriodText: officeQuarter().String(), Code: item.Code, Value: "987"}}}
	report, err := o.gate.Import(t.Context(), delivery, collect.Options{By: "source:shenhe", Supplies: []assess.Origin{assess.FromDistrict}, Authority: collect.Submit}, o.clock.at.Add(time.Hour))
	if err != nil || len(report.Differences) != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	d := report.Differences[0]
	o.join(t, "the.reviewer", assess.CityReviewer, "")
	r := o.reader(t, "the.reviewer")
	page := r.get("/differences").body
	if !strings.Contains(page, `value="return"`) || !strings.Contains(page, `value="keep"`) || strings.Contains(page, `value="correct"`) {
		t.Errorf("what a reviewer may decide: %s", page)
	}
	r.send("/differences/"+d.ID, "do", "return", "reason", "anomaly", "note", "请核", "seen", "reported "+d.Held.Value+"/reported 987").leads(t, "a return", "/differences")
	said, err := o.store.Decisions(t.Context(), officeQuarter(), officeUnit)
	if err != nil || len(said) != 1 || said[0].Accepted || said[0].Reason != "anomaly" || !strings.Contains(said[0].Note, "请核") || !strings.Contains(said[0].Note, "987") {
		t.Errorf("%+v, %v", said, err)
	}
	if got, err := o.store.Difference(t.Context(), d.ID); err != nil || got.State != assess.DifferenceTaken {
		t.Errorf("%+v, %v", got, err)
	}
}

// The form says where a value is from, and shows what a source says otherwise of what somebody typed: theirs is taken or one's own kept by a
// button of the form, which without script saves what else was typed.
func TestTheFormShowsWhatASourceSays(t *testing.T) {
	o := newOffice(t)
	pull := func(value string, at time.Duration) {
		t.Helper()
		src := collect.Source{
			Name: "shenhe", Door: assess.DoorPull, Units: []assess.UnitCode{officeUnit}, Authority: collect.Fill,
			Fetcher: brings{{Unit: officeUnit, PeriodText: officeQuarter().String(), Code: "union_members", Value: value}},
		}
		r, err := o.gate.Run(t.Context(), src, collect.Ask{Slot: o.clock.at.Add(at)}, o.clock.at.Add(at))
		o.ok(err)
		if len(r.Rejected) > 0 {
			t.Fatal(r.Rejected[0].Problem)
		}
	}
	path := ""
	for _, s := range o.form().Sections {
		for _, field := range s.Fields {
			if field.Item.Code == "union_members" {
				path = officeForm + "/" + string(s.Code)
			}
		}
	}
	district := o.reader(t, "heping")
	pull("30500", time.Minute)
	if page := district.get(path).body; !strings.Contains(page, `value="30500"`) || !strings.Contains(page, "取自“shenhe”") {
		t.Error("the form does not say where a value is from")
	}
	o.typed("union_members", "30412", "", "heping")
	pull("30500", 2*time.Minute)
	page := district.get(path).body
	if !strings.Contains(page, `value="30412"`) || !strings.Contains(page, `name="theirs" value="union_members"`) || !strings.Contains(page, `name="mine" value="union_members"`) {
		t.Error("the form does not show what the source says")
	}
	if strings.Contains(o.reader(t, "analyst").get("/differences").body, "30,412") {
		t.Error("the city sees a draft")
	}
	base := func() string { return strconv.FormatInt(o.field("union_members").Draft.Revision, 10) }
	district.send(path, "request", "r1", "v.union_members", "30412", "n.union_members", "核对过", "b.union_members", base(), "theirs", "union_members").leads(t, "theirs", path+"#top")
	if d := o.field("union_members").Draft; d.Value != "30500" || d.By != "heping" || d.Note != "核对过" {
		t.Errorf("taken: %+v", d)
	}
	if page := district.get(path).body; strings.Contains(page, `name="theirs"`) {
		t.Error("what agrees is shown as a difference")
	}
	o.typed("union_members", "30413", "核对过", "heping")
	pull("30501", 3*time.Minute)
	district.send(path, "request", "r2", "v.union_members", "30413", "n.union_members", "核对过", "b.union_members", base(), "mine", "union_members").leads(t, "mine", path+"#top")
	pull("30501", 4*time.Minute)
	if page := district.get(path).body; strings.Contains(page, `name="theirs"`) || !strings.Contains(page, `value="30413"`) {
		t.Error("what was kept is asked again, or gone")
	}
}

// brings is a source that has some figures.
type brings []assess.Entry

func (b brings) Fetch(context.Context, source.Request) ([]source.Parcel, error) {
	return []source.Parcel{{Delivery: assess.Delivery{Entries: b}}}, nil
}
