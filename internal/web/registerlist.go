package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// registerBody is the list of the records of a table.
type registerBody struct {
	Path, Sentence, Name, Key string
	Done                      string // what an import has done
	Up                        link   // the list of registers, or the table above
	Children                  []link // tables whose records belong to those here
	New, Import               string // "" for who keeps none
	Take                      string
	Units                     []option
	Filters, More             []registerFilter
	Search                    string
	Closed, Whole, Narrowed   bool
	Kept                      []field // of the address, beside what the form asks for
	Wide                      link
	KeySort                   registerHead
	Heads                     []registerHead
	Rows                      []registerRow
	Pages                     []link
}

// field is a hidden field of a form.
type field struct{ Name, Value string }

// registerFilter narrows a list to a word of a column.
type registerFilter struct {
	Name, Label string
	Options     []option
}

// registerHead is the head of a column of a list; URL sorts by it.
type registerHead struct {
	Text, URL, Sorted string
	Num               bool
}

// registerRow is a record in a list.
type registerRow struct {
	URL, Key string
	Closed   bool
	Cells    []registerCell
}

// registerCell is a value in a list.
type registerCell struct {
	Label, Text string
	Num, Long   bool
}

// narrowedBy begins the parameters of an address that narrow a list: w.status=active.
const narrowedBy = "w."

// showRegister lists the records of a register or of a child table.
func (s *site) showRegister(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	v, asked := l.v, r.URL.Query()
	if asked.Get("figure") != "" {
		return s.showFigure(w, r, l)
	}
	q := l.query(asked)
	_, n, err := s.Registers.List(r.Context(), withLimit(q, 1, 0), v.user, s.Now())
	if err != nil {
		return err
	}
	body := registerBody{
		Path: l.path(), Name: l.name(), Key: l.keyLabel(), Search: q.Search, Closed: q.Closed, Whole: asked.Get("columns") == "all",
		Narrowed: len(q.Words) > 0 || q.Search != "" || len(q.Units) > 0 || q.Above != "",
	}
	limit, offset := pageOf(asked.Get("page"), n)
	body.Pages = pageLinks(v, asked.Get("page"), n)
	all, _, err := s.Registers.List(r.Context(), withLimit(q, limit, offset), v.user, s.Now())
	if err != nil {
		return err
	}
	columns := l.columns(body.Whole)
	for i := range all {
		body.Rows = append(body.Rows, l.row(&all[i], columns))
	}
	l.heads(&body, q, columns)
	l.filters(&body, q, columns)
	l.ways(&body)
	if body.Path == refundRoot { // this one is worked on at pages of its own, too
		body.Children = append(body.Children, link{URL: refundRoot + "/review", Text: v.words.T("web.refund.ways")})
	}
	if done := s.popDone(r, r.URL.Path); done > 0 {
		body.Done = l.say("import.done", "n", done)
	}
	key := map[bool]string{false: "sentence", true: "sentence.narrowed"}[body.Narrowed]
	body.Sentence = l.say(key, "n", many(n))
	return s.render(w, r, http.StatusOK, "register", page{Title: l.name(), Body: body, Style: "work.css"})
}

// query reads what the address narrows the list to. What it does not know it leaves out.
func (l *registerView) query(asked url.Values) assess.RecordQuery {
	q := assess.RecordQuery{Table: l.Code, Search: strings.TrimSpace(asked.Get("search")), Closed: asked.Get("closed") != "", Down: asked.Get("down") != "", Words: map[string]string{}}
	for _, f := range l.Fields {
		if word := asked.Get(narrowedBy + f.Name); word != "" && l.narrows(f) {
			q.Words[f.Name] = word
		}
	}
	if sort := asked.Get("sort"); sort == "changed_at" || l.Sortable(sort) {
		q.Sort = sort
	}
	if unit := assess.UnitCode(asked.Get("unit")); unit != "" && l.ofAll() {
		q.Units = []assess.UnitCode{unit}
	}
	q.Above = asked.Get("above")
	return q
}

// narrows says whether a list can be narrowed to the words of a column.
func (l *registerView) narrows(f assess.Field) bool {
	return (f.Type == "enum" || f.Type == "bool") && !f.Personal && !f.System
}

func withLimit(q assess.RecordQuery, limit, offset int) assess.RecordQuery {
	q.Limit, q.Offset = limit, offset
	return q
}

// wholeList is how many rows a page shows at most, where all are asked for (security checklist, row 29).
const wholeList = 200

// pageOf answers which rows a page has: those of its number, of the first page where it has none, or all of a list that is short enough.
func pageOf(page string, n int) (limit, offset int) {
	if n <= longList || page == "all" && n <= wholeList {
		return wholeList, 0
	}
	at, err := strconv.Atoi(page)
	if last := (n + pageRows - 1) / pageRows; err != nil || at < 1 || at > last {
		at = 1
	}
	return pageRows, (at - 1) * pageRows
}

// pageLinks answers links to the pages of a list: the first, those around this one, the last.
func pageLinks(v *visit, page string, n int) (links []link) {
	if n <= longList {
		return nil
	}
	_, offset := pageOf(page, n)
	last, at, whole := (n+pageRows-1)/pageRows, offset/pageRows+1, page == "all" && n <= wholeList
	for i := 1; i <= last; i++ {
		if i == 1 || i == last || i >= at-2 && i <= at+2 {
			links = append(links, link{URL: v.with("page", strconv.Itoa(i)), Text: strconv.Itoa(i), Current: !whole && i == at})
		}
	}
	if n <= wholeList {
		links = append(links, link{URL: v.with("page", "all"), Text: v.words.T("web.all"), Current: whole})
	}
	return links
}

func (l *registerView) row(r *assess.Record, columns []assess.Field) registerRow {
	row := registerRow{URL: l.at(r), Key: r.Key, Closed: r.Closed}
	for _, f := range columns {
		text := l.shown(f, r.Values[f.Name])
		row.Cells = append(row.Cells, registerCell{Label: l.label(f), Text: text, Num: numeric(f), Long: width(text) > shortText && f.Type != "date" && f.Type != "month"})
	}
	return row
}

// at is the address of a record.
func (l *registerView) at(r *assess.Record) string { return l.path() + "/records/" + r.ID }

// heads makes the heads of the columns: a click sorts by one, a second one turns the order round.
func (l *registerView) heads(body *registerBody, q assess.RecordQuery, columns []assess.Field) {
	head := func(text, name string, num bool) registerHead {
		h := registerHead{Text: text, Num: num}
		down := ""
		if q.Sort == name || q.Sort == "" && name == "named" {
			h.Sorted = map[bool]string{false: "ascending", true: "descending"}[q.Down]
			if !q.Down {
				down = "1"
			}
		}
		if name == "named" {
			name = ""
		}
		h.URL = l.v.with("sort", name, "down", down, "page", "")
		return h
	}
	body.KeySort = head(body.Key, "named", false)
	for _, f := range columns {
		if l.Sortable(f.Name) {
			body.Heads = append(body.Heads, head(l.label(f), f.Name, numeric(f)))
		} else {
			body.Heads = append(body.Heads, registerHead{Text: l.label(f), Num: numeric(f)})
		}
	}
}

// filters makes the form that narrows the list: first the columns that stand in it, behind a fold the others.
func (l *registerView) filters(body *registerBody, q assess.RecordQuery, columns []assess.Field) {
	for _, f := range l.Fields {
		if !l.narrows(f) {
			continue
		}
		one := registerFilter{Name: narrowedBy + f.Name, Label: l.label(f), Options: l.choices(f, q.Words[f.Name])}
		if f.Index || q.Words[f.Name] != "" || len(body.Filters) < 2 && slices.ContainsFunc(columns, func(c assess.Field) bool { return c.Name == f.Name && f.Type == "enum" }) {
			body.Filters = append(body.Filters, one)
		} else {
			body.More = append(body.More, one)
		}
	}
	if l.ofAll() {
		for _, u := range l.e.Roster.Units {
			body.Units = append(body.Units, option{string(u.Code), u.Name.In(l.v.lang()), slices.Contains(q.Units, u.Code)})
		}
	}
	for _, name := range []string{"sort", "down", "columns", "above"} {
		if value := l.v.url.Query().Get(name); value != "" {
			body.Kept = append(body.Kept, field{name, value})
		}
	}
	body.Wide = link{URL: l.v.with("columns", "all"), Text: l.say("columns.all", "n", len(l.columns(true)))}
	if body.Whole {
		body.Wide = link{URL: l.v.with("columns", ""), Text: l.say("columns.few")}
	}
}

// choices are the words of a column as options, with the one that is chosen.
func (l *registerView) choices(f assess.Field, chosen string) (options []option) {
	if f.Type == "bool" {
		for _, word := range []string{"true", "false"} {
			options = append(options, option{word, l.shown(f, word), word == chosen})
		}
		return options
	}
	for _, g := range f.Values {
		options = append(options, option{string(g.Code), g.Name.In(l.v.lang()), string(g.Code) == chosen})
	}
	return options
}

// ways makes the links to what belongs to the table, and to what its keepers do.
func (l *registerView) ways(body *registerBody) {
	body.Take = l.path() + "/take"
	body.Up = link{URL: "/registers", Text: l.say("all")}
	if l.Above != nil {
		body.Up = link{URL: "/registers/" + string(l.Above.Code), Text: l.Above.Name.In(l.v.lang())}
	}
	for _, c := range l.Children {
		body.Children = append(body.Children, link{URL: "/registers/" + string(c.Code), Text: c.Name.In(l.v.lang())})
	}
	if l.v.user.MaySome(account.KeepRegisters) && l.mayKeep() {
		body.New, body.Import = l.path()+"/new", l.path()+"/import"
	}
}

// many writes how many there are of something.
func many(n int) string { return i18n.Figures(strconv.Itoa(n)) }
