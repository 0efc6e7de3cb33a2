package evidence

import (
	"mime"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// hostileNames are the names of security checklist, row 39, with what becomes of them.
func hostileNames() map[string]string {
	long := strings.Repeat("a", 300)
	return map[string]string{
		"名册.pdf":                          "名册.pdf",
		"a b.pdf":                         "a b.pdf",
		"REPORT.PDF":                      "REPORT.pdf",
		"../../etc/passwd":                "passwd.pdf",
		"../../etc/passwd.pdf":            "passwd.pdf",
		"..\\..\\windows\\a.pdf":          "a.pdf",
		"/etc/shadow.pdf":                 "shadow.pdf",
		"C:\\Users\\李娜\\名册.pdf":           "名册.pdf",
		"C:a.pdf":                         "C_a.pdf",
		"\\\\server\\share\\a.pdf":        "a.pdf",
		"//server/share/a.pdf":            "a.pdf",
		"file:///etc/passwd.pdf":          "passwd.pdf",
		"a.pdf\x00.html":                  "a.pdf.html.pdf",
		"a\x00b.pdf":                      "ab.pdf",
		"a\nb.pdf":                        "a b.pdf",
		"a\r\nSet-Cookie: x=y.pdf":        "a Set-Cookie_ x=y.pdf",
		"a\tb.pdf":                        "a b.pdf",
		"a\x1b[31m.pdf":                   "a[31m.pdf",
		"a\x7f.pdf":                       "a.pdf",
		"\u202efdp.exe":                   "fdp.exe.pdf",
		"a\u202efdp.exe.pdf":              "afdp.exe.pdf",
		"\u2066a\u2069.pdf":               "a.pdf",
		"a\u200b.pdf":                     "a.pdf",
		"\ufeffa.pdf":                     "a.pdf",
		"a\u2028b.pdf":                    "a b.pdf",
		"a\u00a0b.pdf":                    "a b.pdf",
		"a\xff\xfe.pdf":                   "a.pdf",
		"\xc3\x28.pdf":                    "(.pdf",
		"CON":                             "_CON.pdf",
		"con.pdf":                         "_con.pdf",
		"NUL.pdf":                         "_NUL.pdf",
		"aux.tar.pdf":                     "_aux.tar.pdf",
		"COM1.pdf":                        "_COM1.pdf",
		"LPT9.pdf":                        "_LPT9.pdf",
		"COM\u00b9.pdf":                   "_COM\u00b9.pdf",
		"PRN .pdf":                        "_PRN.pdf",
		"CONSOLE.pdf":                     "CONSOLE.pdf",
		"":                                "file.pdf",
		".":                               "file.pdf",
		"..":                              "file.pdf",
		"...":                             "file.pdf",
		" ":                               "file.pdf",
		".pdf":                            "file.pdf",
		".htaccess":                       "htaccess.pdf",
		"..pdf":                           "file.pdf",
		"a.pdf.":                          "a.pdf.pdf",
		"a.pdf ":                          "a.pdf.pdf",
		" a.pdf":                          "a.pdf",
		"a.html":                          "a.html.pdf",
		"a.php.pdf":                       "a.php.pdf",
		"a.pdf/":                          "file.pdf",
		"a.pdf::$DATA":                    "a.pdf__$DATA.pdf",
		"a|b.pdf":                         "a_b.pdf",
		"a<script>.pdf":                   "a_script_.pdf",
		"\"; filename=\"x.html.pdf":       "_; filename=_x.html.pdf",
		"%2e%2e%2fa.pdf":                  "%2e%2e%2fa.pdf",
		"a%00.pdf":                        "a%00.pdf",
		"-rf.pdf":                         "-rf.pdf",
		"$(id).pdf":                       "$(id).pdf",
		"`id`.pdf":                        "`id`.pdf",
		"~root.pdf":                       "~root.pdf",
		"a*?.pdf":                         "a__.pdf",
		long + ".pdf":                     long[:nameBytes] + ".pdf",
		strings.Repeat("名", 300) + ".pdf": strings.Repeat("名", nameBytes/3) + ".pdf",
	}
}

func TestHostileNames(t *testing.T) {
	kind, _ := KindOf("pdf")
	names := hostileNames()
	if len(names) < 60 {
		t.Errorf("only %d names", len(names))
	}
	for sent, want := range names {
		got := CleanName(sent, kind)
		if got != want {
			t.Errorf("%q becomes %q, want %q", sent, got, want)
		}
		checkName(t, got)
		if again := CleanName(got, kind); again != got {
			t.Errorf("%q cleaned again becomes %q", got, again)
		}
	}
}

func TestNamesAreSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind, _ := KindOf(rapid.SampledFrom(Known()).Draw(t, "kind"))
		checkName(t, CleanName(rapid.OneOf(rapid.String(), rapid.StringMatching(`[./\\ A-Zconul:%"]{0,12}`)).Draw(t, "name"), kind))
	})
}

var headerForm = regexp.MustCompile(`^attachment; filename="[ !#-\[\]-~]+"; filename\*=UTF-8''[!#$&+\-.^_` + "`" + `|~0-9A-Za-z%]+$`)

// checkName: whatever was sent, the name is one safe element of a path, and the header a browser gets says exactly it.
func checkName(t interface {
	Errorf(string, ...any)
}, name string,
) {
	if strings.ContainsAny(name, `/\<>:"|?*`) || !utf8.ValidString(name) || len(name) > 255 || strings.Trim(name, ". ") != name ||
		strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }) || device.MatchString(name) || !strings.Contains(name[1:], ".") {
		t.Errorf("%q is not safe", name)
	}
	header := Disposition(name)
	if !headerForm.MatchString(header) {
		t.Errorf("%q: header %q", name, header)
	}
	// The package mime reads the encoded name alone: with both it takes the header for a wrong one.
	encoded := header[strings.Index(header, "filename*="):]
	disposition, said, err := mime.ParseMediaType("attachment; " + encoded)
	if err != nil || disposition != "attachment" || said["filename"] != name {
		t.Errorf("%q is read back as %q (%v)", name, said["filename"], err)
	}
}

// FuzzNames: whatever a file is called, the name it is offered under is one safe element of a path, and the header a browser gets says it.
func FuzzNames(f *testing.F) {
	for sent := range hostileNames() {
		f.Add(sent)
	}
	f.Add("con." + strings.Repeat("E", 300) + ".pdf")
	f.Fuzz(func(t *testing.T, sent string) {
		for _, k := range kinds() {
			name := CleanName(sent, k)
			if checkName(t, name); CleanName(name, k) != name {
				t.Errorf("%q is called %q, and that %q", sent, name, CleanName(name, k))
			}
		}
	})
}
