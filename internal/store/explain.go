package store

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"github.com/unionboard/unionboard/internal/assess"
)

// explain turns an error of the engine into what a person should read; others get what was being done put before them.
func (s *Store) explain(doing string, err error) error {
	var problem *assess.Problem
	switch {
	case err == nil, errors.As(err, &problem):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", doing, err)
	case isFull(err):
		return diskFull(s.dir, err)
	case errors.Is(err, errDamaged), isCode(err, sqlite3.ErrCorrupt, sqlite3.ErrNotADB):
		return damaged(s.dir, err)
	case isCode(err, sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm):
		return folderProblem(s.dir, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func isCode(err error, codes ...sqlite3.ErrNo) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.Code == c {
			return true
		}
	}
	return false
}

// isFull says whether the disk, or the share of it the program may use, is full.
func isFull(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrFull || e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func diskFull(dir string, cause error) error {
	return assess.Unavailable("problem.disk_full",
		fmt.Sprintf("the disk that holds %s is full: nothing was changed, everything saved before is safe; make room on it and try again", dir),
		"folder", dir).Because(cause)
}

func damaged(dir string, cause error) error {
	return assess.Unavailable("problem.database_damaged",
		fmt.Sprintf("the database in %s is damaged (%s); keep the folder as it is and restore the last backup into a new one", dir, cause),
		"folder", dir, "cause", cause.Error()).Because(cause)
}
