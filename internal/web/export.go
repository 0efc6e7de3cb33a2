package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/takeout"
)

// wish is what the address asks for, for all tables of the page.
type wish struct {
	from, to  assess.Period
	periods   []assess.Period
	unit      assess.UnitCode // "" for all
	published bool
	lang      string
	personal  bool
	table     string // that is previewed
}

// wish reads the address. What the reader may have of it is decided where it is ordered.
func (s *site) wish(r *http.Request, v *visit) (w wish, err error) {
	q := r.URL.Query()
	if w.from, err = s.period(r, v); err != nil {
		return w, err
	}
	w.to = w.from
	if text := q.Get("to"); text != "" {
		if w.to, err = assess.ParsePeriod(text); err != nil {
			return w, err
		}
	}
	if w.to.Kind() != w.from.Kind() {
		w.to = w.from // a year was chosen above, and the end is still that of quarters
	}
	if w.to.Compare(w.from) < 0 {
		w.from, w.to = w.to, w.from // of two lists beside each other either may be the later one
	}
	if w.periods, err = takeout.Between(w.from, w.to); err != nil {
		return w, err
	}
	w.unit, w.published, w.personal = assess.UnitCode(q.Get("unit")), q.Get("edition") == "published" || v.readsPublished(), q.Get("personal") == "1"
	if w.unit == "" && !v.user.May(account.Export, "") {
		w.unit = v.user.Unit // how large a file is, is asked of what the reader gets
	}
	if err := s.exportable(r, v, w); err != nil {
		return w, err
	}
	if w.lang = q.Get("language"); w.lang == "" {
		w.lang = v.lang()
	}
	if w.table = q.Get("table"); w.table == "" {
		w.table = "scores"
	}
	return w, nil
}

// exportable refuses a unit that there is not in the year, or that is another's, in the same words.
func (s *site) exportable(r *http.Request, v *visit, w wish) error {
	if w.unit == "" {
		return nil
	}
	edition, err := s.boardOf(v).Edition(r.Context(), w.to.CalendarYear())
	if err != nil {
		return err
	}
	if _, ok := edition.Roster.Unit(w.unit); !ok || !v.user.May(account.Export, w.unit) {
		return assess.NotFound("problem.unit_unknown", "there is no unit "+string(w.unit)+" in this period; choose one from the pages", "value", string(w.unit))
	}
	return nil
}

// order asks for a table of the wish in a format.
func (s *site) order(w wish, table string, format takeout.Format) takeout.Order {
	o := takeout.Order{
		Order:  export.Order{Table: table, Periods: w.periods, Lang: w.lang, Personal: w.personal, Now: s.Now()},
		Format: format, Published: w.published, Mark: true, WithCity: w.unit == "",
	}
	if w.unit != "" {
		o.Units = []assess.UnitCode{w.unit}
	}
	return o
}

// query writes the wish as it stands in addresses, with more pairs of name and value.
func (w wish) query(more ...string) string {
	q := url.Values{"q": {w.from.String()}}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	if w.to != w.from {
		set("to", w.to.String())
	}
	set("unit", string(w.unit))
	set("language", w.lang)
	if w.published {
		set("edition", "published")
	}
	if w.personal {
		set("personal", "1")
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	return "?" + q.Encode()
}

// exportBody is what the export page shows.
type exportBody struct {
	Sentence, Fault   string
	Query             string // what is chosen, for the addresses of forms
	From, To          []option
	Units             []option // none for a district, which has its own alone
	Editions          []option
	Edition           string // the one that a reader has no choice of
	Langs             []option
	MayPersonal       bool
	Personal          bool
	Files             []fileRow
	Preview           *previewTable
	Jobs              []jobRow
	Plans             []jobRow
	SeesPlans         bool
	Watched, Waiting  bool
	WatchURL, StopURL string
	Table             string
}

// fileRow is a table that can be taken out.
type fileRow struct {
	Code, Name, What string
	Formats          []fileFormat
	Preview          string // address; "" for what is no table
	Current          bool
}

// fileFormat is a format of a table: a link to the file, or for a large one a button that asks for it.
type fileFormat struct {
	Code, Text, URL string
	Large           bool
}

// showExport draws what can be taken out of a quarter or a range, and the files that are being made.
func (s *site) showExport(w http.ResponseWriter, r *http.Request) error {
	return s.drawExport(w, r, http.StatusOK, nil)
}

func (s *site) drawExport(w http.ResponseWriter, r *http.Request, status int, fault *assess.Problem) error {
	v := visitFrom(r)
	wish, err := s.wish(r, v)
	if err != nil {
		return err
	}
	bar, err := s.plainBar(r, v, wish.from)
	if err != nil {
		return err
	}
	body := exportBody{
		Query: wish.query("table", wish.table), Table: wish.table,
		MayPersonal: v.user.May(account.ExportPersonal, ""), Personal: wish.personal,
	}
	if fault != nil {
		body.Fault = v.problem(fault)
	}
	if err := s.exportChoices(r, v, wish, bar, &body); err != nil {
		return err
	}
	if body.Files, err = s.fileRows(r, v, wish); err != nil {
		return err
	}
	if err := s.exportJobs(r, v, wish, &body); err != nil {
		return err
	}
	if body.Watched && body.Waiting {
		w.Header().Set("Refresh", strconv.Itoa(watchSeconds))
	} else if body.Preview, err = s.preview(r, v, wish, body.Files); err != nil {
		return err
	}
	span := v.words.Period(wish.from.String())
	if wish.to != wish.from {
		span = v.words.T("export.span", "from", span, "to", v.words.Period(wish.to.String()))
	}
	body.Sentence = v.words.T("web.export.answer", "period", span)
	return s.render(w, r, status, "export", page{Title: v.words.T("web.export.title"), Bar: bar, Body: body, Wrong: fault != nil, Style: "work.css"})
}

// exportChoices fills in what can be chosen: from and to, unit, edition, language.
func (s *site) exportChoices(r *http.Request, v *visit, wish wish, bar *dashboard.Bar, body *exportBody) error {
	for _, p := range slices.Backward(bar.Periods) {
		if open, err := s.mayRead(r, v, p); err != nil || !open || p.Kind() != wish.from.Kind() {
			continue
		}
		o := option{Value: p.String(), Text: v.words.Period(p.String())}
		from, to := o, o
		from.Chosen, to.Chosen = p == wish.from, p == wish.to
		body.From, body.To = append(body.From, from), append(body.To, to)
	}
	edition, err := s.boardOf(v).Edition(r.Context(), wish.to.CalendarYear())
	if err != nil {
		return err
	}
	if v.user.May(account.Export, "") {
		body.Units = []option{{Text: v.words.T("web.export.all"), Chosen: wish.unit == ""}}
		for _, u := range edition.Roster.Units {
			body.Units = append(body.Units, option{Value: string(u.Code), Text: u.Name.In(v.lang()), Chosen: u.Code == wish.unit})
		}
	}
	for _, lang := range []string{i18n.Chinese, i18n.English} {
		body.Langs = append(body.Langs, option{Value: lang, Text: v.words.T("web.export.lang." + lang), Chosen: lang == wish.lang})
	}
	return s.exportEditions(r, v, wish, bar, body)
}

// exportEditions fills in which state of the data can be chosen: as it stands with its version, or as it was published.
func (s *site) exportEditions(r *http.Request, v *visit, wish wish, bar *dashboard.Bar, body *exportBody) error {
	text := v.words.T("web.export.published")
	n, err := s.Takeaway.Issue(r.Context(), wish.from)
	if err != nil {
		return err
	}
	if n > 0 && wish.from == wish.to {
		text = v.words.T("web.export.issue", "n", n)
	}
	if v.readsPublished() {
		body.Edition = text
		return nil
	}
	working := option{Value: "working", Text: v.words.T("web.export.working", "version", bar.Version), Chosen: !wish.published}
	body.Editions = []option{working}
	if published(bar.Cycle) || wish.published {
		body.Editions = append(body.Editions, option{Value: "published", Text: text, Chosen: wish.published})
	}
	return nil
}

// fileRows answers every table that the reader may take out, with its formats.
func (s *site) fileRows(r *http.Request, v *visit, wish wish) (rows []fileRow, err error) {
	for _, offer := range takeout.Offers() {
		if offer.Table == takeout.Notice && (!v.user.May(account.Export, "") || wish.unit != "" || len(wish.periods) > 1) {
			continue
		}
		row := fileRow{Code: offer.Table, Name: v.words.T("export.table." + offer.Table), What: v.words.T("web.export." + offer.Table + ".what"), Current: offer.Table == wish.table}
		switch offer.Table {
		case takeout.Notice:
			row.Preview = "/notice?q=" + wish.from.String()
		case takeout.Package: // of many files
		default:
			row.Preview = "/export" + wish.query("table", offer.Table) + "#preview"
		}
		for _, format := range offer.Formats {
			order := s.order(wish, offer.Table, format)
			if order.Check() != nil {
				continue // a paper of several periods
			}
			_, large, err := s.Takeaway.Estimate(r.Context(), order)
			if err != nil {
				return nil, err
			}
			row.Formats = append(row.Formats, fileFormat{
				Code: string(format), Text: v.words.T("web.export.format." + string(format)), Large: large,
				URL: "/export/" + offer.Table + "." + string(format) + wish.query(),
			})
		}
		if len(row.Formats) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

const (
	previewRows = 20 // of a preview
	unbroken    = 14 // characters that are not broken into lines
)

// previewTable is the beginning of a table.
type previewTable struct {
	Title, Stand, More string
	Fault              string // why there is none
	Heads              []previewHead
	Rows               [][]previewCell
	Notes              []string
}

type previewHead struct {
	Text string
	Num  bool
}

type previewCell struct {
	Text             string
	Num, None, Short bool
}

// preview answers the beginning of the chosen table, from the description that all files are made of; nil for what is large.
func (s *site) preview(r *http.Request, v *visit, wish wish, files []fileRow) (*previewTable, error) {
	i := slices.IndexFunc(files, func(f fileRow) bool { return f.Current && slices.Contains(export.Names(), f.Code) })
	if i < 0 {
		return nil, nil
	}
	order := s.order(wish, files[i].Code, takeout.XLSX)
	if _, large, err := s.Takeaway.Estimate(r.Context(), order); err != nil || large {
		return &previewTable{Title: files[i].Name, Fault: v.words.T("web.export.preview.large")}, err
	}
	p, err := s.Takeaway.Preview(r.Context(), v.user, order, previewRows)
	if problem := ofFile(err); problem != nil {
		return &previewTable{Title: files[i].Name, Fault: v.problem(problem)}, nil
	}
	if err != nil {
		return nil, err
	}
	if p.Table == nil {
		return &previewTable{Title: files[i].Name, Fault: v.words.T("web.export.preview.none")}, nil
	}
	return drawPreview(v, p), nil
}

func drawPreview(v *visit, p takeout.Preview) *previewTable {
	t := &previewTable{Title: p.Table.Title, Stand: p.Table.Stand, Notes: p.Table.Notes}
	if p.More {
		t.More = v.words.T("web.export.preview.more", "n", len(p.Rows))
	}
	for _, c := range p.Table.Columns {
		if !c.Hidden {
			text := p.Table.Label(c)
			if c.Over != "" {
				text = c.Over + " " + text
			}
			t.Heads = append(t.Heads, previewHead{text, c.Kind.Numeric()})
		}
	}
	for _, row := range p.Rows {
		var cells []previewCell
		for i, c := range row.Cells {
			if column := p.Table.Columns[i]; !column.Hidden {
				numeric := column.Kind.Numeric() && (c.Is == export.Figure || c.Is == export.None)
				text := p.Table.Say(c)
				here := c.Is == export.Figure || c.Is == export.Words || c.Is == export.Day || c.Is == export.Lamp
				cells = append(cells, previewCell{Text: text, Num: numeric, None: !here, Short: utf8.RuneCountInString(text) <= unbroken})
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}
