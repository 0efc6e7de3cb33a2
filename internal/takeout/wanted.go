package takeout

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// wanted is an order as it is kept until its file is made. Whose it is stands with the job.
type wanted struct {
	Table     string            `json:"table"`
	Format    Format            `json:"format"`
	Periods   []string          `json:"periods"`
	Units     []assess.UnitCode `json:"units,omitempty"`
	Node      assess.Code       `json:"node,omitempty"`
	Lang      string            `json:"lang"`
	Personal  bool              `json:"personal,omitempty"`
	Wide      bool              `json:"wide,omitempty"`
	Trace     bool              `json:"trace,omitempty"`
	WithCity  bool              `json:"with_city,omitempty"`
	Mark      bool              `json:"mark,omitempty"`
	Published bool              `json:"published,omitempty"`
}

// keep writes orders down.
func keep(orders ...Order) (string, error) {
	all := make([]wanted, len(orders))
	for i, o := range orders {
		all[i] = wanted{
			Table: o.Table, Format: o.Format, Units: o.Units, Node: o.Node, Lang: o.Lang, Personal: o.Personal,
			Wide: o.Wide, Trace: o.Trace, WithCity: o.WithCity, Mark: o.Mark, Published: o.Published,
		}
		for _, p := range o.Periods {
			all[i].Periods = append(all[i].Periods, p.String())
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("keep an order: %w", err)
	}
	return string(text), nil
}

// kept reads orders that were written down, as of now.
func kept(text string, now time.Time) ([]Order, error) {
	var all []wanted
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("read an order: %w", err)
	}
	orders := make([]Order, len(all))
	for i, w := range all {
		orders[i] = Order{
			Order:  export.Order{Table: w.Table, Units: w.Units, Node: w.Node, Lang: w.Lang, Personal: w.Personal, Now: now},
			Format: w.Format, Wide: w.Wide, Trace: w.Trace, WithCity: w.WithCity, Mark: w.Mark, Published: w.Published,
		}
		for _, text := range w.Periods {
			p, err := assess.ParsePeriod(text)
			if err != nil {
				return nil, fmt.Errorf("read an order: %w", err)
			}
			orders[i].Periods = append(orders[i].Periods, p)
		}
	}
	return orders, nil
}
