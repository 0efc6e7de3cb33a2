package source

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestBadAddresses(t *testing.T) {
	for _, url := range []string{
		"", "heping.example", "/values", "ftp://heping.example/", "file:///etc/passwd", "javascript:1", "http://", "http:///values",
		"http:heping.example", "https://user:pass@heping.example/", "https://{unit}.example/", "https://heping.example:{unit}/",
		"https://heping.example/{district}", "https://heping.example/#part", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
		"http://127.1/", "http://0/", "http://0.0.0.0/", "http://[::]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/",
		"http://[2002:a00:1::]/", "http://169.254.169.254/latest", "http://[fe80::1]/", "http://224.0.0.1/", "http://[ff02::1]/",
		"http://255.255.255.255/", "http://exa mple/", "http://heping.example:99999999/",
	} {
		_, err := NewHTTP(HTTPConfig{Name: "a", URL: url, Format: JSON, Units: []assess.UnitCode{"1"}})
		var p *assess.Problem
		if !errors.As(err, &p) {
			t.Errorf("%q was accepted (%v)", url, err)
		}
	}
}

func TestGoodAddresses(t *testing.T) {
	for url, want := range map[string]string{
		"https://Heping.example/values?u={unit}&p={period}": "https://heping.example:443",
		"http://10.1.2.3:8080/{unit}/{period}":              "http://10.1.2.3:8080",
		"http://192.168.0.9":                                "http://192.168.0.9:80",
		"http://[fd00::1]:81/":                              "http://[fd00::1]:81",
		"http://127.0.0.1:8080/":                            "http://127.0.0.1:8080", // looked at when dialled
	} {
		h, err := NewHTTP(HTTPConfig{Name: "a", URL: url, Format: CSV, Units: []assess.UnitCode{"1"}})
		if err != nil || h.address.origin != want {
			t.Errorf("%q: %v; want origin %s", url, err, want)
		}
	}
}

// What stands for unit and period cannot leave its place in the address.
func TestPlaceholdersAreEscaped(t *testing.T) {
	a, err := parseAddress("http://h/{unit}?u={unit}&p={period}")
	if err != nil {
		t.Fatal(err)
	}
	u, err := a.at("a/../b?c&d#e", "2026Q1&x=1")
	if err != nil || u.Query().Get("u") != "a/../b?c&d#e" || u.Query().Get("p") != "2026Q1&x=1" || u.Query().Has("x") || u.Path != "/a/../b?c&d#e" ||
		u.EscapedPath() != "/a%2F..%2Fb%3Fc&d%23e" {
		t.Errorf("%s (%v), %v", u, u.Query(), err)
	}
}
