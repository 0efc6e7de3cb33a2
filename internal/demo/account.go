package demo

import "github.com/unionboard/unionboard/internal/assess"

// Account is an account of the demonstration. Its password is printed for everybody to see and exists nowhere else.
type Account struct {
	Name        string
	DisplayName string
	Password    string
	Role        assess.Role
	Unit        assess.UnitCode // the district of a district role
}

// Accounts answers one account for each of the nine roles; those of a district belong to the first of the list.
func Accounts() []Account {
	return []Account{
		{"demo.reporter", "演示填报员", "willow-lantern-reports", assess.DistrictReporter, heping},
		{"demo.checker", "演示审核员", "maple-lantern-checks", assess.DistrictChecker, heping},
		{"demo.chair", "演示签批人", "cedar-lantern-signs", assess.DistrictChair, heping},
		{"demo.reviewer", "演示业务审核员", "river-lantern-reviews", assess.CityReviewer, ""},
		{"demo.analyst", "演示分析员", "meadow-lantern-scores", assess.CityAnalyst, ""},
		{"demo.assessor", "演示考核组成员", "harbour-lantern-rates", assess.CityAssessor, ""},
		{"demo.leader", "演示市总领导", "summit-lantern-looks", assess.CityLeader, ""},
		{"demo.auditor", "演示监督员", "orchard-lantern-audits", assess.Auditor, ""},
		{"demo.admin", "演示管理员", "granite-lantern-keeps", assess.Admin, ""},
	}
}

// nameOf answers the sign-in name of the demonstration's account of a role.
func nameOf(role assess.Role) string {
	for _, a := range Accounts() {
		if a.Role == role {
			return a.Name
		}
	}
	return ""
}
