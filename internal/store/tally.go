package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math/bits"
)

// tally counts rows and adds up the SHA-256 of each, so that the same rows have the same sum in whatever order an engine shows them. It finds what
// went wrong on the way; somebody who makes rows to fit a sum is not its business.
type tally struct {
	columns []string
	rows    int64
	sum     [sha256.Size / 8]uint64

	hash hash.Hash
	part []byte
}

// add counts one row: numbers and texts, each with its kind and length, so that no two rows are written alike.
func (t *tally) add(columns []string, row []any) error {
	if t.hash == nil {
		t.hash, t.columns = sha256.New(), columns
	}
	t.hash.Reset()
	for i, value := range row {
		t.part = t.part[:0]
		switch v := value.(type) {
		case int64:
			t.part = binary.LittleEndian.AppendUint64(append(t.part, 'i'), uint64(v))
		case string:
			t.part = append(binary.LittleEndian.AppendUint64(append(t.part, 's'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("%w: column %s holds a %T", errDamaged, columns[i], value)
		}
		t.hash.Write(t.part)
	}
	t.rows++
	var carry uint64
	one := t.hash.Sum(t.part[:0])
	for i := range t.sum {
		t.sum[i], carry = bits.Add64(t.sum[i], binary.LittleEndian.Uint64(one[8*i:]), carry)
	}
	return nil
}
