package account

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// Row 4 of the security checklist: forty passwords and what becomes of them, under the usual rules and under those of level 2.
func TestCheckPassword(t *testing.T) {
	u := User{Name: "li.na", DisplayName: "李娜"}
	usual, level2 := UsualRules(), Rules{MinPassword: 10, Composed: true}
	const short, long, common, guessed, classes = "problem.password_short", "problem.password_long", "problem.password_common",
		"problem.password_guessed", "problem.password_classes"
	for _, c := range []struct{ password, usual, level2 string }{
		{"correct horse battery", "", classes}, // small letters and spaces
		{"Correct horse battery", "", ""},
		{"correct horse battery 7", "", ""},
		{"vqkzmrtwpx", "", classes}, // ten
		{"vqkzmrtwp", short, short}, // nine
		{"Vq7!", short, short},      // three kinds do not make up for length
		{"", short, short},          //
		{"沈阳的春天来得很晚啊", "", classes}, // ten signs, 30 bytes
		{"沈阳的春天来得很晚", short, short},
		{"沈阳的春天Come7晚", "", ""},
		{"🚂🚃🚄🚅🚆🚇🚈🚉🚊🚋", "", classes},
		{"пароль на завтра", "", classes},
		{"Пароль на завтра", "", ""},
		{strings.Repeat("长城万里", 64), "", classes},      // 256
		{strings.Repeat("长城万里", 64) + "长", long, long}, // 257
		{"   spaces   in   it   ", "", classes},
		{"tab\tand\nline", "", classes},
		{"li.na123456", guessed, guessed},
		{"LI.NA123456", guessed, guessed},
		{"李娜Qx7-vbnt-83", "", ""},
		{"李娜12345678", guessed, guessed},
		{"gonghui2026!", guessed, guessed},
		{"ＧＯＮＧＨＵＩ2026!", guessed, guessed}, // full width
		{"Unionboard2026", guessed, guessed},
		{"zgh-zgh-zgh-zgh", guessed, guessed},
		{"a zgh in between is fine", "", classes},
		{"heping-2026-q1", guessed, guessed}, // "heping" is a unit
		{"和平区总工会2026", guessed, guessed},
		{"和平区123456789", guessed, guessed}, // "和平" alone must not leave "区" over
		{"password1234", common, common},
		{"P@ssw0rd2026!", common, common}, // a common one with a year
		{"1234567890", common, common},
		{"qwertyuiop", common, common},
		{"1qaz2wsx3edc", common, common},
		{"woaini1314520", common, common},
		{"aaaaaaaaaaaa", common, common},
		{"abababababab", common, common},
		{"sunshine2026", common, common},
		{"dragondragon", common, common}, // twice a common one
		{"5201314520", common, common},
		{"Huawei@123", common, common},
		{"sunshine over the river", "", classes}, // a common word among others
	} {
		for name, rules := range map[string]Rules{"usual": usual, "level2": level2} {
			want := map[string]string{"usual": c.usual, "level2": c.level2}[name]
			err := rules.CheckPassword(c.password, u, "和平", "和平区", "Heping", "")
			var p *assess.Problem
			switch {
			case want == "" && err != nil:
				t.Errorf("%s, %q: refused: %v", name, c.password, err)
			case want != "" && (!errors.As(err, &p) || p.Key != want || !errors.Is(err, assess.ErrInvalid)):
				t.Errorf("%s, %q: %v, want %s", name, c.password, err, want)
			}
			if err != nil && c.password != "" && strings.Contains(err.Error(), c.password) {
				t.Errorf("the sentence about %q repeats it", c.password)
			}
		}
	}
}

// The least length can be set, and never below eight.
func TestLengthIsASetting(t *testing.T) {
	for length, rules := range map[int]Rules{8: {MinPassword: 8}, 16: {MinPassword: 16}} {
		word := "vqkzmrtwpxjhfdbn"[:length]
		if err := rules.CheckPassword(word, User{}); err != nil {
			t.Errorf("%d signs: %v", length, err)
		}
		if err := rules.CheckPassword(word[1:], User{}); err == nil {
			t.Errorf("%d signs are taken where %d are the least", length-1, length)
		}
	}
	if (Rules{MinPassword: 4}).CheckPassword("vqkzmrt", User{}) == nil {
		t.Error("seven signs are taken")
	}
}

// The bundled list is there and is as long as it should be.
func TestCommonPasswordsAreBundled(t *testing.T) {
	if n := len(common()); n < 10_000 {
		t.Fatalf("%d common passwords, want 10,000 at least", n)
	}
	longEnough := 0
	for word := range common() {
		if word == "" || word != strings.ToLower(fold(word)) {
			t.Fatalf("%q is not in the form that is compared", word)
		}
		if len(word) >= LeastPassword {
			longEnough++
		}
	}
	if longEnough < 5_000 {
		t.Errorf("only %d of them are long enough to be tried here", longEnough)
	}
}

// Row 4 of the security checklist: nothing is cut off. Passwords of 72 bytes and of 200 characters that differ in the last sign
// only are different.
func TestPasswordsAreNotCutOff(t *testing.T) {
	h := NewHasherAt(1, Cost{Memory: 8, Passes: 1, Threads: 1})
	for _, length := range []int{72, 73, 200, MaxPassword} {
		one := strings.Repeat("长城万里 a long way ", 30)
		one = string([]rune(one)[:length-1])
		hash, err := h.Hash(t.Context(), one+"1")
		if err != nil {
			t.Fatal(err)
		}
		right, _, err := h.Check(t.Context(), hash, one+"1")
		if wrong, _, errWrong := h.Check(t.Context(), hash, one+"2"); !right || wrong || err != nil || errWrong != nil {
			t.Errorf("%d characters: right %v, wrong %v (%v, %v)", length, right, wrong, err, errWrong)
		}
	}
	bytes := strings.Repeat("x", 71)
	hash, err := h.Hash(t.Context(), bytes+"1")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, _ := h.Check(t.Context(), hash, bytes+"2"); ok {
		t.Error("the 72nd byte does not count")
	}
}

// Row 5 of the security checklist: the last five may not come back, the sixth may.
func TestReused(t *testing.T) {
	h := NewHasherAt(1, Cost{Memory: 8, Passes: 1, Threads: 1})
	var u User
	for _, word := range []string{"first", "second", "third", "fourth", "fifth", "sixth"} { // newest first
		hash, err := h.Hash(t.Context(), word)
		if err != nil {
			t.Fatal(err)
		}
		u.PastHashes = append(u.PastHashes, hash)
	}
	for word, want := range map[string]bool{"first": true, "fifth": true, "sixth": false, "never": false} {
		if got, err := h.Reused(t.Context(), word, u, 5); got != want || err != nil {
			t.Errorf("%s: reused %v, %v", word, got, err)
		}
	}
	if got, err := h.Reused(t.Context(), "first", u, 0); got || err != nil {
		t.Errorf("without a history: %v, %v", got, err)
	}
}

func TestRandomPassword(t *testing.T) {
	form := regexp.MustCompile(`^([2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}$`)
	seen := map[string]bool{}
	for range 200 {
		p, err := RandomPassword()
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(p) || seen[p] {
			t.Fatalf("random password %q is of another form or came twice", p)
		}
		if err := (Rules{MinPassword: 10, Composed: true}).CheckPassword(p, User{Name: "li.na"}); err != nil {
			t.Errorf("random password %q is refused: %v", p, err)
		}
		seen[p] = true
	}
}
