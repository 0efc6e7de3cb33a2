package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// ValueSet is a dataValueSet of DHIS2 that a program hands in, and how it wants it taken.
type ValueSet struct {
	Body   []byte
	DryRun bool
	Only   collect.Outcome // "" takes what is new and what has changed
	Whole  bool            // nothing, where a value is refused
	// Answer words what is answered, to be kept with what was taken.
	Answer func(collect.Report) *assess.Answered
}

// importSummary is what DHIS2 answers to such a set.
type importSummary struct {
	ResponseType string           `json:"responseType"`
	Status       string           `json:"status"` // SUCCESS, WARNING, ERROR
	Description  string           `json:"description"`
	Reference    string           `json:"reference,omitempty"` // number of the run
	ImportCount  importCount      `json:"importCount"`
	Conflicts    []importConflict `json:"conflicts"`
}

// importCount counts values. Ignored are those that were refused or that change nothing; nothing is ever deleted.
type importCount struct {
	Imported int `json:"imported"`
	Updated  int `json:"updated"`
	Ignored  int `json:"ignored"`
	Deleted  int `json:"deleted"`
}

// importConflict is a value that was refused: its figure, else its unit or place, and why.
type importConflict struct {
	Object string `json:"object"`
	Value  string `json:"value"`
}

// takeValueSet takes a dataValueSet of DHIS2 in JSON, CSV or XML as takeSubmission takes figures, and answers DHIS2's import summary.
func (s *site) takeValueSet(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains([]string{"application/json", "application/xml", "text/xml", "application/csv", "text/csv"}, kind) {
		return assess.Invalid("problem.api_valueset", "the body is a dataValueSet; send it with Content-Type: application/json, application/xml or application/csv")
	}
	set, err := valueSetOf(r.URL.Query())
	if err != nil {
		return err
	}
	if set.Body, err = io.ReadAll(r.Body); err != nil {
		return err
	}
	digest := account.SecretHash(r.URL.RequestURI() + "\n" + string(set.Body))
	return s.once(w, r, digest, func(attempt string) (int, []byte, error) { return s.importSet(r, tokenFrom(r), set, attempt) })
}

// unread are parameters of DHIS2 that change nothing here: names are a matter of the mapping.
func unread() []string {
	return []string{
		"idscheme", "dataelementidscheme", "orgunitidscheme", "categoryoptioncomboidscheme", "datasetidscheme", "categoryidscheme", "categoryoptionidscheme",
		"preheatcache", "skipexistingcheck", "skipaudit", "format", "lang",
	}
}

// valueSetOf reads how a set is to be taken from the parameters of DHIS2. One that is not known is refused: it may say that nothing
// is to be written.
func valueSetOf(query url.Values) (set ValueSet, err error) {
	for name, values := range query {
		value := strings.ToUpper(values[len(values)-1])
		ok := true
		switch lower := strings.ToLower(name); {
		case lower == "dryrun":
			set.DryRun, ok = value == "TRUE", value == "TRUE" || value == "FALSE"
		case lower == "async" || lower == "force":
			ok = value == "FALSE"
		case lower == "importstrategy" || lower == "strategy":
			switch value {
			case "CREATE_AND_UPDATE", "NEW_AND_UPDATES":
			case "CREATE", "NEW":
				set.Only = collect.OutcomeNew
			case "UPDATE", "UPDATES":
				set.Only = collect.OutcomeChanged
			default:
				ok = false
			}
		case lower == "atomicmode":
			set.Whole, ok = value == "ALL", value == "ALL" || value == "NONE" || value == "OBJECT"
		default:
			ok = slices.Contains(unread(), lower)
		}
		if !ok || len(values) > 1 {
			return set, assess.Invalid("problem.api_parameter",
				fmt.Sprintf("the parameter %.40s=%.40s is not understood; there are dryRun=true|false, importStrategy=CREATE_AND_UPDATE|CREATE|UPDATE and atomicMode=ALL|NONE",
					name, values[0]), "parameter", cut40(name), "value", cut40(values[0]))
		}
	}
	return set, nil
}

func cut40(text string) string { return fmt.Sprintf("%.40s", text) }

// importSet hands a set in and words the summary: 200 for a set that was taken whole, 409 for one of which something was refused.
func (s *site) importSet(r *http.Request, t account.Token, set ValueSet, attempt string) (int, []byte, error) {
	word := func(r *http.Request, got collect.Report) (int, []byte, error) { return s.wordSet(r, got, set.DryRun) }
	set.Answer = func(got collect.Report) *assess.Answered { return answered(r, got, attempt, word) }
	got, err := s.ImportSet(r.Context(), t, set, s.Now())
	if err != nil {
		return 0, nil, err
	}
	if err := s.Keys.NoteToken(r.Context(), t.ID, s.Now()); err != nil {
		return 0, nil, err
	}
	return word(r, got)
}

// wordSet words the summary of a set that was taken, or would be.
func (s *site) wordSet(r *http.Request, got collect.Report, dry bool) (int, []byte, error) {
	v := s.visitOf(r)
	summary := importSummary{
		ResponseType: "ImportSummary", Status: "SUCCESS", Reference: got.ID, Conflicts: []importConflict{},
		ImportCount: importCount{Imported: got.New, Updated: got.Changed, Ignored: got.Taken - got.New - got.Changed},
	}
	var kept []*assess.Problem // what a person has signed or accepted otherwise, and what holds therefore
	for _, note := range got.Notes {
		if errors.Is(note, assess.ErrConflict) {
			kept = append(kept, note)
		}
	}
	status, said := http.StatusOK, "web.import.success"
	if got.Refused > 0 || len(kept) > 0 {
		status, said, summary.Status = http.StatusConflict, "web.import.warning", "WARNING"
	}
	if got.State == assess.RunFailed {
		said, summary.Status = "web.import.error", "ERROR"
	}
	if dry {
		summary.Reference, said = "", said+"_dry"
	}
	summary.Description = v.words.T(said)
	for _, x := range got.Rejected {
		summary.Conflicts = append(summary.Conflicts, importConflict{
			Object: cmp.Or(string(x.Code), string(x.Unit), x.Place.String()), Value: x.Place.String() + ": " + v.problem(x.Problem),
		})
	}
	for _, held := range kept {
		summary.Conflicts = append(summary.Conflicts, importConflict{Object: cmp.Or(held.Args["item"], held.Place.String()), Value: held.Place.String() + ": " + v.problem(held)})
	}
	answer, err := json.Marshal(summary)
	if err != nil {
		return 0, nil, fmt.Errorf("answer a set of values: %w", err)
	}
	return status, append(answer, '\n'), nil
}
