package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/paper"
)

// papers answers what writes a document that is signed, filed or edited.
func (a *app) papers(table, format string) (func(context.Context, io.Writer, exportQuery) error, error) {
	switch {
	case table == "scorecard" && format == "pdf":
		return a.writeScorecards, nil
	case table == "scorecard":
		return nil, wrongUse("--table scorecard is written as pdf")
	}
	return nil, wrongUse("--table notice is written as pdf or docx")
}

// writeScorecards writes the scorecards of the units asked for, or of all that exist in the period, into one document.
func (a *app) writeScorecards(ctx context.Context, w io.Writer, q exportQuery) error {
	edition, heading, err := a.heading(ctx, q)
	if err != nil {
		return err
	}
	var cards []*paper.Scorecard
	for _, u := range edition.Roster.Units {
		if !u.In(q.period) || len(q.units) > 0 && !slices.Contains(q.units, u.Code) {
			continue
		}
		card, err := paper.NewScorecard(ctx, a.board, a.words, u, a.request(q), heading)
		if err != nil {
			return err
		}
		cards = append(cards, card)
	}
	press, err := paper.NewPress()
	if err != nil {
		return err
	}
	print, err := press.Scorecards(w, cards...)
	if err == nil {
		q.tellLost(print)
	}
	return err
}

// request asks for a page as it is now.
func (a *app) request(q exportQuery) dashboard.Request {
	return dashboard.Request{Period: q.period, Lang: q.lang, Location: a.zone}
}

// heading answers the edition of a period and what its papers say of where they come from.
func (a *app) heading(ctx context.Context, q exportQuery) (*assess.Edition, paper.Heading, error) {
	sheet, err := a.board.Sheet(ctx, q.period)
	if err != nil {
		return nil, paper.Heading{}, err
	}
	_, demo, err := demoMarkOf(a.dir)
	if err != nil {
		return nil, paper.Heading{}, err
	}
	edition := sheet.Edition
	return edition, paper.Heading{City: edition.Roster.City, Printed: time.Now().In(a.zone), Demo: demo, Words: a.words.In(q.lang)}, nil
}

// tellLost says which characters a document could not be set with.
func (q exportQuery) tellLost(p paper.Print) {
	if len(p.Lost) == 0 {
		return
	}
	var list []string
	for _, r := range p.Lost {
		list = append(list, fmt.Sprintf("%c (U+%04X)", r, r))
	}
	fmt.Fprintf(q.tell, "the typeface of the document lacks %s; a box □ stands for each\n", strings.Join(list, ", "))
}
