package refund

import "math"

// decide assigns unions to taxpayers, one to one: rule by rule, in rounds, so that what is settled no longer stands against what is not.
// Every round looks at the same state for all, and so needs no order of the rows.
func (m *matcher) decide() {
	n := len(m.taxpayers)
	m.assigned, m.rule, m.taken = make([]int32, n), make([]Rule, n), make([]bool, len(m.unionRecords))
	m.two = map[int32]bool{}
	for t := range m.assigned {
		m.assigned[t] = -1
	}
	m.countNames()
	proposals := make([]int32, n)
	for stage := range stages {
		for m.round(stage, proposals) {
		}
	}
	m.withdrawTwice()
}

var stages = []Rule{RuleCode, RuleNear, RuleName, RuleScore}

// round proposes a union to every taxpayer that has none yet, by the rules up to a stage, and assigns what both sides agree on. It
// answers whether anything was assigned.
func (m *matcher) round(stage int, proposals []int32) bool {
	parallel(len(m.taxpayers), func(from, to int) {
		for t := from; t < to; t++ {
			proposals[t] = m.propose(int32(t), stage)
		}
	})
	some := false
	for t, at := range proposals {
		if at < 0 {
			continue
		}
		e := m.edges[t][at]
		m.assigned[t], m.taken[e.union], some = at, true, true
		m.rule[t] = m.ruleOf(int32(t), e)
	}
	return some
}

// propose answers the position of the one candidate that a taxpayer can be assigned, -1 for none.
func (m *matcher) propose(t int32, stage int) int32 {
	if m.assigned[t] >= 0 || m.taxpayers[t].Conflict {
		return -1
	}
	best := int32(-1)
	second, gone := float32(math.Inf(-1)), float32(math.Inf(-1))
	for i, e := range m.edges[t] {
		switch {
		case m.taken[e.union]:
		case m.states[m.unionOf[e.union]] == Dissolved:
			gone = max(gone, e.score)
		case !m.payable[e.union]:
		case best < 0 && m.qualifies(t, e, stage):
			best = int32(i)
		case e.pattern.level(fieldCode) != codeOpposed:
			second = max(second, e.score)
		}
	}
	if best < 0 {
		return -1
	}
	e := m.edges[t][best]
	margin := float32(m.parameters.Margin)
	if e.score < second+margin || e.score+margin < gone && !sameEnterprise(e.pattern) || m.states[m.unionOf[e.union]] == Unsure {
		return -1
	}
	for _, other := range m.back[e.union] {
		if other == t || m.assigned[other] >= 0 {
			continue
		}
		o := m.edgeTo(other, e.union)
		if o.pattern.level(fieldCode) != codeOpposed && e.score < o.score+margin {
			return -1
		}
	}
	return best
}

func (m *matcher) edgeTo(t, union int32) edge {
	for _, e := range m.edges[t] {
		if e.union == union {
			return e
		}
	}
	return edge{}
}

// qualifies tells that a rule up to the stage brings a taxpayer and a union together.
func (m *matcher) qualifies(t int32, e edge, stage int) bool {
	for s := range stage + 1 {
		if m.by(stages[s], t, e) {
			return true
		}
	}
	return false
}

// ruleOf answers the first rule that brings the two together.
func (m *matcher) ruleOf(t int32, e edge) Rule {
	for _, rule := range stages {
		if m.by(rule, t, e) {
			return rule
		}
	}
	return ""
}

func (m *matcher) by(rule Rule, t int32, e edge) bool {
	q := e.pattern
	if q.has(fieldTail, tailOne, tailDiffers) && rule != RuleScore || q.level(fieldTail) == tailDiffers || q.level(fieldCode) == codeOpposed {
		return false
	}
	switch rule {
	case RuleCode:
		return q.has(fieldCode, codeEqual, codeOrganisation) && m.agreesBesides(q, e.union) && !m.nameClaimed(t, e) && !copied(q)
	case RuleNear:
		return q.level(fieldCode) == codeNear && q.has(fieldCore, coreEqual, coreSound)
	case RuleName:
		return m.uniqueByName(t, e)
	case RuleScore:
		return m.byScore(t, e)
	}
	return false
}

// agreesBesides tells that something besides the code agrees that not everybody has.
func (m *matcher) agreesBesides(q pattern, union int32) bool {
	if q.has(fieldCore, coreEqual, coreSound, coreEdit, coreContains) || q.has(fieldPerson, personEqual, personSound) {
		return true
	}
	r := &m.rarity[union]
	return q.level(fieldPhone) == phoneEqual && !r.phoneShared[q.which(fieldPhone)] ||
		q.has(fieldAddress, addressRoom, addressStreet) && !r.addressShared[q.which(fieldAddress)]
}

// copied tells that a code that agrees looks like another's, put down by mistake: of a namesake elsewhere, of the branch beside it, of another
// company of the same owner.
func copied(q pattern) bool {
	agree, differ := evidence(q)
	elsewhere := q.level(fieldDistrict) == districtDiffers
	switch {
	case q.level(fieldTail) == tailOne:
		return elsewhere
	case q.has(fieldCore, coreEqual, coreSound, coreEdit, coreContains):
		return elsewhere && agree == 0 && differ >= 2
	}
	return agree < differ
}

// nameClaimed tells that the code agrees and the names do not, and that another taxpayer bears the union's name or another union the
// taxpayer's: then the code was more likely copied than the enterprise renamed.
func (m *matcher) nameClaimed(t int32, e edge) bool {
	if e.pattern.has(fieldCore, coreEqual, coreSound, coreEdit, coreContains) {
		return false
	}
	claims := func(q pattern) bool {
		return q.has(fieldCore, coreEqual, coreSound) && (q.level(fieldDistrict) == districtEqual || q.has(fieldPerson, personEqual, personSound) || q.level(fieldPhone) == phoneEqual)
	}
	for _, other := range m.back[e.union] {
		if other != t && claims(m.edgeTo(other, e.union).pattern) {
			return true
		}
	}
	for _, o := range m.edges[t] {
		if o.union != e.union && m.payable[o.union] && claims(o.pattern) {
			return true
		}
	}
	return false
}

// countNames indexes the names with their districts, of the taxpayers and of the unions that can be paid.
func (m *matcher) countNames() {
	each(func() { m.byName[0] = newIndex(m.taxRecords, nameAndDistrict) }, func() {
		var entries []entry
		for u := range m.unionRecords {
			if !m.payable[u] {
				continue
			}
			k := nameAndDistrict(&m.unionRecords[u])
			for i := range k {
				if k[i] != 0 && (i == 0 || k[1] != k[0]) {
					entries = append(entries, entry{k[i], int32(u)})
				}
			}
		}
		m.byName[1] = indexOf(entries)
	})
}

func nameAndDistrict(r *record) [2]key {
	d := key(r.district)
	return [2]key{r.v(0).name.core.with(d), r.v(1).name.core.with(d)}
}

// uniqueByName is R3: the core and the district are equal and nobody else has the two, on either side; nothing speaks against it.
func (m *matcher) uniqueByName(t int32, e edge) bool {
	q := e.pattern
	if q.level(fieldCore) != coreEqual || q.level(fieldDistrict) != districtEqual || q.level(fieldPlace) == placeDiffers || q.level(fieldForm) == formDiffers {
		return false
	}
	for_, against := evidence(q)
	if q.level(fieldCode) == codeUnlike && for_ == 0 || against >= 2 && for_ == 0 {
		return false
	}
	u := &m.unionRecords[e.union]
	k := u.v(q.which(fieldCore)).name.core.with(key(u.district))
	return len(m.byName[0].find(k)) == 1 && len(m.byName[1].find(k)) == 1
}

// evidence counts what of person, telephone and address agrees and what does not.
func evidence(q pattern) (agree, differ int) {
	for _, of := range [3][2]int{{fieldPerson, personDiffers}, {fieldPhone, phoneDiffers}, {fieldAddress, addressDiffers}} {
		switch q.level(of[0]) {
		case missing:
		case of[1]:
			differ++
		default:
			agree++
		}
	}
	return agree, differ
}

// byScore tells that the evidence is enough by itself. Owner, telephone and address come together, as one owner's companies share them:
// where neither the code nor the name agrees, their sum proves nothing.
func (m *matcher) byScore(t int32, e edge) bool {
	q := e.pattern
	if float64(e.score) < m.auto {
		return false
	}
	if q.has(fieldCode, codeEqual, codeOrganisation, codeNear) {
		return m.agreesBesides(q, e.union) && !m.nameClaimed(t, e) && !copied(q)
	}
	if q.level(fieldPlace) == placeDiffers || q.level(fieldTail) == tailOne {
		return false
	}
	if q.level(fieldCore) == coreEdit { // a slip of the pen, if two of owner, telephone and address agree and none differs
		agree, differ := m.ownEvidence(q, e.union)
		return agree >= 2 && differ == 0 && q.level(fieldForm) != formDiffers
	}
	return q.has(fieldCore, coreEqual, coreSound)
}

// ownEvidence is evidence without what many share.
func (m *matcher) ownEvidence(q pattern, union int32) (agree, differ int) {
	agree, differ = evidence(q)
	r := &m.rarity[union]
	for _, field := range []int{fieldPhone, fieldAddress} {
		if r.isShared(field, q.level(field), q.which(field)) {
			agree--
		}
	}
	return agree, differ
}

// withdrawTwice takes back what was assigned to taxpayers that have a second union, which nobody else is assigned: two active unions of
// one enterprise are for a person.
func (m *matcher) withdrawTwice() {
	twice := make([]bool, len(m.taxpayers))
	parallel(len(m.taxpayers), func(from, to int) {
		for t := from; t < to; t++ {
			twice[t] = m.assigned[t] >= 0 && m.hasSecond(int32(t))
		}
	})
	for t, is := range twice {
		if is {
			m.taken[m.edges[t][m.assigned[t]].union] = false
			m.assigned[t], m.two[int32(t)] = -1, true
		}
	}
}

// hasSecond tells that another union, nobody's, is the taxpayer's too, or bears the name of its union and has the same owner.
func (m *matcher) hasSecond(t int32) bool {
	own := m.edges[t][m.assigned[t]].union
	for _, e := range m.edges[t] {
		if e.union != own && !m.taken[e.union] && m.payable[e.union] && m.secondUnion(e) {
			return true
		}
	}
	u := &m.unionRecords[own]
	for _, k := range nameAndDistrict(u) {
		others := m.byName[1].find(k)
		if len(others) > 40 { // a name that says nothing
			continue
		}
		for _, other := range others {
			if other == own || m.taken[other] {
				continue
			}
			q := compare(u, &m.unionRecords[other])
			if agree, _ := evidence(q); agree > 0 && !q.has(fieldTail, tailOne, tailDiffers) {
				return true
			}
		}
	}
	return false
}

func (m *matcher) secondUnion(e edge) bool {
	q := e.pattern
	if q.has(fieldTail, tailOne, tailDiffers) {
		return false
	}
	agree, _ := m.ownEvidence(q, e.union)
	switch {
	case q.level(fieldCode) == codeOpposed: // one of the codes was copied
		return q.has(fieldCore, coreEqual, coreSound) && agree >= 2
	case q.has(fieldCode, codeEqual, codeOrganisation):
		return m.agreesBesides(q, e.union)
	}
	return sameEnterprise(q) || q.has(fieldCore, coreEdit, coreContains) && agree >= 2
}

// sameEnterprise tells that a union bears the taxpayer's name, and that the district or something of its owner agrees: another union of
// the enterprise, or its successor.
func sameEnterprise(q pattern) bool {
	if !q.has(fieldCore, coreEqual, coreSound) || q.level(fieldCode) == codeOpposed || q.has(fieldTail, tailOne, tailDiffers) || q.level(fieldPlace) == placeDiffers {
		return false
	}
	agree, _ := evidence(q)
	return agree > 0 || q.level(fieldDistrict) == districtEqual
}
