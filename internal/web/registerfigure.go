package web

import (
	"net/http"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// registerFigureBody are the records that a figure was counted from.
type registerFigureBody struct {
	Up       link
	Sentence string // the figure
	Basis    string // as of when its records stand
	Key      string
	Heads    []registerHead
	Rows     []registerRow
	Pages    []link
}

// showFigure lists the records of a table that a figure was counted from, as they stood at the snapshot of its period. A figure of another
// table is none here.
func (s *site) showFigure(w http.ResponseWriter, r *http.Request, l *registerView) error {
	v, asked := l.v, r.URL.Query()
	p, err := assess.ParsePeriod(asked.Get("period"))
	if err != nil {
		return err
	}
	found, err := s.Registers.Behind(r.Context(), assess.Code(asked.Get("figure")), p, assess.UnitCode(asked.Get("unit")), v.user)
	if err != nil {
		return err
	}
	if found.Table.Code != l.Code {
		return assess.NotFound("problem.figure_no_register", "the figure is of another register", "item", found.Item.Name.In(v.lang()))
	}
	of := l.say("figure.all")
	if found.Unit != "" {
		of = l.unit(found.Unit)
	}
	name := found.Item.Name.In(v.lang())
	body := registerFigureBody{
		Up: link{URL: l.path(), Text: l.name()}, Key: l.keyLabel(), Basis: l.say("figure.now"),
		Sentence: l.say("figure.sentence", "item", name, "period", v.words.Period(p.String()), "unit", of,
			"value", i18n.Figures(found.Value.String())+" "+found.Item.Measure.In(v.lang()), "n", len(found.Found)),
	}
	if found.Taken {
		body.Basis = l.say("figure.taken", "at", s.stamp(v, found.Snapshot.At))
	}
	columns := l.columns(false)
	added := func(f assess.Field) bool { return f.Name == found.Item.Register.Field } // what is added up is seen
	if i := slices.IndexFunc(l.Fields, added); i >= 0 && !slices.ContainsFunc(columns, added) {
		columns = append(columns, l.Fields[i])
	}
	for _, f := range columns {
		body.Heads = append(body.Heads, registerHead{Text: l.label(f), Num: numeric(f)})
	}
	limit, offset := pageOf(asked.Get("page"), len(found.Found))
	for i := offset; i < min(offset+limit, len(found.Found)); i++ {
		body.Rows = append(body.Rows, l.row(&found.Found[i], columns))
	}
	body.Pages = pageLinks(v, asked.Get("page"), len(found.Found))
	return s.render(w, r, http.StatusOK, "registerfigure", page{Title: l.say("figure.title", "item", name), Body: body, Style: "work.css"})
}
