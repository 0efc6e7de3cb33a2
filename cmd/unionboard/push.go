package main

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/web"
)

// pushSource is how the runs of what programs hand in are called.
const pushSource assess.Code = "push"

// takePush takes the figures that a program hands in with its token: those of the token's unit, which wait for review.
func (a *app) takePush(ctx context.Context, t account.Token, body []byte, now time.Time) (web.Submission, error) {
	r, err := source.ReadValuesJSON("body", body)
	if err != nil {
		return web.Submission{}, err
	}
	switch {
	case r.Next != "":
		return web.Submission{}, assess.Invalid("problem.api_next", "what is handed in has no next page; send all figures of the period, with \"next\": null")
	case len(r.Entries) == 0:
		return web.Submission{}, assess.Invalid("problem.api_empty", "there is no figure in values; send at least one")
	case len(r.Entries) > source.MostRows:
		return web.Submission{}, source.TooManyRows("body", source.MostRows)
	}
	if unit := r.Entries[0].Unit; unit != t.Unit {
		return web.Submission{}, assess.Forbidden("problem.api_unit",
			fmt.Sprintf("the token speaks for unit %s and not for %.40q; correct the unit, or use its own token", t.Unit, unit), "unit", string(t.Unit))
	}
	delivery := assess.Delivery{Door: assess.DoorPush, Source: pushSource, Entries: r.Entries, Refused: r.Refused, Notes: r.Notes, Digest: account.SecretHash(string(body)), Bytes: int64(len(body))}
	report, err := a.gate.Import(ctx, delivery, collect.Options{
		Unit: t.Unit, Units: []assess.UnitCode{t.Unit}, By: web.TokenActor(t), Supplies: []assess.Origin{assess.FromDistrict}, Authority: collect.Submit,
	}, now)
	if err != nil {
		return web.Submission{}, err
	}
	return web.Submission{
		ID: report.ID, Unit: t.Unit, New: report.New, Changed: report.Changed, Same: report.Same, Waiting: report.New+report.Changed > 0,
		Refused: report.Refused, Rejected: report.Rejected,
	}, nil
}
