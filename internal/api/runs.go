package api

import (
	"context"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Runs are the records of collection.
type Runs interface {
	// Runs answers the newest runs of a source, of all for "", newest first, at most limit.
	Runs(ctx context.Context, source assess.Code, limit int) ([]assess.Run, error)
}

// mostRuns is how far back programs can look.
const mostRuns = 10000

// run is the record of one collection.
type run struct {
	ID       string          `json:"id"`
	Source   assess.Code     `json:"source"`
	Door     assess.Door     `json:"door"`
	State    assess.RunState `json:"state"`
	Due      string          `json:"due,omitempty"`
	Started  string          `json:"started,omitempty"`
	Finished string          `json:"finished,omitempty"`
	Taken    int             `json:"taken"`
	New      int             `json:"new"`
	Changed  int             `json:"changed"`
	Same     int             `json:"unchanged"`
	Refused  int             `json:"refused"`
	Problem  string          `json:"problem,omitempty"`
}

func runColumns() []string {
	return []string{"id", "source", "door", "state", "due", "started", "finished", "taken", "new", "changed", "unchanged", "refused", "problem"}
}

func runOf(r assess.Run) run {
	return run{
		r.ID, r.Source, r.Door, r.State, moment(r.Slot), moment(r.Started), moment(r.Finished), r.Taken, r.New, r.Changed, r.Same, r.Refused, r.Problem,
	}
}

func runRecord(r run) []string {
	n := strconv.Itoa
	return []string{
		r.ID, string(r.Source), string(r.Door), string(r.State), r.Due, r.Started, r.Finished, n(r.Taken), n(r.New), n(r.Changed), n(r.Same), n(r.Refused), r.Problem,
	}
}

// runs answers the runs of the sources to those who may see all of them.
func (a *API) runs(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	source, states := assess.Code(q.text("source")), texts[assess.RunState](q, "state")
	return a.listed(c, q, func() (list, error) {
		if !c.User.May(account.ReadRuns, "") {
			return list{}, onlyCity()
		}
		all, err := a.Runs.Runs(ctx, source, mostRuns)
		if err != nil {
			return list{}, err
		}
		var rows []run
		for _, r := range all {
			if among(states, r.State) {
				rows = append(rows, runOf(r))
			}
		}
		return listOf(rows, runColumns(), func(r run) any { return r }, runRecord), nil
	})
}
