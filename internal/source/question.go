package source

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// question is one unit and period asked for, over as many pages as the answer has.
type question struct {
	source      *HTTP
	client      *http.Client
	credentials string
	mapping     *Mapping
	afresh      bool
	now         time.Time
	unit        assess.UnitCode // "": any
	period      assess.Period   // zero: any
	sum         hash.Hash
	parcel      Parcel
	got         validators // of an answer of one page
	unchanged   bool
}

func (q *question) ask(ctx context.Context) Parcel {
	q.parcel.Delivery = assess.Delivery{Door: assess.DoorPull, Source: q.source.config.Name}
	first, err := q.source.address.at(string(q.unit), q.period.String())
	if err != nil {
		q.parcel.Damage = badAddress("form", "write it as https://host/path?unit={unit}&period={period}")
		return q.parcel
	}
	known := q.source.taken.of(first.String(), q.mapping, q.now)
	if q.afresh {
		known.validators = validators{}
	}
	err = q.pages(ctx, first, known.validators)
	if err != nil {
		return q.failed(ctx, err)
	}
	if q.unchanged {
		q.parcel.Unchanged, q.parcel.Digest = known.rows, known.digest
		return q.parcel
	}
	q.parcel.Digest = hex.EncodeToString(q.sum.Sum(nil))
	version := version{validators: q.got, mapping: written(q.mapping), digest: q.parcel.Digest, since: q.now}
	q.parcel.Settle = func(_ context.Context, receipt Receipt) error {
		version.rows = receipt.Taken
		q.source.taken.settle(first.String(), version, len(receipt.Refused) == 0)
		return nil
	}
	return q.parcel
}

// failed answers the parcel of a question that was not answered, or not well. Nothing of a broken answer is taken: it must never
// count as a shorter one. Where a page came whole and could not be read, it is kept with those before it.
func (q *question) failed(ctx context.Context, err error) Parcel {
	damage, ok := errors.AsType[*assess.Problem](err)
	if !ok && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return q.unasked()
	}
	if !ok {
		damage = assess.Unavailable("problem.source_failed", "the source could not be asked; look into the log").Because(err)
	}
	p := Parcel{Delivery: assess.Delivery{Door: assess.DoorPull, Source: q.source.config.Name}, Damage: damage}
	if _, unread := errors.AsType[unreadable](err); unread {
		p.Pieces, p.Digest, p.Bytes = q.parcel.Pieces, hex.EncodeToString(q.sum.Sum(nil)), q.parcel.Bytes
	}
	return p
}

// unreadable is the fault of a page that came whole and could not be read.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// unasked is the answer of a question for which the time of the whole source did not suffice.
func (q *question) unasked() Parcel {
	name := string(q.source.config.Name)
	return Parcel{
		Delivery: assess.Delivery{Door: assess.DoorPull, Source: q.source.config.Name},
		Damage: assess.Unavailable("problem.source_time", fmt.Sprintf("the time for source %s was over before unit %q and period %q had answered; see what holds it up", name, q.unit, q.period),
			"source", name, "unit", string(q.unit), "period", q.period.String()),
	}
}

// pages asks for one page after the other. Only an answer of one page can say that it is as it was: of several the first would
// speak for itself alone.
func (q *question) pages(ctx context.Context, at *url.URL, known validators) (err error) {
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
		if at, err = q.page(ctx, at, known); err != nil {
			return err
		}
		known = validators{}
	}
	if len(seen) > 1 {
		q.got = validators{}
	}
	return nil
}

// page reads one page and answers the address of the next, nil after the last.
func (q *question) page(ctx context.Context, at *url.URL, known validators) (*url.URL, error) {
	got, err := q.get(ctx, at, known)
	if err != nil {
		return nil, err
	}
	if got.unchanged {
		q.unchanged = true
		return nil, nil
	}
	body := got.body
	q.got = got.version
	q.parcel.Bytes += int64(len(body))
	if q.parcel.Bytes > mostTogether {
		return nil, tooLarge(shown(at), mostTogether)
	}
	q.sum.Write(body)
	piece := Piece{Name: shown(at), Data: body, Form: q.source.config.Format, Unit: q.unit, Period: q.period}
	q.parcel.Pieces = append(q.parcel.Pieces, piece)
	r, err := piece.Read(q.mapping, MostRows)
	if err != nil {
		return nil, unreadable{err}
	}
	if len(q.parcel.Entries)+len(q.parcel.Refused)+len(r.Entries)+len(r.Refused) > MostRows {
		return nil, TooManyRows(shown(at), MostRows)
	}
	if made := &q.parcel.Made; made.IsZero() || !r.Made.IsZero() && r.Made.Before(*made) { // of several pages the first of them
		*made = r.Made
	}
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
