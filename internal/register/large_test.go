package register_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
)

// BenchmarkLargeRegister keeps a record on a register of 30,000 and reads a page of it, as its pages do: go test -bench LargeRegister.
func BenchmarkLargeRegister(b *testing.B) {
	n := 30_000
	if text := os.Getenv("UNIONBOARD_TEST_RECORDS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	o := newOffice(b)
	t, _, err := o.Table(b.Context(), studiosT, o.now)
	if err != nil {
		b.Fatal(err)
	}
	var writes []assess.RecordWrite
	for i := range n {
		id, err := register.NewID()
		if err != nil {
			b.Fatal(err)
		}
		values := studio(i, "host_org_name", fmt.Sprint("示例厂", i%5000), "status", []string{"active", "suspended"}[i%2], "studio_no", fmt.Sprintf("GZS-%06d", i), "members_count", strconv.Itoa(i%300+1))
		w, err := o.Kept(t, assess.Record{ID: id, Table: studiosT, Key: values["studio_no"], Unit: "210102", At: o.now, By: "heping", Role: assess.DistrictReporter}, values)
		if err != nil {
			b.Fatal(err)
		}
		if writes = append(writes, w); len(writes) == 1000 || i == n-1 {
			if err := o.store.PutRecords(b.Context(), writes, o.line(heping)); err != nil {
				b.Fatal(err)
			}
			writes = nil
		}
	}
	next := n
	for name, do := range map[string]func() error{
		"save": func() error {
			next++
			saved, err := o.Save(b.Context(), register.Change{Table: studiosT, Written: studio(next, "studio_no", fmt.Sprintf("GZS-%06d", next))}, heping, o.line(heping))
			if err == nil && register.HasError(saved.Findings) {
				err = fmt.Errorf("%v", said(saved.Findings))
			}
			return err
		},
		"page": func() error {
			_, _, err := o.List(b.Context(), assess.RecordQuery{Table: studiosT, Limit: 50}, heping, o.now)
			return err
		},
		"last": func() error {
			_, _, err := o.List(b.Context(), assess.RecordQuery{Table: studiosT, Limit: 50, Offset: n - 50, Sort: "changed_at"}, analyst, o.now)
			return err
		},
		"narrowed": func() error {
			_, _, err := o.List(b.Context(), assess.RecordQuery{Table: studiosT, Limit: 50, Words: map[string]string{"status": "active"}}, analyst, o.now)
			return err
		},
		"sorted": func() error {
			_, _, err := o.List(b.Context(), assess.RecordQuery{Table: studiosT, Limit: 50, Sort: "members_count"}, analyst, o.now)
			return err
		},
		"searched": func() error {
			_, _, err := o.List(b.Context(), assess.RecordQuery{Table: studiosT, Limit: 50, Search: "示例厂4999"}, analyst, o.now)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
		})
	}
}
