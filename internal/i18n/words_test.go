package i18n_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/i18n"
)

func TestNumbers(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{i18n.Number(1204, 0), "1,204"},
		{i18n.Number(1234567.891, 2), "1,234,567.89"},
		{i18n.Number(999.5, 0), "1,000"},
		{i18n.Number(-3.1, 2), "−3.10"}, // the real minus sign
		{i18n.Number(-0.001, 2), "0.00"},
		{i18n.Number(2.665, 2), "2.67"}, // half-up, although the double lies below
		{i18n.Number(86.875, 2), "86.88"},
		{i18n.Number(1.005, 2), "1.01"},
		{i18n.Number(86.8749999999999, 2), "86.88"}, // noise in the last bits is no difference
		{i18n.Number(-0.125, 2), "−0.13"},
		{i18n.Number(0, 0), "0"},
		{i18n.Number(math.NaN(), 2), "—"},
		{i18n.Number(math.Inf(1), 2), "—"},
		{i18n.Score(86.4), "86.40"},
		{i18n.Percent(92.14), "92.1%"},
		{i18n.Percent(math.NaN()), "—"},
		{i18n.Signed(1.2, 2), "+1.20"},
		{i18n.Signed(-1.2, 2), "−1.20"},
		{i18n.Signed(0.001, 2), "0.00"},
		{i18n.Signed(30690, 0), "+30,690"},
		{i18n.Decimal(decimal.RequireFromString("12345.670")), "12,345.670"},
		{i18n.Decimal(decimal.RequireFromString("-5")), "−5"},
		{i18n.Decimal(decimal.RequireFromString("1e3")), "1,000"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

// TestNumbersReadBack: what is written is the number, rounded half-up, and nothing else.
func TestNumbersReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1e12, 1e12).Draw(t, "cents")
		text := i18n.Number(float64(cents)/100, 2)
		plain := strings.NewReplacer(",", "", "−", "-").Replace(text)
		got, err := strconv.ParseFloat(plain, 64)
		if err != nil || math.Round(got*100) != float64(cents) {
			t.Fatalf("%d hundredths are written %q", cents, text)
		}
	})
}

func TestFolding(t *testing.T) {
	zh, en := words(t, "zh"), words(t, "en")
	for _, tc := range []struct{ got, want string }{
		{zh.Fold(252000), "25.2万"},
		{en.Fold(252000), "252,000"},
		{zh.Fold(250000), "25万"},
		{zh.Fold(9999), "9,999"},
		{zh.Fold(10000), "1万"},
		{zh.Fold(123456789), "1.2亿"},
		{zh.Fold(-252000), "−25.2万"},
		{zh.Fold(0), "0"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestPeriodsAndDates(t *testing.T) {
	zh, en := words(t, "zh"), words(t, "en")
	day := time.Date(2026, 4, 18, 23, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ got, want string }{
		{zh.Period("2026Q1"), "2026年第一季度"},
		{en.Period("2026Q1"), "Q1 2026"},
		{zh.Period("2026Q4"), "2026年第四季度"},
		{zh.Period("2025"), "2025年"},
		{en.Period("2025"), "2025"},
		{zh.Period("2026-03"), "2026年3月"},
		{en.Period("2026-03"), "March 2026"},
		{zh.Period("2026Q5"), "2026Q5"},
		{zh.Period(""), ""},
		{zh.Period("abcd"), "abcd"},
		{zh.Period("2026-"), "2026-"},
		{i18n.ShortPeriod("2026Q1"), "26Q1"},
		{i18n.ShortPeriod("2025"), "2025"},
		{i18n.ShortPeriod("x"), "x"},
		{zh.Date(day), "2026年4月18日"},
		{en.Date(day), "18 April 2026"},
		{i18n.ShortDate(day), "4-18"},
		{i18n.DateNear(day, day.AddDate(0, -3, 0)), "4-18"},
		{i18n.DateNear(day, day.AddDate(-1, 0, 0)), "2026-4-18"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	zh, en := words(t, "zh"), words(t, "en")
	for _, tc := range []struct{ got, want string }{
		{zh.Place(2, true), "并列第2"},
		{zh.Place(3, false), "第3"},
		{zh.Place(0, false), ""},
		{en.Place(2, true), "tied 2nd"},
		{en.Place(1, false), "1st"},
		{en.Place(3, false), "3rd"},
		{en.Place(4, false), "4th"},
		{en.Place(11, false), "11th"},
		{en.Place(12, false), "12th"},
		{en.Place(13, false), "13th"},
		{en.Place(22, false), "22nd"},
		{en.Place(113, false), "113th"},
		{zh.Moved(2), "升2位"},
		{zh.Moved(-1), "降1位"},
		{zh.Moved(0), "位次不变"},
		{en.Moved(2), "up 2"},
		{en.Moved(-1), "down 1"},
		{en.Moved(0), "same place"},
		{zh.Amount("92.1", "%"), "92.1%"},
		{zh.Amount("1,204", "家"), "1,204 家"},
		{zh.Amount("5", ""), "5"},
		{zh.List([]string{"和平", "沈河"}), "和平、沈河"},
		{en.List([]string{"Heping", "Shenhe"}), "Heping, Shenhe"},
		{zh.Number(2), "2"},
		{zh.Number(2.5), "2.5"},
		{zh.Number(10), "10"},
		{zh.Number(100), "100"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
