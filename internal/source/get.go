package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/unionboard/unionboard/internal/assess"
)

// longestWait is how many seconds a source may ask us to wait before the next try. Who wants more is asked at the next slot.
const longestWait = 30

// answer is a page as it came, with what its sender says of its version; or that it is as it was.
type answer struct {
	body      []byte
	version   validators
	unchanged bool
}

// get answers one page. What may pass by itself – no connection, a time-out, a server's error, a cut answer – is tried again after a
// growing, jittered delay; what will not is said at once. Errors are Problems, or those of ctx.
func (q *question) get(ctx context.Context, at *url.URL, known validators) (answer, error) {
	config := q.source.config
	got, err := again(ctx, config.Delay, config.Tries, func() (answer, error) { return q.try(ctx, at, known) })
	if err == nil {
		return got, nil
	}
	if p, ok := errors.AsType[*assess.Problem](err); ok && ctx.Err() == nil {
		if p.Place == (assess.Place{}) {
			p.Place.File = shown(at)
		}
		return answer{}, p
	}
	return answer{}, err
}

// try asks once.
func (q *question) try(ctx context.Context, at *url.URL, known validators) (answer, error) {
	h := q.source
	ctx, cancel := context.WithTimeout(ctx, h.config.Whole)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return answer{}, backoff.Permanent(badAddress("form", "write it as https://host/path?unit={unit}&period={period}"))
	}
	request.Header.Set("Accept", h.config.accept())
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("User-Agent", "unionboard")
	if q.credentials != "" {
		request.Header.Set("Authorization", q.credentials)
	}
	known.ask(request)
	response, err := q.client.Do(request)
	if err != nil {
		return answer{}, h.unreached(err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotModified && known != (validators{}) {
		return answer{unchanged: true}, nil
	}
	if err := h.refusal(response); err != nil {
		return answer{}, err
	}
	body, err := h.body(response)
	if err != nil {
		return answer{}, err
	}
	return answer{body: body, version: validators{response.Header.Get("ETag"), response.Header.Get("Last-Modified")}}, nil
}

// unreached says why no answer began.
func (h *HTTP) unreached(err error) error {
	if p, ok := errors.AsType[*assess.Problem](err); ok { // of guard or follow
		return backoff.Permanent(p)
	}
	if outer, ok := errors.AsType[*url.Error](err); ok { // its text holds the whole address, and that perhaps a key
		err = outer.Err
	}
	if isTimeout(err) {
		return h.slow(err)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return backoff.Permanent(badCertificate(err))
	}
	return unreached(err)
}

func badCertificate(err error) *assess.Problem {
	return assess.Unavailable("problem.source_certificate",
		"the certificate of the source is not good; let its keeper renew it, or correct the address").Because(err)
}

// unreached says why there is no connection.
func unreached(err error) *assess.Problem {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return assess.Unavailable("problem.source_host", "the name of the source's host is not known; correct the address or the name service").
			Because(err)
	}
	return assess.Unavailable("problem.source_unreachable",
		"the source does not answer; see whether its machine runs and the network lets us through").Because(err)
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

func (h *HTTP) slow(err error) error { return slow(h.config.Headers, h.config.Whole, err) }

// slow says that a source did not begin to answer in time, or did not end.
func slow(begin, whole time.Duration, err error) *assess.Problem {
	return assess.Unavailable("problem.source_slow",
		fmt.Sprintf("the source took longer than allowed (%s to begin, %s in all); see what holds it up, or raise its timeout", begin, whole),
		"begin", begin.String(), "whole", whole.String()).Because(err)
}

// refusal says what a status other than 200 means, and whether trying again can help.
func (h *HTTP) refusal(response *http.Response) error {
	status := strconv.Itoa(response.StatusCode)
	switch code := response.StatusCode; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return backoff.Permanent(assess.Unavailable("problem.source_denied",
			fmt.Sprintf("the source denies access (status %s); renew the token or the password it wants", status), "status", status))
	case code == http.StatusNotFound || code == http.StatusGone:
		return backoff.Permanent(assess.Unavailable("problem.source_not_found",
			fmt.Sprintf("the source has nothing at this address (status %s); correct url, or wait until the period is there", status),
			"status", status))
	case code == http.StatusTooManyRequests || code >= 500:
		err := error(assess.Unavailable("problem.source_status",
			fmt.Sprintf("the source fails (status %s); tell its keeper, it is asked again at the next time", status), "status", status))
		if seconds, parseErr := strconv.Atoi(response.Header.Get("Retry-After")); parseErr == nil && seconds > 0 && seconds <= longestWait {
			err = errors.Join(err, backoff.RetryAfter(seconds))
		}
		return err
	}
	return backoff.Permanent(assess.Unavailable("problem.source_odd_status",
		fmt.Sprintf("the source answers with status %s instead of 200; correct the address or the source", status), "status", status))
}

// body reads an answer to its end, unpacked, within the limit.
func (h *HTTP) body(response *http.Response) ([]byte, error) {
	if fault := h.wrongKind(response.Header.Get("Content-Type")); fault != nil {
		return nil, backoff.Permanent(fault)
	}
	if response.ContentLength > h.config.Limit {
		return nil, backoff.Permanent(tooLarge("", h.config.Limit))
	}
	reader := io.Reader(response.Body)
	switch encoding := strings.ToLower(response.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(response.Body)
		if err != nil {
			return nil, h.broken(err)
		}
		reader = unpacked
	default:
		return nil, backoff.Permanent(assess.Unavailable("problem.source_packed",
			fmt.Sprintf("the answer is packed as %s; the source must send it plain or as gzip", quoted(encoding)), "encoding", Excerpt(encoding)))
	}
	data, err := io.ReadAll(io.LimitReader(reader, h.config.Limit+1))
	switch {
	case int64(len(data)) > h.config.Limit:
		return nil, backoff.Permanent(tooLarge("", h.config.Limit))
	case err != nil:
		return nil, h.broken(err)
	}
	if h.maybeCut(response, data) {
		return nil, assess.Unavailable("problem.source_unended",
			"the answer does not say how long it is and ends within a row, so it may have been cut off; let the source send Content-Length, or end the last row with a line break")
	}
	return data, nil
}

// maybeCut says whether a table may have been cut off without anybody knowing: its sender has not said how long it is, and its end is none
// of a row. 12345 cut off is 12. Packed answers, JSON, XML and workbooks show it themselves.
func (h *HTTP) maybeCut(response *http.Response, data []byte) bool {
	told := response.ContentLength >= 0 || len(response.TransferEncoding) > 0 || response.ProtoMajor > 1 || response.Header.Get("Content-Encoding") == "gzip"
	if told || h.config.Format != CSV && h.config.Format != DHIS2 {
		return false
	}
	data = bytes.TrimRight(data, "\x00") // of UTF-16
	return len(data) > 0 && !bytes.ContainsRune([]byte("\r\n}>"), rune(data[len(data)-1]))
}

func (h *HTTP) broken(err error) error {
	if isTimeout(err) {
		return h.slow(err)
	}
	return assess.Unavailable("problem.source_cut", "the answer of the source was cut off, nothing of it was taken; it is asked again at the next time").
		Because(err)
}

// wrongKind refuses an answer that says of itself that it is something else, most often a sign-in page. Answers of no stated kind
// are read.
func (h *HTTP) wrongKind(contentType string) *assess.Problem {
	if contentType == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(contentType)
	good := h.config.kinds()
	if err == nil && (slices.Contains(good, kind) || h.config.Format == JSON && strings.HasSuffix(kind, "+json")) {
		return nil
	}
	return assess.Unavailable("problem.source_kind",
		fmt.Sprintf("the source answers with %s instead of %s; correct the address or the format", quoted(contentType), good[0]),
		"found", Excerpt(contentType), "want", good[0])
}

// kinds are the content types that answers in a format may have, the right one first. That the bytes are of the format, and in which
// letters, is for the reader to find out: servers say what they like of it.
func (c HTTPConfig) kinds() []string {
	const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	return map[Format][]string{
		JSON:     {"application/json", "text/json"},
		CSV:      {"text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream"},
		Workbook: {workbook, "application/octet-stream", "application/zip"},
		DHIS2:    {"application/json", "application/xml", "text/xml", "text/csv", "application/csv"},
	}[c.Format]
}

// accept is what a request says it would like, "" for a format there is not.
func (c HTTPConfig) accept() string {
	if len(c.kinds()) == 0 {
		return ""
	}
	return c.kinds()[0]
}
