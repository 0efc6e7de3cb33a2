package catalog

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// checkPersonal: a personal column says what it is needed for and how long it is kept, and what a retention or a consent counts from is a day.
func (r register) checkPersonal(found *faults) {
	checkPersonal(r.Register, r.at, r.Retention, found)
	for i, c := range r.Children {
		kept := c.Retention
		if kept.Years == 0 {
			kept = r.Retention // it goes with the record it belongs to
		}
		checkPersonal(c, r.at.key("children").item(i), kept, found)
	}
}

func checkPersonal(r assess.Register, at spot, kept assess.Retention, found *faults) {
	day := func(name string, at spot) {
		i := slices.IndexFunc(r.Fields, func(f assess.Field) bool { return f.Name == name })
		switch {
		case name == "":
		case i < 0:
			unknown(at, "field of "+string(r.Code), name, fieldNames(r.Fields), found)
		case r.Fields[i].Type != "date":
			found.add(at, "field_day", "a term or a consent is counted from a day, and {field} is of type {type}; name a column of type date", "field", name, "type", r.Fields[i].Type)
		}
	}
	day(r.Retention.After, at.key("retention").key("after"))
	for i, f := range r.Fields {
		here := at.key("fields").item(i)
		day(f.Retain.After, here.key("retain").key("after"))
		day(f.Consent, here.key("consent"))
		switch {
		case !f.Personal:
		case f.Purpose.ZH == "":
			found.add(here, "field_purpose", "the column {field} holds personal data, so whoever fills it must read what they are needed for; add purpose", "field", f.Name)
		case f.Retain.Years == 0 && kept.Years == 0:
			found.add(here, "field_retention", "the column {field} holds personal data, so it must have an end; add retain: years: 3 to it, or retention to the register", "field", f.Name)
		}
	}
}
