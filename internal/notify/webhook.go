package notify

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// HookConfig says where the letters of a group go and in which form.
type HookConfig struct {
	// URL is the address, with {key} in its path or query where the messenger wants a key there. Nothing else is ever spoken to.
	URL string
	Key dial.Secret
	// Body is a JSON document with placeholders inside its texts, see Placeholders.
	Body string
	// Answer are fields of the JSON answer with the values that say the message was taken ({errcode: "0"}); none: status 2xx is enough.
	Answer        map[string]string
	Language      string
	Timeout       time.Duration // of the whole exchange; 0: 10 s
	AllowLoopback bool
}

// Hook is the channel of a webhook, such as the robot of a group in an office messenger.
type Hook struct {
	config HookConfig
	client *http.Client
}

// Placeholders answers what a body may hold: {subject}, {text} (the lines and the link), {lines} (the same as a list in Markdown),
// {units}, {period}, {link}, {id}.
func Placeholders() []string {
	return []string{"subject", "text", "lines", "units", "period", "link", "id"}
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// longestAnswer is how many bytes of an answer are read.
const longestAnswer = 64 << 10

// NewHook makes the channel. A bad configuration is a Problem.
func NewHook(c HookConfig) (*Hook, error) {
	if fault := CheckHook(c); fault != nil {
		return nil, fault
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: dial.Guard(c.AllowLoopback)}
	return &Hook{config: c, client: &http.Client{
		// An answer that sends on is an answer: the letter goes to the configured address or nowhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ // its Proxy is nil: proxy variables are ignored
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true,
		},
	}}, nil
}

// CheckHook says what is wrong with the configuration of a webhook; nil for a good one. Its place is the field: url or body.
func CheckHook(c HookConfig) *assess.Problem {
	if fault := checkURL(c); fault != nil {
		return fault.At(assess.Place{Field: "url"})
	}
	for _, m := range placeholder.FindAllStringSubmatch(c.Body, -1) {
		if known := Placeholders(); !slices.Contains(known, m[1]) {
			all := "{" + strings.Join(known, "}, {") + "}"
			return assess.Invalid("problem.hook_placeholder", fmt.Sprintf("the body holds %s; there are %s", m[0], all), "found", m[0], "known", all).
				At(assess.Place{Field: "body"})
		}
	}
	if !json.Valid([]byte(fill(c.Body, Letter{Subject: `"`}))) {
		const example = `{"msgtype": "text", "text": {"content": "{text}"}}`
		return assess.Invalid("problem.hook_body", "the body is no JSON document; write it as "+example, "example", example).
			At(assess.Place{Field: "body"})
	}
	return nil
}

// checkURL says what is wrong with an address; it is not repeated, for it may hold a key.
func checkURL(c HookConfig) *assess.Problem {
	bad := func(cause, what string) *assess.Problem {
		return assess.Invalid("problem.hook_url_"+cause, "the address of the webhook is not good: "+what)
	}
	u, err := url.Parse(strings.ReplaceAll(c.URL, "{key}", "0"))
	if err != nil || u.Host == "" || u.Opaque != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return bad("form", "write it as https://host/path?key={key}")
	}
	other, err := url.Parse(strings.ReplaceAll(c.URL, "{key}", "1"))
	switch keyed, key := strings.Contains(c.URL, "{key}"), c.Key != (dial.Secret{}); {
	case u.User != nil:
		return bad("user", "a name or password does not belong into it; put the key into a file and name that with key_file")
	case err != nil || other.Host != u.Host:
		return bad("place", "{key} may stand in the path and the query, not in the host")
	case dial.OddHost(u.Hostname()):
		return bad("host", "write the host as a name or as four numbers from 0 to 255")
	case keyed && !key:
		return bad("keyless", "it holds {key}; name the file of the key with key_file")
	case !keyed && key:
		return bad("unkeyed", "there is a key for it; say with {key} where that belongs")
	}
	fault := dial.CheckHost(u.Hostname())
	if fault != nil {
		fault.Kind = assess.ErrInvalid // here it is a mistake in the configuration
	}
	return fault
}

// fill puts a letter into a body. Every placeholder stands inside a JSON text, so what replaces it is escaped as one.
func fill(body string, l Letter) string {
	text := strings.TrimRight(Letter{Lines: l.Lines, Link: l.Link}.Text(), "\n")
	var lines strings.Builder
	for _, line := range l.Lines {
		lines.WriteString("- " + markdown(line) + "\n")
	}
	values := map[string]string{
		"subject": l.Subject, "text": text, "lines": strings.TrimRight(lines.String(), "\n"),
		"units": l.Units, "period": l.Period, "link": l.Link, "id": l.ID,
	}
	return placeholder.ReplaceAllStringFunc(body, func(found string) string {
		value, ok := values[strings.Trim(found, "{}")]
		if !ok {
			return found
		}
		quoted, err := json.Marshal(value)
		if err != nil { // a text always has a JSON form
			return ""
		}
		return string(quoted[1 : len(quoted)-1])
	})
}

// markdown takes from a text what would be read as marks: a name must not become a link or a heading.
func markdown(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "[", "［", "]", "］", "*", "＊", "`", "'", "<", "＜", ">", "＞", "#", "＃", "_", "＿").Replace(s)
}

// Lang answers the language of the letters.
func (h *Hook) Lang() string { return h.config.Language }

// Send posts a letter. The address stands in the configuration, so the one given is not used.
func (h *Hook) Send(ctx context.Context, l Letter, _ string) error {
	key, err := h.config.Key.Read()
	if problem, ok := errors.AsType[*assess.Problem](err); ok {
		return &Fault{Again, problem}
	}
	ctx, cancel := context.WithTimeout(ctx, h.config.Timeout)
	defer cancel()
	var begun atomic.Bool // a connection stands: from then on the letter may have been taken
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { begun.Store(true) }})
	request, err := http.NewRequestWithContext(traced, http.MethodPost, h.at(key), strings.NewReader(fill(h.config.Body, l)))
	if err != nil {
		return &Fault{Never, assess.Invalid("problem.hook_url_form", "the address of the webhook is not good: write it as https://host/path?key={key}")}
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "unionboard")
	request.GetBody = nil // so that nothing below can post it again
	response, err := h.client.Do(request)
	if err != nil {
		return unanswered(err, begun.Load())
	}
	defer response.Body.Close()
	return h.verdict(response)
}

// at answers the address with its key.
func (h *Hook) at(key string) string {
	path, query, has := strings.Cut(h.config.URL, "?")
	path = strings.ReplaceAll(path, "{key}", url.PathEscape(key))
	if has {
		path += "?" + strings.ReplaceAll(query, "{key}", url.QueryEscape(key))
	}
	return path
}

// unanswered says why there is no answer. Once the letter was on its way nobody knows whether it was taken.
func unanswered(err error, begun bool) error {
	if outer, ok := errors.AsType[*url.Error](err); ok { // its text holds the whole address, and that the key
		err = outer.Err
	}
	if p, ok := errors.AsType[*assess.Problem](err); ok { // of the guard
		return &Fault{Again, p}
	}
	if begun {
		return &Fault{Unsaid, assess.Unavailable("problem.hook_unsaid",
			"the messenger was given the message and did not say whether it took it; it is not sent again, look into the group").Because(err)}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Fault{Again, assess.Unavailable("problem.hook_certificate", "the certificate of the messenger is not good; let its keeper renew it, or correct the address").Because(err)}
	}
	return &Fault{Again, assess.Unavailable("problem.hook_away", "the messenger does not answer; see whether the network lets us through, and correct the address").Because(err)}
}

// verdict reads an answer: which status, and what the answer says of itself. Only 429 and 503 promise that nothing was taken.
func (h *Hook) verdict(response *http.Response) error {
	status := strconv.Itoa(response.StatusCode)
	switch code := response.StatusCode; {
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return &Fault{Again, assess.Unavailable("problem.hook_later", fmt.Sprintf("the messenger takes nothing just now (status %s); it is tried again", status), "status", status)}
	case code >= 500:
		return &Fault{Unsaid, assess.Unavailable("problem.hook_failed",
			fmt.Sprintf("the messenger failed (status %s) and may have taken the message; it is not sent again, look into the group", status), "status", status)}
	case code >= 300 && code < 400:
		return &Fault{Never, assess.Forbidden("problem.hook_redirect",
			fmt.Sprintf("the messenger sends on to another place (status %s), which is not followed; give the address of that place as url", status), "status", status)}
	case code < 200 || code > 299:
		return &Fault{Never, assess.Unavailable("problem.hook_refused", fmt.Sprintf("the messenger refuses the message (status %s); correct address, key or body", status), "status", status)}
	}
	if len(h.config.Answer) == 0 {
		return nil
	}
	var said map[string]any
	reader := json.NewDecoder(io.LimitReader(response.Body, longestAnswer))
	reader.UseNumber()
	if err := reader.Decode(&said); err != nil {
		return &Fault{Unsaid, assess.Unavailable("problem.hook_answer",
			"the answer of the messenger is not the JSON that was expected, so nobody knows whether it took the message; correct answer in the configuration").Because(err)}
	}
	for field, want := range h.config.Answer {
		if found := fmt.Sprint(said[field]); found != want {
			found = found[:min(len(found), 40)]
			return &Fault{Never, assess.Unavailable("problem.hook_said",
				fmt.Sprintf("the messenger did not take the message: it answered %s %q where %q means success; look the number up in its handbook", field, found, want),
				"field", field, "found", found, "want", want)}
		}
	}
	return nil
}
