package takeout

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/vault"
)

// counter is a register of so many stations with telephones, and the people around it.
type counter struct {
	*register.Counter
	t     *testing.T
	room  Room
	store *store.Store
	now   time.Time
}

var (
	centre  = account.User{ID: "1", Name: "wang.li", DisplayName: "王丽", Role: assess.CityReviewer, Department: "service_centre"}
	second  = account.User{ID: "2", Name: "sun.wei", Role: assess.CityReviewer, Department: "service_centre"}
	other   = account.User{ID: "3", Name: "qian", Role: assess.CityReviewer, Department: "economy"}
	looks   = account.User{ID: "4", Name: "analyst", Role: assess.CityAnalyst}
	heping  = account.User{ID: "5", Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	keeping = account.User{ID: "6", Name: "admin", Role: assess.Admin}
)

const telephone = "139%08d"

func newCounter(t *testing.T, stations int) *counter {
	t.Helper()
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	s := testkit.Store(t)
	book := &register.Book{Store: s, Editions: &plainBoard{edition: testkit.Shipped(t)}, Vault: vault.New(filepath.Join(t.TempDir(), "keys"), nil), Zone: time.UTC}
	c := &counter{&register.Counter{Book: book, Releases: s}, t, Room{}, s, autumn}
	c.room.Words, c.room.Zone = words, time.UTC
	var file strings.Builder
	file.WriteString("站点编号,所属区县（市）,站点名称,建设方式,依托场所,地址,面积（平方米）,开放时间,24小时开放,智能化站点,设施,启用日期,值守电话,本年服务人次,状态,备注\n")
	for n := range stations {
		unit := []string{"210102", "210103"}[n%2]
		fmt.Fprintf(&file, "YZ-%04d,%s,示例驿站%d,工会自建,银行网点,示例路%d号,20,08:00-20:00,是,否,桌椅、饮水,2024-05-01,"+telephone+",10,在用,问13811112222\n", n, unit, n, n, n)
	}
	if done := c.take("stations.csv", []byte(file.String())); done.Added != stations || done.Refused > 0 {
		t.Fatalf("%+v", done)
	}
	return c
}

func (c *counter) take(name string, text []byte) register.Imported {
	c.t.Helper()
	book, _, err := source.ReadBook(name, text)
	if err != nil {
		c.t.Fatal(err)
	}
	done, err := c.Import(c.t.Context(), "service_stations", &book.Sheets[0], false, centre, c.line(centre))
	if err != nil {
		c.t.Fatal(err)
	}
	return done
}

func (c *counter) line(u account.User) assess.AuditLine {
	return assess.AuditLine{At: c.now, Actor: u.Name, Result: "ok"}
}

// file answers the bytes of a file, those of the parts of a workbook.
func (c *counter) file(u account.User, f Format, want assess.RegisterTaking) (string, error) {
	c.t.Helper()
	want.Table = "service_stations"
	made, err := c.room.Register(c.t.Context(), c.Counter, u, RegisterOrder{want, f, i18n.Chinese}, c.line(u))
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := errors.Join(made.Write(c.t.Context(), &out), c.store.Record(c.t.Context(), made.Line(c.line(u)))); err != nil {
		c.t.Fatal(err)
	}
	if f != XLSX {
		return out.String(), nil
	}
	parts, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		c.t.Fatal(err)
	}
	all := ""
	for _, part := range parts.File {
		in, err := part.Open()
		if err != nil {
			c.t.Fatal(err)
		}
		text, _ := io.ReadAll(in)
		all += string(text)
	}
	return all, nil
}

// Row 59: whoever reads a register takes it with its masks, in every format; whoever does not, takes nothing. What was taken is read in again
// without a mask becoming a value.
func TestARegisterIsTakenCovered(t *testing.T) {
	c := newCounter(t, 6)
	for _, f := range RegisterFormats() {
		for _, u := range []account.User{looks, centre, heping} {
			text, err := c.file(u, f, assess.RegisterTaking{})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, fmt.Sprintf(telephone, 2)) || strings.Contains(text, "13811112222") {
				t.Errorf("%s of %s holds a telephone number", f, u.Name)
			}
			if f != Parquet && (!strings.Contains(text, "139****0002") || !strings.Contains(text, "脱敏")) { // Parquet is compressed
				t.Errorf("%s of %s does not show what is masked: %.300s", f, u.Name, text)
			}
			if own := u.Unit != ""; f == CSV && strings.Contains(text, "YZ-0001") == own {
				t.Errorf("%s has another district's records: %v", u.Name, own)
			}
		}
	}
	for _, u := range []account.User{keeping, {Name: "safe", Role: assess.SecurityAdmin}, {Name: "rater", Role: assess.CityAssessor}} {
		_, err := c.file(u, CSV, assess.RegisterTaking{})
		is(t, u.Name, err, assess.ErrForbidden)
	}
	text, _ := c.file(centre, CSV, assess.RegisterTaking{})
	done := c.take("again.csv", []byte(text))
	if done.Same != 6 || done.Changed+done.Added+done.Refused > 0 || !slices.Contains(done.Ignored, "值守电话·脱敏") || !slices.Contains(done.Ignored, "备注·脱敏") {
		t.Errorf("read in again: %+v", done)
	}
	_, err := c.file(looks, "pdf", assess.RegisterTaking{})
	is(t, "a format that there is not", err, assess.ErrInvalid)
}

func is(t *testing.T, what string, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

// Row 59: readable personal columns are for those who handle the records, with a reason, and every row says who took them when.
func TestReadableColumnsLeaveWithNameAndTime(t *testing.T) {
	c := newCounter(t, 4)
	want := assess.RegisterTaking{Readable: true, Reason: "核对值守情况"}
	for _, f := range RegisterFormats() {
		text, err := c.file(centre, f, want)
		if err != nil {
			t.Fatal(err)
		}
		if f != Parquet && (!strings.Contains(text, fmt.Sprintf(telephone, 2)) || strings.Count(text, "王丽 (wang.li) 2026-10-12 01:30") < map[Format]int{XLSX: 1, CSV: 4, JSON: 4}[f]) {
			t.Errorf("%s: %.900s", f, text)
		}
	}
	if text, err := c.file(heping, CSV, want); err != nil || !strings.Contains(text, fmt.Sprintf(telephone, 2)) || strings.Contains(text, fmt.Sprintf(telephone, 1)) {
		t.Errorf("a district's own: %v, %s", err, text)
	}
	for _, u := range []account.User{looks, other, keeping} {
		_, err := c.file(u, CSV, want)
		is(t, u.Name, err, assess.ErrForbidden)
	}
	_, err := c.file(centre, CSV, assess.RegisterTaking{Readable: true, Reason: " "})
	is(t, "without a reason", err, assess.ErrInvalid)
	lines, err := c.store.AuditLines(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(lines, func(l assess.AuditLine) bool { return l.Action == "export" }); i < 0 ||
		lines[i].Object != "register service_stations" || lines[i].After != "format xlsx; 4 records; personal columns readable; 核对值守情况" {
		t.Errorf("the log: %+v", lines)
	}
}

// Row 59: more than a hundred records leave readable only when somebody else who handles them has allowed it, once, for three days.
func TestManyReadableRecordsTakeASecondPerson(t *testing.T) {
	c := newCounter(t, register.MostReadable+1)
	want := assess.RegisterTaking{Readable: true, Reason: "移交新系统"}
	_, err := c.file(centre, CSV, want)
	is(t, "alone", err, assess.ErrForbidden)
	ask := func(u account.User) (assess.Release, error) {
		want := want
		want.Table = "service_stations"
		return c.Ask(t.Context(), want, u, c.line(u))
	}
	decide := func(r assess.Release, allow bool, u account.User) error {
		return c.Decide(t.Context(), r.ID, allow, u, c.line(u))
	}
	take := func(r assess.Release, u account.User) error {
		by := want
		by.Release = r.ID
		_, err := c.file(u, CSV, by)
		return err
	}
	_, err = ask(looks)
	is(t, "an analyst asks", err, assess.ErrForbidden)
	r, err := ask(centre)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "before anybody decided", take(r, centre), assess.ErrForbidden)
	is(t, "the same person", decide(r, true, centre), assess.ErrForbidden)
	for _, u := range []account.User{other, looks, heping, keeping} {
		is(t, u.Name+" decides", decide(r, true, u), assess.ErrNotFound)
	}
	if err := decide(r, true, second); err != nil {
		t.Fatal(err)
	}
	is(t, "another takes it", take(r, second), assess.ErrForbidden)
	if err := take(r, centre); err != nil {
		t.Errorf("what was allowed: %v", err)
	}
	is(t, "twice", take(r, centre), assess.ErrForbidden)
	is(t, "decided twice", decide(r, false, second), assess.ErrConflict)

	r, _ = ask(centre)
	if err := decide(r, false, second); err != nil {
		t.Fatal(err)
	}
	is(t, "what was refused", take(r, centre), assess.ErrForbidden)
	r, _ = ask(centre)
	if err := decide(r, true, second); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.AddDate(0, 0, 4)
	is(t, "four days later", take(r, centre), assess.ErrForbidden)
	if all, err := c.Asked(t.Context(), "service_stations", second, c.now); err != nil || len(all) != 3 || all[0].AskedBy != "wang.li" {
		t.Errorf("asked: %+v, %v", all, err)
	}
	if all, err := c.Asked(t.Context(), "service_stations", heping, c.now); err != nil || len(all) != 0 {
		t.Errorf("a district sees what the city asked for: %+v, %v", all, err)
	}
}

// Row 61: a person is found in every register and version that the reader handles, by number or name, and what stands of them is given out as
// one file; the log says why and how many, never who was looked for.
func TestAPersonIsFoundAndGivenTheirData(t *testing.T) {
	c := newCounter(t, 4)
	number := fmt.Sprintf(telephone, 2)
	find := func(text string, u account.User) ([]register.Found, error) {
		return c.Find(t.Context(), text, "本人申请查询", u, c.line(u))
	}
	found, err := find(" 139-0000 0002", centre)
	if err != nil || len(found) != 1 || found[0].Record.Key != "YZ-0002" || !slices.Equal(found[0].Columns, []string{"manager_phone"}) || found[0].Record.Values["manager_phone"] != "139****0002" {
		t.Fatalf("%+v, %v", found, err)
	}
	r := found[0].Record
	if _, err := c.Save(t.Context(), register.Change{Table: "service_stations", ID: r.ID, Version: 1, Written: map[string]string{"manager_phone": "13700000000", "remark_zh": "张三值守"}}, centre, c.line(centre)); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{number: "manager_phone", "13700000000": "manager_phone", "张三": "remark_zh"} {
		found, err := find(text, heping)
		if err != nil || len(found) != 1 || !slices.Equal(found[0].Columns, []string{want}) {
			t.Errorf("%s: %+v, %v", text, found, err)
		}
	}
	if found, err := find(fmt.Sprintf(telephone, 1), heping); err != nil || len(found) != 0 {
		t.Errorf("another district's: %+v, %v", found, err)
	}
	if found, err := find("1390000", centre); err != nil || len(found) != 0 {
		t.Errorf("a part of a number finds %+v, %v", found, err)
	}
	for _, u := range []account.User{looks, keeping} {
		_, err := find(number, u)
		is(t, u.Name, err, assess.ErrForbidden)
	}
	_, err = find("1", centre)
	is(t, "one sign", err, assess.ErrInvalid)
	_, err = c.Find(t.Context(), number, "", centre, c.line(centre))
	is(t, "without a reason", err, assess.ErrInvalid)

	file, err := c.room.Person(t.Context(), c.Counter, centre, number, "本人申请查询", CSV, i18n.Chinese, c.line(centre))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := errors.Join(file.Write(t.Context(), &out), c.store.Record(t.Context(), file.Line(c.line(centre)))); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "13700000000") || !strings.Contains(text, "王丽 (wang.li) 2026-10-12") || strings.Contains(text, fmt.Sprintf(telephone, 1)) || !strings.HasPrefix(file.Name, "个人信息查询结果_") {
		t.Errorf("%s: %s", file.Name, text)
	}
	_, err = c.room.Person(t.Context(), c.Counter, centre, "13999999999", "本人申请查询", CSV, i18n.Chinese, c.line(centre))
	is(t, "nobody", err, assess.ErrNotFound)
	lines, err := c.store.AuditLines(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, l := range lines {
		if strings.Contains(l.Object+l.Before+l.After, "1390000") || strings.Contains(l.Object+l.Before+l.After, "张三") {
			t.Errorf("the log tells who was looked for: %+v", l)
		}
		if l.Action == "person.find" && l.After == "1 records; 本人申请查询" || l.Action == "export" && l.After == "format csv; 1 records; what stands of one person; personal columns readable; 本人申请查询" {
			told++
		}
	}
	if told < 4 {
		t.Errorf("%d lines of the log: %+v", told, lines)
	}
}
