package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/chart"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
)

// cellBody is the page of one field: what it means, where it stood, who typed what.
type cellBody struct {
	fillBody
	URL, Section, SectionURL string
	Cell                     fieldView
	Cells                    []fieldView // the same, as the table of a section takes it
	Facts                    []fact
	Records                  string // where the records stand that a register supplies the figure from; "" for others
	History                  []pastRow
	Trend                    template.HTML // the line of the history
	Revisions                []revisionRow
	Wrong, Unnoted           []spot
	Next                     *link
	Evidence                 *evidenceCell // nil for figures nobody types
	Thread                   *thread
}

// pastRow is a figure of an earlier quarter.
type pastRow struct{ Period, Value string }

// revisionRow is something that was typed.
type revisionRow struct{ When, Who, Value, Note string }

func (s *site) showCell(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	section, err := o.section(r)
	if err != nil {
		return err
	}
	cell, err := s.Desk.Cell(r.Context(), o.Unit.Code, o.Period, assess.Code(mux.Vars(r)["item"]), s.Now())
	if err != nil {
		return err
	}
	base, err := s.fillBody(r, o, section.Code)
	if err != nil {
		return err
	}
	view := o.cell(section.Code, &cell.Field)
	b := cellBody{
		fillBody: base, URL: o.at(string(section.Code)), Section: o.text(section.Name), SectionURL: o.at(string(section.Code)) + "#v-" + view.Code,
		Cell: view, Cells: []fieldView{view}, Facts: o.facts(&cell.Field), History: o.history(cell), Trend: o.trend(cell), Revisions: o.revisions(cell),
	}
	if o.v.user.May(account.ReadRegisters, o.Unit.Code) {
		b.Records = dashboard.RecordsLink(cell.Field.Item, o.Unit.Code, o.Period)
	}
	if b.Thread, err = s.threadOf(r, o.Unit.Code, o.Period, cell.Field.Item.Code); err != nil {
		return err
	}
	b.Thread.Back = view.URL
	if b.Evidence, err = s.evidenceCell(r, o, &cell.Field, view.URL+"#e-"+view.Code); err != nil {
		return err
	}
	if b.Evidence != nil {
		b.Evidence.Heading = o.say("evidence.heading")
	}
	if r.URL.Query().Has("part") {
		return s.renderPart(w, r, http.StatusOK, "cell", "cellpast", page{Body: &b})
	}
	return s.render(w, r, http.StatusOK, "cell", o.page(view.Name, false, &b))
}

// facts tell what a field means and where it goes.
func (o *opened) facts(f *desk.Field) []fact {
	var facts []fact
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, fact{Term: o.say(key), Text: text})
		}
	}
	add("fill.fact.definition", o.text(f.Item.Definition))
	add("fill.fact.measure", o.text(f.Item.Measure))
	add("fill.fact.basis", o.basis(f.Item))
	add("fill.fact.department", o.department(f.Item.Department))
	add("fill.fact.usual", o.usual(f.Item))
	add("fill.fact.evidence", o.kinds(f))
	add("fill.fact.uses", o.uses(f))
	add("fill.fact.explained", o.explained(f))
	return facts
}

// usual is the range that the figure has in the district's group of peers.
func (o *opened) usual(i assess.Item) string {
	r, ok := i.Plausible[o.Unit.Group]
	if !ok || r.Low == nil || r.High == nil {
		return ""
	}
	return o.say("fill.fact.range", "low", i18n.Decimal(*r.Low), "high", i18n.Decimal(*r.High), "measure", o.text(i.Measure))
}

func (o *opened) kinds(f *desk.Field) string {
	var names []string
	for _, k := range f.EvidenceKinds {
		for _, g := range o.Edition.Evidence {
			if g.Code == k {
				names = append(names, o.text(g.Name))
			}
		}
	}
	return strings.Join(names, o.say("fill.list"))
}

// uses are the indicators that the figure goes into: what it is asked for.
func (o *opened) uses(f *desk.Field) string {
	var names []string
	for _, code := range f.UsedBy {
		if _, node, ok := o.Edition.Indicator(code); ok {
			names = append(names, o.text(node.Name))
		}
	}
	return strings.Join(names, o.say("fill.list"))
}

func (o *opened) history(c *desk.CellPage) []pastRow {
	var rows []pastRow
	for _, p := range c.History {
		rows = append(rows, pastRow{Period: o.v.words.Period(p.Period.String()), Value: o.past(c.Field.Item, p)})
	}
	return rows
}

// trend draws the history with the figure of the quarter as its end.
func (o *opened) trend(c *desk.CellPage) template.HTML {
	var spots []dashboard.Spot
	for _, p := range append(slices.Clone(c.History), desk.Past{Period: c.Field.Period, State: c.Field.State, Value: c.Field.Shown}) {
		spot := dashboard.Spot{Period: p.Period}
		if d, err := decimal.NewFromString(p.Value); err == nil && (p.State == assess.Reported || p.State == assess.ZeroReport) {
			value := d.InexactFloat64()
			spot.Value = &value
		}
		spots = append(spots, spot)
	}
	return template.HTML(chart.Sparkline(spots, o.say("fill.trend", "name", o.text(c.Field.Item.Name))))
}

func (o *opened) revisions(c *desk.CellPage) []revisionRow {
	var rows []revisionRow
	for _, d := range slices.Backward(c.Revisions) {
		rows = append(rows, revisionRow{When: o.clock(d.At), Who: o.who(d.By), Value: o.typed(&c.Field, d.Value, d.State == assess.Missing), Note: d.Note})
	}
	return rows
}
