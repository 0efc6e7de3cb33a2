package source

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/url"

	"github.com/unionboard/unionboard/internal/assess"
)

// question is one unit and period asked for, over as many pages as the answer has.
type question struct {
	source  *HTTP
	token   string
	mapping *Mapping
	unit    assess.UnitCode // "": any
	period  assess.Period   // zero: any
	sum     hash.Hash
	parcel  Parcel
}

func (q *question) ask(ctx context.Context) Parcel {
	q.parcel.Delivery = assess.Delivery{Door: assess.DoorPull, Source: q.source.config.Name}
	if err := q.pages(ctx); err != nil {
		damage, ok := errors.AsType[*assess.Problem](err)
		if !ok && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return q.unasked()
		}
		if !ok {
			damage = assess.Unavailable("problem.source_failed", "the source could not be asked; look into the log").Because(err)
		}
		// Nothing of a broken answer is taken: it must never count as a shorter one.
		return Parcel{Delivery: assess.Delivery{Door: assess.DoorPull, Source: q.source.config.Name}, Damage: damage}
	}
	q.parcel.Digest = hex.EncodeToString(q.sum.Sum(nil))
	return q.parcel
}

// unasked is the answer of a question for which the time of the whole source did not suffice.
func (q *question) unasked() Parcel {
	name := string(q.source.config.Name)
	return Parcel{
		Delivery: assess.Delivery{Door: assess.DoorPull, Source: q.source.config.Name},
		Damage: assess.Unavailable("problem.source_time", fmt.Sprintf("the time for source %s was over before unit %q and period %q had answered; see what holds it up", name, q.unit, q.period),
			"source", name, "unit", string(q.unit), "period", q.period.String()),
	}
}

func (q *question) pages(ctx context.Context) error {
	at, err := q.source.address.at(string(q.unit), q.period.String())
	if err != nil {
		return badAddress("form", "write it as https://host/path?unit={unit}&period={period}")
	}
	seen := map[string]bool{}
	for at != nil {
		switch {
		case seen[at.String()]:
			return assess.Unavailable("problem.source_loop", "the source names a page as next that was there before; correct its paging").
				At(assess.Place{File: shown(at)})
		case len(seen) == mostPages:
			return assess.Unavailable("problem.source_pages", fmt.Sprintf("the source has more than %d pages; ask for one unit and period at a time", mostPages)).
				At(assess.Place{File: shown(at)})
		}
		seen[at.String()] = true
		if at, err = q.page(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// page reads one page and answers the address of the next, nil after the last.
func (q *question) page(ctx context.Context, at *url.URL) (*url.URL, error) {
	body, err := q.source.get(ctx, at, q.token)
	if err != nil {
		return nil, err
	}
	q.parcel.Bytes += int64(len(body))
	if q.parcel.Bytes > mostTogether {
		return nil, tooLarge(shown(at), mostTogether)
	}
	q.sum.Write(body)
	piece := Piece{Name: shown(at), Data: body, Form: q.source.config.Format, Unit: q.unit, Period: q.period}
	r, err := piece.Read(q.mapping, MostRows)
	if err != nil {
		return nil, err
	}
	if len(q.parcel.Entries)+len(q.parcel.Refused)+len(r.Entries)+len(r.Refused) > MostRows {
		return nil, TooManyRows(shown(at), MostRows)
	}
	q.parcel.Pieces = append(q.parcel.Pieces, piece)
	q.parcel.Entries = append(q.parcel.Entries, r.Entries...)
	q.parcel.Refused = append(q.parcel.Refused, r.Refused...)
	q.parcel.Notes = append(q.parcel.Notes, r.Notes...)
	if r.Next == "" {
		return nil, nil
	}
	next, err := at.Parse(r.Next)
	if err != nil || origin(next) != q.source.address.origin {
		return nil, assess.Forbidden("problem.source_next",
			"the next page lies in another place, which is not followed; the source must name pages of its own host").
			At(assess.Place{File: shown(at), Field: "next"})
	}
	return next, nil
}
