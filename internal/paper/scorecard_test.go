package paper

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestAScorecardHasTwoPages however much there is to say; what has no room is counted.
func TestAScorecardHasTwoPages(t *testing.T) {
	p := press(t)
	for _, c := range []struct {
		name                           string
		headings, peers, reds, letters int
		says                           []string
	}{
		{"usual", 16, 5, 4, 8, []string{"86.42", "组内第2，全市并列第3", "数据版本 v7", "已评分，未发布", "还差 1,203 家", "未报", "87.00", "迟报 3 个工作日", "制表", "审核", "签批", "第 1 页，共 2 页", "第 2 页，共 2 页", "打印时间：2026年4月28日 09:30"}},
		{"nothing", 0, 0, 0, 1, []string{"没有红灯指标。"}},
		{"much", 80, 8, 60, 40, []string{"另有 58 项未列出", "项红灯指标未列出"}},
	} {
		var out bytes.Buffer
		print, err := p.Scorecards(&out, card(t, "zh", c.headings, c.peers, c.reds, c.letters), card(t, "en", c.headings, c.peers, c.reds, c.letters))
		if err != nil || print.Pages != 4 || len(print.Lost) > 0 {
			t.Fatalf("%s: %+v %v, want 4 pages", c.name, print, err)
		}
		if out.Len() > 300<<10 {
			t.Errorf("%s: %d bytes", c.name, out.Len())
		}
		pages := readBack(t, out.Bytes())
		if len(pages) != 4 {
			t.Fatalf("%s: %d pages are read back", c.name, len(pages))
		}
		for _, want := range c.says {
			if !strings.Contains(pages[0]+pages[1], want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, pages[0]+pages[1])
			}
		}
	}
}

// TestTheDayOfPublicationIsThatOfTheCity: an evening of Greenwich is the next day there, on scorecards and in letters.
func TestTheDayOfPublicationIsThatOfTheCity(t *testing.T) {
	c := card(t, "zh", 1, 0, 0, 1)
	c.Page.Bar.Cycle = assess.Cycle{State: assess.CyclePublished, PublishedAt: time.Date(2026, 4, 27, 16, 0, 0, 0, time.UTC)}
	var out bytes.Buffer
	if _, err := press(t).Scorecards(&out, c); err != nil {
		t.Fatal(err)
	}
	marks := strings.Join(notice{words: c.heading.Words}.marks(c.Page.Bar, c.heading), " · ")
	for what, got := range map[string]string{"scorecard": readBack(t, out.Bytes())[0], "notice": marks} {
		if !strings.Contains(bare(got), "已发布2026年4月28日") {
			t.Errorf("%s: not published on 28 April in\n%s", what, got)
		}
	}
}

// TestTheSamePaperHasTheSameBytes: with the same figures and the same time.
func TestTheSamePaperHasTheSameBytes(t *testing.T) {
	var first []byte
	for range 3 {
		var out bytes.Buffer
		if _, err := press(t).Scorecards(&out, card(t, "zh", 16, 5, 4, 8)); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out.Bytes()
		}
		if !bytes.Equal(first, out.Bytes()) {
			t.Fatal("the bytes differ")
		}
	}
}

// TestALostCharacterIsToldWithItsPaper.
func TestALostCharacterIsToldWithItsPaper(t *testing.T) {
	c := card(t, "zh", 1, 0, 0, 1)
	c.Unit.Union.ZH = "\U00020BB7县总工会"
	var out bytes.Buffer
	print, err := press(t).Scorecards(&out, c)
	if err != nil || string(print.Lost) != "\U00020BB7" {
		t.Fatalf("lost %q %v", string(print.Lost), err)
	}
	if pages := readBack(t, out.Bytes()); !strings.Contains(pages[0], "□县总工会") {
		t.Error(pages[0])
	}
}
