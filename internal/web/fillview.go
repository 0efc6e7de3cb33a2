package web

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
)

// fieldView is a field of the form as its row shows it.
type fieldView struct {
	Code, URL                        string
	Number                           int
	Name, Definition, Measure, Basis string
	Open                             bool // can be typed into
	Value, Note                      string
	Lack                             bool
	Base                             int64
	Options                          []option
	// Shown is the figure as it is counted with; Echo says how what was typed is read, where that is not plain.
	Shown, Echo                string
	Last, YearAgo, Net, OnYear string
	Notices                    []notice
	Wrong                      bool // something is, and the field says so
	Differs                    *differs
	Clash                      *clash
	Tag                        tag
	Explained                  string
	Proof                      *proof
}

// notice is something said about a field; its ID ties the field to it.
type notice struct{ ID, Level, Text string }

// differs is what a source says otherwise of a field that can be typed into; Mine says that the reader may let the form's figure stay.
type differs struct {
	Text, Said string
	Mine       bool
}

// clash is a cell that two people have changed: what the other saved, and what is not saved.
type clash struct {
	Revision                int64
	Mine, Theirs, Who, When string
}

// tag is the state of something in a word; Class is how much it stands out.
type tag struct{ Text, Class string }

// proof is the evidence of a figure: how many files there are and whether some are asked for.
type proof struct {
	Count  int
	Lacked bool
	URL    string
}

// cell makes the row of a field.
func (o *opened) cell(section assess.Code, f *desk.Field) fieldView {
	code := string(f.Item.Code)
	c := fieldView{
		Code: code, URL: o.at(string(section), code), Number: f.Number,
		Name: o.text(f.Item.Name), Definition: o.text(f.Item.Definition), Measure: o.text(f.Item.Measure), Basis: o.basis(f.Item),
		Open:  f.Kind == desk.Typed && f.Locked == nil && o.Shut == nil && o.may(account.Fill),
		Value: f.Draft.Value, Note: f.Draft.Note, Lack: f.Draft.State == assess.Missing, Base: f.Draft.Revision,
		Options: o.options(f), Shown: o.figure(f.Item, f.State, f.Shown), Echo: o.echo(f),
		Last: o.past(f.Item, f.Previous), YearAgo: o.past(f.Item, f.YearAgo), Net: signed(f.Net), OnYear: o.onYear(f),
		Notices: o.notices(f), Wrong: isWrong(o, f) != "", Tag: o.tag(f),
	}
	if source, ok := strings.CutPrefix(f.Draft.By, "source:"); ok && f.Kind == desk.Typed {
		c.Echo = strings.TrimSpace(c.Echo + " " + o.say("fill.source", "source", o.source(assess.Code(source)), "at", o.clock(f.Draft.At)))
	}
	c.Differs = o.differing(f, &c)
	if f.Of != nil {
		c.URL = "/i/" + code // a rate has the page of its indicator
	}
	c.Explained = o.explained(f)
	if f.Locked != nil && o.Shut == nil && (o.lock == nil || f.Locked.Key != o.lock.Key) {
		c.Explained = o.v.problem(f.Locked)
	}
	if f.EvidenceAsked || f.EvidenceCount > 0 {
		c.Proof = &proof{Count: f.EvidenceCount, Lacked: f.Unproved(), URL: o.at("evidence", code)}
	}
	return c
}

// differing answers what a source says otherwise of an open field; nil where it says what stands there.
func (o *opened) differing(f *desk.Field, c *fieldView) *differs {
	d, ok := o.differs[f.Item.Code]
	if !ok || !c.Open || f.Of != nil || d.SaidValue == f.Shown {
		return nil
	}
	said := o.figure(f.Item, d.SaidState, d.SaidValue)
	held := c.Shown
	if held == "" {
		held = "—"
	}
	return &differs{Text: o.say("fill.differs", "source", o.source(d.Source), "said", said, "held", held), Said: said, Mine: d.Held.Revision > 0}
}

var itemCode = regexp.MustCompile(`[a-z][a-z0-9_]+`)

// explained says how a value comes about that nobody types, with figures by their names; "" for one that is typed.
func (o *opened) explained(f *desk.Field) string {
	if f.Explained == nil {
		return ""
	}
	p := *f.Explained
	if formula, ok := p.Args["formula"]; ok {
		p.Args = maps.Clone(p.Args)
		p.Args["formula"] = itemCode.ReplaceAllStringFunc(formula, func(code string) string {
			if i, ok := o.Edition.Item(assess.Code(code)); ok {
				return o.text(i.Name)
			}
			return code
		})
	}
	return o.v.problem(&p)
}

func (o *opened) text(t assess.Text) string { return t.In(o.v.lang()) }

func (o *opened) say(key string, args ...any) string { return o.v.words.T(key, args...) }

// basis says what the figure stands for: the end of the quarter, the year so far, the quarter, the year.
func (o *opened) basis(i assess.Item) string {
	if i.Frequency == assess.Annual {
		return o.say("fill.basis.annual")
	}
	if i.Accumulation == assess.None || i.Accumulation == "" {
		return ""
	}
	return o.say("fill.basis." + string(i.Accumulation))
}

// figure writes a value as people read it, "" where there is none.
func (o *opened) figure(i assess.Item, state assess.State, value string) string {
	if value == "" && state != assess.Exempt && state != assess.Missing {
		return ""
	}
	return figureText(o.v, i, state, value)
}

func (o *opened) past(i assess.Item, p desk.Past) string {
	if p.State == "" {
		return "—"
	}
	return o.figure(i, p.State, p.Value)
}

// options answers the choices of an item that is no number; the first is that nothing was chosen yet.
func (o *opened) options(f *desk.Field) []option {
	var values []string
	for _, l := range f.Item.Levels {
		values = append(values, string(l))
	}
	if f.Item.Type == assess.Boolean {
		values = []string{"1", "0"}
	}
	if values == nil {
		return nil
	}
	choices := []option{{Text: o.say("fill.choose"), Chosen: f.Draft.Value == ""}}
	for _, value := range values {
		choices = append(choices, option{Value: value, Text: o.figure(f.Item, assess.Reported, value), Chosen: value == f.Draft.Value || value == f.Shown})
	}
	return choices
}

// echo says how the form reads what was typed: a zero as a zero report, and whatever was not written as plain digits.
func (o *opened) echo(f *desk.Field) string {
	if f.Kind != desk.Typed || f.Draft.Value == "" || f.Shown == "" || len(f.Item.Levels) > 0 || f.Item.Type == assess.Boolean {
		return ""
	}
	if f.State == assess.ZeroReport {
		return o.say("fill.echo.zero")
	}
	if strings.NewReplacer(",", "", " ", "").Replace(f.Draft.Value) == f.Shown {
		return ""
	}
	return o.say("fill.echo", "value", o.figure(f.Item, f.State, f.Shown))
}

// onYear is the change on the same quarter of last year: a share, of rates a difference.
func (o *opened) onYear(f *desk.Field) string {
	if f.OnYear == nil {
		return "—"
	}
	if f.Item.Type == assess.Percent {
		return o.say("fill.points", "n", i18n.Signed(*f.OnYear, 1))
	}
	return i18n.Signed(*f.OnYear, 1) + "%"
}

// signed writes an exact difference with its sign.
func signed(plain string) string {
	d, err := decimal.NewFromString(plain)
	if err != nil {
		return "—"
	}
	if d.IsPositive() {
		return "+" + i18n.Decimal(d)
	}
	return i18n.Decimal(d)
}

// notices are what is said above a field: why it came back, what is wrong, what wants a note.
func (o *opened) notices(f *desk.Field) []notice {
	var all []notice
	add := func(level, text string) {
		all = append(all, notice{ID: "e-" + string(f.Item.Code) + "-" + strconv.Itoa(len(all)), Level: level, Text: text})
	}
	if f.Return != nil && f.Cell == assess.CellReturned {
		add("back", o.returned(f.Return))
	}
	for _, level := range []desk.Level{desk.Error, desk.Warning} {
		for _, m := range f.Messages {
			if m.Level == level {
				add(string(level), o.message(m))
			}
		}
	}
	return all
}

// message words a message: what a rule says of itself, then what is the case here.
func (o *opened) message(m desk.Message) string {
	if rule := o.text(m.Says); rule != "" {
		return o.say("fill.rule", "rule", rule, "fact", o.v.problem(m.Problem))
	}
	return o.v.problem(m.Problem)
}

// returned says why a figure came back, in the words of the reviewer.
func (o *opened) returned(d *assess.Decision) string {
	reason := string(d.Reason)
	if i := slices.IndexFunc(o.Edition.Reasons, func(g assess.Group) bool { return g.Code == d.Reason }); i >= 0 {
		reason = o.text(o.Edition.Reasons[i].Name)
	}
	return o.say("fill.returned", "reason", reason, "words", d.Note, "value", d.Value, "by", o.who(d.By), "on", i18n.DateNear(d.At.In(o.zone), o.now.In(o.zone)), "round", d.Round)
}

// tag is the state of a field in one word. What asks for work stands out, what is done is quiet.
func (o *opened) tag(f *desk.Field) tag {
	word, class := o.standing(f)
	return tag{Text: o.say("fill.tag." + word), Class: class}
}

func (o *opened) standing(f *desk.Field) (word, class string) {
	errors, warnings := weigh(f)
	switch {
	case f.State == assess.Exempt:
		return "exempt", "done"
	case f.Kind == desk.Computed:
		return "computed", "done"
	case f.Kind == desk.Supplied && f.Shown == "":
		return "awaited", "done"
	case f.Kind == desk.Supplied:
		return "supplied", "done"
	case errors > 0:
		return "error", "bad"
	case f.Cell == assess.CellReturned:
		return "returned", "open"
	case warnings > 0 && f.Draft.Note == "":
		return "unnoted", "open"
	case f.Cell == assess.CellAccepted:
		return "accepted", "done"
	case f.Draft.State == assess.Missing || f.State == assess.Missing:
		return "lacking", ""
	case f.Cell == assess.CellRefilled:
		return "refilled", "done"
	case f.State == assess.ZeroReport:
		return "zero", "done"
	case warnings > 0:
		return "noted", "done"
	case f.Shown == "":
		return "empty", ""
	}
	return "filled", "done"
}

func weigh(f *desk.Field) (errors, warnings int) {
	for _, m := range f.Messages {
		if m.Level == desk.Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}
