package takeout

import (
	"errors"
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// TestAnOrderIsCheckedBeforeAnythingIsRead: what is wrong is named with its field, and what would be right.
func TestAnOrderIsCheckedBeforeAnythingIsRead(t *testing.T) {
	t.Parallel()
	q := assess.NewQuarter(2026, 1)
	order := func(table string, format Format, change func(*Order)) Order {
		o := Order{Order: export.Order{Table: table, Periods: []assess.Period{q}, Lang: "zh"}, Format: format}
		if change != nil {
			change(&o)
		}
		return o
	}
	for name, c := range map[string]struct {
		order      Order
		field, key string
	}{
		"right":              {order("scores", CSV, nil), "", ""},
		"right paper":        {order("scorecard", PDF, func(o *Order) { o.Units = []assess.UnitCode{"210102"} }), "", ""},
		"right range":        {order("scores", XLSX, func(o *Order) { o.Periods = append(o.Periods, q.Next()) }), "", ""},
		"no such table":      {order("score", CSV, nil), "table", "problem.no_table"},
		"no such format":     {order("scores", "xls", nil), "format", "problem.takeout_format"},
		"no letter of it":    {order("scores", DOCX, nil), "format", "problem.takeout_format"},
		"a letter as table":  {order("notice", CSV, nil), "format", "problem.takeout_format"},
		"no period":          {order("scores", CSV, func(o *Order) { o.Periods = nil }), "period", "problem.takeout_period"},
		"paper of several":   {order("scorecard", PDF, func(o *Order) { o.Periods = append(o.Periods, q.Next()) }), "period", "problem.takeout_one_period"},
		"right package":      {order("package", ZIP, nil), "", ""},
		"package of several": {order("package", ZIP, func(o *Order) { o.Periods = append(o.Periods, q.Next()) }), "period", "problem.takeout_one_period"},
		"package as table":   {order("package", XLSX, nil), "format", "problem.takeout_format"},
		"notice of a unit":   {order("notice", PDF, func(o *Order) { o.Units = []assess.UnitCode{"210102"} }), "unit", "problem.takeout_notice_unit"},
		"language":           {order("scores", CSV, func(o *Order) { o.Lang = "fr" }), "lang", "problem.takeout_lang"},
	} {
		err := c.order.Check()
		var wrong *assess.Problem
		if c.key == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !errors.As(err, &wrong) || wrong.Key != c.key || wrong.Place.Field != c.field {
			t.Errorf("%s: %#v, want %s at %s", name, err, c.key, c.field)
		}
	}
}

// TestEveryTableOfTheBookIsOffered: a table that is described can be taken out, in a format whose media type is known.
func TestEveryTableOfTheBookIsOffered(t *testing.T) {
	t.Parallel()
	if diff := slices.Compare(Tables(), append(export.Names(), Notice, Package)); diff != 0 {
		t.Errorf("offered are %v", Tables())
	}
	for _, o := range Offers() {
		for _, f := range o.Formats {
			if f.Media() == "application/octet-stream" {
				t.Errorf("%s as %s has no media type", o.Table, f)
			}
		}
	}
}
