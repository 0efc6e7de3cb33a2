package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
)

// Store keeps publications and seals.
type Store interface {
	ProposePublication(ctx context.Context, p assess.Publication, line assess.AuditLine) error
	DecidePublication(ctx context.Context, p assess.Publication, line assess.AuditLine) error
	// Publish keeps a seal with what was approved, all or nothing; ErrConflict where another seal was made since the mark.
	Publish(ctx context.Context, p assess.Publication, c *assess.Cycle, made assess.Seal, mark assess.SealMark, seal io.Reader, lines ...assess.AuditLine) error
	// Publications answers what was proposed of some periods, of all for none, oldest first.
	Publications(ctx context.Context, periods ...assess.Period) ([]assess.Publication, error)
	Seals(ctx context.Context) ([]assess.Seal, error)
	SealMark(ctx context.Context) (assess.SealMark, error)
	OpenSeal(ctx context.Context, number int) (io.ReadCloser, error)
	EditionFiles(ctx context.Context, year, number int) (assess.Edition, map[string][]byte, error)
}

// Board answers the sheets that are published, and what they were made of.
type Board interface {
	Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error)
	Basis(ctx context.Context, s *results.Sheet) (results.Basis, error)
}

// gather answers what a period is on a board, without the files of its edition.
func gather(ctx context.Context, b Board, p assess.Period) (of Of, err error) {
	if of.Sheet, err = b.Sheet(ctx, p); err != nil {
		return of, err
	}
	of.Basis, err = b.Basis(ctx, of.Sheet)
	return of, err
}

// Book is where results are proposed to be published, and published. It asks the policy function of package account about every step.
type Book struct {
	Store Store
	Board Board
}

// Propose prepares the publication of a period as it stands now: a first edition, or a further one where something that was published has
// been corrected. One that would say what is published already is ErrConflict.
func (b *Book) Propose(ctx context.Context, p assess.Period, reason string, u account.User, line assess.AuditLine) (assess.Publication, error) {
	var none assess.Publication
	if !u.May(account.Propose, "") {
		return none, notYours()
	}
	sheet, content, err := b.present(ctx, p)
	if err != nil {
		return none, err
	}
	last, err := b.Last(ctx, p)
	if err != nil {
		return none, err
	}
	if last != nil {
		before, err := b.Open(ctx, *last)
		if err != nil {
			return none, err
		}
		if before.Header.Content == content.Digest {
			return none, assess.Conflict("problem.publication_same",
				fmt.Sprintf("edition %d of %s says exactly this already; there is nothing new to publish", last.Edition, p), "period", p.String(), "edition", strconv.Itoa(last.Edition))
		}
	}
	made := assess.Publication{
		ID: uuid.NewString(), Period: p, Edition: next(last), State: assess.PublicationProposed, Content: content.Digest, Seq: sheet.Head.Seq,
		Reason: reason, ProposedBy: line.Actor, ProposedAt: line.At,
	}
	line.Action, line.Object, line.After = "publication.propose", name(p, made.Edition), content.Digest
	if err := b.Store.ProposePublication(ctx, made, line); err != nil {
		return none, fmt.Errorf("propose: %w", err)
	}
	return made, nil
}

// present answers what would be published of a period now, and its sheet.
func (b *Book) present(ctx context.Context, p assess.Period) (*results.Sheet, *Content, error) {
	sheet, err := b.publishable(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	content, err := b.describe(ctx, sheet)
	return sheet, content, err
}

// publishable answers the sheet of a period whose results may be published: of a quarter that is scored, of a year that is decided.
func (b *Book) publishable(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	sheet, err := b.Board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	if !sheet.Cycle.State.Closed() {
		return nil, assess.Conflict("problem.publication_open",
			fmt.Sprintf("figures of %s are still being collected; it is published when it is scored", p), "period", p.String())
	}
	if p.Kind() == assess.Year && !sheet.Result.Decided() {
		return nil, assess.Conflict("problem.publication_undecided",
			fmt.Sprintf("the result of %s is not decided yet; it is published after its public notice and its appeals", p), "period", p.String())
	}
	return sheet, nil
}

// Stands says whether what was proposed is still what its period says now, so that it can be approved.
func (b *Book) Stands(ctx context.Context, proposed assess.Publication) (bool, error) {
	_, content, err := b.present(ctx, proposed.Period)
	if errors.Is(err, assess.ErrConflict) { // the collection is open again
		return false, nil
	}
	return err == nil && content.Digest == proposed.Content, err
}

func (b *Book) describe(ctx context.Context, sheet *results.Sheet) (*Content, error) {
	of := Of{Sheet: sheet}
	var err error
	if of.Basis, err = b.Board.Basis(ctx, sheet); err != nil {
		return nil, err
	}
	if _, of.Files, err = b.Store.EditionFiles(ctx, sheet.Edition.Year, sheet.Edition.Number); err != nil {
		return nil, err
	}
	content, err := Describe(of)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", sheet.Period, err)
	}
	return content, nil
}

func next(last *assess.Seal) int {
	if last == nil {
		return 1
	}
	return last.Edition + 1
}

// name is how the audit log names a publication: 2026Q1/1.
func name(p assess.Period, edition int) string { return fmt.Sprintf("%s/%d", p, edition) }

// Publications answers what was proposed to be published of some periods, of all for none, oldest first.
func (b *Book) Publications(ctx context.Context, periods ...assess.Period) ([]assess.Publication, error) {
	return b.Store.Publications(ctx, periods...)
}

// Seals answers all seals in the order of the chain.
func (b *Book) Seals(ctx context.Context) ([]assess.Seal, error) { return b.Store.Seals(ctx) }

// OpenSeal answers the text of a seal by its number in the chain.
func (b *Book) OpenSeal(ctx context.Context, number int) (io.ReadCloser, error) {
	return b.Store.OpenSeal(ctx, number)
}

// Waiting answers the publication of a period that is proposed, nil where none is.
func (b *Book) Waiting(ctx context.Context, p assess.Period) (*assess.Publication, error) {
	all, err := b.Store.Publications(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.State == assess.PublicationProposed {
			return &one, nil
		}
	}
	return nil, nil
}

// waiting answers the publication that is proposed; where none is it is ErrConflict.
func (b *Book) waiting(ctx context.Context, p assess.Period) (*assess.Publication, error) {
	one, err := b.Waiting(ctx, p)
	if err == nil && one == nil {
		err = assess.Conflict("problem.publication_none", fmt.Sprintf("no publication of %s is proposed; propose it first", p), "period", p.String())
	}
	return one, err
}

// End refuses a proposal, or withdraws it: who may approve it refuses, who may propose it withdraws.
func (b *Book) End(ctx context.Context, p assess.Period, to assess.PublicationState, note string, u account.User, line assess.AuditLine) error {
	need := map[assess.PublicationState]account.Action{assess.PublicationRefused: account.Publish, assess.PublicationWithdrawn: account.Propose}[to]
	if need == "" || !u.May(need, "") {
		return notYours()
	}
	one, err := b.waiting(ctx, p)
	if err != nil {
		return err
	}
	one.State, one.Note, one.DecidedBy, one.DecidedAt = to, note, line.Actor, line.At
	line.Action, line.Object, line.Before, line.After = "publication."+string(to), name(p, one.Edition), string(assess.PublicationProposed), note
	if err := b.Store.DecidePublication(ctx, *one, line); err != nil {
		return fmt.Errorf("decide a publication: %w", err)
	}
	return nil
}

// Approve publishes what is proposed: it is sealed, and the collection of a quarter is published with it. Who proposed it does not approve
// it, and what has changed since is not what was proposed; both are Problems.
func (b *Book) Approve(ctx context.Context, p assess.Period, note string, u account.User, line assess.AuditLine) (assess.Seal, error) {
	var none assess.Seal
	if !u.May(account.Publish, "") {
		return none, notYours()
	}
	one, err := b.waiting(ctx, p)
	if err != nil {
		return none, err
	}
	if one.ProposedBy == line.Actor {
		return none, assess.Forbidden("problem.publication_alone", "publishing takes two persons; somebody else approves what you have proposed")
	}
	sheet, content, err := b.present(ctx, p)
	if err != nil {
		return none, err
	}
	if content.Digest != one.Content {
		return none, assess.Conflict("problem.publication_changed",
			fmt.Sprintf("figures of %s have changed since this was proposed; it is withdrawn and proposed again", p), "period", p.String())
	}
	mark, err := b.Store.SealMark(ctx)
	if err != nil {
		return none, err
	}
	one.State, one.Note, one.DecidedBy, one.DecidedAt = assess.PublicationApproved, note, line.Actor, line.At
	header := Header{
		Period: p, Edition: one.Edition, Engine: score.Engine, Seq: one.Seq,
		Definitions: Definitions{Year: sheet.Edition.Year, Number: sheet.Edition.Number, Digest: sheet.Edition.Digest},
		Proposed:    Act{By: one.ProposedBy, At: one.ProposedAt, Reason: one.Reason}, Approved: Act{By: line.Actor, At: line.At, Reason: note},
		Previous: mark.Previous, Audit: Mark{Seq: mark.Audit, Hash: mark.AuditHash},
	}
	var text bytes.Buffer
	digest, err := content.Write(&text, header)
	if err != nil {
		return none, fmt.Errorf("seal %s: %w", p, err)
	}
	made := assess.Seal{Number: mark.Number + 1, Period: p, Edition: one.Edition, Digest: digest, Seq: one.Seq, At: line.At, Publication: one.ID}
	if err := b.Store.Publish(ctx, *one, published(sheet, line), made, mark, &text, approved(sheet, made, line)...); err != nil {
		return none, fmt.Errorf("publish: %w", err)
	}
	return made, nil
}

// published answers the collection of a quarter as its first publication leaves it; nil where nothing of it changes.
func published(sheet *results.Sheet, line assess.AuditLine) *assess.Cycle {
	if sheet.Period.Kind() != assess.Quarter || sheet.Cycle.State != assess.CycleScored {
		return nil
	}
	c := sheet.Cycle
	c.State, c.PublishedAt = assess.CyclePublished, line.At
	return &c
}

// approved are the lines that a publication leaves in the audit log: the seal, and the step of the collection.
func approved(sheet *results.Sheet, made assess.Seal, line assess.AuditLine) []assess.AuditLine {
	seal := line
	seal.Action, seal.Object, seal.After = SealAction, name(made.Period, made.Edition), made.Digest
	lines := []assess.AuditLine{seal}
	if c := published(sheet, line); c != nil {
		line.Action, line.Object, line.Before, line.After = "cycle."+string(c.State), made.Period.String(), string(sheet.Cycle.State), string(c.State)
		lines = append(lines, line)
	}
	return lines
}

// SealAction is what the audit log calls the making of a seal; the line's After is the digest of the seal.
const SealAction = "publication.seal"

// Last answers the newest seal of a period, nil where it was never published.
func (b *Book) Last(ctx context.Context, p assess.Period) (*assess.Seal, error) {
	all, err := b.Store.Seals(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range slices.Backward(all) {
		if one.Period == p {
			return &one, nil
		}
	}
	return nil, nil
}

// Open reads a seal that is kept.
func (b *Book) Open(ctx context.Context, of assess.Seal) (*Seal, error) {
	s, err := reading(func() (io.ReadCloser, error) { return b.Store.OpenSeal(ctx, of.Number) }, Read)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", name(of.Period, of.Edition), err)
	}
	return s, nil
}

// Difference answers what an edition of a period says otherwise than the one before.
func (b *Book) Difference(ctx context.Context, p assess.Period, edition int) (*Difference, error) {
	all, err := b.Store.Seals(ctx)
	if err != nil {
		return nil, err
	}
	var pair []*Seal
	for _, one := range all {
		if one.Period == p && (one.Edition == edition || one.Edition == edition-1) {
			s, err := b.Open(ctx, one)
			if err != nil {
				return nil, err
			}
			pair = append(pair, s)
		}
	}
	if len(pair) != 2 {
		return nil, assess.NotFound("problem.edition_difference", fmt.Sprintf("there is no edition %d of %s that took the place of another", edition, p),
			"edition", strconv.Itoa(edition), "period", p.String())
	}
	return Compare(pair[0], pair[1]), nil
}

// Pending answers what a period says now otherwise than its newest seal: what a further edition would change. A period without a seal is
// ErrNotFound.
func (b *Book) Pending(ctx context.Context, p assess.Period) (*Difference, error) {
	last, err := b.Last(ctx, p)
	if err != nil {
		return nil, err
	}
	if last == nil {
		return nil, noSeal(p)
	}
	before, err := b.Open(ctx, *last)
	if err != nil {
		return nil, err
	}
	of, err := gather(ctx, b.Board, p)
	if err != nil {
		return nil, err
	}
	e := of.Sheet.Edition
	now := &Seal{
		Header: Header{Period: p, Edition: last.Edition + 1, Definitions: Definitions{Year: e.Year, Number: e.Number, Digest: e.Digest}},
		Basis:  of.Basis, Scores: scoresOf(of.Sheet),
	}
	return Compare(before, now), nil
}

func scoresOf(sheet *results.Sheet) []*assess.Scores {
	all := slices.Clone(sheet.Frameworks)
	if sheet.Composite != nil {
		all = append(all, sheet.Composite)
	}
	for i, of := range all { // a seal has the city as the last of its cards
		if of.City != nil {
			one := *of
			one.Cards = append(slices.Clone(of.Cards), *of.City)
			all[i] = &one
		}
	}
	return all
}

func noSeal(p assess.Period) *assess.Problem {
	return assess.NotFound("problem.seal_none", fmt.Sprintf("%s is not published, so that there is no seal of it; choose a published period", p), "period", p.String())
}

func notYours() *assess.Problem {
	return assess.Forbidden("problem.publication_role", "an analyst proposes what is published, and a leader of the city approves it")
}
