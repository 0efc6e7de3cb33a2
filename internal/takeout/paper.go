package takeout

import (
	"context"
	"io"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/paper"
)

// paper answers what writes a document that is signed, filed or edited.
func (r Room) paper(o Order) writing {
	return func(ctx context.Context, w io.Writer, step func()) ([]rune, error) {
		if o.Table == Notice {
			return r.notice(ctx, w, o)
		}
		return r.scorecards(ctx, w, o, step)
	}
}

// scorecards writes the scorecards of the units asked for, or of all that exist in the period, into one document.
func (r Room) scorecards(ctx context.Context, w io.Writer, o Order, step func()) ([]rune, error) {
	edition, heading, err := r.heading(ctx, o)
	if err != nil {
		return nil, err
	}
	var cards []*paper.Scorecard
	for _, u := range edition.Roster.Units {
		if !u.In(o.Periods[0]) || len(o.Units) > 0 && !slices.Contains(o.Units, u.Code) {
			continue
		}
		card, err := paper.NewScorecard(ctx, r.Board, r.Words, u, r.request(o), heading)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
		step()
	}
	press, err := r.newPress()
	if err != nil {
		return nil, err
	}
	print, err := press.Scorecards(w, cards...)
	return print.Lost, err
}

// notice writes the draft of the notice, of the page as it is in force.
func (r Room) notice(ctx context.Context, w io.Writer, o Order) ([]rune, error) {
	edition, heading, err := r.heading(ctx, o)
	if err != nil {
		return nil, err
	}
	page, err := r.Page(Notice)
	if err != nil {
		return nil, err
	}
	letter, err := paper.NewNotice(ctx, r.Board, r.Words, page, edition, r.request(o), heading)
	if err != nil {
		return nil, err
	}
	if o.Format == DOCX {
		return nil, letter.Word(w)
	}
	press, err := r.newPress()
	if err != nil {
		return nil, err
	}
	print, err := press.Letter(w, letter)
	return print.Lost, err
}

// newPress answers the press of the room, one made for it where it has none.
func (r Room) newPress() (*paper.Press, error) {
	if r.press != nil {
		return r.press()
	}
	return paper.NewPress()
}

// request asks for a page as it is now.
func (r Room) request(o Order) dashboard.Request {
	return dashboard.Request{Period: o.Periods[0], Lang: o.Lang, Location: r.Zone, Reader: r.reader}
}

// heading answers the edition of a period and what its papers say of where they come from.
func (r Room) heading(ctx context.Context, o Order) (*assess.Edition, paper.Heading, error) {
	sheet, err := r.Board.Sheet(ctx, o.Periods[0])
	if err != nil {
		return nil, paper.Heading{}, err
	}
	edition := sheet.Edition
	return edition, paper.Heading{City: edition.Roster.City, Printed: o.Now.In(r.Zone), Demo: r.Demo, Words: r.Words.In(o.Lang)}, nil
}
