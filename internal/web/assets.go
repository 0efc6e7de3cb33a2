package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
)

//go:embed static
var static embed.FS

// asset is a static file, compressed once, when it is first asked for.
type asset struct {
	url, kind, tag string
	plain          []byte
	gzip           func() ([]byte, error) // nil where it saves nothing
}

// assets are the static files. Their addresses carry a hash of their content, so that a browser may keep them for ever.
type assets struct {
	byName map[string]*asset // app.css
	byPath map[string]*asset // app.1f2e3d4c5b6a.css
}

func loadAssets() (*assets, error) {
	a := &assets{byName: map[string]*asset{}, byPath: map[string]*asset{}}
	err := fs.WalkDir(static, "static", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || kindOf(file) == "" {
			return err // licences and checksums lie beside the files and are not served
		}
		content, err := static.ReadFile(file)
		if err != nil {
			return err
		}
		a.add(strings.TrimPrefix(file, "static/"), content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	return a, nil
}

// kindOf answers the content type of a file that is served, "" for the others. The system's own table is not asked: it differs by
// machine.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return ""
}

func (a *assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hash + ext
	one := &asset{url: "/assets/" + hashed, kind: kindOf(name), tag: hash, plain: content}
	one.gzip = sync.OnceValues(func() ([]byte, error) { return packed(content) })
	a.byName[name], a.byPath[hashed] = one, one
}

// packed answers content as gzip, nil where that saves little.
func packed(content []byte) ([]byte, error) {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	if _, err := z.Write(content); err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	if buf.Len() >= len(content)*9/10 {
		return nil, nil
	}
	return buf.Bytes(), nil
}

// url answers the address of a static file. Templates name only files that exist; anything else is a fault of the program that
// parsing the templates brings to light.
func (a *assets) url(name string) (string, error) {
	one, ok := a.byName[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return one.url, nil
}

// showAsset answers a static file by its hashed name.
func (s *site) showAsset(w http.ResponseWriter, r *http.Request) error {
	one, ok := s.assets.byPath[mux.Vars(r)["file"]]
	if !ok {
		return assess.NotFound("problem.no_file", "there is no such file; load the page again")
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	content, tag := one.plain, `"`+one.tag+`"`
	if acceptsGzip(r) {
		small, err := one.gzip()
		if err != nil {
			return err
		}
		if small != nil {
			content, tag = small, `"`+one.tag+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // a reader who went away is no fault
	return nil
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}
