package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// ownPrefix begins the addresses of pages that an installation has added.
const ownPrefix = "/p/"

// showOwn draws a page that the installation has added.
func (s *site) showOwn(w http.ResponseWriter, r *http.Request) error {
	d, named, ok := s.Shelf.Pages(s.Now()).At(r.URL.Path)
	if !ok {
		return assess.NotFound("problem.no_page", fmt.Sprintf("there is no page at %s", r.URL.Path), "page", r.URL.Path)
	}
	return s.showDefinition(w, r, d, fromQuery(r, named), "")
}

// fromQuery adds to the parts of an address what stands behind its question mark.
func fromQuery(r *http.Request, named map[string]string) map[string]string {
	all := map[string]string{}
	for _, name := range []string{"unit", "framework", "code"} {
		all[name] = r.URL.Query().Get(name)
	}
	for name, value := range named {
		all[name] = value
	}
	return all
}

// ownPages answers the pages that the installation has added, as links; nothing where there are none. What a page asks for it
// chooses by itself at first.
func (s *site) ownPages(v *visit, here dashboard.Definition, bar *dashboard.Bar) []dashboard.Filter {
	own := dashboard.Filter{Name: "page", Label: v.words.T("web.own.pages")}
	set := s.Shelf.Pages(s.Now())
	if d, ok := set.Page("notice"); ok && v.user.May(account.ReadUnpublished, "") {
		own.Choices = append(own.Choices, dashboard.Choice{Code: string(d.Page), Text: v.words.T("web.own.notice"), Link: d.Path + "?" + periodQuery(bar), Current: d.Page == here.Page})
	}
	for _, d := range set.All() {
		if strings.HasPrefix(d.Path, ownPrefix) && !strings.Contains(d.Path, "{") {
			own.Choices = append(own.Choices, dashboard.Choice{
				Code: string(d.Page), Text: d.TitleOf(bar.Period, v.words), Link: d.Path + "?" + periodQuery(bar), Current: d.Page == here.Page,
			})
		}
	}
	if len(own.Choices) == 0 {
		return nil
	}
	return []dashboard.Filter{own}
}

// designer is the page about pages: the files there are, and one that is tried.
type designer struct {
	Folder  string
	Shipped []pageFile
	Own     []pageFile
	Types   string // address of the examples of every type
	// Text is what is tried, with its faults, or the page that it makes.
	Text   string
	Tried  bool
	Faults []pageFault
	Title  string
	Board  *board
}

// pageFile is a file of a page, for the list.
type pageFile struct {
	Name, Page, Title, Path string
	Link                    string // the page itself, "" for one that needs a name in its address
	Source                  string // its file
	Replaced                bool   // a file of the installation stands in its place
	InForce                 bool
	Faults                  []pageFault
}

// pageFault is what is wrong with a file.
type pageFault struct{ Place, Text string }

func (s *site) listPages(w http.ResponseWriter, r *http.Request) error {
	body := s.designer(r)
	if code := r.URL.Query().Get("from"); code != "" {
		if f, ok := s.Shelf.Pages(s.Now()).File(assess.Code(code)); ok {
			body.Text = string(f.Content)
		}
	}
	return s.render(w, r, http.StatusOK, "designer", page{Title: visitFrom(r).words.T("web.designer"), Body: body})
}

// tryPage shows what a file would make, or what is wrong with it. Nothing is kept.
func (s *site) tryPage(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "file"); err != nil {
		return err
	}
	v := visitFrom(r)
	body := s.designer(r)
	body.Text, body.Tried = r.PostForm.Get("file"), true
	p := page{Title: v.words.T("web.designer")}
	f := s.Shelf.Try("page.yaml", []byte(body.Text), s.Now())
	body.Faults = faultsFor(v, f.Faults)
	if len(f.Faults) == 0 {
		drawn, _, err := s.boardPage(r, f.Page, nil)
		if err != nil {
			return err
		}
		shown := drawn.Body.(board)
		body.Title, body.Board, p.Charts = drawn.Title, &shown, drawn.Charts
	}
	p.Body = body
	status := http.StatusOK
	if len(f.Faults) > 0 {
		status, p.Wrong = http.StatusBadRequest, true
	}
	return s.render(w, r, status, "designer", p)
}

// showTypes shows every type of panel with a live example and the lines that make it.
func (s *site) showTypes(w http.ResponseWriter, r *http.Request) error {
	f, ok := s.Shelf.Shipped().File("types")
	if !ok {
		return assess.NotFound("problem.no_page", "there is no page of examples", "page", "types")
	}
	p, _, err := s.boardPage(r, f.Page, fromQuery(r, nil))
	if err != nil {
		return err
	}
	body := struct {
		board
		Examples []example
		Back     string
	}{board: p.Body.(board), Back: "/dashboards"}
	for _, row := range body.Rows {
		for _, one := range row {
			body.Examples = append(body.Examples, example{Type: one.Type, Panel: one, Lines: f.Panel(one.ID)})
		}
	}
	p.Body = body
	return s.render(w, r, http.StatusOK, "types", p)
}

// example is a type of panel: how it looks, and what makes it.
type example struct {
	Type  string
	Panel *panel
	Lines string
}

// sendPage sends the file of a page in force, to begin one's own with.
func (s *site) sendPage(w http.ResponseWriter, r *http.Request) error {
	code := mux.Vars(r)["page"]
	f, ok := s.Shelf.Pages(s.Now()).File(assess.Code(code))
	if !ok {
		return assess.NotFound("problem.no_page", fmt.Sprintf("there is no page %q", code), "page", code)
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(f.Page.Page)+`.yaml"`)
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.Content) // a reader who went away is no fault
	}
	return nil
}

func (s *site) designer(r *http.Request) designer {
	v := visitFrom(r)
	body := designer{Folder: "dashboards", Types: "/dashboards/types"}
	replaced := map[assess.Code]bool{}
	for _, f := range s.Shelf.Files(s.Now()) {
		if f.InForce() {
			replaced[f.Page.Page] = true
		}
		body.Own = append(body.Own, s.pageFile(v, f))
	}
	for _, d := range s.Shelf.Shipped().All() {
		f, _ := s.Shelf.Shipped().File(d.Page)
		one := s.pageFile(v, f)
		one.Replaced = replaced[d.Page]
		body.Shipped = append(body.Shipped, one)
	}
	return body
}

func (s *site) pageFile(v *visit, f dashboard.File) pageFile {
	one := pageFile{Name: f.Name, InForce: f.InForce(), Faults: faultsFor(v, f.Faults)}
	if !f.InForce() {
		return one
	}
	d := f.Page
	one.Page, one.Title, one.Path = string(d.Page), d.Title.In(v.lang()), d.Path
	one.Source = "/dashboards/" + url.PathEscape(string(d.Page)) + ".yaml"
	if !strings.Contains(d.Path, "{") {
		one.Link = d.Path
	}
	return one
}

func faultsFor(v *visit, problems assess.Problems) (faults []pageFault) {
	for _, p := range problems {
		faults = append(faults, pageFault{p.Place.String(), v.problem(p)})
	}
	return faults
}
