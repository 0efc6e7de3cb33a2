package notify_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
)

// hookTo makes the channel to an address.
func hookTo(t *testing.T, url string, change func(*notify.HookConfig)) *notify.Hook {
	t.Helper()
	c := notify.HookConfig{URL: url, Body: `{"text": "{text}"}`, Language: i18n.Chinese, AllowLoopback: true}
	if change != nil {
		change(&c)
	}
	h, err := notify.NewHook(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// groupLetter is a letter with what could break out of a text.
func groupLetter() notify.Letter {
	return notify.Letter{
		ID: "0199-1", Subject: `催报"第一季度"`, Lines: []string{`和平区、"沈河区"\尚未报送`, "[点我](http://evil.example)\n# 大东区"},
		Link: "https://board.example.org/calendar?q=2026Q1", Units: "和平区、沈河区", Period: "2026年第一季度", Foot: "自动发出",
	}
}

// The bodies of three usual office messengers: what is posted is what their handbooks ask for, whatever stands in the texts.
func TestBodiesOfMessengers(t *testing.T) {
	text := "· 和平区、\"沈河区\"\\尚未报送\n· [点我](http://evil.example)\n# 大东区\n\nhttps://board.example.org/calendar?q=2026Q1"
	lines := "- 和平区、\"沈河区\"\\尚未报送\n- ［点我］(http://evil.example) ＃ 大东区"
	for name, one := range map[string]struct {
		body string
		want map[string]any
	}{
		"WeCom": {
			`{"msgtype": "markdown", "markdown": {"content": "**{subject}**\n{lines}\n[打开]({link})"}}`,
			map[string]any{"msgtype": "markdown", "markdown": map[string]any{
				"content": "**催报\"第一季度\"**\n" + lines + "\n[打开](https://board.example.org/calendar?q=2026Q1)",
			}},
		},
		"DingTalk": {
			`{"msgtype": "markdown", "markdown": {"title": "{subject}", "text": "### {period} {units}\n{lines}"}}`,
			map[string]any{"msgtype": "markdown", "markdown": map[string]any{"title": "催报\"第一季度\"", "text": "### 2026年第一季度 和平区、沈河区\n" + lines}},
		},
		"Feishu": {
			`{"msg_type": "text", "content": {"text": "{subject}\n{text}"}, "uuid": "{id}"}`,
			map[string]any{"msg_type": "text", "content": map[string]any{"text": "催报\"第一季度\"\n" + text}, "uuid": "0199-1"},
		},
	} {
		var got map[string]any
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s: %s %v, %v", name, r.Method, r.Header, err)
			}
		}))
		defer server.Close()
		if err := hookTo(t, server.URL, func(c *notify.HookConfig) { c.Body = one.body }).Send(t.Context(), groupLetter(), ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(one.want, got); diff != "" {
			t.Errorf("%s (-want +posted):\n%s", name, diff)
		}
	}
}

// The key stands in a file of its own and reaches its place in the address, escaped.
func TestKeyOfAWebhook(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.String() }))
	defer server.Close()
	h := hookTo(t, server.URL+"/{key}/send?key={key}", func(c *notify.HookConfig) { c.Key = secretFile(t, "a/b&c") })
	if err := h.Send(t.Context(), groupLetter(), ""); err != nil || asked != "/a%2Fb&c/send?key=a%2Fb%26c" {
		t.Errorf("asked %s, %v", asked, err)
	}
}

// TestWebhookFaults goes through the ways a webhook can fail, whether it is tried again, and that no redirect is followed.
func TestWebhookFaults(t *testing.T) {
	var canary atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { canary.Add(1) }))
	defer elsewhere.Close()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "hunter2", code) }
	}
	says := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
	}
	for _, one := range []struct {
		name    string
		serve   http.HandlerFunc
		change  func(*notify.HookConfig)
		outcome notify.Outcome
		key     string
	}{
		{"busy", status(429), nil, notify.Again, "problem.hook_later"},
		{"resting", status(503), nil, notify.Again, "problem.hook_later"},
		{"broken", status(500), nil, notify.Unsaid, "problem.hook_failed"},
		{"a gateway", status(504), nil, notify.Unsaid, "problem.hook_failed"},
		{"denied", status(403), nil, notify.Never, "problem.hook_refused"},
		{"sends on", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, nil, notify.Never, "problem.hook_redirect"},
		{"says no", says(`{"errcode":93000,"errmsg":"invalid webhook url"}`), nil, notify.Never, "problem.hook_said"},
		{"says nothing", says(`{}`), nil, notify.Never, "problem.hook_said"},
		{"says something else", says(`<html>`), nil, notify.Unsaid, "problem.hook_answer"},
		{"says too much", says(`{"x":"` + strings.Repeat("x", 1<<20) + `","errcode":0}`), nil, notify.Unsaid, "problem.hook_answer"},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only then the server sees that the other side goes away
			<-r.Context().Done()
		}, func(c *notify.HookConfig) { c.Timeout = 50 * time.Millisecond }, notify.Unsaid, "problem.hook_unsaid"},
		{"hangs up", func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		}, nil, notify.Unsaid, "problem.hook_unsaid"},
		{"is this machine", says(`{"errcode":0}`), func(c *notify.HookConfig) { c.AllowLoopback = false }, notify.Again, "problem.address_loopback"},
		{"has no key", says(`{"errcode":0}`), func(c *notify.HookConfig) {
			c.URL += "?key={key}"
			c.Key = dial.Secret{File: "/none"}
		}, notify.Again, "problem.file_absent"},
	} {
		t.Run(one.name, func(t *testing.T) {
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				one.serve(w, r)
			}))
			defer server.Close()
			err := hookTo(t, server.URL, func(c *notify.HookConfig) {
				c.Answer = map[string]string{"errcode": "0"}
				if one.change != nil {
					one.change(c)
				}
			}).Send(t.Context(), groupLetter(), "")
			if outcome, key := outcomeOf(t, err); outcome != one.outcome || key != one.key {
				t.Errorf("outcome %d, %s (%v); want %d, %s", outcome, key, err, one.outcome, one.key)
			}
			if asked.Load() > 1 {
				t.Errorf("posted %d times", asked.Load())
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v shows the answer", err)
			}
		})
	}
	if canary.Load() != 0 {
		t.Error("a redirect was followed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "http://" + listener.Addr().String()
	listener.Close()
	if outcome, key := outcomeOf(t, hookTo(t, gone, nil).Send(t.Context(), groupLetter(), "")); outcome != notify.Again || key != "problem.hook_away" {
		t.Errorf("nobody there: outcome %d, %s", outcome, key)
	}
	safe := httptest.NewTLSServer(says(`{}`))
	defer safe.Close()
	if outcome, key := outcomeOf(t, hookTo(t, safe.URL, nil).Send(t.Context(), groupLetter(), "")); outcome != notify.Again || key != "problem.hook_certificate" {
		t.Errorf("unknown authority: outcome %d, %s", outcome, key)
	}
}

func TestGoodAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`) }))
	defer server.Close()
	h := hookTo(t, server.URL, func(c *notify.HookConfig) { c.Answer = map[string]string{"errcode": "0", "errmsg": "ok"} })
	if err := h.Send(t.Context(), groupLetter(), ""); err != nil {
		t.Error(err)
	}
}

func TestBadWebhooks(t *testing.T) {
	key := dial.Secret{File: "x"}
	good := notify.HookConfig{URL: "https://robot.example.org/send?key={key}", Key: key, Body: `{"text":"{text}"}`}
	if fault := notify.CheckHook(good); fault != nil {
		t.Fatal(fault)
	}
	for _, one := range []struct {
		change func(*notify.HookConfig)
		key    string
		field  string
	}{
		{func(c *notify.HookConfig) { c.URL = "robot.example.org" }, "problem.hook_url_form", "url"},
		{func(c *notify.HookConfig) { c.URL = "ftp://robot.example.org/{key}" }, "problem.hook_url_form", "url"},
		{func(c *notify.HookConfig) { c.URL = "https://robot.example.org/{key}#x" }, "problem.hook_url_form", "url"},
		{func(c *notify.HookConfig) { c.URL = "https://a:b@robot.example.org/{key}" }, "problem.hook_url_user", "url"},
		{func(c *notify.HookConfig) { c.URL = "https://{key}.example.org/" }, "problem.hook_url_place", "url"},
		{func(c *notify.HookConfig) { c.URL = "https://2130706433/{key}" }, "problem.hook_url_host", "url"},
		{func(c *notify.HookConfig) { c.URL = "https://169.254.169.254/{key}" }, "problem.address_link_local", "url"},
		{func(c *notify.HookConfig) { c.URL = "https://robot.example.org/" }, "problem.hook_url_unkeyed", "url"},
		{func(c *notify.HookConfig) { c.Key = dial.Secret{} }, "problem.hook_url_keyless", "url"},
		{func(c *notify.HookConfig) { c.Body = "" }, "problem.hook_body", "body"},
		{func(c *notify.HookConfig) { c.Body = "{text}" }, "problem.hook_body", "body"},
		{func(c *notify.HookConfig) { c.Body = `{"text":{text}}` }, "problem.hook_body", "body"},
		{func(c *notify.HookConfig) { c.Body = `{"text":"{txt}"}` }, "problem.hook_placeholder", "body"},
	} {
		c := good
		one.change(&c)
		_, err := notify.NewHook(c)
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != one.key || p.Place.Field != one.field {
			t.Errorf("%+v: %v, want %s at %s", c, err, one.key, one.field)
		}
	}
}
