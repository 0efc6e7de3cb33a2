package assess

import "time"

// Edition is everything that is defined for a year: one frozen set of units, items, frameworks, rules, registers. A change
// makes a new edition.
type Edition struct {
	Year   int
	Number int    // 1, 2, … within the year
	Digest string // SHA-256 over the files, hex
	Reason string
	By     string
	At     time.Time

	Roster      Roster
	Departments []Department
	Evidence    []Group // evidence types
	Roles       []RoleDefinition
	Reasons     []Group // return reasons
	Items       []Item
	Frameworks  []Framework
	Assessment  Assessment
	Rules       []Rule
	Registers   []Register
	Calendar    Calendar
}

// Department is a department of the city federation.
type Department struct {
	Code  Code
	Name  Text
	Remit Text
	// Confirms: it runs the assessment, and its people may be the second person for figures of every department.
	Confirms bool
}

// Confirmers answers the departments whose people may be the second person for a figure of a department: itself, and those that run
// the assessment.
func (e *Edition) Confirmers(department Code) []Code {
	of := []Code{department}
	for _, d := range e.Departments {
		if d.Confirms && d.Code != department {
			of = append(of, d.Code)
		}
	}
	return of
}

// Rule is a validation rule (勾稽关系): an expression over items that must hold.
type Rule struct {
	ID        string // V01
	Level     string // error blocks, warn needs a note
	Expr      string
	Name      Text
	AppliesTo string // "" wherever its operands are reported; else the words of the catalogue
	Items     []Code // the items it applies to, resolved; empty for the submission as a whole
}

// Register is the definition of a list of records (台账).
type Register struct {
	Code       Code
	Name       Text
	Key        []string
	Unique     [][]string // further sets of fields that no two records share
	Department Code
	Items      []Code // the items it feeds
	Fields     []Field
	Children   []Register // child tables (events of young cadres)
	Rules      []RegisterRowRule
	// Retention is how long records are kept, those of child tables with the one they belong to; zero for as long as there is the register.
	Retention Retention
}

// Retention is how long something is kept: for years after the day in the column After of its record. Without such a day it is kept for years
// after the record was taken off the register, and as long as it stands there. The zero value knows no end.
type Retention struct {
	Years int
	After string
}

// Field is a column of a register.
type Field struct {
	Name     string
	Label    Text
	Type     string
	Required bool
	// RequiredWhen is the condition over the fields under which the column must be filled, where it need not always be.
	RequiredWhen string
	Personal     bool // pii: masked except for those who handle the record
	Mask         string
	Values       []Group // of an enum
	Pattern      string
	Ref          string
	Max          int   // characters of a text
	Range        Range // of a number
	Rule         string
	Purpose      Text      // what a personal column is needed for, as whoever fills it reads
	Retain       Retention // how long a personal column is kept, where that is shorter than its record
	Consent      string    // the column with the day on which a natural person agreed to it, "" where the law asks for no consent of its own
	Example      string
	Note         Text
	System       bool // filled by the program
	ByHand       bool // people write it also where the program keeps the record
	Index        bool // lists show it first, and are narrowed by it
}

// RegisterRowRule is a rule every record must keep.
type RegisterRowRule struct {
	ID    string
	Level string // error refuses the record, warn asks
	Expr  string // "" where a person decides
	Name  Text
}

// Calendar holds the holidays and make-up working days, by year.
type Calendar struct {
	Years []CalendarYear
}

// CalendarYear are the days of a year that differ from Monday-to-Friday.
type CalendarYear struct {
	Year     int
	Official bool // follows the official notice; otherwise provisional
	Source   string
	Holidays []time.Time // working days off, at midnight UTC
	MakeUp   []time.Time // weekend days worked
	Blocks   []Holiday   // the holidays with their names and weekends, in the order of time
}

// Holiday is a holiday of the notice: its name, its first and last day off, at midnight UTC.
type Holiday struct {
	Name     Text
	From, To time.Time
}

// Item answers the item with a code.
func (e *Edition) Item(code Code) (Item, bool) {
	for _, i := range e.Items {
		if i.Code == code {
			return i, true
		}
	}
	return Item{}, false
}

// Framework answers the framework with a code.
func (e *Edition) Framework(code Code) (*Framework, bool) {
	for i := range e.Frameworks {
		if e.Frameworks[i].Code == code {
			return &e.Frameworks[i], true
		}
	}
	return nil, false
}

// Indicator answers an indicator's node and the framework it belongs to.
func (e *Edition) Indicator(code Code) (*Framework, *Node, bool) {
	for i := range e.Frameworks {
		if n := e.Frameworks[i].Root.Find(code); n != nil && n.Indicator != nil {
			return &e.Frameworks[i], n, true
		}
	}
	return nil, nil, false
}

// Named answers the name of what a code stands for. The kinds are unit, node (an item, else a framework or a heading of one),
// department and role; false where the edition has no such thing.
func (e *Edition) Named(kind, code string) (Text, bool) {
	switch kind {
	case "unit":
		unit, ok := e.Roster.Unit(UnitCode(code))
		return unit.Name, ok
	case "node":
		return e.nodeName(Code(code))
	case "department":
		for _, d := range e.Departments {
			if string(d.Code) == code {
				return d.Name, true
			}
		}
	case "role":
		for _, r := range e.Roles {
			if string(r.Code) == code {
				return r.Name, true
			}
		}
	}
	return Text{}, false
}

// Naming answers how a language calls what codes stand for, "" where the edition has no name. With a nil edition nothing has one.
func (e *Edition) Naming(lang string) func(kind, code string) string {
	return func(kind, code string) string {
		if e == nil {
			return ""
		}
		name, _ := e.Named(kind, code)
		return name.In(lang)
	}
}

func (e *Edition) nodeName(code Code) (Text, bool) {
	if item, ok := e.Item(code); ok {
		return item.Name, true
	}
	for i := range e.Frameworks {
		if e.Frameworks[i].Code == code {
			return e.Frameworks[i].Name, true
		}
		if n := e.Frameworks[i].Root.Find(code); n != nil {
			return n.Name, true
		}
	}
	return Text{}, false
}
