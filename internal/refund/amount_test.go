package refund

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]Fen{
		"2963.19": 296319, "2963.2": 296320, "2963": 296300, "￥2,963.19": 296319, "¥2,963.19": 296319, "２９６３．１９": 296319, "￥２，９６３．１９": 296319,
		"2,963.19元": 296319, " 2963.19 ": 296319, "人民币2963.19元": 296319, "-15": -1500, "（15.00）": -1500, "-￥15.5": -1550, "￥-15.5": -1550, "0": 0, "0.01": 1,
		".5": 50, "5.": 500, "2963.1900": 296319, "1,234,567.89": 123456789, "+3": 300, "9,999.99": 999999, "10000": 1000000, "2 963.19": 296319,
	} {
		if got, problem := ParseFen(text); problem != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, problem, want)
		}
	}
	for text, key := range map[string]string{
		"": "problem.refund_amount_missing", " ": "problem.refund_amount_missing", "abc": "problem.refund_amount", "12,34": "problem.refund_amount",
		"1.2.3": "problem.refund_amount", "1.234": "problem.refund_amount_decimals", "1e5": "problem.refund_amount", "--5": "problem.refund_amount",
		"2963,19": "problem.refund_amount", ".": "problem.refund_amount", "1.2万": "problem.refund_amount", "99999999999999999999": "problem.refund_amount_large",
		"元": "problem.refund_amount", "0x10": "problem.refund_amount", "NaN": "problem.refund_amount",
	} {
		if got, problem := ParseFen(text); problem == nil || problem.Key != key {
			t.Errorf("%q: %d, %v; want %s", text, got, problem, key)
		}
	}
}

// TestAmountsComeBack: what is written out is read as the same.
func TestAmountsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := Fen(rapid.Int64Range(-mostFen, mostFen).Draw(t, "fen"))
		for _, text := range []string{fen.String(), "￥" + fen.String(), fen.String() + "元", fen.String() + "0"} {
			if got, problem := ParseFen(text); problem != nil || got != fen {
				t.Errorf("%s: %d, %v", text, got, problem)
			}
		}
	})
}

func FuzzParseFen(f *testing.F) {
	for _, s := range []string{"2963.19", "￥2,963.19", "２９６３", "(1)", "-", "1,2", "元", "1.005", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, problem := ParseFen(s)
		if problem != nil {
			return
		}
		if again, problem := ParseFen(fen.String()); problem != nil || again != fen {
			t.Errorf("%q gives %d, written %s, read %d, %v", s, fen, fen, again, problem)
		}
	})
}
