package web

import (
	"fmt"
	"net/http"
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
			return s.drawPoints(w, r, http.StatusUnprocessableEntity, sheet, pointsBody{Fault: inOne(faults)})
		}
		http.Redirect(w, r, "/city/"+strconv.Itoa(sheet.Year)+"/points", http.StatusSeeOther)
		return nil
	}
	return assess.NotFound("problem.proposal_unknown", "there is no such proposal; choose one from the list")
}
