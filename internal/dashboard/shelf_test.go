package dashboard

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

const ownPage = `page: skills
path: /p/skills
title: {zh: 技能}
parameters: [period, group]
fixed: {framework: six_systems}
sentence: framework
rows:
- panels:
  - id: map
    type: tilemap
    title: {zh: 方格图}
    query: {measure: score, of: overall, units: all}
`

// folder is a folder of files with a clock: every write is a second after the last.
type folder struct {
	fstest.MapFS
	now time.Time
}

func newFolder() *folder {
	return &folder{fstest.MapFS{}, time.Date(2026, 4, 20, 8, 0, 0, 0, time.UTC)}
}

func (f *folder) write(name, content string) {
	f.pass()
	f.MapFS[name] = &fstest.MapFile{Data: []byte(content), ModTime: f.now}
}

func (f *folder) remove(name string) {
	f.pass()
	delete(f.MapFS, name)
}

func (f *folder) pass() { f.now = f.now.Add(2 * time.Second) }

func shelfOver(t *testing.T, f *folder) (*Shelf, *[]File) {
	t.Helper()
	var told []File
	home := strings.NewReplacer("page: demo", "page: home", "path: /demo", "path: /").Replace(goodPage)
	s, err := NewShelf(fstest.MapFS{"home.yaml": {Data: []byte(home)}}, f.MapFS, func(one File) { told = append(told, one) })
	if err != nil {
		t.Fatal(err)
	}
	return s, &told
}

// TestAFileAppearsWithoutARestart: a file that is put into the folder is a page; changed it is another; gone it is none.
func TestAFileAppearsWithoutARestart(t *testing.T) {
	f := newFolder()
	s, told := shelfOver(t, f)
	titleOf := func(path string) string {
		t.Helper()
		d, _, ok := s.Pages(f.now).At(path)
		if !ok {
			return "none"
		}
		return d.Title.ZH
	}
	if got := titleOf("/p/skills"); got != "none" {
		t.Errorf("an empty folder has %s", got)
	}
	f.write("skills.yaml", ownPage)
	if got := titleOf("/p/skills"); got != "技能" {
		t.Errorf("the file makes %s", got)
	}
	f.write("skills.yaml", strings.Replace(ownPage, "技能", "技能人才", 1))
	if got := titleOf("/p/skills"); got != "技能人才" {
		t.Errorf("the changed file makes %s", got)
	}
	f.remove("skills.yaml")
	if got := titleOf("/p/skills"); got != "none" {
		t.Errorf("the file that is gone makes %s", got)
	}
	if len(*told) != 2 {
		t.Errorf("told of %d files, want the two that were read", len(*told))
	}
}

// TestAWrongFileLeavesTheOldPage: it is named with line and remedy; its page stands as it was, and so do the others.
func TestAWrongFileLeavesTheOldPage(t *testing.T) {
	f := newFolder()
	s, _ := shelfOver(t, f)
	f.write("skills.yaml", ownPage)
	f.write("other.yaml", strings.NewReplacer("page: skills", "page: other", "/p/skills", "/p/other").Replace(ownPage))
	s.Pages(f.now)
	f.write("skills.yaml", strings.Replace(ownPage, "tilemap", "treemap", 1))
	set := s.Pages(f.now)
	if d, ok := set.Page("skills"); !ok || d.Rows[0].Panels[0].Type != "tilemap" {
		t.Errorf("the old page does not stand: %v", d)
	}
	if _, ok := set.Page("other"); !ok {
		t.Error("another page fell with it")
	}
	for _, file := range s.Files(f.now) {
		if file.Name != "skills.yaml" {
			continue
		}
		if len(file.Faults) != 1 || file.Faults[0].Place != (assess.Place{File: "skills.yaml", Line: 10, Column: 11}) || !strings.Contains(file.Faults[0].Error(), "write one of") {
			t.Errorf("faults: %v", file.Faults)
		}
	}
	f.write("skills.yaml", ownPage)
	if files := s.Files(f.now); len(files[1].Faults) != 0 {
		t.Errorf("mended, it is still wrong: %v", files[1].Faults)
	}
}

// TestAWrongFileAtTheStartHasNoPage: the shipped ones stand.
func TestAWrongFileAtTheStartHasNoPage(t *testing.T) {
	f := newFolder()
	f.write("home.yaml", "page: home\n")
	s, _ := shelfOver(t, f)
	if d, ok := s.Pages(f.now).Page("home"); !ok || d.Title.ZH != "示例" {
		t.Errorf("home is %v", d)
	}
	if files := s.Files(f.now); len(files) != 1 || files[0].InForce() || len(files[0].Faults) == 0 {
		t.Errorf("files: %v", files)
	}
}

// TestAFileReplacesAShippedPage: of the same code at the same address; without it the shipped one stands again.
func TestAFileReplacesAShippedPage(t *testing.T) {
	f := newFolder()
	s, _ := shelfOver(t, f)
	mine := strings.NewReplacer("page: demo", "page: home", "path: /demo", "path: /", "示例", "我的总览").Replace(goodPage)
	f.write("mine.yaml", mine)
	if d, _ := s.Pages(f.now).Page("home"); d.Title.ZH != "我的总览" {
		t.Errorf("home is %s", d.Title.ZH)
	}
	if got := len(s.Pages(f.now).All()); got != 1 {
		t.Errorf("%d pages, want the one", got)
	}
	f.remove("mine.yaml")
	if d, _ := s.Pages(f.now).Page("home"); d.Title.ZH != "示例" {
		t.Errorf("home is %s", d.Title.ZH)
	}
}

// TestFaultsOfOwnPages: what only a folder can do wrong.
func TestFaultsOfOwnPages(t *testing.T) {
	for _, tc := range []struct{ name, from, to, want string }{
		{"an address elsewhere", "/p/skills", "/skills", `x.yaml:2:7: pages of your own stand under /p/; write /p/skills`},
		{"a shipped page elsewhere", "page: skills", "page: home", `x.yaml:2:7: the page home stands at /; write this address`},
		{"a part that is none", "/p/skills", "/p/{period}", `x.yaml:2:7: "{period}" is no part of an address`},
		{"a part without its parameter", "/p/skills", "/p/{unit}", `x.yaml:2:7: this needs the page's unit; add unit to its parameters`},
		{"fixed and free", "[period, group]", "[period, framework]", `x.yaml:5:20: framework stands under fixed and under parameters`},
		{"taken", "page: skills\npath: /p/skills", "page: again\npath: /p/again", `x.yaml:1:7: "again" is used twice`},
		{"chosen units that nobody chose", "units: all", "units: chosen", `is not known here; write one of all`},
		{"a scatter against nothing", "type: tilemap", "type: scatter", `options is missing`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if !strings.Contains(ownPage, tc.from) {
				t.Fatalf("the page has no %q", tc.from)
			}
			f := newFolder()
			f.write("a.yaml", strings.NewReplacer("page: skills", "page: again", "/p/skills", "/p/again").Replace(ownPage))
			f.write("x.yaml", strings.Replace(ownPage, tc.from, tc.to, 1))
			s, _ := shelfOver(t, f)
			files := s.Files(f.now)
			if got := files[1].Faults; len(got) == 0 || !strings.Contains(got[0].Error(), tc.want) {
				t.Errorf("got %v\nwant %s", got, tc.want)
			}
			if len(files[0].Faults) > 0 {
				t.Errorf("the other file is wrong, too: %v", files[0].Faults)
			}
		})
	}
}

// TestTryKeepsNothing: a file that is tried is held to the same rules, may be the next version of one that is there, and is not kept.
func TestTryKeepsNothing(t *testing.T) {
	f := newFolder()
	s, _ := shelfOver(t, f)
	f.write("skills.yaml", ownPage)
	s.Pages(f.now)
	next := strings.Replace(ownPage, "技能", "下一版", 1)
	if got := s.Try("page.yaml", []byte(next), f.now); len(got.Faults) > 0 || got.Page.Title.ZH != "下一版" {
		t.Errorf("tried: %v %v", got.Page, got.Faults)
	}
	if d, _ := s.Pages(f.now).Page("skills"); d.Title.ZH != "技能" {
		t.Errorf("kept: %s", d.Title.ZH)
	}
	if got := s.Try("page.yaml", []byte(strings.Replace(ownPage, "/p/skills", "/", 1)), f.now); len(got.Faults) == 0 {
		t.Error("the address of the overview is free")
	}
	if got := s.Try("page.yaml", make([]byte, mostBytes+1), f.now); len(got.Faults) != 1 || got.Faults[0].Key != "problem.dashboard_large" {
		t.Errorf("too large: %v", got.Faults)
	}
}

// TestAddressesWithParts: the parts come out, and a page that names the whole address goes first.
func TestAddressesWithParts(t *testing.T) {
	f := newFolder()
	whole := strings.NewReplacer("page: skills", "page: one", "/p/skills", "/p/skills/all").Replace(ownPage)
	parts := strings.NewReplacer("page: skills", "page: a_unit", "/p/skills", "/p/skills/{unit}", "[period, group]", "[period, unit]").Replace(ownPage)
	f.write("a.yaml", parts)
	f.write("b.yaml", whole)
	s, _ := shelfOver(t, f)
	set := s.Pages(f.now)
	d, got, ok := set.At("/p/skills/210102")
	if diff := cmp.Diff(map[string]string{"unit": "210102"}, got); !ok || d.Page != "a_unit" || diff != "" {
		t.Errorf("%v %s %s", ok, d.Page, diff)
	}
	if d, _, _ := set.At("/p/skills/all"); d.Page != "one" {
		t.Errorf("the whole address answers %s", d.Page)
	}
	for _, path := range []string{"/p/skills/", "/p/skills", "/p/skills/1/2", "/p", ""} {
		if _, _, ok := set.At(path); ok {
			t.Errorf("%q is a page", path)
		}
	}
}

// TestEveryTypeHasAnExample: the page of types shows each, and knows its lines.
func TestEveryTypeHasAnExample(t *testing.T) {
	set := shipped(t)
	f, ok := set.File("types")
	if !ok {
		t.Fatal("there is no page of types")
	}
	shown := map[string]string{}
	for _, row := range f.Page.Rows {
		for _, p := range row.Panels {
			shown[p.Type] = f.Panel(p.ID)
		}
	}
	for _, k := range kinds() {
		if lines := shown[k.name]; !strings.HasPrefix(lines, "- id: ") || !strings.Contains(lines, "type: "+k.name+"\n") || !strings.Contains(lines, "query:") {
			t.Errorf("%s: %q", k.name, lines)
		}
	}
}

// TestOneAddressUnderTwoNames: /p/{unit} and /p/{framework} would be the same addresses, so that one page hid the other.
func TestOneAddressUnderTwoNames(t *testing.T) {
	f := newFolder()
	s, _ := shelfOver(t, f)
	of := func(page, parameter string) string {
		return strings.NewReplacer("page: skills", "page: "+page, "/p/skills", "/p/{"+parameter+"}", "[period, group]", "[period, "+parameter+"]",
			"fixed: {framework: six_systems}\n", "", "sentence: framework", "sentence: home").Replace(ownPage)
	}
	f.write("a.yaml", of("a", "unit"))
	f.write("b.yaml", of("b", "code"))
	files := s.Files(f.now)
	if len(files[0].Faults) != 0 || len(files[1].Faults) != 1 || !strings.Contains(files[1].Faults[0].Error(), `"/p/{code}" is used twice`) {
		t.Errorf("faults: %v and %v", files[0].Faults, files[1].Faults)
	}
}

// TestMoreFilesThanAreRead: the first that is not read says so.
func TestMoreFilesThanAreRead(t *testing.T) {
	f := newFolder()
	s, _ := shelfOver(t, f)
	for i := range mostFiles + 50 {
		page := fmt.Sprintf("p%04d", i)
		f.write(page+".yaml", strings.NewReplacer("page: skills", "page: "+page, "/p/skills", "/p/"+page).Replace(ownPage))
	}
	files := s.Files(f.now)
	last := files[len(files)-1]
	if len(files) != mostFiles+1 || last.Name != "p0200.yaml" || len(last.Faults) != 1 || !strings.Contains(last.Faults[0].Error(), "more than 200 files") {
		t.Errorf("%d files, the last %s: %v", len(files), last.Name, last.Faults)
	}
}

// locked is a folder whose list, and files that nobody may read, are refused.
type locked struct {
	fstest.MapFS
	shut bool
}

func (l *locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if l.shut {
		return nil, fs.ErrPermission
	}
	return l.MapFS.ReadDir(name)
}

func (l *locked) ReadFile(name string) ([]byte, error) {
	if f := l.MapFS[name]; f != nil && f.Mode.Perm() == 0 {
		return nil, fs.ErrPermission
	}
	return l.MapFS.ReadFile(name)
}

// TestPermissionsLookedAfter: a file that may be read from now on is read, though nothing of it has changed; a folder that may not be
// read keeps its pages.
func TestPermissionsLookedAfter(t *testing.T) {
	f := newFolder()
	f.write("skills.yaml", ownPage)
	f.MapFS["skills.yaml"].Mode = 0
	own := &locked{MapFS: f.MapFS}
	home := strings.NewReplacer("page: demo", "page: home", "path: /demo", "path: /").Replace(goodPage)
	s, err := NewShelf(fstest.MapFS{"home.yaml": {Data: []byte(home)}}, own, nil)
	if err != nil {
		t.Fatal(err)
	}
	if files := s.Files(f.now); len(files) != 1 || len(files[0].Faults) != 1 {
		t.Fatalf("a file that may not be read: %v", files)
	}
	f.MapFS["skills.yaml"].Mode = 0o644
	f.pass()
	if _, ok := s.Pages(f.now).Page("skills"); !ok {
		t.Error("the file that may be read now makes no page")
	}
	own.shut = true
	f.pass()
	if _, ok := s.Pages(f.now).Page("skills"); !ok {
		t.Error("the page went with the right to read the folder")
	}
}
