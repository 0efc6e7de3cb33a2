package refund

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The unions above, in every small example.
var above = []Union{
	{ID: "P", Name: "辽宁省总工会", Type: "省总工会", Status: "正常", District: "210000"},
	{ID: "C", Name: "沈阳市总工会", Type: "市总工会", Status: "正常", Parent: "P", District: "210100"},
	{ID: "D1", Name: "和平区总工会", Type: "区县总工会", Status: "正常", Parent: "C", District: "210102"},
	{ID: "D2", Name: "沈河区总工会", Type: "区县总工会", Status: "正常", Parent: "C", District: "210103"},
	{ID: "S1", Name: "新华街道总工会", Type: "乡镇街道工会", Status: "正常", Parent: "D1", District: "210102"},
	{ID: "I1", Name: "沈阳市建设工会", Type: "产业工会", Status: "正常", Parent: "C", District: "210100"},
	{ID: "Z1", Name: "沈阳高新技术开发区总工会", Type: "开发区总工会", Status: "正常", Parent: "C", District: "210112"},
}

const (
	codeA = "91350100M000100Y43"
	codeB = "91110000101623741K"
)

func payment(id string, change func(*Payment)) Payment {
	p := Payment{
		ID: id, Registration: "r" + id, Code: codeA, Name: "沈阳鑫源机械有限公司", District: "210102", Address: "沈阳市和平区中山路12号", LegalRep: "张伟",
		Phone: "13812345678", Ticket: "k" + id, PayerAccount: "3301010122334455667", PayerAccountName: "沈阳鑫源机械有限公司", Fen: 100000,
	}
	if change != nil {
		change(&p)
	}
	return p
}

func union(id string, change func(*Union)) Union {
	u := Union{
		ID: id, Name: "沈阳鑫源机械有限公司工会委员会", Type: "基层工会", Status: "正常", Parent: "S1", District: "210102", EnterpriseName: "沈阳鑫源机械有限公司",
		EnterpriseCode: codeA, Address: "沈阳市和平区中山路12号", LegalRep: "张伟", Phone: "13812345678", HasAccount: "是", Account: "6666010199887766554",
		AccountOwner: "沈阳鑫源机械有限公司工会委员会",
	}
	if change != nil {
		change(&u)
	}
	return u
}

func run(t *testing.T, payments []Payment, unions ...Union) *Result {
	t.Helper()
	r, err := Run(payments, append(slices.Clone(above), unions...), Options{Policy: FilePolicy()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Report(nil); err != nil {
		t.Error(err)
	}
	return r
}

func said(r *Result, i int) string {
	l := r.Lines[i]
	id := "-"
	if l.Union >= 0 {
		id = r.Unions[l.Union].ID
	}
	return fmt.Sprintf("%s %s %s %s %s %s %d", l.Status, id, l.Rule, l.Why, sixDigits(l.District), l.PayTo, l.Fen)
}

// TestOnePair: one payment and one union, and what a single difference makes of them.
func TestOnePair(t *testing.T) {
	all := func(p *Payment) {
		p.Code, p.LegalRep, p.Phone, p.Address = codeB, "李娜", "13900001111", "沈阳市大东区小北街9号"
	}
	for _, c := range []struct {
		name    string
		payment func(*Payment)
		union   func(*Union)
		want    string
	}{
		{"all agrees", nil, nil, "auto U R1 matched 210102 union 100000"},
		{"wrong digit", func(p *Payment) { p.Code = "91350100M000200Y43" }, nil, "auto U R2 matched 210102 union 100000"},
		{"no code", func(p *Payment) { p.Code = "" }, nil, "auto U R3 matched 210102 union 100000"},
		{"code that fails on both sides", func(p *Payment) { p.Code = "91350211M0000XUF46" }, func(u *Union) { u.EnterpriseCode = "91350211M0000XUF46" }, "auto U R1 matched 210102 union 100000"},
		{"organisation's code", nil, func(u *Union) { u.EnterpriseCode = "M000100Y-4" }, "auto U R1 matched 210102 union 100000"},
		{"union's own code", nil, func(u *Union) { u.EnterpriseCode = "81350100MC1234567A" }, "auto U R3 matched 210102 union 100000"},
		{"codes in the wrong columns", func(p *Payment) { p.District = "" }, func(u *Union) { u.EnterpriseCode, u.OwnCode = "81350100MC1234567A", codeA }, "auto U R1 matched 210102 union 100000"},
		{"renamed", func(p *Payment) { p.Name = "沈阳华宇科技有限公司" }, nil, "auto U R1 matched 210102 union 100000"},
		{"copied code", func(p *Payment) { all(p); p.Code, p.Name = codeA, "沈阳华宇科技有限公司" }, nil, "review U  code_alone 210102 union 100000"},
		{"two whole codes", func(p *Payment) { p.Code = codeB }, nil, "review U  codes_differ 210102 union 100000"},
		{"namesake elsewhere", func(p *Payment) { all(p); p.District = "210104" }, nil, "none -   210104 hold 0"},
		{"moved", func(p *Payment) { p.District = "210103" }, nil, "auto U R1 matched 210102 union 100000"},
		{"traditional", func(p *Payment) { p.Code, p.Name = "", "瀋陽鑫源機械有限公司" }, nil, "auto U R3 matched 210102 union 100000"},
		{"dissolved", nil, func(u *Union) { u.Status = "撤销" }, "none -  union_dissolved 210102 hold 0"},
		{"status nobody knows", nil, func(u *Union) { u.Status = "整顿" }, "review U  union_state_unknown 210102 union 100000"},
		{"branch union", nil, func(u *Union) { u.Type = "分工会" }, "review U  branch_union 210102 hold 100000"},
		{"the district's union", nil, func(u *Union) { u.Type = "区县总工会" }, "none -   210102 hold 0"},
		{"industry union", nil, func(u *Union) { u.Parent = "I1" }, "auto U R1 matched 210100 union 100000"},
		{"development zone", nil, func(u *Union) { u.Parent = "Z1" }, "auto U R1 matched 210112 union 100000"},
		{"the column is wrong, the chain holds", nil, func(u *Union) { u.District = "210181" }, "auto U R1 matched 210102 union 100000"},
		{"broken chain", nil, func(u *Union) { u.Parent = "gone" }, "auto U R1 matched 210102 union 100000"},
		{"broken chain, and moved", func(p *Payment) { p.District = "210103" }, func(u *Union) { u.Parent = "gone" }, "review U R1 district_in_doubt 210102 union 100000"},
		{"chain in a circle", nil, func(u *Union) { u.Parent = "U" }, "auto U R1 matched 210102 union 100000"},
		{"no account", nil, func(u *Union) { u.HasAccount, u.Account, u.AccountOwner = "否", "", "" }, "auto U R1 matched 210102 payer 100000"},
		{"account is said and missing", nil, func(u *Union) { u.Account = "" }, "auto U R1 matched 210102 hold 100000"},
		{"account is malformed", nil, func(u *Union) { u.Account = "12345" }, "auto U R1 matched 210102 hold 100000"},
		{"account of somebody", nil, func(u *Union) { u.AccountOwner = "张伟" }, "auto U R1 matched 210102 hold 100000"},
		{"joint union", nil, func(u *Union) { u.Type = "联合基层工会" }, "auto U R1 matched 210102 payer 100000"},
		{"payer's account of another", func(p *Payment) { p.PayerAccountName = "大连华宇科技有限公司" }, func(u *Union) { u.HasAccount, u.Account = "否", "" }, "auto U R1 matched 210102 hold 100000"},
		{"at the limit", func(p *Payment) { p.Fen = 1_000_000 }, nil, "auto U R1 matched 210102 union 0"},
		{"below the limit", func(p *Payment) { p.Fen = 999_999 }, nil, "auto U R1 matched 210102 union 999999"},
		{"negative", func(p *Payment) { p.Fen = -5 }, nil, "review U R1 negative_amount 210102 union 0"},
		{"branch of the enterprise", func(p *Payment) { p.Code, p.Name = "", "沈阳鑫源机械有限公司和平分公司" }, nil, "review U  branch_differs 210102 union 100000"},
	} {
		r := run(t, []Payment{payment("T1", c.payment)}, union("U", c.union))
		got := said(r, 0)
		if strings.Contains(c.want, "-   ") { // no candidate at all, or none worth a look
			got = strings.Replace(got, string(WhyNobody), "", 1)
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestTickets: a ticket is refunded once, the sum of the file decides, and what is not known is not zero.
func TestTickets(t *testing.T) {
	same := func(ticket string, fen Fen) func(*Payment) {
		return func(p *Payment) { p.Registration, p.Ticket, p.Fen = "r", ticket, fen }
	}
	r := run(t, []Payment{
		payment("T10", same("k", 300)), payment("T9", same("k", 300)), payment("T11", same("other", 500)),
		payment("T2", func(p *Payment) {
			p.Code, p.Name, p.Registration, p.Fen = codeB, "沈阳华宇科技有限公司", "x", 100
		}),
	}, union("U", nil))
	want := []string{"duplicate U R1 ticket_again 210102 hold 0", "auto U R1 matched 210102 union 300", "auto U R1 matched 210102 union 500", "none -  no_union 210102 hold 0"}
	for i := range want {
		if got := said(r, i); got != want[i] {
			t.Errorf("row %d: %s, want %s", i, got, want[i])
		}
	}
	r = run(t, []Payment{payment("T1", same("a", 600_000)), payment("T2", same("b", 400_000)), payment("T3", same("b", 400_000))}, union("U", nil))
	if r.Lines[0].Fen != 0 || r.Lines[1].Fen != 0 || r.Lines[2].Status != Duplicate {
		t.Errorf("at the limit: %+v", r.Lines)
	}
	r = run(t, []Payment{payment("T1", same("a", 600)), payment("T2", same("a", 700))}, union("U", nil))
	if r.Lines[0].Status != Review || r.Lines[0].Why != WhyTicket || r.Lines[1].Status != Duplicate {
		t.Errorf("one ticket, two amounts: %+v", r.Lines)
	}
	r = run(t, []Payment{payment("T1", same("a", 600)), payment("T2", func(p *Payment) {
		same("b", 0)(p)
		_, p.Fault = ParseFen("1.234")
	})}, union("U", nil))
	if r.Lines[0].Why != WhyIncomplete || r.Lines[0].Status != Review || r.Lines[0].Fen != 0 || r.Lines[1].Status != None {
		t.Errorf("an amount that cannot be read: %+v", r.Lines)
	}
	r = run(t, []Payment{payment("T1", same("", 600)), payment("T2", same("-", 600))}, union("U", nil))
	if r.Lines[0].Why != WhyNoTicket || r.Lines[0].Status != Review || r.Lines[1].Status != Duplicate {
		t.Errorf("no tickets: %+v", r.Lines)
	}
}

// TestTwoUnions: two active unions of one enterprise are for a person; a dissolved one and its successor are not.
func TestTwoUnions(t *testing.T) {
	p := []Payment{payment("T1", nil)}
	if got := said(run(t, p, union("U1", nil), union("U2", func(u *Union) { u.EnterpriseCode = "" })), 0); !strings.HasPrefix(got, "review U1  two_unions") {
		t.Error(got)
	}
	if got := said(run(t, p, union("U1", func(u *Union) { u.Status = "注销" }), union("U2", nil)), 0); !strings.HasPrefix(got, "auto U2 R1") {
		t.Error(got)
	}
	// The owner's other company, which has a union, is not paid for this one.
	sister := union("U1", func(u *Union) {
		u.Name, u.EnterpriseName, u.EnterpriseCode = "沈阳华宇物业有限公司工会", "沈阳华宇物业有限公司", ""
	})
	if got := said(run(t, p, sister), 0); strings.HasPrefix(got, "auto") {
		t.Error(got)
	}
}

// TestCopiedCodes: a code that agrees does not carry a refund to the union of another enterprise.
func TestCopiedCodes(t *testing.T) {
	// The union of the owner's other company has this company's code; that company pays too, without a code.
	sister := func(u *Union) {
		u.Name, u.EnterpriseName = "沈阳华宇物业有限公司工会", "沈阳华宇物业有限公司"
	}
	other := payment("T2", func(p *Payment) {
		p.Code, p.Name, p.LegalRep, p.Phone, p.Address = "", "沈阳华宇物业有限公司", "李娜", "13900001111", "沈阳市和平区南京街9号"
	})
	r := run(t, []Payment{payment("T1", nil), other}, union("U", sister))
	if got := said(r, 0); strings.HasPrefix(got, "auto") {
		t.Errorf("the owner's other company: %s", got)
	}
	// A namesake elsewhere, with other people.
	namesake := func(p *Payment) {
		p.LegalRep, p.Phone, p.Address, p.District = "李娜", "13900001111", "沈阳市大东区小北街9号", "210104"
	}
	if got := said(run(t, []Payment{payment("T1", namesake)}, union("U", nil)), 0); got != "review U  code_alone 210102 hold 100000" && got != "review U  code_alone 210102 union 100000" {
		t.Errorf("a namesake: %s", got)
	}
	// The branch beside it.
	branch := func(u *Union) {
		u.Name, u.EnterpriseName, u.Parent = "沈阳鑫源机械有限公司沈河分公司工会", "沈阳鑫源机械有限公司沈河分公司", "D2"
	}
	if got := said(run(t, []Payment{payment("T1", nil)}, union("U", branch)), 0); !strings.HasPrefix(got, "review U  branch_differs") {
		t.Errorf("a branch: %s", got)
	}
}

// TestOneUnionForTwo: two taxpayers that lie as close to one union are both for a person.
func TestOneUnionForTwo(t *testing.T) {
	first := payment("T1", func(p *Payment) { p.Code = "" })
	second := payment("T2", func(p *Payment) { p.Code, p.Registration = "", "other" })
	r := run(t, []Payment{first, second}, union("U", nil))
	for i := range r.Lines {
		if got := said(r, i); !strings.HasPrefix(got, "review U  several_candidates") {
			t.Errorf("row %d: %s", i, got)
		}
	}
}

// TestWhatManyShareFindsNobody: a name that a hundred unions of the district have proposes none of them, in whatever order they stand.
func TestWhatManyShareFindsNobody(t *testing.T) {
	var many []Union
	for i := range 100 {
		many = append(many, union(fmt.Sprintf("U%d", i), func(u *Union) {
			u.EnterpriseCode, u.LegalRep, u.Phone, u.Address, u.Account = "", fmt.Sprintf("李%c", '一'+rune(i)), fmt.Sprintf("139000%05d", i), fmt.Sprintf("中山路%d号", i+100), ""
		}))
	}
	if got := said(run(t, []Payment{payment("T1", nil)}, many...), 0); got != "none -  no_union 210102 hold 0" {
		t.Error(got)
	}
}

// TestTaxpayersAreGrouped: by registration, else by code; registrations of one code and name are one; a number with two enterprises is
// a question.
func TestTaxpayersAreGrouped(t *testing.T) {
	for _, c := range []struct {
		name     string
		a, b     func(*Payment)
		want     int
		conflict bool
	}{
		{"one number", func(p *Payment) { p.Registration = "1001" }, func(p *Payment) { p.Registration, p.Code = "1001", "" }, 1, false},
		{"one code and name", nil, nil, 1, false},
		{"one code, two names", nil, func(p *Payment) { p.Name = "沈阳华宇科技有限公司" }, 2, false},
		{"no number", func(p *Payment) { p.Registration = "-" }, func(p *Payment) { p.Registration = "" }, 1, false},
		{"neither", func(p *Payment) { p.Registration, p.Code = "", "" }, func(p *Payment) { p.Registration, p.Code = "", "" }, 1, false},
		{"two enterprises under one number", func(p *Payment) { p.Registration = "1001" }, func(p *Payment) { p.Registration, p.Code, p.Name = "1001", codeB, "沈阳华宇科技有限公司" }, 2, true},
	} {
		r := run(t, []Payment{payment("T1", c.a), payment("T2", c.b)})
		if len(r.Taxpayers) != c.want || r.Taxpayers[0].Conflict != c.conflict {
			t.Errorf("%s: %+v", c.name, r.Taxpayers)
		}
	}
}

// TestBitsByHand: the evidence of one pair, counted by hand from the table of parameters.
func TestBitsByHand(t *testing.T) {
	p := Shipped()
	w := p.weights()
	// Two of a thousand unions bear the name, the person is one of 250, the telephone is one of 500 and shared by more than four.
	r := rarity{core: [2]float32{8.965784}, person: [2]float32{7.965784}, phone: [2]float32{8.965784}, phoneShared: [2]bool{true}}
	var q pattern
	q.set(fieldCode, codeUnlike)        // log2(0.03/0.08) = -1.415
	q.set(fieldCore, coreEqual)         // log2(0.86) + 8.966 = 8.748
	q.set(fieldPlace, placeEqual)       // log2(0.92/0.5) = 0.880
	q.set(fieldPerson, personEqual)     // log2(0.84) + 7.966 = 7.714
	q.set(fieldPhone, phoneEqual)       // log2(0.75) + 8.966 = 8.551, shared: 1
	q.set(fieldDistrict, districtEqual) // log2(0.93/0.08) = 3.539
	got := w.ofPair(q, &r)
	want := Bits{-1.415, 8.748, 0.880, 0, 0, 7.714, 1, 0, 3.539, 0}
	for f := range got {
		if d := got[f] - want[f]; d > 0.001 || d < -0.001 {
			t.Errorf("%s: %.3f bits, by hand %.3f", fieldWords[f], got[f], want[f])
		}
	}
	if sum := got.Sum(); sum < 20.46 || sum > 20.47 {
		t.Errorf("sum %.3f, by hand 20.466", sum)
	}
}

// TestParametersAreKept: a run with the parameters of another decides alike, and wrong ones are refused.
func TestParametersAreKept(t *testing.T) {
	p := []Payment{payment("T1", nil), payment("T2", func(p *Payment) { p.Code, p.Name = codeB, "沈阳华宇科技有限公司" })}
	first := run(t, p, union("U", nil))
	again, err := Run(p, first.Unions, Options{Policy: FilePolicy(), Parameters: first.Parameters})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Lines, again.Lines); diff != "" {
		t.Error(diff)
	}
	broken := *first.Parameters
	broken.Fields = broken.Fields[:3]
	if _, err := Run(p, nil, Options{Policy: FilePolicy(), Parameters: &broken}); err == nil {
		t.Error("parameters without all fields were taken")
	}
	if _, err := Run(p, nil, Options{}); err == nil {
		t.Error("no policy was taken for one")
	}
}
