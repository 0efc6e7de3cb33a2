package account_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pquerna/otp/totp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// FuzzSession: a session that is read is written and read again as the same; bytes that are none are an error.
func FuzzSession(f *testing.F) {
	f.Add([]byte(`{"deadline":1790000000000000000,"texts":{"account":"01890000-0000-7000-8000-000000000000"},"numbers":{"born":1}}`))
	f.Add([]byte(`{"deadline":-1,"texts":null}`))
	f.Add([]byte{0x0c, 0xff, 0x81, 0x02, 0x01, 0x02})
	var codec account.SessionCodec
	f.Fuzz(func(t *testing.T, data []byte) {
		deadline, values, err := codec.Decode(data)
		if err != nil || len(data) > 0 && data[0] != '{' {
			return // what gob wrote may hold what is never written any more
		}
		again, err := codec.Encode(deadline, values)
		if err != nil {
			t.Fatalf("%q is read and not written: %v", data, err)
		}
		back, same, err := codec.Decode(again)
		if err != nil || !back.Equal(deadline) || !maps.Equal(values, same) {
			t.Errorf("%q is read again as %v %v, %v", data, back, same, err)
		}
	})
}

// FuzzTyped is what people type at the door: a name to sign in with has one form; a code opens only when it is the one of its moment; the
// address of a second factor that is none makes no secret; a token that is made is one that can be kept.
func FuzzTyped(f *testing.F) {
	f.Add("Heping.WANG", "123 456", "otpauth://totp/x:y?secret=JBSWY3DPEHPK3PXP&issuer=x")
	f.Add("ｗａｎｇ　", "１２３４５６", "otpauth://hotp/%zz")
	f.Add("a\x00b", "", "://")
	f.Add("0", "0", "0?secret=0")
	f.Add("\xe1", "0", "")
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	noon := time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)
	var good []string
	for _, away := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		code, err := totp.GenerateCode(secret, noon.Add(away))
		if err != nil {
			f.Fatal(err)
		}
		good = append(good, code)
	}
	f.Fuzz(func(t *testing.T, name, code, address string) {
		if once := account.SignInName(name); account.SignInName(once) != once {
			t.Errorf("%q has the form %q, and that has another", name, once)
		}
		if _, ok := account.CheckCode(secret, code, 0, noon); ok {
			digits := 0
			for _, r := range code {
				if r >= '0' && r <= '9' || r >= '０' && r <= '９' {
					digits++
				}
			}
			if digits != 6 {
				t.Errorf("%q counts as one of %v", code, good)
			}
		}
		if made := account.CodeSecret(address); made != "" && !strings.HasPrefix(address, "otpauth://totp/") {
			t.Errorf("%q makes the secret %q", address, made)
		}
		token, opens, err := account.NewToken(account.TokenOrder{Name: name, Unit: "210102", Scopes: account.TokenScopes(), Addresses: address, Days: 1, By: "x"}, noon)
		var problem *assess.Problem
		switch {
		case err != nil && !errors.As(err, &problem):
			t.Errorf("%q %q: %v", name, address, err)
		case err == nil && (token.Hash != account.SecretHash(opens) || !utf8.ValidString(token.Name) || token.Name != strings.TrimSpace(token.Name)):
			t.Errorf("%q makes %+v", name, token)
		}
	})
}
