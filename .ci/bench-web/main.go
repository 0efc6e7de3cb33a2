// Command bench-web measures how fast the pages of a served data folder come, beside a Go file server that sends the same compressed
// bytes, in one run, by turns:
//
//   - requests a second of both, by 8 connections that ask again as soon as they are answered, and their ratio pair by pair;
//   - how long an answer takes at 200 requests a second that come whether or not the ones before were answered, counted from when a
//     request should have begun;
//   - how long the first view takes: after a start of the server, and after the version of the data has changed.
//
// Both servers are processes of their own on the same machine as the load. The load is a plain loop over connections that are kept
// open, so that it costs little beside them.
package main

import (
	"bufio"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// options are what is measured, and how.
type options struct {
	program, data, user, password, path, comment string
	pairs, starts                                int
	turn, calm                                   time.Duration
}

const (
	boardAddr  = "127.0.0.1:8655"
	staticAddr = "127.0.0.1:8656"
	closed     = 8   // connections that ask again at once
	rate       = 200 // requests a second of the open load
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench-web: ")
	var o options
	serve := flag.String("static", "", "serve this file alone, compressed as it is, instead of measuring")
	flag.StringVar(&o.program, "program", "bin/unionboard", "the program")
	flag.StringVar(&o.data, "data", "", "data folder; it is written to")
	flag.StringVar(&o.user, "user", "demo.leader", "account")
	flag.StringVar(&o.password, "password", "", "its password")
	flag.StringVar(&o.path, "path", "/", "page")
	flag.StringVar(&o.comment, "comment", "unit=210102&period=2026Q3&code=six_systems&audience=city", "what a comment is about: it changes the version of the data")
	flag.IntVar(&o.pairs, "pairs", 5, "turns of both servers")
	flag.IntVar(&o.starts, "starts", 3, "first views measured")
	flag.DurationVar(&o.turn, "turn", 3*time.Second, "length of a turn")
	flag.DurationVar(&o.calm, "calm", 15*time.Second, "length of the open load")
	flag.Parse()
	if *serve != "" {
		log.Fatal(http.ListenAndServe(staticAddr, static(*serve)))
	}
	if err := measure(o); err != nil {
		log.Fatal(err)
	}
}

// static serves a file as net/http serves files. It does not say that the bytes are compressed: net/http would then leave out their
// length.
func static(file string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
}

func measure(o options) error {
	visitor, err := begin(o)
	if err != nil {
		return err
	}
	defer func() { visitor.server.stop() }() // the last one started
	if err := visitor.signIn(); err != nil {
		return err
	}
	var started, changed []time.Duration
	for range o.starts {
		visitor.server.stop()
		if visitor.server, err = startBoard(o); err != nil {
			return err
		}
		took, _, err := visitor.view()
		if err != nil {
			return err
		}
		started = append(started, took)
		if err := visitor.say(); err != nil {
			return err
		}
		if took, _, err = visitor.view(); err != nil {
			return err
		}
		changed = append(changed, took)
	}
	_, page, err := visitor.view()
	if err != nil {
		return err
	}
	fmt.Printf("%s of %s, %d bytes compressed, load %s", o.path, o.data, len(page), loadAverage())
	fmt.Printf("first view after a start           %s\n", milliseconds(started))
	fmt.Printf("first view after a change          %s\n", milliseconds(changed))
	other, err := startStatic(page)
	if err != nil {
		return err
	}
	defer other.stop()
	board, file := visitor.request(boardAddr), visitor.request(staticAddr)
	fmt.Println("turn   requests/s: board    files    ratio   processor µs a request: board    files    ratio")
	var ratios, dearer []float64
	for n := range o.pairs {
		ours, ourCost, err := visitor.server.closedLoad(boardAddr, board, o.turn)
		if err != nil {
			return err
		}
		theirs, theirCost, err := other.closedLoad(staticAddr, file, o.turn)
		if err != nil {
			return err
		}
		ratios, dearer = append(ratios, ours/theirs), append(dearer, ourCost/theirCost)
		fmt.Printf("%4d %17.0f %8.0f %8.2f %31.0f %8.0f %8.2f\n", n+1, ours, theirs, ours/theirs, ourCost, theirCost, ourCost/theirCost)
	}
	slices.Sort(ratios)
	slices.Sort(dearer)
	fmt.Printf("median ratio of requests/s %.2f, of processor time %.2f\n", ratios[len(ratios)/2], dearer[len(dearer)/2])
	for _, one := range []struct{ name, addr, request string }{{"board", boardAddr, board}, {"files", staticAddr, file}} {
		took, err := openLoad(one.addr, one.request, o.calm)
		if err != nil {
			return err
		}
		fmt.Printf("%s at %d/s: 50 %% %.1f ms, 99 %% %.1f ms, longest %.1f ms\n", one.name, rate, at(took, 0.5), at(took, 0.99), at(took, 1))
	}
	return nil
}

func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg") // elsewhere it is not known
	return cmp.Or(string(text), "unknown\n")
}

func milliseconds(took []time.Duration) string {
	var texts []string
	for _, t := range took {
		texts = append(texts, fmt.Sprintf("%.0f", float64(t.Microseconds())/1000))
	}
	return strings.Join(texts, ", ") + " ms"
}

func at(took []time.Duration, share float64) float64 {
	return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
}

// process is a server that runs.
type process struct{ cmd *exec.Cmd }

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // which a script that runs this aside does not ignore for it; one that has ended is ended
	_ = p.cmd.Wait()
}

func startBoard(o options) (*process, error) {
	return run(exec.Command(o.program, "serve", "--data", o.data, "--addr", boardAddr), "http://"+boardAddr+"/readyz")
}

func startStatic(page []byte) (*process, error) {
	file, err := os.CreateTemp("", "bench-web-*.html")
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(page); err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return run(exec.Command(self, "-static", file.Name()), "http://"+staticAddr+"/")
}

// run starts a server and waits until it answers.
func run(cmd *exec.Cmd, ready string) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for range 6000 {
		answer, err := http.Get(ready)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return &process{cmd}, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	return nil, fmt.Errorf("%s does not answer", ready)
}

// visitor is a signed-in person.
type visitor struct {
	options
	server *process
	client *http.Client
}

func begin(o options) (*visitor, error) {
	server, err := startBoard(o)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &visitor{options: o, server: server, client: &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}}, nil
}

var token = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// post sends the form of a page.
func (v *visitor) post(page, action string, form url.Values) error {
	answer, err := v.client.Get("http://" + boardAddr + page)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return err
	}
	found := token.FindSubmatch(body)
	if found == nil {
		return fmt.Errorf("%s has no form: %s", page, answer.Status)
	}
	form.Set("form_token", string(found[1]))
	if answer, err = v.client.PostForm("http://"+boardAddr+action, form); err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", action, answer.Status)
	}
	return nil
}

// signIn signs in; a first password, which must be changed, is changed to itself with a word more.
func (v *visitor) signIn() error {
	if err := v.post("/sign-in", "/sign-in", url.Values{"name": {v.user}, "password": {v.password}, "next": {"/account"}}); err != nil {
		return err
	}
	answer, err := v.client.Get("http://" + boardAddr + "/account")
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.Request.URL.Path != "/password" {
		return nil
	}
	changed := v.password + "-heron"
	err = v.post("/password", "/password", url.Values{"current": {v.password}, "chosen": {changed}, "again": {changed}, "username": {v.user}, "next": {"/account"}})
	if err != nil {
		return err
	}
	return v.post("/sign-in", "/sign-in", url.Values{"name": {v.user}, "password": {changed}, "next": {"/account"}})
}

// say makes a comment, so that the version of the data changes.
func (v *visitor) say() error {
	form, err := url.ParseQuery(v.comment)
	if err != nil {
		return err
	}
	form.Set("text", "measured")
	form.Set("back", "/account")
	return v.post("/account", "/comments", form)
}

// view asks for the page and answers how long it took, and its bytes as they came.
func (v *visitor) view() (time.Duration, []byte, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+boardAddr+v.path, nil)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	began := time.Now()
	answer, err := v.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	took := time.Since(began)
	if err == nil && (answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != "gzip") {
		err = fmt.Errorf("%s: %s, encoding %q", v.path, answer.Status, answer.Header.Get("Content-Encoding"))
	}
	return took, body, err
}

// request is the bytes of a request for the page.
func (v *visitor) request(addr string) string {
	site := &url.URL{Scheme: "http", Host: boardAddr, Path: "/"}
	var cookies []string
	for _, c := range v.client.Jar.Cookies(site) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	path := v.path
	if addr == staticAddr {
		path = "/"
	}
	return "GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nAccept-Encoding: gzip\r\nCookie: " + strings.Join(cookies, "; ") + "\r\n\r\n"
}

// connection is kept open from request to request.
type connection struct {
	net.Conn
	r *bufio.Reader
}

func connect(addr string) (*connection, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &connection{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

// ask sends a request and reads the whole answer, which must be 200 and say its length.
func (c *connection) ask(request string) error {
	if _, err := io.WriteString(c, request); err != nil {
		return err
	}
	length := -1
	for n := 0; ; n++ {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if n == 0 && !strings.HasPrefix(string(line), "HTTP/1.1 200") {
			return fmt.Errorf("answered %s", line)
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := strings.Cut(string(line), ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without its length")
	}
	_, err := c.r.Discard(length)
	return err
}

// processor answers the processor time that a server has taken, 0 where the system does not say (only Linux does, in hundredths of a
// second).
func (p *process) processor() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// closedLoad answers how many requests a second a server answers when each connection asks again at once, and what one costs it in
// microseconds of processor time.
func (p *process) closedLoad(addr, request string, turn time.Duration) (perSecond, cost float64, err error) {
	before := p.processor()
	var all sync.WaitGroup
	counts, faults := make([]int, closed), make([]error, closed)
	began := time.Now()
	for i := range closed {
		all.Go(func() {
			c, err := connect(addr)
			if err != nil {
				faults[i] = err
				return
			}
			defer c.Close()
			for time.Since(began) < turn && faults[i] == nil {
				faults[i] = c.ask(request)
				counts[i]++
			}
		})
	}
	all.Wait()
	elapsed := time.Since(began).Seconds()
	total := 0
	for i, n := range counts {
		if faults[i] != nil {
			return 0, 0, faults[i]
		}
		total += n
	}
	return float64(total) / elapsed, float64((p.processor() - before).Microseconds()) / float64(total), nil
}

// openLoad sends requests at a fixed rate and answers how long each took from when it was due, sorted.
func openLoad(addr, request string, length time.Duration) ([]time.Duration, error) {
	count := int(length.Seconds() * rate)
	took, faults := make([]time.Duration, count), make([]error, count)
	var mu sync.Mutex
	var idle []*connection
	take := func() (*connection, error) {
		mu.Lock()
		defer mu.Unlock()
		if n := len(idle); n > 0 {
			c := idle[n-1]
			idle = idle[:n-1]
			return c, nil
		}
		return connect(addr)
	}
	var all sync.WaitGroup
	began := time.Now()
	for n := range count {
		due := began.Add(time.Duration(n) * time.Second / rate)
		time.Sleep(time.Until(due))
		all.Go(func() {
			c, err := take()
			if err == nil {
				err = c.ask(request)
			}
			took[n], faults[n] = time.Since(due), err
			if err == nil {
				mu.Lock()
				idle = append(idle, c)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for _, c := range idle {
		c.Close()
	}
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(took)
	return took, nil
}
