package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// runSuite is what every engine must do. open answers a new empty store that is closed with the test.
func runSuite(t *testing.T, open func(t *testing.T) *Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s *Store)
	}{
		{"Decimals", testDecimalsSurvive},
		{"AsOf", testAsOf},
		{"Pages", testPagesOfFigures},
		{"Choice", testCellsAreChosen},
		{"States", testAValueIsThereExactlyWhenReported},
		{"AllOrNothing", testAnIntakeIsAllOrNothing},
		{"PartsAllOrNothing", testPartsAreAllOrNothing},
		{"NoAuditNoChange", testNoChangeWithoutAuditLine},
		{"Once", testAnIntakeIsWrittenOnce},
		{"Concurrent", testNumbersFollowCommits},
		{"Isolation", testAFailedRequestHurtsNoOther},
		{"Deadline", testARequestWhoseTimeIsOverDoesNothing},
		{"Text", testTextThatIsNotTextIsRefused},
		{"Runs", testRuns},
		{"Interrupted", testInterruptedRuns},
		{"Standings", testStandings},
		{"Leases", testLeases},
		{"Servers", testServersKeepWhatIsTheirs},
		{"Waiting", testWaitingSubmissions},
		{"Editions", testEditionsAreFrozen},
		{"Targets", testTargets},
		{"Past", testPast},
		{"PastEditions", testPastEditions},
		{"Breakdowns", testBreakdowns},
		{"CityDrafts", testCityDrafts},
		{"Proposals", testProposals},
		{"RatingRounds", testRatingRounds},
		{"Filings", testFilings},
		{"Drafts", testDraftsAreRevisions},
		{"DraftStep", testNoDraftAfterAStep},
		{"Decisions", testDecisions},
		{"Typist", testWhoTypedAFigure},
		{"FilingRace", testOneOfManyStepsWins},
		{"Cycles", testCycles},
		{"Adjustments", testAdjustments},
		{"CalendarEdits", testCalendarEdits},
		{"SourceMappings", testSourceMappings},
		{"HeldPieces", testHeldPieces},
		{"Differences", testDifferences},
		{"Audit", testAuditLog},
		{"AuditLeaves", testAuditLinesLeave},
		{"AuditWrongClock", testAWrongClockClearsNothing},
		{"AuditPast", testPastDaysOutliveTheLog},
		{"AuditFound", testAuditIsFound},
		{"Settings", testSettingsOfTheLastStart},
		{"Accounts", testAccounts},
		{"LastAdmin", testTheLastAdministratorStays},
		{"SignIn", testParallelGuessesAllCount},
		{"Links", testLinks},
		{"Tokens", testTokens},
		{"Attempts", testAttempts},
		{"Receipts", testReceipts},
		{"FirstAccount", testTheFirstAccount},
		{"Sessions", testSessions},
		{"SessionsEnd", testEndedSessionsStayEnded},
		{"Told", testAThingIsToldOnce},
		{"TellRace", testOneOfManyTells},
		{"Dispatches", testDispatches},
		{"Contacts", testContacts},
		{"Evidence", testEvidence},
		{"EvidenceQuota", testEvidenceKeepsToItsQuota},
		{"EvidenceOfOneThing", testEvidenceOfOneThingIsBounded},
		{"EvidenceFiles", testEvidenceFiles},
		{"Uploads", testUploads},
		{"ExportJobs", testExportJobs},
		{"ExportJobsEnd", testExportJobsEnd},
		{"ExportJobsBounded", testExportJobsAreBounded},
		{"ExportJobsExpire", testExportJobsExpire},
		{"Records", testRecords},
		{"Snapshots", testSnapshots},
		{"Refunds", testRefunds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

var spring = time.Date(2026, 4, 7, 9, 30, 0, 123_000_000, time.UTC)

var q1 = assess.NewQuarter(2026, 1)

func line(action string) assess.AuditLine {
	return assess.AuditLine{At: spring, Actor: "li.na", Address: "10.1.2.3", Action: action, Object: "test", Result: "ok", Request: "r-1"}
}

// figure is an observation of a plain cell.
func figure(unit assess.UnitCode, p assess.Period, item assess.Code, value string) assess.Observation {
	return assess.Observation{
		CellKey: assess.CellKey{Unit: unit, Period: p, Item: item},
		State:   assess.Reported, Value: value, EnteredBy: "source:x", AcceptedBy: "source:x", RecordedAt: spring,
	}
}

func commit(t *testing.T, s *Store, observations ...assess.Observation) assess.Head {
	t.Helper()
	h, err := s.Commit(t.Context(), assess.Intake{Observations: observations, Audit: []assess.AuditLine{line("collect.run")}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func current(t *testing.T, s *Store, q assess.CellQuery) []assess.Observation {
	t.Helper()
	all, err := s.Current(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func headOf(t *testing.T, s *Store) assess.Head {
	t.Helper()
	h, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// wantProblem asserts that err is a Problem with a key, of a kind, that says something.
func wantProblem(t *testing.T, err error, kind error, key string) {
	t.Helper()
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key != key || !errors.Is(err, kind) || p.Message == "" {
		t.Errorf("answered %v, want %s of kind %q", err, key, kind)
	}
}

// short writes what is read of observations in one line each.
func short(all []assess.Observation) (lines []string) {
	for _, o := range all {
		lines = append(lines, fmt.Sprintf("%s %s %s%s%s = %s", o.Unit, o.Period, o.Item, o.Part, o.Ref, o.Value))
	}
	return lines
}
