package web

import (
	"net/http"

	"github.com/gorilla/mux"
)

// Declared is a route as the list declares it.
type Declared struct {
	Name   string
	Open   bool
	Action string
}

// Walked answers the routes the router really has, and those the list declares.
func Walked(o Options) (walked []string, declared map[string]Declared, err error) {
	s, err := newSite(o)
	if err != nil {
		return nil, nil, err
	}
	declared = map[string]Declared{}
	for _, r := range s.routes() {
		name := r.method + " " + r.path
		declared[name] = Declared{Name: name, Open: r.access.open, Action: string(r.access.action) + string(r.access.scope)}
	}
	err = s.router().Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := r.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := r.GetMethods()
		if err != nil {
			return err
		}
		for _, m := range methods {
			if m != http.MethodHead {
				walked = append(walked, m+" "+path)
			}
		}
		return nil
	})
	return walked, declared, err
}

// LargestForm answers how many bytes a form may have, whichever it is.
func LargestForm(o Options) (largest int64, err error) {
	s, err := newSite(o)
	if err != nil {
		return 0, err
	}
	for _, r := range s.routes() {
		largest = max(largest, r.access.limit)
	}
	return largest, nil
}

// The parts tests look at alone.
var (
	OwnPath   = ownPath
	FormToken = formToken
	FormHolds = formHolds
	Network   = network
	FaultOf   = func(err error) (int, string) { f := faultOf(err); return f.status, f.key }
)

// StaticFile answers a static file as it is sent: plain and compressed.
func StaticFile(name string) (plain, compressed []byte, url string, err error) {
	a, err := loadAssets()
	if err != nil {
		return nil, nil, "", err
	}
	one := a.byName[name]
	compressed, err = one.gzip()
	return one.plain, compressed, one.url, err
}
