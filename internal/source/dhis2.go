package source

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// defaultCombo is the category option combination of figures that are not broken down; it has this identifier everywhere.
const defaultCombo = "HllvX50cXC0"

// mostUnknown is how many fields that are not known are named in notes.
const mostUnknown = 20

// readDHIS2 reads a dataValueSet of DHIS2 in JSON, XML or CSV, told apart by the first bytes. Its dataElement is a figure's name, which
// the words of a mapping turn into a code; figures that are broken down are called as DHIS2 calls them, dataElement.categoryOptionCombo
// and dataElement.categoryOptionCombo.attributeOptionCombo. A damaged document, or one of more than most values, is a Problem.
func readDHIS2(file string, data []byte, most int) (Reading, error) {
	v := &valueSet{file: file, said: map[string]bool{}}
	var err error
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n")
	switch {
	case bytes.HasPrefix(start, []byte("{")):
		err = v.readJSON(data, most)
	default:
		text, _, fault := decode(file, data)
		if fault == nil && bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<")) {
			err = v.readXML(data, most)
		} else {
			err = v.readCSV(data, most)
		}
	}
	if err != nil {
		return Reading{}, err
	}
	return v.Reading, nil
}

// isDHIS2 knows a dataValueSet by its content, where nobody says what it is.
func isDHIS2(start []byte) bool {
	head := bytes.ToLower(start[:min(len(start), 4<<10)])
	switch {
	case bytes.HasPrefix(head, []byte("<")):
		return bytes.Contains(head, []byte("datavalueset"))
	case bytes.HasPrefix(head, []byte("{")):
		return bytes.Contains(start, []byte(`"dataValues"`)) && !bytes.Contains(start, []byte(`"unionboard/values/`))
	}
	return bytes.HasPrefix(bytes.TrimLeft(head, `"`), []byte("dataelement"))
}

// valueSet is a dataValueSet on its way to entries.
type valueSet struct {
	Reading
	file string
	said map[string]bool // fields that were noted
}

// dataValue is a value as it was sent.
type dataValue struct {
	place                              assess.Place
	columns                            map[string]int
	element, unit, period, value, note string
	category, attribute                string
	deleted, followUp                  string
}

// add makes an entry of a value, or refuses it.
func (v *valueSet) add(d dataValue) {
	e := assess.Entry{
		Place: d.place, Unit: assess.UnitCode(d.unit), PeriodText: dhis2Period(d.period), Code: assess.Code(d.operand()), Value: d.value, Note: d.note,
		Columns: d.columns, Heads: dhis2Heads(),
	}
	if d.deleted == "true" {
		fault := assess.Forbidden("problem.dhis2_deleted", "the value is marked as deleted, and figures are never deleted here; send the right figure instead").
			At(e.At("deleted"))
		v.Refused = append(v.Refused, assess.Rejection{Place: fault.Place, Unit: e.Unit, Code: e.Code, Value: e.Value, Problem: fault})
		return
	}
	if d.followUp == "true" {
		v.note("followup", assess.Invalid("problem.dhis2_followup",
			"values are marked for follow-up, which is not kept; write what is to be followed up into their comments").At(e.At("followup")))
	}
	v.Entries = append(v.Entries, e)
}

// dhis2Heads are what the fields of an entry are called there.
func dhis2Heads() map[string]string {
	return map[string]string{"unit": "orgUnit", "code": "dataElement", "note": "comment"}
}

// operand answers the name of the figure.
func (d dataValue) operand() string {
	plain := func(combo string) string {
		if combo == defaultCombo || combo == "default" {
			return ""
		}
		return combo
	}
	category, attribute := plain(d.category), plain(d.attribute)
	switch {
	case attribute != "":
		return d.element + "." + cmp.Or(category, "*") + "." + attribute
	case category != "":
		return d.element + "." + category
	}
	return d.element
}

var dhis2Month = regexp.MustCompile(`^([0-9]{4})([0-9]{2})$`)

// dhis2Period writes a month of DHIS2 (202609) as ours; its quarters (2026Q3) and years are ours already, others are for the gate to refuse.
func dhis2Period(text string) string {
	if m := dhis2Month.FindStringSubmatch(text); m != nil {
		return m[1] + "-" + m[2]
	}
	return text
}

func (v *valueSet) note(what string, note *assess.Problem) {
	if !v.said[what] && len(v.said) < mostUnknown {
		v.said[what] = true
		v.Notes = append(v.Notes, note)
	}
}

func (v *valueSet) unknown(field string, at assess.Place) {
	v.note("field "+field, assess.Invalid("problem.dhis2_field", fmt.Sprintf("the field %s is not known and was ignored", quoted(field)), "field", Excerpt(field)).At(at))
}

// Fields of a dataValueSet and of its values. What of them is not read is known to change no figure.
func setFields() []string {
	return []string{
		"dataSet", "completeDate", "period", "orgUnit", "attributeOptionCombo", "dataValues", "dryRun", "importStrategy", "strategy", "idScheme",
		"dataElementIdScheme", "orgUnitIdScheme", "categoryOptionComboIdScheme", "dataSetIdScheme", "xmlns",
	}
}

func valueFields() []string {
	return []string{
		"dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo", "value", "comment", "followup", "followUp", "deleted",
		"storedBy", "created", "lastUpdated",
	}
}

// steers refuses a document that says in itself how it is to be taken: unread, that would take what was only to be tried.
func (v *valueSet) steers(get func(string) string, at func(string) assess.Place) *assess.Problem {
	for _, field := range []string{"dryRun", "importStrategy", "strategy"} {
		if text := get(field); text != "" && text != "false" {
			return assess.Invalid("problem.dhis2_steers",
				fmt.Sprintf("the document says %s itself, which is not read; leave it out and write it into the address", field), "field", field).At(at(field))
		}
	}
	return nil
}

// readJSON reads {"dataSet", "period", "orgUnit", "dataValues": [{"dataElement", "value", …}]}.
func (v *valueSet) readJSON(data []byte, most int) error {
	d, root, fault := parseTree(v.file, data, most)
	if fault != nil {
		return fault
	}
	if root.kind != isObject {
		return d.wrong(root, isObject, "")
	}
	top := members{doc: d, node: root}
	v.unknownKeys(d, root, "", setFields())
	text := func(key string) string { return top.text(key, isString, isBool) }
	whole := dataValue{unit: top.may("orgUnit"), period: top.figure("period"), attribute: top.may("attributeOptionCombo")}
	if fault := v.steers(text, top.place); fault != nil {
		return fault
	}
	values := top.list("dataValues")
	if top.fault != nil {
		return top.fault
	}
	lines := newLines(d.data)
	for i, n := range values {
		path := "dataValues[" + strconv.Itoa(i) + "]"
		if n.kind != isObject {
			return d.wrong(n, isObject, path)
		}
		v.unknownKeys(d, n, path, valueFields())
		m := members{doc: d, node: n, path: path}
		flag := func(key string) string { return m.text(key, isBool, isString) }
		one := dataValue{
			place: lines.place(v.file, n.offset, ""), element: m.may("dataElement"), unit: cmp.Or(m.may("orgUnit"), whole.unit),
			period: cmp.Or(m.figure("period"), whole.period), value: m.text("value", isString, isNumber, isBool), note: m.may("comment"),
			category: m.may("categoryOptionCombo"), attribute: cmp.Or(m.may("attributeOptionCombo"), whole.attribute),
			deleted: flag("deleted"), followUp: cmp.Or(flag("followup"), flag("followUp")),
		}
		if m.fault != nil {
			return m.fault
		}
		v.add(one)
	}
	return nil
}

func (v *valueSet) unknownKeys(d *document, n *node, path string, known []string) {
	for i, key := range n.keys {
		if len(v.said) < mostUnknown && !slices.Contains(known, key) && !v.said["field "+key] {
			v.unknown(key, d.place(n.items[i].offset, join(path, key)))
		}
	}
}

// readCSV reads the columns dataelement, period, orgunit, value and perhaps those of the combinations, the comment and the marks.
func (v *valueSet) readCSV(data []byte, most int) error {
	t, err := openTable(v.file, data, []string{"dataelement", "period", "orgunit", "value"},
		[]string{"categoryoptioncombo", "attributeoptioncombo", "comment", "followup", "deleted", "storedby", "lastupdated", "created"})
	if err != nil {
		return err
	}
	t.most = most
	columns := map[string]int{
		"unit": t.columns["orgunit"], "period": t.columns["period"], "code": t.columns["dataelement"], "value": t.columns["value"],
		"note": t.columns["comment"], "deleted": t.columns["deleted"], "followup": t.columns["followup"],
	}
	err = t.each(func(row row) {
		one := dataValue{
			place: assess.Place{File: v.file, Line: row.line}, columns: columns, element: row.cell("dataelement"), unit: row.cell("orgunit"),
			period: row.cell("period"), value: row.cell("value"), note: row.cell("comment"), category: row.cell("categoryoptioncombo"),
			attribute: row.cell("attributeoptioncombo"), deleted: strings.ToLower(row.cell("deleted")), followUp: strings.ToLower(row.cell("followup")),
		}
		fault := row.fault
		if fault == nil && t.comma == ';' && decimalComma.MatchString(one.value) {
			fault = numberComma(one.value).At(row.at("value"))
		}
		if fault != nil {
			v.Refused = append(v.Refused, assess.Rejection{
				Place: fault.Place, Unit: assess.UnitCode(one.unit), Code: assess.Code(one.element), Value: one.value, Problem: fault,
			})
			return
		}
		v.add(one)
	})
	v.Notes = append(v.Notes, t.notes...)
	return err
}
