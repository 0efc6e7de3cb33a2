package catalog

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// FuzzLoad: whatever one file of definitions says – units, departments, items, rules, registers, a calendar, the assessment – the whole is
// loaded, or every fault names a file, and never does a personal column come without its purpose and end.
func FuzzLoad(f *testing.F) {
	files, err := Files(os.DirFS("testdata/small"))
	if err != nil {
		f.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(files))
	for i, name := range names {
		f.Add(uint8(i), files[name])
	}
	f.Add(uint8(0), []byte("a: &a [*a]\n<<: *a\n"))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		changed := maps.Clone(files)
		changed[names[int(which)%len(names)]] = data
		edition, err := Load(FromFiles(changed))
		if (edition == nil) == (err == nil) {
			t.Fatalf("edition %v, %v", edition, err)
		}
		if err != nil {
			found, ok := err.(assess.Problems)
			if !ok {
				t.Fatalf("no list of problems: %v", err)
			}
			for _, p := range found {
				if p.Place.File == "" || p.Message == "" {
					t.Errorf("a fault without a place: %+v", p)
				}
			}
			return
		}
		for _, r := range edition.Registers {
			for _, field := range r.Fields {
				if field.Personal && (strings.TrimSpace(field.Purpose.ZH) == "" || field.Retain.Years <= 0 && r.Retention.Years <= 0) {
					t.Errorf("%s.%s is personal without purpose or end", r.Code, field.Name)
				}
			}
		}
	})
}
