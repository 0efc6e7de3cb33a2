package web

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// figureText writes a figure of an item for people, as every table does: levels and truths in words, numbers in groups, its state in a
// word where there is no value.
func figureText(v *visit, item assess.Item, state assess.State, value string) string {
	switch {
	case state == assess.Exempt:
		return v.words.T("web.light.n")
	case state == assess.Missing:
		return v.words.T("web.light.x")
	case value == "":
		return "—"
	case item.Type == assess.Boolean:
		return v.words.T(map[bool]string{true: "common.yes", false: "common.no"}[value == "1"])
	case len(item.Levels) > 0:
		return levelName(v, value)
	}
	if d, err := decimal.NewFromString(value); err == nil {
		return i18n.Decimal(d)
	}
	return value
}

// levelName answers the name of a level, its code where it has none.
func levelName(v *visit, level string) string {
	if v.words.Has("level." + level) {
		return v.words.T("level." + level)
	}
	return strings.ReplaceAll(level, "_", " ")
}
