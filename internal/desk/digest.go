package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Digest answers a SHA-256 over what the district reports, hex: equal exactly when every figure, its state and its note are. It
// stands on the cover that is signed on paper, so that the sheet and the report can be told to belong together.
func (f *Form) Digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n", f.Unit.Code, f.Period)
	for _, s := range f.Sections {
		for _, field := range s.Fields {
			if field.Kind == Typed {
				fmt.Fprintf(sum, "%s %s %s %q %q\n", field.Item.Code, field.Period, field.State, field.Shown, field.Draft.Note)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
