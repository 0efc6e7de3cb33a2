package dial_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

func TestPlaces(t *testing.T) {
	for text, key := range map[string]string{
		"heping.example.org": "", "heping.example.org:8443": "", "Heping": "", "10.20.0.0/16": "", "10.20.0.0/16:5432": "", "10.1.2.3": "", "10.1.2.3:22": "",
		"fd00::1": "", "[fd00::1]:22": "", "[fd00::/8]:22": "", "fd00::/8": "",
		"": "problem.place_form", "*": "problem.place_form", "a b": "problem.place_form", "https://a": "problem.place_form", "a:0": "problem.place_form",
		"a:70000": "problem.place_form", "a:b": "problem.place_form", "127.1": "problem.place_form", "0x7f000001": "problem.place_form", "a.": "problem.place_form",
		"10.20.0.1/16": "problem.place_network", "10.20.0.0/33": "problem.place_form",
	} {
		_, err := dial.ParsePlace(text)
		var p *assess.Problem
		if errors.As(err, &p); (p == nil) != (key == "") || p != nil && p.Key != key {
			t.Errorf("%q: %v, want %q", text, err, key)
		}
	}
}

// An entry without a port stands for the usual ports, one with a port for that alone.
func TestPorts(t *testing.T) {
	for _, tt := range []struct {
		place string
		port  uint16
		ok    bool
	}{
		{"heping.example.org", 443, true},
		{"heping.example.org", 5432, true},
		{"heping.example.org", 8443, false},
		{"heping.example.org:8443", 8443, true},
		{"heping.example.org:8443", 443, false},
	} {
		place, err := dial.ParsePlace(tt.place)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (dial.Wall{Allowed: []dial.Place{place}}).To("heping.example.org", tt.port, false, 0); (err == nil) != tt.ok {
			t.Errorf("%s to port %d: %v, want ok=%v", tt.place, tt.port, err, tt.ok)
		}
	}
}
