package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// Desk is the district's side of a collection: its form, as package desk makes and keeps it. by is the account that asks; whether it
// may is asked before.
type Desk interface {
	// Quarters answers the collections of quarters that have begun, newest first.
	Quarters(ctx context.Context) ([]assess.Cycle, error)
	// Form answers the form of a unit and quarter as it stands at now; assess.ErrNotFound where there is none.
	Form(ctx context.Context, unit assess.UnitCode, p assess.Period, now time.Time) (*desk.Form, error)
	// Cell answers one field with its past; assess.ErrNotFound where the form has no such field.
	Cell(ctx context.Context, unit assess.UnitCode, p assess.Period, item assess.Code, now time.Time) (*desk.CellPage, error)
	// SaveAll takes what was typed into cells of one form: all of it, or with an error none. A cell that has moved on is a conflict
	// in the answer and is left alone.
	SaveAll(ctx context.Context, unit assess.UnitCode, p assess.Period, saves []desk.Save, by string, now time.Time) ([]desk.Saved, error)
	// Try answers the form as it would stand if the saves were kept.
	Try(ctx context.Context, unit assess.UnitCode, p assess.Period, saves []desk.Save, now time.Time) (*desk.Form, error)
	// Confirm types last quarter's figure into the stocks that stand empty.
	Confirm(ctx context.Context, unit assess.UnitCode, p assess.Period, by string, now time.Time) (int, error)
	// Forward sends a checked form to the chair, SendBack gives it back inside the district with a reason, Sign hands it to the city.
	Forward(ctx context.Context, unit assess.UnitCode, p assess.Period, by string, now time.Time) error
	SendBack(ctx context.Context, unit assess.UnitCode, p assess.Period, note, by string, now time.Time) error
	Sign(ctx context.Context, unit assess.UnitCode, p assess.Period, digest, by string, now time.Time) error
}

// opened is a form that somebody has opened: the form, who reads it, and how its words are written.
type opened struct {
	*desk.Form
	v    *visit
	zone *time.Location
	now  time.Time
	// who answers the name of the person behind an account.
	who func(account string) string
	// query names the unit in links, for those who have none of their own.
	query string
	// lock is why most fields are locked, said once above them; nil where few are.
	lock *assess.Problem
	// differs are what sources say otherwise of the figures, by their items.
	differs map[assess.Code]assess.Difference
	// source answers what a source is called.
	source func(name assess.Code) string
}

// errNoForm is the answer for a form that is none of the reader's business, and for one that does not exist: the two must not be
// told apart.
func errNoForm() *assess.Problem {
	return assess.NotFound("problem.no_form", "there is no such form; open the form of your own district from the navigation")
}

// formNamed answers the unit and quarter of the form that a request is about, which its account may do something to. The district is
// that of the account; who reads all of them names one.
func formNamed(r *http.Request, a account.Action) (assess.UnitCode, assess.Period, error) {
	v := visitFrom(r)
	unit := cmp.Or(assess.UnitCode(r.URL.Query().Get("unit")), v.user.Unit)
	if unit == "" || !v.user.May(a, unit) {
		return "", assess.Period{}, errNoForm().Because(assess.ErrForbidden)
	}
	p, err := assess.ParsePeriod(mux.Vars(r)["q"])
	return unit, p, err
}

// openForm answers the form that a request is about.
func (s *site) openForm(r *http.Request, a account.Action) (*opened, error) {
	v := visitFrom(r)
	unit, p, err := formNamed(r, a)
	if err != nil {
		return nil, err
	}
	form, err := s.Desk.Form(r.Context(), unit, p, s.Now())
	switch {
	case errors.Is(err, assess.ErrNotFound) && v.user.Unit == "":
		return nil, errNoForm()
	case err != nil:
		return nil, fmt.Errorf("form of %s for %s: %w", unit, p, err)
	}
	o := &opened{Form: form, v: v, zone: s.Location, now: s.Now(), who: s.calls(r), lock: commonLock(form)}
	o.source = func(name assess.Code) string { return s.sourceName(v, name) }
	if o.differs, err = s.formDifferences(r, unit, p); err != nil {
		return nil, err
	}
	if v.user.Unit == "" {
		o.query = "?" + url.Values{"unit": {string(unit)}}.Encode()
	}
	return o, nil
}

// names answers what people are called, each looked up once. An account that is gone goes by the name it had.
func (s *site) names(ctx context.Context) func(string) string {
	known := map[string]string{}
	return func(name string) string {
		if _, ok := known[name]; !ok {
			known[name] = name
			if u, err := s.Accounts.AccountNamed(ctx, name); err == nil {
				known[name] = u.DisplayName
			}
		}
		return known[name]
	}
}

// fewLocks is up to how many locked fields each say why by themselves.
const fewLocks = 3

// commonLock answers the reason that more than a few fields are locked for; nil where there is none.
func commonLock(f *desk.Form) *assess.Problem {
	counted := map[string]int{}
	for _, s := range f.Sections {
		for i := range s.Fields {
			if l := s.Fields[i].Locked; l != nil {
				if counted[l.Key]++; counted[l.Key] > fewLocks {
					return l
				}
			}
		}
	}
	return nil
}

// at answers an address below the form: at() is its overview, at("check") its checks.
func (o *opened) at(parts ...string) string {
	return "/fill/" + o.Period.String() + strings.Join(append([]string{""}, parts...), "/") + o.query
}

func (o *opened) may(a account.Action) bool { return o.v.user.May(a, o.Unit.Code) }
