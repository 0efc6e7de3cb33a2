package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the city's time zone is known on every machine

	"github.com/unionboard/unionboard/internal/assess"
)

var variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// check answers what is wrong with settings that could be read.
func (c Config) check() assess.Problems {
	problems := slices.Concat(c.checkStore(), c.checkServer(), c.checkServing(), c.checkTimes(), c.checkSecurity(), c.checkEvidence(), c.checkFiles(), c.checkAudit(), c.checkMail(), c.checkWebhooks(), c.checkExports(), c.checkBackup())
	seen, folders := map[assess.Code]bool{}, map[string]assess.Code{}
	for i, s := range c.Sources {
		path := "sources[" + strconv.Itoa(i) + "]"
		problems = append(problems, c.checkSource(path, s)...)
		if seen[s.Name] && s.Name != "" {
			problems = append(problems, invalid("problem.config_source_twice", fmt.Sprintf("there is another source %q above; give each its own name", s.Name),
				"name", string(s.Name)).At(c.At(path+".name")))
		}
		seen[s.Name] = true
		if s.Kind != Drop || s.Folder == "" {
			continue
		}
		folder := filepath.Clean(s.Folder)
		if other, twice := folders[folder]; twice { // which of them took a file, and with what rights, would be chance
			problems = append(problems, invalid("problem.config_folder_twice", fmt.Sprintf("the source %q above empties the same folder; give each its own folder", other),
				"name", string(other)).At(c.At(path+".folder")))
		}
		folders[folder] = s.Name
	}
	return problems
}

// mostRequests is what nobody needs more of, of one program in a minute.
const mostRequests = 1_000_000

func (c Config) checkServer() (problems assess.Problems) {
	add := func(path string, p *assess.Problem) { problems = append(problems, p.At(c.At(path))) }
	_, port, err := net.SplitHostPort(c.Addr)
	if n, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil || n == 0 && port != "0" {
		add("addr", invalid("problem.config_addr", fmt.Sprintf("%q is not host and port; write it as 127.0.0.1:8080", c.Addr), "value", c.Addr))
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		add("time_zone", invalid("problem.config_zone", fmt.Sprintf("%q is not a time zone; write its name as Asia/Shanghai", c.TimeZone), "value", c.TimeZone))
	}
	if p := oneOf("log_level", c.LogLevel, "debug", "info", "warn", "error"); p != nil {
		add("log_level", p)
	}
	if c.Site != "" && !isOrigin(c.Site) {
		add("site", notOrigin(c.Site))
	}
	for path, n := range map[string]int{"api.per_minute": c.API.PerMinute, "api.at_once": c.API.AtOnce} {
		if p := between(path, n, 1, mostRequests); p != nil {
			add(path, p)
		}
	}
	for i, origin := range c.TrustedOrigins {
		if !isOrigin(origin) {
			add(c.entry("trusted_origins", i), notOrigin(origin))
		}
	}
	return problems
}

// longestSpread is the longest time by which sources are spread.
const longestSpread = time.Hour

// checkTimes looks at when sources are asked and where their metrics are served.
func (c Config) checkTimes() (problems assess.Problems) {
	if c.Spread > longestSpread {
		problems = append(problems, invalid("problem.config_spread", fmt.Sprintf("spread cannot be %s; it is a span of time from 0s to 1h", c.Spread),
			"value", c.Spread.String()).At(c.At("spread")))
	}
	if c.MetricsAddr == "" {
		return problems
	}
	_, port, err := net.SplitHostPort(c.MetricsAddr)
	if n, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil || n == 0 && port != "0" {
		return append(problems, invalid("problem.config_addr", fmt.Sprintf("%q is not host and port; write it as 127.0.0.1:9090", c.MetricsAddr),
			"value", c.MetricsAddr).At(c.At("metrics_addr")))
	}
	if !c.MetricsOpen && !loopback(c.MetricsAddr) {
		problems = append(problems, invalid("problem.config_metrics",
			fmt.Sprintf("metrics at %s could be read by others without signing in; serve them at 127.0.0.1, or add metrics_open: true", c.MetricsAddr),
			"value", c.MetricsAddr).At(c.At("metrics_addr")))
	}
	return problems
}

// isOrigin says whether a text is the address of a site, without a path.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && text == u.Scheme+"://"+u.Host
}

func notOrigin(text string) *assess.Problem {
	return invalid("problem.config_origin", fmt.Sprintf("%q is not the address of a site; write it as https://board.example.org", text), "value", text)
}

func oneOf(key, value string, known ...string) *assess.Problem {
	if slices.Contains(known, value) {
		return nil
	}
	all := strings.Join(known, ", ")
	return invalid("problem.config_choice", fmt.Sprintf("%s cannot be %q; it is one of %s", key, value, all), "key", key, "value", value, "known", all)
}
