package web_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/web"
)

// gallery is a city with made-up figures: every page, every type of panel, full, partial, empty and failing.
type gallery struct {
	people  *people
	site    *web.Site // as it was made last
	told    *galleryReminders
	logs    *strings.Builder
	clock   *clock
	hostile string // stands wherever a name can
	failing error  // what every page answers instead of itself
	asked   func(dashboard.Request)
	// withheld makes explanations without figures.
	withheld   bool
	collecting galleryCollecting
	pieces     galleryPieces
	ledger     *ledger.Ledger
	refunded   bool // there are refunds on it
	book       *register.Book
	record     string // of a record, once one is needed
}

// note tells a test what a page was asked for.
func (g *gallery) note(r dashboard.Request) {
	if g.asked != nil {
		g.asked(r)
	}
}

// clock moves when told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newGallery(t testing.TB) *gallery {
	t.Helper()
	g := &gallery{logs: &strings.Builder{}, clock: &clock{at: time.Date(2026, 4, 20, 2, 32, 0, 0, time.UTC)}}
	g.people = newPeople(t, g.clock)
	g.told = newGalleryReminders(g)
	return g
}

// handler answers the site of the gallery, over plain HTTP unless changed.
func (g *gallery) handler(t testing.TB, change ...func(*web.Options)) http.Handler {
	t.Helper()
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	shelf, err := dashboard.NewShelf(dashboards.Files(), fstest.MapFS{"skills.yaml": {Data: []byte(ownPageFile)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := web.Options{
		Shelf: shelf,
		Board: galleryBoard{}, Pages: galleryPages{g}, Accounts: g.people, Hasher: g.people.hasher, Audit: g.people, Runs: galleryRuns{}, Collecting: &g.collecting,
		Keys:       g.people,
		Rules:      account.Rules{MinPassword: 10}, // tests go far into the future, where nobody has signed in for long
		Submit:     g.people.take,
		ImportSet:  g.people.importSet,
		Quarantine: g.pieces.quarantine(), Differing: noDifferences(),
		City:       galleryCity{},
		Desk:       galleryDesk{},
		Evidence:   galleryEvidence(t),
		Publishing: &galleryPublishing{hostile: g.hostile}, Figures: g.people,
		Takeout: func() (takeout.Room, error) {
			return takeout.Room{Room: export.Room{Words: words, Zone: time.FixedZone("CST", 8*3600)}}, nil
		},
		Sealed:    func(context.Context, assess.Seal) (results.Board, error) { return galleryBoard{}, nil },
		Timetable: galleryTimetable{}, OpenLink: noLink, CalendarText: noText,
		Uploads:  galleryUploads{},
		Mappings: &galleryMappings{}, Try: noTrial, SourceTitles: map[assess.Code]assess.Text{"shenhe": {}},
		Reviews: &galleryReviews{},
		Matters: g.matters(t), Registers: g.registers(t), Releases: g.people, Refunds: g.refunds(t),
		Notices:  g.told,
		Explain:  writeUnitAndNode,
		Checkup:  someFindings,
		Takeaway: g.takeaway(t, words),
		Sessions: g.people.Sessions(time.Now), Words: words, Log: slog.New(slog.NewTextHandler(g.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: g.clock.now,
		Version: "1.2.3", Demo: true, PlainHTTP: true,
	}
	o.Reminders = g.reminders(t, words)
	for _, c := range change {
		c(&o)
	}
	h, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	g.site = h
	return h
}

// openQuarter is not published; every earlier one is.
func openQuarter() assess.Period { return assess.NewQuarter(2026, 2) }

func galleryPeriods() []assess.Period {
	var list []assess.Period
	for p := assess.NewQuarter(2024, 3); p.Compare(openQuarter()) <= 0; p = p.Next() {
		if list = append(list, p); p == assess.NewQuarter(2025, 4) {
			list = append(list, p.Year())
		}
	}
	return list
}

func galleryUnits() []assess.Unit {
	rows := []struct {
		code, zh, short, en, shortEN, group string
		row, column                         int
	}{
		{"210102", "和平区", "和平", "Heping District", "Heping", "core_urban", 3, 2},
		{"210103", "沈河区", "沈河", "Shenhe District", "Shenhe", "core_urban", 2, 3},
		{"210104", "大东区", "大东", "Dadong District", "Dadong", "core_urban", 1, 2},
		{"210105", "皇姑区", "皇姑", "Huanggu District", "Huanggu", "core_urban", 2, 2},
		{"210106", "铁西区", "铁西", "Tiexi District", "Tiexi", "core_urban", 3, 1},
		{"210111", "苏家屯区", "苏家屯", "Sujiatun District", "Sujiatun", "suburban", 4, 2},
		{"210112", "浑南区", "浑南", "Hunnan District", "Hunnan", "suburban", 3, 3},
		{"210113", "沈北新区", "沈北", "Shenbei New District", "Shenbei", "suburban", 1, 1},
		{"210114", "于洪区", "于洪", "Yuhong District", "Yuhong", "suburban", 2, 1},
		{"210115", "辽中区", "辽中", "Liaozhong District", "Liaozhong", "county", 3, 0},
		{"210181", "新民市", "新民", "Xinmin City", "Xinmin", "county", 2, 0},
		{"210123", "康平县", "康平", "Kangping County", "Kangping", "county", 0, 0},
		{"210124", "法库县", "法库", "Faku County", "Faku", "county", 1, 0},
	}
	var units []assess.Unit
	for _, r := range rows {
		units = append(units, assess.Unit{
			Code: assess.UnitCode(r.code), Name: assess.Text{ZH: r.zh, EN: r.en}, Short: assess.Text{ZH: r.short, EN: r.shortEN},
			Group: assess.Code(r.group), Tile: &assess.Tile{Row: r.row, Column: r.column},
		})
	}
	return units
}

func galleryDepartments() (all []assess.Department) {
	for _, code := range []assess.Code{"office", "org", "publicity", "economy", "rights", "legal", "women", "finance", "audit", "party", "service_centre"} {
		all = append(all, assess.Department{Code: code, Name: assess.Text{ZH: "部门" + string(code), EN: "Department " + string(code)}})
	}
	return all
}

func galleryEdition(year int) *assess.Edition {
	framework := func(code, zh, en string) assess.Framework {
		name := assess.Text{ZH: zh, EN: en}
		return assess.Framework{Code: assess.Code(code), Name: name, Root: &assess.Node{Code: assess.Code(code), Name: name}}
	}
	return &assess.Edition{
		Year: year, Number: 1,
		Reasons: []assess.Group{
			{Code: "definition", Name: assess.Text{ZH: "口径不符", EN: "Definition not kept"}}, {Code: "anomaly", Name: assess.Text{ZH: "数据异常", EN: "Anomaly"}},
		},
		Roster: assess.Roster{
			City: assess.Unit{
				Code: "210100", Name: assess.Text{ZH: "沈阳市", EN: "Shenyang"},
				Union: assess.Text{ZH: "沈阳市总工会", EN: "Shenyang Municipal Federation of Trade Unions"},
			},
			Units: galleryUnits(),
			Groups: []assess.Group{
				{Code: "core_urban", Name: assess.Text{ZH: "中心城区组", EN: "Core urban"}},
				{Code: "suburban", Name: assess.Text{ZH: "近郊城区组", EN: "Suburban"}},
				{Code: "county", Name: assess.Text{ZH: "县域组", EN: "County"}},
			},
		},
		Departments: galleryDepartments(),
		Roles:       []assess.RoleDefinition{{Code: assess.CityAnalyst, Name: assess.Text{ZH: "考核办分析员", EN: "Assessment analyst"}}},
		Frameworks: []assess.Framework{
			framework("six_systems", "六个体系", "Six systems"), framework("five_projects", "五项工程", "Five projects"),
			framework("five_type_organ", "五型机关", "Five-type organ"),
		},
	}
}

// galleryBoard answers sheets without scores: the pages get theirs from galleryPages.
type galleryBoard struct{}

func (galleryBoard) Sheet(_ context.Context, p assess.Period) (*results.Sheet, error) {
	if !slices.Contains(galleryPeriods(), p) {
		return nil, assess.NotFound("problem.no_figures", "there are no figures of "+p.String())
	}
	s := &results.Sheet{
		Period: p, Edition: galleryEdition(p.CalendarYear()), Version: 2, AsOf: p.LastDay(),
		Cycle: assess.Cycle{Period: p, State: assess.CyclePublished, PublishedAt: p.LastDay().AddDate(0, 0, 18)},
	}
	if p == openQuarter() {
		s.Cycle = assess.Cycle{Period: p, State: assess.CycleReviewing}
	}
	for _, u := range galleryUnits() {
		s.Filings = append(s.Filings, assess.Filing{Unit: u.Code, Period: p.LastQuarter(), State: assess.Accepted})
	}
	return s, nil
}

func (galleryBoard) Periods(context.Context) ([]assess.Period, error) { return galleryPeriods(), nil }

func (galleryBoard) Edition(_ context.Context, year int) (*assess.Edition, error) {
	return galleryEdition(year), nil
}

func (galleryBoard) History(context.Context, assess.CellKey) ([]assess.Observation, error) {
	return nil, nil
}

// galleryCollecting has the sources of galleryRuns, and one that was never asked.
type galleryCollecting struct {
	silent bool // one is sick and one is stale
	asked  []assess.Code
	busy   error
}

func (c *galleryCollecting) Standings(ctx context.Context, now time.Time) (all []assess.Standing, err error) {
	runs, err := galleryRuns{}.LastRuns(ctx)
	for _, r := range runs {
		one := assess.Standing{Source: r.Source, Last: r, Declared: true, Next: now.Add(time.Hour)}
		if r.State != assess.RunFailed {
			one.Good, one.Figures = r.Finished, r.Finished.AddDate(0, 0, -3)
		}
		one.Stale = c.silent && r.Source == "heping"
		if one.Sick = c.silent && r.Source == "xinmin"; one.Sick {
			one.Failures = 7
		}
		all = append(all, one)
	}
	return append(all, assess.Standing{Source: "dadong", Declared: true}, assess.Standing{Source: "import", Last: runs[0]}), err
}

func (c *galleryCollecting) Collect(_ context.Context, source assess.Code, _ time.Time) (assess.Run, error) {
	if c.busy != nil {
		return assess.Run{}, c.busy
	}
	c.asked = append(c.asked, source)
	return assess.Run{ID: "r2", Source: source, State: assess.RunPartial}, nil
}

type galleryRuns struct{}

func (galleryRuns) LastRuns(context.Context) ([]assess.Run, error) {
	at := time.Date(2026, 4, 19, 22, 5, 0, 0, time.UTC)
	return []assess.Run{
		{ID: "r1", Source: "heping", Started: at, Finished: at.Add(time.Minute), State: assess.RunDone, Taken: 65, Same: 63, Changed: 2},
		{ID: "r2", Source: "shenhe", Started: at, Finished: at.Add(time.Minute), State: assess.RunPartial, Taken: 65, New: 62, Refused: 3},
		{
			ID: "r3", Source: "xinmin", Started: at.AddDate(0, 0, -9), Finished: at.AddDate(0, 0, -9), State: assess.RunFailed,
			Problem: "the source answered 500; its last good figures stay",
		},
	}, nil
}

func (r galleryRuns) Runs(ctx context.Context, source assess.Code, _ int) ([]assess.Run, error) {
	all, _ := r.LastRuns(ctx)
	return slices.DeleteFunc(all, func(x assess.Run) bool { return x.Source != source }), nil
}

func (r galleryRuns) Run(ctx context.Context, id string) (assess.Run, error) {
	all, _ := r.LastRuns(ctx)
	at := slices.IndexFunc(all, func(x assess.Run) bool { return x.ID == id })
	if at < 0 {
		return assess.Run{}, assess.NotFound("problem.run_unknown", "there is no run "+id)
	}
	run := all[at]
	if run.Refused > 0 {
		run.Rejected = []assess.Rejection{
			{
				Place: assess.Place{File: "2026Q1.csv", Line: 14, Column: 4}, Unit: "210103", Code: "union_members", Value: "3O412",
				Problem: assess.Invalid("problem.gallery", "“3O412” is not a number; write digits with a point"),
			},
			{
				Place: assess.Place{File: "2026Q1.csv", Line: 15, Column: 3}, Unit: "210103", Code: "union_membres", Value: "12",
				Problem: assess.Invalid("problem.gallery", "there is no item union_membres; did you mean union_members?"),
			},
		}
	}
	return run, nil
}

// writeUnitAndNode stands for the explanation of a score: it knows the units and nodes of the gallery only.
func writeUnitAndNode(_ context.Context, w io.Writer, _ results.Board, p assess.Period, unit assess.UnitCode, node assess.Code) error {
	if node != "organisation" {
		return assess.NotFound("problem.no_node", "there is no such node")
	}
	_, err := fmt.Fprintf(w, `{"unit":%q,"node":%q,"period":%q}`, unit, node, p)
	return err
}
