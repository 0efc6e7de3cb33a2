package refund

import "testing"

func TestNamesAreTakenApart(t *testing.T) {
	type parts struct {
		core, tail string
		form       Form
	}
	for name, want := range map[string]parts{
		"沈阳鑫源机械有限公司":             {"鑫源机械", "", FormLimited},
		"沈陽鑫源機械有限公司":             {"鑫源机械", "", FormLimited},
		"沈阳市和平区鑫源机械有限责任公司":       {"鑫源机械", "", FormLimited},
		"鑫源机械（沈阳）有限公司":           {"鑫源机械", "", FormLimited},
		"沈阳鑫源机械有限公司工会委员会":        {"鑫源机械", "", FormLimited},
		"沈阳鑫源机械有限公司工会":           {"鑫源机械", "", FormLimited},
		"沈阳鑫源机械有限公司联合工会委员会":      {"鑫源机械", "", FormLimited},
		" 沈阳鑫源机械　有限公司 ":          {"鑫源机械", "", FormLimited},
		"沈阳鑫源机械有限公司和平分公司":        {"鑫源机械", "和平分公司", FormLimited},
		"沈阳鑫源机械有限公司沈阳和平分公司":      {"鑫源机械", "和平分公司", FormLimited},
		"沈阳鑫源机械有限公司沈阳市和平区分公司":    {"鑫源机械", "和平分公司", FormLimited},
		"沈阳鑫源机械有限公司和平第一分公司工会委员会": {"鑫源机械", "和平第一分公司", FormLimited},
		"鑫源机械": {"鑫源机械", "", FormNone},
		"沈阳鑫源（集团）股份有限公司":     {"鑫源集团", "", FormStock},
		"沈阳鑫源集团股份有限公司":       {"鑫源集团", "", FormStock},
		"沈阳市和平区张三餐饮店":        {"张三餐饮店", "", FormNone},
		"沈阳市和平区张三餐饮店（个体工商户）": {"张三餐饮店", "", FormSole},
		"沈阳鑫源机械有限公词":         {"鑫源机械", "", FormLimited},
		"沈阳鑫源机械限公司":          {"鑫源机械", "", FormLimited},
		"辽宁省沈阳市鑫源机械公司":       {"鑫源机械", "", FormCompany},
		"ＡＢＣ机械（沈阳）有限公司":      {"ABC机械", "", FormLimited},
		"沈阳": {"沈阳", "", FormNone},
		"":   {"", "", FormNone},
	} {
		n := ParseName(name)
		if got := (parts{n.Core, n.Tail, n.Form}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestPlacesOfNames(t *testing.T) {
	of := func(name string) Place { return ParseName(name).Place }
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"沈阳鑫源有限公司", "沈阳市鑫源有限公司", placeEqual},
		{"沈阳鑫源有限公司", "鑫源（沈阳）有限公司", placeEqual},
		{"沈阳市和平区鑫源有限公司", "沈阳鑫源有限公司", placeCoarser},
		{"沈阳市和平区鑫源有限公司", "沈阳市沈河区鑫源有限公司", placeDiffers},
		{"辽宁鑫源有限公司", "沈阳鑫源有限公司", placeDiffers},
		{"辽宁省沈阳市鑫源有限公司", "沈阳鑫源有限公司", placeEqual},
		{"辽宁省沈阳市鑫源有限公司", "辽宁鑫源有限公司", placeCoarser},
		{"鑫源有限公司", "沈阳鑫源有限公司", missing},
		{"大连鑫源有限公司", "沈阳鑫源有限公司", placeDiffers},
	} {
		if got := comparePlaces(of(c.a), of(c.b)); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if comparePlaces(of(c.a), of(c.b)) != comparePlaces(of(c.b), of(c.a)) {
			t.Errorf("%s, %s: not alike in both directions", c.a, c.b)
		}
	}
}

func TestCoresCompare(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"沈阳鑫源机械有限公司", "鑫源机械", coreEqual},
		{"沈阳鑫源机械有限公司", "沈阳新源机械有限公司", coreSound},
		{"沈阳鑫源机械有限公司", "沈阳鑫泉机械有限公司", coreEdit},
		{"沈阳鑫源一机械有限公司", "沈阳鑫源二机械有限公司", coreHead},
		{"沈阳鑫源机械制造有限公司", "鑫源机械", coreContains},
		{"沈阳鑫源机械制造有限公司", "沈阳鑫源物业有限公司", coreHead},
		{"沈阳鑫源机械制造有限公司", "沈阳华宇物业有限公司", coreDiffers},
	} {
		a, b := nameKeysOf(ParseName(c.a)), nameKeysOf(ParseName(c.b))
		if got := compareName(&a, &b).core; got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestContacts(t *testing.T) {
	for text, want := range map[string]string{
		"13812345678": "13812345678", "+86 138 1234 5678": "13812345678", "0086-13812345678": "13812345678", "８６１３８１２３４５６７８": "13812345678",
		"024-22334455": "22334455", "(0591)83334444": "83334444", "02422334455-801": "22334455801", "02422334455转801": "22334455", "22334455": "22334455",
		"138****5678": "", "": "", "无": "", "000000000": "", "013812345678": "13812345678",
	} {
		got := ""
		if list := ParsePhones(text); len(list) > 0 {
			got = list[0]
		}
		if text == "02422334455-801" { // an extension without a word for it: only kept to be equal to itself
			continue
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := ParsePhones("13812345678/02422334455"); len(got) != 2 || got[1] != "22334455" {
		t.Errorf("two numbers: %v", got)
	}
	same := ParseAddress("沈阳市和平区中山路12号3单元401")
	for _, text := range []string{"辽宁省沈阳市和平区中山路12号3-401", "中山路１２号3单元401室", "沈阳市和平区太原街街道中山路12号3单元401"} {
		if got := ParseAddress(text); got != same {
			t.Errorf("%s: %+v, want %+v", text, got, same)
		}
	}
	if got := ParseAddress("沈阳市和平区中山路12号"); got.Street != same.Street || got.Room == same.Room {
		t.Errorf("without a room: %+v", got)
	}
	if ParsePerson("張　偉") != ParsePerson("张伟") || ParsePerson("张*") != "" {
		t.Error("persons are not folded, or a masked one is taken for a name")
	}
	if name, address, phones := ParseName("无工会"), ParseAddress("沈阳市无"), ParsePhones("024-00000000"); name != (Name{}) || address != (Address{}) || len(phones) > 0 {
		t.Errorf("nothing behind a place or an ending: %+v, %+v, %v", name, address, phones)
	}
	for _, text := range []string{"", "—", "无", "“无”", "（无）", "#N/A", `0"`, "暂无。"} {
		if person, address := ParsePerson(text), ParseAddress(text); person != "" || address != (Address{}) {
			t.Errorf("nothing, written as %s, is the person %q at %q", text, person, address)
		}
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"沈阳鑫源机械有限公司和平分公司", "鑫源（沈阳）有限公司", "工会", "（（", "有限公司有限公司", "\xff沈", "沈阳市和平区"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := ParseName(s)
		if again := ParseName(s); again != n {
			t.Errorf("%q: %+v, then %+v", s, n, again)
		}
		a := nameKeysOf(n)
		if a.core != 0 && compareName(&a, &a).core != coreEqual {
			t.Errorf("%q is not equal to itself", s)
		}
		ParseAddress(s)
		ParsePhones(s)
		ParsePerson(s)
	})
}
