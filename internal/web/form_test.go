package web

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// Security checklist, row 22: fields that are not in the form are refused.
func TestOnlyTheFieldsOfTheForm(t *testing.T) {
	for _, c := range []struct {
		form url.Values
		key  string
	}{
		{url.Values{"form_token": {"x"}, "note": {"a"}}, ""},
		{url.Values{}, ""},
		{url.Values{"note": {"a"}, "state": {"accepted"}}, "problem.form_field"},
		{url.Values{"Note": {"a"}}, "problem.form_field"},
		{url.Values{"note": {"a", "b"}}, "problem.form_twice"},
	} {
		err := only(&http.Request{PostForm: c.form}, "note")
		var p *assess.Problem
		switch {
		case c.key == "" && err != nil:
			t.Errorf("%v: %v", c.form, err)
		case c.key != "" && (!errors.As(err, &p) || p.Key != c.key || !errors.Is(err, assess.ErrInvalid)):
			t.Errorf("%v: %v, want %s", c.form, err, c.key)
		}
	}
}
