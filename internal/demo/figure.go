package demo

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// version is what a figure says from a time on. A version without a state takes the figure back.
type version struct {
	from  time.Time
	state assess.State
	value string
	note  string
}

// figure is a figure as it stands in the system of whoever supplies it, with everything it ever said, oldest first.
type figure struct {
	assess.CellKey
	source   assess.Code
	versions []version
}

// at answers what the figure says at a time; ok is false before it is handed in and after it was taken back.
func (f *figure) at(t time.Time) (v version, ok bool) {
	for _, each := range f.versions {
		if !each.from.After(t) {
			v, ok = each, each.state != ""
		}
	}
	return v, ok
}

// final answers what the figure says in the end.
func (f *figure) final() (version, bool) {
	v := f.versions[len(f.versions)-1]
	return v, v.state != ""
}

// folder is what one source supplies for one period.
type folder struct {
	source assess.Code
	period assess.Period
}

// folders keeps the figures of the city by source and period, each in the order of the catalogue.
type folders struct {
	order   []folder
	figures map[folder][]*figure
}

func (fs *folders) add(f *figure) {
	at := folder{f.source, f.Period}
	if fs.figures == nil {
		fs.figures = map[folder][]*figure{}
	}
	if fs.figures[at] == nil {
		fs.order = append(fs.order, at)
	}
	fs.figures[at] = append(fs.figures[at], f)
}

// find answers the figure of a cell, nil where nobody supplies it.
func (fs *folders) find(key assess.CellKey) *figure {
	for _, at := range fs.order {
		if at.period != key.Period {
			continue
		}
		for _, f := range fs.figures[at] {
			if f.CellKey == key {
				return f
			}
		}
	}
	return nil
}

// times answers when something of a folder changes, oldest first.
func (fs *folders) times(at folder) []time.Time {
	var times []time.Time
	for _, f := range fs.figures[at] {
		for _, v := range f.versions {
			times = append(times, v.from)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return slices.CompactFunc(times, time.Time.Equal)
}

// written answers how a number of the drafts is written for an item: a level, tenths of a survey, a whole number.
func written(item assess.Item, v int64) (assess.State, string) {
	switch {
	case len(item.Levels) > 0:
		return assess.Reported, string(item.Levels[v])
	case item.Type == assess.Rating:
		return assess.Reported, decimal.New(v, -1).String()
	case v == 0 && item.Type != assess.Boolean:
		return assess.ZeroReport, "0"
	}
	return assess.Reported, strconv.FormatInt(v, 10)
}
