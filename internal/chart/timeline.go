package chart

import (
	"fmt"
	"html"
	"unicode/utf8"
)

// Timeline is work over the days of some weeks: one column a day, one row a piece of work.
type Timeline struct {
	Days []TimelineDay
	Rows []TimelineRow
	// Now is the column of today, -1 where it is not among the days; NowText is what stands at it.
	Now     int
	NowText string
}

// TimelineDay is a column.
type TimelineDay struct {
	Text    string // its number
	Week    bool   // a week begins: the days that keep their number where there is no room for all
	Month   string // the month's name where a month begins, and at the first day
	Off     bool
	Holiday string // the holiday's name at its first day, "" elsewhere
	Length  int    // days of that holiday among the columns
}

// TimelineRow is a piece of work from one column to another, both included.
type TimelineRow struct {
	Name, Who, Note string
	From, To        int
	State           TimelineState
}

// TimelineState is how a piece of work is drawn.
type TimelineState uint8

// The states of work: to come is an outline, under way is filled up to today, done is filled.
const (
	ToCome TimelineState = iota
	UnderWay
	Done
)

// Size of a timeline, in pixels.
const (
	timelineName = 200.0
	timelineDays = 860.0 // room for all days
	timelineDay  = 19.0  // the widest and the narrowest day
	narrowestDay = 9.0
	numberedDay  = 16.0 // from this width on every day has its number
	timelineNote = 224.0
	timelineHead = 58.0
	timelineRow  = 34.0
	timelineBar  = 16.0
)

// timelineLetter is the width of a letter of the small type: a Latin one; a Chinese one takes two.
const timelineLetter = 6.25

// Draw draws the timeline. label says in words what it shows; the page has the same in a table.
func (t Timeline) Draw(label string) string {
	width := t.column(len(t.Days)) + timelineNote
	height := timelineHead + timelineRow*float64(len(t.Rows)) + 4
	s := openSVG("timeline", width, height, label)
	s.days(t, height)
	for i, row := range t.Rows {
		s.work(t, row, timelineHead+timelineRow*float64(i))
	}
	if t.Now >= 0 {
		x := t.column(t.Now) + t.day()/2
		fmt.Fprintf(s, `<line x1="%s" y1="34" x2="%s" y2="%s" stroke="%s" stroke-width="2"/>`, digits(x), digits(x), digits(height-2), ink)
		s.text(x, 28, ` font-size="12" font-weight="700" text-anchor="middle" fill="`+ink+`"`, t.NowText)
	}
	return s.close()
}

// day answers the width of a day: many days are narrow, so that the weeks stay together.
func (t Timeline) day() float64 {
	return max(narrowestDay, min(timelineDay, timelineDays/float64(max(len(t.Days), 1))))
}

func (t Timeline) column(i int) float64 { return timelineName + t.day()*float64(i) }

// days draws the head: months, holidays where their names fit, numbers; days off are shaded through all rows.
func (s *svg) days(t Timeline, height float64) {
	for i, d := range t.Days {
		x, width := t.column(i), t.day()
		if d.Off {
			s.rect(x, 34, width, height-36, ` fill="#EEF2F6"`)
		}
		if d.Month != "" {
			s.text(x+2, 12, ` font-size="13" font-weight="700" fill="`+ink+`"`, d.Month)
			fmt.Fprintf(s, `<line x1="%s" y1="2" x2="%s" y2="%s" stroke="%s"/>`, digits(x), digits(x), digits(height-2), rule)
		}
		if room := width * float64(d.Length); d.Holiday != "" && wide(d.Holiday) <= room+timelineLetter {
			s.text(x+room/2, 28, ` font-size="12" text-anchor="middle" fill="`+muted+`"`, d.Holiday)
		}
		color := ink
		if d.Off {
			color = muted
		}
		if width >= numberedDay || d.Week {
			s.text(x+width/2, 49, ` font-size="12" text-anchor="middle" fill="`+color+`"`, d.Text)
		}
	}
}

// wide is about how wide a small text is, in pixels.
func wide(text string) (width float64) {
	for _, r := range text {
		width += timelineLetter
		if utf8.RuneLen(r) > 2 {
			width += timelineLetter
		}
	}
	return width
}

func (s *svg) work(t Timeline, row TimelineRow, y float64) {
	fmt.Fprintf(s, "<g><title>%s</title>", html.EscapeString(row.Name+" "+row.Who+" "+row.Note))
	fmt.Fprintf(s, `<line x1="0" y1="%s" x2="%s" y2="%s" stroke="%s"/>`,
		digits(y), digits(t.column(len(t.Days))+timelineNote), digits(y), rule)
	s.text(0, y+15, ` font-size="13" font-weight="700" fill="`+ink+`"`, row.Name)
	s.text(0, y+29, ` font-size="12" fill="`+muted+`"`, row.Who)
	x, w, top := t.column(row.From)+2, t.day()*float64(row.To-row.From+1)-4, y+(timelineRow-timelineBar)/2
	outline := ` rx="2" fill="` + paper + `" stroke="` + accent + `"`
	switch row.State {
	case Done:
		s.rect(x, top, w, timelineBar, ` rx="2" fill="`+others+`" stroke="`+others+`"`)
	case UnderWay:
		s.rect(x, top, w, timelineBar, outline)
		if gone := t.column(t.Now) + t.day()/2 - x; t.Now >= 0 && gone > 0 {
			s.rect(x, top, min(gone, w), timelineBar, ` rx="2" fill="`+accent+`"`)
		}
	default:
		s.rect(x, top, w, timelineBar, outline+` stroke-dasharray="3 2"`)
	}
	s.text(t.column(len(t.Days))+12, y+22, ` font-size="13" fill="`+ink+`"`, row.Note)
	s.WriteString("</g>")
}
