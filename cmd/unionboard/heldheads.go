package main

import (
	"context"
	"fmt"
	"path"
	"path/filepath"

	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/store"
)

// heldHeads is what came of comparing an audit log with heads that were written down: how many name a line that it has, how many one that was written
// after it was copied; and what speaks against the log, "" for nothing.
type heldHeads struct {
	compared, later int
	against         string
}

// say says what speaks against the log. That keeps nobody from the data, but not from asking why.
func (h heldHeads) say(io streams) error {
	if h.against == "" {
		return nil
	}
	fmt.Fprintf(io.err, "warning         the audit log in the backup is not held: %s; compare with an older backup\n", h.against)
	return errDiffers
}

// holdHeads compares a log, whose chain was verified, with the heads in its archive, which are older than it, and with those that were kept elsewhere.
func holdHeads(ctx context.Context, s *store.Store, folder string, m backup.Manifest, kept []string) (h heldHeads, err error) {
	known, err := headsOf(kept)
	if err != nil {
		return h, err
	}
	elsewhere := len(known)
	for _, one := range m.Members {
		if path.Base(one.Name) != headsFile {
			continue
		}
		own, err := readHeads(filepath.Join(folder, filepath.FromSlash(one.Name)))
		if err != nil {
			h.against = one.Name + " in it cannot be read"
		}
		known = append(known, own...)
	}
	span, err := s.AuditSpan(ctx)
	if err != nil {
		return h, err
	}
	for i, mark := range known {
		if mark.Seq < span.Start.Seq {
			continue // its line has left the log
		}
		if mark.Seq > m.Holds.Audit && i < elsewhere {
			h.later++
			continue
		}
		is, err := hashAt(ctx, s, span, mark.Seq)
		if err != nil {
			return h, err
		}
		if h.compared++; is != mark.Hash && h.against == "" {
			h.against = fmt.Sprintf("a head that was written down names another line %d", mark.Seq)
		}
	}
	return h, nil
}

// hashAt answers the hash of a line of the log or of the last that has left it, "" for none.
func hashAt(ctx context.Context, s *store.Store, span audit.Span, seq int64) (string, error) {
	if seq == span.Start.Seq {
		return span.Start.Hash, nil
	}
	lines, err := s.AuditLines(ctx, seq, 1)
	if err != nil || len(lines) == 0 {
		return "", err
	}
	return lines[0].Hash, nil
}
