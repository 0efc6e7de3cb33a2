package refund

import (
	"cmp"
	"math"
	"slices"
)

const (
	samplePairs    = 60_000 // taxpayers whose candidates m is estimated from, at most
	randomPairs    = 200_000
	emRounds       = 30
	priorPairs     = 200    // how many pairs the shipped values of m count for
	priorStrangers = 20_000 // and of u
)

// counted is a pattern and how many pairs have it.
type counted struct {
	pattern pattern
	n       float64
}

// estimate counts u from pairs drawn at random and estimates m without labels (expectation and maximisation, u held fixed): all fields but
// the code from the pairs with an equal code, the code from the pairs whose names and persons agree. Where there are few pairs the
// shipped values weigh more. The pairs are drawn by what the records hold, not by where they stand.
func estimate(taxpayers, unions []record, b *blocks) *Parameters {
	p := Shipped()
	byContent := inContentOrder(taxpayers)
	p.countStrangers(taxpayers, unions, byContent)
	pairs := blockedPatterns(taxpayers, unions, b, byContent)
	code := only(pairs, func(q pattern) bool { return q.level(fieldCode) == codeEqual })
	named := only(pairs, func(q pattern) bool {
		return q.has(fieldCore, coreEqual, coreSound) && q.has(fieldPerson, personEqual, personSound) && q.level(fieldCode) != missing &&
			!q.has(fieldTail, tailOne, tailDiffers)
	})
	shipped := Shipped()
	others := []int{fieldCore, fieldPlace, fieldForm, fieldTail, fieldPerson, fieldPhone, fieldAddress, fieldDistrict, fieldAccount}
	p.expect(code, others, shipped)
	p.expect(named, []int{fieldCode, fieldPlace, fieldForm, fieldTail, fieldPhone, fieldAddress, fieldDistrict}, shipped, fieldCode)
	for _, c := range code {
		p.Pairs += int(c.n)
	}
	p.weigh()
	return p
}

func inContentOrder(records []record) []int32 {
	order := make([]int32, len(records))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(records[a].content, records[b].content) })
	return order
}

// countStrangers counts u from pairs of a taxpayer and a union that are drawn apart from each other.
func (p *Parameters) countStrangers(taxpayers, unions []record, byContent []int32) {
	if len(taxpayers) == 0 || len(unions) == 0 {
		return
	}
	unionsByContent := inContentOrder(unions)
	counts := map[pattern]float64{}
	n := min(randomPairs, len(taxpayers)*len(unions))
	for i := range n {
		t := byContent[i%len(byContent)]
		// Content is a digest, so neighbours in its order are strangers; each round meets others.
		u := unionsByContent[(i*7919+i/len(byContent)*104729)%len(unions)]
		q := compare(&taxpayers[t], &unions[u]).levels()
		if q.has(fieldCode, codeEqual, codeOrganisation) {
			continue
		}
		counts[q]++
	}
	for f := range p.Fields {
		levels := p.Fields[f].Levels
		sums, total := make([]float64, len(levels)), 0.0
		for q, c := range counts { // whole numbers: the order of adding does not matter
			if l := q.level(f); l > 0 {
				sums[l-1] += c
				total += c
			}
		}
		for l := range levels {
			levels[l].U = (sums[l] + priorStrangers*levels[l].U) / (total + priorStrangers)
		}
	}
}

// blockedPatterns counts the patterns of the candidates of some taxpayers.
func blockedPatterns(taxpayers, unions []record, b *blocks, byContent []int32) []counted {
	stride := len(byContent)/samplePairs + 1
	var sample []int32
	for i := 0; i < len(byContent); i += stride {
		sample = append(sample, byContent[i])
	}
	parts := make([]map[pattern]float64, (len(sample)+2047)/2048)
	parallel(len(sample), func(from, to int) {
		counts := map[pattern]float64{}
		var found []int32
		for _, t := range sample[from:to] {
			found = b.candidates(&taxpayers[t], found[:0])
			for _, u := range found {
				counts[compare(&taxpayers[t], &unions[u]).levels()]++
			}
		}
		parts[from/2048] = counts
	})
	sum := map[pattern]float64{}
	for _, part := range parts {
		for q, n := range part {
			sum[q] += n
		}
	}
	list := make([]counted, 0, len(sum))
	for q, n := range sum {
		list = append(list, counted{q, n})
	}
	slices.SortFunc(list, func(a, b counted) int { return cmp.Compare(a.pattern, b.pattern) })
	return list
}

func only(pairs []counted, want func(pattern) bool) []counted {
	var list []counted
	for _, c := range pairs {
		if want(c.pattern) {
			list = append(list, c)
		}
	}
	return list
}

// expect runs the rounds over patterns: how likely each is of a pair that belongs together by the fields named, then m anew. Only the
// fields in learn are changed, all that are named where learn is empty.
func (p *Parameters) expect(pairs []counted, fields []int, shipped *Parameters, learn ...int) {
	if len(learn) == 0 {
		learn = fields
	}
	share := 0.9 // of the pairs, those that belong together
	likely := make([]float64, len(pairs))
	for range emRounds {
		sum, total := 0.0, 0.0
		for i, c := range pairs {
			odds := share / (1 - share)
			for _, f := range fields {
				if l := c.pattern.level(f); l > 0 {
					odds *= p.Fields[f].Levels[l-1].M / p.Fields[f].Levels[l-1].U
				}
			}
			likely[i] = 1
			if !math.IsInf(odds, 1) {
				likely[i] = odds / (1 + odds)
			}
			sum += likely[i] * c.n
			total += c.n
		}
		if total == 0 {
			return
		}
		share = min(max(sum/total, 0.001), 0.999)
		for _, f := range learn {
			sums := make([]float64, len(p.Fields[f].Levels))
			for i, c := range pairs {
				if l := c.pattern.level(f); l > 0 {
					sums[l-1] += likely[i] * c.n
				}
			}
			p.maximise(f, shipped, sums)
		}
	}
}

// maximise sets m of a field from sums of its levels, with the shipped values counting as so many pairs.
func (p *Parameters) maximise(f int, shipped *Parameters, sums []float64) {
	total := float64(priorPairs)
	for _, s := range sums {
		total += s
	}
	for l := range p.Fields[f].Levels {
		m := priorPairs * shipped.Fields[f].Levels[l].M
		if sums != nil {
			m += sums[l]
		}
		p.Fields[f].Levels[l].M = min(max(m/total, 1e-6), 1-1e-6)
	}
}
