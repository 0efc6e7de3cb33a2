package account_test

import (
	"maps"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/account"
)

// What is written of a session is read again as it was; so is what scs wrote before.
func TestSessionsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]any{}
		for key, text := range rapid.MapOf(rapid.StringN(1, 10, -1), rapid.String()).Draw(t, "texts") {
			values["t"+key] = text
		}
		for key, n := range rapid.MapOf(rapid.StringN(1, 10, -1), rapid.Int64()).Draw(t, "numbers") {
			values["n"+key] = n
		}
		deadline := time.Unix(0, rapid.Int64Range(0, 1<<62).Draw(t, "deadline")).UTC()
		for name, write := range map[string]scs.Codec{"json": account.SessionCodec{}, "gob": scs.GobCodec{}} {
			b, err := write.Encode(deadline, values)
			if err != nil {
				t.Fatal(err)
			}
			at, read, err := account.SessionCodec{}.Decode(b)
			if err != nil || !at.Equal(deadline) || !maps.Equal(read, values) {
				t.Fatalf("%s: read %v until %v, %v; written %v until %v", name, read, at, err, values, deadline)
			}
		}
	})
	if _, err := (account.SessionCodec{}).Encode(time.Unix(0, 0), map[string]any{"x": 1.5}); err == nil {
		t.Error("a value was written that cannot be read as it was")
	}
}
