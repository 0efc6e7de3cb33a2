package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	env := map[string]string{
		"UNIONBOARD_DATA": "/from/environment", "UNIONBOARD_DRY_RUN": "true", "UNIONBOARD_PERIOD": "2026Q1", "UNIONBOARD_FORMAT": "",
		"UNIONBOARD_HELP": "1", "UNIONBOARD_VERSION": "1.2.3",
	}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	flags := pflag.NewFlagSet("import", pflag.ContinueOnError)
	data := flags.String("data", "./unionboard-data", "")
	period := flags.String("period", "", "")
	format := flags.String("format", "text", "")
	unit := flags.String("unit", "", "")
	dryRun := flags.Bool("dry-run", false, "")
	help, version := flags.Bool("help", false, ""), flags.Bool("version", false, "")
	if err := flags.Parse([]string{"--period", "2026Q2"}); err != nil {
		t.Fatal(err)
	}
	if err := fromEnvironment(flags, lookup); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(*data, *period, *format, *unit, *dryRun, *help, *version)
	if want := fmt.Sprint("/from/environment", "2026Q2", "text", "", true, false, false); got != want {
		t.Errorf("settings %s, want %s", got, want)
	}
	if !flags.Changed("data") || flags.Changed("format") {
		t.Error("what the environment sets does not count as set, or what it leaves empty does")
	}

	env["UNIONBOARD_DRY_RUN"] = "perhaps"
	flags.Lookup("dry-run").Changed = false
	err := fromEnvironment(flags, lookup)
	var usage usageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), `UNIONBOARD_DRY_RUN in the environment is "perhaps", but --dry-run takes true or false`) {
		t.Errorf("a bad value is answered with %v", err)
	}
}

// TestFlagsOverEnvironmentOverFile asks a server where it serves: each of the three ways names another address of this machine.
func TestFlagsOverEnvironmentOverFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux answers on every address that begins with 127")
	}
	dir := installation(t, "addr: 127.0.0.2:0", "plain_http: true")
	demo := copyDemonstration(t)
	configure(t, demo, "addr: 127.0.0.2:0")
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{[]string{"serve", "--data", dir}, "http://127.0.0.2:"},
		{[]string{"UNIONBOARD_ADDR=127.0.0.3:0", "serve", "--data", dir}, "http://127.0.0.3:"},
		{[]string{"UNIONBOARD_ADDR=127.0.0.3:0", "serve", "--data", dir, "--addr", "127.0.0.4:0"}, "http://127.0.0.4:"},
		{[]string{"UNIONBOARD_DATA=" + dir, "serve"}, "http://127.0.0.2:"},
		{[]string{"demo", "--data", demo}, "http://127.0.0.2:"},
	} {
		p := start(t, tt.words...)
		if address := p.serving(); !strings.HasPrefix(address, tt.want) {
			t.Errorf("%q serves at %s, want %s…", tt.words, address, tt.want)
		}
		if r := p.stop(); r.code != exitDone || strings.Contains(r.err, "needs https") {
			t.Errorf("%q ended with %d: %s", tt.words, r.code, r.err)
		}
	}
}

// A variable that looks like a setting and is none would silently do nothing, so it is refused; those that the configuration names for
// secrets, and those that links between containers set, are let be.
func TestOddVariablesAreRefused(t *testing.T) {
	t.Parallel()
	dir := installation(t, "sources: [{name: heping, kind: http, url: 'https://heping.example.org/', token_env: UNIONBOARD_HEPING_TOKEN}]")
	for _, tt := range []struct {
		setting, want string
	}{
		{"UNIONBOARD_LIMITS_PER_ADRESS=20", "UNIONBOARD_LIMITS_PER_ADRESS, which is no setting of unionboard; did you mean UNIONBOARD_LIMITS_PER_ADDRESS?"},
		{"UNIONBOARD_SOMETHING_ELSE_ENTIRELY=1", "UNIONBOARD_SOMETHING_ELSE_ENTIRELY, which is no setting of unionboard; `unionboard config show` lists the settings"},
		{"UNIONBOARD_LIMITS_PER_ADDRESS=20", ""},
		{"UNIONBOARD_HEPING_TOKEN=wh1spered", ""},
		{"UNIONBOARD_PORT_8080_TCP=tcp://10.0.0.1:8080", ""},
		{"UNIONBOARD_QUARTERS=3", ""}, // an option of another command
	} {
		r := call(t, tt.setting, "config", "show", "--data", dir)
		if tt.want == "" && r.code != exitDone || tt.want != "" && (r.code != exitUsage || !strings.Contains(r.err, tt.want)) {
			t.Errorf("%s: %d %s", tt.setting, r.code, r.err)
		}
		if strings.Contains(r.out, "wh1spered") {
			t.Errorf("%s: a secret is shown", tt.setting)
		}
	}
	out := good(t, "UNIONBOARD_LOG_LEVEL=warn", "config", "show", "--data", dir, "--format", "json")
	for _, part := range []string{`"key": "log_level"`, `"value": "warn"`, `"from": "UNIONBOARD_LOG_LEVEL"`, `"value": "UNIONBOARD_HEPING_TOKEN"`, `"from": "unionboard.yaml:1"`} {
		if !strings.Contains(out, part) {
			t.Errorf("no %s in %s", part, out)
		}
	}
}
