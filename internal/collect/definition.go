package collect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// Editions answers what is defined for a year; a year without an edition is ErrNotFound.
type Editions interface {
	Edition(ctx context.Context, year int) (*assess.Edition, error)
}

// definition is what a code means in a year: an item, or an indicator that takes its value directly.
type definition struct {
	item assess.Item
	// hard are the limits outside which no value is taken, of all indicators that show the item as it is.
	hard assess.Range
	// parted: rows may repeat with part and ref, for ratings, deductions and bonus.
	parted bool
}

// book is an edition, indexed.
type book struct {
	edition *assess.Edition
	units   map[assess.UnitCode]assess.Unit
	codes   map[assess.Code]*definition
	guesses map[assess.Code]assess.Code // of unknown codes, "" where none comes near
	checks  *quality.Checks             // nil until they are needed
	dues    map[bool][]assess.Item      // what a district owes in a quarter, and in a fourth one; made when they are needed
}

func newBook(edition *assess.Edition) *book {
	b := &book{edition: edition, units: map[assess.UnitCode]assess.Unit{}, codes: map[assess.Code]*definition{}, guesses: map[assess.Code]assess.Code{}, dues: map[bool][]assess.Item{}}
	for _, u := range edition.Roster.Units {
		b.units[u.Code] = u
	}
	for _, item := range edition.Items {
		b.codes[item.Code] = &definition{item: item}
	}
	for i := range edition.Frameworks {
		for _, leaf := range edition.Frameworks[i].Root.Leaves() {
			b.addIndicator(leaf.Code, leaf.Indicator)
		}
	}
	return b
}

// addIndicator lets an indicator without items of its own be reported under its code, and its item know its limits.
func (b *book) addIndicator(code assess.Code, in *assess.Indicator) {
	takes := in.Value.Item
	if in.Value == (assess.Formula{}) {
		takes = code
	}
	if takes == "" {
		return
	}
	d := b.codes[takes]
	if d == nil {
		if takes != code {
			return // the catalogue has refused it
		}
		d = &definition{item: directItem(code, in)}
		b.codes[code] = d
	}
	d.hard = narrower(d.hard, in.Hard)
	switch in.Method.Kind {
	case assess.Rated, assess.Deduction, assess.Bonus:
		d.parted = true
	}
}

func directItem(code assess.Code, in *assess.Indicator) assess.Item {
	item := assess.Item{
		Code: code, Definition: in.Definition, Measure: in.Measure, Type: in.Type, Frequency: in.Frequency, Accumulation: in.Accumulation,
		Origin: in.Origin, UsedBy: []assess.Code{code},
	}
	for level := range in.Method.Levels {
		item.Levels = append(item.Levels, level)
	}
	slices.SortFunc(item.Levels, func(a, b assess.Code) int { // best first
		return int(100 * (in.Method.Levels[b] - in.Method.Levels[a]))
	})
	return item
}

func narrower(a, b assess.Range) assess.Range {
	if a.Low == nil || b.Low != nil && b.Low.GreaterThan(*a.Low) {
		a.Low = b.Low
	}
	if a.High == nil || b.High != nil && b.High.LessThan(*a.High) {
		a.High = b.High
	}
	return a
}

// mostGuesses is how many unknown codes are compared with the known ones: who sends more has not mistyped them.
const mostGuesses = 1000

// closest answers the code that was probably meant, "" where none comes near. Each unknown code is looked for once.
func (b *book) closest(code assess.Code) assess.Code {
	guess, known := b.guesses[code]
	if !known && len(b.guesses) < mostGuesses {
		guess = assess.Closest(code, slices.Sorted(maps.Keys(b.codes)))
		b.guesses[code] = guess
	}
	return guess
}

// owed answers the items that a district owes in the report of a quarter.
func (b *book) owed(p assess.Period) []assess.Item {
	if dues, known := b.dues[annual(p)]; known {
		return dues
	}
	var items []assess.Item
	for _, item := range b.edition.Items {
		if item.Origin == assess.FromDistrict && !b.codes[item.Code].parted && (item.Frequency != assess.Annual || annual(p)) {
			items = append(items, item)
		}
	}
	b.dues[annual(p)] = items
	return items
}

// shelf keeps the books of the years that a delivery speaks of.
type shelf struct {
	editions Editions
	books    map[int]*book
}

func newShelf(editions Editions) *shelf { return &shelf{editions, map[int]*book{}} }

// book answers the definitions of a year, nil for a year without any.
func (s *shelf) book(ctx context.Context, year int) (*book, error) {
	if b, ok := s.books[year]; ok {
		return b, nil
	}
	edition, err := s.editions.Edition(ctx, year)
	switch {
	case errors.Is(err, assess.ErrNotFound):
		s.books[year] = nil
	case err != nil:
		return nil, fmt.Errorf("definitions of %d: %w", year, err)
	default:
		s.books[year] = newBook(edition)
	}
	return s.books[year], nil
}
