package trial

import "fmt"

// Outcome is what somebody made of a row of the tax bureau's file.
type Outcome struct {
	Status, Union, District, PayTo string
	Fen                            int64
}

// Marks is how well a set was decided. All but Rows count rows that are no duplicates.
type Marks struct {
	Rows        int // of the file, duplicates too
	Own         int // no duplicates
	Decidable   int // have a union and are not open
	Auto        int
	Right       int // automatic, to the right union
	Wrong       int
	Review      int
	Lost        int // decidable, and neither right nor shown to a reviewer
	WrongPlace  int // automatic, to another district than the union's
	WrongPay    int // automatic and right, to another account than the truth's kind
	WrongFen    int // automatic and right, another amount
	Duplicates  int // tickets again that were not marked so, and others that were
	Twice       int // tickets with more than one automatic row
	NoUnionAuto int // automatic though the payer has no union
}

// Judge compares what was made of a set with its truth. outcomes stand in the order of the rows.
func Judge(s *Set, outcomes []Outcome) Marks {
	m := Marks{Rows: len(s.Tax)}
	paid := map[string]int{}
	for i, t := range s.Truth {
		o := outcomes[i]
		if t.Duplicate != (o.Status == "duplicate") {
			m.Duplicates++
		}
		if o.Status == "auto" {
			if paid[s.Tax[i][14]]++; paid[s.Tax[i][14]] == 2 {
				m.Twice++
			}
		}
		if t.Duplicate {
			continue
		}
		m.Own++
		decidable := t.Union != "" && !t.Open
		if decidable {
			m.Decidable++
		}
		switch o.Status {
		case "auto":
			m.Auto++
			m.auto(t, o)
			if decidable && o.Union != t.Union {
				m.Lost++
			}
		case "review":
			m.Review++
		default:
			if decidable {
				m.Lost++
			}
		}
	}
	return m
}

func (m *Marks) auto(t Truth, o Outcome) {
	if o.Union != t.Union || t.Open {
		m.Wrong++
		if t.Union == "" {
			m.NoUnionAuto++
		}
	} else {
		m.Right++
		if o.PayTo != t.PayTo {
			m.WrongPay++
		}
		if o.Fen != t.Fen {
			m.WrongFen++
		}
	}
	if o.District != t.District {
		m.WrongPlace++
	}
}

// Precision is the share of the automatic rows that are right.
func (m Marks) Precision() float64 { return float64(m.Right) / float64(max(m.Auto, 1)) }

// Recall is the share of the decidable rows that are automatic and right.
func (m Marks) Recall() float64 { return float64(m.Right) / float64(max(m.Decidable, 1)) }

// Reached is the share of the decidable rows that are right or shown to a reviewer.
func (m Marks) Reached() float64 { return 1 - float64(m.Lost)/float64(max(m.Decidable, 1)) }

// Reviewed is the share of the rows that a reviewer sees.
func (m Marks) Reviewed() float64 { return float64(m.Review) / float64(max(m.Own, 1)) }

// Misplaced is the share of the automatic rows that go to a wrong district.
func (m Marks) Misplaced() float64 { return float64(m.WrongPlace) / float64(max(m.Auto, 1)) }

func (m Marks) String() string {
	return fmt.Sprintf("precision %.3f%%, recall %.2f%%, with review %.2f%%, review %.2f%%, wrong district %.4f%%; auto %d, wrong %d (%d without union), lost %d; pay %d, fen %d, duplicates %d, twice %d of %d",
		100*m.Precision(), 100*m.Recall(), 100*m.Reached(), 100*m.Reviewed(), 100*m.Misplaced(), m.Auto, m.Wrong, m.NoUnionAuto, m.Lost, m.WrongPay, m.WrongFen, m.Duplicates, m.Twice, m.Rows)
}
