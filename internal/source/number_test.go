package source_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

func TestParseNumber(t *testing.T) {
	tests := map[string]string{
		"0":                    "0",
		"30412":                "30412",
		" 30412 ":              "30412",
		"-12.50":               "-12.5",
		"+7":                   "7",
		"007":                  "7",
		"2.936460018":          "2.936460018",
		"655.8000000000001":    "655.8000000000001",
		"9007199254740993":     "9007199254740993", // 2^53 + 1, which a double cannot hold
		"1,204":                "1204",
		"1,204,500.5":          "1204500.5",
		"１２０４":                 "1204",
		"１，２０４．５":              "1204.5",
		"−3":                   "-3",
		"\u30001204\u00a0":     "1204",
		"2e-06":                "0.000002",
		"1.2E+05":              "120000",
		"99999999999999999999": "99999999999999999999",
	}
	for in, want := range tests {
		n, err := source.ParseNumber(in)
		if err != nil || n.String() != want {
			t.Errorf("ParseNumber(%q) = %s, %v; want %s", in, n, err, want)
		}
		if n.Scientific != strings.ContainsAny(in, "eE") {
			t.Errorf("ParseNumber(%q).Scientific = %v", in, n.Scientific)
		}
	}
}

func TestParseNumberRefusesAndSaysHowToWrite(t *testing.T) {
	tests := map[string]string{
		"":                      "1204",
		"abc":                   "1204",
		"NaN":                   "1204",
		"Inf":                   "1204",
		"0x10":                  "1204", // not "write 0": that would be another figure
		"1_000":                 "1204",
		"12x3":                  "1204",
		"1 204":                 "1204",
		"1,20":                  "1204",
		"12,04,500":             "1204",
		"1204,":                 "1204",
		".5":                    "1204",
		"5.":                    "1204",
		"1.2.3":                 "1204",
		"1e999":                 "1204",
		"1e-100":                "1204",
		"0,123":                 "1204", // a thousand begins with no zero; a fraction does
		"1.2万":                  "digits alone",
		"3亿":                    "digits alone",
		"1,204人":                "digits alone",
		"98.5%":                 "digits alone",
		"98.5％":                 "digits alone",
		"12 家":                  "digits alone",
		"—":                     "1204",
		"…":                     "1204",
		strings.Repeat("9", 41): "1204",
	}
	for in, remedy := range tests {
		_, err := source.ParseNumber(in)
		if !errors.Is(err, assess.ErrInvalid) || !strings.Contains(err.Error(), remedy) {
			t.Errorf("ParseNumber(%q): %v; want a refusal that says %q", in, err, remedy)
		}
	}
}

// What a number is written as reads back as the same number, with separators and full-width digits too.
func TestNumbersSurviveBeingWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{0,9}[1-9])?`).Draw(t, "number")
		if text == "-0" {
			return
		}
		wide := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, text)
		for _, written := range []string{text, wide, grouped(text)} {
			n, err := source.ParseNumber(written)
			if err != nil || n.String() != text {
				t.Fatalf("ParseNumber(%q) = %s, %v; want %s", written, n, err, text)
			}
		}
	})
}

// grouped puts a comma between thousands.
func grouped(number string) string {
	whole, fraction, hasFraction := strings.Cut(strings.TrimPrefix(number, "-"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	if strings.HasPrefix(number, "-") {
		whole = "-" + whole
	}
	return whole
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1204", "1.2万", "１２", "1,204.5", "1e9", "-0", "98.5%", "٣", "1e-9999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := source.ParseNumber(s)
		if err != nil {
			return
		}
		again, err := source.ParseNumber(n.String())
		if len(n.String()) <= 40 && (err != nil || !again.Equal(n.Decimal)) {
			t.Errorf("%q reads as %s, which reads as %s, %v", s, n, again, err)
		}
	})
}

func TestParseTyped(t *testing.T) {
	for _, tt := range []struct{ text, measure, want string }{
		{"30412", "人", "30412"},
		{"３０，４１２", "人", "30412"},
		{" 30 412 ", "人", "30412"},
		{"30　412", "人", "30412"},
		{"1 204 500.5 万元", "元", "12045005000"},
		{"1204\n家", "家", "1204"},
		{"1,204家", "家", "1204"},
		{"1204 家", "家", "1204"},
		{"1.2万", "人", "12000"},
		{"１.２ 万 人", "人", "12000"},
		{"3亿", "元", "300000000"},
		{"1,234.5万元", "元", "12345000"},
		{"92.5％", "%", "92.5"},
		{"−5", "", "-5"},
		{"0", "人", "0"},
		{"1204人", "家", ""}, // another measure than the figure's
		{"约70", "家", ""},
		{"1.2万万", "人", ""},
		{"1,2万", "人", ""}, // a comma that separates no thousands
		{"万", "人", ""},
		{"家", "家", ""},
		{"", "家", ""},
	} {
		n, err := source.ParseTyped(tt.text, tt.measure)
		switch {
		case tt.want == "":
			if !errors.Is(err, assess.ErrInvalid) {
				t.Errorf("%q is read as %s, %v; want a refusal", tt.text, n, err)
			}
		case err != nil || n.String() != tt.want:
			t.Errorf("%q is read as %s, %v; want %s", tt.text, n, err, tt.want)
		}
	}
}

// A refusal names what is in the way, and suggests no number: how much 12万 is of a figure is known to who wrote it.
func TestRefusalsOfTypedNumbers(t *testing.T) {
	for _, tt := range []struct{ text, measure, want string }{
		{"12 3", "人", "problem.number_blank"},
		{"1 2 3 4", "人", "problem.number_blank"},
		{"12\n3", "人", "problem.number_blank"},
		{"30\n412", "人", "problem.number_blank"}, // two rows of one cell, not a thousand
		{"0 412", "人", "problem.number_blank"},
		{"1,204 50家", "家", "problem.number_blank"},
		{"12 3万", "人", "problem.number_blank"},
		{"1e5", "人", "problem.number_scientific"},
		{"1.23457E+06", "元", "problem.number_scientific"},
		{"９．２E+01", "%", "problem.number_scientific"},
		{"100个", "元", "problem.number_other"},
		{"1.2万家", "人", "problem.number_other"},
		{"1,2万", "人", "problem.number"},
		{"1,2人", "", "problem.number"},
		{"5-", "人", "problem.number"},
		{"5-", "", "problem.number"},
		{"12家", "", "problem.number_measure"},
	} {
		_, err := source.ParseTyped(tt.text, tt.measure)
		p, ok := errors.AsType[*assess.Problem](err)
		if !ok || p.Key != tt.want {
			t.Errorf("%q in %s: %v, want %s", tt.text, tt.measure, err, tt.want)
		}
		if ok && p.Args["write"] != "" {
			t.Errorf("%q: %s is a guess", tt.text, p.Args["write"])
		}
	}
}

func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"1.2万", "３０，４１２ 人", "−5", "1e9亿", "万", "9999999999999999999999999999999999999999亿"} {
		f.Add(s, "人")
	}
	f.Fuzz(func(t *testing.T, s, measure string) {
		n, err := source.ParseTyped(s, measure)
		if err != nil {
			return
		}
		again, err := source.ParseNumber(n.String())
		if err != nil || !again.Equal(n.Decimal) {
			t.Errorf("%q is read as %s, which is read as %s, %v", s, n, again, err)
		}
	})
}
