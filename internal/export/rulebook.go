package export

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/i18n"
)

// targets makes the breakdown of a year's targets (目标任务分解表).
func (m *maker) targets(ctx context.Context, p assess.Period) error {
	if !m.once(p.Year().String()) {
		return nil
	}
	held, err := m.Targets.Targets(ctx, p.CalendarYear(), m.order.Units...)
	if err != nil {
		return err
	}
	m.units(held.Edition, p.Year())
	m.targetTable(held)
	return nil
}

// targetTable lays out the targets of a year. A target that is not set is said to be pending, the city's where no unit has one, too.
func (m *maker) targetTable(held *city.TargetTable) {
	p := assess.NewYear(held.Year)
	t := m.table(held.Edition, p, m.words.T("export.year", "year", held.Year))
	t.Paper = A3
	t.Columns = []Column{
		m.code("node"), m.frozen("no", Number, 5), m.col("framework", Text, 12), m.col("dimension", Text, 14), m.frozen("indicator", Text, 24), m.col("measure", Text, 8), m.col("city_target", Number, 13),
	}
	for _, u := range held.Units {
		t.Columns = append(t.Columns, Column{
			Code: string(u.Code), Head: u.Name.In(m.words.Lang()), Over: m.words.T("export.over.targets"), Kind: Number, Width: 11,
		})
	}
	t.Columns = append(t.Columns, m.col("department", Text, 16), m.col("due", Date, 14))
	t.Columns[len(t.Columns)-1].Head = m.words.T("export.col.deadline")
	t.Columns[len(t.Columns)-1].Code = "deadline"
	var rows []Row
	for _, r := range held.Rows {
		cells := []Cell{
			words(string(r.Node.Code)), whole(r.Number), words(m.name(r.Framework.Name)), words(m.name(r.Dimension.Name)), words(m.name(r.Node.Name)),
			words(m.name(r.Node.Indicator.Measure)),
			{Is: Pending},
		}
		for _, c := range r.Cells {
			cell := Cell{Is: Pending}
			if c.Set {
				cell, cells[6] = exact(c.Value), exact(r.Total)
			}
			cells = append(cells, cell)
		}
		rows = append(rows, Row{Cells: append(cells, words(m.department(held.Edition, r.Node.Indicator.Department)), day(held.Due))})
	}
	t.Rows = rowsOf(rows)
	t.Notes = []string{m.words.T("export.note.targets")}
}

// rules makes the scoring details (评分细则) of a year: headings with their weights, indicators, targets, standards, figures, departments.
func (m *maker) rules(ctx context.Context, p assess.Period) error {
	e, err := m.Board.Edition(ctx, p.CalendarYear())
	if err != nil || !m.once(p.Year().String()) {
		return err
	}
	t := m.table(e, p.Year(), m.words.T("export.edition", "year", e.Year, "number", e.Number))
	t.Paper = A3
	t.Columns = []Column{
		m.code("node"), m.col("level1", Text, 13), m.col("weight", Percent, 8), m.col("level2", Text, 16), m.points("points2", 9), m.frozen("level3", Text, 24), m.points("points3", 9),
		m.col("measure", Text, 8), m.col("target", Text, 18), m.col("standard", Text, 42), m.col("item1", Text, 20), m.col("item2", Text, 20), m.col("mode", Text, 14), m.col("department", Text, 16),
	}
	weights := map[assess.Code]decimal.Decimal{}
	for _, s := range e.Assessment.Composite {
		weights[s.Framework] = s.Weight
	}
	var rows []Row
	for _, l := range leavesOf(e) {
		ind, share := l.node.Indicator, Cell{}
		if w, ok := weights[l.framework.Code]; ok {
			share = exact(w.Shift(2))
		}
		first, second := m.itemsOf(e, ind.Value)
		rows = append(rows, Row{Cells: []Cell{
			words(string(l.node.Code)), words(m.name(l.framework.Name)), share, words(m.name(l.top.Name)), exact(l.top.Weight), words(m.name(l.node.Name)), exact(l.node.Weight),
			words(m.name(ind.Measure)), words(m.target(ind)), words(m.standard(ind)), words(first), words(second), words(m.method(ind)), words(m.department(e, ind.Department)),
		}})
	}
	t.Rows = rowsOf(rows)
	return nil
}

// itemsOf names the figures a value is made of; of an expression, the expression itself.
func (m *maker) itemsOf(e *assess.Edition, f assess.Formula) (first, second string) {
	name := func(code assess.Code) string {
		if item, ok := e.Item(code); ok {
			return m.name(item.Name)
		}
		return string(code)
	}
	switch {
	case f.Item != "":
		return name(f.Item), ""
	case f.Numerator != "":
		return name(f.Numerator), name(f.Denominator)
	}
	return f.Expr, ""
}

func (m *maker) method(ind *assess.Indicator) string {
	if key := "method." + string(ind.Method.Kind); m.words.Has(key) {
		return m.words.T(key)
	}
	return string(ind.Method.Kind)
}

func (m *maker) amount(ind *assess.Indicator, x float64) string {
	return m.words.Amount(plainly(assess.HalfUp.Round(x, max(ind.ShownDecimals(x), 1))), m.name(ind.Measure))
}

// target says where the target of an indicator comes from.
func (m *maker) target(ind *assess.Indicator) string {
	t := ind.Target
	switch {
	case t == nil:
		return ""
	case t.FullYear != nil:
		return m.words.T("indicator.target_same", "value", m.amount(ind, *t.FullYear))
	case t.Low != nil && t.High != nil:
		return m.words.T("indicator.target_band", "low", m.amount(ind, *t.Low), "high", m.amount(ind, *t.High))
	}
	return m.words.T("indicator.target_set")
}

// standard says in words by which standard an indicator is scored (评分标准).
func (m *maker) standard(ind *assess.Indicator) string {
	say, method := m.words.T, &ind.Method
	var parts []string
	switch method.Kind {
	case assess.TargetRatio:
		parts = append(parts, say("export.standard.ratio."+string(ind.Direction), "cap", percent(max(method.Cap, 1))))
		if len(method.Phasing) == 4 {
			var phases []string
			for _, x := range method.Phasing {
				phases = append(phases, plainly(x)+"%")
			}
			parts = append(parts, say("export.standard.phasing", "list", strings.Join(phases, " / ")))
		}
	case assess.Banded:
		for _, b := range method.Bands {
			parts = append(parts, say("export.standard.band", "band", m.band(ind, b), "share", percent(b.Share)))
		}
	case assess.Efficacy:
		parts = append(parts, say("export.standard.efficacy", "floor", m.amount(ind, method.Floor), "full", m.amount(ind, method.Satisfactory), "base", percent(method.Base)))
	case assess.Tiered:
		for _, p := range method.Points {
			parts = append(parts, say("export.standard.band", "band", m.amount(ind, p.Value), "share", percent(p.Share)))
		}
	case assess.Ranked:
		parts = append(parts, m.rankStandard(method))
	case assess.Rated:
		parts = m.ratedStandard(method)
	case assess.Deduction:
		parts = m.deductionStandard(method)
	case assess.Bonus:
		for _, b := range method.Table {
			parts = append(parts, say("export.standard.bonus", "level", m.level(string(b.Level)), "n", plainly(b.Points)))
		}
		if method.Cap > 0 {
			parts = append(parts, say("export.standard.at_most", "n", plainly(method.Cap)))
		}
	case assess.Veto:
		parts = append(parts, say("export.standard.veto"))
	case assess.YesNo:
		parts = append(parts, say("export.standard.yes_no"))
	case assess.Goalposts:
		parts = append(parts, say("export.standard.goalposts", "low", m.amount(ind, method.Low), "high", m.amount(ind, method.High)))
	}
	return strings.Join(parts, say("sentence.semicolon"))
}

func (m *maker) rankStandard(method *assess.Method) string {
	if method.Step > 0 {
		return m.words.T("export.standard.rank_step", "n", plainly(method.Step))
	}
	first, last := method.First, method.Last
	if first == 0 && last == 0 {
		first = 1
	}
	return m.words.T("export.standard.rank", "first", percent(first), "last", percent(last))
}

func (m *maker) ratedStandard(method *assess.Method) (parts []string) {
	codes := make([]assess.Code, 0, len(method.Levels))
	for code := range method.Levels {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b assess.Code) int {
		if by := method.Levels[b] - method.Levels[a]; by != 0 {
			return int(by * 1e6)
		}
		return strings.Compare(string(a), string(b))
	})
	for _, code := range codes {
		parts = append(parts, m.words.T("export.standard.band", "band", m.level(string(code)), "share", percent(method.Levels[code])))
	}
	if method.ScaleMax > 0 {
		parts = append(parts, m.words.T("export.standard.rated", "most", plainly(method.ScaleMax)))
	}
	return parts
}

func (m *maker) deductionStandard(method *assess.Method) (parts []string) {
	if len(method.Events) == 0 {
		return []string{m.words.T("export.standard.deduction", "n", plainly(method.PerCase))}
	}
	for _, kind := range method.Events {
		parts = append(parts, m.words.T("export.standard.event", "kind", m.level(string(kind.Code)), "n", plainly(kind.Each)))
	}
	return parts
}

// band writes a band with both its limits.
func (m *maker) band(ind *assess.Indicator, b assess.Band) string {
	switch b.Equal {
	case "true":
		return m.words.T("common.yes")
	case "false":
		return m.words.T("common.no")
	case "":
	default:
		return m.level(b.Equal)
	}
	var limits []string
	if b.Low != nil {
		limits = append(limits, sign("≥", ">", b.LowExcluded)+m.amount(ind, *b.Low))
	}
	if b.High != nil {
		limits = append(limits, sign("≤", "<", b.HighExcluded)+m.amount(ind, *b.High))
	}
	if len(limits) == 0 {
		return m.words.T("why.any_value")
	}
	return strings.Join(limits, m.words.T("sentence.comma"))
}

func sign(included, excluded string, exclude bool) string {
	if exclude {
		return excluded + " "
	}
	return included + " "
}

// plainly writes a parameter with the digits it needs, at most four.
func plainly(x float64) string {
	d, err := decimal.NewFromString(shortest(assess.HalfUp.Round(x, officialDecimals)))
	if err != nil {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return i18n.Decimal(d)
}

// percent writes a share.
func percent(share float64) string { return plainly(100*share) + "%" }
