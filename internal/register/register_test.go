package register_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/testkit"
)

// shipped answers a register of the shipped definitions, with the items it feeds.
func shipped(t testing.TB, code assess.Code) (*register.Table, map[assess.Code]assess.Item) {
	t.Helper()
	e := testkit.Shipped(t)
	i := slices.IndexFunc(e.Registers, func(r assess.Register) bool { return r.Code == code })
	if i < 0 {
		t.Fatalf("no register %s", code)
	}
	table, err := register.New(e.Registers[i], e.Assessment.Parameters)
	if err != nil {
		t.Fatal(err)
	}
	items := map[assess.Code]assess.Item{}
	for _, item := range e.Items {
		if item.Register != nil && item.Register.Register == code {
			items[item.Code] = item
		}
	}
	return table, items
}

// What people write becomes one form, or is refused with a sentence.
func TestWhatPeopleWriteIsRead(t *testing.T) {
	studios, _ := shipped(t, "innovation_studios")
	refunds, _ := shipped(t, "dues_refunds")
	cadres, _ := shipped(t, "young_cadres")
	for _, c := range []struct {
		table                 *register.Table
		column, written, want string
		problem               string
	}{
		{studios, "studio_type", "技能传授型", "skill_transfer", ""},
		{studios, "studio_type", " Skill  Transfer", "skill_transfer", ""},
		{studios, "studio_type", "skill_transfer", "skill_transfer", ""},
		{studios, "studio_type", "技能型", "", "problem.record_word"},
		{studios, "secondary_types", "工艺改进型；技术攻关型，工艺改进型", "tech_breakthrough、process_improvement", ""},
		{studios, "established_on", "2024年3月5日", "2024-03-05", ""},
		{studios, "established_on", "2024/3/5", "2024-03-05", ""},
		{studios, "established_on", "２０２４．３．５", "2024-03-05", ""},
		{studios, "established_on", "20240305", "2024-03-05", ""},
		{studios, "established_on", "2024-03-05 00:00:00", "2024-03-05", ""},
		{studios, "established_on", "2024-02-30", "", "problem.record_day"},
		{studios, "established_on", "2024-03", "", "problem.record_day"},
		{studios, "established_on", "45356", "", "problem.record_day"},
		{cadres, "birth_month", "1992年5月", "1992-05", ""},
		{cadres, "birth_month", "1992-05-17", "1992-05", ""},
		{cadres, "birth_month", "1992", "", "problem.record_month"},
		{studios, "members_count", "１２", "12", ""},
		{studios, "members_count", "12.5", "", "problem.record_whole"},
		{studios, "members_count", "0", "", "problem.record_low"},
		{studios, "members_count", "301", "", "problem.record_high"},
		{studios, "funding_cny", "￥12,400.5", "12400.50", ""},
		{studios, "funding_cny", "1.2万", "12000.00", ""},
		{studios, "funding_cny", "12400元", "12400.00", ""},
		{studios, "funding_cny", "0.001", "", "problem.record_money"},
		{studios, "studio_no", "GZS-210106-0012", "GZS-210106-0012", ""},
		{studios, "studio_no", "第12号", "", "problem.record_pattern"},
		{studios, "remark_zh", "—", "", ""},
		{studios, "name", strings.Repeat("长", 81), "", "problem.record_long"},
		{studios, "host_org_uscc", " 91210100maoe", "", "problem.record_code"},
		{refunds, "has_own_union", "是", "true", ""},
		{refunds, "has_own_union", "×", "false", ""},
		{refunds, "has_own_union", "也许", "", "problem.record_truth"},
		{refunds, "contact_phone", "138 0013 8000", "13800138000", ""},
		{refunds, "contact_phone", "024-12345678", "024-12345678", ""},
		{refunds, "contact_phone", "12345", "", "problem.record_phone"},
		{refunds, "paying", "x", "", "problem.record_column"},
	} {
		got, err := c.table.Read(c.column, c.written)
		var p *assess.Problem
		if key := ""; errors.As(err, &p) {
			key = p.Key
			if key != c.problem {
				t.Errorf("%s %q: %s, want %q", c.column, c.written, key, c.problem)
			}
			continue
		}
		if err != nil || got != c.want || c.problem != "" {
			t.Errorf("%s %q: %q, %v; want %q, %q", c.column, c.written, got, err, c.want, c.problem)
		}
		if again, err := c.table.Read(c.column, got); err != nil || again != got {
			t.Errorf("%s: what was read, %q, reads as %q, %v", c.column, got, again, err)
		}
	}
}

// studio answers a good record of the register of studios.
func studio(n int, change ...string) map[string]string {
	v := map[string]string{
		"studio_no": fmt.Sprintf("GZS-%04d", n), "unit_code": "210102", "name": "示例工作室", "host_org_name": "示例厂", "studio_type": "skill_transfer",
		"leader_name": "甲" + strconv.Itoa(n), "leader_honour": "craftsman", "level": "city", "established_on": "2020-05-01", "members_count": "8",
		"apprentices_count": "3", "figures_year": "2026", "results_ytd": "2", "applied_ytd": "1", "joint_projects_ytd": "1", "trained_ytd": "40",
		"status": "active", "status_changed_on": "2020-05-01",
	}
	for i := 0; i+1 < len(change); i += 2 {
		if v[change[i]] = change[i+1]; change[i+1] == "" {
			delete(v, change[i])
		}
	}
	return v
}

// said lists findings as level column rule key.
func said(found []register.Finding) (all []string) {
	for _, f := range found {
		line := string(f.Level) + " " + f.Column + f.Rule
		if f.Problem != nil {
			line += " " + strings.TrimPrefix(f.Problem.Key, "problem.record_")
		}
		all = append(all, line)
	}
	return all
}

func TestRecordsAreChecked(t *testing.T) {
	day := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)
	studios, _ := shipped(t, "innovation_studios")
	held := []assess.Record{{Values: studio(1)}, {Values: studio(2, "studio_no", "GZS-0002"), Closed: true}}
	others := register.NewOthers(studios, held)
	for _, c := range []struct {
		title  string
		values map[string]string
		want   []string
	}{
		{"a good one", studio(3), nil},
		{"an empty column that must be filled", studio(3, "leader_name", ""), []string{"error leader_name empty"}},
		{"the number of another", studio(3, "studio_no", "GZS-0001"), []string{"error studio_no key"}},
		{"the number of one that is closed", studio(3, "studio_no", "GZS-0002"), nil},
		{"recognised before it was there", studio(3, "recognised_on", "2019-01-01"), []string{"error recognised_on rule"}},
		{"host, leader and type of another", studio(3, "leader_name", "甲1"), []string{"error R-ST-1"}},
		{"skill transfer without teaching", studio(3, "trained_ytd", "0"), []string{"warn R-ST-2"}},
		{"review overdue", studio(3, "review_due_on", "2026-04-02"), []string{"warn R-ST-3"}},
		{"review due today", studio(3, "review_due_on", "2026-04-03"), nil},
	} {
		if diff := cmp.Diff(c.want, said(studios.Check(c.values, day, others))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.title, diff)
		}
	}
	others.Add(studios, &held[0], -1)
	if got := said(studios.Check(held[0].Values, day, others)); got != nil {
		t.Errorf("a record is compared with itself: %v", got)
	}

	cadres, _ := shipped(t, "young_cadres")
	events, _ := cadres.Child("cadre_events")
	talk := map[string]string{"event_no": "1", "cadre_no": "QNGB-1", "event_type": "platform_talk", "occurred_on": "2026-02-01"}
	if got := said(events.Check(talk, day, nil)); !cmp.Equal(got, []string{"error platform empty", "error topic empty"}) {
		t.Errorf("a talk without platform: %v", got)
	}
	// 3 to 5 February are three days.
	labour := map[string]string{"event_no": "2", "cadre_no": "QNGB-1", "event_type": "workshop_labour", "host_org": "示例车间", "occurred_on": "2026-02-03", "ended_on": "2026-02-05", "days": "3"}
	if got := said(events.Check(labour, day, nil)); got != nil {
		t.Errorf("three days of labour: %v", got)
	}
	labour["days"] = "3.5"
	if got := said(events.Check(labour, day, nil)); !cmp.Equal(got, []string{"error days rule"}) {
		t.Errorf("more days than there are: %v", got)
	}
}

// The facts of the source: 3,357 studios in Hubei, 49.8 % of the skill-transfer type. 1,672 of 3,357 are 49.806 %.
func TestTheStudiosOfHubei(t *testing.T) {
	studios, items := shipped(t, "innovation_studios")
	held := register.Holdings{}
	for n := range 3357 {
		change := []string{"studio_type", "tech_breakthrough"}
		if n < 1672 {
			change = nil
		}
		held["innovation_studios"] = append(held["innovation_studios"], assess.Record{ID: strconv.Itoa(n), Unit: "42", Values: studio(n, change...)})
	}
	// Beside them what must not count: suspended, closed.
	held["innovation_studios"] = append(held["innovation_studios"],
		assess.Record{ID: "x", Unit: "42", Values: studio(9000, "status", "suspended")}, assess.Record{ID: "y", Unit: "42", Values: studio(9001), Closed: true})
	all := count(t, studios, items, "studios_active", held)["42"]
	taught := count(t, studios, items, "studios_skill_transfer", held)["42"]
	if all.Value.String() != "3357" || taught.Value.String() != "1672" || len(taught.Records) != 1672 {
		t.Errorf("%s studios, %s of them teach", all.Value, taught.Value)
	}
	if share := taught.Value.Shift(2).DivRound(all.Value, 1); share.String() != "49.8" {
		t.Errorf("%s %% teach", share)
	}
}

func count(t *testing.T, table *register.Table, items map[assess.Code]assess.Item, item assess.Code, held register.Holdings) map[assess.UnitCode]register.Counted {
	t.Helper()
	got, err := table.Count(*items[item].Register, assess.MustPeriod("2026Q1"), assess.MustPeriod("2026Q1").LastDay(), held)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// The programme of Wuxi: two cadres of one district, one of another who has left. By hand: the first talked twice and counts once; days of
// labour are 3 and 2.5 in the first quarter, 4 in the second; those of the one who left do not count, nor the talk of the year before.
func TestTheYoungCadresOfWuxi(t *testing.T) {
	cadres, items := shipped(t, "young_cadres")
	cadre := func(id string, unit assess.UnitCode, status, pairing string) assess.Record {
		return assess.Record{ID: id, Table: "young_cadres", Unit: unit, Values: map[string]string{"cadre_no": id, "status": status, "pairing_status": pairing}}
	}
	event := func(id, above, kind, day, days string) assess.Record {
		return assess.Record{ID: id, Above: above, Values: map[string]string{"event_no": id, "cadre_no": above, "event_type": kind, "occurred_on": day, "days": days}}
	}
	held := register.Holdings{
		"young_cadres": {cadre("a", "w1", "active", "paired"), cadre("b", "w1", "active", "none"), cadre("c", "w2", "withdrawn", "paired")},
		"cadre_events": {
			event("1", "a", "platform_talk", "2026-01-05", ""), event("2", "a", "platform_talk", "2026-03-31", ""), event("3", "b", "platform_talk", "2025-12-31", ""),
			event("4", "a", "workshop_labour", "2026-02-03", "3"), event("5", "b", "workshop_labour", "2026-03-30", "2.5"), event("6", "b", "workshop_labour", "2026-04-01", "4"),
			event("7", "c", "workshop_labour", "2026-02-01", "9"), event("8", "c", "platform_talk", "2026-02-01", ""), event("9", "gone", "platform_talk", "2026-02-01", ""),
		},
	}
	for item, want := range map[assess.Code]string{"young_cadres_active": "2", "young_cadres_paired": "1", "young_cadres_talked_ytd": "1", "workshop_days_ytd": "5.5"} {
		got := count(t, cadres, items, item, held)
		if len(got) != 1 || got["w1"].Value.String() != want {
			t.Errorf("%s: %v, want %s of w1 alone", item, got, want)
		}
	}
	if behind := count(t, cadres, items, "workshop_days_ytd", held)["w1"].Records; !cmp.Equal(behind, []string{"4", "5"}) {
		t.Errorf("behind the days of labour stand %v", behind)
	}
}

// The refunds of Fujian, by hand: approved and paid 2,963.19; approved on 20 January and not paid, older than the limit of days by the end of
// March; approved on 25 March and not paid, not yet old; one that waits for review. Sums are exact.
func TestTheRefundsOfFujian(t *testing.T) {
	refunds, items := shipped(t, "dues_refunds")
	record := func(id, review, payment, approved, paid, due, amount string) assess.Record {
		return assess.Record{ID: id, Unit: "210112", Values: map[string]string{
			"refund_no": id, "review_status": review, "payment_status": payment, "approved_on": approved, "refund_date": paid, "refundable_amount": due, "refund_amount": amount,
		}}
	}
	held := register.Holdings{"dues_refunds": {
		record("1", "approved", "paid", "2026-02-10", "2026-02-12", "2963.19", "2963.19"),
		record("2", "approved", "unpaid", "2026-01-20", "", "0.10", ""),
		record("3", "approved", "unpaid", "2026-03-25", "", "0.20", ""),
		record("4", "pending", "unpaid", "", "", "500.00", ""),
		record("5", "approved", "paid", "2025-12-30", "2026-01-05", "700.00", "700.00"),
	}}
	for item, want := range map[assess.Code]string{
		"refund_due_amount_ytd": "2963.49", "refund_paid_amount_ytd": "2963.19", "refund_matured_count_ytd": "2", "refund_on_time_count_ytd": "1",
	} {
		if got := count(t, refunds, items, item, held)["210112"].Value.String(); got != want {
			t.Errorf("%s: %s, want %s", item, got, want)
		}
	}
}

// The other rules, by hand, of the first quarter of 2026. Three studios of 2026 run, with 1, 2 and 0 joint projects, led by a craftsman, by a city
// model worker and by nobody of either; one has the 4 projects of the year before, one is suspended. Two competitions of districts and more ended in
// the quarter with 30 and 41 people; inside an enterprise, after the quarter, the year before and planned ones do not count. Of four stations that
// run two have three stars or more.
func TestTheOtherRulesByHand(t *testing.T) {
	testkit.Sequential(t)
	record := func(table assess.Code, id string, values ...string) assess.Record {
		r := assess.Record{ID: id, Table: table, Unit: "210102", Values: map[string]string{}}
		for i := 0; i+1 < len(values); i += 2 {
			r.Values[values[i]] = values[i+1]
		}
		return r
	}
	studio := func(id, status, honour, year, projects string) assess.Record {
		return record("innovation_studios", id, "status", status, "leader_honour", honour, "figures_year", year, "joint_projects_ytd", projects)
	}
	competition := func(id, status, level, ended, people string) assess.Record {
		return record("skills_competitions", id, "status", status, "level", level, "ended_on", ended, "participants_actual", people)
	}
	held := register.Holdings{
		"innovation_studios": {
			studio("s1", "active", "craftsman", "2026", "1"), studio("s2", "active", "city_model_worker", "2026", "2"), studio("s3", "active", "staff_expert", "2026", "0"),
			studio("s4", "active", "provincial_model_worker", "2025", "4"), studio("s5", "suspended", "craftsman", "2026", "8"),
		},
		"skills_competitions": {
			competition("c1", "completed", "district", "2026-01-01", "30"), competition("c2", "completed", "national", "2026-03-31", "41"), competition("c3", "completed", "enterprise", "2026-02-01", "7"),
			competition("c4", "completed", "city", "2026-04-01", "9"), competition("c5", "completed", "city", "2025-12-31", "11"), competition("c6", "planned", "city", "", ""),
		},
		"service_stations": {
			record("service_stations", "p1", "status", "active", "star", "3"), record("service_stations", "p2", "status", "active", "star", "5"), record("service_stations", "p3", "status", "active", "star", "2"),
			record("service_stations", "p4", "status", "active"), record("service_stations", "p5", "status", "closed", "star", "5"),
		},
	}
	for item, want := range map[assess.Code]struct {
		value  string
		behind []string
	}{
		"studios_model_led":            {"3", []string{"s1", "s2", "s4"}},
		"studio_joint_projects_ytd":    {"3", []string{"s1", "s2", "s3"}},
		"competitions_completed_ytd":   {"2", []string{"c1", "c2"}},
		"competition_participants_ytd": {"71", []string{"c1", "c2"}},
		"stations_active":              {"4", []string{"p1", "p2", "p3", "p4"}},
		"stations_star3":               {"2", []string{"p1", "p2"}},
	} {
		i, _ := testkit.Shipped(t).Item(item)
		table, items := shipped(t, i.Register.Register)
		if got := count(t, table, items, item, held)["210102"]; got.Value.String() != want.value || !cmp.Equal(got.Records, want.behind) {
			t.Errorf("%s: %s of %v, want %s of %v", item, got.Value, got.Records, want.value, want.behind)
		}
	}
}

// Every shipped register can be read, and every rule that counts on one can be computed.
func TestShippedRegistersAreReady(t *testing.T) {
	testkit.Sequential(t)
	e := testkit.Shipped(t)
	rules := 0
	for _, r := range e.Registers {
		table, items := shipped(t, r.Code)
		for _, item := range items {
			if _, err := table.Count(*item.Register, assess.MustPeriod("2026Q1"), time.Time{}, nil); err != nil {
				t.Errorf("%s: %v", item.Code, err)
			}
			rules++
		}
	}
	if len(e.Registers) != 5 || rules == 0 {
		t.Errorf("%d registers, %d rules", len(e.Registers), rules)
	}
}

func TestPersonalColumnsAreMasked(t *testing.T) {
	refunds, _ := shipped(t, "dues_refunds")
	for _, c := range [][3]string{
		{"paying_account_no", "6222020200012345678", "****5678"},
		{"paying_account_no", "12345", "****"},
		{"contact_name", "欧阳修", "欧*"},
		{"contact_phone", "13800138000", "138****8000"},
		{"contact_phone", "1234567", "****"},
		{"enterprise_name", "示例厂", "示例厂"},
		{"contact_name", "", ""},
	} {
		if got := refunds.Masked(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s is shown as %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

// Codes that stand in public registers (docs of the standard, and early ones of the pilot in Fujian, which fail and are real).
func TestCheckDigitsOfRealCodes(t *testing.T) {
	for code, good := range map[string]bool{
		"91350100M000100Y43": true, "91350100M0001TGQXM": false, "91350211M0000XUF46": false, "91350203M0001FUE2P": false, "91350100M000100Y44": false, "9135": false,
	} {
		if got := register.ValidCode(code); got != good {
			t.Errorf("%s: %v, want %v", code, got, good)
		}
	}
}

// The account of a natural person is kept only with the day on which its holder agreed (row 57); a sole trader is asked whose account it is.
func TestAPersonalAccountNeedsConsent(t *testing.T) {
	refunds, _ := shipped(t, "dues_refunds")
	about := func(values map[string]string) (all []string) {
		for _, line := range said(refunds.Check(values, time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC), nil)) {
			if strings.Contains(line, "account_consent_on") || strings.Contains(line, "R-RF-7") {
				all = append(all, line)
			}
		}
		return all
	}
	for _, c := range []struct {
		values map[string]string
		want   []string
	}{
		{map[string]string{"uscc": "91210112MA0TEXT010", "account_holder": "organisation"}, nil},
		{map[string]string{"uscc": "91210112MA0TEXT010"}, nil},
		{map[string]string{"uscc": "92210112MA0TEXT010"}, []string{"warn R-RF-7"}},
		{map[string]string{"uscc": "92210112MA0TEXT010", "account_holder": "person"}, []string{"error account_consent_on empty"}},
		{map[string]string{"uscc": "92210112MA0TEXT010", "account_holder": "person", "account_consent_on": "2026-02-03"}, nil},
	} {
		if diff := cmp.Diff(c.want, about(c.values)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.values, diff)
		}
	}
}
