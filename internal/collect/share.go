package collect

import (
	"hash/fnv"
	"iter"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// What is said of a unit is decided without looking at another, so that a delivery of a million rows needs the memory of one share.
// Up to mostWhole rows are decided before anything is written. Beyond, a share has mostShared rows or one unit; mostUnits are told apart.
const (
	mostWhole  = 20_000
	mostShared = 4_000
	mostUnits  = 100_000
)

// share is those entries of a batch that speak of some units, by parcel, in their order; nil is all of them.
type share [][]int32

// entries visits the entries of a parcel that belong to a share, with a number from 0.
func (s share) entries(parcel int, d assess.Delivery) iter.Seq2[int, assess.Entry] {
	return func(yield func(int, assess.Entry) bool) {
		if s == nil {
			for i := range d.Len() {
				if !yield(i, d.Entry(i)) {
					return
				}
			}
			return
		}
		for n, i := range s[parcel] {
			if !yield(n, d.Entry(int(i))) {
				return
			}
		}
	}
}

// rows answers how many entries of a parcel belong to a share.
func (s share) rows(parcel int, d assess.Delivery) int {
	if s == nil {
		return d.Len()
	}
	return len(s[parcel])
}

// shares divides what a batch brings by its units, in the order in which they come. What fits into one share is one, and so is what is
// wanted whole or not at all, or of one unit, which rows may leave out.
func (b *batch) shares() []share {
	rows := 0
	for i := range b.parcels {
		b.parcels[i].limit(source.RowsOf(b.from.door))
		rows += b.parcels[i].Len()
	}
	if rows <= mostWhole || b.from.whole || b.from.unit != "" {
		return []share{nil}
	}
	units := unitNumbers{}
	var counts []int // rows of each unit
	numbers := make([][]int32, len(b.parcels))
	for i := range b.parcels {
		d := b.parcels[i].Delivery
		numbers[i] = make([]int32, d.Len())
		for k := range numbers[i] {
			n := units.of(d.Entry(k).Unit)
			numbers[i][k] = int32(n)
			for len(counts) <= n {
				counts = append(counts, 0)
			}
			counts[n]++
		}
	}
	of, size := sharesOf(counts)
	shares := make([]share, len(size))
	for s := range shares {
		shares[s] = make(share, len(b.parcels))
	}
	for i := range numbers {
		for k, n := range numbers[i] {
			s := of[n]
			if shares[s][i] == nil {
				shares[s][i] = make([]int32, 0, size[s])
			}
			shares[s][i] = append(shares[s][i], int32(k))
		}
	}
	return shares
}

// sharesOf answers the share of each unit by how many rows it has, and the rows of each share.
func sharesOf(counts []int) (of, size []int) {
	of, size = make([]int, len(counts)), []int{0}
	for unit, rows := range counts {
		if last := size[len(size)-1]; last > 0 && last+rows > mostShared {
			size = append(size, 0)
		}
		of[unit] = len(size) - 1
		size[of[unit]] += rows
	}
	return of, size
}

// unitNumbers numbers units as they come. Those beyond the bound, which no roster has, share numbers.
type unitNumbers map[assess.UnitCode]int

func (u unitNumbers) of(unit assess.UnitCode) int {
	n, known := u[unit]
	switch {
	case known:
		return n
	case len(u) < mostUnits:
		u[unit] = len(u)
		return len(u) - 1
	}
	sum := fnv.New32a()
	sum.Write([]byte(unit))
	return int(sum.Sum32() % mostUnits)
}
