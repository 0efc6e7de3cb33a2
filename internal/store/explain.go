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
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !isUnanswered(err):
		return fmt.Errorf("%s: %w", doing, err)
	}
	if problem = asProblem(s.engine.problem(err)); problem == nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	s.trouble.note(problem)
	return problem
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
	return isCode(err, sqlite3.ErrFull) || hasErrno(err, syscall.ENOSPC) || hasErrno(err, syscall.EDQUOT)
}

// hasErrno says whether the system gave this reason, to the program itself or to the engine.
func hasErrno(err error, reason syscall.Errno) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.SystemErrno == reason || errors.Is(err, reason)
}

// The keys of what the disk below a store can meet.
const (
	keyFull     = "problem.disk_full"
	keyReadOnly = "problem.data_folder_read_only"
	keyDisk     = "problem.disk_faulty"
	keyBusy     = "problem.database_busy"
	keyFiles    = "problem.too_many_files"
	keyDamaged  = "problem.database_damaged"
	keyReserve  = "problem.disk_reserve"
)

func diskFull(dir string, cause error) error {
	return assess.Unavailable(keyFull,
		fmt.Sprintf("the disk that holds %s is full: nothing was changed, everything saved before is safe; make room on it and try again", dir),
		"folder", dir).Because(cause)
}

func damaged(dir string, cause error) error {
	return assess.Unavailable(keyDamaged,
		fmt.Sprintf("the database in %s is damaged (%s); keep the folder as it is and restore the last backup into a new one", dir, cause),
		"folder", dir, "cause", cause.Error()).Because(cause)
}

func readOnly(dir string, cause error) error {
	return assess.Unavailable(keyReadOnly,
		fmt.Sprintf("the data folder %s lies on a disk that can only be read; mount it for writing", dir), "folder", dir).Because(cause)
}

func tooManyFiles(cause error) error {
	return assess.Unavailable(keyFiles,
		"the program may open no more files; nothing was changed: try again, and let it open more (LimitNOFILE= in its unit, or ulimit -n)").Because(cause)
}

func busy(dir string, cause error) error {
	return assess.Unavailable(keyBusy,
		fmt.Sprintf("another program holds the database in %s; nothing was changed: end that program (a copying backup, a sqlite3 shell) and try again", dir),
		"folder", dir).Because(cause)
}

func diskFaulty(dir string, cause error) error {
	return assess.Unavailable(keyDisk,
		fmt.Sprintf("the disk that holds %s reports a fault (%s); nothing was changed: look at the log of the system and at the disk, and keep a backup elsewhere", dir, cause),
		"folder", dir, "cause", cause.Error()).Because(cause)
}

func reserveUsed(dir string) *assess.Problem {
	return assess.Unavailable(keyReserve,
		fmt.Sprintf("the disk that holds %s was full, and the room that was kept for that is being used up; make room on it soon", dir), "folder", dir)
}
