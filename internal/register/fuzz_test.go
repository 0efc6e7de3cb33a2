package register_test

import (
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/testkit"
)

// FuzzColumns: what people write into any column of any register is refused with a sentence, or has one form, which is read as itself, and
// stands the rules of its register; a personal column is never shown as it is.
func FuzzColumns(f *testing.F) {
	for i, text := range []string{"2024年3月5日", "２０２４．３．５", "1,204.50", "5.1%", "是", "技能传授型；技术攻关型", "138 0000 8000", "91210102MA0TEXT010", "6222020200012345678", "—", "\x00", "1e309", "-0"} {
		f.Add(uint16(7*i), text)
	}
	type column struct {
		table *register.Table
		field assess.Field
	}
	var columns []column
	e := testkit.Shipped(f)
	for _, r := range e.Registers {
		table, err := register.New(r, e.Assessment.Parameters)
		if err != nil {
			f.Fatal(err)
		}
		for _, field := range r.Fields {
			columns = append(columns, column{table, field})
		}
	}
	day := time.Date(2026, 4, 9, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, which uint16, text string) {
		c := columns[int(which)%len(columns)]
		value, err := c.table.Read(c.field.Name, text)
		var problem *assess.Problem
		if err != nil {
			if !errors.As(err, &problem) || problem.Message == "" {
				t.Fatalf("%s %q: %v", c.field.Name, text, err)
			}
			return
		}
		if again, err := c.table.Read(c.field.Name, value); err != nil || again != value || !utf8.ValidString(value) {
			t.Errorf("%s.%s: %q is %q, and that %q, %v", c.table.Code, c.field.Name, text, value, again, err)
		}
		c.table.Check(map[string]string{c.field.Name: value}, day, nil)
	})
}
