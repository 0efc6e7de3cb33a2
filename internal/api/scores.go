package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/results"
)

// seen answers the board as somebody sees it: as it stands, or as it was published.
func (a *API) seen(ctx context.Context, u account.User) (results.Board, error) {
	return results.Seen(ctx, a.Board, results.View{Published: !u.May(account.ReadUnpublished, "")})
}

// board answers the board on which a period stands as the call wants it, and its sheet there: that of an edition that was published, or
// for 0 as the reader sees it. A period that is not open to the reader is none of its editions either.
func (a *API) board(ctx context.Context, c Call, p assess.Period, edition int) (results.Board, *results.Sheet, error) {
	board, err := a.seen(ctx, c.User)
	if err != nil {
		return nil, nil, err
	}
	sheet, err := board.Sheet(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	if !a.Opens(c.User, sheet.Cycle) {
		return nil, nil, assess.Forbidden("problem.not_published", fmt.Sprintf("%s is not published yet; choose an earlier period", p), "period", p.String())
	}
	if edition == 0 {
		return board, sheet, nil
	}
	s, err := a.sealOf(ctx, p, edition)
	if err != nil {
		return nil, nil, err
	}
	if board, err = a.Sealed(ctx, s); err == nil {
		sheet, err = board.Sheet(ctx, p)
	}
	return board, sheet, err
}

// chosen answers the scores of a period that a call asks for, as its caller sees them: of frameworks, the composite among them. Frameworks and
// units that there are not are ErrNotFound.
func (a *API) chosen(ctx context.Context, c Call, p assess.Period, edition int, frameworks []assess.Code, units []assess.UnitCode) ([]*assess.Scores, *results.Sheet, error) {
	_, sheet, err := a.board(ctx, c, p, edition)
	if err != nil {
		return nil, nil, err
	}
	for _, code := range frameworks {
		if sheet.Scores(code) == nil {
			return nil, nil, noFramework(code)
		}
	}
	for _, code := range units {
		if _, ok := sheet.Edition.Roster.Unit(code); !ok && code != sheet.Edition.Roster.City.Code {
			return nil, nil, noUnit(string(code))
		}
	}
	all := slices.Clone(sheet.Frameworks)
	if sheet.Composite != nil {
		all = append(all, sheet.Composite)
	}
	return slices.DeleteFunc(all, func(s *assess.Scores) bool { return !among(frameworks, s.Framework) }), sheet, nil
}

// nodeOf is a row of scores: a node of a card.
type nodeOf struct {
	scores *assess.Scores
	card   *assess.Scorecard
	node   *assess.NodeScore
}

func (a *API) scores(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	p, edition, city := q.period("period"), q.number("edition", 0, 1, 9999), q.flag("with_city")
	frameworks, units, nodes := texts[assess.Code](q, "framework"), texts[assess.UnitCode](q, "unit"), texts[assess.Code](q, "node")
	q.must("period", !p.IsZero())
	return a.listed(c, q, func() (list, error) {
		all, _, err := a.chosen(ctx, c, p, edition, frameworks, units)
		if err != nil {
			return list{}, err
		}
		var rows []nodeOf
		add := func(s *assess.Scores, card *assess.Scorecard) {
			for i := range card.Nodes {
				if n := &card.Nodes[i]; among(units, card.Unit) && among(nodes, n.Node) {
					rows = append(rows, nodeOf{s, card, n})
				}
			}
		}
		for _, s := range all {
			for i := range s.Cards {
				add(s, &s.Cards[i])
			}
			if s.City != nil && (city || slices.Contains(units, s.City.Unit)) {
				add(s, s.City)
			}
		}
		record := func(r nodeOf) []string { return export.ScoreRecord(r.scores, r.card, r.node) }
		return list{
			columns: export.ScoreColumns(), size: len(rows),
			object: func(i int) (any, error) { return export.ScoreObject(record(rows[i])) },
			record: func(i int) []string { return record(rows[i]) },
		}, nil
	})
}

// explanation answers how a score came about, to those who may read the figures of the unit.
func (a *API) explanation(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	p, edition := q.period("period"), q.number("edition", 0, 1, 9999)
	unit, node := assess.UnitCode(c.Vars["unit"]), assess.Code(c.Vars["node"])
	q.must("period", !p.IsZero())
	return single(c, q, func() (any, error) {
		if !c.User.May(account.ReadFigures, unit) {
			return nil, noUnit(string(unit)) // in the words for one that there is not
		}
		board, _, err := a.board(ctx, c, p, edition)
		if err != nil {
			return nil, err
		}
		all, err := results.Explain(ctx, board, p, unit, node)
		if err != nil {
			return nil, err
		}
		var body bytes.Buffer
		err = export.ExplanationJSON(&body, all[0])
		return json.RawMessage(body.Bytes()), err
	})
}
