package trial

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Setting says which set to make. The same setting makes the same set.
type Setting struct {
	Seed     uint64
	Rows     int     // of the tax bureau's file, about; the register has about as many
	Strength float64 // of the corruption, 1 as described in docs/refund.md
	City     string  // shenyang or fuzhou
}

// Truth is what a row of the tax bureau's file truly is.
type Truth struct {
	Union     string // its union, "" for none
	District  string // of the union
	Duplicate bool   // the ticket of an earlier row
	Open      bool   // nobody can decide it: two active unions, or only a dissolved one's successor is unknown
	PayTo     string // union, payer or hold
	Fen       int64  // to be refunded
}

// Set is a pair of files with their truth.
type Set struct {
	Tax, Unions [][]string // rows without heads
	Truth       []Truth    // of the rows of Tax
}

// TaxHeads and UnionHeads are the columns of both files.
var (
	TaxHeads   = strings.Split("tax_id,djxh,uscc,name,tax_office,district_code,address,legal_rep,contact,phone,period_from,period_to,payroll_yuan,dues_yuan,ticket_no,paid_date,payer_account,payer_account_name,payer_bank", ",")
	UnionHeads = strings.Split("union_id,union_name,union_type,status,parent_union_id,district_code,union_uscc,ent_name,ent_uscc,ent_address,ent_legal_rep,contact,phone,member_count,has_account,account_no,account_name,bank,founded", ",")
)

// maker makes one set.
type maker struct {
	*clerk
	set    Set
	all    []enterprise
	truths []Truth // of the enterprises
}

// Make makes a set.
func Make(s Setting) *Set {
	w := &world{Rand: rand.New(rand.NewPCG(s.Seed, 0x5eed)), city: cities[s.City], codes: map[string]bool{}}
	m := &maker{clerk: &clerk{world: w, strength: s.Strength}}
	m.all = w.enterprises(int(float64(s.Rows) / 1.01))
	m.truths = make([]Truth, len(m.all))
	m.above()
	for i := range m.all {
		m.unionsOf(i)
	}
	for i := range m.all {
		m.payments(i)
	}
	m.shuffle()
	return &m.set
}

// above makes the unions over the grassroots.
func (m *maker) above() {
	put := func(id, name, kind, parent, district string) {
		m.set.Unions = append(m.set.Unions, []string{id, name, kind, "正常", parent, district, "81" + district, "", "", "", "", "", "", "", "是", "", "", "", ""})
	}
	put("P", m.city.province+"省总工会", "省总工会", "", m.city.code[:2]+"0000")
	put("C", m.city.name+"市总工会", "市总工会", "P", m.city.code)
	for i, name := range industries {
		put(fmt.Sprintf("I%d", i), m.city.name+"市"+name+"工会", "产业工会", "C", m.city.code)
	}
	for i, d := range m.city.districts {
		put(fmt.Sprintf("D%d", i), d.name+"总工会", "区县总工会", "C", d.code)
		for k := range 4 {
			street := m.city.offices[(i*3+k)%len(m.city.offices)]
			put(fmt.Sprintf("S%d-%d", i, k), d.name+street+"街道总工会", "乡镇街道工会", fmt.Sprintf("D%d", i), d.code)
		}
	}
}

// parent answers whom a grassroots union belongs to, and the district that follows.
func (m *maker) parent(d int) (id, district string) {
	switch r := m.Float64(); {
	case r < 0.70:
		return fmt.Sprintf("S%d-%d", d, m.IntN(4)), m.city.districts[d].code
	case r < 0.94:
		return fmt.Sprintf("D%d", d), m.city.districts[d].code
	}
	return fmt.Sprintf("I%d", m.IntN(len(industries))), m.city.code
}

// unionsOf makes what unions an enterprise has.
func (m *maker) unionsOf(i int) {
	e := &m.all[i]
	switch r := m.Float64(); {
	case r < 0.12: // none
	case r < 0.135: // only a dissolved one
		m.union(i, e, "撤销", false)
	case r < 0.145: // a dissolved one and a new one
		m.union(i, e, "注销", false)
		m.truths[i] = m.union(i, e, "正常", false)
	case r < 0.150: // two
		m.truths[i] = m.union(i, e, "正常", false)
		m.union(i, e, "正常", false)
		m.truths[i].Open = true
	default:
		m.truths[i] = m.union(i, e, "正常", m.chance(0.03))
		if !e.individual && m.chance(0.02) {
			m.branchUnion(i, e)
		}
	}
}

func (m *maker) union(i int, e *enterprise, status string, joint bool) Truth {
	id := fmt.Sprintf("U%07d", len(m.set.Unions))
	parent, district := m.parent(e.district)
	column := district
	if m.slips(0.01) { // the chain is broken: the column says it
		parent, column = "U-gone", m.city.districts[e.district].code
		district = column
	} else if m.slips(0.03) { // the column is wrong, the chain says it
		column = m.city.districts[m.IntN(len(m.city.districts))].code
	}
	kind, end := "基层工会", "工会委员会"
	switch {
	case joint:
		kind, end = "联合基层工会", "联合工会委员会"
	case m.chance(0.2):
		end = "工会"
	}
	name := m.name(*e)
	entry := name
	if m.slips(0.03) {
		entry = ""
	} else if m.slips(0.05) {
		entry = m.name(*e)
	}
	truth := Truth{Union: id, District: district, PayTo: "payer"}
	has, account, owner := "否", "", ""
	switch r := m.Float64(); {
	case r < 0.52:
		has, account, owner = "是", m.account(), e.name()+"工会委员会"
		truth.PayTo = "union"
	case r < 0.56:
		has = "是"
		truth.PayTo = "hold"
	}
	if joint {
		truth.PayTo = "payer"
	}
	m.set.Unions = append(m.set.Unions, []string{
		id, name + end, kind, status, parent, column, m.newCode("81", e.district), entry, m.code(e, m.all, i), m.addressOf(e, e.district), m.person(e),
		m.personName(), m.phone(e), strconv.Itoa(3 + m.IntN(200)), has, account, owner, "工商银行", "2015-06-01",
	})
	return truth
}

func (m *maker) branchUnion(i int, e *enterprise) {
	m.set.Unions = append(m.set.Unions, []string{
		fmt.Sprintf("U%07d", len(m.set.Unions)), m.name(*e) + "分工会", "分工会", "正常", m.truths[i].Union, m.city.districts[e.district].code, "", e.name(),
		m.code(e, m.all, i), m.addressOf(e, e.district), m.person(e), "", m.phone(e), "12", "否", "", "", "", "",
	})
}

func (m *maker) account() string {
	return fmt.Sprintf("%d%015d", 1000+m.IntN(9000), m.Int64N(1e15))
}

// payments makes what an enterprise paid. What the bureau knows goes wrong less often than the register does.
func (m *maker) payments(i int) {
	e := m.all[i]
	if m.chance(0.12) {
		return // pays nothing that year
	}
	bureau := &clerk{world: m.world, strength: m.strength * 0.3}
	if m.slips(0.03) && !e.individual { // renamed, and the register does not know
		e.brand = m.brands[m.skewed(len(m.brands))]
		if m.chance(0.4) {
			e.trade = trades[m.IntN(len(trades))]
		}
	}
	if m.slips(0.06) {
		e.paysIn = m.IntN(len(m.city.districts))
	}
	code := e.code
	switch {
	case e.individual && m.slips(0.30), m.slips(0.01):
		code = ""
	default:
		code = bureau.typed(code)
	}
	n := 1
	for n < 4 && m.chance(0.12) {
		n++
	}
	registration := fmt.Sprintf("1%s%012d", m.city.code[:4], 100000000+i)
	if m.slips(0.01) {
		registration = ""
	}
	var tickets []Truth
	var rows [][]string
	sum := int64(0)
	name, address, person, phone := bureau.name(e), bureau.addressOf(&e, e.paysIn), bureau.person(&e), bureau.phone(&e)
	payer := m.account()
	d := m.city.districts[e.paysIn]
	for k := range n {
		fen := int64(math.Exp(m.NormFloat64()*1.1+11.2)) + 1 // about 730 yuan
		truth := m.truths[i]
		truth.Fen = fen
		sum += fen
		quarter := k + 1
		if m.slips(0.01) {
			name = bureau.name(e)
		}
		rows = append(rows, []string{
			"", registration, code, name, "国家税务总局" + m.city.name + "市" + d.name + "税务局", d.code, address, person, bureau.personName(), phone,
			fmt.Sprintf("2025-%02d-01", quarter*3-2), fmt.Sprintf("2025-%02d-28", quarter*3), "", m.yuan(fen),
			fmt.Sprintf("3%s25%02d%010d", m.city.code[:4], quarter, len(m.set.Tax)+k), fmt.Sprintf("2025-%02d-15", min(12, quarter*3+1)), payer, e.name(), "建设银行",
		})
		tickets = append(tickets, truth)
	}
	for k := range rows {
		if sum >= 1_000_000 || tickets[k].Union == "" {
			tickets[k].Fen = 0
		}
		m.set.Tax = append(m.set.Tax, rows[k])
		m.set.Truth = append(m.set.Truth, tickets[k])
		if m.slips(0.02) { // sent again
			again := append([]string(nil), rows[k]...)
			m.set.Tax = append(m.set.Tax, again)
			m.set.Truth = append(m.set.Truth, Truth{Duplicate: true})
		}
	}
}

// shuffle puts the rows out of the order of the enterprises and numbers those of the bureau, what was sent again after the rest.
func (m *maker) shuffle() {
	m.Shuffle(len(m.set.Unions), func(i, j int) { m.set.Unions[i], m.set.Unions[j] = m.set.Unions[j], m.set.Unions[i] })
	m.Shuffle(len(m.set.Tax), func(i, j int) {
		m.set.Tax[i], m.set.Tax[j] = m.set.Tax[j], m.set.Tax[i]
		m.set.Truth[i], m.set.Truth[j] = m.set.Truth[j], m.set.Truth[i]
	})
	number := 0
	for _, again := range []bool{false, true} {
		for i := range m.set.Tax {
			if m.set.Truth[i].Duplicate == again {
				number++
				m.set.Tax[i][0] = fmt.Sprintf("T%08d", number)
			}
		}
	}
}

// Write writes rows under their heads as CSV.
func Write(w io.Writer, heads []string, rows [][]string) error {
	out := csv.NewWriter(w)
	if err := out.Write(heads); err != nil {
		return err
	}
	return out.WriteAll(rows)
}
