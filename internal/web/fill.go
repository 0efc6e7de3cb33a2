package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
)

// deskBar is the state of a form that is always visible.
type deskBar struct {
	Unit, Period, State, Class, Filled, Due, Left, Saved string
	Periods                                              []link
	// What the script keeps unsaved input under, where it saves, and whether the form has changed since.
	Account, Code, Quarter, Version, Address string
}

// fillBody is what every page of a form shows.
type fillBody struct {
	Bar     *deskBar
	Book    string // the form as a workbook
	Groups  []partGroup
	Home    string // the overview of the form
	Check   link
	Cover   string
	Proofs  string // the list of evidence
	Shut    string // why nothing can be typed
	Lock    string // why most fields are locked
	CanFill bool
	// Request names the next save, so that one sent twice counts once.
	Request string
	News    string // where the script asks for what has changed
}

// partGroup are the sections of a framework, as the list beside the form shows them.
type partGroup struct {
	Name  string
	Parts []part
}

// part is a section in the list of sections.
type part struct {
	link
	Department, Done                  string
	Share                             float64
	Whole                             bool
	Errors, Unnoted, Returned, Lacked int
}

// spot is something said about a field, in a list that leads to it.
type spot struct {
	URL, Name, Text string
	Number          int
}

// fillBody makes what every page of the form shows; current is the section it is about, "" for none.
func (s *site) fillBody(r *http.Request, o *opened, current assess.Code) (fillBody, error) {
	bar, err := s.deskBar(r, o)
	if err != nil {
		return fillBody{}, err
	}
	b := fillBody{
		Bar: bar, Groups: o.groups(current), Home: o.at(), Book: o.at("form.xlsx"), Cover: o.at("cover"), Proofs: o.at("evidence"), CanFill: o.Shut == nil && o.may(account.Fill), Request: rand.Text(),
		Check: link{URL: o.at("check"), Text: o.checkText()},
		News:  o.at("news") + "?" + url.Values{"section": {string(current)}}.Encode(),
	}
	if o.Shut != nil {
		b.Shut = o.v.problem(o.Shut)
	}
	if o.Shut == nil && !o.may(account.Fill) {
		b.Shut = o.say("fill.look")
	}
	if o.lock != nil && o.Shut == nil {
		b.Lock = o.v.problem(o.lock)
	}
	return b, nil
}

func (s *site) deskBar(r *http.Request, o *opened) (*deskBar, error) {
	periods, err := s.collections(r, "/fill/", o.Period)
	if err != nil {
		return nil, err
	}
	for i := range periods {
		periods[i].URL += o.query
	}
	due := o.Deadline.In(o.zone)
	bar := &deskBar{
		Unit: o.text(o.Unit.Name), Period: o.v.words.Period(o.Period.String()), Periods: periods,
		State: o.say("filing." + string(o.state())), Class: filingClass(o.state()),
		Filled: o.say("fill.filled", "n", o.Counts.Filled, "all", o.Counts.Typed),
		Due:    o.say("fill.due", "at", i18n.ShortDate(due)+" "+due.Format("15:04")), Left: o.left(),
		Account: o.v.user.ID, Code: string(o.Unit.Code), Quarter: o.Period.String(), Version: o.version(), Address: o.at(),
	}
	if !o.SavedAt.IsZero() {
		bar.Saved = o.say("fill.saved", "at", o.clock(o.SavedAt))
	}
	return bar, nil
}

func (o *opened) state() assess.FilingState {
	if o.Filing.State == "" {
		return assess.NotStarted
	}
	return o.Filing.State
}

// clock writes a moment as short as it can be: the time of today, else with its day.
func (o *opened) clock(t time.Time) string {
	t, now := t.In(o.zone), o.now.In(o.zone)
	if t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return t.Format("15:04")
	}
	return i18n.ShortDate(t) + " " + t.Format("15:04")
}

// left says how long there is until the deadline, or since when it is over; "" once the report is with the city.
func (o *opened) left() string {
	switch o.state() {
	case assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack, assess.Returned:
	default:
		return ""
	}
	left := o.Deadline.Sub(o.now)
	switch {
	case o.Deadline.IsZero():
		return ""
	case left < 0:
		return o.say("fill.overdue")
	case left < 24*time.Hour:
		return o.say("fill.left.hours", "n", int(left.Hours()))
	}
	return o.say("fill.left.days", "n", int(left.Hours()/24))
}

// version changes with every save and every step of the report.
func (o *opened) version() string {
	return strconv.FormatInt(o.saves(), 10) + "." + string(o.state()) + "." + strconv.Itoa(o.Filing.Rounds)
}

// saves is how often something was saved in the form: revisions count from 1 within a cell.
func (o *opened) saves() int64 {
	var saves int64
	for _, s := range o.Sections {
		for i := range s.Fields {
			saves += s.Fields[i].Draft.Revision
		}
	}
	return saves
}

func (o *opened) checkText() string {
	open := o.Counts.Typed - o.Counts.Filled + o.Counts.Errors + o.Counts.Unnoted
	switch {
	case o.Shut != nil:
		return o.say("fill.check.look")
	case open > 0:
		return o.say("fill.check.lacking", "n", open)
	}
	return o.say("fill.check.send")
}

func (o *opened) groups(current assess.Code) []partGroup {
	var groups []partGroup
	var of assess.Code
	for i := range o.Sections {
		s := &o.Sections[i]
		if len(groups) == 0 || s.Framework != of {
			of = s.Framework
			groups = append(groups, partGroup{Name: o.framework(of)})
		}
		g := &groups[len(groups)-1]
		g.Parts = append(g.Parts, o.part(s, current))
	}
	return groups
}

func (o *opened) part(s *desk.Section, current assess.Code) part {
	c := s.Counts
	p := part{
		link:       link{URL: o.at(string(s.Code)), Text: o.text(s.Name), Current: s.Code == current},
		Department: o.department(s.Department), Done: "—", Whole: c.Filled == c.Typed,
		Errors: c.Errors, Unnoted: c.Unnoted, Returned: c.Returned, Lacked: c.Unproved,
	}
	if c.Typed > 0 {
		p.Done, p.Share = strconv.Itoa(c.Filled)+"/"+strconv.Itoa(c.Typed), float64(c.Filled)/float64(c.Typed)
	}
	return p
}

func (o *opened) framework(code assess.Code) string {
	if f, ok := o.Edition.Framework(code); ok {
		return o.text(f.Name)
	}
	return string(code)
}

func (o *opened) department(code assess.Code) string {
	if i := slices.IndexFunc(o.Edition.Departments, func(d assess.Department) bool { return d.Code == code }); i >= 0 {
		return o.text(o.Edition.Departments[i].Name)
	}
	return string(code)
}

// overview is the first page of a form.
type overview struct {
	fillBody
	Sentence  string
	Steps     []step
	SentBack  string // what is to be changed, when the report came back inside the district
	Returned  []spot
	General   []notice
	Unchanged []unchanged
	BookFault string // why a file was not taken
}

// step is a state of the report on its way.
type step struct {
	Text          string
	Past, Current bool
}

// unchanged is a stock that can be confirmed as it was.
type unchanged struct{ Code, Name, Value, Section string }

// showForm draws the overview: what is to be done, by sections.
func (s *site) showForm(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	return s.drawForm(w, r, o, http.StatusOK, "")
}

// drawForm draws the overview; fault is why a file was not taken.
func (s *site) drawForm(w http.ResponseWriter, r *http.Request, o *opened, status int, fault string) error {
	base, err := s.fillBody(r, o, "")
	if err != nil {
		return err
	}
	b := overview{fillBody: base, Sentence: o.sentence(), Steps: o.steps(), SentBack: o.sentBack(), Returned: o.list(isReturned), General: o.general(), BookFault: fault}
	if b.CanFill {
		b.Unchanged = o.unchanged()
	}
	return s.render(w, r, status, "fill", o.page(o.say("fill.title"), fault != "", &b))
}

// page makes a page of the form.
func (o *opened) page(title string, wrong bool, body interface{ bar() *deskBar }) page {
	return page{
		Title: title + " · " + o.text(o.Unit.Name) + " · " + o.v.words.Period(o.Period.String()), Wrong: wrong,
		Body: body, Desk: body.bar(), Style: "fill.css", Script: "fill.js",
	}
}

func (b *fillBody) bar() *deskBar { return b.Bar }

// sentence is the answer on top: how far the form is, and what stops it.
func (o *opened) sentence() string {
	c := o.Counts
	empty := c.Typed - c.Filled
	switch {
	case o.Shut != nil:
		return o.v.problem(o.Shut)
	case c.Returned > 0:
		return o.say("fill.sentence.returned", "n", c.Returned)
	case empty == 0 && c.Errors == 0 && c.Unnoted == 0:
		return o.say("fill.sentence.ready", "n", c.Typed)
	}
	return o.say("fill.sentence", "all", c.Typed, "n", c.Filled, "empty", empty, "errors", c.Errors, "unnoted", c.Unnoted)
}

// steps are the way of a report, with where it stands.
func (o *opened) steps() []step {
	way := []assess.FilingState{assess.Draft, assess.PendingSignature, assess.Submitted, assess.UnderReview, assess.Accepted}
	at := 0
	switch state := o.state(); state {
	case assess.Locked:
		at = len(way) - 1
	case assess.NotStarted, assess.SentBack, assess.Returned, assess.FilingMissing:
	default:
		at = max(0, slices.Index(way, state))
	}
	var steps []step
	for i, state := range way {
		steps = append(steps, step{Text: o.say("filing." + string(state)), Past: i < at, Current: i == at})
	}
	return steps
}

// sentBack says why the report was given back inside the district, while that is not answered.
func (o *opened) sentBack() string {
	for _, step := range slices.Backward(o.Form.Steps) {
		switch step.To {
		case assess.PendingSignature:
			return ""
		case assess.SentBack:
			return o.say("fill.cameback", "who", o.who(step.By), "at", o.clock(step.At), "words", step.Note)
		}
	}
	return ""
}

func (o *opened) general() []notice {
	var all []notice
	for i, m := range o.General {
		all = append(all, notice{ID: "g-" + strconv.Itoa(i), Level: string(m.Level), Text: o.message(m)})
	}
	return all
}

// list answers the fields that keep says something about, through the whole form: what it says, and a link to the field.
func (o *opened) list(keep func(*opened, *desk.Field) string) []spot {
	var all []spot
	for i := range o.Sections {
		all = append(all, o.listed(&o.Sections[i], keep)...)
	}
	return all
}

func (o *opened) listed(s *desk.Section, keep func(*opened, *desk.Field) string) []spot {
	var all []spot
	for i := range s.Fields {
		f := &s.Fields[i]
		if text := keep(o, f); text != "" {
			all = append(all, spot{URL: o.at(string(s.Code)) + "#v-" + string(f.Item.Code), Name: o.text(f.Item.Name), Text: text, Number: f.Number})
		}
	}
	return all
}

func isReturned(o *opened, f *desk.Field) string {
	if f.Return == nil || f.Cell != assess.CellReturned {
		return ""
	}
	return o.returned(f.Return)
}

func isWrong(o *opened, f *desk.Field) string {
	for _, m := range f.Messages {
		if m.Level == desk.Error {
			return o.message(m)
		}
	}
	return ""
}

func wantsNote(o *opened, f *desk.Field) string {
	if f.Draft.Note != "" {
		return ""
	}
	for _, m := range f.Messages {
		if m.Level == desk.Warning {
			return o.message(m)
		}
	}
	return ""
}

// unchanged are the stocks that are still empty and stood somewhere last quarter.
func (o *opened) unchanged() []unchanged {
	var all []unchanged
	for i := range o.Sections {
		s := &o.Sections[i]
		for j := range s.Fields {
			if f := &s.Fields[j]; f.Unchanged {
				all = append(all, unchanged{
					Code: string(f.Item.Code), Name: o.text(f.Item.Name), Section: o.text(s.Name),
					Value: o.past(f.Item, f.Previous) + " " + o.text(f.Item.Measure),
				})
			}
		}
	}
	return all
}

// sectionBody is a page with the fields of one section.
type sectionBody struct {
	fillBody
	Name, URL, Department string
	Cells                 []fieldView
	Wrong, Unnoted        []spot
	Lost                  []spot // what was typed and could not be saved
	Next                  *link
}

func (s *site) showSection(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	section, err := o.section(r)
	if err != nil {
		return err
	}
	return s.drawSection(w, r, o, section, http.StatusOK, "layout", nil)
}

// showNews answers a section as it stands, for a script that shows another version of it; without a section, the bar alone.
func (s *site) showNews(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if q.Get("since") == o.version() {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	i := slices.IndexFunc(o.Sections, func(s desk.Section) bool { return s.Code == assess.Code(q.Get("section")) })
	if i >= 0 {
		return s.drawSection(w, r, o, &o.Sections[i], http.StatusOK, "live", nil)
	}
	base, err := s.fillBody(r, o, "")
	if err != nil {
		return err
	}
	return s.renderPart(w, r, http.StatusOK, "section", "deskbar", page{Desk: base.Bar})
}

// section answers the section that the address names.
func (o *opened) section(r *http.Request) (*desk.Section, error) {
	code := assess.Code(mux.Vars(r)["section"])
	i := slices.IndexFunc(o.Sections, func(s desk.Section) bool { return s.Code == code })
	if i < 0 {
		return nil, errNoForm()
	}
	return &o.Sections[i], nil
}

// drawSection draws a section, whole ("layout") or the part that a script takes in ("live"); unsaved are the cells that could not be saved, as they were typed.
func (s *site) drawSection(w http.ResponseWriter, r *http.Request, o *opened, section *desk.Section, status int, part string, unsaved map[assess.Code]unsaved) error {
	base, err := s.fillBody(r, o, section.Code)
	if err != nil {
		return err
	}
	b := sectionBody{
		fillBody: base, Name: o.text(section.Name), URL: o.at(string(section.Code)), Department: o.department(section.Department),
		Wrong: o.listed(section, isWrong), Unnoted: o.listed(section, wantsNote), Next: o.after(section),
	}
	for i := range section.Fields {
		c := o.cell(section.Code, &section.Fields[i])
		if u, ok := unsaved[section.Fields[i].Item.Code]; ok {
			if o.keep(&c, &section.Fields[i], u); !c.Open { // nobody can type there any more: what was typed is said above
				b.Lost = append(b.Lost, spot{Name: c.Name, Text: c.Value})
			}
		}
		b.Cells = append(b.Cells, c)
	}
	return s.renderPart(w, r, status, "section", part, o.page(b.Name, len(b.Wrong) > 0, &b))
}

// after answers the section that follows, nil behind the last.
func (o *opened) after(section *desk.Section) *link {
	i := slices.IndexFunc(o.Sections, func(s desk.Section) bool { return s.Code == section.Code }) + 1
	if i >= len(o.Sections) {
		return nil
	}
	return &link{URL: o.at(string(o.Sections[i].Code)), Text: o.text(o.Sections[i].Name)}
}
