package paper

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// printed is when the papers of these tests are printed.
func printed() time.Time {
	return time.Date(2026, 4, 28, 9, 30, 0, 0, time.FixedZone("UTC+8", 8*60*60))
}

func heading(t testing.TB, lang string) Heading {
	t.Helper()
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	city := assess.Unit{Code: "210100", Name: assess.Text{ZH: "沈阳市", EN: "Shenyang"}, Union: assess.Text{ZH: "沈阳市总工会", EN: "Shenyang Federation of Trade Unions"}}
	return Heading{City: city, Printed: printed(), Words: words.In(lang)}
}

func figure(score float64, light assess.Light) dashboard.Figure {
	return dashboard.Figure{
		State: assess.Scored, Light: light, Score: score, Text: i18n.Score(score), Change: "+1.20", Arrow: "up",
		Rank: 3, RankText: "并列第3", RankChange: "升1位", GroupRank: 2, GroupText: "第2",
	}
}

func text(words string) *dashboard.Sentence { return &dashboard.Sentence{{Text: words}} }

// card is a scorecard with so many headings, peers and red indicators, of names of so many characters.
func card(t testing.TB, lang string, headings, peers, reds, letters int) *Scorecard {
	name := strings.Repeat("职工合法权益维护", letters/8+1)[:3*letters]
	unit := assess.Unit{Code: "210102", Name: assess.Text{ZH: "和平区", EN: "Heping District"}, Union: assess.Text{ZH: name + "总工会", EN: "Federation of " + name}}
	bars := &dashboard.Bars{Own: "和平区", Group: "组内中位", City: "市均", Max: 100}
	for i := range headings {
		middle, mean := float64(40+i%60), float64(50)
		row := dashboard.BarRow{Name: dashboard.Name{Full: fmt.Sprint(name, i), Short: fmt.Sprint("短", i)}, Own: figure(float64(30+i%70), assess.Yellow), GroupMedian: &middle, CityAvg: &mean}
		if i%6 == 0 {
			row.Section = name
		}
		bars.Rows = append(bars.Rows, row)
	}
	trend := &dashboard.Trend{Breaks: []int{3}}
	own := dashboard.TrendSeries{Name: "和平", Kind: "own"}
	for i := range 8 {
		score := 80 + float64(i)
		spot := dashboard.Spot{Value: &score, Text: i18n.Score(score)}
		if i == 5 {
			spot = dashboard.Spot{Text: "未报"}
		}
		own.Spots, trend.Labels = append(own.Spots, spot), append(trend.Labels, fmt.Sprintf("2%dQ%d", 4+i/4, i%4+1))
	}
	trend.Series = []dashboard.TrendSeries{own}
	peersTable := &dashboard.Table{Heads: []dashboard.TableHead{{Text: "区县"}, {Text: "综合", Numeric: true}}}
	for i := range peers {
		f := figure(80, assess.Green)
		peersTable.Rows = append(peersTable.Rows, []dashboard.Cell{{Text: fmt.Sprint(name, i)}, {Text: f.Text, Figure: &f}})
	}
	red := &dashboard.Table{Heads: []dashboard.TableHead{{Text: "指标"}, {Text: "得分", Numeric: true}, {Text: "还差", Numeric: true}, {Text: "为什么"}}, Empty: "没有红灯指标。"}
	for i := range reds {
		f := figure(50, assess.Red)
		red.Rows = append(red.Rows, []dashboard.Cell{{Text: fmt.Sprint(name, i)}, {Text: f.Text, Figure: &f}, {Text: "还差 1,203 家"}, {Text: "为什么"}})
	}
	stat := &dashboard.Stat{Cards: []dashboard.Card{{Name: dashboard.Name{Code: "composite", Full: "综合"}, Figure: figure(86.42, assess.Yellow)}}}
	page := &dashboard.Page{
		Bar:      dashboard.Bar{Period: assess.MustPeriod("2026Q1"), Version: 7, AsOf: "截至2026年3月31日", Scheme: "方案 2026-1", Cycle: assess.Cycle{State: assess.CycleScored}},
		Sentence: *text("和平区综合 86.42 分，组内第2。"),
		Rows: []dashboard.Row{{Panels: []dashboard.Panel{
			{ID: "total", Stat: stat},
			{ID: "dimensions", Title: "各维度得分", Bars: bars},
			{ID: "strong", Title: "强项", Text: text("强项：" + name + "。")},
			{ID: "weak", Text: text("弱项：" + name + "。")},
			{ID: "next", Text: text("下一步：" + name + "。")},
			{ID: "trend", Title: "八季走势", Trend: trend},
			{ID: "peers", Title: "同组对照", Table: peersTable},
			{ID: "red", Title: "红灯指标", Table: red},
			{ID: "conduct", Title: "报送", Text: text("退回 2 项，迟报 3 个工作日。")},
		}}},
	}
	return &Scorecard{Unit: unit, Page: page, heading: heading(t, lang)}
}

// readBack answers the text of each page of a document, as poppler reads it.
func readBack(t testing.TB, pdf []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not here: apt-get install poppler-utils")
	}
	cmd := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// bare is a text without its blanks, of which readers of PDF make more or fewer.
func bare(text string) string { return strings.Join(strings.Fields(text), "") }
