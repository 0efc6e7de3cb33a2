package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheReadmeIsTrue(t *testing.T) {
	t.Parallel()
	for _, page := range []struct{ file, heading string }{{"README.md", "## Your own city"}, {"README.zh-CN.md", "## 用在自己的城市"}} {
		t.Run(page.file, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("..", "..", page.file))
			if err != nil {
				t.Fatal(err)
			}
			_, below, _ := strings.Cut(string(body), page.heading)
			_, below, _ = strings.Cut(below, "```\n")
			block, _, found := strings.Cut(below, "```\n")
			if !found {
				t.Fatal("it shows no commands")
			}
			folder, q := t.TempDir(), oldQuarter()
			cityFiles(t, folder, q)
			runReadme(t, folder, strings.ReplaceAll(block, "2026Q1", q.String()))
			scoredCity(t, filepath.Join(folder, "city"), q, "composite")
			if info, err := os.Stat(filepath.Join(folder, "scores.csv")); err != nil || info.Size() < 1000 {
				t.Errorf("the export: %v", err)
			}
		})
	}
}

func runReadme(t *testing.T, folder, block string) {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(bin, "unionboard"))
	}
	if err != nil {
		t.Fatal(err)
	}
	n, served := 0, false
	for line := range strings.Lines(block) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "unionboard ") {
			continue
		}
		n++
		command, _, _ := strings.Cut(line, "#")
		if words := strings.Fields(command); words[1] == "serve" {
			served = true
			words[3] = filepath.Join(folder, words[3])
			start(t, append([]string{"UNIONBOARD_ADDR=127.0.0.1:0"}, words[1:]...)...).serveAndStop()
			continue
		}
		if served {
			t.Errorf("%s stands below serve, which holds the folder", line)
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Dir = folder
		cmd.Env = append(environment(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", line, err, out)
		}
	}
	if n < 8 || !served {
		t.Errorf("%d commands were found, serve among them: %v", n, served)
	}
}

func (p *program) serveAndStop() {
	p.t.Helper()
	p.serving()
	if r := p.stop(); r.code != exitDone {
		p.t.Errorf("it ended with %d: %s", r.code, r.err)
	}
}
