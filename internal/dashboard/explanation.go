package dashboard

import "github.com/unionboard/unionboard/internal/assess"

// Explanation answers why a node of a unit has its score: everything needed to compute it again by hand.
type Explanation struct {
	Bar       Bar
	Title     string
	Unit      Name
	Node      Name
	Framework Name
	// Above are the headings over the node, the framework first, each linked to its own explanation.
	Above  []Name
	Figure Figure
	// Formula is the whole arithmetic in one line: 4.33 分 = 权重 5 × min(52.0% ÷ 应完成 60.0%, 1).
	Formula Sentence
	// Reason says in words why there is no score, or what else should be known; "" for nothing.
	Reason string
	// Facts are definition, direction, target, weight and its redistribution, department, scheme.
	Facts Facts
	// Inputs are the figures that went in; empty for headings. Withheld says that they and their corrections are not open to the
	// reader.
	Inputs   []Evidence
	Withheld bool
	// Bands are the bands or standard values of the method, empty where it has none.
	Bands []BandRow
	// WhatIf says what one more and one less would do; empty where the method does not tell.
	WhatIf []WhatIf
	// Peers are the units whose values were compared with this one, best first; empty for methods that compare with nobody.
	Peers []Peer
	// Parts are the children of a heading, with a last row that adds them up; nil for indicators.
	Parts *Table
	// History are the last eight quarters, Trend the same as a chart.
	History Table
	Trend   *Trend
	// Corrections are the inputs that were changed after the first figure, newest first.
	Corrections Table
}

// Evidence is a figure that went into a score: what, how much, who filed it, who accepted it and when.
type Evidence struct {
	Role     string // 分子, 分母, 数值 …
	Item     Name
	Value    string // with its measure, or the state in words
	State    assess.State
	Period   string
	Entered  string // who filed it
	Accepted string // who accepted it
	Recorded string // day it became an observation, 4-09
	Seq      int64  // its place in the log; 0 for sums over units
	Records  string // link to the records of a register that it was counted from, "" for what no register supplies
	Note     string
}

// Peer is a unit of a comparison.
type Peer struct {
	Place string // 第4, 第2.5 where places are averaged; — for methods without places
	Unit  Name
	Value string
	Score string
	Why   string // link to its own explanation
	Own   bool
}

// BandRow is a band, level or standard value of a method.
type BandRow struct {
	Text   string // ≥ 95%
	Share  string // 85.0%
	Points string // 2.55
	Held   bool   // the one that held
}

// WhatIf is the score if one input were one more or one less.
type WhatIf struct {
	Label  string // 多 1 家
	Value  string
	Points string
	Change string // signed points
}
