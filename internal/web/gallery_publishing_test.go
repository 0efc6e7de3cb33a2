package web_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/publish"
)

// galleryPublishing has two editions of the quarter that is looked at, and of the open one what somebody proposes.
type galleryPublishing struct {
	mu       sync.Mutex
	proposed []assess.Publication
	hostile  string
}

const firstSeal = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func galleryDay(day int) time.Time { return time.Date(2026, 4, day, 1, 30, 0, 0, time.UTC) }

func (g *galleryPublishing) Publications(_ context.Context, periods ...assess.Period) (list []assess.Publication, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q1 := assess.NewQuarter(2026, 1)
	all := []assess.Publication{
		{ID: "1", Period: q1, Edition: 1, State: assess.PublicationApproved, Reason: "一季度审核完毕" + g.hostile, ProposedBy: "analyst", ProposedAt: galleryDay(17), DecidedBy: "leader", DecidedAt: galleryDay(18)},
		{ID: "2", Period: q1, Edition: 2, State: assess.PublicationApproved, Reason: "更正一项", ProposedBy: "analyst", ProposedAt: galleryDay(24), DecidedBy: "leader", DecidedAt: galleryDay(25)},
	}
	for _, one := range append(all, g.proposed...) {
		if len(periods) == 0 || one.Period == periods[0] {
			list = append(list, one)
		}
	}
	return list, nil
}

func (g *galleryPublishing) Seals(context.Context) ([]assess.Seal, error) {
	q1 := assess.NewQuarter(2026, 1)
	return []assess.Seal{
		{Number: 1, Period: q1, Edition: 1, Digest: firstSeal, At: galleryDay(18), Publication: "1"},
		{Number: 2, Period: q1, Edition: 2, Digest: strings.Repeat("f", 64), At: galleryDay(25), Publication: "2"},
	}, nil
}

func (g *galleryPublishing) OpenSeal(_ context.Context, number int) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("seal " + string(rune('0'+number)))), nil
}

// difference is one corrected figure of another district with what follows from it.
func (g *galleryPublishing) difference(p assess.Period, edition int) *publish.Difference {
	was, is := 86.42, 86.67
	figure := func(value string) *assess.Observation {
		return &assess.Observation{State: assess.Reported, Value: value, Note: "笔误" + g.hostile}
	}
	return &publish.Difference{
		Before: publish.Header{Period: p, Edition: edition - 1}, After: publish.Header{Period: p, Edition: edition},
		Figures: []publish.FigureChange{{Key: assess.CellKey{Unit: otherUnit, Period: p, Item: "enterprises"}, Before: figure("1136"), After: figure("1204")}},
		Scores: []publish.ScoreChange{{
			Framework: "six_systems", Unit: otherUnit, Node: "six_systems",
			Before: &assess.NodeScore{State: assess.Scored, Shown: was, Rank: 3}, After: &assess.NodeScore{State: assess.Scored, Shown: is, Rank: 2},
		}},
	}
}

func (g *galleryPublishing) Difference(_ context.Context, p assess.Period, edition int) (*publish.Difference, error) {
	return g.difference(p, edition), nil
}

// Stands answers that figures have changed since what was proposed with this reason.
func (g *galleryPublishing) Stands(_ context.Context, one assess.Publication) (bool, error) {
	return one.Reason != overtaken, nil
}

const overtaken = "此后又有更正"

func (g *galleryPublishing) Pending(_ context.Context, p assess.Period) (*publish.Difference, error) {
	return &publish.Difference{Before: publish.Header{Period: p, Edition: 2}, After: publish.Header{Period: p, Edition: 3}}, nil
}

func (g *galleryPublishing) Propose(_ context.Context, p assess.Period, reason string, u account.User, line assess.AuditLine) (assess.Publication, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	made := assess.Publication{ID: "3", Period: p, Edition: 1, State: assess.PublicationProposed, Content: firstSeal, Reason: reason, ProposedBy: u.Name, ProposedAt: line.At}
	g.proposed = append(g.proposed, made)
	return made, nil
}

func (g *galleryPublishing) Approve(_ context.Context, p assess.Period, _ string, _ account.User, line assess.AuditLine) (assess.Seal, error) {
	if err := g.End(context.Background(), p, assess.PublicationApproved, "", account.User{}, line); err != nil {
		return assess.Seal{}, err
	}
	return assess.Seal{Number: 3, Period: p, Edition: 1, Digest: firstSeal, At: line.At}, nil
}

func (g *galleryPublishing) End(_ context.Context, p assess.Period, to assess.PublicationState, _ string, _ account.User, _ assess.AuditLine) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.proposed {
		if g.proposed[i].Period == p && g.proposed[i].State == assess.PublicationProposed {
			g.proposed[i].State = to
			return nil
		}
	}
	return assess.Conflict("problem.publication_none", "no publication is proposed", "period", p.String())
}
