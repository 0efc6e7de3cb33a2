package catalog

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// Load reads a folder of definitions: units.yaml, departments.yaml, roles.yaml, items.yaml, rules.yaml, assessment.yaml, and one
// file each in frameworks/, registers/ and calendar/. The edition has its Digest; year, number and the rest are set by whoever
// issues it. The error is an assess.Problems with everything that is wrong, in the order of files and lines, or the error of
// the folder.
func Load(fsys fs.FS) (*assess.Edition, error) { return load(fsys, false) }

// LoadIssued reads definitions that were issued before, in a database or a seal: what has been asked of definitions only since then is not
// asked of them, so that what was published can be computed for ever.
func LoadIssued(fsys fs.FS) (*assess.Edition, error) { return load(fsys, true) }

func load(fsys fs.FS, issued bool) (*assess.Edition, error) {
	files, err := Files(fsys)
	if err != nil {
		return nil, err
	}
	l := loading{files: files, issued: issued, sound: map[string]bool{}}
	l.strays(fsys)
	l.read()
	l.crossCheck()
	if err := l.found.err(); err != nil {
		return nil, err
	}
	l.edition.Digest = Digest(files)
	return &l.edition, nil
}

// loading is a folder on its way to an edition. The parts keep their places until everything is checked against everything.
type loading struct {
	files   map[string][]byte
	issued  bool // some time ago, and frozen
	edition assess.Edition
	found   faults
	// sound are the files whose structure is right; what depends on the others is not asked.
	sound map[string]bool

	units      spot
	items      itemList
	frameworks []*framework
	registers  []register
	assessment spot
}

// strays notes definition files under names that are not read, and top files that are missing.
func (l *loading) strays(fsys fs.FS) {
	for _, dir := range append(subfolders(), ".") {
		entries, _ := fs.ReadDir(fsys, dir) // Files has read it
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			isYAML := path.Ext(name) == ".yaml" || path.Ext(name) == ".yml"
			if !e.IsDir() && isYAML && !defines(name) {
				l.found.add(spot{file: name}, "stray", "no definition is read from a file of this name; rename it to one of {names}, or NAME.yaml in {folders}", "names", strings.Join(slices.Sorted(maps.Keys(topFiles())), ", "), "folders", strings.Join(subfolders(), ", "))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(topFiles())) {
		if _, there := l.files[name]; !there {
			l.found.add(spot{file: name}, "missing", "the file {file} is missing; put it there (the product's own seeds show one)", "file", name)
		}
	}
	if len(l.in("frameworks")) == 0 {
		l.found.add(spot{file: "frameworks"}, "no_framework", "there is no framework; put at least one file NAME.yaml into frameworks")
	}
}

// in answers the names of the files in a subfolder, sorted.
func (l *loading) in(dir string) []string {
	var names []string
	for name := range l.files {
		if path.Dir(name) == dir {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (l *loading) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !l.sound[name] })
}

// read reads every file for itself.
func (l *loading) read() {
	e, found := &l.edition, &l.found
	if data, there := l.files["units.yaml"]; there {
		e.Roster, l.units, l.sound["units"] = readUnits("units.yaml", data, found)
	}
	if data, there := l.files["departments.yaml"]; there {
		h, ok := readDepartments("departments.yaml", data, found)
		e.Departments, e.Evidence, e.Reasons, l.sound["departments"] = h.departments, h.evidence, h.reasons, ok
	}
	if data, there := l.files["roles.yaml"]; there {
		e.Roles = readRoles("roles.yaml", data, found)
	}
	if data, there := l.files["items.yaml"]; there {
		l.items, l.sound["items"] = readItems("items.yaml", data, found)
		e.Items = l.items.items
	}
	if data, there := l.files["assessment.yaml"]; there {
		e.Assessment, l.assessment, l.sound["assessment"] = readAssessment("assessment.yaml", data, found)
	}
	l.readFrameworks()
	l.readRegisters()
	l.readCalendar()
	if data, there := l.files["rules.yaml"]; there {
		before := len(found.list)
		e.Rules = readRules("rules.yaml", data, l.items, e.Registers, l.has("items", "registers"), found)
		l.sound["rules"] = e.Rules != nil || len(found.list) == before
	}
}

func (l *loading) readFrameworks() {
	l.sound["frameworks"] = true
	seen := map[assess.Code]spot{}
	for _, name := range l.in("frameworks") {
		f := readFramework(name, l.files[name], &l.found)
		if f == nil {
			l.sound["frameworks"] = false
			continue
		}
		l.fileOnce(seen, f.framework.Code, f.at.key("code"))
		l.frameworks = append(l.frameworks, f)
	}
	// In the order of the composite, the rest by name: the order in which frameworks are shown.
	place := map[assess.Code]int{}
	for i, s := range l.edition.Assessment.Composite {
		place[s.Framework] = i - len(l.edition.Assessment.Composite)
	}
	slices.SortStableFunc(l.frameworks, func(a, b *framework) int {
		return cmp.Compare(place[a.framework.Code], place[b.framework.Code])
	})
	for _, f := range l.frameworks {
		l.edition.Frameworks = append(l.edition.Frameworks, *f.framework)
	}
}

func (l *loading) readRegisters() {
	l.sound["registers"] = true
	seen := map[assess.Code]spot{}
	for _, name := range l.in("registers") {
		r, ok := readRegister(name, l.files[name], &l.found)
		if !ok {
			l.sound["registers"] = false
			continue
		}
		l.fileOnce(seen, r.Code, r.at.key("code"))
		l.registers = append(l.registers, r)
		l.edition.Registers = append(l.edition.Registers, r.Register)
	}
}

func (l *loading) readCalendar() {
	seen := map[assess.Code]spot{}
	for _, name := range l.in("calendar") {
		y, at, ok := readCalendarYear(name, l.files[name], &l.found)
		if !ok {
			continue
		}
		l.fileOnce(seen, assess.Code(fmt.Sprint(y.Year)), at.key("year"))
		l.edition.Calendar.Years = append(l.edition.Calendar.Years, y)
	}
	slices.SortStableFunc(l.edition.Calendar.Years, func(a, b assess.CalendarYear) int { return cmp.Compare(a.Year, b.Year) })
}

// fileOnce notes a code that another file has.
func (l *loading) fileOnce(seen map[assess.Code]spot, code assess.Code, at spot) {
	if earlier, twice := seen[code]; twice {
		l.found.add(at, "code_twice_in_files", "the code {code} is taken by {file}; give each file its own", "code", string(code), "file", earlier.file)
		return
	}
	seen[code] = at
}
