package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gorilla/mux"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/i18n"
)

// targetBody is the sheet of one target.
type targetBody struct {
	Path, Sentence, Fault, Locked string
	Ways                          []link
	Facts                         []fact
	Measure                       string
	MayEdit                       bool
	Form                          targetForm
	Steps, Bases, Starts          []option
	Periods                       []option
	Rows                          []portionRow
	Sum, Total, Left              string
	Draft                         bool
	Version                       int
	Versions                      []versionRow
	Compare                       *versionCompare
}

// fact is a term with what it says.
type fact struct{ Term, Text string }

// option is a choice of a list.
type option struct {
	Value, Text string
	Chosen      bool
}

// targetForm is what stands in the form: what was typed, or what the draft holds.
type targetForm struct {
	Total, Step, Basis, Period, From, Reason, Version, Revision string
}

// portionRow is a unit of the form.
type portionRow struct {
	Code, Name, Last, Held, Weight, Share, Value string
	Pinned                                       bool
}

// versionRow is a version of the breakdown.
type versionRow struct {
	Number                                 int
	State, Total, Basis, From, Reason, Who string
	URL                                    string // compares it with the version before; "" for the first
	Current                                bool
}

// versionCompare sets two versions beside each other.
type versionCompare struct {
	A, B int
	Rows []compareRow
}

type compareRow struct{ Name, A, B, Change string }

func (s *site) showTarget(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.targetSheet(r)
	if err != nil {
		return err
	}
	return s.drawTarget(w, r, http.StatusOK, sheet, nil, "")
}

func (s *site) targetSheet(r *http.Request) (*city.TargetSheet, error) {
	return s.City.TargetSheet(r.Context(), yearOf(r), assess.Code(mux.Vars(r)["indicator"]), s.Now())
}

// drawTarget draws the sheet of a target with what was typed, or else with the draft.
func (s *site) drawTarget(w http.ResponseWriter, r *http.Request, status int, sheet *city.TargetSheet, typed url.Values, fault string) error {
	v := visitFrom(r)
	name := sheet.Node.Name.In(v.lang())
	body := targetBody{
		Path: "/targets/" + strconv.Itoa(sheet.Year) + "/" + string(sheet.Node.Code), Fault: fault, MayEdit: v.user.May(account.SetTargets, ""),
		Ways: s.cityWays(r, assess.NewQuarter(sheet.Year, 4), "targets"), Measure: sheet.Node.Indicator.Measure.In(v.lang()), Draft: sheet.Draft != nil,
	}
	if sheet.Locked != nil {
		body.Locked, body.MayEdit = v.problem(sheet.Locked), false
	}
	body.Facts = []fact{
		{v.words.T("web.targets.dimension"), sheet.Framework.Name.In(v.lang()) + " · " + sheet.Dimension.Name.In(v.lang())},
		{v.words.T("web.targets.definition"), sheet.Node.Indicator.Definition.In(v.lang())},
		{v.words.T("web.targets.department"), departmentName(v, sheet.Edition, sheet.Node.Indicator.Department)},
	}
	body.fillForm(v, sheet, typed)
	body.fillRows(v, sheet, typed)
	who := s.names(r.Context())
	for i, b := range sheet.Versions {
		body.Versions = append(body.Versions, s.versionRow(v, sheet, i, b, r.URL.Query().Get("b"), who))
	}
	body.Compare = compareVersions(v, sheet, r.URL.Query().Get("a"), r.URL.Query().Get("b"))
	return s.render(w, r, status, "target", page{Title: v.words.T("web.targets.of", "name", name, "year", sheet.Year), Body: body})
}

// fillForm puts the choices of the form in place.
func (b *targetBody) fillForm(v *visit, sheet *city.TargetSheet, typed url.Values) {
	f := targetForm{Step: stepsOf(sheet.Node.Indicator)[0].String(), Basis: string(assess.EqualBasis), Period: basisPeriod(sheet), Version: "0", Revision: "0"}
	if sheet.Change {
		f.Total = heldTotal(sheet).String()
	}
	if d := sheet.Draft; d != nil {
		f = targetForm{
			Total: d.Total.String(), Step: d.Step.String(), Basis: basisText(d.Basis), Period: d.Basis.Period.String(), From: d.From.String(),
			Reason: d.Reason, Version: strconv.Itoa(d.Version), Revision: strconv.FormatInt(d.Revision, 10),
		}
		b.Version = d.Version
	}
	if typed != nil {
		f = targetForm{
			Total: typed.Get("total"), Step: typed.Get("step"), Basis: typed.Get("basis"), Period: typed.Get("basis_period"), From: typed.Get("from"),
			Reason: typed.Get("reason"), Version: typed.Get("version"), Revision: typed.Get("revision"),
		}
	}
	b.Form = f
	for _, step := range stepsOf(sheet.Node.Indicator) {
		b.Steps = append(b.Steps, option{step.String(), i18n.Decimal(step) + " " + b.Measure, step.String() == f.Step})
	}
	b.Bases = []option{
		{string(assess.EqualBasis), v.words.T("web.targets.basis.equal"), f.Basis == string(assess.EqualBasis)},
		{string(assess.TargetBasis), v.words.T("web.targets.basis.last_target"), f.Basis == string(assess.TargetBasis)},
	}
	for _, item := range sheet.Bases {
		value := "item:" + string(item.Code)
		b.Bases = append(b.Bases, option{value, item.Name.In(v.lang()), f.Basis == value})
	}
	for _, p := range sheet.Periods {
		b.Periods = append(b.Periods, option{p.String(), v.words.Period(p.String()), f.Period == p.String()})
	}
	for _, p := range sheet.Starts {
		text := v.words.T("web.targets.whole_year")
		if !p.IsZero() {
			text = v.words.T("web.targets.from", "quarter", v.words.Period(p.String()))
		}
		b.Starts = append(b.Starts, option{p.String(), text, f.From == p.String()})
	}
}

// heldTotal answers the sum of the targets that hold.
func heldTotal(sheet *city.TargetSheet) decimal.Decimal {
	sum := decimal.Zero
	for _, c := range sheet.Held {
		sum = sum.Add(c.Value)
	}
	return sum
}

// basisPeriod answers the period that is most likely shared by: the year before.
func basisPeriod(sheet *city.TargetSheet) string {
	if last := assess.NewQuarter(sheet.Year-1, 4); slices.Contains(sheet.Periods, last) {
		return last.String()
	}
	return ""
}

func basisText(b assess.Basis) string {
	if b.Kind == assess.ItemBasis {
		return "item:" + string(b.Item)
	}
	return string(b.Kind)
}

// stepsOf answers the amounts that portions may be rounded to, the usual one first.
func stepsOf(in *assess.Indicator) []decimal.Decimal {
	one := decimal.NewFromInt(1)
	switch in.Type {
	case assess.Money:
		return []decimal.Decimal{decimal.NewFromInt(10_000), decimal.NewFromInt(1_000), decimal.NewFromInt(100), one}
	case assess.Count:
		return []decimal.Decimal{one, decimal.NewFromInt(5), decimal.NewFromInt(10), decimal.NewFromInt(100)}
	}
	return []decimal.Decimal{decimal.New(1, -int32(in.Decimals)), one}
}

// fillRows puts the units in place, with the sum and what is left of the total.
func (b *targetBody) fillRows(v *visit, sheet *city.TargetSheet, typed url.Values) {
	sum, weights := decimal.Zero, decimal.Zero
	portions := map[assess.UnitCode]assess.Portion{}
	if sheet.Draft != nil {
		for _, p := range sheet.Draft.Portions {
			portions[p.Unit] = p
			sum, weights = sum.Add(p.Value), weights.Add(p.Weight)
		}
		b.Sum, b.Total, b.Left = i18n.Decimal(sum), i18n.Decimal(sheet.Draft.Total), i18n.Decimal(sheet.Draft.Total.Sub(sum))
	}
	held, last := heldTotal(sheet), decimal.Zero
	for i, u := range sheet.Units {
		row := portionRow{Code: string(u.Code), Name: u.Name.In(v.lang()), Last: cellText(sheet.LastTargets[i]), Held: cellText(sheet.Held[i]), Weight: "—", Share: "—"}
		last = last.Add(sheet.LastTargets[i].Value)
		if p, ok := portions[u.Code]; ok {
			row.Value, row.Pinned = p.Value.String(), p.Pinned
			if p.Known {
				row.Weight = i18n.Decimal(p.Weight)
			}
			if p.Known && weights.IsPositive() {
				row.Share = i18n.Percent(p.Weight.Mul(decimal.NewFromInt(100)).Div(weights).InexactFloat64())
			}
		}
		if typed != nil {
			row.Value, row.Pinned = typed.Get("value."+row.Code), typed.Get("pin."+row.Code) != ""
		}
		b.Rows = append(b.Rows, row)
	}
	switch {
	case sheet.Draft != nil:
		b.Sentence = v.words.T("web.targets.draft", "total", b.Total, "measure", b.Measure, "n", len(sheet.Units), "version", sheet.Draft.Version)
	case sheet.Change:
		b.Sentence = v.words.T("web.targets.held", "total", i18n.Decimal(held), "measure", b.Measure, "n", len(sheet.Units))
	default:
		b.Sentence = v.words.T("web.targets.none")
	}
	foot := portionRow{Name: v.words.T("web.targets.sum"), Held: "—", Last: "—", Value: b.Sum, Weight: "—", Share: "—"}
	if sheet.Change {
		foot.Held = i18n.Decimal(held)
	}
	if last.IsPositive() {
		foot.Last = i18n.Decimal(last)
	}
	if weights.IsPositive() {
		foot.Weight, foot.Share = i18n.Decimal(weights), i18n.Percent(100)
	}
	b.Rows = append(b.Rows, foot)
}

func cellText(c city.TargetCell) string {
	if !c.Set {
		return "—"
	}
	return i18n.Decimal(c.Value)
}

func (s *site) versionRow(v *visit, sheet *city.TargetSheet, i int, b assess.Breakdown, shown string, who func(string) string) versionRow {
	row := versionRow{
		Number: b.Version, State: v.words.T("web.targets.state." + string(b.State)), Total: i18n.Decimal(b.Total), Reason: b.Reason,
		Basis: v.words.T("web.targets.basis." + string(b.Basis.Kind)), From: v.words.T("web.targets.whole_year"),
		Who: who(b.By) + " " + s.moment(b.At), Current: shown == strconv.Itoa(b.Version),
	}
	if item, ok := sheet.Edition.Item(b.Basis.Item); ok {
		row.Basis = item.Name.In(v.lang()) + " " + v.words.Period(b.Basis.Period.String())
	}
	if !b.From.IsZero() {
		row.From = v.words.T("web.targets.from", "quarter", v.words.Period(b.From.String()))
	}
	if b.State == assess.BreakdownIssued {
		row.Who = who(b.IssuedBy) + " " + s.moment(b.IssuedAt)
	}
	if i > 0 {
		row.URL = fmt.Sprintf("?a=%d&b=%d", sheet.Versions[i-1].Version, b.Version)
	}
	return row
}

// compareVersions sets two versions beside each other; nil where the address names none.
func compareVersions(v *visit, sheet *city.TargetSheet, a, b string) *versionCompare {
	find := func(text string) *assess.Breakdown {
		for i := range sheet.Versions {
			if strconv.Itoa(sheet.Versions[i].Version) == text {
				return &sheet.Versions[i]
			}
		}
		return nil
	}
	first, second := find(a), find(b)
	if first == nil || second == nil {
		return nil
	}
	c := &versionCompare{A: first.Version, B: second.Version}
	add := func(name string, x, y decimal.Decimal) {
		c.Rows = append(c.Rows, compareRow{name, i18n.Decimal(x), i18n.Decimal(y), i18n.Signed(y.Sub(x).InexactFloat64(), int(max(0, -y.Sub(x).Exponent())))})
	}
	for _, u := range sheet.Units {
		add(u.Name.In(v.lang()), portionIn(first, u.Code), portionIn(second, u.Code))
	}
	add(v.words.T("web.targets.sum"), first.Total, second.Total)
	return c
}

func portionIn(b *assess.Breakdown, unit assess.UnitCode) decimal.Decimal {
	for _, p := range b.Portions {
		if p.Unit == unit {
			return p.Value
		}
	}
	return decimal.Zero
}
