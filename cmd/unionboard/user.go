package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/store"
)

func newUser(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Add and change accounts",
		Long: "Add and change accounts. A new or reset password is random, printed once, opens the account once, to choose another, and\n" +
			"lapses after three days. Roles: " + strings.Join(roleNames(), ", ") + ".",
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUserAdd(io), newUserList(io), newUserRole(io), newUserPassword(io),
		newUserLock(io, "lock", "Keep an account out until it is unlocked, and end its sessions"),
		newUserLock(io, "unlock", "Let an account in again, whatever kept it out"), newUserFactor(io))
	return cmd
}

func roleNames() []string {
	var names []string
	for _, r := range account.Roles() {
		names = append(names, string(r))
	}
	return names
}

// withStore opens the data folder for one command.
func withStore(cmd *cobra.Command, dir string, do func(ctx context.Context, s *store.Store) error) error {
	_, s, err := openStore(cmd.Context(), dir)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(cmd.Context(), s)
}

// withAccount opens an installation for one command about an account.
func withAccount(cmd *cobra.Command, dir, name string, do func(ctx context.Context, a *app, u account.User) error) error {
	ctx := cmd.Context()
	return withApp(ctx, dir, func(a *app) error {
		u, err := a.store.AccountNamed(ctx, name)
		if err != nil {
			return err
		}
		return do(ctx, a, u)
	})
}

// thisYear answers the definitions of the year, nil where there are none.
func (a *app) thisYear(ctx context.Context) (*assess.Edition, error) {
	e, err := results.Exact{Board: a.board}.Edition(ctx, time.Now().In(a.zone).Year())
	if errors.Is(err, assess.ErrNotFound) {
		return nil, nil
	}
	return e, err
}

// checkPost says whether an account can be given a post here: the role at this level, the unit and the department this year.
func (a *app) checkPost(ctx context.Context, p account.Post) error {
	if err := p.Check(); err != nil {
		return err
	}
	if err := rulesOf(a.config).CheckRole(p.Role); err != nil {
		return err
	}
	e, err := a.thisYear(ctx)
	if err != nil || e == nil {
		return err
	}
	return p.CheckIn(e)
}

// atConsoleOn is the audit line of something that is done to an account.
func atConsoleOn(action string, u account.User) assess.AuditLine {
	line := atConsole(action, u.Name)
	line.Unit = u.Unit
	return line
}

// atConsole is the audit line of something done with this command.
func atConsole(action, object string) assess.AuditLine {
	return assess.AuditLine{At: time.Now(), Actor: "console:" + consoleUser(), Action: action, Object: object, Result: "ok"}
}

// consoleUser answers who gives the command: as the environment says, where there is none as the system does.
func consoleUser() string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if u := os.Getenv(name); u != "" {
			return u
		}
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

// postFlags are the options that say which place a person holds.
type postFlags struct{ role, unit, department string }

func (p *postFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.role, "role", "", "one of "+strings.Join(roleNames(), ", ")+" (required)")
	cmd.Flags().StringVar(&p.unit, "unit", "", "code of the district, for the roles of a district")
	cmd.Flags().StringVar(&p.department, "department", "", "code of the department, for city_reviewer")
}

func (p *postFlags) read() account.Post {
	return account.Post{Role: assess.Role(p.role), Unit: assess.UnitCode(p.unit), Department: assess.Code(p.department)}
}

func newUserAdd(io streams) *cobra.Command {
	var dir, display string
	var post postFlags
	cmd := &cobra.Command{
		Use:     "add NAME --role ROLE [--unit CODE] [--department CODE]",
		Short:   "Add an account and print its first password",
		Example: "  unionboard user add li.hua --role district_reporter --unit 210102 --name 李华",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error {
				if err := a.checkPost(cmd.Context(), post.read()); err != nil {
					return err
				}
				return addUser(cmd.Context(), io, a.store, given[0], display, post.read())
			})
		},
	}
	dataFlag(cmd, &dir)
	post.add(cmd)
	cmd.Flags().StringVar(&display, "name", "", "name shown in the pages")
	return cmd
}

// addUser adds an account with a random password that must be changed, and prints it.
func addUser(ctx context.Context, io streams, s *store.Store, name, display string, post account.Post) error {
	now := time.Now()
	u, err := account.New(name, display, post, now)
	if err != nil {
		return err
	}
	password, err := account.RandomPassword()
	if err != nil {
		return err
	}
	if u.PasswordHash, err = account.NewHasher(1).Hash(ctx, password); err != nil {
		return err
	}
	u.MustChange, u.PasswordExpires = true, now.Add(account.InitialLife)
	line := atConsole("user.add", u.Name)
	line.After, line.Unit = string(post.Role), post.Unit
	if err := s.AddAccount(ctx, u, line); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s\t%s\tpassword: %s\n", u.Name, post.Role, password)
	return err
}

func newUserList(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the accounts",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error { return listUsers(cmd.Context(), io, a) })
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

func listUsers(ctx context.Context, io streams, a *app) error {
	all, err := a.store.Accounts(ctx)
	if err != nil {
		return err
	}
	city, err := a.demoCity()
	if err != nil {
		return err
	}
	e, err := a.thisYear(ctx)
	if err != nil {
		return err
	}
	rules, now := rulesInForce(a.config, city != nil), time.Now()
	for _, u := range all {
		of, factor := cmp.Or(string(u.Unit), string(u.Department)), ""
		if u.CodeSecret != "" {
			factor = ", with a second factor"
		}
		fmt.Fprintf(io.out, "%s\t%s\t%s\t%s\t%s%s\n", u.Name, u.Role, of, u.DisplayName, standing(u.Standing(rules, e, now), u), factor)
	}
	return nil
}

// standing words where an account stands.
func standing(s account.Standing, u account.User) string {
	switch s {
	case account.ShutOut:
		return "locked"
	case account.LockedNow:
		return "locked out until " + u.LockedUntil.Local().Format("15:04")
	case account.NewPerson, account.OldWord:
		return "must change the password"
	case account.Sleeping:
		return "kept out: long unused"
	case account.Lapsed:
		return "kept out: the first password lapsed"
	case account.WithoutUse:
		return "kept out: its unit or department is gone"
	}
	return "good"
}

func newUserRole(io streams) *cobra.Command {
	var dir string
	var post postFlags
	cmd := &cobra.Command{
		Use:   "role NAME --role ROLE [--unit CODE] [--department CODE]",
		Short: "Give an account another role",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withAccount(cmd, dir, given[0], func(ctx context.Context, a *app, u account.User) error {
				if err := a.checkPost(ctx, post.read()); err != nil {
					return err
				}
				line := atConsoleOn("user.role", u)
				line.Before, line.After = string(u.Role), post.role
				if err := a.store.SetPost(ctx, u.ID, post.read(), line); err != nil {
					return err
				}
				_, err := fmt.Fprintf(io.out, "%s is now %s\n", u.Name, post.role)
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	post.add(cmd)
	return cmd
}

func newUserPassword(io streams) *cobra.Command {
	var dir string
	var own bool
	cmd := &cobra.Command{
		Use:   "password NAME",
		Short: "Set a random first password, or with --stdin one that is read",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withAccount(cmd, dir, given[0], func(ctx context.Context, a *app, u account.User) error {
				return setPassword(ctx, io, a, u, own)
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().BoolVar(&own, "stdin", false, "read the password from standard input instead of making one")
	return cmd
}

func setPassword(ctx context.Context, io streams, a *app, u account.User, own bool) (err error) {
	var password string
	if own {
		if password, err = readPassword(io); err != nil {
			return err
		}
		if err := rulesOf(a.config).CheckPassword(password, u); err != nil {
			return err
		}
	} else if password, err = account.RandomPassword(); err != nil {
		return err
	}
	hash, err := account.NewHasher(1).Hash(ctx, password)
	if err != nil {
		return err
	}
	expires := time.Now().Add(account.InitialLife)
	if err := a.store.SetPassword(ctx, u.ID, hash, true, expires, atConsoleOn("user.reset_password", u)); err != nil {
		return err
	}
	if own {
		_, err = fmt.Fprintf(io.out, "password of %s set; it must be changed at the next sign-in\n", u.Name)
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s\tpassword: %s\n", u.Name, password)
	return err
}

// readPassword reads one line, without showing it when a person types.
func readPassword(io streams) (string, error) {
	if f, ok := io.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(io.err, "Password: ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(io.err)
		return string(b), err
	}
	line, err := bufio.NewReader(io.in).ReadString('\n')
	if line == "" && err != nil {
		return "", wrongUse("--stdin: there is no password on standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func newUserLock(io streams, word, short string) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   word + " NAME",
		Short: short,
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withAccount(cmd, dir, given[0], func(ctx context.Context, a *app, u account.User) error {
				var err error
				line := atConsoleOn("user."+word, u)
				if word == "lock" {
					err = a.store.LockAccount(ctx, u.ID, line.At, line)
				} else {
					err = a.store.UnlockAccount(ctx, u.ID, line)
				}
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(io.out, "%s: %sed\n", u.Name, word)
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

// newUserFactor takes a second factor away, for a person whose telephone is lost: the way out where no administrator can sign in.
func newUserFactor(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "second-factor NAME",
		Short: "Take the second factor of an account away, so that its owner sets up a new one",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withAccount(cmd, dir, given[0], func(ctx context.Context, a *app, u account.User) error {
				line := atConsoleOn("user.second_factor", u)
				line.After = "reset"
				if err := a.store.SetCodes(ctx, u.ID, "", 0, line); err != nil {
					return err
				}
				_, err := fmt.Fprintf(io.out, "%s has no second factor now\n", u.Name)
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

// dataFlag adds --data.
func dataFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "data", "./unionboard-data", "data folder")
}
