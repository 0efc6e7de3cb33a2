package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/source"
)

// divideTarget shares a target out as the form says and keeps it as the draft.
func (s *site) divideTarget(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.targetSheet(r)
	if err != nil {
		return err
	}
	fields := []string{"total", "step", "basis", "basis_period", "from", "reason", "version", "revision"}
	for _, u := range sheet.Units {
		fields = append(fields, "value."+string(u.Code), "pin."+string(u.Code))
	}
	if err := only(r, fields...); err != nil {
		return err
	}
	q, err := divisionOf(sheet, r.PostForm)
	if err == nil {
		_, err = s.City.Divide(r.Context(), q, s.act(r))
	}
	return s.afterTarget(w, r, sheet, r.PostForm, err)
}

// afterTarget leads back to the sheet, or says beside what was typed why nothing was done.
func (s *site) afterTarget(w http.ResponseWriter, r *http.Request, sheet *city.TargetSheet, typed url.Values, err error) error {
	if p, status, ok := refusal(err); ok {
		return s.drawTarget(w, r, status, sheet, typed, visitFrom(r).problem(p))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/targets/"+strconv.Itoa(sheet.Year)+"/"+string(sheet.Node.Code), http.StatusSeeOther)
	return nil
}

// divisionOf reads the form. A portion is fixed when it is ticked, or was typed over: who types a number means it to stay.
func divisionOf(sheet *city.TargetSheet, form url.Values) (q city.Division, err error) {
	q = city.Division{Year: sheet.Year, Code: sheet.Node.Code, Reason: form.Get("reason"), Pins: map[assess.UnitCode]decimal.Decimal{}}
	if q.Version, q.Revision, err = seen(form); err != nil {
		return q, err
	}
	if q.Total, err = numberIn(form.Get("total"), "total"); err != nil {
		return q, err
	}
	if q.Step, err = numberIn(form.Get("step"), "step"); err != nil {
		return q, err
	}
	q.Basis.Kind = assess.BasisKind(form.Get("basis"))
	if item, ok := strings.CutPrefix(form.Get("basis"), "item:"); ok {
		q.Basis = assess.Basis{Kind: assess.ItemBasis, Item: assess.Code(item)}
		if q.Basis.Period, err = assess.ParsePeriod(form.Get("basis_period")); err != nil {
			return q, err
		}
	}
	if text := form.Get("from"); text != "" {
		if q.From, err = assess.ParsePeriod(text); err != nil {
			return q, err
		}
	}
	held := map[assess.UnitCode]decimal.Decimal{}
	if sheet.Draft != nil {
		for _, p := range sheet.Draft.Portions {
			held[p.Unit] = p.Value
		}
	}
	for _, u := range sheet.Units {
		text := strings.TrimSpace(form.Get("value." + string(u.Code)))
		if text == "" {
			continue
		}
		value, err := numberIn(text, u.Name.ZH)
		if err != nil {
			return q, err
		}
		before, known := held[u.Code]
		if form.Get("pin."+string(u.Code)) != "" || !known || !before.Equal(value) {
			q.Pins[u.Code] = value
		}
	}
	return q, nil
}

// numberIn reads a number of a form.
func numberIn(text, field string) (decimal.Decimal, error) {
	n, err := source.ParseNumber(text)
	if p, _, ok := refusal(err); ok {
		return n.Decimal, p.At(assess.Place{Field: field})
	}
	return n.Decimal, err
}

// seen reads which version and revision of a draft the sender of a form saw.
func seen(form url.Values) (version int, revision int64, err error) {
	version, err = strconv.Atoi(form.Get("version"))
	if err == nil {
		revision, err = strconv.ParseInt(form.Get("revision"), 10, 64)
	}
	if err != nil || version < 0 || revision < 0 {
		return 0, 0, assess.Invalid("problem.form", "the form could not be read; load the page again and repeat")
	}
	return version, revision, nil
}

// issueTarget sets the targets of the draft that was seen.
func (s *site) issueTarget(w http.ResponseWriter, r *http.Request) error {
	return s.closeDraft(w, r, func(sheet *city.TargetSheet, version int, revision int64) error {
		return s.City.Issue(r.Context(), sheet.Year, sheet.Node.Code, version, revision, s.act(r))
	})
}

// discardTarget gives up the draft that was seen.
func (s *site) discardTarget(w http.ResponseWriter, r *http.Request) error {
	return s.closeDraft(w, r, func(sheet *city.TargetSheet, version int, revision int64) error {
		return s.City.Discard(r.Context(), sheet.Year, sheet.Node.Code, version, revision, s.act(r))
	})
}

func (s *site) closeDraft(w http.ResponseWriter, r *http.Request, do func(sheet *city.TargetSheet, version int, revision int64) error) error {
	sheet, err := s.targetSheet(r)
	if err != nil {
		return err
	}
	if err := only(r, "version", "revision"); err != nil {
		return err
	}
	version, revision, err := seen(r.PostForm)
	if err == nil {
		err = do(sheet, version, revision)
	}
	return s.afterTarget(w, r, sheet, nil, err)
}
