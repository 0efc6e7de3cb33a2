package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// matterUse answers what a file proves in a matter of a kind.
func matterUse(kind assess.MatterKind) assess.EvidenceUse {
	return map[assess.MatterKind]assess.EvidenceUse{assess.Correction: assess.OfCorrection, assess.Appeal: assess.OfAppeal, assess.Task: assess.OfTask}[kind]
}

// matterEvidence answers the files of a correction, an appeal or a task, with the form that adds to them. Nothing is taken away from
// a matter: it is a file of its own.
func (s *site) matterEvidence(r *http.Request, m *assess.Matter) (evidenceCell, error) {
	o := s.speaker(r)
	c := evidenceCell{
		Item: "matter", Name: o.say("web.matter." + string(m.Kind) + ".title"), URL: matterPath(m.Kind) + "/" + m.ID + "/evidence",
		Heading: o.say("evidence.heading"), Token: formToken(s.formSecret(r)), Back: matterPath(m.Kind) + "/" + m.ID,
	}
	all, err := s.Evidence.Book.EvidenceList(r.Context(), assess.EvidenceQuery{Use: matterUse(m.Kind), Object: m.ID})
	if err != nil {
		return c, fmt.Errorf("evidence of %s %s: %w", m.Kind, m.ID, err)
	}
	for _, e := range all {
		c.Files = append(c.Files, s.fileView(o, e))
	}
	if most := provable(visitFrom(r).user, m, len(all)); most > 0 {
		c.Asked, c.Add = o.say("evidence.of."+string(m.Kind)), s.addForm(o, most)
	}
	return c, nil
}

// appealFiles is how many new documents an appeal takes (workflow, 3.3).
const appealFiles = 1

// provable answers how many files a person may add to a matter now.
func provable(u account.User, m *assess.Matter, held int) int {
	action := map[assess.MatterKind]account.Action{
		assess.Correction: account.RequestCorrection, assess.Appeal: account.FileAppeal, assess.Task: account.DoTask,
	}[m.Kind]
	switch {
	case final(m) || !u.May(action, m.Unit, m.Department):
		return 0
	case m.Kind == assess.Appeal:
		return max(appealFiles-held, 0)
	}
	return filesAtOnce
}

// addMatterProof takes files for a matter.
func (s *site) addMatterProof(kind assess.MatterKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := s.matterOf(r, kind)
		if err != nil {
			return err
		}
		if err := only(r, "privacy", "back"); err != nil {
			return err
		}
		cell, err := s.matterEvidence(r, &m)
		if err != nil {
			return err
		}
		most := provable(visitFrom(r).user, &m, len(cell.Files))
		if most == 0 {
			return assess.Conflict("problem.evidence_closed", "no more files are taken here: the matter is decided, it has its document, or it is another's")
		}
		about := assess.Evidence{Unit: m.Unit, Period: m.Period, Use: matterUse(kind), Object: m.ID, Privacy: assess.Privacy(r.PostForm.Get("privacy"))}
		added, faults, err := s.takeEvidence(r, about, most)
		if err != nil {
			return err
		}
		if added == 0 && len(faults) == 0 {
			faults = s.faults(r, "", errNoFile())
		}
		if len(faults) == 0 {
			http.Redirect(w, r, matterPath(kind)+"/"+m.ID, http.StatusSeeOther)
			return nil
		}
		drain(r)
		return s.drawMatter(w, r, faultyStatus(faults), kind, inOne(faults))
	}
}

// inOne writes faults as one sentence.
func inOne(faults []fileFault) string {
	var all []string
	for _, f := range faults {
		text := f.Text
		if f.Name != "" {
			text = f.Name + ": " + text
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}
