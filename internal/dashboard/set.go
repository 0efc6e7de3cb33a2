package dashboard

import (
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// File is a file of a page as it was read.
type File struct {
	Name    string
	Content []byte     // as it stands in the file
	Page    Definition // the page in force: of this content, or, where that is wrong, of the last that was right; zero for none
	Faults  assess.Problems
	// References are those of the file of that name, which is no page.
	References []Reference
}

// InForce says whether the file has something in force, of now or of before.
func (f File) InForce() bool { return f.Page.Page != "" || f.References != nil }

// Panel answers the lines of the file that define a panel, "" where there is none of this name. Panels are written one under the
// other, as every page that is shipped.
func (f File) Panel(id string) string {
	var lines []string
	inside := false
	for line := range strings.SplitSeq(string(f.Content), "\n") {
		begins := strings.HasPrefix(line, panelMark)
		if strings.HasPrefix(line, "- panels:") || begins {
			inside = begins && strings.TrimSpace(strings.TrimPrefix(line, panelMark)) == id
		}
		if inside {
			lines = append(lines, strings.TrimPrefix(line, "  "))
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n ")
}

// panelMark begins a panel in a file.
const panelMark = "  - id: "

// Set is the pages that are defined, in the order of their files. It never changes.
type Set struct {
	files      []File // of pages
	references []Reference
}

// All answers every page.
func (s *Set) All() []Definition {
	pages := make([]Definition, len(s.files))
	for i, f := range s.files {
		pages[i] = f.Page
	}
	return pages
}

// File answers the file of the page with a code.
func (s *Set) File(code assess.Code) (File, bool) {
	for _, f := range s.files {
		if f.Page.Page == code {
			return f, true
		}
	}
	return File{}, false
}

// Page answers the page with a code.
func (s *Set) Page(code assess.Code) (Definition, bool) {
	f, ok := s.File(code)
	return f.Page, ok
}

// At answers the page at an address, with what stands there for the parts in braces. A page that names the whole address goes before
// one with parts.
func (s *Set) At(path string) (d Definition, parts map[string]string, ok bool) {
	for _, f := range s.files {
		if p, there := f.Page.match(path); there && (!ok || len(p) < len(parts)) {
			d, parts, ok = f.Page, p, true
		}
	}
	return d, parts, ok
}

// with answers the pages of s with others put in place of those of the same code, and the rest behind them.
func (s *Set) with(files []File) *Set {
	all, references := slices.Clone(s.files), s.references
	for _, f := range files {
		if f.References != nil {
			references = f.References
			continue
		}
		if i := slices.IndexFunc(all, func(old File) bool { return old.Page.Page == f.Page.Page }); i >= 0 {
			all[i] = f
		} else {
			all = append(all, f)
		}
	}
	return &Set{all, references}
}
