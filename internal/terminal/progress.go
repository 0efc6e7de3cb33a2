package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// quietFor is how long work may take before a bar appears: quick work shows none.
const quietFor = 2 * time.Second

// Progress is a bar on a terminal. The zero of total means the length is unknown: it then counts. Use NewProgress.
type Progress struct {
	mu      sync.Mutex
	out     io.Writer
	columns int
	label   string
	done    int
	total   int
	visible bool
	stop    chan struct{}
	ended   sync.WaitGroup
}

// NewProgress starts a bar on out, which shows itself after two seconds and only when out is a terminal.
func NewProgress(out io.Writer, label string, total int) *Progress {
	p := &Progress{out: out, label: label, total: total, stop: make(chan struct{})}
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return p
	}
	p.columns, _, _ = term.GetSize(int(f.Fd()))
	if p.columns <= 0 {
		p.columns = 80
	}
	p.ended.Add(1)
	go p.show()
	return p
}

func (p *Progress) show() {
	defer p.ended.Done()
	select {
	case <-p.stop:
		return
	case <-time.After(quietFor):
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		p.mu.Lock()
		p.visible = true
		fmt.Fprintf(p.out, "\r%s\x1b[K", p.line())
		p.mu.Unlock()
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
	}
}

// Step says that n more parts are done, and what is being done now.
func (p *Progress) Step(n int, label string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if label != "" {
		p.label = label
	}
}

// Close takes the bar away.
func (p *Progress) Close() {
	close(p.stop)
	p.ended.Wait()
	if p.visible {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// line draws "label [#####.....] 12/40" within the columns of the terminal.
func (p *Progress) line() string {
	if p.total <= 0 {
		return fmt.Sprintf("%s %d", p.label, p.done)
	}
	count := fmt.Sprintf(" %d/%d", p.done, p.total)
	width := min(30, p.columns-len(p.label)-len(count)-4)
	if width < 5 {
		return p.label + count
	}
	full := min(width, width*p.done/p.total)
	return p.label + " [" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]" + count
}
