package refund

import "math"

// weights are parameters ready for use: the bits of every level, and the logarithm of m where the bits of a value are counted.
type weights struct {
	bits [fieldCount][8]float64
	logM [fieldCount][8]float64
}

func (p *Parameters) weights() *weights {
	w := new(weights)
	for f := range p.Fields {
		for l, level := range p.Fields[f].Levels {
			w.bits[f][l+1] = level.Bits
			w.logM[f][l+1] = math.Log2(level.M)
		}
	}
	return w
}

// Bits is the evidence of each field, for or against, in bits.
type Bits [fieldCount]float32

// Sum answers the score.
func (b Bits) Sum() (sum float64) {
	for _, bits := range b {
		sum += float64(bits)
	}
	return sum
}

// ofPair answers the bits of each field of a pair; r is how rare the union's values are.
func (w *weights) ofPair(q pattern, r *rarity) (b Bits) {
	for f := range fieldCount {
		l := q.level(f)
		if l == missing {
			continue
		}
		bits := w.bits[f][l]
		if rare, ok := r.of(f, l, q.which(f)); ok {
			bits = clamp(w.logM[f][l]+float64(rare), levelLimits[f][l-1])
		}
		if r.isShared(f, l, q.which(f)) {
			bits = min(bits, shared)
		}
		b[f] = float32(bits)
	}
	return b
}

// of answers how rare the value is that a level agrees on, in bits.
func (r *rarity) of(field, level, which int) (float32, bool) {
	switch field {
	case fieldCode:
		return r.code, level == codeEqual && r.code > 0
	case fieldCore:
		if level == coreSound {
			return r.sound[which], true
		}
		return r.core[which], level == coreEqual
	case fieldPerson:
		if level == personSound {
			return r.personSound[which], true
		}
		return r.person[which], level == personEqual
	case fieldPhone:
		return r.phone[which], level == phoneEqual
	case fieldAddress:
		if level == addressStreet {
			return r.street[which], true
		}
		return r.room[which], level == addressRoom
	case fieldAccount:
		return r.account[which], level == accountEqual
	}
	return 0, false
}

func (r *rarity) isShared(field, level, which int) bool {
	switch field {
	case fieldPhone:
		return level == phoneEqual && r.phoneShared[which]
	case fieldAddress:
		return (level == addressRoom || level == addressStreet) && r.addressShared[which]
	case fieldAccount:
		return level == accountEqual && r.accountShared[which]
	}
	return false
}
