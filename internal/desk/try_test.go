package desk_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// TestTryShowsWhatSavesWouldDo: the form with the saves in it, its rules asked, and nothing kept.
func TestTryShowsWhatSavesWouldDo(t *testing.T) {
	f := newFixture(t)
	f.past(heping, q3, map[assess.Code]string{"union_members": "900"})
	f.typed(heping, "union_members", "1000", "", "li")
	before := f.form(heping)
	form, err := f.Try(t.Context(), heping, q4, []desk.Save{
		{Item: "female_members", Value: "1,001", Base: 7},
		{Item: "union_members", Value: "990", Note: "清理"},
		{Item: "new_unions_ytd", Missing: true},
		{Item: "no_such_item", Value: "1"},
	}, f.now)
	f.ok(err)
	got := map[assess.Code]desk.Field{}
	for _, s := range form.Sections {
		for _, field := range s.Fields {
			got[field.Item.Code] = field
		}
	}
	if m := got["union_members"]; m.Shown != "990" || m.Draft.Note != "清理" || m.Net != "90" {
		t.Errorf("members %+v", m)
	}
	if m := got["female_members"].Messages; !slices.ContainsFunc(m, func(m desk.Message) bool { return m.Level == desk.Error && m.Rule == "V02" }) {
		t.Errorf("female members: %+v", m)
	}
	if got["new_unions_ytd"].State != assess.Missing {
		t.Errorf("new unions %+v", got["new_unions_ytd"])
	}
	if after := f.form(heping); !reflect.DeepEqual(before, after) {
		t.Error("something was kept")
	}
}
