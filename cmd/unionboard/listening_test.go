package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// certificate writes a certificate and its key into a folder.
func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"board.pem": {Type: "CERTIFICATE", Bytes: cert}, "board.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Rows 15 and 49 of the security checklist: with a certificate the pages are served over https, with cookies that leave it never; what a
// proxy says is believed of the one that is named.
func TestServedOverHTTPS(t *testing.T) {
	t.Parallel()
	dir := installation(t, "addr: 127.0.0.1:0", "tls: {cert_file: board.pem, key_file: board.key}")
	certificate(t, dir)
	p := start(t, "serve", "--data", dir)
	address := p.serving()
	if !strings.HasPrefix(address, "https://") {
		t.Fatalf("serving at %s", address)
	}
	p.untilReady(address) // whoever watches it on the machine asks by the address, which the certificate does not name
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	r, err := client.Get(address + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	cookies := r.Cookies()
	if len(cookies) == 0 || !strings.HasPrefix(cookies[0].Name, "__Host-") || !cookies[0].Secure || r.Header.Get("Strict-Transport-Security") == "" || r.ProtoMajor != 2 {
		t.Errorf("HTTP/%d, cookies %v, headers %v", r.ProtoMajor, cookies, r.Header)
	}
	p.stop()

	configure(t, dir, "addr: 127.0.0.1:0", "trusted_proxies: [127.0.0.1]")
	p = start(t, "serve", "--data", dir)
	address = p.serving()
	for scheme, held := range map[string]bool{"https": true, "http": false} {
		req, err := http.NewRequest(http.MethodGet, address+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", "203.0.113.9")
		req.Header.Set("X-Forwarded-Proto", scheme)
		r, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if (r.Header.Get("Strict-Transport-Security") != "") != held || !r.Cookies()[0].Secure {
			t.Errorf("through a proxy over %s: %v", scheme, r.Header)
		}
	}
	p.stop()
}

// Row 49: what other machines reach is not served over plain HTTP unless somebody said so.
func TestPlainHTTPIsSaid(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	r := call(t, "serve", "--data", dir, "--addr", "0.0.0.0:0")
	r.oneSentence(t, exitRefused, "can be reached from other machines", "tls", "trusted_proxies", "plain_http: true")
	for _, said := range []string{"UNIONBOARD_PLAIN_HTTP=true", "UNIONBOARD_TRUSTED_PROXIES=10.0.0.1"} {
		p := start(t, said, "serve", "--data", dir, "--addr", "0.0.0.0:0")
		p.serving()
		if r := p.stop(); r.code != exitDone {
			t.Errorf("%s: %d %s", said, r.code, r.err)
		}
	}
}

// What packaging/compose.yaml sets is what a start in a container needs: it listens at all addresses there, and believes the gateway of its own network,
// which is where a proxy of the machine comes from.
func TestTheContainerStarts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../packaging/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct{ Environment map[string]string }
		Networks map[string]struct {
			IPAM struct {
				Config []struct{ Subnet, Gateway string }
			}
		}
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile("../../packaging/Dockerfile")
	command := regexp.MustCompile(`CMD \["serve", "--addr", "([^"]+):8080"\]`).FindSubmatch(image)
	if err != nil || command == nil {
		t.Fatal("the image does not say how it is served", err)
	}
	words := []string{"serve", "--data", installation(t), "--addr", string(command[1]) + ":0"}
	environment := compose.Services["unionboard"].Environment
	for name, value := range environment {
		words = append([]string{name + "=" + value}, words...)
	}
	p := start(t, words...)
	p.serving()
	if r := p.stop(); r.code != exitDone {
		t.Errorf("ended with %d: %s", r.code, r.err)
	}
	network := compose.Networks["default"].IPAM.Config
	if len(network) != 1 || environment["UNIONBOARD_TRUSTED_PROXIES"] != network[0].Gateway {
		t.Errorf("%q is believed, and the network is %+v", environment["UNIONBOARD_TRUSTED_PROXIES"], network)
	}
}

// listening answers the addresses that a process listens at, as Linux tells.
func listening(t *testing.T, pid int) (at []string) {
	t.Helper()
	sockets := map[string]bool{}
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil {
			sockets[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n")[1:] {
			f := strings.Fields(line)
			if len(f) > 9 && sockets[f[9]] && (f[3] == "0A" || strings.HasPrefix(table, "udp")) { // 0A: listening
				host, port, _ := strings.Cut(f[1], ":")
				number, _ := strconv.ParseUint(port, 16, 16)
				at = append(at, fmt.Sprintf("%s %s:%d", table, host, number))
			}
		}
	}
	return at
}

// Row 52 of the security checklist: a default start has one port, on loopback; metrics and profiles have theirs when they are asked for, on
// loopback as well, and the pages have neither.
func TestOnePortIsOpen(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what a process listens at")
	}
	dir := installation(t)
	p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	address := p.serving()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	if got, want := listening(t, p.cmd.Process.Pid), "[tcp 0100007F:"+port+"]"; fmt.Sprint(got) != want {
		t.Errorf("a default start listens at %v, want %s", got, want)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars"} {
		if code, _ := read(t, address+path); code == http.StatusOK {
			t.Errorf("%s is answered among the pages", path)
		}
	}
	p.stop()

	p = start(t, "UNIONBOARD_METRICS_ADDR=127.0.0.1:0", "UNIONBOARD_DEBUG_ADDR=127.0.0.1:0", "UNIONBOARD_LOG_FORMAT=json", "serve", "--data", dir, "--addr", "127.0.0.1:0")
	address = p.serving()
	read(t, address+"/sign-in")
	if got := listening(t, p.cmd.Process.Pid); len(got) != 3 || strings.Count(fmt.Sprint(got), "0100007F") != 3 {
		t.Errorf("with metrics and profiles it listens at %v", got)
	}
	places := map[string]string{}
	for _, m := range regexp.MustCompile(`"msg":"(metrics|profiles)","at":"([^"]+)"`).FindAllStringSubmatch(p.err.String(), -1) {
		places[m[1]] = m[2]
	}
	code, text := read(t, places["metrics"])
	for _, part := range []string{
		`unionboard_http_requests_total{class="2xx",route="GET /sign-in"} 1`, `unionboard_http_duration_seconds_count{kind="page"} 1`, "unionboard_http_in_flight 0",
		"unionboard_store_bytes ", "unionboard_store_free_bytes ", "unionboard_store_queue 0", "unionboard_leads 1", "unionboard_sessions 0", "unionboard_messages_waiting 0", "unionboard_build_info{",
		"unionboard_store_transactions_total ", "process_open_fds ",
	} {
		if code != http.StatusOK || !strings.Contains(text, part) {
			t.Errorf("metrics (%d) have no %s", code, part)
		}
	}
	described, err := os.ReadFile("../../docs/server.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (unionboard_\S+)`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(described), m[1]) {
			t.Errorf("docs/server.md does not name %s", m[1])
		}
	}
	if code, _ := read(t, places["profiles"]); code != http.StatusOK {
		t.Errorf("profiles are answered %d", code)
	}
	for host, want := range map[string]int{"rebound.example.org": http.StatusMisdirectedRequest, "127.0.0.1.example.org:9090": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest, "localhost:9090": http.StatusOK, "[::1]": http.StatusOK} {
		for what, place := range places {
			if code := askedAs(t, place, host); code != want {
				t.Errorf("%s of the host %q are answered %d, want %d", what, host, code, want)
			}
		}
	}
	if code, _ := read(t, places["profiles"]+"cmdline"); code != http.StatusNotFound {
		t.Errorf("the command line is answered %d", code)
	}
	for line := range strings.Lines(p.stop().err) {
		if strings.HasPrefix(line, "{") != strings.Contains(line, `"msg"`) {
			t.Errorf("a line of the log is no JSON: %s", line)
		}
	}
}

// askedAs asks for an address under the name of another host, as a browser does whose page lets its own name lead there.
func askedAs(t *testing.T, address, host string) (code int) {
	t.Helper()
	at, path, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host)
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	return r.StatusCode
}

func read(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(text)
}

// half sends the head of a form and half of its body.
func half(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(c, "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the body is being read
		t.Fatalf("%q, %v", line, err)
	}
	io.WriteString(c, "a=b")
	return c
}

// Who asks when the server ends is answered, who comes then is not; whoever asks it to end a second time does not wait.
func TestItEndsGracefully(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	address := p.serving()
	c := half(t, address)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for tries := 0; ; tries++ { // new ones are refused
		other, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			break
		}
		other.Close()
		if tries == 1000 {
			t.Fatal("it still takes new connections")
		}
		time.Sleep(10 * time.Millisecond)
	}
	io.WriteString(c, "&c=")
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	for err == nil && r.StatusCode == http.StatusContinue {
		r, err = http.ReadResponse(bufio.NewReader(c), nil)
	}
	if err != nil || r.StatusCode != http.StatusForbidden { // the form is none of ours, and that is an answer
		t.Errorf("the request under way: %v, %v", r, err)
	}
	if r := p.wait(); r.code != exitDone {
		t.Errorf("ended with %d: %s", r.code, r.err)
	}

	p = start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	half(t, p.serving())
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(p.err.String(), "ending") {
		time.Sleep(10 * time.Millisecond)
	}
	begun := time.Now()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if r := p.wait(); r.code != -1 || time.Since(begun) > shutdownTime-5*time.Second {
		t.Errorf("after a second signal it ended with %d, after %s", r.code, time.Since(begun))
	}
}

// Row 62 of the security checklist: secrets that others can read, that are empty, examples or the same twice stop the start; none is shown.
func TestBadSecretsStopTheStart(t *testing.T) {
	t.Parallel()
	const hidden = "Zk9-h1dden-Qw7"
	source := func(name, token string) string {
		return fmt.Sprintf("  - {name: %s, kind: http, url: 'https://%s.example.org/', token_file: %s}", name, name, token)
	}
	for _, tt := range []struct {
		name  string
		files map[string]string // name, and the text after its mode
		lines []string
		want  string
	}{
		{"open", map[string]string{"a": "0644 " + hidden}, []string{"sources:", source("heping", "a")}, "chmod 600"},
		{"readable by the group", map[string]string{"a": "0640 " + hidden}, []string{"sources:", source("heping", "a")}, "chmod 600"},
		{"empty", map[string]string{"a": "0600 "}, []string{"sources:", source("heping", "a")}, "empty"},
		{"an example", map[string]string{"a": "0600 changeme"}, []string{"sources:", source("heping", "a")}, "example"},
		{"one sign", map[string]string{"a": "0600 xxxxxxxx"}, []string{"sources:", source("heping", "a")}, "example"},
		{"the same twice", map[string]string{"a": "0600 " + hidden, "b": "0600 " + hidden}, []string{"sources:", source("heping", "a"), source("tiexi", "b")}, "same secret"},
		{"the same in the store of files", map[string]string{"a": "0600 " + hidden, "b": "0600 Qk8-access-77", "c": "0600 " + hidden}, []string{
			"files: {s3: {endpoint: 'https://s3.example.org', bucket: board, access_key_file: b, secret_key_file: c}}", "sources:", source("heping", "a"),
		}, "same secret"},
		{"keys that are open", map[string]string{"secrets/register.keys": "0644 k1 6eTw4UdHHpEIPMiWNnfUbm1jBjX0+J2kB7EKQsoHVyw="}, nil, "chmod 600"},
		{"an example of a key", map[string]string{"secrets/register.keys": "0600 k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, nil, "no random key"},
		{"a typed key", map[string]string{"secrets/register.keys": "0600 k1 MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}, nil, "no random key"},
		{"a short key", map[string]string{"secrets/register.keys": "0600 k1 AAAA"}, nil, "32 bytes"},
		{"one key twice", map[string]string{"secrets/register.keys": "0600 k1 6eTw4UdHHpEIPMiWNnfUbm1jBjX0+J2kB7EKQsoHVyw=\nk2 6eTw4UdHHpEIPMiWNnfUbm1jBjX0+J2kB7EKQsoHVyw="}, nil, "in the file already"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := installation(t, tt.lines...)
			for name, text := range tt.files {
				mode, err := strconv.ParseUint(text[:4], 8, 32)
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text[5:]+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, os.FileMode(mode)); err != nil {
					t.Fatal(err)
				}
			}
			r := call(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
			if r.code != exitRefused || !strings.Contains(r.err, tt.want) {
				t.Errorf("ended with %d: %s; want %d and %q", r.code, r.err, exitRefused, tt.want)
			}
			if show := call(t, "config", "show", "--data", dir); strings.Contains(show.out+r.out+r.err, hidden) || strings.Contains(r.err, "6eTw4Udd") {
				t.Error("the secret is shown")
			}
		})
	}
}
