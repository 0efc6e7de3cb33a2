package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// askQuestions prints what the figures of a period give cause to ask the districts.
func askQuestions(ctx context.Context, io streams, dir string, p assess.Period) error {
	return withApp(ctx, dir, func(a *app) error {
		q, err := a.board.Questions(ctx, p)
		if err != nil {
			return err
		}
		fmt.Fprintln(io.out, "level\tcheck\tunit\titems\tquestion")
		for _, f := range q.Findings {
			items := make([]string, len(f.Items))
			for i, code := range f.Items {
				items[i] = string(code)
			}
			question := f.Message
			if rule := f.Rule.In("en"); rule != "" {
				question = rule + ": " + question
			}
			fmt.Fprintf(io.out, "%s\t%s\t%s\t%s\t%s\n", f.Level, f.Check, f.Unit, strings.Join(items, ","), question)
		}
		fmt.Fprintf(io.err, "%s: %s\n", q.Period, q.Budget)
		return nil
	})
}
