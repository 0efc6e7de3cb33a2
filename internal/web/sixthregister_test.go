package web_test

import (
	"context"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/seeds"
)

// sixth is a register that no code knows: columns of every type, a rule, a condition, a pattern, personal columns, a child table.
const sixth = `
code: reading_rooms
name: {zh: 职工书屋台账, en: Reading rooms register}
key: [room_no]
department: publicity
retention: {years: 5}
basis: practice
fields:
  - {name: room_no, label: {zh: 书屋编号, en: Room no.}, type: string, required: true, pattern: '^SW-[0-9]{4}$', example: SW-0001}
  - {name: unit_code, label: {zh: 所属区县（市）, en: District}, type: ref, required: true, ref: units.code}
  - {name: title, label: {zh: 书屋名称, en: Name}, type: string, required: true, max_length: 40}
  - {name: books, label: {zh: 藏书（册）, en: Books}, type: int, required: true, min: 100, note: {zh: 含电子书, en: With e-books}}
  - {name: lent, label: {zh: 在借（册）, en: Lent}, type: int, rule: lent <= books}
  - {name: budget, label: {zh: 经费（元）, en: Budget (CNY)}, type: money_cny, min: 0}
  - name: grade
    label: {zh: 书屋等级, en: Grade}
    type: enum
    required: true
    index: true
    values:
      - {code: model, name: {zh: 示范书屋, en: Model}}
      - {code: plain, name: {zh: 普通书屋, en: Plain}}
  - {name: model_since, label: {zh: 命名日期, en: Model since}, type: date, required: grade == "model"}
  - name: topics
    label: {zh: 图书类别, en: Topics}
    type: enum_set
    values:
      - {code: skills, name: {zh: 技能类, en: Skills}}
      - {code: law, name: {zh: 法律类, en: Law}}
  - {name: open_daily, label: {zh: 每日开放, en: Open daily}, type: bool, required: true}
  - {name: keeper, label: {zh: 管理员姓名, en: Keeper}, type: string, personal: true, mask: first_character, purpose: {zh: 联系书屋管理员, en: To reach the keeper}}
  - {name: phone, label: {zh: 管理员电话, en: Phone}, type: phone, personal: true, mask: first_three_last_four, purpose: {zh: 联系书屋管理员, en: To reach the keeper}}
children:
  - code: reading_events
    name: {zh: 读书活动, en: Reading events}
    key: [event_no]
    parent: room_no
    fields:
      - {name: event_no, label: {zh: 活动编号, en: Event no.}, type: string, required: true}
      - {name: room_no, label: {zh: 书屋, en: Room}, type: ref, required: true, ref: reading_rooms.room_no}
      - {name: held_on, label: {zh: 活动日期, en: Held on}, type: date, required: true}
rules:
  - {id: R-RR-1, level: warn, expr: books >= 1000 or grade != "model", name: {zh: 示范书屋藏书不足一千册, en: A model room with less than a thousand books}}
`

// oneMore has the shipped definitions with one file more.
type oneMore struct{ edition *assess.Edition }

func (e oneMore) Edition(context.Context, int) (*assess.Edition, error) { return e.edition, nil }

// withRegister answers the shipped definitions with the file of one more register.
func withRegister(t *testing.T, name, text string) oneMore {
	t.Helper()
	files := fstest.MapFS{name: {Data: []byte(text)}}
	err := fs.WalkDir(seeds.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(seeds.Files(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	edition, err := catalog.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return oneMore{edition}
}

// A sixth register is a file: it has its list with filters and order, its form with help and examples, its rules, masks, history, child table and
// import, in both languages.
func TestASixthRegisterIsAFile(t *testing.T) {
	k := newKeepers(t)
	k.book.Editions = withRegister(t, "registers/reading_rooms.yaml", sixth)
	heping := k.as("heping")
	if page := heping.get("/registers").body; len(shows(page, "职工书屋台账", "/registers/reading_rooms", "宣传教育部", "共 6 类台账")) < 3 {
		t.Error("it is not among the registers")
	}
	const list = "/registers/reading_rooms"
	form := heping.get(list + "/new").body
	want := []string{"书屋编号", "例：SW-0001", "含电子书", "不小于 100", "用途：联系书屋管理员", "示范书屋", "c.topics.law", `name="v.open_daily"`}
	if got := shows(form, want...); !slices.Equal(got, want) {
		t.Errorf("the form has %q", got)
	}
	wrong := heping.send(list+"/new", columnsOf("room_no", "SW-1", "title", strings.Repeat("长", 41), "books", "99", "grade", "model", "keeper", "甲", "open_daily", "true")...)
	want = []string{`href="#room_no"`, `href="#title"`, `href="#books"`, `href="#model_since"`}
	if got := shows(wrong.body, append(want, `href="#grade"`)...); wrong.StatusCode != http.StatusUnprocessableEntity || !slices.Equal(got, want) {
		t.Errorf("wrong: %d, %q", wrong.StatusCode, got)
	}
	good := append(columnsOf("room_no", "SW-0001", "title", "示例书屋", "books", "900", "lent", "20", "budget", "1.5万", "grade", "model", "model_since", "2024/5/1", "keeper", "慕容示例",
		"phone", "13800138000", "open_daily", "true"), "c.topics.law", "1", "c.topics.skills", "1")
	path := heping.send(list+"/new", good...).Header.Get("Location")
	page := heping.get(path).body
	want = []string{"15,000.00", "示范书屋", "2024年5月1日", "技能类、法律类", "慕*", "138****8000", "示范书屋藏书不足一千册", "读书活动"}
	if got := shows(page, append(want, "慕容示例", "13800138000")...); !slices.Equal(got, want) {
		t.Errorf("the record shows %q", got)
	}
	if a := heping.send(list+"/new", good...); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#room_no"`) {
		t.Errorf("its number twice: %d", a.StatusCode)
	}
	id := path[strings.LastIndex(path, "/")+1:]
	if page := heping.get("/registers/reading_events/new?above=" + id).body; !strings.Contains(page, `value="SW-0001"`) {
		t.Error("the record above is not filled in")
	}
	if a := heping.send("/registers/reading_events/new", columnsOf("event_no", "HD-1", "room_no", "SW-0001", "held_on", "2026-03-01")...); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a child record: %d %s", a.StatusCode, textOf(a.body))
	}
	if got := shows(heping.get(path).body, "HD-1", "2026年3月1日"); len(got) != 2 {
		t.Errorf("the child records: %q", got)
	}
	if got := shows(heping.get(list+"?w.grade=model&sort=books&search=示例").body, "SW-0001", `aria-sort="ascending"`); len(got) != 2 {
		t.Errorf("the list: %q", got)
	}
	if page := heping.get(list + "?w.grade=plain").body; strings.Contains(page, "SW-0001") {
		t.Error("the list is not narrowed")
	}
	file := "Room no.,Name,Books,Grade,Open daily,Topics,Phone\nSW-0002,Example,1000,Plain,no,\"Law,Skills\",024-12345678\nSW-0003,Example,1000,none,yes,,\n"
	waiting := heping.uploadBook(list+"/import", "rooms.csv", []byte(file)).Header.Get("Location")
	if page := heping.get(withLang(waiting, "en")).body; len(shows(page, "1 added, 0 changed, 0 the same, 1 refused", "D3 Grade", "Model, Plain")) != 3 {
		t.Errorf("the import: %s", textOf(page))
	}
	if a := heping.send(waiting, "seen", "1.0.0.1"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("taken: %d", a.StatusCode)
	}
	english := heping.get(withLang(list, "en")).body
	if got := shows(english, "Reading rooms register", "SW-0002", "Plain", "Grade"); len(got) != 4 || strings.ContainsAny(strings.Join(shows(english, "书屋等级", "普通书屋"), ""), "书") {
		t.Errorf("in English: %q", got)
	}
	heping.get(withLang("/", "zh"))
	if a := heping.send(path+"/uncover", "column", "phone", "reason", "核实"); !strings.Contains(a.body, "13800138000") {
		t.Errorf("uncovered: %d", a.StatusCode)
	}
	if a := heping.send(path+"/close", "version", "1", "reason", "撤销"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("closed: %d", a.StatusCode)
	}
	if a := k.as("shenhe").get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("another district reads it: %d", a.StatusCode)
	}
}
