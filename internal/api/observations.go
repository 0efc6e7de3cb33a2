package api

import (
	"context"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// Log is what was accepted.
type Log interface {
	Head(ctx context.Context) (assess.Head, error)
	// Figures answers what holds of the cells that q chooses, from the first one behind after, at most limit of them, in the order of
	// period, unit, item, part and ref.
	Figures(ctx context.Context, q assess.CellQuery, after assess.CellKey, limit int) ([]assess.Observation, error)
}

// valuesSchema names the form of figures of one unit and period.
const valuesSchema = "unionboard/values/1"

// values is a source's JSON: figures of one unit and period.
type values struct {
	Schema    string          `json:"schema"`
	Unit      assess.UnitCode `json:"unit"`
	Period    assess.Period   `json:"period"`
	Generated string          `json:"generated_at"`
	Values    []value         `json:"values"`
	Next      *string         `json:"next"`
}

type value struct {
	Code  assess.Code  `json:"code"`
	Value *string      `json:"value,omitempty"`
	State assess.State `json:"state"`
	Note  string       `json:"note,omitempty"`
	Part  string       `json:"part,omitempty"`
	Ref   string       `json:"ref,omitempty"`
}

func figureColumns() []string {
	return []string{"unit", "period", "code", "value", "state", "note", "part", "ref"}
}

func figureRecord(o assess.Observation) []string {
	return []string{
		string(o.Unit), o.Period.String(), string(o.Item), o.Value, string(o.State), export.Masked(o.Note), o.Part, o.Ref,
	}
}

// behind says where a page of figures begins: in the log as it stood at a number, behind a cell.
type behind struct {
	Seq    int64           `json:"s"`
	View   uint64          `json:"w"`
	Unit   assess.UnitCode `json:"u"`
	Period string          `json:"p"`
	Item   assess.Code     `json:"i"`
	Part   string          `json:"a,omitempty"`
	Ref    string          `json:"r,omitempty"`
}

// observations answers the figures that hold: as CSV of all units and periods that were asked for, as JSON of one of them after the other,
// since that is the form in which figures are handed in. All pages are of the log as it stood for the first.
func (a *API) observations(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	query, err := a.figures(ctx, c, q)
	limit, token := q.number("limit", usualPage, 1, mostPage), q.text("cursor")
	if fault := q.end(); fault != nil {
		return nil, fault
	}
	if err != nil {
		return nil, err
	}
	kind, err := accepted(c.Accept, JSON, CSV)
	if err != nil {
		return nil, err
	}
	at, err := a.figuresFrom(ctx, c, token)
	if err != nil {
		return nil, err
	}
	after := assess.CellKey{Unit: at.Unit, Item: at.Item, Part: at.Part, Ref: at.Ref}
	if token != "" {
		if after.Period, err = assess.ParsePeriod(at.Period); err != nil {
			return nil, strange()
		}
	}
	query.AsOf = at.Seq
	all, err := a.Log.Figures(ctx, query, after, limit+1)
	if err != nil {
		return nil, err
	}
	page := all[:min(limit, len(all))]
	if kind == JSON {
		page = ofOne(page)
	}
	answer := &Answer{Kind: kind}
	if len(page) < len(all) {
		last := page[len(page)-1]
		answer.Next = c.after(behind{at.Seq, at.View, last.Unit, last.Period.String(), last.Item, last.Part, last.Ref})
	}
	if kind == CSV {
		answer.Body, err = table(figureColumns(), func(yield func([]string) bool) {
			for _, o := range page {
				if !yield(figureRecord(o)) {
					return
				}
			}
		})
		return answer, err
	}
	answer.Body, err = encoded(valuesOf(page, query, answer.Next, c.Now))
	return answer, err
}

// figures reads which figures are asked for. Somebody who may read those of one unit gets no others: a unit that is another's is answered
// in the words for one that there is not.
func (a *API) figures(ctx context.Context, c Call, q *parameters) (query assess.CellQuery, err error) {
	for _, text := range texts[string](q, "period") {
		p, err := assess.ParsePeriod(text)
		if err != nil {
			q.wrong(badPeriod("period", text))
		}
		query.Periods = append(query.Periods, p)
	}
	query.Units, query.Items = texts[assess.UnitCode](q, "unit"), texts[assess.Code](q, "code")
	if q.must("period", len(query.Periods) > 0); q.fault != nil {
		return query, nil
	}
	e, err := a.Board.Edition(ctx, query.Periods[0].CalendarYear())
	if err != nil {
		return query, err
	}
	for _, unit := range query.Units {
		exists := slices.ContainsFunc(roster(e), func(u assess.Unit) bool { return u.Code == unit })
		if !exists || !c.User.May(account.ReadFigures, unit) {
			return query, noUnit(string(unit))
		}
	}
	if !c.User.May(account.ReadFigures, "") {
		query.Units = []assess.UnitCode{c.User.Unit}
	}
	return query, nil
}

// figuresFrom answers where a page begins.
func (a *API) figuresFrom(ctx context.Context, c Call, token string) (at behind, err error) {
	if token == "" {
		head, err := a.Log.Head(ctx)
		return behind{Seq: head.Seq, View: c.view()}, err
	}
	if err := opened(token, &at); err != nil {
		return at, err
	}
	if at.View != c.view() || at.Seq < 1 {
		return at, strange()
	}
	return at, nil
}

// ofOne answers the first figures that are of the same unit and period.
func ofOne(all []assess.Observation) []assess.Observation {
	end := slices.IndexFunc(all, func(o assess.Observation) bool { return o.Unit != all[0].Unit || o.Period != all[0].Period })
	if end < 0 {
		return all
	}
	return all[:end]
}

func valuesOf(page []assess.Observation, query assess.CellQuery, next string, now time.Time) values {
	v := values{Schema: valuesSchema, Period: query.Periods[0], Generated: now.Format(time.RFC3339), Values: make([]value, 0, len(page))}
	if len(query.Units) > 0 {
		v.Unit = query.Units[0]
	}
	if next != "" {
		v.Next = &next
	}
	for _, o := range page {
		v.Unit, v.Period = o.Unit, o.Period
		one := value{Code: o.Item, State: o.State, Note: export.Masked(o.Note), Part: o.Part, Ref: o.Ref}
		if o.Value != "" {
			one.Value = &o.Value
		}
		v.Values = append(v.Values, one)
	}
	return v
}
