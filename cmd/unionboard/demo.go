package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/terminal"
	"github.com/unionboard/unionboard/seeds"
)

const (
	// markFile makes a data folder a demonstration and says which: every page of it then says so too.
	markFile   = "demonstration.json"
	dropFolder = "drop"
	// makingFile marks a folder in which a demonstration is being made: only such a one is ever taken away.
	makingFile   = "demonstration.making"
	demoSeed     = demo.Seed
	demoQuarters = 8
)

// demoMark is what makes the same city again after a restart.
type demoMark struct {
	Label    string        `json:"label"`
	Seed     uint64        `json:"seed"`
	Last     assess.Period `json:"last"`
	Quarters int           `json:"quarters"`
}

// demoFlags are the options of `demo`.
type demoFlags struct {
	dir, addr string
	quarters  int
	buildOnly bool
}

func newDemo(io streams) *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Make a labelled demonstration city and serve it",
		Long: "Make a made-up city of thirteen districts, let its districts' systems and sheets hand in their quarters, collect and score them\n" +
			"through the real parts, and serve the pages. Started again, it shows the same data and collects nothing twice. Every page says\n" +
			"that it is a demonstration; figures, accounts and passwords are made up.",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.quarters < 1 || f.quarters > 40 {
				return wrongUse("--quarters %d: choose 1 to 40", f.quarters)
			}
			if c, err := config.Read(f.dir); err == nil && !cmd.Flags().Changed("addr") {
				f.addr = c.Addr // what is wrong with the configuration is said when the folder is opened
			}
			return runDemo(cmd.Context(), io, f)
		},
	}
	dataFlag(cmd, &f.dir)
	cmd.Flags().StringVar(&f.addr, "addr", defaultAddress, "address to serve at; wins over the configuration file")
	cmd.Flags().IntVar(&f.quarters, "quarters", demoQuarters, "quarters of history, ending with 2026Q3")
	cmd.Flags().BoolVar(&f.buildOnly, "build-only", false, "make the data folder and stop, without serving")
	return cmd
}

func runDemo(ctx context.Context, io streams, f demoFlags) error {
	if f.buildOnly {
		return withDemo(ctx, io, f, func(*app) error { return nil })
	}
	listener, err := listen(f.addr) // a busy port is said before the work, not after it
	if err != nil {
		return err
	}
	defer listener.Close()
	return withDemo(ctx, io, f, func(a *app) error { return a.serve(ctx, io, listener) })
}

// withDemo opens the demonstration, which it makes where there is none, and says what is in it.
func withDemo(ctx context.Context, io streams, f demoFlags, do func(a *app) error) error {
	if _, err := os.Stat(filepath.Join(f.dir, markFile)); errors.Is(err, os.ErrNotExist) {
		mark := demoMark{Seed: demoSeed, Last: assess.MustPeriod("2026Q3"), Quarters: f.quarters}
		if err := makeDemo(ctx, io, f.dir, mark); err != nil {
			return err
		}
	}
	a, err := openApp(ctx, f.dir, io.err)
	if err != nil {
		return err
	}
	defer a.close()
	if err := sayDemo(ctx, io, a); err != nil {
		return err
	}
	return do(a)
}

// makeDemo makes the data folder beside its place and moves it there when it is whole: a demonstration that was interrupted leaves
// nothing half-done, and a PostgreSQL in which half of one stands is refused until it is begun again.
func makeDemo(ctx context.Context, io streams, dir string, mark demoMark) (err error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return assess.Conflict("problem.data_folder_used",
			fmt.Sprintf("%s is not empty and holds no demonstration; choose another folder with --data", dir), "folder", dir)
	}
	c, err := config.Read(dir) // what the environment says
	if err != nil {
		return err
	}
	on, err := standsOn(c)
	if err != nil {
		return err
	}
	making := filepath.Clean(dir) + ".making"
	if err := clearMaking(ctx, making); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(making)
		}
	}()
	city, err := newCity(mark)
	if err != nil {
		return err
	}
	s, settle, err := store.CreateUnfinished(ctx, making, on)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, settle(ctx, false))
		}
	}()
	if err := fillDemo(ctx, io, making, s, city); err != nil {
		return err
	}
	mark.Label = city.Label()
	body, err := json.MarshalIndent(mark, "", "  ")
	if err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(making, markFile), append(body, '\n'), 0o600); err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	if err := os.Remove(filepath.Join(making, makingFile)); err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	done = true
	if err := settle(ctx, true); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	if err := os.Rename(making, dir); err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	return nil
}

// clearMaking makes an empty folder, marked, to make a demonstration in. What an interrupted build has left is taken away; what
// another program is building is not, nor a folder that no build has marked.
func clearMaking(ctx context.Context, making string) error {
	marked := exists(os.DirFS(making), makingFile)
	if marked {
		release, err := store.Hold(making)
		if errors.Is(err, assess.ErrConflict) {
			return err
		}
		if err == nil {
			err = release()
		}
		if err != nil {
			return err
		}
	}
	if entries, err := os.ReadDir(making); !marked && !errors.Is(err, os.ErrNotExist) && (err != nil || len(entries) > 0) {
		return assess.Conflict("problem.data_folder_used",
			fmt.Sprintf("%s is in the way of making the demonstration and is none; move it, or choose another folder with --data", making), "folder", making)
	}
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	if err := os.MkdirAll(making, 0o700); err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(making, makingFile), nil, 0o600); err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	return nil
}

// fillDemo plays the city in a new store, which it closes.
func fillDemo(ctx context.Context, io streams, dir string, s *store.Store, city *demo.City) error {
	if err := writeConfig(dir); err != nil {
		s.Close()
		return err
	}
	c, err := config.Read(dir)
	if err != nil {
		s.Close()
		return err
	}
	a, err := newApp(dir, c, s, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		s.Close()
		return err
	}
	defer a.close()
	if err := a.foundCity(ctx, city); err != nil {
		return err
	}
	progress := terminal.NewProgress(io.err, "collecting", len(city.Events()))
	defer progress.Close()
	if err := a.play(ctx, city, progress); err != nil {
		return err
	}
	return a.rehearse(ctx, city)
}

func newCity(mark demoMark) (*demo.City, error) {
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		return nil, err
	}
	return demo.New(edition, mark.Seed, mark.Last, mark.Quarters)
}

// foundCity issues the definitions, sets the targets and adds the accounts, dated before the first quarter is collected.
func (a *app) foundCity(ctx context.Context, city *demo.City) error {
	first := city.Periods()[0].FirstDay()
	var years []int
	for _, p := range city.Periods() {
		if n := len(years); n == 0 || years[n-1] != p.CalendarYear() {
			years = append(years, p.CalendarYear())
		}
	}
	if err := issueShipped(ctx, a.store, years, first); err != nil {
		return err
	}
	line := assess.AuditLine{At: first, Actor: "system", Action: "targets.set", Object: city.Label(), Result: "ok"}
	if err := a.store.PutTargets(ctx, city.Targets(), line); err != nil {
		return err
	}
	hasher := account.NewHasher(1)
	for _, person := range demo.Accounts() {
		u, err := account.New(person.Name, person.DisplayName, account.Post{Role: person.Role, Unit: person.Unit, Department: person.Department}, first)
		if err != nil {
			return err
		}
		if u.PasswordHash, err = hasher.Hash(ctx, person.Password); err != nil {
			return err
		}
		line := assess.AuditLine{At: first, Actor: "system", Action: "user.add", Object: u.Name, After: string(u.Role), Unit: u.Unit, Result: "ok"}
		if err := a.store.AddAccount(ctx, u, line); err != nil {
			return err
		}
	}
	return nil
}

// demoCity answers the city of a demonstration, nil where the data folder is none.
func (a *app) demoCity() (*demo.City, error) {
	mark, ok, err := demoMarkOf(a.dir)
	if err != nil || !ok {
		return nil, err
	}
	return newCity(mark)
}

// demoMarkOf reads what makes a data folder a demonstration; ok is false for other folders.
func demoMarkOf(dir string) (mark demoMark, ok bool, err error) {
	body, err := os.ReadFile(filepath.Join(dir, markFile))
	if errors.Is(err, os.ErrNotExist) {
		return mark, false, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &mark)
	}
	if err != nil {
		return mark, false, fmt.Errorf("read %s: %w", markFile, err)
	}
	return mark, true, nil
}

// sayDemo prints the accounts and a table of results.
func sayDemo(ctx context.Context, io streams, a *app) error {
	mark, _, err := demoMarkOf(a.dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s\n\n", mark.Label)
	periods, err := a.board.Periods(ctx)
	if err != nil {
		return err
	}
	for _, p := range periods {
		if p.Kind() != assess.Year && p != periods[len(periods)-1] {
			continue
		}
		sheet, err := a.board.Sheet(ctx, p)
		if err != nil {
			return err
		}
		if err := export.ScoresTable(io.out, sheet.Composite, nameIn(sheet.Edition), export.Options{}); err != nil {
			return err
		}
		fmt.Fprintln(io.out)
	}
	fmt.Fprintln(io.out, "demonstration accounts (made up):")
	for _, person := range demo.Accounts() {
		fmt.Fprintf(io.out, "  %-29s %-25s %s %s\n", person.Name, person.Password, person.Role, cmp.Or(string(person.Unit), string(person.Department)))
	}
	fmt.Fprintln(io.out)
	return nil
}

// demoDelay is short: what plays the districts' systems is on this machine.
const demoDelay = 20 * time.Millisecond
