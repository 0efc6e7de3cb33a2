package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Keep is how many archives are kept: the newest of each of so many days, weeks and months that have any.
type Keep struct{ Daily, Weekly, Monthly int }

const (
	// oldest is after what time no archive is kept, whatever Keep says: what was erased ends with them (docs/personal-data.md).
	oldest = 365 * 24 * time.Hour
	// olderLife is how long the copy of a database from before an upgrade is kept.
	olderLife = 30 * 24 * time.Hour
	// makingLife is after what time a file that never got its name is taken away.
	makingLife = 24 * time.Hour
)

// doubt is how far ahead of the clock the name of an archive may be.
const doubt = time.Hour

// Ended answers the archives that are not kept, of those there are, newest first. The newest is always kept. Days and weeks are those of a zone. One of
// a time to come is not counted and not ended: either it was made by a wrong clock, or the clock is wrong now.
func Ended(k Keep, times []time.Time, now time.Time, zone *time.Location) (ended []time.Time) {
	times = slices.DeleteFunc(slices.Clone(times), func(at time.Time) bool { return at.After(now.Add(doubt)) })
	kept := map[time.Time]bool{}
	keep := func(n int, of func(time.Time) string) {
		seen := map[string]bool{}
		for _, at := range times { // newest first
			if name := of(at.In(zone)); !seen[name] && len(seen) < n {
				seen[name], kept[at] = true, true
			}
		}
	}
	keep(k.Daily, func(t time.Time) string { return t.Format(time.DateOnly) })
	keep(k.Weekly, func(t time.Time) string { y, w := t.ISOWeek(); return fmt.Sprintf("%d-%d", y, w) })
	keep(k.Monthly, func(t time.Time) string { return t.Format("2006-01") })
	for i, at := range times {
		if i > 0 && (!kept[at] || now.Sub(at) > oldest) {
			ended = append(ended, at)
		}
	}
	return ended
}

// Clear takes away the archives of a folder that are not kept, and what was broken off; it answers the names of the archives. Other files stay.
func Clear(folder string, k Keep, now time.Time, zone *time.Location) (gone []string, err error) {
	all, err := archives(folder)
	if err != nil {
		return nil, err
	}
	times := make([]time.Time, len(all))
	for i, one := range all {
		times[i] = one.at
	}
	ended := map[time.Time]bool{}
	for _, at := range Ended(k, times, now, zone) {
		ended[at] = true
	}
	var errs []error
	for _, one := range all {
		if !ended[one.at] {
			continue
		}
		if err := os.Remove(filepath.Join(folder, one.name)); err != nil {
			errs = append(errs, err)
			continue
		}
		gone = append(gone, one.name)
	}
	errs = append(errs, ClearOthers(folder, now))
	if err := errors.Join(errs...); err != nil {
		return gone, fmt.Errorf("backups: %w", err)
	}
	return gone, nil
}

var olderForm = regexp.MustCompile(`^before-upgrade-\d{5}\.db$`)

// ClearOthers takes away what is ours in a folder of backups beside the archives, when its time is over: copies from before an upgrade, and what was
// broken off.
func ClearOthers(folder string, now time.Time) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, entry := range entries {
		life := time.Duration(0)
		switch name := entry.Name(); {
		case olderForm.MatchString(name):
			life = olderLife
		case filepath.Ext(name) == makingEnd:
			life = makingLife
		}
		if info, err := entry.Info(); life > 0 && err == nil && entry.Type().IsRegular() && now.Sub(info.ModTime()) > life {
			errs = append(errs, os.Remove(filepath.Join(folder, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// String says what is kept, for a line of the log.
func (k Keep) String() string {
	return strconv.Itoa(k.Daily) + " days, " + strconv.Itoa(k.Weekly) + " weeks, " + strconv.Itoa(k.Monthly) + " months"
}
