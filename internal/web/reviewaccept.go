package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// plainFigure is a figure that one step accepts: nothing is asked about it, nothing was chosen or written at its row. Seen is the
// submission the page shows of it.
type plainFigure struct{ Code, Name, Value, Seen string }

// asking is the question before the plain figures are accepted.
type asking struct {
	Title, Left string
	Figures     []plainFigure
}

// judgingFields are what the form of a review has for each figure. A plain figure is also listed by itself, so that one step accepts
// those the page listed and no others.
func judgingFields() []string { return []string{"choice.", "reason.", "note.", "seen.", "plain."} }

// untouched says whether nothing is chosen or written at a row.
func (f reviewForm) untouched() bool { return f.Choice == "" && f.Reason == "" && f.Note == "" }

// plainFigures are the figures that one step accepts, without those whose rows are touched.
func plainFigures(v *visit, review *desk.Review, typed map[assess.Code]reviewForm) (plain []plainFigure) {
	listed := map[assess.Code]bool{}
	for _, item := range review.Plain {
		listed[item] = true
	}
	for _, c := range review.Cells {
		if code := c.Item.Code; listed[code] && typed[code].untouched() {
			plain = append(plain, plainFigure{string(code), c.Item.Name.In(v.lang()), figureText(v, c.Item, c.State, c.Value), c.Submission})
		}
	}
	return plain
}

// askAccept is the question whether the plain figures are to be accepted; it says how many rows stay as they are.
func askAccept(v *visit, plain []plainFigure, typed map[assess.Code]reviewForm) *asking {
	touched := 0
	for _, f := range typed {
		if !f.untouched() {
			touched++
		}
	}
	a := &asking{Title: v.words.T("web.review.ask", "n", strconv.Itoa(len(plain))), Figures: plain}
	if touched > 0 {
		a.Left = v.words.T("web.review.ask.left", "n", strconv.Itoa(touched))
	}
	return a
}

// acceptPlain accepts in one step what the page listed as plain and nothing was chosen about, after it asked once. What is chosen and
// not saved stays on the page.
func (s *site) acceptPlain(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	review, err := s.reviewOf(r)
	if err != nil {
		return err
	}
	if err := only(r, append(reviewFields(review, judgingFields()...), "sure")...); err != nil {
		return err
	}
	path := r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')]
	v.url = url.URL{Path: path} // whatever is drawn is the page of the report, and so are its links
	typed, seen, touched := map[assess.Code]reviewForm{}, map[assess.Code]string{}, false
	for _, cell := range review.Cells {
		code := cell.Item.Code
		f := typedVerdict(r.PostForm, code)
		if typed[code] = f; !f.untouched() {
			touched = true
		} else if was := r.PostForm.Get("plain." + string(code)); was != "" {
			seen[code] = was
		}
	}
	if r.PostForm.Get("sure") == "" && len(seen) > 0 {
		return s.drawReview(w, r, http.StatusOK, reviewPage{typed: typed, asking: true})
	}
	n, err := s.Reviews.AcceptPlain(r.Context(), review.Unit.Code, review.Period, seen, v.user.Name, v.user.Department, s.Now())
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	if touched {
		return s.drawReview(w, r, http.StatusOK, reviewPage{typed: typed, done: v.words.T("web.review.done.left", "n", strconv.Itoa(n))})
	}
	s.putDone(r, path, n)
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}
