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
func (a *app) takePush(ctx context.Context, t account.Token, body []byte, answer func(web.Submission) *assess.Answered, now time.Time) (web.Submission, error) {
	mapping, _, err := a.gate.Mapping(ctx, pushSource)
	if err != nil {
		return web.Submission{}, err
	}
	r, err := source.Piece{Name: "body", Data: body, Form: source.JSON}.Read(mapping, source.MostRows)
	if err != nil {
		return web.Submission{}, err
	}
	switch {
	case r.Next != "":
		return web.Submission{}, assess.Invalid("problem.api_next", "what is handed in has no next page; send all figures of the period, with \"next\": null")
	case len(r.Entries) == 0 && len(r.Refused) == 0:
		return web.Submission{}, assess.Invalid("problem.api_empty", "there is no figure in values; send at least one")
	case len(r.Entries) > 0 && r.Entries[0].Unit != t.Unit: // one for all values
		return web.Submission{}, assess.Forbidden("problem.api_unit",
			fmt.Sprintf("the token speaks for unit %s and not for %.40q; correct the unit, or use its own token", t.Unit, r.Entries[0].Unit), "unit", string(t.Unit))
	}
	o := speaksFor(t)
	o.Pieces = []source.Piece{{Name: "body", Data: body, Form: source.JSON, Unit: t.Unit}}
	if answer != nil {
		o.Answer = func(report collect.Report) *assess.Answered {
			got, err := submissionOf(t, report)
			if err != nil {
				return nil
			}
			return answer(got)
		}
	}
	report, err := a.gate.Import(ctx, pushed(r, body), o, now)
	if err != nil {
		return web.Submission{}, err
	}
	return submissionOf(t, report)
}

// submissionOf answers what became of what a program handed in.
func submissionOf(t account.Token, report collect.Report) (web.Submission, error) {
	if len(report.Rejected) == 1 && report.Rejected[0].Problem.Key == "problem.source_older" { // nothing of it was taken
		return web.Submission{}, report.Rejected[0].Problem
	}
	got := web.Submission{
		ID: report.ID, Unit: t.Unit, New: report.New, Changed: report.Changed, Same: report.Same, Missing: report.Missing,
		Waiting: report.New+report.Changed > 0, Refused: report.Refused, Rejected: report.Rejected,
	}
	for _, d := range report.Differences {
		if d.State != assess.DifferenceSettled {
			got.Differs = append(got.Differs, d.Item)
		}
	}
	return got, nil
}

// takeValueSet takes a dataValueSet of DHIS2 that a program hands in with its token, as takePush does.
func (a *app) takeValueSet(ctx context.Context, t account.Token, set web.ValueSet, now time.Time) (collect.Report, error) {
	mapping, _, err := a.gate.Mapping(ctx, pushSource)
	if err != nil {
		return collect.Report{}, err
	}
	r, err := source.Piece{Name: "body", Data: set.Body, Form: source.DHIS2}.Read(mapping, source.MostRows)
	if err != nil {
		return collect.Report{}, err
	}
	if len(r.Entries)+len(r.Refused) == 0 {
		return collect.Report{}, assess.Invalid("problem.api_empty", "there is no figure in values; send at least one")
	}
	o := speaksFor(t)
	o.Pieces = []source.Piece{{Name: "body", Data: set.Body, Form: source.DHIS2, Unit: t.Unit}}
	o.DryRun, o.Only, o.Whole, o.Answer = set.DryRun, set.Only, set.Whole, set.Answer
	return a.gate.Import(ctx, pushed(r, set.Body), o, now)
}

// pushed makes a delivery of what a program sent.
func pushed(r source.Reading, body []byte) assess.Delivery {
	return assess.Delivery{
		Door: assess.DoorPush, Source: pushSource, Entries: r.Entries, Refused: r.Refused, Notes: r.Notes, Made: r.Made,
		Digest: account.SecretHash(string(body)), Bytes: int64(len(body)),
	}
}

// speaksFor answers what a token may do: hand in what its unit reports, for review.
func speaksFor(t account.Token) collect.Options {
	return collect.Options{
		Unit: t.Unit, Units: []assess.UnitCode{t.Unit}, By: web.TokenActor(t), Supplies: []assess.Origin{assess.FromDistrict}, Authority: collect.Submit,
	}
}
