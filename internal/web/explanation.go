package web

import "github.com/unionboard/unionboard/internal/dashboard"

// explanation is the body of /why. The views are its tables under the name their template expects.
type explanation struct {
	*dashboard.Explanation
	Trend  *panel
	Cases  []evidenceCell // that the score is counted from, with their files
	Thread *thread        // nil for who hears nothing of the unit
	Assign string         // where the score is made a task; "" for who assigns none
}

// titledTable is a table with the name it is announced by.
type titledTable struct {
	Title string
	Table *dashboard.Table
}

// PartsView is the table of children.
func (e explanation) PartsView() titledTable { return titledTable{e.Title, e.Parts} }

// HistoryView is the table of the last eight quarters.
func (e explanation) HistoryView() titledTable { return titledTable{e.Title, &e.History} }

// CorrectionsView is the table of changed inputs.
func (e explanation) CorrectionsView() titledTable { return titledTable{e.Title, &e.Corrections} }
