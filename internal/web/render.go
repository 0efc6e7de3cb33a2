package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/unionboard/unionboard/internal/i18n"
)

//go:embed templates
var templates embed.FS

// pages are the templates of every page, by language and name. Each is made when it is first drawn: making all of them takes longer than
// everything else that a start does, and a server that was ended should be back at once.
type pages struct {
	byLang map[string]map[string]func() (*template.Template, error)
}

// shared are the files every page is made with; each other file is a page that defines "main".
func shared() []string {
	return []string{
		"templates/layout.html", "templates/marks.html", "templates/panels.html", "templates/analysis.html", "templates/citydesk.html",
		"templates/formparts.html", "templates/evidencecell.html", "templates/people.html", "templates/refundparts.html",
	}
}

// pageNames answers the files that are pages: all but those they share.
func pageNames() ([]string, error) {
	files, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: templates: %w", err)
	}
	var names []string
	for _, file := range files {
		if !slices.Contains(shared(), file) {
			names = append(names, strings.TrimSuffix(path.Base(file), ".html"))
		}
	}
	return names, nil
}

func parsePages(words *i18n.Catalogue, a *assets) (*pages, error) {
	p := &pages{byLang: map[string]map[string]func() (*template.Template, error){}}
	names, err := pageNames()
	if err != nil {
		return nil, err
	}
	for _, lang := range []string{i18n.Chinese, i18n.English} {
		base, err := template.New("base").Funcs(functions(words.In(lang), a)).ParseFS(templates, shared()...)
		if err != nil {
			return nil, fmt.Errorf("web: templates: %w", err)
		}
		p.byLang[lang] = map[string]func() (*template.Template, error){}
		for _, name := range names {
			p.byLang[lang][name] = sync.OnceValues(func() (*template.Template, error) { return onBase(base, name) })
		}
	}
	return p, nil
}

// onBase answers the templates of one page over those that all pages share.
func onBase(base *template.Template, name string) (*template.Template, error) {
	t, err := base.Clone()
	if err == nil {
		t, err = t.ParseFS(templates, "templates/"+name+".html")
	}
	if err != nil {
		return nil, fmt.Errorf("web: template %s: %w", name, err)
	}
	return t, nil
}

// render draws a page into a buffer and sends it whole, or not at all.
func (s *site) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) error {
	return s.renderPart(w, r, status, name, "layout", p)
}

// renderPart draws one template of a page: "layout" for all of it, or another for a script that takes in what has changed.
func (s *site) renderPart(w http.ResponseWriter, r *http.Request, status int, name, part string, p page) error {
	v := s.visitOf(r)
	around := s.bare
	if part == "layout" {
		around = s.frame
	}
	body, err := s.draw(v, name, part, around(r, v, p))
	if err != nil {
		return err
	}
	sendHTML(w, v, status, body, "")
	return nil
}

// draw draws one template of a page.
func (s *site) draw(v *visit, name, part string, f frame) ([]byte, error) {
	of, ok := s.pages.byLang[v.lang()][name]
	if !ok {
		return nil, fmt.Errorf("render: no page %q", name)
	}
	t, err := of()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, part, f); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return buf.Bytes(), nil
}

// sendHTML sends a page whole. encoding is how it is compressed, "" for not at all.
func sendHTML(w http.ResponseWriter, v *visit, status int, body []byte, encoding string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", map[string]string{i18n.English: "en", i18n.Chinese: "zh-CN"}[v.lang()])
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		h.Add("Vary", "Accept-Encoding")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader who went away is no fault; for HEAD the server leaves the body out
}
