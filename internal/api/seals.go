package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Seals are what was published.
type Seals interface {
	// Seals answers all seals in the order of the chain; OpenSeal the text of one by its number.
	Seals(ctx context.Context) ([]assess.Seal, error)
	OpenSeal(ctx context.Context, number int) (io.ReadCloser, error)
}

// seal names what was published of a period.
type seal struct {
	Number  int           `json:"number"`
	Period  assess.Period `json:"period"`
	Edition int           `json:"edition"`
	Newest  bool          `json:"newest"`
	Digest  string        `json:"digest"`
	At      string        `json:"sealed_at"`
}

func sealColumns() []string {
	return []string{"number", "period", "edition", "newest", "digest", "sealed_at"}
}

func sealRecord(s seal) []string {
	return []string{strconv.Itoa(s.Number), s.Period.String(), strconv.Itoa(s.Edition), strconv.FormatBool(s.Newest), s.Digest, s.At}
}

func sealOf(s assess.Seal, all []assess.Seal) seal {
	one := seal{s.Number, s.Period, s.Edition, true, s.Digest, moment(s.At)}
	for _, other := range all {
		if other.Period == s.Period && other.Edition > s.Edition {
			one.Newest = false
		}
	}
	return one
}

func (a *API) seals(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	p := q.period("period")
	return a.listed(c, q, func() (list, error) {
		all, err := a.allSeals(ctx, c.User)
		if err != nil {
			return list{}, err
		}
		var rows []seal
		for _, s := range all {
			if p.IsZero() || s.Period == p {
				rows = append(rows, sealOf(s, all))
			}
		}
		return listOf(rows, sealColumns(), func(s seal) any { return s }, sealRecord), nil
	})
}

// allSeals answers the seals of the periods that are open to somebody.
func (a *API) allSeals(ctx context.Context, u account.User) ([]assess.Seal, error) {
	all, err := a.Seals.Seals(ctx)
	if err != nil || u.May(account.ReadUnpublished, "") {
		return all, err
	}
	board, err := a.seen(ctx, u)
	if err != nil {
		return nil, err
	}
	open := map[assess.Period]bool{}
	for _, s := range all {
		if _, known := open[s.Period]; known {
			continue
		}
		sheet, err := board.Sheet(ctx, s.Period)
		if err != nil {
			return nil, err
		}
		open[s.Period] = a.Opens(u, sheet.Cycle)
	}
	return slices.DeleteFunc(slices.Clone(all), func(s assess.Seal) bool { return !open[s.Period] }), nil
}

func (a *API) seal(ctx context.Context, c Call) (*Answer, error) {
	return single(c, c.parameters(), func() (any, error) {
		s, all, err := a.sealNamed(ctx, c)
		return sealOf(s, all), err
	})
}

// sealNamed answers the seal that the path names, and all there are.
func (a *API) sealNamed(ctx context.Context, c Call) (assess.Seal, []assess.Seal, error) {
	p, err := assess.ParsePeriod(c.Vars["period"])
	if err != nil {
		return assess.Seal{}, nil, err
	}
	all, err := a.allSeals(ctx, c.User)
	if err != nil {
		return assess.Seal{}, nil, err
	}
	edition, _ := strconv.Atoi(c.Vars["edition"])
	s, err := editionOf(all, p, edition)
	return s, all, err
}

func (a *API) sealOf(ctx context.Context, p assess.Period, edition int) (assess.Seal, error) {
	all, err := a.Seals.Seals(ctx)
	if err != nil {
		return assess.Seal{}, err
	}
	return editionOf(all, p, edition)
}

// editionOf answers the seal of an edition of a period.
func editionOf(all []assess.Seal, p assess.Period, edition int) (assess.Seal, error) {
	for _, s := range all {
		if s.Period == p && s.Edition == edition {
			return s, nil
		}
	}
	return assess.Seal{}, assess.NotFound("problem.seal_edition", fmt.Sprintf("there is no edition %d of %s; the list of seals has those that there are", edition, p),
		"period", p.String(), "edition", strconv.Itoa(edition))
}

// sealText answers the bytes of a seal, for `unionboard verify FILE`. They hold figures of all units.
func (a *API) sealText(ctx context.Context, c Call) (*Answer, error) {
	if err := c.parameters().end(); err != nil {
		return nil, err
	}
	kind, err := accepted(c.Accept, "text/plain; charset=utf-8")
	if err != nil {
		return nil, err
	}
	if !c.User.May(account.Export, "") {
		return nil, onlyCity()
	}
	s, _, err := a.sealNamed(ctx, c)
	if err != nil {
		return nil, err
	}
	in, err := a.Seals.OpenSeal(ctx, s.Number)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, in); err != nil {
		return nil, err
	}
	file := fmt.Sprintf("%s-%d.seal", s.Period, s.Edition)
	return &Answer{Kind: kind, Body: body.Bytes(), File: file, Line: &assess.AuditLine{Action: "export", Object: file}}, nil
}

func onlyCity() *assess.Problem {
	return assess.Forbidden("problem.api_city", "this is open to tokens of the city; ask the administrator for one")
}
