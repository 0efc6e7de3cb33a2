package web_test

import (
	"context"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/doctor"
	"github.com/unionboard/unionboard/internal/web"
)

// someFindings is a check-up with one finding of each state.
func someFindings(context.Context) []doctor.Finding {
	return []doctor.Finding{
		{State: doctor.Good, Key: "reserve.kept"},
		{State: doctor.Look, Key: "accounts.single", Args: map[string]string{"option": "--role admin"}},
		{State: doctor.Wrong, Key: "disk.full", Args: map[string]string{"free": "12 MB"}},
		{State: doctor.Skipped, Key: "backup.unknown"},
	}
}

// TestTheAdministrationBeginsWithTheCheckUp: what is not good stands there with what to do, in both languages.
func TestTheAdministrationBeginsWithTheCheckUp(t *testing.T) {
	g := newGallery(t)
	admin := newReader(t, g.handler(t, func(o *web.Options) { o.Checkup = someFindings })).signIn("admin")
	for path, wants := range map[string][]string{
		"/admin?lang=zh": {"良好 1 项，留意 1 项，故障 1 项，未查 1 项", "剩余 12 MB", "不必重启", "--role admin"},
		"/admin?lang=en": {"1 good, 1 to look at, 1 wrong, 1 not looked at", "12 MB left", "without a restart", "--role admin"},
	} {
		body := admin.get(path).body
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}
