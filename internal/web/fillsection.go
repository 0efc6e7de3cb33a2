package web

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

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
