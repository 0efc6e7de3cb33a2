package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// Page is a page with its data: what a template draws.
type Page struct {
	Code  assess.Code
	Title string // in the language of the request
	Bar   Bar
	// Filters are the choices a reader has on this page, each with its link: group, framework, show, base.
	Filters []Filter
	// Chooser is the form with which the units are chosen, on a page that compares them.
	Chooser *Chooser
	// Sentence is the answer on top of the page, in words.
	Sentence Sentence
	Rows     []Row
	// Passing says that something could not be read just now, and stands on the page as that; the next time it may be there.
	Passing bool
}

// Bar is the state that is always visible: period, publication, version, who reported, reference day.
type Bar struct {
	Period    assess.Period
	Base      assess.Period // compared with; zero where there is none
	BaseKind  string        // prev or year
	Known     string        // the day as it was known on: 2026-04-20; "" is now
	Periods   []assess.Period
	Cycle     assess.Cycle
	Result    assess.ResultState // of a year
	Version   int
	Reported  int
	Units     int
	AsOf      string // 截至3月31日
	Scheme    string // 方案 2026-1
	Framework assess.Code
	Group     assess.Code
	Unit      assess.UnitCode
	Code      assess.Code // node or indicator of the page
	Demo      bool
	Step      string // the least change of a total that gets an arrow up or down: 0.50
}

// Filter is a row of choices. Name is the parameter of the address it sets.
type Filter struct {
	Name    string // base, group, framework or show
	Label   string
	Choices []Choice
}

// Choice is one choice of a filter, as a link.
type Choice struct {
	Code    string // "" stands for all
	Text    string
	Link    string
	Current bool
}

// Row is a line of panels.
type Row struct{ Panels []Panel }

// Panel is one block of a page. Exactly one of the pointers is set; Problem is set instead where the panel failed: it shows its
// own error and the page survives.
type Panel struct {
	ID      string // unique on the page, for anchors and chart boxes
	Type    string // as kinds lists them: stat, ranking, …
	Title   string
	Note    string // a line under the panel: how it was made
	Problem *assess.Problem

	Stat     *Stat
	LagList  *LagList
	TileMap  *TileMap
	Ranking  *Ranking
	Status   *Status
	Lights   *Lights
	Spread   *Spread
	Scatter  *Scatter
	Bars     *Bars
	Contrast *Contrast
	Radar    *Radar
	Trend    *Trend
	Table    *Table
	Facts    *Facts
	Text     *Sentence

	RankBand  *RankBand
	Waterfall *Waterfall
}

// Sentence is a text made of fragments, so that every number in it can be a link to its /why.
type Sentence []Fragment

// Fragment is a piece of a sentence; Link is "" for plain words. After one that ends, the next begins a line of its own.
type Fragment struct {
	Text string
	Link string
	Ends bool
}

// Plain answers the words alone.
func (s Sentence) Plain() string {
	var b []byte
	for _, f := range s {
		b = append(b, f.Text...)
	}
	return string(b)
}

// Figure is a score as it is shown: everything a cell, tile or card needs. The zero Figure shows nothing.
type Figure struct {
	State assess.NodeState
	Light assess.Light
	Score float64 // as shown
	Text  string  // formatted: 86.42, 未报, 不适用, 未到期, 76.20～83.50（缺2项）
	Value string  // an indicator's value with its measure: 92.1%, 1,204 家, 优; "" for headings
	// Change against the base period: signed text with the real minus sign, and the direction of the arrow: up, down, flat, or
	// "" where there is nothing to compare with. Words say 方案不同 where the definition changed.
	Change      string
	Arrow       string
	Words       string
	Rank        int
	RankText    string // 并列第2
	RankChange  string // 升2位
	GroupRank   int
	GroupText   string
	Grade       string // 优秀, only in a year
	GradeNote   string // why not a better one: 一票否决，最高合格; 优秀名额已满
	SmallSample bool
	Small       string // 小样本 4: the mark with the count of the denominator, "" where the sample is large enough
	Why         string // link to /why, "" where there is none
	Link        string // link to the page of what it names
}

// Name is a unit or node with its link.
type Name struct {
	Code  string
	Full  string
	Short string
	Link  string
}

// Stat is a row of cards: one for each framework or node, with a sparkline.
type Stat struct{ Cards []Card }

// Card is one card of a Stat.
type Card struct {
	Name   Name
	Figure Figure
	Spark  []Spot
}

// Spot is a point of a line; Value is nil where there is a gap.
type Spot struct {
	Period assess.Period
	Label  string // 2026年第一季度, short: 26Q1
	Value  *float64
	Text   string
	Why    string
	// Apart says that no line leads here from the spot before: what is measured was defined, scored or weighted otherwise there.
	Apart bool
}

// LagList lists what lags and by how much, worst first.
type LagList struct {
	Rows []Lag
	// Unknown: there is no score yet that could lag.
	Unknown bool
	More    int    // rows left out
	All     string // link to all of them
	// Pages are the pages of a long list and the whole of it, as links; empty where the list is not cut.
	Pages []Choice
}

// Lag is an indicator of a unit that lags.
type Lag struct {
	Unit, Indicator Name
	Actual, Due     string // 完成, 应完成
	Gap             string // 还差 36 家
	Figure          Figure
}

// TileMap is the map of tiles.
type TileMap struct {
	Rows, Columns int
	Tiles         []Tile
}

// Tile is a unit on the map.
type Tile struct {
	Row, Column int
	Name        Name
	Figure      Figure
}

// Ranking lists units by place. Chart bars use Figure.Score.
type Ranking struct {
	Of        Name // what is ranked
	HasGrades bool
	ByValue   bool // bars show the indicator's value, not the score
	Target    *float64
	TargetTo  string  // label of the target line, or what the marks of the units' own targets mean
	Max       float64 // full marks of the scale, 0 for values
	Rows      []Place
	City      *Place
	CitySum   bool // the city's value is the sum of the units' and is not to be drawn beside them
	Pages     []Choice
}

// Place is a row of a ranking.
type Place struct {
	Unit      Name
	Group     string
	Figure    Figure
	Prev      string // change against the previous period
	LastYear  string // change against the same period of last year
	Numbers   []string
	Value     *float64 // of the bar, nil for none
	ValueText string
	Due       string   // 应完成
	DueValue  *float64 // the same as a number, where units have values of their own to reach
	Gap       string   // 还差
}

// Status says where the reports of the period stand.
type Status struct {
	Counts []StatusCount
	Rows   []StatusRow
	Pages  []Choice
}

// StatusCount is how many units are in a state.
type StatusCount struct {
	State assess.FilingState
	Text  string
	Count int
}

// StatusRow is a unit's report.
type StatusRow struct {
	Unit     Name
	State    assess.FilingState
	Text     string
	At       string
	LateDays int
	Returns  int
}

// Lights is the matrix of lights: rows × columns, with the city last. Units stand in rows and nodes in columns, or transposed.
type Lights struct {
	Transposed bool
	Corner     string
	Columns    []Head
	Rows       []LightRow
	Step       string   // the least change that gets an arrow up or down: 0.50
	Sort       string   // column code the rows are sorted by, "" for the official order
	Pages      []Choice // of a long list of units and the whole of it; empty where it is not cut
}

// Head is a column head with its sort link.
type Head struct {
	Name   Name
	Weight string
	Sort   string // link
	Sorted string // ascending, descending or ""
	Group  string // dimension of an indicator
}

// LightRow is a row of the matrix.
type LightRow struct {
	Name    Name
	Group   string
	Section string // first row of a section: its heading (dimension), else ""
	Weight  string
	City    bool
	Cells   []Figure
}

// Spread is the distribution of one figure over the units: a box and a point for each.
type Spread struct {
	Lines []SpreadLine
	Axis  string
}

// SpreadLine is one indicator's distribution. Quartiles by linear interpolation between order statistics (type 7).
type SpreadLine struct {
	Name                     Name
	Low, Q1, Median, Q3, Top float64
	Points                   []SpreadPoint
}

// SpreadPoint is a unit in a spread.
type SpreadPoint struct {
	Unit  Name
	Value float64
	Text  string
	Light assess.Light
}

// Bars compares, for each node, a unit with its group's median and the city's mean.
type Bars struct {
	Own, Group, City string  // names of the series
	Max              float64 // full marks of the scale
	Rows             []BarRow
}

// BarRow is one node.
type BarRow struct {
	Name                 Name
	Section              string
	Own                  Figure
	GroupMedian, CityAvg *float64
	GroupText, CityText  string
}

// Radar has at most 6 axes and 2 series.
type Radar struct {
	Axes   []Name
	Max    float64
	Series []RadarSeries
}

// RadarSeries is one shape of a radar; nil values are gaps.
type RadarSeries struct {
	Name   string
	Values []*float64
	Texts  []string
}

// Trend is lines over periods.
type Trend struct {
	Periods []assess.Period
	Labels  []string
	Series  []TrendSeries
	Unit    string // measure of the axis
	// Breaks are the positions in Periods before which no line may be drawn: what is measured was defined otherwise before, or a
	// year-to-date figure starts again.
	Breaks []int
	// BreakText says why, in words, "" where there is no break.
	BreakText string
}

// TrendSeries is one line. Kind is own, median, mean, first, last, chosen0 to chosen3, or peer (thin grey).
type TrendSeries struct {
	Name  string
	Kind  string
	Spots []Spot
}

// Table is any other table: heads, rows of cells, numbers right-aligned.
type Table struct {
	Heads []TableHead
	Rows  [][]Cell
	Empty string // sentence where there is no row
}

// TableHead is a column head.
type TableHead struct {
	Text    string
	Numeric bool
	Sort    string
}

// Cell is one value of a table.
type Cell struct {
	Text   string
	Link   string
	Figure *Figure
	Beside string // stands small beside it: the value of a score
}

// Facts is a list of terms and their values (definition, formula, direction, target …).
type Facts struct{ Items []Fact }

// Fact is a term with its value.
type Fact struct {
	Term  string
	Value Sentence
}
