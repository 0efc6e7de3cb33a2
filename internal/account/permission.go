package account

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Action is something a person may do. Every page and every command asks for one.
type Action string

// The actions. Each has a line in the table below; an action without a line is open to nobody.
const (
	UseAccount      Action = "use_account"      // see the own account, change the own password, sign out
	ReadDefinitions Action = "read_definitions" // units, items, frameworks, rules, calendar
	ReadPublished   Action = "read_published"   // scores of a published period
	ReadUnpublished Action = "read_unpublished" // scores of a period that is not published yet
	ReadFigures     Action = "read_figures"     // observations and where they came from
	ReadFilings     Action = "read_filings"     // where the reports stand
	Export          Action = "export"           // take figures and scores out as a file
	ExportPersonal  Action = "export_personal"  // with personal numbers readable in what people wrote
	ReadRuns        Action = "read_runs"        // collection runs and what they refused
	Collect         Action = "collect"          // run a collection now
	Import          Action = "import"           // hand in figures of any unit by file
	SetTargets      Action = "set_targets"      // targets of the year
	RunCycle        Action = "run_cycle"        // open and close the collection of a period
	Propose         Action = "propose"          // propose what is published
	Publish         Action = "publish"          // approve publication
	IssueEdition    Action = "issue_edition"    // freeze definitions for a year
	ReadAccounts    Action = "read_accounts"    // who has an account
	ManageAccounts  Action = "manage_accounts"  // add, change, lock accounts
	ReadAudit       Action = "read_audit"       // the audit log

	ReadDrafts        Action = "read_drafts"        // what a district has typed and not yet signed
	Fill              Action = "fill"               // type figures into the form, upload evidence, answer returns
	Forward           Action = "forward"            // send a checked report to the chair
	SendBack          Action = "send_back"          // give a report back inside the district
	Sign              Action = "sign"               // sign a report and hand it to the city
	ReadReports       Action = "read_reports"       // signed reports with their evidence and comments
	Comment           Action = "comment"            // say something about a figure or a report
	HearDistrict      Action = "hear_district"      // what a district says among itself
	HearCity          Action = "hear_city"          // what the city says among itself
	Review            Action = "review"             // accept or return the figures of the own department
	DecideDifference  Action = "decide_difference"  // a source says something else than was signed: the signed figure stays, or the source is right
	Chase             Action = "chase"              // remind who is late
	RequestCorrection Action = "request_correction" // ask for a figure of a closed period to be changed
	CheckCorrection   Action = "check_correction"   // by the department whose figure it is
	ApplyCorrection   Action = "apply_correction"   // make it a new version of the data
	FileAppeal        Action = "file_appeal"        // against a score in the time of publicity
	HandleAppeal      Action = "handle_appeal"      // take an appeal up, or refuse it
	DecideAppeal      Action = "decide_appeal"      // by persons who did not do the first review
	PrepareResult     Action = "prepare_result"     // lay a year's result before those who decide, open appeals, archive it
	DecideResult      Action = "decide_result"      // post a year's result, decide and announce it
	SupplyCity        Action = "supply_city"        // figures that the city itself owes, and the second look at them
	Exempt            Action = "exempt"             // mark a figure as not applicable
	Rate              Action = "rate"               // ballots and grades of raters
	ProposePoints     Action = "propose_points"     // bonus, deductions, vetoes, with evidence and reason
	ConfirmPoints     Action = "confirm_points"     // by a second person
	OpenTask          Action = "open_task"          // make something to be put right
	DoTask            Action = "do_task"            // report on what is being put right
	CloseTask         Action = "close_task"         // by another person than its owner
	ConfirmOutage     Action = "confirm_outage"     // a technical outage, whose days are not late
	EditCalendar      Action = "edit_calendar"      // holidays and make-up days of a year, as the notice has them
	ManageTokens      Action = "manage_tokens"      // access of districts' programs

	ReadRegisters Action = "read_registers" // records of registers, personal columns covered
	KeepRegisters Action = "keep_registers" // add, change and close records, of the own district or of the department's registers
	Uncover       Action = "uncover"        // read personal columns of a record, with a reason that is logged
)

// Scope is to what an action is open.
type Scope uint8

// The scopes.
const (
	Nothing    Scope = iota
	Own              // the unit of the account
	Department       // the work of the account's department, about any unit
	Everything       // every unit, and what belongs to none
)

// String writes the scope as the printed matrix shows it.
func (s Scope) String() string { return [...]string{"-", "own", "dep", "all"}[s] }

// rule is a line of the permission table: what each role may do with an action, in the order of Roles.
type rule struct {
	action Action
	scopes [10]Scope
}

// ruleCount is how many there are; the table is an array, since it is looked at many times for every page.
const ruleCount = 53

// rules is the one table of who may do what (workflow, section 2). The administrator sees no scores and no figures; the auditor
// reads everything and changes nothing. Where there is a security administrator, see surrendered.
func rules() [ruleCount]rule {
	const no, own, dep, all = Nothing, Own, Department, Everything
	return [...]rule{
		// district: reporter, checker, chair; city: reviewer, analyst, assessor, leader; auditor; admin; security administrator
		{UseAccount, [10]Scope{all, all, all, all, all, all, all, all, all, all}},
		{ReadDefinitions, [10]Scope{all, all, all, all, all, all, all, all, all, all}},
		{ReadPublished, [10]Scope{all, all, all, all, all, all, all, all, no, no}},
		{ReadUnpublished, [10]Scope{own, own, own, all, all, all, all, all, no, no}},
		{ReadFigures, [10]Scope{own, own, own, all, all, all, all, all, no, no}},
		{ReadFilings, [10]Scope{own, own, own, all, all, all, all, all, no, no}},
		{Export, [10]Scope{own, own, own, all, all, all, all, all, no, no}},
		{ExportPersonal, [10]Scope{no, no, no, no, all, no, no, all, no, no}},
		{ReadRuns, [10]Scope{own, own, own, all, all, no, no, all, all, no}},
		{Collect, [10]Scope{no, no, no, no, all, no, no, no, all, no}},
		{Import, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{SetTargets, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{RunCycle, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{Propose, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{Publish, [10]Scope{no, no, no, no, no, no, all, no, no, no}},
		{IssueEdition, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{ReadAccounts, [10]Scope{no, no, no, no, no, no, no, all, all, all}},
		{ManageAccounts, [10]Scope{no, no, no, no, no, no, no, no, all, all}},
		{ReadAudit, [10]Scope{no, no, no, no, no, no, no, all, all, all}},

		{ReadDrafts, [10]Scope{own, own, own, no, no, no, no, all, no, no}},
		{Fill, [10]Scope{own, no, no, no, no, no, no, no, no, no}},
		{Forward, [10]Scope{own, own, no, no, no, no, no, no, no, no}},
		{SendBack, [10]Scope{no, own, own, no, no, no, no, no, no, no}},
		{Sign, [10]Scope{no, no, own, no, no, no, no, no, no, no}},
		{ReadReports, [10]Scope{own, own, own, all, all, all, all, all, no, no}},
		{Comment, [10]Scope{own, own, own, all, all, all, all, no, no, no}},
		{HearDistrict, [10]Scope{own, own, own, no, no, no, no, all, no, no}},
		{HearCity, [10]Scope{no, no, no, all, all, all, all, all, no, no}},
		{Review, [10]Scope{no, no, no, dep, no, no, no, no, no, no}},
		{DecideDifference, [10]Scope{no, no, no, dep, all, no, no, no, no, no}},
		{Chase, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{RequestCorrection, [10]Scope{own, no, own, dep, no, no, no, no, no, no}},
		{CheckCorrection, [10]Scope{no, no, no, dep, no, no, no, no, no, no}},
		{ApplyCorrection, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{FileAppeal, [10]Scope{no, no, own, no, no, no, no, no, no, no}},
		{HandleAppeal, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{DecideAppeal, [10]Scope{no, no, no, no, no, all, all, no, no, no}},
		{PrepareResult, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{DecideResult, [10]Scope{no, no, no, no, no, no, all, no, no, no}},
		{SupplyCity, [10]Scope{no, no, no, dep, no, no, no, no, no, no}},
		{Exempt, [10]Scope{no, no, no, no, all, no, no, no, no, no}},
		{Rate, [10]Scope{no, no, no, no, no, all, all, no, no, no}},
		{ProposePoints, [10]Scope{no, no, no, no, no, all, no, no, no, no}},
		{ConfirmPoints, [10]Scope{no, no, no, no, no, all, all, no, no, no}},
		{OpenTask, [10]Scope{no, no, no, all, all, all, all, no, no, no}},
		{DoTask, [10]Scope{own, own, own, dep, no, no, no, no, no, no}},
		{CloseTask, [10]Scope{no, no, no, all, all, all, all, no, no, no}},
		{ConfirmOutage, [10]Scope{no, no, no, no, no, no, no, no, all, no}},
		{EditCalendar, [10]Scope{no, no, no, no, no, no, no, no, all, no}},
		{ManageTokens, [10]Scope{no, no, no, no, no, no, no, no, all, all}},

		{ReadRegisters, [10]Scope{own, own, own, all, all, no, all, all, no, no}},
		{KeepRegisters, [10]Scope{own, no, no, dep, no, no, no, no, no, no}},
		{Uncover, [10]Scope{own, no, no, dep, no, no, no, no, no, no}},
	}
}

// Actions answers every action in the order of the table.
func Actions() []Action {
	table := rules()
	actions := make([]Action, len(table))
	for i, r := range table {
		actions[i] = r.action
	}
	return actions
}

// Permitted answers to what an action is open for a role; nothing for an unknown role or action.
func Permitted(role assess.Role, action Action) Scope {
	column := slices.Index(Roles(), role)
	for _, r := range rules() {
		if r.action == action && column >= 0 {
			return r.scopes[column]
		}
	}
	return Nothing
}

// surrendered says what the administrator leaves to the security administrator where the two are divided: who has an account and
// what access programs have.
func surrendered(role assess.Role, action Action) bool {
	return role == assess.Admin && (action == ManageAccounts || action == ManageTokens)
}

// May is the one function that decides every permission: whether the account may do something to a unit. unit is "" for what
// belongs to no single unit, such as a list of all of them or the accounts. departments are those whose work it is, where it is the
// work of departments: one of them must be the account's. A disabled account may do nothing, and one that must first change its
// password or set up its second factor may do nothing else. Who took part in something before is no matter of permission: that is
// looked at where it happened (cycle.Another).
func (u User) May(action Action, unit assess.UnitCode, departments ...assess.Code) bool {
	if !u.DisabledAt.IsZero() || (u.MustChange || u.MustEnrol) && action != UseAccount || u.Divided && surrendered(u.Role, action) {
		return false
	}
	switch Permitted(u.Role, action) {
	case Everything:
		return true
	case Own:
		return unit != "" && unit == u.Unit
	case Department:
		return u.Department != "" && slices.Contains(departments, u.Department)
	}
	return false
}

// MaySome says whether an action is open to the account for anything at all: a page that narrows what it shows asks so.
func (u User) MaySome(action Action) bool {
	return u.May(action, u.Unit, u.Department)
}
