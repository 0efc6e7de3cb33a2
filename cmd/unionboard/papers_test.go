package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// pagesOf reads a PDF page by page, without its blanks.
func pagesOf(t *testing.T, file string) (pages []string) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not here: apt-get install poppler-utils")
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for page := range strings.SplitSeq(strings.TrimSuffix(string(out), "\f"), "\f") {
		pages = append(pages, strings.Join(strings.Fields(page), ""))
	}
	return pages
}

// TestEveryScorecardHasTwoPages and says what the table of scores says: total, places and every heading of every district, in every
// kind of period, in both languages.
func TestEveryScorecardHasTwoPages(t *testing.T) {
	dir, tables := demonstration(t), always(t)
	for _, period := range []string{"2026Q2", "2026Q3", "2025"} {
		totals := where(rows(t, tables["scores "+period]), "framework", "composite", "node", "composite")
		headings := where(rows(t, tables["scores "+period]), "level", "2", "state", "scored")
		if len(totals) != 13 || len(headings) == 0 {
			t.Fatalf("%s: %d totals, %d headings", period, len(totals), len(headings))
		}
		for _, lang := range []string{"zh", "en"} {
			file := filepath.Join(t.TempDir(), "scorecards.pdf")
			if said := good(t, "export", "--data", dir, "--table", "scorecard", "--format", "pdf", "--period", period, "--lang", lang, "--out", file); strings.Contains(said, "typeface") {
				t.Error(said)
			}
			pages := pagesOf(t, file)
			if len(pages) != 26 {
				t.Fatalf("%s %s: %d pages, want 26", period, lang, len(pages))
			}
			for i, row := range totals {
				for _, figure := range append(where(headings, "unit", row["unit"]), row) {
					if figure["state"] == "scored" && !strings.Contains(pages[2*i], hundredths(figure["score"])) {
						t.Errorf("%s %s: the card of %s lacks %s of %s:\n%s", period, lang, row["unit"], hundredths(figure["score"]), figure["node"], pages[2*i])
					}
				}
			}
		}
	}
}

// hundredths is a score as it is shown; the table has it in ten-thousandths.
func hundredths(score string) string {
	return decimal.RequireFromString(score).Round(2).StringFixed(2) // half away from zero; no score is below it
}

// TestTheNoticeNamesEveryDistrict with its score, as PDF and as a Word file.
func TestTheNoticeNamesEveryDistrict(t *testing.T) {
	dir := demonstration(t)
	pdf, docx := filepath.Join(t.TempDir(), "notice.pdf"), filepath.Join(t.TempDir(), "notice.docx")
	for _, file := range []string{pdf, docx} {
		good(t, "export", "--data", dir, "--table", "notice", "--format", filepath.Ext(file)[1:], "--period", "2026Q2", "--out", file)
	}
	all := strings.Join(pagesOf(t, pdf), "")
	for _, row := range where(rows(t, always(t)["scores 2026Q2"]), "framework", "composite", "node", "composite") {
		if !strings.Contains(all, hundredths(row["score"])) {
			t.Errorf("the notice lacks %s of %s", row["score"], row["unit"])
		}
	}
	for _, want := range []string{"关于2026年第二季度全市工会重点工作进展情况的通报", "各区、县（市）总工会：", "四、下步要求", "附件2", "数据版本v", "演示数据"} {
		if !strings.Contains(all, want) {
			t.Errorf("the notice lacks %q", want)
		}
	}
	if info, err := os.Stat(docx); err != nil || info.Size() < 5000 {
		t.Error(info, err)
	}
}

// TestPapersSayWhatTheyCannot.
func TestPapersSayWhatTheyCannot(t *testing.T) {
	dir := demonstration(t)
	for _, c := range []struct{ command, says string }{
		{"--table scorecard --format docx", "scorecard is not written as docx"},
		{"--table notice --format csv", "choose docx or pdf"},
		{"--table notice --format pdf --unit 210102", "a notice is about all units"},
		{"--table scorecard --format pdf --lang fr", "choose zh or en"},
	} {
		command := append([]string{"export", "--data", dir, "--period", "2026Q2", "--out", filepath.Join(t.TempDir(), "x")}, strings.Fields(c.command)...)
		call(t, command...).oneSentence(t, exitUsage, c.says)
	}
}
