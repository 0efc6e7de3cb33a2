package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/config"
)

// headsFile is where the program writes every day, and when it ends, where the audit log has come to.
const headsFile = "audit-heads.csv"

func newAuditVerify(io streams) *cobra.Command {
	var dir string
	var heads, files []string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Look whether the audit log was changed",
		Long: "Look whether the audit log was changed: every line is chained to the one before, and the heads that the program wrote down day by day must\n" +
			"stand in it, so that a tail that was cut off and made anew is found, too. The first bad line is named; exit code 1 says that there is one.\n" +
			"--heads compares with a copy of the heads that was kept elsewhere, which is the stronger proof. --file verifies files of lines that left the\n" +
			"log, also against the heads, and that they join each other and the log.",
		Example: "  unionboard audit verify\n" +
			"  unionboard audit verify --heads kept-heads.csv",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error { return a.verifyAudit(cmd.Context(), io, heads, files) })
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringArrayVar(&heads, "heads", nil, "a file of heads to compare with, beside that of the installation; can be given again")
	cmd.Flags().StringArrayVar(&files, "file", nil, "a file of lines that left the log; can be given again")
	return cmd
}

func newAuditHead(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "head",
		Short: "Write down where the audit log ends now",
		Long: "Write down where the audit log ends now – number, time and hash of its last line – in the file of heads, and print it. Whoever keeps the print\n" +
			"or a copy of the file elsewhere can show later that nothing before it was changed.",
		Example: "  unionboard audit head",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error {
				h, err := a.noteHead(cmd.Context(), time.Now())
				if err == nil {
					fmt.Fprintf(io.out, "line %d at %s\n%s\n", h.Seq, h.At.In(a.zone).Format(time.RFC3339), h.Hash)
				}
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

func (a *app) verifyAudit(ctx context.Context, io streams, more, files []string) error {
	known, err := knownHeads(a.auditFolder(), more...)
	if err != nil {
		return err
	}
	begin, start, err := verifyFiles(io, files, known)
	if err != nil {
		return err
	}
	n, err := a.store.VerifyAudit(ctx, known...)
	if err != nil {
		return err
	}
	span, err := a.store.AuditSpan(ctx)
	if err != nil {
		return err
	}
	if len(files) > 0 && start != span.Start && !a.stands(ctx, start) {
		return assess.Conflict("problem.audit_gap",
			fmt.Sprintf("the files end at line %d, and the log begins after line %d of another hash or number; add the files between them", start.Seq, span.Start.Seq),
			"file", fmt.Sprint(start.Seq), "log", fmt.Sprint(span.Start.Seq))
	}
	compared := len(known)
	for _, m := range known {
		if m.Seq < span.Start.Seq && (m.Seq < begin.Seq || m.Seq > start.Seq) {
			compared-- // its line has left the log, and stands in none of the files
		}
	}
	fmt.Fprintf(io.out, "audit log: %d lines hold, %d earlier heads compared\n", n, compared)
	if span.Start.Seq > 0 {
		fmt.Fprintf(io.out, "it begins after line %d, the last that was cleared\n", span.Start.Seq)
	}
	return nil
}

// stands says whether a mark is a line that is still in the log: files may end before where it begins now, or after.
func (a *app) stands(ctx context.Context, m audit.Mark) bool {
	lines, err := a.store.AuditLines(ctx, m.Seq, 1)
	return err == nil && len(lines) == 1 && lines[0].Seq == m.Seq && lines[0].Hash == m.Hash
}

// fileOfLines is a file of lines that left the log: the marks of the line before its first and of its last.
type fileOfLines struct {
	name        string
	first, last audit.Mark
}

// verifyPart verifies one file of lines, also against heads that are known.
func verifyPart(name string, known []audit.Mark) (p fileOfLines, err error) {
	f, err := os.Open(name)
	if err != nil {
		return p, fmt.Errorf("verify: %w", err)
	}
	p.name = name
	p.first, p.last, err = audit.VerifyFile(name, f, known...)
	return p, errors.Join(err, f.Close())
}

// verifyFiles verifies files of lines, also against heads that are known, joins them in their order, and answers the marks of the line before the first of
// them and of the last. A clearing that was broken off leaves a file of lines that left later, in another: they may overlap where they say the same.
func verifyFiles(io streams, files []string, known []audit.Mark) (begin, end audit.Mark, err error) {
	var parts []fileOfLines
	for _, name := range files {
		p, err := verifyPart(name, known)
		if err != nil {
			return begin, end, err
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b fileOfLines) int {
		return cmp.Or(cmp.Compare(a.first.Seq, b.first.Seq), cmp.Compare(a.last.Seq, b.last.Seq))
	})
	for i, p := range parts {
		switch {
		case i == 0:
			begin, end = p.first, p.last
		case p.first.Seq < end.Seq:
			if err := overlap(parts[:i], p); err != nil {
				return begin, end, err
			}
		case p.first != end:
			return begin, end, assess.Conflict("problem.audit_gap",
				fmt.Sprintf("%s begins after line %d, and the file before it ends at line %d of another hash or number; add the files between them", p.name, p.first.Seq, end.Seq),
				"file", fmt.Sprint(p.first.Seq), "log", fmt.Sprint(end.Seq))
		}
		fmt.Fprintf(io.out, "%s: lines %d–%d hold\n", filepath.Base(p.name), p.first.Seq+1, p.last.Seq)
		if p.last.Seq > end.Seq {
			end = p.last
		}
	}
	return begin, end, nil
}

// overlap verifies a file and those before it against each other's ends: a chain that has one hash in common is the same up to there.
func overlap(before []fileOfLines, p fileOfLines) error {
	for _, b := range before {
		if _, err := verifyPart(p.name, []audit.Mark{b.first, b.last}); err != nil {
			return err
		}
		if _, err := verifyPart(b.name, []audit.Mark{p.first, p.last}); err != nil {
			return err
		}
	}
	return nil
}

// auditFolder is where the heads and the lines that left the log lie.
func (a *app) auditFolder() string { return auditFolderOf(a.dir, a.config) }

func auditFolderOf(dir string, c config.Config) string {
	if filepath.IsAbs(c.Audit.Folder) {
		return c.Audit.Folder
	}
	return filepath.Join(dir, c.Audit.Folder)
}

// knownHeads answers the heads that were written down, in the file of a folder and in others.
func knownHeads(folder string, more ...string) (known []audit.Mark, err error) {
	own := filepath.Join(folder, headsFile)
	heads, err := readHeads(own)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // none were written yet
		return nil, err
	}
	others, err := headsOf(more)
	return append(heads, others...), err
}

// headsOf answers the heads of files that people name, of which each must hold some.
func headsOf(files []string) (known []audit.Mark, err error) {
	for _, name := range files {
		heads, err := readHeads(name)
		if err != nil {
			return nil, err
		}
		if len(heads) == 0 {
			return nil, assess.Invalid("problem.audit_no_heads", "no head of the audit log stands in this file, so nothing could be compared with it; name a copy of "+headsFile).
				At(assess.Place{File: name})
		}
		known = append(known, heads...)
	}
	return known, nil
}

func readHeads(name string) (known []audit.Mark, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("heads of the audit log: %w", err)
	}
	heads, err := audit.ReadHeads(name, f)
	for _, h := range heads {
		known = append(known, h.Mark)
	}
	return known, errors.Join(err, f.Close())
}

// noteHead writes down where the audit log ends, in the file of heads and the syslog.
func (a *app) noteHead(ctx context.Context, now time.Time) (h audit.Head, err error) {
	span, err := a.store.AuditSpan(ctx)
	if err != nil || span.Head.Seq == 0 {
		return h, err
	}
	h = audit.Head{At: now, Mark: span.Head}
	if err := audit.AppendHead(filepath.Join(a.auditFolder(), headsFile), h); err != nil {
		return h, err
	}
	return h, a.tellSyslog(h)
}
