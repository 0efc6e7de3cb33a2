package web_test

import (
	"net/http"
	"os"
	"testing"
)

// TestServeGallery serves the gallery at UNIONBOARD_TEST_GALLERY (host:port) to be looked at; without it nothing happens.
func TestServeGallery(t *testing.T) {
	addr := os.Getenv("UNIONBOARD_TEST_GALLERY")
	if addr == "" {
		t.Skip("set UNIONBOARD_TEST_GALLERY=127.0.0.1:8090 to look at the gallery")
	}
	t.Fatal(http.ListenAndServe(addr, newGallery(t).handler(t)))
}
