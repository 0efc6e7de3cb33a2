package workbook_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/columnar"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

const (
	benchRows  = 1_000_000 // figures of `make bench-export`
	benchPairs = 5         // how often each writer and its bare one write them, by turns
)

// writings are what `make bench-export` compares: how a million figures are written, and how nothing but the library writes the same cells; nil where
// there is nothing to compare with.
func writings() []writing {
	return []writing{
		{"xlsx", func(c *exportCase) error { return workbook.WriteBook(io.Discard, c.book) }, bareWorkbook},
		{"csv", func(c *exportCase) error { return c.book.CSV(io.Discard) }, bareCSV},
		{"tidy-csv", tidyCSV, bareTidyCSV},
		{"parquet", func(c *exportCase) error { return columnar.Write(io.Discard, c.book, nil) }, nil},
	}
}

type writing struct {
	name       string
	ours, bare func(*exportCase) error
}

// exportCase is what is written, and how long writing it has taken.
type exportCase struct {
	book  *export.Book
	log   madeLog
	spent time.Duration
}

// ready lets the clock run only while some rows that are ready are written: a bare writer makes none.
func (c *exportCase) ready(write func() error) error {
	start := time.Now()
	err := write()
	c.spent += time.Since(start)
	return err
}

// BenchmarkExport writes a million figures in each format, by turns with the bare writer of the same cells, each in a process of its own whose
// greatest memory is known. The ratio is the median of those of the pairs.
func BenchmarkExport(b *testing.B) {
	for i, w := range writings() {
		b.Run(w.name, func(b *testing.B) {
			var ratios, seconds, bare, peaks []float64
			for range b.N * benchPairs {
				ours, most := oneExport(b, i, "ours")
				seconds, peaks = append(seconds, ours), append(peaks, most)
				if w.bare != nil {
					other, _ := oneExport(b, i, "bare")
					ratios, bare = append(ratios, ours/other), append(bare, other)
				}
			}
			for _, list := range [][]float64{ratios, seconds, bare} {
				slices.Sort(list)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(seconds[len(seconds)/2], "s")
			b.ReportMetric(slices.Max(peaks), "MB-peak")
			if w.bare == nil {
				return
			}
			b.ReportMetric(ratios[0], "x-least")
			b.ReportMetric(ratios[len(ratios)/2], "x-median")
			b.ReportMetric(ratios[len(ratios)-1], "x-most")
			b.ReportMetric(bare[len(bare)/2], "s-bare")
		})
	}
}

// oneExport lets a process of its own write once and answers its seconds and its greatest memory in MB (10⁶ bytes).
func oneExport(b *testing.B, i int, who string) (seconds, most float64) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestOneExport$", "-test.v")
	cmd.Env = append(os.Environ(), fmt.Sprintf("UNIONBOARD_TEST_EXPORT=%d %s", i, who))
	out, err := cmd.CombinedOutput()
	if _, figures, ok := strings.Cut(string(out), "took "); ok && err == nil {
		_, err = fmt.Sscanf(figures, "%f s, %f MB", &seconds, &most)
	}
	if err != nil || seconds == 0 {
		b.Fatalf("%v\n%s", err, out)
	}
	return seconds, most
}

// TestOneExport is what BenchmarkExport runs in a process of its own.
func TestOneExport(t *testing.T) {
	var i int
	var who string
	if _, err := fmt.Sscan(os.Getenv("UNIONBOARD_TEST_EXPORT"), &i, &who); err != nil {
		t.Skip("BenchmarkExport asks for it")
	}
	c := &exportCase{}
	c.book, c.log = madeBook(t, benchRows)
	start := time.Now()
	write := map[string]func(*exportCase) error{"ours": writings()[i].ours, "bare": writings()[i].bare}[who]
	if err := write(c); err != nil {
		t.Fatal(err)
	}
	if c.spent == 0 {
		c.spent = time.Since(start)
	}
	fmt.Printf("took %.4f s, %.1f MB\n", c.spent.Seconds(), greatestMemory(t))
}

// greatestMemory answers the most memory this process has had, in MB, where the system says so.
func greatestMemory(t *testing.T) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, most, _ := strings.Cut(string(status), "VmHWM:")
	kB, err := strconv.ParseFloat(strings.Fields(most)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kB * 1024 / 1e6
}

// batch are the rows that are made ready at a time for a bare writer.
const batch = 10_000

// bareWorkbook writes the cells of a book with nothing but excelize's stream.
func bareWorkbook(c *exportCase) error {
	f := excelize.NewFile()
	defer f.Close()
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	line, t := 0, c.book.Tables[0]
	var rows [][]any
	write := func() error {
		for _, cells := range rows {
			line++
			if err := stream.SetRow(sheet.CellName(line, 1), cells); err != nil {
				return err
			}
		}
		rows = rows[:0]
		return nil
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		cells := make([]any, len(t.Columns))
		for i, c := range row.Cells {
			if cells[i] = t.Say(c); c.Is == export.Figure {
				cells[i], _ = strconv.ParseFloat(c.Text, 64)
			}
		}
		if rows = append(rows, cells); len(rows) == batch {
			if err := c.ready(write); err != nil {
				return err
			}
		}
	}
	return c.ready(func() error { return errors.Join(write(), stream.Flush(), f.Write(io.Discard)) })
}

// bareRows writes rows with nothing but encoding/csv.
type bareRows struct {
	*exportCase
	out  *csv.Writer
	rows [][]string
}

func (b *bareRows) add(cells []string) error {
	if b.rows = append(b.rows, cells); len(b.rows) < batch {
		return nil
	}
	return b.write()
}

func (b *bareRows) write() error {
	return b.ready(func() error {
		for _, cells := range b.rows {
			if err := b.out.Write(cells); err != nil {
				return err
			}
		}
		b.rows = b.rows[:0]
		b.out.Flush()
		return b.out.Error()
	})
}

// bareCSV writes the rows of a book.
func bareCSV(c *exportCase) error {
	b := &bareRows{exportCase: c, out: csv.NewWriter(io.Discard)}
	t := c.book.Tables[0]
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		cells := make([]string, len(t.Columns))
		for i, c := range row.Cells {
			cells[i] = t.Say(c)
		}
		if err := b.add(cells); err != nil {
			return err
		}
	}
	return b.write()
}

// tidyCSV writes the figures as `export --table observations --format csv` does.
func tidyCSV(c *exportCase) error {
	out, err := export.NewObservations(io.Discard, false)
	if err != nil {
		return err
	}
	if err := c.log.Each(context.Background(), assess.CellQuery{}, out.Write); err != nil {
		return err
	}
	return out.Close()
}

// bareTidyCSV writes the same rows.
func bareTidyCSV(c *exportCase) error {
	b := &bareRows{exportCase: c, out: csv.NewWriter(io.Discard)}
	err := c.log.Each(context.Background(), assess.CellQuery{}, func(o assess.Observation) error {
		return b.add([]string{string(o.Unit), o.Period.String(), string(o.Item), o.Value, string(o.State), o.Note, o.Part, o.Ref})
	})
	if err != nil {
		return err
	}
	return b.write()
}
