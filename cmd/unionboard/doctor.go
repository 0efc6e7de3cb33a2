package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/doctor"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/publish"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/store"
)

// askTime is how long a server, or a place that the configuration names, may take to answer the doctor.
const askTime = 5 * time.Second

// doctorFlags are the options of `doctor`.
type doctorFlags struct {
	dir, format, lang, ready string
	deep                     bool
}

func newDoctor(to streams) *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look a whole installation over and say what to do",
		Long: "Look a whole installation over, served or stopped, and say of each thing whether it is good, should be looked at or is wrong, and what\n" +
			"to do: folder, disk, configuration, certificates, database, clock, keys, accounts, definitions, calendar, where files lie, backup. --deep also reads every\n" +
			"byte of database, audit log, seals and evidence, and asks the mail server whether it is there. Nothing is changed.\n" +
			"Exit code 0: nothing is wrong; 1: something is; 4: nothing is wrong of what could be looked at, and something could not be.\n" +
			"--ready asks a served unionboard alone whether it is ready, for watchers: 0 it is, 1 it is not.",
		Example: "  unionboard doctor\n  unionboard doctor --deep --lang zh\n  unionboard doctor --format json",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.ready != "" {
				return askReady(cmd.Context(), f.ready)
			}
			return f.run(cmd.Context(), to)
		},
	}
	dataFlag(cmd, &f.dir)
	cmd.Flags().StringVar(&f.format, "format", "text", "text or json")
	cmd.Flags().StringVar(&f.lang, "lang", "", "zh or en; left out: the language of the environment (LC_ALL, LANG)")
	cmd.Flags().StringVar(&f.ready, "ready", "", "ask the unionboard at this address alone, as http://127.0.0.1:8080; of https at this machine any certificate will do")
	cmd.Flags().BoolVar(&f.deep, "deep", false, "read everything through, and ask the mail server")
	return cmd
}

func (f doctorFlags) run(ctx context.Context, to streams) error {
	if f.format != "text" && f.format != "json" {
		return wrongUse("--format %s: choose text or json", f.format)
	}
	if f.lang == "" {
		f.lang = spoken(os.LookupEnv)
	}
	if f.lang != i18n.Chinese && f.lang != i18n.English {
		return wrongUse("--lang %s: choose zh or en", f.lang)
	}
	catalogue, err := i18n.New()
	if err != nil {
		return err
	}
	patient, leave, err := lookOver(ctx, f.dir, f.deep)
	if err != nil {
		return err
	}
	defer leave()
	found := doctor.Examine(ctx, patient, time.Now())
	if err := writeFindings(to.out, found, f.format, catalogue.In(f.lang)); err != nil {
		return err
	}
	switch doctor.Worst(found) {
	case doctor.Wrong:
		return errDiffers // what is wrong has been said
	case doctor.Skipped:
		return errPart
	}
	return nil
}

// spoken answers the language of an environment: Chinese for zh_CN.UTF-8, else English.
func spoken(lookup func(string) (string, bool)) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value, ok := lookup(name); ok && value != "" {
			if strings.HasPrefix(value, "zh") {
				return i18n.Chinese
			}
			return i18n.English
		}
	}
	return i18n.English
}

// lookOver answers an installation to be examined, which is opened beside whoever serves it; leave lets it go.
func lookOver(ctx context.Context, dir string, deep bool) (in doctor.Installation, leave func(), err error) {
	in = doctor.Installation{Dir: dir, Version: version, Zone: time.Local}
	in.Config, in.ConfigErr = config.Read(dir)
	if _, in.Demo, err = demoMarkOf(dir); err != nil {
		return in, nil, err
	}
	if zone, err := time.LoadLocation(in.Config.TimeZone); in.ConfigErr == nil && err == nil {
		in.Zone = zone
	}
	in.Rules = rulesInForce(in.Config, in.Demo)
	in.Holder = func() (string, bool, error) { return store.Holder(dir) }
	in.Network = func() (string, error) { return store.NetworkKind(dir) }
	if in.ConfigErr == nil {
		in.Ready = func(ctx context.Context) error { return answers(ctx, in.Config.Addr) }
	}
	in.Backup = newestBackup(dir, in.Config)
	in.Files = filesAt(dir, in.Config)
	on, err := standsOn(in.Config)
	if err != nil {
		in.BookErr = err
		return in, func() {}, nil
	}
	s, err := store.Look(ctx, dir, on)
	if err != nil {
		in.BookErr = err
		return in, func() {}, nil
	}
	in.Book = s
	board := results.New(s, loadEdition)
	in.Edition = board.Edition
	gate := collect.New(collect.Config{Store: s, Editions: results.Exact{Board: board}, ReadYear: catalog.CalendarYear, Zone: in.Zone, Log: slog.New(slog.DiscardHandler)})
	in.Days = daysOf(gate)
	if deep {
		in.Thorough = thorough(s, board, in.Config, dir)
	}
	return in, func() { _ = s.Leave() }, nil // nothing was written
}

// checkup answers what examines the installation that this process serves, for its administrators.
func (a *app) checkup(isDemo bool) func(context.Context) []doctor.Finding {
	return func(ctx context.Context) []doctor.Finding {
		in := doctor.Installation{
			Dir: a.dir, Version: version, Demo: isDemo, Config: a.config, Book: a.store, Rules: rulesInForce(a.config, isDemo), Zone: a.zone,
			Holder:  func() (string, bool, error) { return strconv.Itoa(os.Getpid()), true, nil },
			Network: func() (string, error) { return store.NetworkKind(a.dir) },
			Edition: a.board.Edition, Days: daysOf(a.gate),
			Backup: newestBackup(a.dir, a.config), Files: filesAt(a.dir, a.config),
		}
		return doctor.Examine(ctx, in, time.Now())
	}
}

// daysOf answers what the calendar says of a year: that of its own definitions, or, while there are none, of those of the year before.
func daysOf(gate *collect.Gate) func(context.Context, int) (assess.CalendarYear, bool, error) {
	return func(ctx context.Context, year int) (y assess.CalendarYear, ok bool, err error) {
		for _, of := range []int{year, year - 1} {
			c, err := gate.Calendar(ctx, of)
			if err != nil {
				return y, false, err
			}
			if y, ok = c.Year(year); ok {
				break
			}
		}
		return y, ok, nil
	}
}

// thorough answers what is read through from the first byte to the last.
func thorough(s *store.Store, board *results.Live, c config.Config, dir string) []doctor.Examination {
	all := []doctor.Examination{
		func(ctx context.Context) doctor.Finding {
			return findingOf("deep.database", s.IntegrityCheck(ctx), nil)
		},
		func(ctx context.Context) doctor.Finding {
			known, err := knownHeads(auditFolderOf(dir, c))
			var n int64
			if err == nil {
				n, err = s.VerifyAudit(ctx, known...)
			}
			return findingOf("deep.audit", err, map[string]string{"n": strconv.FormatInt(n, 10)})
		},
		func(ctx context.Context) doctor.Finding {
			book, n := publish.Book{Store: s, Board: board}, 0
			var first error
			until := func(ctx context.Context, seq int64) (results.Log, error) { return s.Until(ctx, seq) }
			_, err := book.Verify(ctx, s, until, loadEdition, func(one publish.Check) {
				n++
				first = cmp.Or(first, one.Err)
			})
			return findingOf("deep.seals", cmp.Or(err, first), map[string]string{"n": strconv.Itoa(n)})
		},
		func(ctx context.Context) doctor.Finding { return examineEvidence(ctx, s, c, dir) },
	}
	if c.Mail != nil {
		all = append(all, func(ctx context.Context) doctor.Finding {
			at := net.JoinHostPort(c.Mail.Host, strconv.Itoa(c.Mail.Port))
			dialer := net.Dialer{Timeout: askTime}
			conn, err := dialer.DialContext(ctx, "tcp", at)
			if err == nil {
				err = conn.Close()
			}
			return findingOf("deep.mail", err, map[string]string{"at": at})
		})
	}
	return all
}

// findingOf answers the finding of something that is good, or wrong with an error.
func findingOf(key string, err error, args map[string]string) doctor.Finding {
	if err != nil {
		return doctor.Finding{State: doctor.Wrong, Key: key + ".bad", Args: args, Cause: err}
	}
	return doctor.Finding{State: doctor.Good, Key: key + ".good", Args: args}
}

// examineEvidence reads every file of evidence through. Where none was ever uploaded there is no folder, and none is made.
func examineEvidence(ctx context.Context, s *store.Store, c config.Config, dir string) doctor.Finding {
	files, err := s.EvidenceFiles(ctx, "", 1)
	if err != nil || len(files) == 0 {
		return findingOf("deep.evidence", err, map[string]string{"n": "0", "bad": "0"})
	}
	folder, err := openEvidence(dir, c, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return findingOf("deep.evidence", err, map[string]string{"n": "0", "bad": "?"})
	}
	defer folder.Close()
	bad := 0
	var first error
	n, err := folder.Check(ctx, s, func(_ assess.EvidenceFile, fault error) {
		bad++
		first = cmp.Or(first, fault)
	})
	return findingOf("deep.evidence", cmp.Or(err, first), map[string]string{"n": strconv.Itoa(n), "bad": strconv.Itoa(bad)})
}

var _ evidence.Book = (*store.Store)(nil)

// answers asks whether something listens at an address of this machine.
func answers(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if port == "0" {
		return nil // any free one, which the doctor cannot know
	}
	dialer := net.Dialer{Timeout: askTime}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	return conn.Close()
}

// askReady asks a served installation whether it is ready.
func askReady(ctx context.Context, address string) error {
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return wrongUse("--ready %s: write the address as http://127.0.0.1:8080", address)
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/readyz", nil)
	if err != nil {
		return wrongUse("--ready %s: %w", address, err)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: trustFor(ask.URL.Hostname())}} // no proxy of the environment
	answer, err := client.Do(ask)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s answers %s", address, answer.Status)
	}
	return nil
}

// trustFor answers which certificates are believed of a host. That of this machine itself names the site, and whether it is ready is no secret.
func trustFor(host string) *tls.Config {
	ip := net.ParseIP(host)
	return &tls.Config{InsecureSkipVerify: host == "localhost" || ip != nil && ip.IsLoopback()}
}

// saidFinding is a finding as programs read it.
type saidFinding struct {
	Check  string       `json:"check"`
	State  doctor.State `json:"state"`
	Text   string       `json:"text"`
	Remedy string       `json:"remedy,omitempty"`
}

func writeFindings(w io.Writer, found []doctor.Finding, format string, words i18n.Words) error {
	if format == "json" {
		all := make([]saidFinding, 0, len(found))
		for _, f := range found {
			all = append(all, saidFinding{f.Key, f.State, f.Says(words), f.Remedy(words)})
		}
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(all)
	}
	var errs []error
	count := map[doctor.State]int{}
	for _, f := range found {
		count[f.State]++
		_, err := fmt.Fprintf(w, "%s  %s\n", words.T("doctor.state."+string(f.State)), f.Says(words))
		errs = append(errs, err)
		if do := f.Remedy(words); do != "" && f.State != doctor.Good {
			_, err := fmt.Fprintf(w, "      → %s\n", do)
			errs = append(errs, err)
		}
	}
	_, err := fmt.Fprintln(w, words.T("doctor.sum", "good", count[doctor.Good], "look", count[doctor.Look], "wrong", count[doctor.Wrong], "skipped", count[doctor.Skipped]))
	return errors.Join(append(errs, err)...)
}
