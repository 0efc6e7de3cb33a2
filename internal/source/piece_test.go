package source_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// What was kept of an answer says, read again, what it said at first: a refused row is refused again, and the others are there.
func TestAPieceIsReadAgain(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		sendJSON(w, `{"schema": "unionboard/values/1", "unit": "210102", "period": "2026Q1", "values": [{"code": "a", "value": "1"}], "next": null}`)
	})
	parcels, err := ask(t, server, nil)
	if err != nil || len(parcels) != 1 || len(parcels[0].Pieces) != 1 {
		t.Fatalf("%d parcels, %v", len(parcels), err)
	}
	again, err := parcels[0].Pieces[0].Read(nil, source.MostRows)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parcels[0].Entries, again.Entries, cmpopts.EquateEmpty()); diff != "" || len(again.Entries) == 0 {
		t.Errorf("read again it says something else (-first +again):\n%s", diff)
	}
	foreign := parcels[0].Pieces[0]
	foreign.Unit = "210103"
	again, err = foreign.Read(nil, source.MostRows)
	if err != nil || len(again.Entries) != 0 || len(again.Refused) != 1 || again.Refused[0].Problem.Kind != assess.ErrForbidden {
		t.Errorf("asked for another unit it answers %+v, %v", again, err)
	}
}
