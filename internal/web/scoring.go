package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/publish"
)

// Publishing is where results are proposed to be published, and published.
type Publishing interface {
	// Publications answers what was proposed of some periods, of all for none, oldest first.
	Publications(ctx context.Context, periods ...assess.Period) ([]assess.Publication, error)
	// Seals answers all seals in the order of the chain; OpenSeal the text of one by its number.
	Seals(ctx context.Context) ([]assess.Seal, error)
	OpenSeal(ctx context.Context, number int) (io.ReadCloser, error)
	// Stands says whether what was proposed is still what its period says now.
	Stands(ctx context.Context, proposed assess.Publication) (bool, error)
	// Difference answers what an edition says otherwise than the one before, Pending what a further one would.
	Difference(ctx context.Context, p assess.Period, edition int) (*publish.Difference, error)
	Pending(ctx context.Context, p assess.Period) (*publish.Difference, error)
	// Propose prepares the publication of a period, Approve seals what is proposed, End withdraws or refuses it. Who may not is
	// assess.ErrForbidden, what cannot be now assess.ErrConflict.
	Propose(ctx context.Context, p assess.Period, reason string, u account.User, line assess.AuditLine) (assess.Publication, error)
	Approve(ctx context.Context, p assess.Period, note string, u account.User, line assess.AuditLine) (assess.Seal, error)
	End(ctx context.Context, p assess.Period, to assess.PublicationState, note string, u account.User, line assess.AuditLine) error
}

// scoringBody is the page on which a period is published.
type scoringBody struct {
	Path, Sentence, Fault, Typed string
	Waiting                      *proposedCard
	MayPropose, MayApprove       bool
	MayRefuse, MayWithdraw       bool
	Editions                     []editionRow
	Pending                      *differenceBody // what a further edition would change, for those who may see it
	Ways                         []link
}

// proposedCard is what is proposed and waits.
type proposedCard struct {
	Edition, By, At, Reason, Content string
	// Overtaken: the figures have changed since, so that it cannot be approved any more.
	Overtaken bool
}

// editionRow is an edition that was published.
type editionRow struct {
	Edition, At, ProposedBy, ApprovedBy, Reason, Digest, File string
	Difference                                                *differenceBody
}

// differenceBody is what an edition says otherwise than the one before.
type differenceBody struct {
	Title, Sentence string
	Figures, Scores []differenceRow
	// More is how many further scores differ.
	More int
}

// differenceRow is a figure, or a score with its place.
type differenceRow struct{ Unit, What, Why, Before, After, Change, Note, RankBefore, RankAfter string }

// differencesListed is how many scores of a difference the page lists; files hold all.
const differencesListed = 200

func (s *site) scoringPeriod(r *http.Request) (assess.Period, error) {
	p, err := assess.ParsePeriod(mux.Vars(r)["q"])
	if err != nil {
		return p, err
	}
	open, err := s.mayRead(r, visitFrom(r), p)
	if err == nil && !open {
		err = assess.NotFound("problem.period_empty", fmt.Sprintf("there is nothing of %s to see yet; choose an earlier period", p), "period", p.String())
	}
	return p, err
}

func (s *site) showScoring(w http.ResponseWriter, r *http.Request) error {
	p, err := s.scoringPeriod(r)
	if err != nil {
		return err
	}
	return s.drawScoring(w, r, http.StatusOK, p, "")
}

// propose prepares the publication of a period.
func (s *site) propose(w http.ResponseWriter, r *http.Request) error {
	return s.scoringAct(w, r, func(p assess.Period, note string, u account.User, line assess.AuditLine) error {
		_, err := s.Publishing.Propose(r.Context(), p, note, u, line)
		return err
	})
}

// approve publishes what is proposed.
func (s *site) approve(w http.ResponseWriter, r *http.Request) error {
	return s.scoringAct(w, r, func(p assess.Period, note string, u account.User, line assess.AuditLine) error {
		_, err := s.Publishing.Approve(r.Context(), p, note, u, line)
		return err
	})
}

// endProposal refuses what is proposed, or withdraws it.
func (s *site) endProposal(to assess.PublicationState) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.scoringAct(w, r, func(p assess.Period, note string, u account.User, line assess.AuditLine) error {
			return s.Publishing.End(r.Context(), p, to, note, u, line)
		})
	}
}

// scoringAct carries out one of the page's forms and leads back to it, or says beside what was typed why nothing was done.
func (s *site) scoringAct(w http.ResponseWriter, r *http.Request, do func(assess.Period, string, account.User, assess.AuditLine) error) error {
	if err := only(r, "note"); err != nil {
		return err
	}
	p, err := s.scoringPeriod(r)
	if err != nil {
		return err
	}
	v := visitFrom(r)
	err = do(p, r.PostForm.Get("note"), v.user, s.line(r, v.user, "", ""))
	if problem, status, ok := refusal(err); ok {
		return s.drawScoring(w, r, status, p, v.problem(problem))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, scoringPath(p), http.StatusSeeOther)
	return nil
}

func scoringPath(p assess.Period) string { return "/scoring/" + p.String() }

// sendSeal sends a seal as a file.
func (s *site) sendSeal(w http.ResponseWriter, r *http.Request) error {
	p, err := s.scoringPeriod(r)
	if err != nil {
		return err
	}
	seals, err := s.Publishing.Seals(r.Context())
	if err != nil {
		return err
	}
	for _, one := range seals {
		if one.Period != p || strconv.Itoa(one.Edition) != mux.Vars(r)["edition"] {
			continue
		}
		in, err := s.Publishing.OpenSeal(r.Context(), one.Number)
		if err != nil {
			return err
		}
		defer in.Close()
		name := fmt.Sprintf("%s-%d.seal", p, one.Edition)
		if err := s.Audit.Record(r.Context(), s.line(r, visitFrom(r).user, "export", name)); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		_, err = io.Copy(w, in)
		return err
	}
	return assess.NotFound("problem.seal_edition", fmt.Sprintf("there is no edition %s of %s; choose one of the page", mux.Vars(r)["edition"], p),
		"period", p.String(), "edition", mux.Vars(r)["edition"])
}

func (s *site) drawScoring(w http.ResponseWriter, r *http.Request, status int, p assess.Period, fault string) error {
	v := visitFrom(r)
	bar, err := s.plainBar(r, v, p)
	if err != nil {
		return err
	}
	all, err := s.Publishing.Publications(r.Context(), p)
	if err != nil {
		return fmt.Errorf("publications of %s: %w", p, err)
	}
	seals, err := s.Publishing.Seals(r.Context())
	if err != nil {
		return fmt.Errorf("seals: %w", err)
	}
	body := scoringBody{Path: scoringPath(p), Fault: fault, Typed: r.PostForm.Get("note")}
	inside := !v.readsPublished()
	var waiting *assess.Publication
	by := map[string]assess.Publication{}
	for i, one := range all {
		if by[one.ID] = one; one.State == assess.PublicationProposed && inside {
			waiting = &all[i]
			stands, err := s.Publishing.Stands(r.Context(), one)
			if err != nil {
				return fmt.Errorf("what is proposed of %s: %w", p, err)
			}
			body.Waiting = &proposedCard{
				Edition: strconv.Itoa(one.Edition), By: one.ProposedBy, At: s.moment(one.ProposedAt), Reason: one.Reason,
				Content: inFours(one.Content[:min(32, len(one.Content))]), Overtaken: !stands,
			}
		}
	}
	for _, one := range seals {
		if one.Period == p {
			row, err := s.editionRow(r, one, by[one.Publication])
			if err != nil {
				return err
			}
			body.Editions = append([]editionRow{row}, body.Editions...)
		}
	}
	if inside && len(body.Editions) > 0 {
		if body.Pending, err = s.pendingDifference(r, p); err != nil {
			return err
		}
	}
	ready := bar.Cycle.State.Closed() && (p.Kind() != assess.Year || bar.Result.Decided())
	body.MayPropose = waiting == nil && ready && v.user.May(account.Propose, "") && (len(body.Editions) == 0 || body.Pending != nil)
	body.MayRefuse = waiting != nil && v.user.May(account.Publish, "") && waiting.ProposedBy != v.user.Name
	body.MayApprove = body.MayRefuse && !body.Waiting.Overtaken
	body.MayWithdraw = waiting != nil && v.user.May(account.Propose, "")
	body.Sentence = s.scoringSentence(v, bar.Cycle, waiting, &body)
	if v.user.May(account.ReadUnpublished, "") {
		body.Ways = []link{{URL: "/status/" + p.LastQuarter().String(), Text: v.words.T("web.work.status")}, {URL: "/notice?q=" + p.String(), Text: v.words.T("web.scoring.notice")}}
	}
	return s.render(w, r, status, "scoring", page{Title: v.words.T("web.scoring.title", "period", v.words.Period(p.String())), Bar: bar, Body: body})
}

// scoringSentence says where the publication of a period stands.
func (s *site) scoringSentence(v *visit, c assess.Cycle, waiting *assess.Publication, b *scoringBody) string {
	switch {
	case waiting != nil:
		return v.words.T("web.scoring.sentence.waiting", "edition", strconv.Itoa(waiting.Edition), "by", waiting.ProposedBy, "at", s.moment(waiting.ProposedAt))
	case b.Pending != nil:
		return v.words.T("web.scoring.sentence.pending", "edition", b.Editions[0].Edition, "at", b.Editions[0].At, "what", b.Pending.Sentence)
	case len(b.Editions) > 0:
		return v.words.T("web.scoring.sentence.published", "edition", b.Editions[0].Edition, "at", b.Editions[0].At)
	case b.MayPropose, c.State == assess.CycleScored && c.Period.Kind() != assess.Year:
		return v.words.T("web.scoring.sentence.scored")
	case c.Period.Kind() == assess.Year && c.State.Closed():
		return v.words.T("web.scoring.sentence.year")
	case c.State.Closed():
		return v.words.T("web.scoring.sentence.unsealed")
	}
	return v.words.T("web.scoring.sentence.open", "state", s.cycleText(v, c))
}

func (s *site) editionRow(r *http.Request, one assess.Seal, of assess.Publication) (editionRow, error) {
	v := visitFrom(r)
	row := editionRow{
		Edition: strconv.Itoa(one.Edition), At: s.moment(one.At), ProposedBy: of.ProposedBy, ApprovedBy: of.DecidedBy, Reason: of.Reason, Digest: inFours(one.Digest),
	}
	if v.user.May(account.Export, "") {
		row.File = scoringPath(one.Period) + "/" + row.Edition + ".seal"
	}
	if one.Edition == 1 {
		return row, nil
	}
	d, err := s.Publishing.Difference(r.Context(), one.Period, one.Edition)
	if err != nil {
		return row, fmt.Errorf("edition %d of %s: %w", one.Edition, one.Period, err)
	}
	row.Difference, err = s.differenceOf(r, d)
	return row, err
}

// pendingDifference answers what a further edition would change, nil for nothing.
func (s *site) pendingDifference(r *http.Request, p assess.Period) (*differenceBody, error) {
	d, err := s.Publishing.Pending(r.Context(), p)
	if err != nil {
		return nil, fmt.Errorf("what has changed since %s was published: %w", p, err)
	}
	if d.Empty() {
		return nil, nil
	}
	return s.differenceOf(r, d)
}

// differenceOf words a difference. A figure of another district is not open to a district; that its score differs is.
func (s *site) differenceOf(r *http.Request, d *publish.Difference) (*differenceBody, error) {
	v := visitFrom(r)
	edition, err := s.Board.Edition(r.Context(), d.After.Period.CalendarYear())
	if err != nil {
		return nil, fmt.Errorf("definitions: %w", err)
	}
	b := &differenceBody{Title: v.words.T("web.scoring.difference", "before", strconv.Itoa(d.Before.Edition), "after", strconv.Itoa(d.After.Edition))}
	for _, c := range d.Figures {
		if !v.user.May(account.ReadFigures, c.Key.Unit) {
			continue
		}
		row := differenceRow{Unit: nameOfUnit(v, edition, c.Key.Unit), What: v.called(edition, "node", string(c.Key.Item)), Before: s.figureText(v, c.Before), After: s.figureText(v, c.After)}
		if c.After != nil {
			row.Note = c.After.Note
		}
		b.Figures = append(b.Figures, row)
	}
	scores := 0
	for _, c := range d.Scores {
		if c.Framework == assess.CompositeCode && c.Node != assess.CompositeCode {
			continue // a part of the composite is a framework, which stands there already
		}
		if scores++; len(b.Scores) == differencesListed {
			b.More++
			continue
		}
		b.Scores = append(b.Scores, s.scoreDifference(v, edition, d.After.Period, c))
	}
	b.Sentence = v.words.T("web.scoring.differs", "figures", strconv.Itoa(len(d.Figures)), "scores", strconv.Itoa(scores))
	if d.Definitions {
		b.Sentence += v.words.T("web.scoring.redefined")
	}
	return b, nil
}

func (s *site) figureText(v *visit, o *assess.Observation) string {
	if o == nil {
		return v.words.T("state.not_reported")
	}
	if n, ok := o.Number(); ok {
		return i18n.Decimal(n)
	}
	if o.Value != "" {
		return o.Value
	}
	return v.words.T("state." + string(o.State))
}

func (s *site) scoreDifference(v *visit, e *assess.Edition, p assess.Period, c publish.ScoreChange) differenceRow {
	name := v.called(e, "node", string(c.Node))
	if c.Node == assess.CompositeCode {
		name = v.words.T("common.composite")
	}
	row := differenceRow{
		Unit: nameOfUnit(v, e, c.Unit), What: name, Before: scoreText(v, c.Before), After: scoreText(v, c.After),
		RankBefore: placeText(c.Before), RankAfter: placeText(c.After), Why: "/why/" + string(c.Unit) + "/" + string(c.Node) + "?q=" + p.String(),
	}
	if c.Before != nil && c.After != nil && c.Before.HasScore() && c.After.HasScore() {
		row.Change = i18n.Signed(c.After.Shown-c.Before.Shown, 2)
	}
	return row
}

// nameOfUnit answers the name of a unit, or of the city.
func nameOfUnit(v *visit, e *assess.Edition, unit assess.UnitCode) string {
	if unit == e.Roster.City.Code {
		return e.Roster.City.Name.In(v.lang())
	}
	return v.called(e, "unit", string(unit))
}

// scoreText writes the score of a node as it is published, or why it has none.
func scoreText(v *visit, n *assess.NodeScore) string {
	switch {
	case n == nil:
		return "—"
	case n.HasScore():
		return i18n.Score(n.Shown)
	case n.State == assess.Pending:
		return v.words.T("sentence.range", "from", i18n.Score(n.Low), "to", i18n.Score(n.High))
	case n.State == assess.Scored: // beside the weights: a bonus
		return i18n.Signed(n.Points, 2)
	}
	return v.words.T("state." + string(n.State))
}

// placeText writes the place in the city, "—" for none.
func placeText(n *assess.NodeScore) string {
	if n == nil || n.Rank == 0 {
		return "—"
	}
	return strconv.Itoa(n.Rank)
}

// publicationTodos answers the publications whose next step is the reader's: an analyst proposes what is scored, a leader decides about a
// further edition; that of a first edition is a task of its collection already.
func (s *site) publicationTodos(r *http.Request, v *visit, rounds []notify.Round) ([]todo, error) {
	mayPropose, mayApprove := v.user.May(account.Propose, ""), v.user.May(account.Publish, "")
	if !mayPropose && !mayApprove {
		return nil, nil
	}
	all, err := s.Publishing.Publications(r.Context())
	if err != nil {
		return nil, fmt.Errorf("publications: %w", err)
	}
	var list []todo
	proposed := map[assess.Period]bool{}
	add := func(p assess.Period, key string) {
		list = append(list, todo{URL: scoringPath(p), Period: v.words.Period(p.String()), What: v.words.T("web.todo." + key), Do: v.words.T("web.todo." + key + ".do")})
	}
	for _, one := range all {
		if one.State != assess.PublicationProposed {
			continue
		}
		if proposed[one.Period] = true; mayApprove && one.Edition > 1 {
			add(one.Period, "approve")
		}
	}
	if mayPropose {
		years, err := s.yearsToPropose(r, all)
		if err != nil {
			return nil, err
		}
		for _, p := range years {
			add(p, "propose")
		}
	}
	for _, round := range rounds {
		if mayPropose && round.Cycle.State == assess.CycleScored && !proposed[round.Period] {
			add(round.Period, "propose")
		}
	}
	return list, nil
}

// yearsToPropose answers the years whose result is decided and was never proposed, or was refused and not proposed again.
func (s *site) yearsToPropose(r *http.Request, all []assess.Publication) (years []assess.Period, err error) {
	periods, err := s.Board.Periods(r.Context())
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	for _, p := range periods {
		done := slices.ContainsFunc(all, func(one assess.Publication) bool {
			return one.Period == p && (one.State == assess.PublicationProposed || one.State == assess.PublicationApproved)
		})
		if p.Kind() != assess.Year || done {
			continue
		}
		stages, err := s.Matters.Stages(r.Context(), p)
		if err != nil {
			return nil, err
		}
		if len(stages) > 0 && stages[len(stages)-1].State.Decided() {
			years = append(years, p)
		}
	}
	return years, nil
}
