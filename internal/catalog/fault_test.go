package catalog

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// mark stands, in the tables below, where the fault must be found.
const mark = "‸"

// breakage is a change to one file of testdata/small, and the fault it must lead to.
type breakage struct {
	name     string
	file     string
	old, new string // new holds the mark once; without one the fault is anywhere in the file
	says     string
}

// small answers the files of testdata/small.
func small(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := Files(os.DirFS("testdata/small"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// apply makes the change and answers where the mark stood, as file:line:column.
func (b breakage) apply(t testing.TB, files map[string][]byte) string {
	t.Helper()
	text := string(files[b.file])
	if strings.Count(text, b.old) != 1 {
		t.Fatalf("%q stands %d times in %s; it must stand once", b.old, strings.Count(text, b.old), b.file)
	}
	text = strings.Replace(text, b.old, b.new, 1)
	before, _, marked := strings.Cut(text, mark)
	files[b.file] = []byte(strings.Replace(text, mark, "", 1))
	if !marked {
		return b.file
	}
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return fmt.Sprintf("%s:%d:%d", b.file, strings.Count(before, "\n")+1, len([]rune(line))+1)
}

func TestFaultsNameTheirPlaceAndRemedy(t *testing.T) {
	for _, b := range breakages() {
		t.Run(b.name, func(t *testing.T) {
			files := small(t)
			at := b.apply(t, files)
			_, err := Load(FromFiles(files))
			problems, ok := errors.AsType[assess.Problems](err)
			if !ok {
				t.Fatalf("error is %v; want problems", err)
			}
			for _, p := range problems {
				if (p.Place.String() == at || p.Place.File == at) && strings.Contains(p.Message, b.says) {
					if len(problems) > 1 {
						t.Errorf("one change makes %d faults:\n%v", len(problems), err)
					}
					return
				}
			}
			t.Errorf("want %s: …%s…\ngot:\n%v", at, b.says, err)
		})
	}
}

// TestFaultsBetweenFiles: a change to one file can be a fault of another.
func TestFaultsBetweenFiles(t *testing.T) {
	for _, c := range []struct {
		breakage
		want []string
	}{
		{
			breakage{"composite of two scales", extras, "code: extras\n", "code: extras\nscale: 10\nweight: 100\n", ""},
			[]string{"assessment.yaml:3:17: extras has the scale 10 and basics the scale 100; frameworks of one composite need the same"},
		},
		{
			breakage{"framework renamed", extras, "code: extras\n", "code: extra\n", ""},
			[]string{`assessment.yaml:3:17: there is no framework "extras"; did you mean "extra"?`},
		},
		{
			breakage{"framework of a taken code", extras, "code: extras\n", "code: basics\n", ""},
			[]string{`assessment.yaml:3:17: there is no framework "extras"; define it, or use one that is defined`, "frameworks/extras.yaml:1:7: the code basics is taken by frameworks/basics.yaml; give each file its own"},
		},
		{
			breakage{"item renamed", "items.yaml", "- code: office_open", "- code: office_runs", ""},
			[]string{`frameworks/extras.yaml:5:69: there is no item "office_open"; define it, or use one that is defined`, `rules.yaml:6:70: there is no item "office_open"; define it, or use one that is defined`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := small(t)
			c.apply(t, files)
			_, err := Load(FromFiles(files))
			if diff := cmp.Diff(strings.Join(c.want, "\n"), fmt.Sprint(err)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryFaultIsToldAtOnce: structure, meaning and references of several files come together, in the order of the files.
func TestEveryFaultIsToldAtOnce(t *testing.T) {
	files := small(t)
	breakage{file: "units.yaml", old: "kind: county, group: inner", new: "kind: town, group: inner"}.apply(t, files)
	breakage{file: basics, old: "weight: 40\n    children", new: "weight: 41\n    children"}.apply(t, files)
	breakage{file: "calendar/2026.yaml", old: "official: true", new: "offical: true"}.apply(t, files)
	breakage{file: "rules.yaml", old: "{id: V01, level: error", new: "{id: V01, level: fatal"}.apply(t, files)
	_, err := Load(FromFiles(files))
	problems, _ := errors.AsType[assess.Problems](err)
	var places []string
	for _, p := range problems {
		places = append(places, p.Place.String())
		if p.Kind != assess.ErrInvalid || !strings.HasPrefix(p.Key, "problem.definition_") {
			t.Errorf("%v has kind %v and key %q; want invalid, and a key of problem.definition_", p, p.Kind, p.Key)
		}
	}
	want := []string{"calendar/2026.yaml:2:1", "frameworks/basics.yaml:4:1", "frameworks/basics.yaml:38:5", "rules.yaml:2:22", "units.yaml:13:56"}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("places (-want +got):\n%s\n%v", diff, err)
	}
}

func breakages() []breakage {
	return concat(structureBreakages(), treeBreakages(), methodBreakages(), itemBreakages(), ruleBreakages(), houseBreakages(), registerBreakages(), calendarBreakages())
}

func concat(lists ...[]breakage) (all []breakage) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

const (
	basics  = "frameworks/basics.yaml"
	extras  = "frameworks/extras.yaml"
	studios = "registers/studio_list.yaml"
)

func structureBreakages() []breakage {
	return []breakage{
		{"not YAML", basics, "edition: 2026", "edition: " + mark + "'2026", "this is not YAML"},
		{"misspelt key", basics, "    weight: 60", "    " + mark + "wieght: 60", `unknown key "wieght"; did you mean "weight"?`},
		{"misspelt required key", basics, "name: {zh: 基础, en: Basics}", mark + "nane: {zh: 基础, en: Basics}", `did you mean "name"?`},
		{"misspelt key of a method", basics, "last: 0.6", mark + "lats: 0.6", `did you mean "last"?`},
		{"unknown key", "assessment.yaml", "parameters:", mark + "colour: red\nparameters:", `unknown key "colour"; take it out, or use one of bonus_cap, composite`},
		{"key of another method", basics, "{kind: rank, last: 0.6}", "{kind: rank, last: 0.6, " + mark + "floor: 3}", `unknown key "floor"`},
		{"missing key", "items.yaml", "  - code: fraud\n    name: 弄虚作假\n    type: boolean\n", "  - " + mark + "code: fraud\n    name: 弄虚作假\n", "needs the key type"},
		{"no method and no children", extras, ", value: office_open, method: yes_no}", ", value: office_open}", "needs the key method"},
		{"misspelt word", basics, "type: percent", "type: " + mark + "precent", `did you mean "percent"?`},
		{"unknown word", basics, "frequency: annual", "frequency: " + mark + "often", "use one of quarterly, annual"},
		{"wrong type", basics, "weight: 60", "weight: " + mark + "sixty", `weight is "sixty", but should be a number of 0 or more`},
		{"not a code", basics, "code: building", "code: " + mark + "Building", `code is "Building", but should be a code`},
		{"out of range", basics, "{gte: 60, share: 0.5}", "{gte: 60, share: " + mark + "50}", "a share between 0 and 1"},
		{"key twice", basics, "edition: 2026", "edition: 2026\n" + mark + "edition: 2027", "the key edition stands here twice"},
		{"not a plain number", basics, "weight: 60", "weight: " + mark + "0x3C", "0x3C is not a plain decimal number"},
		{"number too long", basics, "weight: 60", "weight: " + mark + "60000000000000000000", "should be a number of 0 or more"},
		{"anchor", basics, "weight: 60", "weight: " + mark + "&w 60", "anchors"},
		{"second document", basics, "code: basics", "code: basics\n" + mark + "---\ncode: more", "second document"},
		{"key that is no code", basics, "{good: 1, fair: 0.6, poor: 0}", "{" + mark + "Good: 1, fair: 0.6, poor: 0}", `"Good" is not a code`},
		{"heading with a method", basics, "    department: org", "    department: org\n    " + mark + "method: direct", "the key method does not go with the others"},
		{"list twice", basics, "checks: [V01]", "checks: [V01, " + mark + "V01]", "stands in checks twice"},
	}
}

func treeBreakages() []breakage {
	return []breakage{
		{"weights of siblings", basics, "        weight: 20\n        type: percent", "        weight: 25\n        type: percent", "the weights below building add up to 65; they should add up to its own weight 60"},
		{"weights of headings", basics, "children:\n  - code: building", mark + "children:\n  - {code: more, name: 更多, weight: 1, value: members, method: direct}\n  - code: building", "the weights below basics add up to 101; they should add up to its own weight 100"},
		{"no weight", extras, "- {code: teaching, name: 授课, weight: 30,", "- " + mark + "{code: teaching, name: 授课,", "teaching has no weight"},
		{"weighted veto", basics, "        value: fraud\n", "        value: fraud\n        weight: " + mark + "5\n", "its weight must be 0"},
		{"code twice in a tree", basics, "code: conduct", "code: " + mark + "reach", "the code reach is taken by line"},
		{"code of two frameworks", "assessment.yaml", "{framework: basics, weight: 0.75}\n  - {framework: extras, weight: 0.25}", "{framework: basics, weight: 0.75}\n  - {framework: " + mark + "basics, weight: 0.25}", "taken by line 2"},
		{"geometric official points", basics, "    department: org\n", "    department: org\n    aggregate: " + mark + "geometric\n", "set layer: analytic"},
		{"unknown item", basics, "value: unions\n", "value: " + mark + "unoins\n", `there is no item "unoins"; did you mean "unions"?`},
		{"unknown denominator", basics, "denominator: unions", "denominator: " + mark + "everybody", `there is no item "everybody"`},
		{"level in a ratio", basics, "denominator: unions", "denominator: " + mark + "branch_level", "branch_level is not a number"},
		{"unknown name in a value", basics, "value: reached_ytd / max(members, 1)", "value: reached_ytd / max(" + mark + "memberz, 1)", `there is no item "memberz"; did you mean "members"?`},
		{"unknown function in a value", basics, "value: reached_ytd / max(members, 1)", "value: reached_ytd / " + mark + "sqrt(members)", `there is no function "sqrt"; there are abs, max, min`},
		{"truth as a number in a value", basics, "value: reached_ytd / max(members, 1)", "value: reached_ytd " + mark + "/ office_open", "does not hold together"},
		{"no value and no item", basics, "        value: fraud\n", "", "there is no item of its own code"},
		{"unknown department", basics, "department: org", "department: " + mark + "orgg", `there is no department "orgg"; did you mean "org"?`},
		{"unknown evidence", basics, "evidence: [official_doc]", "evidence: [" + mark + "photo]", `there is no kind of evidence "photo"`},
		{"unknown rule", basics, "checks: [V01]", "checks: [V01, " + mark + "V99]", `there is no rule "V99"`},
		{"unknown kind of unit", extras, "rank_among: [district]", "rank_among: [" + mark + "town]", `there is no kind of unit "town"`},
		{"range reversed", basics, "hard: [0, null]", "hard: " + mark + "[5, 2]", "the low end 5 lies above the high end 2"},
		{"boolean item, numeric indicator", basics, "        value: unions\n        checks", "        value: " + mark + "office_open\n        checks", "make them agree"},
	}
}

func methodBreakages() []breakage {
	efficacy := func(s string) string {
		return strings.Replace("{code: teaching, name: 授课, weight: 30, value: teaching_days_ytd, method: {kind: efficacy, floor: 10, satisfactory: 50}}", "{kind: efficacy, floor: 10, satisfactory: 50}", s, 1)
	}
	teaching := efficacy("{kind: efficacy, floor: 10, satisfactory: 50}")
	tiers := "points: [{value: 0, share: 0}, {value: 20, share: 1}]"
	phasing := "phasing: [25, 50, 75, 100]"
	return []breakage{
		{"no target", basics, "        target: {mode: absolute}\n        method: {", "        method: " + mark + "{", "scored by completion ratio and has no target"},
		{"target of zero, lower is better", basics, "target: {mode: absolute}", "direction: down\n        target: {mode: ratio, full_year: " + mark + "0}", "use the deduction method"},
		{"target of zero", basics, "target: {mode: absolute}", "target: {mode: ratio, full_year: " + mark + "0}", "there is no task"},
		{"negative target", basics, "target: {mode: absolute}", "target: {mode: ratio, full_year: " + mark + "-5}", "the target -5 is below 0"},
		{"band as target of a ratio", basics, "target: {mode: absolute}", "target: {mode: " + mark + "band, low: 1, high: 2}", "needs one number and not a band"},
		{"band without ends", basics, "target: {mode: absolute}\n        method: {kind: target_ratio, phasing: [25, 50, 75, 100]}", "target: " + mark + "{mode: band, low: 5}\n        method: direct", "needs low and high"},
		{"centre without width", basics, "target: {mode: absolute}\n        method: {", "direction: target\n        target: {mode: absolute}\n        method: " + mark + "{", "the method needs width"},
		{"phasing falls", basics, phasing, "phasing: [25, 50, " + mark + "40, 100]", "phasing falls from 50 to 40"},
		{"phasing does not end", basics, phasing, "phasing: [25, 50, 75, " + mark + "90]", "it must end at 100"},
		{"phasing of three", basics, phasing, "phasing: " + mark + "[25, 50, 100]", "entries: at least 4"},
		{"gap between bands", basics, "- {gte: 60, share: 0.5}", "- " + mark + "{gte: 60, lt: 80, share: 0.5}", "no band holds the values between 80 and 90"},
		{"bands overlap", basics, "- {gte: 60, share: 0.5}", "- " + mark + "{gte: 60, lte: 95, share: 0.5}", "overlap"},
		{"bands meet in no point", basics, "- {gte: 60, share: 0.5}\n            - {share: 0}", "- {gt: 60, share: 0.5}\n            - " + mark + "{lt: 60, share: 0}", "no band holds the value 60 itself"},
		{"bands leave the bottom out", basics, "- {share: 0}", "- " + mark + "{gte: 0, share: 0}", "no band holds the values below 0"},
		{"band of nothing", basics, "- {gte: 60, share: 0.5}", "- " + mark + "{gte: 95, share: 0.5}", "no value lies in the band"},
		{"words and numbers", basics, "- {gte: 90, share: 1}\n            - {gte: 60, share: 0.5}", "- " + mark + "{gte: 90, share: 1}\n            - {eq: good, share: 0.5}", "write them one way"},
		{"equal efficacy values", extras, teaching, efficacy("{kind: efficacy, floor: 50, satisfactory: " + mark + "50}"), "floor and satisfactory are both 50"},
		{"efficacy against its direction", extras, teaching, efficacy("{kind: efficacy, floor: 50, satisfactory: " + mark + "10}"), "swap them, or set direction: down"},
		{"goalposts equal", extras, teaching, efficacy("{kind: goalposts, low: 5, high: " + mark + "5}"), "both goalposts are 5"},
		{"goalposts reversed", extras, teaching, efficacy("{kind: goalposts, low: 9, high: " + mark + "5}"), "set low below high"},
		{"logarithm of zero", extras, teaching, strings.Replace(efficacy("{kind: goalposts, low: "+mark+"0, high: 5}"), ", method", ", transform: log, method", 1), "does not take the goalpost 0"},
		{"method without its parameters", extras, teaching, efficacy(mark + "efficacy"), "efficacy needs parameters; write method: {kind: efficacy, floor: 60"},
		{"tiers out of order", extras, tiers, "points: [{value: 0, share: 0}, {value: 20, share: 0.5}, " + mark + "{value: 10, share: 1}]", "out of order"},
		{"tiers against the direction", extras, tiers, "points: [{value: 0, share: 1}, " + mark + "{value: 20, share: 0}]", "runs against direction up"},
		{"rank with last and step", basics, "{kind: rank, last: 0.6}", "{kind: rank, last: 0.6, " + mark + "step: 1}", "either last or step"},
		{"rank upside down", basics, "{kind: rank, last: 0.6}", mark + "{kind: rank, first: 0.5, last: 0.6}", "the first place must get more"},
		{"rating of nothing", basics, "{kind: rating, levels: {good: 1, fair: 0.6, poor: 0}}", mark + "{kind: rating}", "either levels with their shares, or scale_max"},
		{"level without share", basics, "{good: 1, fair: 0.6, poor: 0}", mark + "{good: 1, fair: 0.6}", "the level poor of branch_level has no share"},
		{"unknown level", basics, "{good: 1, fair: 0.6, poor: 0}", "{good: 1, fair: 0.6, poor: 0, " + mark + "goof: 0}", `there is no level of branch_level "goof"; did you mean "good"?`},
		{"deduction of nothing", extras, teaching, efficacy(mark + "{kind: deduction, min: 0}"), "either per_case"},
		{"yes or no of a number", extras, teaching, efficacy(mark + "yes_no"), "needs a value that is true or false"},
		{"number from yes or no", extras, "value: office_open, method: yes_no", "value: office_open, method: " + mark + "direct", "use yes_no, veto, or bands"},
	}
}

func itemBreakages() []breakage {
	return []breakage{
		{"item twice", "items.yaml", "  - code: fraud\n", "  - {code: " + mark + "members, name: 二, type: count, accumulation: stock, origin: reported}\n\n  - code: fraud\n", "the code members is taken by line 19"},
		{"alias taken", "items.yaml", "aliases: [会员数]", "aliases: [" + mark + "unions]", "the code unions is taken by line"},
		{"computed without formula", "items.yaml", "    origin: computed\n    formula: unions + reached_ytd", "    origin: " + mark + "computed", "sum_of_both is computed and has no formula"},
		{"formula without computed", "items.yaml", "    origin: computed\n    formula", "    origin: reported\n    " + mark + "formula", "has a formula but is not computed"},
		{"formula names nothing", "items.yaml", "formula: unions + reached_ytd", "formula: unions + " + mark + "reachd_ytd", `did you mean "reached_ytd"?`},
		{"formula of a level", "items.yaml", "formula: unions + reached_ytd", "formula: unions " + mark + "+ branch_level", "does not hold together"},
		{"formula in a circle", "items.yaml", "formula: unions + reached_ytd", "formula: " + mark + "unions + sum_of_both", "computed from itself: sum_of_both → sum_of_both"},
		{"register item without rule", "items.yaml", "  - code: members\n    name: 会员\n    type: count\n    accumulation: stock\n    origin: reported", "  - code: members\n    name: 会员\n    type: count\n    accumulation: stock\n    origin: " + mark + "register", "has no register_rule"},
		{"levels of a count", "items.yaml", "    type: rating\n    accumulation: none\n    frequency: annual\n    origin: city\n    levels", "    type: count\n    accumulation: none\n    frequency: annual\n    origin: city\n    " + mark + "levels", "has levels but is not a rating"},
		{"plausible group unknown", "items.yaml", "plausible: {inner: [10, 500]}", "plausible: {" + mark + "outer: [10, 500]}", `there is no peer group "outer"`},
		{"plausible reversed", "items.yaml", "plausible: {inner: [10, 500]}", "plausible: {inner: " + mark + "[500, 10]}", "lies above the high end"},
		{"used_by too much", "items.yaml", "used_by: [union_count, reach]", "used_by: [union_count, reach, " + mark + "branch]", "no indicator branch uses unions"},
		{"used_by too little", "items.yaml", "used_by: [union_count, reach]", mark + "used_by: [union_count]", "reach uses unions; add it"},
		{"register unknown", "items.yaml", "register: studio_list\n      aggregate", "register: " + mark + "studio_lst\n      aggregate", `there is no register "studio_lst"`},
		{"register field unknown", "items.yaml", "{field: status, op: eq, value: active}", "{field: " + mark + "stat, op: eq, value: active}", "there is no field of studio_list"},
		{"register value unknown", "items.yaml", "op: eq, value: active}", "op: eq, value: " + mark + "activ}", "status is never activ"},
		{"register list for one", "items.yaml", "op: eq, value: active}", "op: eq, value: " + mark + "[active]}", "in needs a list of values"},
		{"register parameter unknown", "items.yaml", "param: review_days", "param: " + mark + "days", "needs param"},
		{"register child unknown", "items.yaml", "via: lessons", "via: " + mark + "talks", "has no child table"},
		{"register sum of a date", "items.yaml", "field: days", "field: " + mark + "held_on", "is of type date and not a number"},
		{"register without date", "items.yaml", "      date_field: held_on\n      window: ytd", "      window: " + mark + "ytd", "window ytd needs date_field"},
	}
}

func ruleBreakages() []breakage {
	return []breakage{
		{"rule twice", "rules.yaml", "{id: V02,", "{id: " + mark + "V01,", "the code V01 is taken by line 2"},
		{"rule names nothing", "rules.yaml", "expr: reached_ytd <= unions", "expr: reached_ytd <= " + mark + "union", `there is no item "union"; did you mean "unions"?`},
		{"rule with a broken expression", "rules.yaml", "expr: reached_ytd <= unions", "expr: reached_ytd <= " + mark + "<= unions", "does not hold together"},
		{"rule that is a number", "rules.yaml", "expr: reached_ytd <= unions", "expr: " + mark + "reached_ytd - unions", "does not hold together"},
		{"rule with an unknown function", "rules.yaml", "monotonic_in_year(self)", mark + "monotone(self) and self > 0", `there is no function "monotone"`},
		{"rule with self and no items", "rules.yaml", "expr: monotonic_in_year(self), applies_to: {accumulation: ytd},", "expr: " + mark + "monotonic_in_year(self),", "say in applies_to which items"},
		{"rule for items without self", "rules.yaml", "{id: V01, level: error, expr: reached_ytd <= unions,", "{id: V01, level: error, expr: reached_ytd <= unions, " + mark + "applies_to: {accumulation: ytd},", "never names self"},
		{"rule for no item", "rules.yaml", "applies_to: {accumulation: ytd}", mark + "applies_to: {accumulation: flow}", "no item is of the description"},
		{"set outside a submission", "rules.yaml", "expr: not all_zero(ytd_items), applies_to: submission,", "expr: " + mark + "not all_zero(ytd_items),", "set applies_to: submission"},
		{"expression for a name", "rules.yaml", "prev_year_end(unions)", "prev_year_end(unions " + mark + "+ 1)", "takes a plain name"},
		{"sum of an unknown field", "rules.yaml", "sum_register(studio_list.visits)", "sum_register(studio_list." + mark + "visit)", "has no number field"},
		{"level of a rule", "rules.yaml", "{id: V01, level: error", "{id: V01, level: " + mark + "eror", `did you mean "error"?`},
	}
}

func houseBreakages() []breakage {
	return []breakage{
		{"composite does not add up", "assessment.yaml", "  - {framework: basics, weight: 0.75}", "  " + mark + "- {framework: basics, weight: 0.7}", "add up to 0.95; they should add up to 1"},
		{"composite of nothing", "assessment.yaml", "{framework: basics,", "{framework: " + mark + "basic,", `there is no framework "basic"; did you mean "basics"?`},
		{"grades out of order", "assessment.yaml", "min_score: 60", "min_score: " + mark + "95", "list grades best first"},
		{"unknown veto grade", "assessment.yaml", "veto_grade: pass", "veto_grade: " + mark + "fine", "there is no grade fine"},
		{"unknown in the tie chain", "assessment.yaml", "tie_chain: [basics, returns]", "tie_chain: [basics, " + mark + "return]", `did you mean "returns"?`},
		{"veto of a number", "assessment.yaml", "{item: fraud,", "{item: " + mark + "unions,", "unions is not true or false"},
		{"quota with too many digits", "assessment.yaml", "share: 0.3,", "share: " + mark + "0.33333,", "more than four decimals"},
		{"lights out of order", "assessment.yaml", "parameters:", "lights: {points: {green: 0.8, yellow: " + mark + "0.9}}\nparameters:", "let yellow begin below green"},
		{"tile twice", "units.yaml", "tile: {row: 1, column: 0}", "tile: " + mark + "{row: 0, column: 0}", "is taken by line"},
		{"unit twice", "units.yaml", "code: '900002'", "code: " + mark + "'900001'", "the code 900001 is taken by line"},
		{"unit name twice", "units.yaml", "inner, opened: 2025Q1", "inner, opened: 2025Q1, aliases: [" + mark + "西区]", "the code 西区 is taken by line"},
		{"unknown group", "units.yaml", "kind: county, group: inner", "kind: county, group: " + mark + "iner", `did you mean "inner"?`},
		{"unknown kind", "units.yaml", "kind: county, group", "kind: " + mark + "conty, group", `did you mean "county"?`},
		{"no group where places count", "units.yaml", "- {code: '900005', name: {zh: 中县, en: Centre}, kind: county, group: inner,", "- " + mark + "{code: '900005', name: {zh: 中县, en: Centre}, kind: county,", "900005 is in no peer group, but reach_rank is scored by places"},
		{"not a period", "units.yaml", "opened: 2025Q1", "opened: " + mark + "2025Q5", "is not a period"},
		{"closed before opened", "units.yaml", "opened: 2025Q1", "opened: 2025Q1, closed: " + mark + "2024", "before it opens"},
		{"role left out", "roles.yaml", "  - code: auditor\n    name: {zh: 监督员, en: Auditor}\n    may: {zh: 查阅全部内容及日志，不作任何修改, en: 'Read everything including logs, change nothing'}\n    district: false\n", "", "the role auditor is missing"},
		{"department twice", "departments.yaml", "departments:\n", "departments:\n  - {code: office, name: 办}\n", "the code office is taken by line 2"},
	}
}

func registerBreakages() []breakage {
	return []breakage{
		{"key names no field", studios, "key: [studio_no]", "key: [" + mark + "studio]", "there is no field of studio_list"},
		{"rule names no field", studios, "rule: reviewed_on >= opened_on", "rule: reviewed_on >= " + mark + "opened", `there is no field "opened"; define it`},
		{"condition on no value", studios, `status == "active"`, `status == ` + mark + `"activ"`, "status is never"},
		{"rule of two types", studios, "rule: reviewed_on >= opened_on", "rule: reviewed_on " + mark + ">= visits", "does not hold together"},
		{"duplicates of no field", studios, `same("name", "leader")`, `same("name", ` + mark + `"boss")`, `there is no field "boss"`},
		{"enum without values", studios, "name: opened_on, label: 成立, type: date, required: true}", "name: opened_on, label: 成立, type: date, required: true}\n  - {name: region, label: 片区, type: " + mark + "enum}", "lists no values"},
		{"reference to nothing", studios, "ref: units.code", "ref: " + mark + "unit.code", "points at nothing"},
		{"example against its pattern", studios, "example: GZ-001", "example: " + mark + "GZ-1", "does not match the pattern"},
		{"mask of what is not personal", studios, "personal: true, mask", mark + "mask", "has a mask but is not personal"},
		// Row 57: a column tagged personal without purpose or retention fails the build, since the shipped definitions are loaded by it.
		{"personal for no purpose", studios, "{name: leader, label: 领衔人, type: string, required: true, personal: true, mask: first_character, purpose: 联系领衔人,", mark + "{name: leader, label: 领衔人, type: string, required: true, personal: true, mask: first_character,", "must read what they are needed for"},
		{"personal without an end", studios, "{name: leader, label: 领衔人, type: string, required: true, personal: true, mask: first_character, purpose: 联系领衔人, retain: {years: 3, after: reviewed_on}}", mark + "{name: leader, label: 领衔人, type: string, required: true, personal: true, mask: first_character, purpose: 联系领衔人}", "it must have an end"},
		{"kept after what is no day", studios, "after: reviewed_on}}", "after: " + mark + "visits}}", "visits is of type int"},
		{"kept after no column", studios, "after: reviewed_on}}", "after: " + mark + "reviewed}}", "there is no field of studio_list"},
		{"feeds what it does not feed", studios, "items: [studios, teaching_days_ytd]", "items: [studios, teaching_days_ytd, " + mark + "members]", "does not come from the register"},
		{"field twice", studios, "  - {name: visits,", "  - {name: " + mark + "leader, label: 二, type: string}\n  - {name: visits,", "is taken by line"},
	}
}

func calendarBreakages() []breakage {
	year := "calendar/2026.yaml"
	return []breakage{
		{"no such day", year, "from: 2026-04-06", "from: " + mark + "2026-02-30", "is not a day of the calendar"},
		{"day of another year", year, "from: 2026-04-06", "from: " + mark + "2027-04-05", "does not lie in 2026"},
		{"make-up on a weekday", year, "[2026-01-04]", "[" + mark + "2026-01-05]", "2026-01-05 is no day of a weekend"},
		{"off and worked", year, "[2026-01-04]", "[" + mark + "2026-01-03]", "is named by line"},
		{"holiday backwards", year, "to: 2026-01-03", "to: " + mark + "2025-12-31", "does not lie in 2026"},
		{"holiday too long", year, "to: 2026-01-03", "to: " + mark + "2026-03-03", "a holiday has 1 to 15"},
	}
}
