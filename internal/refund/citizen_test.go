package refund

import (
	"strings"
	"testing"
)

// TestNoWarningQuotesACitizen: numbers that look like a citizen's, whatever their check digits, are in no sentence.
func TestNoWarningQuotesACitizen(t *testing.T) {
	t.Parallel()
	for _, number := range []string{
		"110101198001011237", "110101198001011230", "120101198001011230", "510101198001011234", "810101198001011234", "21010219800101123400", "210102800101123", "2101 0219 8001 0112 34",
	} {
		in := &Intake{TaxFile: "tax.csv"}
		cells := make([]string, 19)
		cells[0], cells[1], cells[2], cells[3] = "T1", number, "示例", "1"
		in.Payment(2, cells, nil)
		if len(in.Warnings) != 1 || in.Warnings[0].Key != "problem.refund_code_person" || strings.Contains(in.Warnings[0].Error(), number[:6]) {
			t.Errorf("%s: %v", number, in.Warnings)
		}
	}
}

// TestCitizensInsideTexts are covered, and codes and accounts of organisations are not.
func TestCitizensInsideTexts(t *testing.T) {
	t.Parallel()
	cover := func(string) string { return "*" }
	for text, want := range map[string]string{
		"李四210102198001011234面馆": "李四*面馆", "21010219800101123X": "*", "21010219800101123X00": "*", "２１０１０２１９８００１０１１２３４": "*", "210102800101123": "*",
		"210102-19800101-1234": "*", "沈阳鑫源机械有限公司": "沈阳鑫源机械有限公司", "91210102MA0TEST017": "91210102MA0TEST017", "912101021234567890": "912101021234567890", "中山路12号": "中山路12号",
	} {
		if got := WithoutCitizens(text, cover); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
