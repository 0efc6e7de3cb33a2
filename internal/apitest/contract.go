// Package apitest takes a handler and makes one whose answers of the API are held by its description. Tests alone import it.
package apitest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/unionboard/unionboard/internal/api"
)

// contract is the description of the API, by which every answer of every test is held.
type contract struct {
	doc    *openapi3.T
	router routers.Router
}

var theContract = sync.OnceValues(func() (contract, error) {
	text, err := api.Description()
	if err != nil {
		return contract{}, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return contract{}, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return contract{}, err
	}
	for _, kind := range []string{
		"application/xml", "text/xml", "application/csv", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip",
		"application/vnd.apache.parquet", "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.PlainBodyDecoder)
	}
	router, err := gorillamux.NewRouter(doc)
	return contract{doc, router}, err
})

// Description answers the description, which is one of OpenAPI, or why it is not.
func Description() (*openapi3.T, error) {
	c, err := theContract()
	return c.doc, err
}

// Problems answers the problems that the description lists, each as its status and code.
func Problems() (all []string, err error) {
	c, err := theContract()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(c.doc.Extensions["x-problems"])
	if err != nil {
		return nil, err
	}
	var listed []struct {
		Status int
		Code   string
	}
	err = json.Unmarshal(text, &listed)
	for _, one := range listed {
		all = append(all, fmt.Sprint(one.Status, " ", one.Code))
	}
	return all, err
}

// Held lets every answer of the API be compared with its description, and what was asked for where it was answered.
func Held(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v1/") {
			h.ServeHTTP(w, r)
			return
		}
		var asked bytes.Buffer // as far as the handler reads it
		again := r.Clone(context.WithoutCancel(r.Context()))
		r.Body = io.NopCloser(io.TeeReader(r.Body, &asked))
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		again.Body = io.NopCloser(&asked)
		c.compare(t, again, answer.Result(), answer.Body.Bytes())
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// compare holds an answer by the description, and the request, too, where it was found good.
func (c contract) compare(t testing.TB, r *http.Request, answer *http.Response, body []byte) {
	t.Helper()
	as := r.Clone(r.Context())
	if as.Method == http.MethodHead {
		as.Method = http.MethodGet
	}
	route, vars, err := c.router.FindRoute(as)
	if err != nil {
		if answer.StatusCode != http.StatusNotFound && answer.StatusCode != http.StatusMethodNotAllowed && answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s is not described and answers %d", r.Method, r.URL.Path, answer.StatusCode)
		}
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: as, PathParams: vars, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if answer.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			t.Errorf("%s %s is answered %d, yet it is not as described: %v", r.Method, r.URL, answer.StatusCode, err)
		}
	}
	if r.Method == http.MethodHead {
		return
	}
	defer func() { c.listed(t, r, answer.StatusCode, body) }()
	if answer.Header.Get("Content-Encoding") == "gzip" {
		packed, err := gzip.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = io.ReadAll(packed)
		}
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(body)), Options: input.Options,
	})
	if err != nil {
		t.Errorf("%s %s answers %d, not as described: %v", r.Method, r.URL, answer.StatusCode, err)
	}
}

// listed holds a problem by those that the description lists. Bodies can be wrong in more ways.
func (c contract) listed(t testing.TB, r *http.Request, status int, body []byte) {
	t.Helper()
	if status < 400 || r.Method == http.MethodPost && (status == http.StatusBadRequest || status == http.StatusConflict) {
		return
	}
	var problem struct{ Code string }
	if err := json.Unmarshal(body, &problem); err != nil || problem.Code == "gallery" {
		return
	}
	known, err := Problems()
	if name := fmt.Sprint(status, " ", problem.Code); err != nil || !slices.Contains(known, name) {
		t.Errorf("%s %s: the problem %s is not listed in the description (%v)", r.Method, r.URL, name, err)
	}
}
