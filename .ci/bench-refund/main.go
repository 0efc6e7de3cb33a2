// Command bench-refund makes the files of .ci/bench-refund/run, and judges what the program made of them.
package main

import (
	"bufio"
	"encoding/csv"
	"encoding/gob"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/unionboard/unionboard/internal/refund/trial"
)

func main() {
	var s trial.Setting
	flag.Uint64Var(&s.Seed, "seed", 901, "of the set")
	flag.IntVar(&s.Rows, "rows", 30000, "of the tax bureau's file, about")
	flag.Float64Var(&s.Strength, "strength", 1, "of the corruption")
	flag.StringVar(&s.City, "city", "shenyang", "shenyang or fuzhou")
	dir := flag.String("dir", ".", "where the files are")
	judge := flag.Bool("judge", false, "judge matches.csv instead of making the files")
	flag.Parse()
	do := func() error { return write(*dir, trial.Make(s)) }
	if *judge {
		do = func() error { return mark(*dir) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// truth is what judging needs of a set.
type truth struct {
	Tickets []string
	Truth   []trial.Truth
}

func write(dir string, s *trial.Set) error {
	t := truth{Truth: s.Truth}
	for _, row := range s.Tax {
		t.Tickets = append(t.Tickets, row[14])
	}
	for name, put := range map[string]func(io.Writer) error{
		"tax.csv":    func(w io.Writer) error { return trial.Write(w, trial.TaxHeads, s.Tax) },
		"unions.csv": func(w io.Writer) error { return trial.Write(w, trial.UnionHeads, s.Unions) },
		"truth":      func(w io.Writer) error { return gob.NewEncoder(w).Encode(t) },
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		w := bufio.NewWriterSize(f, 1<<20)
		if err := put(w); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func mark(dir string) error {
	f, err := os.Open(filepath.Join(dir, "truth"))
	if err != nil {
		return err
	}
	var t truth
	if err := gob.NewDecoder(bufio.NewReader(f)).Decode(&t); err != nil {
		return err
	}
	m, err := os.Open(filepath.Join(dir, "matches.csv"))
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bufio.NewReader(m)).ReadAll()
	if err != nil {
		return err
	}
	var outcomes []trial.Outcome
	set := &trial.Set{Truth: t.Truth}
	for i, row := range rows[1:] {
		fen, err := strconv.ParseInt(row[8], 10, 64)
		if err != nil {
			return err
		}
		outcomes = append(outcomes, trial.Outcome{Union: row[1], Status: row[2], District: row[5], PayTo: row[6], Fen: fen})
		tax := make([]string, len(trial.TaxHeads))
		tax[14] = t.Tickets[i]
		set.Tax = append(set.Tax, tax)
	}
	fmt.Println(trial.Judge(set, outcomes))
	return nil
}
