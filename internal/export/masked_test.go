package export

import "testing"

// TestPersonalNumbersAreMasked, however people write them, and no other number is.
func TestPersonalNumbersAreMasked(t *testing.T) {
	t.Parallel()
	hidden, shown := &maker{}, &maker{order: Order{Personal: true}}
	for text, want := range map[string]string{
		"":                           "",
		"电话13812345678。":             "电话138****78。",
		"电话 138-1234-5678":           "电话 138****78",
		"138 1234 5678":              "138****78",
		"１３８１２３４５６７８":                "１３８****７８",
		"+8613812345678":             "+86138****78",
		"024-22551234 办公室":           "024****34 办公室",
		"身份证210102199001011234":      "身份证210****34",
		"21010219900101123X":         "210****3X",
		"210102********1234":         "210****34",
		"210102900101123":            "210****23",
		"卡号6222021234567890123":      "卡号622****23",
		"卡号 6222 0212 3456 7890 123": "卡号 622****23",
		"会员 1204 人，经费 1234567.89 元":  "会员 1204 人，经费 1234567.89 元",
		"2026-04-18 至 2026-05-18":    "2026-04-18 至 2026-05-18",
		"和平区 210102，第 2026Q1":        "和平区 210102，第 2026Q1",
		"12345678901 元":              "12345678901 元",
		"甲13812345678乙13912345679":   "甲138****78乙139****79",
	} {
		if got := hidden.masked(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if got := shown.masked(text); got != text {
			t.Errorf("%q becomes %q for one who may see it", text, got)
		}
	}
}
