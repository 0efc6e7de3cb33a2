package api

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/takeout"
)

// heavyAtOnce is how many files are made, or ranks tried, for programs at the same time: pages go before.
const heavyAtOnce = 2

// alone waits until heavy work may begin; done is to be called when it has ended.
func (a *API) alone(ctx context.Context) (done func(), err error) {
	select {
	case a.heavy <- struct{}{}:
		return func() { <-a.heavy }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// offer is a table that can be taken out.
type offer struct {
	Table   string   `json:"table"`
	Formats []string `json:"formats"`
}

func offerOf(o takeout.Offer) offer {
	one := offer{Table: o.Table}
	for _, f := range o.Formats {
		one.Formats = append(one.Formats, string(f))
	}
	return one
}

// exports answers the tables that can be taken out, with their formats.
func (a *API) exports(_ context.Context, c Call) (*Answer, error) {
	return a.listed(c, c.parameters(), func() (list, error) {
		return listOf(takeout.Offers(), []string{"table", "formats"}, func(o takeout.Offer) any { return offerOf(o) },
			func(o takeout.Offer) []string { return []string{o.Table, strings.Join(offerOf(o).Formats, " ")} }), nil
	})
}

// export answers a table as a file, made at once.
func (a *API) export(ctx context.Context, c Call) (*Answer, error) {
	o, err := order(c)
	if err != nil {
		return nil, err
	}
	done, err := a.alone(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	room, err := a.Takeout()
	if err != nil {
		return nil, err
	}
	file, err := room.FileFor(ctx, c.User, o)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := file.Write(ctx, &body); err != nil {
		return nil, fmt.Errorf("export %s: %w", o.Table, err)
	}
	line := file.Line(assess.AuditLine{}, int64(body.Len()))
	return &Answer{Kind: file.Media, Body: body.Bytes(), File: file.Name, Line: &line}, nil
}

// order reads what is wanted. The format is that of the parameter, else what Accept asks for.
func order(c Call) (takeout.Order, error) {
	q := c.parameters()
	o := takeout.Order{
		Order: export.Order{
			Table: c.Vars["table"], Units: texts[assess.UnitCode](q, "unit"), Node: assess.Code(q.text("node")), Lang: cmp.Or(c.Query.Get(language), i18n.Chinese), Now: c.Now,
		},
		Format: takeout.Format(q.text("format")), Wide: q.flag("wide"), Trace: q.flag("trace"), WithCity: q.flag("with_city"), Published: q.flag("published"),
	}
	o.Periods = q.span("period")
	if err := q.end(); err != nil {
		return o, err
	}
	if o.Format != "" {
		return o, o.Check()
	}
	offer, err := takeout.OfferOf(o.Table)
	if err != nil {
		return o, err
	}
	media := make([]string, len(offer.Formats))
	for i, f := range offer.Formats {
		media[i] = f.Media()
	}
	kind, err := accepted(c.Accept, media...)
	if err != nil {
		return o, err
	}
	o.Format = offer.Formats[slices.Index(media, kind)]
	return o, o.Check()
}

// mostSpan is how many periods a file may be of: ten years of quarters.
const mostSpan = 40

// span answers the periods of a parameter that is needed: one, or with two points between them the first and the last of several.
func (p *parameters) span(name string) (all []assess.Period) {
	text := p.text(name)
	p.must(name, text != "")
	from, to, several := strings.Cut(text, "..")
	first, err := assess.ParsePeriod(from)
	last := first
	if err == nil && several {
		last, err = assess.ParsePeriod(to)
	}
	if err != nil || first.Kind() != last.Kind() || last.Compare(first) < 0 {
		p.wrong(badPeriod(name, text))
		return nil
	}
	for one := first; len(all) < mostSpan; one = one.Next() {
		if all = append(all, one); one == last {
			return all
		}
	}
	p.wrong(badPeriod(name, text))
	return nil
}
