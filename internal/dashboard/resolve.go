package dashboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// Resolve makes a page with the data of every panel. It reads nothing but the board and changes nothing. A panel that fails carries
// its Problem and the page survives; only what makes the whole page meaningless is an error: no figures for the period, an unknown
// unit, group, framework or code (assess.ErrNotFound), or a board that cannot be read.
func Resolve(ctx context.Context, board results.Board, words *i18n.Catalogue, page Definition, req Request) (*Page, error) {
	r, err := newResolver(ctx, board, words, req)
	if err != nil {
		return nil, err
	}
	r.def, r.req = page, page.choose(r.req)
	if err := r.checkRequest(); err != nil {
		return nil, err
	}
	bar, err := r.bar()
	if err != nil {
		return nil, err
	}
	p := &Page{Code: page.Page, Title: r.title(), Bar: bar, Filters: r.filters(), Chooser: r.chooser()}
	p.Sentence = r.draftOrExcuse(page.Sentence)
	for _, row := range page.Rows {
		var panels []Panel
		for _, d := range row.Panels {
			if d.Query.Units != "chosen" || !r.undecided() {
				panels = append(panels, r.panel(d))
			}
		}
		if len(panels) > 0 {
			p.Rows = append(p.Rows, Row{Panels: panels})
		}
	}
	p.Passing = r.passing
	return p, nil
}

// resolver is one request being answered.
type resolver struct {
	ctx   context.Context
	board results.Board
	words i18n.Words
	def   Definition
	req   Request
	links links

	now        *view
	prev, year *view // nil where there is nothing to compare with
	views      map[assess.Period]*view
	leftOut    []string // sentences: which of the units in the address are not compared
	alike      map[alikeKey]bool
	tried      map[assess.Code]trial // how sure the places of a total are
	passing    bool
}

func newResolver(ctx context.Context, board results.Board, words *i18n.Catalogue, req Request) (*resolver, error) {
	board, err := results.Seen(ctx, board, results.View{Day: req.Known, Published: req.Published})
	if err != nil {
		return nil, err
	}
	r := &resolver{
		ctx: ctx, board: Narrowed(board, req.Reader), words: words.In(req.Lang), req: req,
		views: map[assess.Period]*view{}, alike: map[alikeKey]bool{}, tried: map[assess.Code]trial{},
	}
	r.req.Lang = r.words.Lang()
	if r.req.Location == nil {
		r.req.Location = time.FixedZone("UTC+8", 8*60*60)
	}
	if r.req.BaseKind != baseYear {
		r.req.BaseKind = basePrev
	}
	if r.req.Show != showProgress && r.req.Show != showRank {
		r.req.Show = showScore
	}
	if err := r.open(); err != nil {
		return nil, err
	}
	r.links = linksOf(r.req)
	return r, nil
}

// open reads the sheet of the period and those it is compared with.
func (r *resolver) open() error {
	if r.req.Period.IsZero() {
		newest, err := r.newest()
		if err != nil {
			return err
		}
		r.req.Period = newest
	}
	if err := results.Ahead(r.ctx, r.board, r.req.Period, r.req.Period.Prev(), r.req.Period.LastYear()); err != nil {
		return fmt.Errorf("page of %s: %w", r.req.Period, err)
	}
	sheet, err := r.board.Sheet(r.ctx, r.req.Period)
	if err != nil {
		return fmt.Errorf("page of %s: %w", r.req.Period, err)
	}
	r.now = newView(sheet)
	r.views[r.req.Period] = r.now
	if r.prev, err = r.at(r.req.Period.Prev()); err != nil {
		return err
	}
	r.year, err = r.at(r.req.Period.LastYear())
	return err
}

// newest answers the latest quarter with figures.
func (r *resolver) newest() (assess.Period, error) {
	periods, err := r.board.Periods(r.ctx)
	if err != nil {
		return assess.Period{}, fmt.Errorf("periods: %w", err)
	}
	for _, p := range slices.Backward(periods) {
		if p.Kind() == assess.Quarter {
			return p, nil
		}
	}
	return assess.Period{}, assess.NotFound("problem.no_figures", "there are no figures yet; collect or import some first")
}

// at answers the view of another period, nil where it has no figures.
func (r *resolver) at(p assess.Period) (*view, error) {
	if v, ok := r.views[p]; ok {
		return v, nil
	}
	sheet, err := r.board.Sheet(r.ctx, p)
	if errors.Is(err, assess.ErrNotFound) {
		r.views[p] = nil
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sheet of %s: %w", p, err)
	}
	r.views[p] = newView(sheet)
	return r.views[p], nil
}

// base answers the view the page compares with, nil where there is none.
func (r *resolver) base() *view {
	if r.req.BaseKind == baseYear {
		return r.year
	}
	return r.prev
}

// checkRequest refuses what the edition does not know, and chooses where nothing is named: the first framework, the first unit, the
// first indicator of the framework.
func (r *resolver) checkRequest() error {
	e := r.now.edition()
	r.supply()
	if _, ok := e.Framework(r.req.Framework); !ok && r.def.Takes("framework") && !r.anyFramework() {
		return r.unknown("problem.framework_unknown", "framework", "framework", string(r.req.Framework))
	}
	if _, ok := e.Roster.Unit(r.req.Unit); !ok && r.def.Takes("unit") {
		return r.unknown("problem.unit_unknown", "unit", "unit", string(r.req.Unit))
	}
	for _, code := range r.req.Units {
		if _, ok := e.Roster.Unit(code); !ok && r.def.Takes("units") {
			return r.unknown("problem.unit_unknown", "units", "unit", string(code))
		}
	}
	if _, _, ok := e.Indicator(r.req.Code); !ok && r.def.Takes("code") {
		return r.unknown("problem.indicator_unknown", "code", "indicator", string(r.req.Code))
	}
	known := slices.ContainsFunc(e.Roster.Groups, func(g assess.Group) bool { return g.Code == r.req.Group })
	if r.req.Group != "" && !known && r.def.Takes("group") {
		return r.unknown("problem.group_unknown", "group", "group", string(r.req.Group))
	}
	r.chooseUnits()
	return nil
}

// anyFramework says whether the page shows what belongs to every framework: nobody chose one, and nothing on it needs one.
func (r *resolver) anyFramework() bool { return r.req.Framework == "" && !r.def.needs("framework") }

// supply chooses what the page needs and the address does not name.
func (r *resolver) supply() {
	e := r.now.edition()
	if r.def.Takes("framework") && r.req.Framework == "" && !r.anyFramework() && len(e.Frameworks) > 0 {
		r.req.Framework = e.Frameworks[0].Code
	}
	if r.def.Takes("unit") && r.req.Unit == "" && len(e.Roster.Units) > 0 {
		r.req.Unit = e.Roster.Units[0].Code
	}
	if r.def.Takes("code") && r.req.Code == "" {
		if leaves := r.under(func(f *assess.Framework) []*assess.Node { return f.Root.Leaves() }); len(leaves) > 0 {
			r.req.Code = leaves[0]
		}
	}
}

// unknown refuses the value of a parameter: of the address, or of the file that has fixed it, which is another's to mend.
func (r *resolver) unknown(key, parameter, what, value string) *assess.Problem {
	if r.def.Fixed.has(parameter) {
		year := strconv.Itoa(r.now.edition().Year)
		return assess.Conflict("problem.page_fixed",
			fmt.Sprintf("the file of this page fixes %s: %s, which the scheme of %s does not have; mend `fixed` in the file", parameter, value, year),
			"parameter", parameter, "value", value, "year", year)
	}
	return unknown(key, what, value)
}

func unknown(key, what, value string) *assess.Problem {
	return assess.NotFound(key, fmt.Sprintf("there is no %s %q in this period; choose one from the pages", what, value), "value", value)
}

// panel fills one panel, or says in it why it cannot be shown.
func (r *resolver) panel(d PanelDefinition) Panel {
	p := Panel{ID: d.ID, Type: d.Type, Title: d.Title.In(r.req.Lang), Note: d.Note.In(r.req.Lang)}
	k, ok := kindOf(d.Type)
	if !ok {
		p.Problem = assess.Invalid("problem.panel_type", fmt.Sprintf("there is no panel of type %q", d.Type), "value", d.Type)
		return p
	}
	if err := k.fill(r, d, &p); err != nil {
		return Panel{ID: p.ID, Type: p.Type, Title: p.Title, Problem: r.excuse(err)}
	}
	return p
}

// excuse is problemOf, and notes what may be over the next time.
func (r *resolver) excuse(err error) *assess.Problem {
	p := problemOf(err)
	r.passing = r.passing || errors.Is(p, assess.ErrUnavailable)
	return p
}

// problemOf keeps what a person should read and hides what is internal behind one fixed sentence.
func problemOf(err error) *assess.Problem {
	var p *assess.Problem
	if errors.As(err, &p) {
		return p
	}
	return assess.Unavailable("problem.panel", "this block cannot be shown at the moment; the rest of the page stands").Because(err)
}
