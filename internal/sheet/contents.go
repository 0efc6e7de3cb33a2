package sheet

import (
	"fmt"
	"path"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// relation leads from one part to another.
type relation struct {
	kind, target string // the last word of its type; the name of a part, "" where it leads out of the file
}

// relations reads where a part leads; nothing where it has no such list.
func (a *archive) relations(part string) (map[string]relation, error) {
	dir, base := path.Split(part)
	list := dir + "_rels/" + base + ".rels"
	if a.parts[strings.ToLower(list)] == nil {
		return nil, nil
	}
	found := map[string]relation{}
	err := a.walk(list, visitor{open: func(at trail, as attributes) error {
		if !at.is("Relationships", "Relationship") {
			return nil
		}
		id, target := as.get("Id"), as.get("Target")
		if _, twice := found[id]; twice {
			return errShape
		}
		switch {
		case as.get("TargetMode") == "External":
			target = ""
		case strings.HasPrefix(target, "/"):
			target = strings.TrimPrefix(path.Clean(target), "/")
		default:
			target = path.Join(dir, target)
		}
		found[id] = relation{path.Base(as.get("Type")), target}
		return nil
	}})
	return found, err
}

// tab is a sheet as the workbook lists it.
type tab struct {
	name, relation string
	hidden         bool
}

// contents is what the workbook says of itself, with what its sheets share.
type contents struct {
	tabs    []tab
	from04  bool // days count from 1904
	strings []string
	kinds   []Kind // of the numbers, by style; nil where the workbook has no styles
}

// readBook reads the workbook from its root to its cells.
func (a *archive) readBook() (*Book, error) {
	root, err := a.relations("")
	if err != nil {
		return nil, err
	}
	var main string
	for _, r := range root {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	if main == "" {
		return nil, a.damage("_rels/.rels", nil)
	}
	if t := a.types.of(main); !strings.Contains(t, "spreadsheetml.sheet.main") && !strings.Contains(t, "spreadsheetml.template.main") {
		return nil, assess.Invalid("problem.workbook_none", "this is no Excel workbook; save it as .xlsx and hand that in").
			At(assess.Place{File: a.file})
	}
	leads, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	c, err := a.readContents(main)
	if err != nil {
		return nil, err
	}
	for _, r := range leads {
		switch r.kind {
		case "sharedStrings":
			c.strings, err = a.readStrings(r.target)
		case "styles":
			c.kinds, err = a.readKinds(r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	return a.readSheets(c, leads)
}

func (a *archive) readContents(main string) (c contents, err error) {
	err = a.walk(main, visitor{open: func(at trail, as attributes) error {
		switch {
		case at.is("workbook", "workbookPr"):
			c.from04 = truth(as.get("date1904"))
		case at.is("workbook", "sheets", "sheet"):
			for _, other := range c.tabs {
				if strings.EqualFold(other.name, as.get("name")) {
					return errShape
				}
			}
			state := as.get("state")
			c.tabs = append(c.tabs, tab{as.get("name"), as.relation(), state == "hidden" || state == "veryHidden"})
		}
		return nil
	}})
	return c, err
}

func (a *archive) readSheets(c contents, leads map[string]relation) (*Book, error) {
	book := &Book{File: a.file}
	seen := map[string]bool{}
	for _, t := range c.tabs {
		r := leads[t.relation]
		if r.kind == "chartsheet" {
			continue
		}
		if r.kind != "worksheet" || r.target == "" || seen[strings.ToLower(r.target)] {
			return nil, a.damage(fmt.Sprintf("of sheet %q", excerpt(t.name)), nil)
		}
		seen[strings.ToLower(r.target)] = true
		g := &grid{sheet: Sheet{File: a.file, Name: t.name, Hidden: t.hidden}, contents: &c}
		if err := a.walk(r.target, g.visitor()); err != nil {
			return nil, err
		}
		book.Sheets = append(book.Sheets, g.sheet)
	}
	if len(book.Sheets) == 0 {
		return nil, assess.Invalid("problem.workbook_empty", "the workbook has no sheet with cells; put the table into a sheet and hand it in again").
			At(assess.Place{File: a.file})
	}
	return book, nil
}

// readStrings reads the texts that cells share, without the reading aids of East Asian scripts.
func (a *archive) readStrings(part string) (texts []string, err error) {
	var text []byte
	err = a.walk(part, visitor{
		open: func(at trail, _ attributes) error {
			if at.is("sst", "si") {
				text = text[:0]
			}
			return nil
		},
		text: func(at trail, b []byte) {
			if at.is("sst", "si", "t") || at.is("sst", "si", "r", "t") {
				text = append(text, b...)
			}
		},
		close: func(at trail) error {
			if at.is("sst", "si") {
				if len(texts) == MostRows*MostColumns {
					return errTooLarge
				}
				texts = append(texts, string(text))
			}
			return nil
		},
	})
	return texts, err
}

func truth(text string) bool { return text == "1" || text == "true" }

// excerpt answers the beginning of a name, for a message.
func excerpt(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}
