package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
	"github.com/pquerna/otp/totp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// seeded are secrets that are given to a served city, and everything that it writes and answers.
type seeded struct {
	t       *testing.T
	secrets map[string]string // by what they are
	written map[string][]byte // by where it stands
}

// forms are the ways in which a secret could be written.
func forms(secret string) (all [][]byte) {
	raw := []byte(secret)
	all = append(all, raw, []byte(url.QueryEscape(secret)), []byte(hex.EncodeToString(raw)), []byte(strings.ToUpper(hex.EncodeToString(raw))))
	for shift := range 3 { // as a part of something longer its base64 begins at one of three places
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), raw...))
		text = text[(shift*8+5)/6 : len(text)-1]
		all = append(all, []byte(text), []byte(strings.NewReplacer("+", "-", "/", "_").Replace(text)))
	}
	if n, err := strconv.ParseInt(secret, 10, 64); err == nil { // as the engine keeps whole numbers
		packed := binary.BigEndian.AppendUint64(nil, uint64(n))
		all = append(all, bytes.TrimLeft(packed, "\x00"))
	}
	return all
}

// put keeps something that was written, with what is packed in it.
func (s *seeded) put(where string, text []byte) {
	s.written[where] = append(s.written[where], text...)
	if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		files, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			s.t.Fatal(where, err)
		}
		for _, f := range files.File {
			r, err := f.Open()
			if err != nil {
				s.t.Fatal(where, err)
			}
			inner, err := io.ReadAll(r)
			if err != nil {
				s.t.Fatal(where, err)
			}
			s.put(where+" "+f.Name, inner)
		}
	}
	if bytes.HasPrefix(text, []byte("\x28\xb5\x2f\xfd")) {
		unpacker, err := zstd.NewReader(nil)
		if err != nil {
			s.t.Fatal(err)
		}
		defer unpacker.Close()
		inner, err := unpacker.DecodeAll(text, nil)
		if err != nil {
			s.t.Fatal(where, err)
		}
		s.put(where+" unpacked", inner)
	}
}

// folder keeps every file below one, but for those where secrets must stand.
func (s *seeded) folder(where, dir string, but ...string) {
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == "unionboard.reserve" {
			return err
		}
		name := strings.TrimPrefix(strings.TrimPrefix(path, dir), "/")
		if slices.ContainsFunc(but, func(b string) bool { return name == b || strings.HasPrefix(name, b+"/") }) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil {
			s.put(where+" "+name, text)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// search says where a secret stands, in whichever form.
func (s *seeded) search() {
	for what, secret := range s.secrets {
		if len(secret) < 9 {
			s.t.Errorf("the %s is %q: it would be found anywhere", what, secret)
		}
		for where, text := range s.written {
			for i, form := range forms(secret) {
				if strings.Contains(what, "address of a source") && strings.HasPrefix(where, "the backup") {
					continue // the configuration is in it, as the operator wrote it
				}
				if at := bytes.Index(text, form); at >= 0 {
					s.t.Errorf("the %s stands in %s (form %d): …%q", what, where, i, text[max(0, at-60):min(len(text), at+40)])
					break
				}
			}
		}
	}
}

// Row 56 of the security checklist: passwords, tokens, cookies, second factors, accounts, telephones, numbers of citizens and the secrets of the
// configuration are given to a served city by everything that takes one, and looked for, in every form, in each byte of what it writes and answers
// afterwards: the log for debugging, metrics, pages of every role and of every error, the audit log, files, the check-up, the settings, a backup
// that takes no keys, and all of the data folder. Where they must stand nothing is looked for: `secrets`, and the configuration itself.
func TestSeededSecretsStandNowhere(t *testing.T) {
	t.Parallel()
	s := &seeded{t: t, written: map[string][]byte{}, secrets: map[string]string{
		"password": guestPassword, "password typed wrong": "heron-typed-wrongly-9", "password of a name nobody has": "bittern-typed-elsewhere", "new password": "marten-cobalt-rivers",
		"token of a source": "src-tok-5Vw9QmXzR7", "password of a source": "src-pw-8Kd2LpNb4", "key in the address of a source": "src-url-3Hs6TgYj1", "password of the mail server": "mail-pw-7Rf4WcZx2",
		"key of a webhook": "hook-key-9Bn5MqLk6", "token nobody has": "ub_forged0token0forged0token", "account of a payer": "3301010122334455667", "account of a union": "6666010199887766554",
		"telephone of a payer": "13812345678", "telephone of a record": "13987654321", "number of a citizen that was typed": "210102199003071234", "telephone that was looked for": "13755556666",
		"telephone to be called": "13644443333",
	}}
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // a source, and a group, that say again what they were told
		_ = r.ParseForm()
		http.Error(w, fmt.Sprint(r.URL, r.Header), http.StatusInternalServerError)
	}))
	defer echo.Close()
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mail.Close()
	go func() {
		for {
			c, err := mail.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s.secrets["secret key of backups"] = key.String()
	mailHost, mailPort, _ := net.SplitHostPort(mail.Addr().String())
	metrics := quietAddress(t)
	dir := installation(t, "plain_http: true", "log_level: debug", "spread: 0s", "metrics_addr: "+metrics,
		"mail: {host: "+mailHost+", port: "+mailPort+", security: tls, username: board, password_file: secrets/mail, from: board@example.org}",
		"webhooks: [{name: group, url: '"+echo.URL+"/send?key={key}', key_file: secrets/hook, body: '{\"t\": \"{lines}\"}', allow_loopback: true}]",
		"sources:", "  - {name: one, kind: http, url: '"+echo.URL+"/v?key="+s.secrets["key in the address of a source"]+"', format: json, token_file: secrets/one, allow_loopback: true}",
		"  - {name: two, kind: http, url: '"+echo.URL+"/v', format: json, username: board, password_file: secrets/two, allow_loopback: true}")
	if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, what := range map[string]string{"mail": "password of the mail server", "hook": "key of a webhook", "one": "token of a source", "two": "password of a source"} {
		if err := os.WriteFile(filepath.Join(dir, "secrets", name), []byte(s.secrets[what]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inside(t, dir, func(a *app) {
		addPeople(t, a, map[string]account.Post{
			"analyst": {Role: assess.CityAnalyst}, "keeper": {Role: assess.Admin}, "auditor": {Role: assess.Auditor}, "finance": {Role: assess.CityReviewer, Department: "finance"},
			"reporter": {Role: assess.DistrictReporter, Unit: "210102"}, "changing": {Role: assess.CityLeader}, "locked": {Role: assess.CityLeader},
		})
		s.secrets["token of a program"] = tokenFor(t, a, cityCode, account.SubmitFigures, account.ReadAll, account.ExportFiles)
	})
	p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	s.use(p.serving())
	if got, err := http.Get("http://" + metrics + "/metrics"); err == nil {
		text, _ := io.ReadAll(got.Body)
		got.Body.Close()
		s.put("metrics", text)
	} else {
		t.Error(err)
	}
	s.folder("the data folder while it is served:", dir, "secrets", "unionboard.yaml")
	for _, f := range []string{"cmdline", "environ"} {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, f)) // elsewhere than on Linux there is none
		s.put("the process: "+f, text)
	}
	p.stop()
	s.put("the log", []byte(p.out.String()+p.err.String()))
	s.console(dir)
	s.keysOf(dir)
	s.search()
	for where, word := range map[string]string{ // what must stand there: the search looks where it should
		"the log": "/registers/dues_refunds/review/{refund", "metrics": "go_goroutines", "the pages of analyst": "沈阳鑫源机械有限公司", "the backup unpacked": "沈阳鑫源机械有限公司",
		"the audit log": "refund.uncover", "the settings": "secrets/mail", "the check-up": "mail",
	} {
		if !bytes.Contains(s.written[where], []byte(word)) {
			t.Errorf("%s does not hold %q, of %d bytes", where, word, len(s.written[where]))
		}
	}
}

// use does what takes secrets, and reads everything afterwards.
func (s *seeded) use(base string) {
	t, ctx := s.t, s.t.Context()
	people := map[string]*guest{}
	for i, name := range []string{"analyst", "keeper", "auditor", "finance", "reporter", "changing"} {
		v := newGuest(t, base, name, i)
		if err := v.signIn(ctx); err != nil {
			t.Fatal(err)
		}
		people[name] = v
		s.cookies(v)
	}
	must := func(got reply, err error, want ...int) reply {
		t.Helper()
		if err != nil || !slices.Contains(want, got.status) {
			t.Errorf("%d %v: %.500s", got.status, err, mainOf(got.body))
		}
		return got
	}
	post := func(who, path, form string, want ...int) reply {
		t.Helper()
		values, _ := url.ParseQuery(form)
		got, err := people[who].post(ctx, path, values)
		return must(got, err, want...)
	}
	knock := newGuest(t, base, "nobody", 50)
	page, err := knock.get(ctx, "/sign-in")
	must(page, err, 200)
	knock.form = formToken.FindStringSubmatch(page.body)[1]
	people["nobody"] = knock
	s.put("the door", []byte(post("nobody", "/sign-in", "name=locked&password="+s.secrets["password typed wrong"], 401).body))
	s.put("the door", []byte(post("nobody", "/sign-in", "name=nobody.here&password="+s.secrets["password of a name nobody has"], 401).body))
	post("changing", "/password", "current="+guestPassword+"&chosen="+s.secrets["new password"]+"&again="+s.secrets["new password"], 303)

	page, err = people["keeper"].get(ctx, "/account/second-factor")
	must(page, err, 200)
	found := regexp.MustCompile(`<code[^>]*>([A-Z2-7 ]+)</code>`).FindStringSubmatch(page.body)
	if found == nil {
		t.Fatal(page.body)
	}
	s.secrets["second factor"] = strings.ReplaceAll(found[1], " ", "")
	s.secrets["second factor in fours"] = strings.TrimSpace(found[1])
	code, err := totp.GenerateCode(s.secrets["second factor"], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	post("keeper", "/account/second-factor", "current="+guestPassword+"&code="+code, 303)
	s.cookies(people["keeper"])
	made := post("analyst", "/account/links", "kind=calendar", 200)
	s.secrets["link"] = between(made.body, "/calendar/", ".ics")

	tax, unions := refundFiles(t, t.TempDir())
	got, err := people["finance"].uploads(ctx, "/registers/dues_refunds/deliveries", tax, unions)
	must(got, err, 303)
	list, err := people["finance"].get(ctx, "/registers/dues_refunds/review?state=all")
	refund := between(must(list, err, 200).body, `/registers/dues_refunds/review/`, `"`)
	refund, _, _ = strings.Cut(refund, "?")
	page, err = people["finance"].get(ctx, "/registers/dues_refunds/review/"+refund)
	column := regexp.MustCompile(`<option value="([a-z]+\.account)"`).FindStringSubmatch(must(page, err, 200).body)
	if column == nil {
		t.Fatalf("no account of the refund can be uncovered: %s", mainOf(page.body))
	}
	post("finance", "/registers/dues_refunds/review/"+refund+"/uncover", "column="+column[1]+"&reason=与 "+s.secrets["number of a citizen that was typed"]+" 核对 "+s.secrets["account of a payer"], 200)
	post("reporter", "/registers/service_stations/new", "v.station_no=YZ-1&v.name=示例驿站&v.build_type=self_built&v.host_type=bank&v.address=示例路1号&v.area_m2=20&v.open_hours=08:00-20:00"+
		"&v.is_24h=是&v.is_smart=否&c.facilities.seating=1&v.opened_on=2024-05-01&v.visits_ytd=10&v.status=在用&v.manager_phone="+s.secrets["telephone of a record"], 303)
	post("reporter", "/persons", "person="+s.secrets["telephone that was looked for"]+"&reason=本人申请", 200)
	post("analyst", "/collect/one/run", "", 303)
	post("analyst", "/collect/two/run", "", 303)

	program := newGuest(t, base, "program", 60)
	program.secret = s.secrets["token of a program"]
	forged := newGuest(t, base, "forged", 61)
	forged.secret = s.secrets["token nobody has"]
	for _, v := range []*guest{program, forged} {
		for _, path := range []string{"/api/v1/units", "/api/v1/scores", "/api/v1/observations", "/api/v1/exports", "/api/v1/runs", "/api/v1/nowhere", "/api/v1/observations?period=x"} {
			got, err := v.get(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			s.put("the API", []byte(got.body))
		}
		for _, body := range []string{`{"schema":`, `{"x":"` + guestPassword + `"}`, `{"schema":"unionboard/values/1","unit":"210102","period":"2026Q4","next":null,"values":[{"code":"union_members","value":"` + s.secrets["account of a payer"] + `"}]}`} {
			got, err := v.send(ctx, http.MethodPost, "/api/v1/submissions", "application/json", []byte(body), "Idempotency-Key", fmt.Sprint(len(body)))
			if err != nil {
				t.Fatal(err)
			}
			s.put("the API", []byte(strings.ReplaceAll(got.body, s.secrets["account of a payer"], ""))) // what was sent is told to who sent it
		}
	}
	s.faults(people["reporter"])
	for _, who := range []string{"analyst", "keeper", "auditor", "finance", "reporter"} {
		s.read(people[who])
	}
}

// faults asks for what there is not and sends what cannot be taken.
func (s *seeded) faults(v *guest) {
	ctx := s.t.Context()
	for _, path := range []string{"/nowhere", "/admin", "/registers/none", "/fill/1999Q1", "/evidence/00000000-0000-7000-8000-000000000000", "/export/none.csv"} {
		got, err := v.get(ctx, path)
		if err != nil || got.status < 400 {
			s.t.Errorf("%s answers %d %v", path, got.status, err)
		}
		s.put("pages of faults", []byte(got.body))
	}
	for _, one := range [][2]string{{"text/plain", "x=" + guestPassword}, {"application/json", `{"password":"` + guestPassword + `"}`}, {"application/x-www-form-urlencoded", "form_token=" + guestPassword + "&current=" + guestPassword}} {
		got, err := v.send(ctx, http.MethodPost, "/password", one[0], []byte(one[1]))
		if err != nil || got.status < 400 {
			s.t.Errorf("%s: %d %v", one[0], got.status, err)
		}
		s.put("pages of faults", []byte(got.body))
	}
}

// read opens every page that has no variable part, the registers, and takes every table in every format.
func (s *seeded) read(v *guest) {
	t, ctx := s.t, s.t.Context()
	routes, err := os.ReadFile("../../internal/web/testdata/access.txt")
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/registers/dues_refunds", "/registers/service_stations", "/registers/dues_refunds/review?state=all", "/collect/one", "/collect/two", "/audit?q=refund"}
	for line := range strings.Lines(string(routes)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == http.MethodGet && !strings.ContainsAny(words[1], "{") && !strings.HasPrefix(words[1], "/api/") {
			paths = append(paths, words[1])
		}
	}
	q := oldQuarter().String()
	if v.name == "analyst" {
		for _, table := range export.Names() {
			for _, format := range []string{"csv", "xlsx", "json", "parquet"} {
				paths = append(paths, "/export/"+table+"."+format+"?q="+q+"&personal=1")
			}
		}
	}
	for _, path := range paths {
		got, err := v.get(ctx, path)
		if err != nil || got.status >= 500 {
			t.Errorf("%s as %s: %d %v", path, v.name, got.status, err)
		}
		where := "the pages of " + v.name
		if strings.Contains(path, "/export/") || strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
			where = "the file " + path
		}
		s.put(where, []byte(got.body))
	}
	for _, format := range []string{"csv", "xlsx", "json", "parquet"} {
		got, err := v.post(ctx, "/registers/dues_refunds/take", url.Values{"format": {format}})
		if err != nil {
			t.Fatal(err)
		}
		s.put("the register as "+format+" for "+v.name, []byte(got.body))
	}
}

// cookies takes the session and the token of the forms of somebody among the secrets.
func (s *seeded) cookies(v *guest) {
	site, err := url.Parse(v.base)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(site) {
		if len(c.Value) > 20 {
			s.secrets[fmt.Sprintf("cookie %s of %s, %d", c.Name, v.name, len(s.secrets))] = c.Value
		}
	}
}

// console runs the commands that write something.
func (s *seeded) console(dir string) {
	t := s.t
	out := filepath.Join(t.TempDir(), "whole.tar.zst")
	good(t, "backup", "--out", out, "--data", dir)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	s.put("the backup", text)
	s.put("the settings", []byte(good(t, "config", "show", "--data", dir)))
	for _, format := range []string{"text", "json"} {
		r := call(t, "doctor", "--deep", "--format", format, "--data", dir)
		s.put("the check-up", []byte(r.out+r.err))
	}
	s.put("the audit log", []byte(good(t, "audit", "export", "--data", dir)))
	s.put("the sheet of a breach", []byte(good(t, "audit", "breach", "--data", dir)))
	r := call(t, "collect", "--data", dir, "--period", oldQuarter().String())
	s.put("a collection at the console", []byte(r.out+r.err))
	s.put("the tokens", []byte(good(t, "token", "list", "--data", dir)+good(t, "user", "list", "--data", dir)+good(t, "keys", "--data", dir)))
	s.folder("the data folder:", dir, "secrets", "unionboard.yaml")
}

// keysOf takes the keys of the sealed columns among the secrets.
func (s *seeded) keysOf(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "secrets", "register.keys"))
	if err != nil {
		s.t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	s.secrets["key of sealed columns"] = lines[len(lines)-1]
	raw, err := base64.StdEncoding.DecodeString(lines[len(lines)-1])
	if err != nil {
		s.t.Fatal(err)
	}
	s.secrets["key of sealed columns, as bytes"] = string(raw)
}
