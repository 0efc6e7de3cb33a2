package workbook

import (
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// check answers the formula of the last column: what is wrong with a figure as it stands, while it is typed. It says less than the
// program will, and nothing that the program would not.
func (w *writer) check(f *desk.Field, row int) string {
	value, note, state := valueColumn.ref(row), noteColumn.ref(row), stateColumn.ref(row)
	say := func(key string) string { return literal(w.words.T(key)) }
	// From the last question to the first: each hands on to the one made before it.
	formula := `""`
	if said := w.said(f); said != "" {
		formula = when(w.unchanged(f, value, note), literal(said), formula)
	}
	for _, r := range slices.Backward(w.rulesOf(f)) {
		text, cells, ok := w.formula(r.Expr, selfRow(r, row))
		if !ok {
			continue
		}
		broken := "AND(" + known(cells) + ",IFERROR(NOT(" + text + "),FALSE))"
		words := w.words.T("book.check.error") + r.Name.In(w.words.Lang())
		if r.Level != "error" {
			words = w.words.T("book.check.warning") + r.Name.In(w.words.Lang())
			broken = "AND(" + note + `="",` + broken + ")"
		}
		formula = when(broken, literal(words), formula)
	}
	if !isWord(f.Item) {
		switch f.Item.Type {
		case assess.Count:
			formula = when("OR("+value+"<0,"+value+"<>INT("+value+"))", say("book.check.count"), formula)
		case assess.Money:
			formula = when("ABS(ROUND("+value+",2)-"+value+")>0.0001", say("book.check.money"), formula)
		}
		formula = when("NOT(ISNUMBER("+value+"))", say("book.check.number"), formula)
	}
	formula = when(value+`=""`, say("book.check.empty"), formula)
	lacking := when(value+`<>""`, say("book.check.both"), when(note+`=""`, say("book.check.why"), `""`))
	return "IFERROR(" + when(state+`<>""`, lacking, formula) + "," + say("book.check.number") + ")"
}

// sayings are what the program said of the figure when the file was made: why it came back, then errors, then what wants a note.
func (w *writer) sayings(f *desk.Field) []string {
	var all, asks []string
	if f.Return != nil && f.Cell == assess.CellReturned {
		all = append(all, w.returned(f.Return))
	}
	for _, m := range f.Messages {
		switch {
		case m.Level == desk.Error:
			all = append(all, w.words.T("book.check.error")+w.message(m))
		case f.Draft.Note == "":
			asks = append(asks, w.words.T("book.check.warning")+w.message(m))
		}
	}
	return append(all, asks...)
}

// said is the first of these, for the last column; the others stand in the note.
func (w *writer) said(f *desk.Field) string {
	all := w.sayings(f)
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	return w.words.T("book.check.more", "says", all[0], "n", len(all)-1)
}

// unchanged is the condition that nothing was typed since the file was made.
func (w *writer) unchanged(f *desk.Field, value, note string) string {
	return "AND(" + value + "&\"\"=" + literal(w.stands(f)) + "," + note + "=" + literal(f.Draft.Note) + ")"
}

// rulesOf answers the rules that are asked at a figure: those about figures of its kind, and those over several figures of which it
// is the first that is typed.
func (w *writer) rulesOf(f *desk.Field) []assess.Rule {
	var rules []assess.Rule
	for _, r := range w.form.Edition.Rules {
		switch {
		case r.AppliesTo == "" && w.firstTyped(r.Expr) == f.Item.Code:
			rules = append(rules, r)
		case r.AppliesTo != "" && slices.Contains(r.Items, f.Item.Code) && (w.form.Period.Part() > 1 || !strings.Contains(r.Expr, "monotonic_in_year")):
			rules = append(rules, r)
		}
	}
	return rules
}

func selfRow(r assess.Rule, row int) int {
	if r.AppliesTo == "" {
		return 0
	}
	return row
}

// firstTyped answers the first item of an expression that is typed into the form.
func (w *writer) firstTyped(expr string) assess.Code {
	for _, name := range word.FindAllString(expr, -1) {
		if w.typed[assess.Code(name)] {
			return assess.Code(name)
		}
	}
	return ""
}

// message words a message: what a rule says of itself, then what is the case here.
func (w *writer) message(m desk.Message) string {
	if rule := m.Says.In(w.words.Lang()); rule != "" {
		return w.words.T("book.rule", "rule", rule, "fact", w.problem(m.Problem))
	}
	return w.problem(m.Problem)
}

func (w *writer) problem(p *assess.Problem) string {
	if !w.words.Has(p.Key) {
		return p.Message
	}
	return w.words.Say(p.Key, p.Args)
}

// returned says why a figure came back.
func (w *writer) returned(d *assess.Decision) string {
	reason := string(d.Reason)
	if i := slices.IndexFunc(w.form.Edition.Reasons, func(g assess.Group) bool { return g.Code == d.Reason }); i >= 0 {
		reason = w.form.Edition.Reasons[i].Name.In(w.words.Lang())
	}
	return w.words.T("book.returned", "reason", reason, "words", d.Note)
}
