package catalog

import "github.com/unionboard/unionboard/internal/assess"

// departmentsFile is departments.yaml.
type departmentsFile struct {
	Departments []struct {
		namedFile
		Remit    text `json:"remit"`
		Confirms bool `json:"confirms"`
	} `json:"departments"`
	Evidence []namedFile `json:"evidence"`
	Reasons  []namedFile `json:"reasons"`
}

// house is what departments.yaml defines.
type house struct {
	departments []assess.Department
	evidence    []assess.Group
	reasons     []assess.Group
}

// readDepartments reads departments.yaml.
func readDepartments(file string, data []byte, found *faults) (house, bool) {
	w, at, ok := read[departmentsFile]("departments", file, data, found)
	if !ok {
		return house{}, false
	}
	h := house{evidence: named(w.Evidence, at.key("evidence"), found), reasons: named(w.Reasons, at.key("reasons"), found)}
	seen := map[assess.Code]spot{}
	for i, d := range w.Departments {
		once(seen, d.Code, at.key("departments").item(i).key("code"), found)
		h.departments = append(h.departments, assess.Department{Code: d.Code, Name: assess.Text(d.Name), Remit: assess.Text(d.Remit), Confirms: d.Confirms})
	}
	return h, true
}

// rolesFile is roles.yaml.
type rolesFile struct {
	Roles []struct {
		Code     assess.Role `json:"code"`
		Name     text        `json:"name"`
		May      text        `json:"may"`
		District bool        `json:"district"`
	} `json:"roles"`
}

// readRoles reads roles.yaml. Every role of the program must be named, and the side it belongs to is the program's.
func readRoles(file string, data []byte, found *faults) []assess.RoleDefinition {
	w, at, ok := read[rolesFile]("roles", file, data, found)
	if !ok {
		return nil
	}
	ofDistrict := map[assess.Role]bool{
		assess.DistrictReporter: true, assess.DistrictChecker: true, assess.DistrictChair: true, assess.CityReviewer: false,
		assess.CityAnalyst: false, assess.CityAssessor: false, assess.CityLeader: false, assess.Auditor: false, assess.Admin: false,
	}
	var roles []assess.RoleDefinition
	seen := map[assess.Role]spot{}
	for i, r := range w.Roles {
		here := at.key("roles").item(i)
		once(seen, r.Code, here.key("code"), found)
		if r.District != ofDistrict[r.Code] {
			found.add(here.key("district"), "role_side", "the role {role} belongs to {side}; set district: {value}", "role", string(r.Code), "side", map[bool]string{true: "one unit", false: "the city"}[ofDistrict[r.Code]], "value", map[bool]string{true: "true", false: "false"}[ofDistrict[r.Code]])
		}
		roles = append(roles, assess.RoleDefinition{Code: r.Code, Name: assess.Text(r.Name), May: assess.Text(r.May), District: r.District})
	}
	for _, role := range []assess.Role{
		assess.DistrictReporter, assess.DistrictChecker, assess.DistrictChair, assess.CityReviewer,
		assess.CityAnalyst, assess.CityAssessor, assess.CityLeader, assess.Auditor, assess.Admin,
	} {
		if _, named := seen[role]; !named {
			found.add(at.name("roles"), "role_missing", "the role {role} is missing; name it, even if nobody has it yet", "role", string(role))
		}
	}
	return roles
}
