package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/store"
)

func newToken(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Give programs access, and take it away",
		Long: "Give programs access, and take it away. A token speaks for one unit, is printed once and opens no page. With it a program hands\n" +
			"in figures of a district, which then wait for review, reads what people of its unit may see, or takes tables out as files: docs/api.md.",
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTokenAdd(io), newTokenList(io), newTokenRevoke(io))
	return cmd
}

func newTokenAdd(io streams) *cobra.Command {
	var dir, unit, person string
	var scopes []string
	var order account.TokenOrder
	cmd := &cobra.Command{
		Use:   "add NAME --unit CODE",
		Short: "Make a token and print it, once",
		Example: "  unionboard token add \"Heping's system\" --unit 210102 --addresses 10.1.0.0/16\n" +
			"  unionboard token add \"Analyst's notebook\" --unit 210100 --scopes read,export --days 90",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			order.Name, order.Unit, order.By = given[0], assess.UnitCode(unit), "console:"+consoleUser()
			for _, scope := range scopes {
				order.Scopes = append(order.Scopes, account.TokenScope(scope))
			}
			return withApp(cmd.Context(), dir, func(a *app) error { return addToken(cmd.Context(), io, a, order, person) })
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&unit, "unit", "", "code of the unit it speaks for, or of the city (required)")
	cmd.Flags().StringSliceVar(&scopes, "scopes", []string{string(account.SubmitFigures)}, "what it is for: submit (hand in figures), read, export (take files)")
	cmd.Flags().StringVar(&person, "person", "", "sign-in name of a person of the unit who answers for it; the token ends with that account")
	cmd.Flags().StringVar(&order.Addresses, "addresses", "", "addresses and networks it may be used from, with commas between; left out: anywhere")
	cmd.Flags().IntVar(&order.Days, "days", account.UsualTokenDays, "how long it lives")
	return cmd
}

func addToken(ctx context.Context, io streams, a *app, order account.TokenOrder, person string) error {
	now := time.Now()
	e, err := results.Exact{Board: a.board}.Edition(ctx, now.Year())
	if err != nil {
		return err
	}
	if err := order.CheckIn(e); err != nil {
		return err
	}
	if person != "" {
		u, err := a.store.AccountNamed(ctx, person)
		if err != nil {
			return err
		}
		if !order.Belongs(u, e.Roster.City.Code) {
			return assess.Invalid("problem.token_person", "who answers for a token is a person of its unit; choose one of them, or nobody")
		}
		order.Account = u.ID
	}
	t, secret, err := account.NewToken(order, now)
	if err != nil {
		return err
	}
	line := atConsole("token.add", t.ID)
	line.After, line.Unit = t.Name, t.Unit
	if err := a.store.AddToken(ctx, t, line); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s\t%s\t%s\ttoken: %s\n", t.ID, t.Unit, t.Name, secret)
	return err
}

func newTokenList(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the tokens",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, dir, func(ctx context.Context, s *store.Store) error {
				all, err := s.Tokens(ctx)
				if err != nil {
					return err
				}
				for _, t := range all {
					fmt.Fprintf(io.out, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Unit, t.Name, joinScopes(t.Scopes), t.ExpiresAt.Format(time.DateOnly), tokenState(t, time.Now()))
				}
				return nil
			})
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

func joinScopes(scopes []account.TokenScope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}

func tokenState(t account.Token, now time.Time) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked"
	case !t.Lives(now):
		return "expired"
	}
	return "good"
}

func newTokenRevoke(io streams) *cobra.Command {
	var dir, reason string
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a token for ever",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withStore(cmd, dir, func(ctx context.Context, s *store.Store) error {
				line := atConsole("token.revoke", given[0])
				line.After = strings.TrimSpace(reason)
				if err := s.RevokeToken(ctx, given[0], line.At, line); err != nil {
					return err
				}
				_, err := fmt.Fprintf(io.out, "%s: revoked\n", given[0])
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&reason, "reason", "", "why; it stands in the audit log")
	return cmd
}
