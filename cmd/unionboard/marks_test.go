package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// field is a kind of thing that a page can tell of a unit in a period, by one letter.
type field byte

// The fields, in the order in which they are written.
const (
	ofScore   field = 's' // the score
	ofPoints  field = 'p' // its points
	ofValue   field = 'v' // the value of an indicator
	ofPlace   field = 'r' // the place among all, or within the group
	ofChange  field = 'c' // by how much score or place differs from those of another period
	ofMiddle  field = 'm' // a median or mean over several units
	ofFigure  field = 'f' // a figure that was handed in
	ofPerson  field = 'w' // who entered or accepted it, or said something
	ofNote    field = 'n' // the note of a figure, a comment for both sides
	ofTalk    field = 't' // a comment among the city's own people
	allFields       = "sprvcmfwnt"
)

// mark is what a number on a page betrays. Of a change the periods are two.
type mark struct {
	field   field
	unit    assess.UnitCode // "" for what is made of several units
	periods []assess.Period
}

// marks puts numbers of eleven digits in the place of everything a page could tell, each number once, so that whoever sees one in
// whatever table, chart or file sees what it stands for. What a page may compute of two scores of a unit, and of the scores of a
// group, is known too.
type marks struct {
	t      testing.TB
	random *rand.Rand
	kept   map[string][]mark
	given  map[string]float64 // the number of each place, the same whenever a sheet is computed anew
}

func newMarks(t testing.TB) *marks {
	return &marks{t: t, random: rand.New(rand.NewPCG(21, 21)), kept: map[string][]mark{}, given: map[string]float64{}}
}

func (m *marks) know(x float64, is mark) {
	whole := int64(max(x, -x))
	if whole < 1_000_000_000 {
		return // a small difference could be anything
	}
	text := strconv.FormatInt(whole, 10)
	m.kept[text] = append(m.kept[text], is)
}

// number answers the number of a place, and notes what it stands for.
func (m *marks) number(f field, unit assess.UnitCode, p assess.Period, place string) float64 {
	key := fmt.Sprint(string(f), unit, p, place)
	x, ok := m.given[key]
	if !ok {
		x = float64(20_000_000_001 + m.random.Int64N(79_999_999_999))
		m.given[key] = x
		m.know(x, mark{f, unit, []assess.Period{p}})
	}
	return x
}

// text is number as a word of its own.
func (m *marks) text(f field, unit assess.UnitCode, p assess.Period, place string) string {
	return fmt.Sprintf("%.0f", m.number(f, unit, p, place))
}

// plant writes a figure with a note, persons, and two comments of every unit and period through the store, as a correction would.
func (m *marks) plant(a *app, item, about assess.Code, units []assess.Unit, periods []assess.Period) {
	m.t.Helper()
	line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "test.plant", Object: string(item), Result: "ok"}
	in := assess.Intake{Audit: []assess.AuditLine{line}}
	for _, u := range units {
		for _, p := range periods {
			word := func(f field, place string) string { return m.text(f, u.Code, p, place) }
			in.Observations = append(in.Observations, assess.Observation{
				CellKey: assess.CellKey{Unit: u.Code, Period: p, Item: item}, State: assess.Reported, Value: word(ofFigure, "value"),
				Note: word(ofNote, "note"), EnteredBy: "e" + word(ofPerson, "entered"), AcceptedBy: "a" + word(ofPerson, "accepted"), RecordedAt: time.Now(),
			})
			for _, reach := range []assess.Reach{assess.ForBoth, assess.ForCity} {
				f := ofNote
				if reach == assess.ForCity {
					f = ofTalk
				}
				c := assess.Comment{Unit: u.Code, Period: p, Code: about, Reach: reach, Text: "x" + word(f, "comment"), By: "demo.analyst", Role: assess.CityAnalyst, At: time.Now()}
				if err := a.store.AddComment(m.t.Context(), c, line); err != nil {
					m.t.Fatal(err)
				}
			}
		}
	}
	if _, err := a.store.Commit(m.t.Context(), in); err != nil {
		m.t.Fatal(err)
	}
}

// put puts the numbers into the sheets that the board keeps. It is to be done again when the data have changed.
func (m *marks) put(board *results.Live, periods []assess.Period) {
	m.t.Helper()
	for _, p := range periods {
		for _, read := range []func() (*results.Sheet, error){
			func() (*results.Sheet, error) { return board.Sheet(m.t.Context(), p) },
			func() (*results.Sheet, error) { return board.Locked(m.t.Context(), p) },
		} {
			sheet, err := read()
			if err != nil {
				m.t.Fatal(err)
			}
			for _, scores := range append(slices.Clone(sheet.Frameworks), sheet.Composite) {
				for i := range scores.Cards {
					m.putCard(&scores.Cards[i], p)
				}
				if scores.City != nil {
					m.putCard(scores.City, p)
				}
			}
		}
	}
}

func (m *marks) putCard(c *assess.Scorecard, p assess.Period) {
	for i := range c.Nodes {
		n := &c.Nodes[i]
		set := func(f field, place string, into ...*float64) {
			for _, x := range into {
				*x = m.number(f, c.Unit, p, string(n.Node)+place)
			}
		}
		set(ofScore, "", &n.Score, &n.Shown)
		set(ofScore, "low", &n.Low)
		set(ofScore, "high", &n.High)
		set(ofPoints, "", &n.Points)
		if n.Value != nil {
			x := m.number(ofValue, c.Unit, p, string(n.Node))
			n.Value = &x
		}
		if n.Rank != 0 {
			n.Rank = int(m.number(ofPlace, c.Unit, p, string(n.Node)))
		}
		if n.GroupRank != 0 {
			n.GroupRank = int(m.number(ofPlace, c.Unit, p, string(n.Node)+"group"))
		}
	}
	c.Total, c.Base = c.Root().Score, c.Root().Score
}

// derive notes what follows from the numbers: the difference of every two periods, the median and mean of every group.
func (m *marks) derive(edition *assess.Edition, periods []assess.Period) {
	var codes []assess.Code
	for _, f := range edition.Frameworks {
		f.Root.Walk(func(n, _ *assess.Node, _ int) { codes = append(codes, n.Code) })
	}
	codes = append(codes, assess.CompositeCode)
	at := func(f field, u assess.UnitCode, p assess.Period, place string) (float64, bool) {
		x, ok := m.given[fmt.Sprint(string(f), u, p, place)]
		return x, ok
	}
	units := append(slices.Clone(edition.Roster.Units), edition.Roster.City)
	for _, code := range codes {
		for i, p := range periods {
			groups := map[assess.Code][]float64{}
			for _, u := range units {
				now, ok := at(ofScore, u.Code, p, string(code))
				if ok && u.Code != edition.Roster.City.Code {
					groups[""], groups[u.Group] = append(groups[""], now), append(groups[u.Group], now)
				}
				for _, then := range periods[:i] {
					for f, place := range map[field][]string{ofScore: {""}, ofPlace: {"", "group"}} {
						for _, which := range place {
							x, okX := at(f, u.Code, p, string(code)+which)
							y, okY := at(f, u.Code, then, string(code)+which)
							if okX && okY {
								m.know(x-y, mark{ofChange, u.Code, []assess.Period{p, then}})
							}
						}
					}
				}
			}
			for _, all := range groups {
				slices.SortFunc(all, cmp.Compare[float64])
				sum := 0.0
				for _, x := range all {
					sum += x
				}
				is := mark{ofMiddle, "", []assess.Period{p}}
				m.know(sum/float64(len(all)), is)
				if n := len(all); n%2 == 0 {
					m.know((all[n/2-1]+all[n/2])/2, is)
				}
			}
		}
	}
}

// plainNumber and foldedNumber are a number of a page without and with separators of its thousands.
var (
	plainNumber  = regexp.MustCompile(`\d{10,}`)
	foldedNumber = regexp.MustCompile(`\d{1,3}(?:,\d{3}){3}`)
	// a SHA-256, in which any number may stand by chance
	digest = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
)

// on answers what a page betrays.
func (m *marks) on(page string) (all []mark) {
	page = digest.ReplaceAllString(page, "")
	for _, text := range plainNumber.FindAllString(page, -1) {
		all = append(all, m.kept[text]...)
	}
	for _, text := range foldedNumber.FindAllString(page, -1) {
		all = append(all, m.kept[strings.ReplaceAll(text, ",", "")]...)
	}
	return all
}
