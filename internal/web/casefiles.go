package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
)

// caseUse answers what a file proves of a case.
func caseUse(p assess.Proposal) assess.EvidenceUse {
	if p.Kind == assess.VetoProposed {
		return assess.OfVeto
	}
	return assess.OfPoints
}

// caseFiles answers the files of the cases of a year, by case. Nothing is taken away from a case.
func (s *site) caseFiles(r *http.Request) (map[string][]fileView, error) {
	o, files := s.speaker(r), map[string][]fileView{}
	for _, use := range []assess.EvidenceUse{assess.OfPoints, assess.OfVeto} {
		all, err := s.Evidence.Book.EvidenceList(r.Context(), assess.EvidenceQuery{Use: use})
		if err != nil {
			return nil, fmt.Errorf("evidence of cases: %w", err)
		}
		for _, e := range all {
			files[e.Object] = append(files[e.Object], s.fileView(o, e))
		}
	}
	return files, nil
}

// mayReadCase says whether the person may read a file of a case: the city may, and what it says of a district is the city's until it counts;
// from then on the district sees what it rests on, and may appeal against it.
func (s *site) mayReadCase(r *http.Request, e assess.Evidence) (bool, error) {
	u := visitFrom(r).user
	if !e.RemovedAt.IsZero() || !u.May(account.ReadReports, e.Unit) {
		return false, nil
	}
	if u.May(account.ReadReports, "") {
		return true, nil
	}
	sheet, err := s.City.Points(r.Context(), e.Period.CalendarYear(), s.act(r))
	if err != nil {
		return false, fmt.Errorf("the case of evidence: %w", err)
	}
	return slices.ContainsFunc(sheet.Cases, func(p assess.Proposal) bool { return p.ID == e.Object && p.Unit == e.Unit && p.Counts() }), nil
}

// casesOf answers the cases that count for the score of an indicator, with the files they rest on: what a district sees of them, and may
// appeal against.
func (s *site) casesOf(r *http.Request, unit assess.UnitCode, year int, indicator assess.Code) ([]evidenceCell, error) {
	sheet, err := s.City.Points(r.Context(), year, s.act(r))
	if errors.Is(err, assess.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cases of %s: %w", indicator, err)
	}
	var cases []evidenceCell
	var files map[string][]fileView
	for _, p := range sheet.Cases {
		item := sheet.Item(p.Item)
		if p.Unit != unit || !p.Counts() || item == nil || !slices.Contains(item.Item.UsedBy, indicator) {
			continue
		}
		if files == nil {
			if files, err = s.caseFiles(r); err != nil {
				return nil, err
			}
		}
		cases = append(cases, evidenceCell{Name: p.Title, Files: files[p.ID]})
	}
	return cases, nil
}

// proveCase puts the files of a case in place, with the form that adds to them for those who propose.
func (s *site) proveCase(r *http.Request, sheet *city.PointsSheet, p assess.Proposal, files []fileView) evidenceCell {
	o := s.speaker(r)
	path := "/city/" + strconv.Itoa(sheet.Year) + "/points"
	c := evidenceCell{
		Item: p.ID, Name: p.Title, URL: path + "/" + p.ID + "/evidence", Files: files, Token: formToken(s.formSecret(r)), Back: path + "#case-" + p.ID,
	}
	if mayProveCase(o.v.user, p) {
		c.Add = s.addForm(o, filesAtOnce)
	}
	return c
}

// mayProveCase says whether a person may add files to a case: an assessor, while it is under way or counts.
func mayProveCase(u account.User, p assess.Proposal) bool {
	return u.May(account.ProposePoints, "") && (p.Open() || p.Counts())
}

// addCaseProof takes files for a case.
func (s *site) addCaseProof(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.City.Points(r.Context(), yearOf(r), s.act(r))
	if err != nil {
		return err
	}
	if err := only(r, "privacy", "back"); err != nil {
		return err
	}
	for _, p := range sheet.Cases {
		if p.ID != mux.Vars(r)["proposal"] {
			continue
		}
		if !mayProveCase(visitFrom(r).user, p) {
			return assess.Conflict("problem.evidence_closed", "no more files are taken here: the matter is decided, it has its document, or it is another's")
		}
		about := assess.Evidence{
			Unit: p.Unit, Period: p.Period.LastQuarter(), Use: caseUse(p), Object: p.ID, Privacy: assess.Privacy(r.PostForm.Get("privacy")),
		}
		added, faults, err := s.takeEvidence(r, about, filesAtOnce)
		if err != nil {
			return err
		}
		if added == 0 && len(faults) == 0 {
			faults = s.faults(r, "", errNoFile())
		}
		if len(faults) > 0 {
			drain(r)
			return s.drawPoints(w, r, faultyStatus(faults), sheet, pointsBody{Fault: inOne(faults)})
		}
		http.Redirect(w, r, "/city/"+strconv.Itoa(sheet.Year)+"/points", http.StatusSeeOther)
		return nil
	}
	return assess.NotFound("problem.proposal_unknown", "there is no such proposal; choose one from the list")
}
