package assess

// Role is what an account may do.
type Role string

// The roles: the nine of the workflow, and the security administrator of installations that divide the administrator's work.
const (
	DistrictReporter Role = "district_reporter"
	DistrictChecker  Role = "district_checker"
	DistrictChair    Role = "district_chair"
	CityReviewer     Role = "city_reviewer"
	CityAnalyst      Role = "city_analyst"
	CityAssessor     Role = "city_assessor"
	CityLeader       Role = "city_leader"
	Auditor          Role = "auditor"
	Admin            Role = "admin"
	SecurityAdmin    Role = "security_admin"
)

// RoleDefinition is a role as the catalogue names it.
type RoleDefinition struct {
	Code Role
	Name Text
	May  Text
	// District: the role belongs to one unit; otherwise to the city.
	District bool
}
