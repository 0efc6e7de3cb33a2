package assess

import "time"

// RatingRound is the vote of several groups of raters on one indicator and year (评定、民主测评).
type RatingRound struct {
	ID        string
	Year      int
	Indicator Code
	OpenedBy  string
	OpenedAt  time.Time
	ClosedBy  string
	ClosedAt  time.Time // zero: open
	// Raters are those who are asked, fixed when the round was opened.
	Raters []Rater
}

// Rater is somebody who votes in a round.
type Rater struct {
	Account string // the name of the account
	Group   Code   // of the indicator's rater groups
	// Cast is for how many units there is a ballot, an abstention among them.
	Cast int
}

// Ballot is what a rater says of one unit. The newest of a rater and unit holds.
type Ballot struct {
	Account string
	Unit    UnitCode
	Value   string // points or a level, as the item takes it; Abstention for none
	At      time.Time
}

// Abstention stands in a ballot of a rater who does not judge a unit (弃权).
const Abstention = "abstain"

// RoundClosing ends a round with the ballots that were read. It fails when another was cast meanwhile.
type RoundClosing struct {
	Round   string
	Ballots int64 // rows that had been cast, replaced ones among them
	By      string
	At      time.Time
}
