package internal_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/i18n"
)

// wholeActions finds the actions that the source names, beganActions those that it puts together of a beginning and a word.
var (
	wholeActions = regexp.MustCompile(`(?:\bAction: |\baction: |\w+Action = |\.Action(?:, [\w.]+)* = |\baction :?= |\baction, [\w.]+(?:, [\w.]+)* = |(?:[lL]ine|atConsole(?:On)?|does|pass|mark)\((?:[\w.()&]+, )*)"([a-z_]+(?:\.[a-z_]+)?)"[,;})\n]`)
	beganActions = regexp.MustCompile(`"([a-z_]+\.)" ?\+ ?(?:string\()?\w`)
)

// beginnings are the actions that the source puts together, by what they begin with, with the words that follow.
func beginnings() map[string]string {
	return map[string]string{
		"calendar.":    "postponed extended outage opened_early",
		"cycle.":       "scheduled open reviewing closing scored published archived",
		"difference.":  "raise revise answer keep take settle",
		"filing.":      "not_started draft pending_signature sent_back submitted under_review returned accepted locked missing",
		"proposal.":    "confirm refuse withdraw dispute revoke keep",
		"publication.": "refused withdrawn",
		"refund.":      "this another none refuse postpone account reverse confirm withdraw sent dropped",
		"release.":     "allowed refused",
		"result.":      "examine post open_appeals decide announce archive send_back",
		"user.":        "lock unlock",
	}
}

// Row 53 of the security checklist: whatever the program writes into the audit log has its words on the page of it, in both languages, and
// stands under one topic. An action that the page does not know fails here: add it to audit.Topics and the catalogues.
func TestEveryActionOfTheAuditLogHasItsWords(t *testing.T) {
	named := map[string]string{}
	for _, root := range []string{".", "../cmd"} {
		err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(root + "/" + path)
			if err != nil || !strings.Contains(string(text), "ine") {
				return err
			}
			for _, m := range wholeActions.FindAllStringSubmatch(string(text), -1) {
				named[m[1]] = path
			}
			for _, m := range beganActions.FindAllStringSubmatch(string(text), -1) {
				for word := range strings.FieldsSeq(beginnings()[m[1]]) {
					named[m[1]+word] = path
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, topic := range audit.Topics() {
		known = append(known, topic.Actions...)
	}
	for action, path := range named {
		if !slices.Contains(known, action) && !slices.Contains(noActions(), action) {
			t.Errorf("%s writes %q into the audit log, and audit.Topics does not know it", path, action)
		}
	}
	for i, action := range known {
		if slices.Contains(known[:i], action) {
			t.Errorf("%q stands under two topics", action)
		}
		for _, lang := range []string{i18n.Chinese, i18n.English} {
			if w := words.In(lang); !w.Has("audit." + action) {
				t.Errorf("%q has no words in %s", action, lang)
			}
		}
	}
	if len(named) < 100 {
		t.Errorf("only %d actions were found in the source", len(named))
	}
}

// noActions are words that the source writes where actions stand, and are none.
func noActions() []string { return []string{"open"} }
