package store

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every table with a column of sealed texts is known to who changes keys: one that was forgotten would open no more when an old key is gone.
func TestEverySealedColumnIsKnown(t *testing.T) {
	s, err := Create(t.Context(), t.TempDir(), WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tables, err := list(context.Background(), s.reader, func(row scanner) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	}, `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name IN ('sealed', 'code_secret') ORDER BY m.name`)
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, c := range sealedColumns() {
		known = append(known, c.table)
	}
	slices.Sort(known)
	if diff := cmp.Diff(tables, known); diff != "" {
		t.Errorf("sealed columns (-there +known):\n%s", diff)
	}
	if n, err := s.SealedBy(t.Context(), "k1"); err != nil || n != 0 {
		t.Errorf("%d texts of an empty database, %v", n, err)
	}
}
