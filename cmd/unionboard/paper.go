package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/paper"
)

// papers answers what writes a document that is signed, filed or edited.
func (a *app) papers(q exportQuery) (func(context.Context, io.Writer, exportQuery) error, error) {
	switch {
	case len(q.Periods) > 1:
		return nil, wrongUse("--format %s: a document is of one period; write --period %s", q.format, q.Periods[0])
	case q.Table == "scorecard" && q.format == "pdf":
		return a.writeScorecards, nil
	case q.Table == "notice" && (q.format == "pdf" || q.format == "docx"):
		return a.writeNotice, nil
	case q.Table == "notice":
		return nil, wrongUse("--table notice is written as pdf or docx")
	}
	return nil, wrongUse("--table %s is not written as %s; choose xlsx, csv or json", q.Table, q.format)
}

// writeScorecards writes the scorecards of the units asked for, or of all that exist in the period, into one document.
func (a *app) writeScorecards(ctx context.Context, w io.Writer, q exportQuery) error {
	edition, heading, err := a.heading(ctx, q)
	if err != nil {
		return err
	}
	var cards []*paper.Scorecard
	for _, u := range edition.Roster.Units {
		if !u.In(q.Periods[0]) || len(q.Units) > 0 && !slices.Contains(q.Units, u.Code) {
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

// writeNotice writes the draft of the notice, of the page as it is in force.
func (a *app) writeNotice(ctx context.Context, w io.Writer, q exportQuery) error {
	if len(q.Units) > 0 {
		return wrongUse("--unit %s: a notice is about all units; leave the option out", q.Units[0])
	}
	edition, heading, err := a.heading(ctx, q)
	if err != nil {
		return err
	}
	shelf, err := dashboard.NewShelf(dashboards.Files(), os.DirFS(filepath.Join(a.dir, "dashboards")), nil)
	if err != nil {
		return err
	}
	page, ok := shelf.Pages(time.Now()).Page("notice")
	if !ok {
		return fmt.Errorf("notice: there is no such page")
	}
	letter, err := paper.NewNotice(ctx, a.board, a.words, page, edition, a.request(q), heading)
	if err != nil {
		return err
	}
	if q.format == "docx" {
		return letter.Word(w)
	}
	press, err := paper.NewPress()
	if err != nil {
		return err
	}
	print, err := press.Letter(w, letter)
	if err == nil {
		q.tellLost(print)
	}
	return err
}

// request asks for a page as it is now.
func (a *app) request(q exportQuery) dashboard.Request {
	return dashboard.Request{Period: q.Periods[0], Lang: q.Lang, Location: a.zone}
}

// heading answers the edition of a period and what its papers say of where they come from.
func (a *app) heading(ctx context.Context, q exportQuery) (*assess.Edition, paper.Heading, error) {
	sheet, err := a.board.Sheet(ctx, q.Periods[0])
	if err != nil {
		return nil, paper.Heading{}, err
	}
	_, demo, err := demoMarkOf(a.dir)
	if err != nil {
		return nil, paper.Heading{}, err
	}
	edition := sheet.Edition
	return edition, paper.Heading{City: edition.Roster.City, Printed: time.Now().In(a.zone), Demo: demo, Words: a.words.In(q.Lang)}, nil
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
