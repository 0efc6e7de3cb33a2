package source

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/tabular"
)

// Bounds of what is looked at for a proposal.
const (
	proposedLines = 200
	proposedSteps = 500
	proposedHeads = 20 // rows among which the heads are looked for
)

// What heads and first cells say.
var (
	periodHead = regexp.MustCompile(`^(?:period|统计期|报告期|期间|所属期|时间|日期|季度|月份|年月|年份)$`)
	valueHead  = regexp.MustCompile(`^(?:value|数值|数量|数据|完成数|完成情况|实际|本期|本季|本季度|累计|本年累计|填报数|上报数)$`)
	unitHead   = regexp.MustCompile(`^(?:unit|单位|填报单位|单位名称|区县|区、县|地区|工会名称)$`)
	itemHead   = regexp.MustCompile(`^(?:code|item|指标|指标名称|项目|数据项)$`)
	noteHead   = regexp.MustCompile(`^(?:note|notes|备注|说明|情况说明)$`)
	stateHead  = regexp.MustCompile(`^(?:state|状态)$`)
	totalWord  = regexp.MustCompile(`^(?:合计|总计|小计|全市|全市合计|total)$`)
	endWord    = regexp.MustCompile(`^(?:注|说明|备注|填表人|制表人|制表|审核人|审核|单位负责人|填报人)[:：]`)
)

// Vocabulary is what an edition calls its units and items.
type Vocabulary struct {
	units, items *tabular.Names
	measures     map[string]string // by code of an item
}

// VocabularyOf answers that of an edition.
func VocabularyOf(e *assess.Edition) *Vocabulary {
	v := &Vocabulary{tabular.NewNames(), tabular.NewNames(), map[string]string{}}
	for _, u := range e.Roster.Units {
		v.units.Add(string(u.Code), append([]string{string(u.Code), u.Name.ZH, u.Union.ZH, u.Short.ZH, u.Name.EN, u.Union.EN, u.Short.EN}, u.Aliases...)...)
	}
	for _, i := range e.Items {
		v.items.Add(string(i.Code), append([]string{string(i.Code), i.Name.ZH, i.Name.EN}, i.Aliases...)...)
		v.measures[string(i.Code)] = i.Measure.ZH
	}
	return v
}

// Unit answers the unit of a name or code that is written out.
func (v *Vocabulary) Unit(name string) (assess.UnitCode, bool) {
	code, ok := v.units.Named(name)
	return assess.UnitCode(code), ok
}

// Item answers the item of a name or code that is written out.
func (v *Vocabulary) Item(name string) (assess.Code, bool) {
	code, ok := v.items.Named(name)
	return assess.Code(code), ok
}

// item answers the item that a label surely names. Names that are only alike are for a person to find.
func (v *Vocabulary) item(label string) string {
	code, unsure, _ := v.items.Match(label)
	if unsure {
		return ""
	}
	return code
}

// factor answers the scale that a label gives an item in brackets: 会费收入(万元) of an item in 元 has 万元, "" none.
func (v *Vocabulary) factor(label, item string) string {
	for _, remark := range tabular.Remarks(label) {
		if power, ok := tabular.Power(remark, v.measures[item]); ok && power != 0 {
			return remark
		}
	}
	return ""
}

// Propose looks how a table of any layout may be read, by the names of an edition. What it does not find is left for a person to say,
// with the heads of the columns; a table in the promised form, or none at all, is the zero Mapping. Errors are those of a damaged file.
func Propose(p Piece, e *assess.Edition) (*Mapping, error) {
	if form := formOf(p.Data); form == JSON || p.Form == JSON {
		return &Mapping{}, nil
	}
	b, err := openBook(p.Name, p.Data)
	if err != nil {
		return nil, err
	}
	words := VocabularyOf(e)
	best, most, parts := &Mapping{}, 0, 0
	for i := range b.book.Sheets {
		s := &b.book.Sheets[i]
		if s.Hidden {
			continue
		}
		for _, across := range []bool{false, true} {
			view := tabular.NewView(s, across, proposedLines, proposedSteps)
			for _, heads := range (&guess{Vocabulary: words, view: view}).headRows() {
				g := guess{Vocabulary: words, view: view, file: p.Name, m: &Mapping{Transposed: across}, heads: heads}
				if len(b.book.Sheets) > 1 {
					g.m.Sheet = s.Name
				}
				g.table()
				points, known := words.worth(p, b, g.m), g.m.known()
				if points > most || most == 0 && known > parts { // of a table whose figures nobody knows at least the columns
					best, most, parts = g.m, points, known
				}
			}
		}
	}
	return best, nil
}

// known answers how many columns say what figures are of.
func (m *Mapping) known() (n int) {
	for _, c := range m.Columns {
		if c.Role != RoleNone && c.Role != RoleValue {
			n++
		}
	}
	return n
}

// worth answers how much of a table a mapping understands: a point for every number of an item, two where its unit or its period is
// known, ten for both.
func (v *Vocabulary) worth(p Piece, b opened, m *Mapping) (points int) {
	r, err := p.readSheets(b, m, MostRows)
	if err != nil {
		return 0
	}
	for _, e := range r.Entries {
		item, _ := v.items.Named(string(e.Code))
		if _, err := ParseNumber(e.Value); item != string(e.Code) || item == "" || err != nil {
			continue
		}
		unit, _ := v.units.Named(string(e.Unit))
		_, err := assess.ParsePeriod(e.PeriodText)
		switch {
		case unit != "" && unit == string(e.Unit) && err == nil:
			points += 10
		case unit != "" && unit == string(e.Unit), err == nil:
			points += 2
		default:
			points++
		}
	}
	return points
}

// guess is a proposal for one sheet read one way.
type guess struct {
	*Vocabulary
	view  *tabular.View
	file  string
	m     *Mapping
	heads int // the last row of the heads
}

// headRows answers the rows that may be the last of the heads: the four of the first in which most is known.
func (g *guess) headRows() (rows []int) {
	points := map[int]int{}
	for step := 1; step <= min(g.view.Steps, proposedHeads); step++ {
		for line := 1; line <= g.view.Lines; line++ {
			if text := g.view.Text(line, step); text != "" && g.view.Wide(line, step) < max(2, g.view.Lines) && g.known(text) {
				points[step]++
			}
		}
		if points[step] > 0 {
			rows = append(rows, step)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int { return points[b] - points[a] })
	return rows[:min(4, len(rows))]
}

// table finds what the columns below the heads are for.
func (g *guess) table() {
	if g.tidy() {
		return
	}
	rows := 1
	for g.heads > rows && rows < mostHeadRows && g.joined(g.heads-rows) {
		rows++
	}
	g.m.Skip = g.heads - rows
	if rows > 1 {
		g.m.Heads = rows
	}
	g.columns()
	g.ends()
	g.constants()
}

// tidy says whether the heads are those of the promised form, which needs no columns.
func (g *guess) tidy() bool {
	for _, need := range tidyHeads()[:4] {
		if g.lineOf(need.Head) == 0 {
			return false
		}
	}
	return g.heads == 1 && !g.m.Transposed
}

func (g *guess) lineOf(head string) int {
	for line := 1; line <= g.view.Lines; line++ {
		if tabular.Fold(g.view.Text(line, g.heads)) == head {
			return line
		}
	}
	return 0
}

// known says whether a text may be the head of a column.
func (g *guess) known(text string) bool {
	word := tabular.Fold(text)
	if g.item(text) != "" || unitHead.MatchString(word) || itemHead.MatchString(word) || periodHead.MatchString(word) || valueHead.MatchString(word) || noteHead.MatchString(word) {
		return true
	}
	if _, unit := g.units.Named(text); unit {
		return true
	}
	_, period := tabular.Period(text, anyYear)
	return period && len(word) > len("2026")
}

// anyYear lets periods be known that name none.
const anyYear = 2000

// joined says whether a row is a head too: a cell of it reaches down or over some of the columns below.
func (g *guess) joined(step int) bool {
	for line := 1; line <= g.view.Lines; line++ {
		if wide := g.view.Wide(line, step); g.view.Text(line, step) != "" && (g.view.Over(line, step) > 1 || wide > 1 && wide < g.view.Lines) {
			return true
		}
	}
	return false
}

// columns finds what the columns are for, by what stands in them and then by their heads.
func (g *guess) columns() {
	l := laid{mapping: g.m, view: g.view}
	taken := map[Role]bool{}
	for line := 1; line <= g.view.Lines; line++ {
		head := l.head(line)
		if !g.view.Holds(line) {
			continue
		}
		c := Column{Head: head, Role: RoleNone}
		if head == "" || slices.ContainsFunc(g.m.Columns, func(other Column) bool { return tabular.Fold(other.Head) == tabular.Fold(head) }) {
			c = Column{At: line, Role: RoleNone}
		}
		if role := g.role(head, line); role != "" && !taken[role] {
			c.Role, taken[role] = role, role != RoleValue
		}
		switch c.Role {
		case RoleNone, RoleValue:
			g.value(&c, head, line)
		case RoleUnit:
			g.words(&g.m.Units, line, func(text string) (string, string) {
				code, _ := g.units.Named(text)
				return code, ""
			})
		case RoleItem:
			g.words(&g.m.Items, line, func(text string) (string, string) {
				item := g.item(text)
				return item, g.factor(text, item)
			})
		case RolePeriod:
			g.lengthen(line)
		}
		g.m.Columns = append(g.m.Columns, c)
	}
}

// role answers what a column is for whose cells name units, items or periods, or whose head says so.
func (g *guess) role(head string, line int) Role {
	units, items, periods, filled := 0, 0, 0, 0
	for step := g.heads + 1; step <= g.view.Steps; step++ {
		text := g.view.Text(line, step)
		if text == "" {
			continue
		}
		filled++
		if _, ok := g.units.Named(text); ok {
			units++
		}
		if g.item(text) != "" {
			items++
		}
		if _, ok := tabular.Period(text, anyYear); ok && g.view.Cell(line, step).Kind != sheet.Number {
			periods++
		}
	}
	word := tabular.Fold(head[strings.LastIndex(head, "/")+1:])
	switch {
	case units > 0 && (2*units >= filled || unitHead.MatchString(word)):
		return RoleUnit
	case items > 0 && (2*items >= filled || itemHead.MatchString(word)):
		return RoleItem
	case valueHead.MatchString(word):
		return RoleValue
	case periodHead.MatchString(word), periods > 0 && 2*periods >= filled && g.item(head) == "":
		return RolePeriod
	case noteHead.MatchString(word):
		return RoleNote
	case stateHead.MatchString(word):
		return RoleState
	}
	return ""
}

// words lists the words of a column with their codes; those that are codes themselves, and those nobody knows, are not among them.
func (g *guess) words(to *[]Word, line int, codeOf func(text string) (code, factor string)) {
	seen := map[string]bool{}
	for step := g.heads + 1; step <= g.view.Steps && len(*to) < mostWords; step++ {
		text := g.view.Text(line, step)
		code, factor := codeOf(text)
		if seen[tabular.Fold(text)] || text == "" || code == text || code == "" && !totalWord.MatchString(tabular.Fold(text)) {
			continue
		}
		seen[tabular.Fold(text)] = true
		*to = append(*to, Word{text, code, factor})
	}
}

// lengthen lets months and days stand for the quarters that they end, and takes the year of periods that name none from the title.
func (g *guess) lengthen(line int) {
	for step := g.heads + 1; step <= g.view.Steps; step++ {
		p, ok := tabular.Period(g.view.Text(line, step), anyYear)
		if ok && p.CalendarYear() == anyYear {
			g.m.Year = g.year()
		}
		if c := g.view.Cell(line, step); ok && p.Kind() == assess.Month || c.Kind == sheet.Date {
			g.m.Length = Quarters
		}
	}
}

// year answers the year that the title or the file names, 0 for none.
func (g *guess) year() int {
	_, p := g.said(func(text string) bool { return len(tabular.PeriodsIn(text)) > 0 })
	for _, period := range tabular.PeriodsIn(p) {
		return period.CalendarYear()
	}
	return 0
}

// value lets a column hold figures where its head names an item, a unit or a period, or says that it does.
func (g *guess) value(c *Column, head string, line int) {
	last := head[strings.LastIndex(head, "/")+1:]
	for _, text := range []string{head, last, strings.Join(strings.Split(head, "/"), "")} {
		if item := g.item(text); item != "" {
			c.Role, c.Item, c.Factor = RoleValue, assess.Code(item), g.factor(head, item)
			return
		}
	}
	if unit, ok := g.units.Named(last); ok {
		c.Role, c.Unit = RoleValue, assess.UnitCode(unit)
		return
	}
	if p, ok := tabular.Period(last, anyYear); ok && g.numbers(line) {
		if p.CalendarYear() == anyYear {
			g.m.Year = g.year()
		}
		if p.CalendarYear() != anyYear || g.m.Year > 0 {
			c.Role, c.Period = RoleValue, last
		}
	}
}

// numbers says whether a column holds any number.
func (g *guess) numbers(line int) bool {
	for step := g.heads + 1; step <= g.view.Steps; step++ {
		c := g.view.Cell(line, step)
		if _, err := ParseTyped(c.Text, ""); c.Kind == sheet.Number || c.Kind == sheet.Percent || c.Kind == sheet.Text && err == nil {
			return true
		}
	}
	return false
}

// ends finds the words that begin rows after the table.
func (g *guess) ends() {
	for step := g.heads + 1; step <= g.view.Steps; step++ {
		text := tabular.Text(g.view.Begin(step))
		if word := strings.TrimRight(endWord.FindString(text), ":："); word != "" && !slices.Contains(g.m.End, word) {
			g.m.End = append(g.m.End, word)
		}
	}
}

// constants finds unit and period where no column has them.
func (g *guess) constants() {
	has := func(role Role, said func(Column) bool) bool {
		return slices.ContainsFunc(g.m.Columns, func(c Column) bool { return c.Role == role || c.Role == RoleValue && said(c) })
	}
	if !has(RolePeriod, func(c Column) bool { return c.Period != "" }) {
		var text string
		if g.m.Period, text = g.said(func(text string) bool { return len(tabular.PeriodsIn(text)) > 0 }); text != "" {
			if tabular.PeriodsIn(text)[0].Kind() == assess.Month {
				g.m.Length = Quarters
			}
		}
	}
	if !has(RoleUnit, func(c Column) bool { return c.Unit != "" }) {
		var text string
		if g.m.Unit, text = g.said(func(text string) bool { return g.unitIn(text) != "" }); text != "" {
			word := g.unitIn(text)
			code, _ := g.units.Named(word)
			g.m.Units = append(g.m.Units, Word{Word: word, Code: code})
		}
	}
}

// unitIn answers the longest part of a text, from its beginning or before a sign, that names a unit; "" for none.
func (g *guess) unitIn(text string) string {
	runes := []rune(text)
	for length := min(len(runes), 30); length >= 2; length-- {
		for from := 0; from+length <= min(len(runes), 60); from++ {
			part := string(runes[from : from+length])
			if _, ok := g.units.Named(part); ok && strings.TrimSpace(part) == part {
				return part
			}
		}
	}
	return ""
}

// said answers where a title, the sheet or the file says something, and the text.
func (g *guess) said(says func(string) bool) (Constant, string) {
	for step := 1; step <= g.m.Skip; step++ {
		for line := 1; line <= g.view.Lines; line++ {
			if c := g.view.Cell(line, step); c.Kind == sheet.Text && says(c.Text) {
				column, row := line, step
				if g.m.Transposed {
					column, row = row, column
				}
				return Constant{From: FromCell, Cell: sheet.ColumnName(column) + strconv.Itoa(row)}, c.Text
			}
		}
	}
	if name := g.view.Sheet.Name; says(name) {
		return Constant{From: FromSheet}, name
	}
	if says(g.file) {
		return Constant{From: FromFile}, g.file
	}
	return Constant{}, ""
}
