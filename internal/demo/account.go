package demo

import "github.com/unionboard/unionboard/internal/assess"

// Account is an account of the demonstration. Its password is printed for everybody to see and exists nowhere else.
type Account struct {
	Name        string
	DisplayName string
	Password    string
	Role        assess.Role
	Unit        assess.UnitCode // the district of a district role
	Department  assess.Code     // of a reviewer
}

// Accounts answers one account for each of the nine roles, and a reviewer of each further department. Those of a district
// belong to the first of the list; one reports for the district that owes what came back to it, so that it can be chased.
func Accounts() []Account {
	return []Account{
		{"demo.reporter", "演示填报员", "willow-lantern-reports", assess.DistrictReporter, heping, ""},
		{"demo.reporter.210105", "演示填报员（皇姑）", "aspen-lantern-returns", assess.DistrictReporter, huanggu, ""},
		{"demo.checker", "演示审核员", "maple-lantern-checks", assess.DistrictChecker, heping, ""},
		{"demo.chair", "演示签批人", "cedar-lantern-signs", assess.DistrictChair, heping, ""},
		{"demo.reviewer", "演示审核员（组织基层）", "river-lantern-reviews", assess.CityReviewer, "", "org"},
		{"demo.reviewer.office", "演示审核员（办公室）", "acorn-lantern-reviews", assess.CityReviewer, "", "office"},
		{"demo.reviewer.publicity", "演示审核员（宣教）", "birch-lantern-reviews", assess.CityReviewer, "", "publicity"},
		{"demo.reviewer.economy", "演示审核员（劳动经济）", "delta-lantern-reviews", assess.CityReviewer, "", "economy"},
		{"demo.reviewer.rights", "演示审核员（权益保障）", "brook-lantern-reviews", assess.CityReviewer, "", "rights"},
		{"demo.reviewer.legal", "演示审核员（法律）", "elder-lantern-reviews", assess.CityReviewer, "", "legal"},
		{"demo.reviewer.women", "演示审核员（女职工）", "hazel-lantern-reviews", assess.CityReviewer, "", "women"},
		{"demo.reviewer.finance", "演示审核员（财务）", "fjord-lantern-reviews", assess.CityReviewer, "", "finance"},
		{"demo.reviewer.audit", "演示审核员（经审）", "juniper-lantern-reviews", assess.CityReviewer, "", "audit"},
		{"demo.reviewer.party", "演示审核员（机关党委）", "laurel-lantern-reviews", assess.CityReviewer, "", "party"},
		{"demo.reviewer.service_centre", "演示审核员（服务中心）", "poplar-lantern-reviews", assess.CityReviewer, "", "service_centre"},
		{"demo.analyst", "演示分析员", "meadow-lantern-scores", assess.CityAnalyst, "", ""},
		{"demo.assessor", "演示考核组成员", "harbour-lantern-rates", assess.CityAssessor, "", ""},
		{"demo.leader", "演示市总领导", "summit-lantern-looks", assess.CityLeader, "", ""},
		{"demo.auditor", "演示监督员", "orchard-lantern-audits", assess.Auditor, "", ""},
		{"demo.admin", "演示管理员", "granite-lantern-keeps", assess.Admin, "", ""},
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
