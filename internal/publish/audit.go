package publish

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// Records is what seals are held against.
type Records interface {
	// AuditLines answers at most limit lines of the audit log from a number on, in their order.
	AuditLines(ctx context.Context, from int64, limit int) ([]assess.AuditLine, error)
	// AuditAbout answers the newest lines about an object, newest first, at most limit.
	AuditAbout(ctx context.Context, object string, limit int) ([]assess.AuditLine, error)
}

// Until answers the log as it stood when it had reached a number.
type Until func(ctx context.Context, seq int64) (results.Log, error)

// Check is what became of verifying one seal; Err is nil where it holds.
type Check struct {
	Seal assess.Seal
	Err  error
}

// Verify verifies every seal in the order of the chain and hands each on: that it is the one the audit log names, that it follows the one
// before, that its scores come out of what it holds, and that the log and the definitions still say the same. It answers how many hold.
func (b *Book) Verify(ctx context.Context, records Records, until Until, load results.Load, tell func(Check)) (good int, err error) {
	all, err := b.Store.Seals(ctx)
	if err != nil {
		return 0, err
	}
	before := ""
	for i, one := range all {
		if err := ctx.Err(); err != nil {
			return good, err
		}
		err := b.verify(ctx, one, i+1, before, records, until, load)
		if tell(Check{one, err}); err == nil {
			good++
		}
		before = one.Digest
	}
	missing, err := b.missing(ctx, all, records)
	for _, c := range missing {
		tell(c)
	}
	return good, err
}

// missing answers the seals that there must be and are not: those that the audit log names, and those of approved publications.
func (b *Book) missing(ctx context.Context, all []assess.Seal, records Records) (gone []Check, err error) {
	known := map[string]bool{}
	for _, one := range all {
		known[name(one.Period, one.Edition)] = true
	}
	lost := func(p assess.Period, edition int, digest, witness string) {
		if known[name(p, edition)] {
			return
		}
		known[name(p, edition)] = true
		gone = append(gone, Check{assess.Seal{Period: p, Edition: edition, Digest: digest}, assess.Conflict("problem.seal_missing",
			fmt.Sprintf("%s says that %s was sealed, and its seal is missing; restore it from a backup, or from the file that was taken out", witness, name(p, edition)),
			"witness", witness, "period", p.String(), "edition", strconv.Itoa(edition))})
	}
	for from := int64(1); ; {
		lines, err := records.AuditLines(ctx, from, auditedLines)
		if err != nil {
			return gone, err
		}
		for _, line := range lines {
			from = line.Seq + 1
			text, edition, _ := strings.Cut(line.Object, "/")
			p, err := assess.ParsePeriod(text)
			if n, fault := strconv.Atoi(edition); line.Action == SealAction && err == nil && fault == nil {
				lost(p, n, line.After, "line "+strconv.FormatInt(line.Seq, 10)+" of the audit log")
			}
		}
		if len(lines) == 0 {
			break
		}
	}
	published, err := b.Store.Publications(ctx)
	for _, one := range published {
		if one.State == assess.PublicationApproved {
			lost(one.Period, one.Edition, "", "the approval by "+one.DecidedBy)
		}
	}
	return gone, err
}

func (b *Book) verify(ctx context.Context, one assess.Seal, number int, before string, records Records, until Until, load results.Load) error {
	open := func() (io.ReadCloser, error) { return b.Store.OpenSeal(ctx, one.Number) }
	s, err := Verify(ctx, open, load)
	if err != nil {
		return err
	}
	if err := s.linked(ctx, one, number, before, records); err != nil {
		return err
	}
	log, err := until(ctx, s.Header.Seq)
	if err != nil {
		return err
	}
	of, err := gather(ctx, results.New(log, load), one.Period)
	if err != nil {
		return fmt.Errorf("compute %s from the log: %w", one.Period, err)
	}
	if _, of.Files, err = log.EditionFiles(ctx, of.Sheet.Edition.Year, of.Sheet.Edition.Number); err != nil {
		return err
	}
	return s.Against(open, of, "in the log")
}

// linked checks that the seal is the one that the list of seals and the audit log name, and that it follows the one before.
func (s *Seal) linked(ctx context.Context, one assess.Seal, number int, before string, records Records) error {
	differs := func(what, is, want string) error {
		return assess.Conflict("problem.seal_chain", fmt.Sprintf("%s of the seal %s is %s and should be %s", what, name(one.Period, one.Edition), is, want),
			"what", what, "is", is, "want", want)
	}
	h := s.Header
	switch {
	case one.Number != number:
		return differs("the place", strconv.Itoa(one.Number), strconv.Itoa(number))
	case h.Period != one.Period || h.Edition != one.Edition:
		return differs("the period", name(h.Period, h.Edition), name(one.Period, one.Edition))
	case s.Digest != one.Digest:
		return differs("the SHA-256", s.Digest, one.Digest)
	case h.Previous != before:
		return differs("the seal before", h.Previous, before)
	}
	about, err := records.AuditAbout(ctx, name(one.Period, one.Edition), auditedLines)
	if err != nil {
		return err
	}
	for _, line := range about {
		if line.Action != SealAction {
			continue
		}
		if line.After != s.Digest {
			return differs("the SHA-256", s.Digest, line.After+" (audit log, line "+strconv.FormatInt(line.Seq, 10)+")")
		}
		return s.marked(ctx, records, differs)
	}
	if cleared, err := s.cleared(ctx, records); cleared || err != nil {
		return err
	}
	return differs("the line in the audit log", "missing", s.Digest)
}

// cleared says whether the audit log begins after the spot that the seal was made at: its lines of that time have left for a file, when
// their time was over. The chain of the seals still holds it, and the audit log is verified by itself.
func (s *Seal) cleared(ctx context.Context, records Records) (bool, error) {
	first, err := records.AuditLines(ctx, 1, 1)
	return len(first) > 0 && first[0].Seq > 1 && s.Header.Audit.Seq < first[0].Seq, err
}

// auditedLines is how many lines the audit log may hold about one publication: it is proposed, sealed, perhaps exported.
const auditedLines = 1000

// marked checks the spot in the audit log that the seal was made at.
func (s *Seal) marked(ctx context.Context, records Records, differs func(what, is, want string) error) error {
	mark := s.Header.Audit
	lines, err := records.AuditLines(ctx, mark.Seq, 1)
	if err != nil || mark.Seq == 0 {
		return err
	}
	if cleared, err := s.cleared(ctx, records); cleared || err != nil {
		return err
	}
	if len(lines) == 0 || lines[0].Seq != mark.Seq {
		return differs("line "+strconv.FormatInt(mark.Seq, 10)+" of the audit log", "missing", mark.Hash)
	}
	if lines[0].Hash != mark.Hash {
		return differs("line "+strconv.FormatInt(mark.Seq, 10)+" of the audit log", lines[0].Hash, mark.Hash)
	}
	return nil
}
