package web_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// galleryPages answers pages made by hand.
type galleryPages struct{ g *gallery }

func (p galleryPages) Resolve(_ context.Context, d dashboard.Definition, r dashboard.Request) (*dashboard.Page, error) {
	if p.g.failing != nil {
		return nil, p.g.failing
	}
	p.g.note(r)
	b := builder{r: r, hostile: p.g.hostile}
	code := d.Page
	page := &dashboard.Page{Code: code, Bar: b.bar(), Filters: b.filters()}
	switch code {
	case "home":
		page.Title, page.Sentence, page.Rows = b.say("总览", "Overview"), b.headline(), b.home()
	case "lags":
		page.Title, page.Sentence, page.Rows = b.say("滞后清单", "What lags"), b.headline(), []dashboard.Row{row(b.lags())}
	case "framework":
		page.Title = b.say("六个体系", "Six systems")
		page.Sentence = dashboard.Sentence{
			{Text: b.say("6 个维度中，", "Of 6 dimensions, ")},
			{Text: b.say("组织建设", "organisation"), Link: "/f/six_systems/indicators?q=2026Q1"},
			{Text: b.say("最分散：最高 96.20，最低 61.70。", " spreads widest: 96.20 to 61.70.")},
		}
		page.Rows = []dashboard.Row{row(b.lights()), row(b.spread())}
	case "indicators":
		page.Title, page.Rows = b.say("六个体系：全部指标", "Six systems: every indicator"), []dashboard.Row{row(b.matrix())}
	case "unit":
		if !slices.ContainsFunc(galleryUnits(), func(u assess.Unit) bool { return u.Code == r.Unit }) {
			return nil, assess.NotFound("problem.gallery", "there is no unit "+string(r.Unit))
		}
		page.Title, page.Sentence, page.Rows = b.say("和平区", "Heping District"), b.headline(), b.unit()
	case "indicator":
		page.Title, page.Sentence = b.say("已建会企业占比", "Enterprises with a union"), b.headline()
		page.Rows = []dashboard.Row{row(b.facts()), row(b.ranking(true)), row(b.spread(), b.trend())}
	default:
		page.Title = d.Title.In(r.Lang)
	}
	return page, nil
}

func row(panels ...dashboard.Panel) dashboard.Row { return dashboard.Row{Panels: panels} }

func (p galleryPages) Why(_ context.Context, r dashboard.Request) (*dashboard.Explanation, error) {
	p.g.note(r)
	b := builder{r: r, hostile: p.g.hostile}
	trend := b.trend().Trend
	history := dashboard.Table{Heads: []dashboard.TableHead{
		{Text: b.say("季度", "Quarter")}, {Text: b.say("数值", "Value"), Numeric: true}, {Text: b.say("得分", "Score"), Numeric: true},
	}}
	for _, s := range trend.Series[0].Spots {
		history.Rows = append(history.Rows, []dashboard.Cell{{Text: s.Label}, {Text: "52.0%"}, {Text: s.Text}})
	}
	quarter := b.say("2026年第一季度", "Q1 2026")
	return &dashboard.Explanation{
		Withheld: p.g.withheld,
		Peers: []dashboard.Peer{
			{Place: b.place(1), Unit: b.unitName(galleryUnits()[1]), Value: "61.0%", Score: "100.00", Why: "/why/210103/organisation?q=2026Q1"},
			{Place: b.place(2), Unit: b.unitName(galleryUnits()[0]), Value: "52.0%", Score: "86.67", Own: true},
		},
		Bar: b.bar(), Title: b.say("和平区：已建会企业占比", "Heping: enterprises with a union"), Unit: b.unitName(galleryUnits()[0]),
		Above: []dashboard.Name{
			{Full: b.say("六个体系", "Six systems"), Link: "/f/six_systems?q=2026Q1"},
			{Full: b.say("组织建设", "Organisation"), Link: "/f/six_systems/indicators?q=2026Q1"},
		},
		Figure: b.scored(0, 3, 86.67),
		Formula: dashboard.Sentence{{Text: b.say("4.33 分 = 权重 5 × min(52.0% ÷ 应完成 60.0%, 1)",
			"4.33 points = weight 5 × min(52.0% ÷ due 60.0%, 1)")}},
		Facts: *b.facts().Facts,
		Inputs: []dashboard.Evidence{
			{
				Role: b.say("分子", "Numerator"), Item: dashboard.Name{Full: b.say("已建会企业", "Enterprises with a union") + b.hostile}, Value: "130 家",
				Period: quarter, Entered: "演示填报员", Accepted: "演示审核员", Recorded: "4-09",
			},
			{
				Role: b.say("分母", "Denominator"), Item: dashboard.Name{Full: b.say("25 人以上企业", "Enterprises of 25 or more")}, Value: "250 家",
				Period: quarter, Entered: "heping", Accepted: "heping", Recorded: "4-05", Note: b.say("台账快照", "register"),
			},
		},
		Bands: []dashboard.BandRow{
			{Text: "≥ 95%", Share: "100%", Points: "5.00"}, {Text: "85% – 95%", Share: "85.0%", Points: "4.25", Held: true}, {Text: "< 85%", Share: "60.0%", Points: "3.00"},
		},
		WhatIf: []dashboard.WhatIf{
			{Label: b.say("多 1 家", "One more"), Value: "52.4%", Points: "4.37", Change: "+0.04"},
			{Label: b.say("少 1 家", "One less"), Value: "51.6%", Points: "4.30", Change: "−0.03"},
		},
		History: history, Trend: trend, Corrections: dashboard.Table{Empty: b.say("没有更正。", "No corrections.")},
	}, nil
}

// builder makes panels with figures that look real and mean nothing.
type builder struct {
	r       dashboard.Request
	hostile string
}

func (b builder) say(zh, en string) string {
	if b.r.Lang == "en" {
		return en
	}
	return zh
}

func (b builder) text(t assess.Text) string { return t.In(b.r.Lang) }

func (b builder) bar() dashboard.Bar {
	known := ""
	if !b.r.Known.IsZero() {
		known = b.r.Known.Format(time.DateOnly)
	}
	return dashboard.Bar{
		Known: known, Period: b.r.Period, BaseKind: "prev", Periods: galleryPeriods(), Version: 2, Reported: 12, Units: 13,
		AsOf: b.say("截至3月31日", "as of 31 March"), Scheme: b.say("方案 2026-1", "Scheme 2026-1"),
		Cycle: assess.Cycle{State: assess.CyclePublished, PublishedAt: time.Date(2026, 4, 18, 1, 0, 0, 0, time.UTC)},
	}
}

func (b builder) filters() []dashboard.Filter {
	self := func(name, value string) string { return "?q=" + b.r.Period.String() + "&" + name + "=" + value }
	choice := func(zh, en, link string, current bool) dashboard.Choice {
		return dashboard.Choice{Text: b.say(zh, en), Link: link, Current: current}
	}
	return []dashboard.Filter{
		{Name: "framework", Label: b.say("框架", "Framework"), Choices: []dashboard.Choice{
			choice("六个体系", "Six systems", "/f/six_systems", true), choice("五项工程", "Five projects", "/f/five_projects", false),
			choice("五型机关", "Five-type organ", "/f/five_type_organ", false),
		}},
		{Name: "group", Label: b.say("组别", "Group"), Choices: []dashboard.Choice{
			choice("全市", "City", self("group", ""), true), choice("中心城区组", "Core urban", self("group", "core_urban"), false),
			choice("近郊城区组", "Suburban", self("group", "suburban"), false), choice("县域组", "County", self("group", "county"), false),
		}},
		{Name: "show", Label: b.say("显示", "Show"), Choices: []dashboard.Choice{
			choice("分", "Score", self("show", ""), true), choice("进度", "Progress", self("show", "progress"), false),
			choice("位次", "Place", self("show", "rank"), false),
		}},
		{Name: "base", Label: b.say("比较", "Base"), Choices: []dashboard.Choice{
			choice("较上季", "on the quarter", self("base", "prev"), true), choice("较同期", "on the year", self("base", "year"), false),
		}},
	}
}

func (b builder) headline() dashboard.Sentence {
	return dashboard.Sentence{
		{Text: b.say("5 项指标滞后，涉及 3 个区县；于洪进步最大 ", "5 indicators lag, in 3 districts; Yuhong gained most, ")},
		{Text: b.say("+4.20 分", "+4.20"), Link: "/why/210114/composite?q=2026Q1"},
		{Text: b.say("，新民退步最多 ", ", Xinmin lost most, ")},
		{Text: b.say("−3.10 分", "−3.10"), Link: "/why/210181/composite?q=2026Q1"},
		{Text: b.say("。", ".")},
	}
}

func (b builder) unitName(u assess.Unit) dashboard.Name {
	return dashboard.Name{Code: string(u.Code), Full: b.text(u.Name) + b.hostile, Short: b.text(u.Short), Link: "/d/" + string(u.Code) + "?q=2026Q1"}
}

func (b builder) place(n int) string { return fmt.Sprintf(b.say("第%d", "no. %d"), n) }

// figure makes up the figure of unit i and heading j, with every state once.
func (b builder) figure(i, j int) dashboard.Figure {
	f := b.scored(i, j, 84+12*math.Sin(float64(i*7+j*5)))
	switch {
	case i == 10 && j == 4:
		return dashboard.Figure{State: assess.NotReported, Text: b.say("未报", "not reported"), Why: f.Why}
	case i == 7 && j == 2:
		return dashboard.Figure{State: assess.NotApplicable, Text: b.say("不适用", "n/a")}
	case i == 5 && j == 5:
		return dashboard.Figure{State: assess.NotDue, Text: b.say("未到期", "not due")}
	case i == 10 && j == 0:
		f.State, f.Light, f.Change, f.Arrow, f.RankText, f.RankChange = assess.Pending, "", "", "", "—", ""
		f.Text = b.say("76.20～83.50（缺2项）", "76.20–83.50 (2 missing)")
	case i == 4 && j == 3:
		f.Small = b.say("小样本 4", "small sample 4")
	case i == 1 && j == 6:
		f.Change, f.Arrow, f.Words = "", "", b.say("方案不同", "other scheme")
	}
	return f
}

func (b builder) scored(i, j int, x float64) dashboard.Figure {
	f := dashboard.Figure{
		State: assess.Scored, Score: x, Text: fmt.Sprintf("%.2f", x), Value: fmt.Sprintf("%.1f%%", x), Rank: i + 1,
		Why:      fmt.Sprintf("/why/%s/%s?q=2026Q1", galleryUnits()[i%13].Code, []string{"composite", "ideology", "organisation"}[j%3]),
		RankText: b.place(i + 1), RankChange: b.say("升1位", "up 1"), Light: assess.Red, Arrow: "flat",
	}
	switch {
	case x >= 88:
		f.Light = assess.Green
	case x >= 76:
		f.Light = assess.Yellow
	}
	change := 4 * math.Sin(float64(i*3+j*11))
	f.Change = strings.ReplaceAll(fmt.Sprintf("%+.2f", change), "-", "−")
	if change >= 0.5 {
		f.Arrow = "up"
	} else if change <= -0.5 {
		f.Arrow = "down"
	}
	return f
}

// quarters answers those up to the period of the page.
func (b builder) quarters() []assess.Period {
	return slices.DeleteFunc(galleryPeriods(), func(p assess.Period) bool { return p.Kind() == assess.Year || p.Compare(b.r.Period) > 0 })
}

func (b builder) spots(seed int) []dashboard.Spot {
	var spots []dashboard.Spot
	for k, p := range b.quarters() {
		x := 80 + 6*math.Sin(float64(seed)*1.7+float64(k)*0.8) + float64(k)*0.7
		s := dashboard.Spot{Period: p, Label: p.String()[2:], Value: &x, Text: fmt.Sprintf("%.2f", x), Why: "/why/210102/composite?q=" + p.String()}
		if seed == 2 && k == 3 {
			s.Value, s.Text, s.Why = nil, b.say("未报", "not reported"), ""
		}
		spots = append(spots, s)
	}
	return spots
}

func (b builder) home() []dashboard.Row {
	var cards []dashboard.Card
	for i, name := range []string{b.say("六个体系", "Six systems"), b.say("五项工程", "Five projects"), b.say("五型机关", "Five-type organ")} {
		f := b.scored(i, 1, 80+float64(i)*5)
		f.Text, f.RankText, f.RankChange = fmt.Sprintf("%.1f", f.Score), "", ""
		cards = append(cards, dashboard.Card{Name: dashboard.Name{Full: name, Link: "/f/six_systems?q=2026Q1"}, Figure: f, Spark: b.spots(i)})
	}
	return []dashboard.Row{
		row(dashboard.Panel{ID: "frameworks", Type: "stat", Title: b.say("各框架", "Frameworks"), Stat: &dashboard.Stat{Cards: cards}}),
		row(b.lags()),
		row(b.tiles(), b.ranking(false)),
		row(b.status(), dashboard.Panel{
			ID: "broken", Type: "table", Title: b.say("变化最大", "Largest changes"),
			Problem: assess.Unavailable("problem.panel", "this block cannot be shown at the moment; the rest of the page stands"),
		}),
	}
}

func (b builder) lags() dashboard.Panel {
	lags := &dashboard.LagList{More: 4, All: "/lags?q=2026Q1"}
	for i, u := range galleryUnits()[8:13] {
		lags.Rows = append(lags.Rows, dashboard.Lag{
			Unit: b.unitName(u), Indicator: dashboard.Name{Full: b.say("百人以上企业女职工组织组建率", "Women's committees in enterprises of 100 or more"), Link: "/i/enterprises?q=2026Q1"},
			Actual: fmt.Sprintf(b.say("%d 家", "%d"), 100+i*7), Due: fmt.Sprintf(b.say("%d 家", "%d"), 136+i*9),
			Gap: fmt.Sprintf(b.say("还差 %d 家", "%d short"), 36+i*2), Figure: b.scored(i+8, 1, 60+float64(i)),
		})
	}
	return dashboard.Panel{ID: "lag", Type: "laglist", Title: b.say("滞后清单", "What lags"), LagList: lags}
}

func (b builder) tiles() dashboard.Panel {
	m := &dashboard.TileMap{Rows: 5, Columns: 4}
	for i, u := range galleryUnits() {
		f := b.figure(i, 0)
		if f.Text = fmt.Sprintf("%.1f", f.Score); f.State != assess.Scored {
			f.Text = b.say("待定", "pending")
		}
		m.Tiles = append(m.Tiles, dashboard.Tile{Row: u.Tile.Row, Column: u.Tile.Column, Name: b.unitName(u), Figure: f})
	}
	return dashboard.Panel{ID: "tiles", Type: "tilemap", Title: b.say("方格图", "Map"), TileMap: m}
}

func (b builder) ranking(byValue bool) dashboard.Panel {
	r := &dashboard.Ranking{Max: 100, Of: dashboard.Name{Full: b.say("综合", "Composite")}, ByValue: byValue, HasGrades: b.r.Period.Kind() == assess.Year}
	for i, u := range galleryUnits() {
		f := b.figure(i, 0)
		p := dashboard.Place{Unit: b.unitName(u), Group: b.text(galleryEdition(2026).Roster.GroupName(u.Group)), Figure: f, Prev: f.Change, LastYear: "+1.20"}
		if r.HasGrades {
			p.Figure.Grade = b.say("良好", "Good")
			if i == 3 {
				p.Figure.GradeNote = b.say("一票否决，最高合格", "veto: Pass at best")
			}
		}
		if x := f.Score; f.State == assess.Scored {
			p.Value = &x
		}
		if byValue {
			p.ValueText, p.Due, p.Gap = fmt.Sprintf("%.1f%%", f.Score), "80.0%", b.say("还差 36 家", "36 short")
		}
		r.Rows = append(r.Rows, p)
	}
	slices.SortStableFunc(r.Rows, func(x, y dashboard.Place) int { return -cmp.Compare(x.Figure.Score, y.Figure.Score) })
	for i := range r.Rows {
		if r.Rows[i].Figure.State == assess.Scored {
			r.Rows[i].Figure.RankText = b.place(i + 1)
		}
	}
	r.Rows[2].Figure.RankText, r.Rows[3].Figure.RankText = b.say("并列第3", "tied 3"), b.say("并列第3", "tied 3")
	city := dashboard.Place{Unit: dashboard.Name{Code: "210100", Full: b.say("全市", "City")}, Figure: b.scored(0, 1, 84.31), Prev: "+0.42", LastYear: "+1.88"}
	city.Figure.RankText, city.Figure.RankChange = "", ""
	if byValue {
		x := 84.3
		city.Value, city.ValueText = &x, "84.3%"
		r.Target, r.TargetTo = &x, b.say("应完成 84.3%", "due 84.3%")
	}
	r.City = &city
	return dashboard.Panel{
		ID: "ranking", Type: "ranking", Title: b.say("位次表", "Ranking"), Ranking: r,
		Note: b.say("全市按总量重算，不是平均。", "The city is summed up anew, it is not the mean."),
	}
}

func (b builder) status() dashboard.Panel {
	s := &dashboard.Status{}
	for _, c := range []struct {
		state  assess.FilingState
		zh, en string
		n      int
	}{
		{assess.NotStarted, "未开始", "not started", 0},
		{assess.Draft, "填报中", "draft", 1},
		{assess.Submitted, "已提交", "submitted", 2},
		{assess.Returned, "已退回", "returned", 1},
		{assess.Accepted, "已采纳", "accepted", 9},
	} {
		s.Counts = append(s.Counts, dashboard.StatusCount{State: c.state, Text: b.say(c.zh, c.en), Count: c.n})
		if i := len(s.Counts); c.n > 0 {
			s.Rows = append(s.Rows, dashboard.StatusRow{Unit: b.unitName(galleryUnits()[i]), State: c.state, Text: b.say(c.zh, c.en), At: "4-09", LateDays: i % 2, Returns: i % 3})
		}
	}
	return dashboard.Panel{ID: "status", Type: "status", Title: b.say("报送情况", "Reports"), Status: s}
}

func (b builder) dimensions() []dashboard.Name {
	var names []dashboard.Name
	for _, n := range [][2]string{
		{"综合", "Total"},
		{"思想引领", "Guidance"},
		{"组织建设", "Organisation"},
		{"技能素质", "Skills"},
		{"服务帮扶", "Assistance"},
		{"权益维护", "Rights"},
		{"服务阵地", "Venues"},
	} {
		names = append(names, dashboard.Name{Full: b.say(n[0], n[1]), Short: b.say(n[0], n[1]), Link: "/f/six_systems/indicators?q=2026Q1"})
	}
	return names
}

func (b builder) lights() dashboard.Panel {
	l := &dashboard.Lights{Corner: b.say("区县", "District"), Sort: "composite"}
	for j, n := range b.dimensions() {
		h := dashboard.Head{Name: n, Weight: []string{"100", "15", "25", "20", "20", "10", "10"}[j], Sort: "?q=2026Q1&sort=" + fmt.Sprint(j)}
		if j == 0 {
			h.Sorted = "descending"
		}
		l.Columns = append(l.Columns, h)
	}
	for i, u := range galleryUnits() {
		r := dashboard.LightRow{Name: b.unitName(u)}
		for j := range l.Columns {
			r.Cells = append(r.Cells, b.figure(i, j))
		}
		l.Rows = append(l.Rows, r)
	}
	city := dashboard.LightRow{Name: dashboard.Name{Full: b.say("全市", "City")}, City: true}
	for j := range l.Columns {
		f := b.figure(0, j)
		f.RankText, f.RankChange = "", ""
		city.Cells = append(city.Cells, f)
	}
	l.Rows = append(l.Rows, city)
	return dashboard.Panel{
		ID: "lights", Type: "lights", Title: b.say("各区县各维度", "Districts by dimension"), Lights: l,
		Note: b.say("全市按总量重算，不是平均。", "The city is summed up anew, it is not the mean."),
	}
}

func (b builder) matrix() dashboard.Panel {
	l := &dashboard.Lights{Transposed: true, Corner: b.say("指标", "Indicator")}
	for _, u := range galleryUnits() {
		l.Columns = append(l.Columns, dashboard.Head{Name: b.unitName(u)})
	}
	zh := []string{"职工思想政治引领活动覆盖率", "已建会企业占比", "百人以上企业女职工组织组建率", "困难职工帮扶资金到位率", "新就业形态劳动者会员净增"}
	en := []string{"Coverage of guidance activities", "Enterprises with a union", "Women's committees in enterprises of 100 or more", "Assistance funds in place", "Net new members in new forms of employment"}
	for d, n := range b.dimensions()[1:] {
		for k := range zh {
			r := dashboard.LightRow{Name: dashboard.Name{Full: b.say(zh[k], en[k]), Link: "/i/enterprises?q=2026Q1"}, Weight: fmt.Sprint(k + 2)}
			if k == 0 {
				r.Section = n.Full
			}
			for i := range l.Columns {
				r.Cells = append(r.Cells, b.figure(i, d*5+k))
			}
			l.Rows = append(l.Rows, r)
		}
	}
	return dashboard.Panel{ID: "matrix", Type: "lights", Title: b.say("指标一览", "Every indicator"), Lights: l}
}

func (b builder) spread() dashboard.Panel {
	s := &dashboard.Spread{Axis: b.say("分", "points")}
	for j := 1; j <= 3; j++ {
		line := dashboard.SpreadLine{Name: b.dimensions()[j]}
		var values []float64
		for i, u := range galleryUnits() {
			if f := b.figure(i, j); f.State == assess.Scored {
				line.Points = append(line.Points, dashboard.SpreadPoint{Unit: b.unitName(u), Value: f.Score, Text: f.Text, Light: f.Light})
				values = append(values, f.Score)
			}
		}
		slices.Sort(values)
		n := len(values)
		line.Low, line.Q1, line.Median, line.Q3, line.Top = values[0], values[n/4], values[n/2], values[3*n/4], values[n-1]
		s.Lines = append(s.Lines, line)
	}
	return dashboard.Panel{ID: "spread", Type: "spread", Title: b.say("最分散的三个维度", "The three widest spreads"), Spread: s}
}

func (b builder) unit() []dashboard.Row {
	bars := &dashboard.Bars{Own: b.say("和平", "Heping"), Group: b.say("组内中位", "Group median"), City: b.say("市均", "City")}
	radar := &dashboard.Radar{Max: 100, Series: []dashboard.RadarSeries{{Name: bars.Own}, {Name: bars.City}}}
	for j, n := range b.dimensions()[1:] {
		group, city := 80+float64(j), 84-float64(j)
		r := dashboard.BarRow{Name: n, Own: b.figure(0, j+1), GroupMedian: &group, CityAvg: &city, GroupText: fmt.Sprintf("%.2f", group), CityText: fmt.Sprintf("%.2f", city)}
		if j == 0 {
			r.Section = b.say("六个体系", "Six systems")
		}
		bars.Rows, radar.Axes = append(bars.Rows, r), append(radar.Axes, n)
		for k, x := range []float64{r.Own.Score, city} {
			radar.Series[k].Values = append(radar.Series[k].Values, &x)
			radar.Series[k].Texts = append(radar.Series[k].Texts, fmt.Sprintf("%.2f", x))
		}
	}
	table := &dashboard.Table{Heads: []dashboard.TableHead{{Text: b.say("指标", "Indicator")}, {Text: b.say("完成", "Reached"), Numeric: true}, {Text: b.say("得分", "Score"), Numeric: true}}}
	for j := range 3 {
		f := b.scored(j, 1, 60+float64(j))
		table.Rows = append(table.Rows, []dashboard.Cell{{Text: b.say("已建会企业占比", "Enterprises with a union"), Link: "/i/enterprises?q=2026Q1"}, {Text: "52.0%"}, {Figure: &f}})
	}
	draft := dashboard.Sentence{{Text: b.say("强项是技能素质、服务帮扶和权益维护；弱项是组织建设。下一步：在 25 人以上企业建会。",
		"Strong in skills, assistance and rights; weak in organisation. Next: unions in enterprises of 25 or more.")}}
	return []dashboard.Row{
		row(dashboard.Panel{ID: "draft", Type: "text", Text: &draft}),
		row(dashboard.Panel{ID: "bars", Type: "bars", Title: b.say("各维度对比", "By dimension"), Bars: bars},
			dashboard.Panel{ID: "radar", Type: "radar", Title: b.say("六个体系形状", "Shape"), Radar: radar}),
		row(dashboard.Panel{ID: "red", Type: "table", Title: b.say("红灯指标", "Red lights"), Table: table}, b.trend()),
		row(dashboard.Panel{ID: "none", Type: "table", Title: b.say("数据更正", "Corrections"), Table: &dashboard.Table{Empty: b.say("本期没有更正。", "No corrections in this period.")}}),
	}
}

func (b builder) trend() dashboard.Panel {
	t := &dashboard.Trend{Unit: b.say("分", "points")}
	for _, p := range b.quarters() {
		t.Periods, t.Labels = append(t.Periods, p), append(t.Labels, p.String()[2:])
	}
	for i, s := range [][2]string{{b.say("和平", "Heping"), "own"}, {b.say("组内中位", "Median"), "median"}, {b.say("沈河", "Shenhe"), "peer"}, {b.say("铁西", "Tiexi"), "peer"}} {
		t.Series = append(t.Series, dashboard.TrendSeries{Name: s[0] + b.hostile, Kind: s[1], Spots: b.spots(i)})
	}
	return dashboard.Panel{ID: "trend", Type: "trend", Title: b.say("八季走势", "Eight quarters"), Trend: t}
}

func (b builder) facts() dashboard.Panel {
	f := &dashboard.Facts{}
	for _, x := range [][4]string{
		{"口径", "Definition", "辖区内 25 人以上企业中已建立工会组织的比例", "Share of enterprises of 25 or more with a union"},
		{"公式", "Formula", "已建会企业 ÷ 25 人以上企业 × 100", "with a union ÷ 25 or more × 100"},
		{"方向", "Direction", "越高越好", "higher is better"},
		{"目标", "Target", "全年 80%，一季度应完成 20%", "80% in the year, 20% due in Q1"},
		{"责任部门", "Department", "基层工作部", "Grass-roots department"},
	} {
		f.Items = append(f.Items, dashboard.Fact{Term: b.say(x[0], x[1]), Value: dashboard.Sentence{{Text: b.say(x[2], x[3]) + b.hostile}}})
	}
	return dashboard.Panel{ID: "facts", Type: "facts", Title: b.say("指标说明", "About the indicator"), Facts: f}
}
