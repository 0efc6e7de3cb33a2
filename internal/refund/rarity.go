package refund

import "math"

// rarity is how rare the values of a union are, in bits: minus the logarithm of the share of the records that have them, on the side
// where they are more common.
type rarity struct {
	code                                      float32
	core, sound, person, personSound          [2]float32
	phone, street, room, account              [2]float32
	phoneShared, addressShared, accountShared [2]bool
}

// smallest is how many records stand behind a share at least: what is there once in a file of three rows is not common for that.
const smallest = 5000

// rarities counts the values of both sides.
func rarities(taxpayers, unions []record) []rarity {
	fields := []struct {
		keys func(*record) [2]key
		put  func(*rarity, [2]float32)
	}{
		{func(r *record) [2]key { return [2]key{r.codeKey} }, func(r *rarity, v [2]float32) { r.code = v[0] }},
		{func(r *record) [2]key { return [2]key{r.v(0).name.core, r.v(1).name.core} }, func(r *rarity, v [2]float32) { r.core = v }},
		{func(r *record) [2]key { return [2]key{r.v(0).name.sound, r.v(1).name.sound} }, func(r *rarity, v [2]float32) { r.sound = v }},
		{func(r *record) [2]key { return [2]key{r.v(0).rep, r.v(1).rep} }, func(r *rarity, v [2]float32) { r.person = v }},
		{func(r *record) [2]key { return [2]key{r.v(0).repSound, r.v(1).repSound} }, func(r *rarity, v [2]float32) { r.personSound = v }},
		{func(r *record) [2]key { return [2]key{r.v(0).phone, r.v(1).phone} }, func(r *rarity, v [2]float32) { r.phone = v }},
		{func(r *record) [2]key { return [2]key{r.v(0).address.street, r.v(1).address.street} }, func(r *rarity, v [2]float32) { r.street = v }},
		{func(r *record) [2]key { return [2]key{roomKey(r.v(0).address), roomKey(r.v(1).address)} }, func(r *rarity, v [2]float32) { r.room = v }},
		{func(r *record) [2]key { return [2]key{r.v(0).account, r.v(1).account} }, func(r *rarity, v [2]float32) { r.account = v }},
	}
	out := make([]rarity, len(unions))
	for _, f := range fields {
		keys := f.keys
		var ts, us *index
		each(func() { ts = newIndex(taxpayers, keys) }, func() { us = newIndex(unions, keys) })
		nt, nu := float64(max(present(taxpayers, keys), smallest)), float64(max(present(unions, keys), smallest))
		parallel(len(unions), func(from, to int) {
			for i := from; i < to; i++ {
				var v [2]float32
				for n, k := range keys(&unions[i]) {
					if k != 0 {
						share := max(float64(len(us.find(k)))/nu, float64(len(ts.find(k)))/nt, 1/max(nt, nu))
						v[n] = float32(-math.Log2(share))
					}
				}
				f.put(&out[i], v)
			}
		})
	}
	sharing(taxpayers, unions, out)
	return out
}

func roomKey(a addressKeys) key {
	if a.room == 0 {
		return a.street
	}
	return a.street.with(a.room)
}

func present(records []record, keys func(*record) [2]key) int {
	n := 0
	for i := range records {
		if keys(&records[i])[0] != 0 {
			n++
		}
	}
	return n
}

// sharing marks the telephone numbers, addresses and accounts that more than sharedBy enterprises of different names have, on both
// sides together.
func sharing(taxpayers, unions []record, out []rarity) {
	fields := [3]func(*record) [2]key{
		func(r *record) [2]key { return [2]key{r.v(0).phone, r.v(1).phone} },
		func(r *record) [2]key { return [2]key{roomKey(r.v(0).address), roomKey(r.v(1).address)} },
		func(r *record) [2]key { return [2]key{r.v(0).account, r.v(1).account} },
	}
	each(func() { mark(taxpayers, unions, fields[0], out, func(r *rarity) *[2]bool { return &r.phoneShared }) },
		func() { mark(taxpayers, unions, fields[1], out, func(r *rarity) *[2]bool { return &r.addressShared }) },
		func() { mark(taxpayers, unions, fields[2], out, func(r *rarity) *[2]bool { return &r.accountShared }) })
}

func mark(taxpayers, unions []record, keys func(*record) [2]key, out []rarity, flag func(*rarity) *[2]bool) {
	ts, us := newIndex(taxpayers, keys), newIndex(unions, keys)
	for i := range unions {
		for n, k := range keys(&unions[i]) {
			if k == 0 {
				continue
			}
			var cores [sharedBy + 1]key
			count := 0
			see := func(records []record, ids []int32) {
				for _, id := range ids {
					core := records[id].v(0).name.core
					seen := core == 0
					for _, c := range cores[:count] {
						seen = seen || c == core
					}
					if !seen {
						cores[count] = core
						if count++; count > sharedBy {
							return
						}
					}
				}
			}
			see(unions, us.find(k))
			if count <= sharedBy {
				see(taxpayers, ts.find(k))
			}
			flag(&out[i])[n] = count > sharedBy
		}
	}
}
