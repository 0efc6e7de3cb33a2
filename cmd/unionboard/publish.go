package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/publish"
)

// publishFlags are the options of `publish`; at most one of the acts is set.
type publishFlags struct {
	propose, approve, withdraw, refuse bool
	by, reason, out                    string
	edition                            int
}

func newPublish(io streams) *cobra.Command {
	var dir, period string
	var f publishFlags
	cmd := &cobra.Command{
		Use:   "publish --period P --propose|--approve",
		Short: "Propose and approve the publication of a period, which seals it",
		Long: "Propose and approve the publication of a period. It takes two persons: an analyst proposes, a leader approves. What is approved is\n" +
			"sealed: figures, definitions, results and their explanations in one text that `verify` computes again. A correction after that\n" +
			"is published as a further edition in the same way. Without an act the command says what is proposed and published.\n\n" +
			"At the console an act is done in the name of an account that may do it: the only one there is, or the one that --by names.",
		Example: "  unionboard publish --period 2026Q1 --propose --reason \"first quarter, reviewed\"\n" +
			"  unionboard publish --period 2026Q1 --approve --by li.na\n" +
			"  unionboard publish --period 2026Q1 --out 2026Q1.seal",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := periodFlag(period)
			if err != nil {
				return err
			}
			return withApp(cmd.Context(), dir, func(a *app) error { return a.publish(cmd.Context(), io, p, f) })
		},
	}
	dataFlag(cmd, &dir)
	flags := cmd.Flags()
	flags.StringVar(&period, "period", "", "quarter 2026Q1 or year 2026 (required)")
	flags.BoolVar(&f.propose, "propose", false, "propose to publish the period as it stands")
	flags.BoolVar(&f.approve, "approve", false, "approve what is proposed and seal it")
	flags.BoolVar(&f.withdraw, "withdraw", false, "take back what is proposed")
	flags.BoolVar(&f.refuse, "refuse", false, "refuse what is proposed")
	flags.StringVar(&f.by, "by", "", "account in whose name it is done")
	flags.StringVar(&f.reason, "reason", "", "why, in words; it stands in the seal")
	flags.StringVar(&f.out, "out", "", "file to write the newest seal of the period to")
	flags.IntVar(&f.edition, "edition", 0, "with --out: the edition, instead of the newest")
	cmd.MarkFlagsMutuallyExclusive("propose", "approve", "withdraw", "refuse", "out")
	return cmd
}

// book answers where results are published.
func (a *app) book() *publish.Book { return &publish.Book{Store: a.store, Board: a.board} }

func (a *app) publish(ctx context.Context, io streams, p assess.Period, f publishFlags) error {
	book := a.book()
	switch {
	case f.out != "":
		return a.writeSeal(ctx, io, p, f)
	case f.propose:
		u, line, err := a.inTheName(ctx, f.by, account.Propose)
		if err != nil {
			return err
		}
		made, err := book.Propose(ctx, p, f.reason, u, line)
		if err == nil {
			fmt.Fprintf(io.out, "proposed: edition %d of %s, content %s, in the name of %s\n", made.Edition, p, made.Content, u.Name)
		}
		return err
	case f.approve:
		u, line, err := a.inTheName(ctx, f.by, account.Publish)
		if err != nil {
			return err
		}
		seal, err := book.Approve(ctx, p, f.reason, u, line)
		if err == nil {
			fmt.Fprintf(io.out, "published: edition %d of %s, seal %s, in the name of %s\n", seal.Edition, p, seal.Digest, u.Name)
		}
		return err
	case f.withdraw, f.refuse:
		need, to := account.Propose, assess.PublicationWithdrawn
		if f.refuse {
			need, to = account.Publish, assess.PublicationRefused
		}
		u, line, err := a.inTheName(ctx, f.by, need)
		if err != nil {
			return err
		}
		if err := book.End(ctx, p, to, f.reason, u, line); err != nil {
			return err
		}
		fmt.Fprintf(io.out, "%s: the publication of %s, in the name of %s\n", to, p, u.Name)
		return nil
	}
	return a.tellPublications(ctx, io.out, p)
}

// inTheName answers the account in whose name something is done at the console, and the line for the audit log, which names both. Without a
// name it is the only account that may do it.
func (a *app) inTheName(ctx context.Context, name string, need account.Action) (account.User, assess.AuditLine, error) {
	line := atConsole("", "")
	all, err := a.store.Accounts(ctx)
	if err != nil {
		return account.User{}, line, err
	}
	may := slices.DeleteFunc(all, func(u account.User) bool { return !u.DisabledAt.IsZero() || !u.May(need, "") })
	var names []string
	for _, u := range may {
		if names = append(names, u.Name); u.Name == name || name == "" && len(may) == 1 {
			line.Address, line.Actor = line.Actor, u.Name
			return u, line, nil
		}
	}
	switch {
	case len(may) == 0:
		return account.User{}, line, wrongUse("no account may do this; add one with `unionboard user add`, roles city_analyst (proposes) and city_leader (approves), whose person has signed in and set a password of their own")
	case name == "":
		return account.User{}, line, wrongUse("--by is needed: in the name of which account? One of %s", strings.Join(names, ", "))
	}
	return account.User{}, line, wrongUse("--by %s: this account may not do this; one of %s may", name, strings.Join(names, ", "))
}

// writeSeal writes a seal that is kept to a file.
func (a *app) writeSeal(ctx context.Context, to streams, p assess.Period, f publishFlags) error {
	seals, err := a.store.Seals(ctx)
	if err != nil {
		return err
	}
	for _, s := range slices.Backward(seals) {
		if s.Period != p || f.edition != 0 && s.Edition != f.edition {
			continue
		}
		err := toFile(to, f.out, func(w writer) error {
			in, err := a.store.OpenSeal(ctx, s.Number)
			if err != nil {
				return err
			}
			defer in.Close()
			_, err = io.Copy(w, in)
			return err
		})
		if err != nil {
			return err
		}
		line := atConsole("export", fmt.Sprintf("seal %s/%d", p, s.Edition))
		line.After = f.out
		return a.store.Record(ctx, line)
	}
	return assess.NotFound("problem.seal_none", fmt.Sprintf("%s is not published, so that there is no seal of it; choose a published period", p), "period", p.String())
}

// tellPublications says what is proposed and published of a period.
func (a *app) tellPublications(ctx context.Context, to io.Writer, p assess.Period) error {
	all, err := a.store.Publications(ctx, p)
	if err != nil {
		return err
	}
	seals, err := a.store.Seals(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintf(to, "nothing of %s is proposed or published\n", p)
	}
	for _, one := range all {
		fmt.Fprintf(to, "edition %d: %s, proposed by %s on %s", one.Edition, one.State, one.ProposedBy, one.ProposedAt.In(a.zone).Format("2006-01-02 15:04"))
		if one.DecidedBy != "" {
			fmt.Fprintf(to, ", %s by %s on %s", one.State, one.DecidedBy, one.DecidedAt.In(a.zone).Format("2006-01-02 15:04"))
		}
		for _, s := range seals {
			if s.Publication == one.ID {
				fmt.Fprintf(to, ", seal %s", s.Digest)
			}
		}
		fmt.Fprintln(to)
	}
	return nil
}
