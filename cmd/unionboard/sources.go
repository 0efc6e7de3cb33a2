package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/web"
)

// planned is a source with its schedule; "" means by hand only.
type planned struct {
	collect.Source
	schedule string
	at       assess.Place // of the schedule in the configuration
	// spec and shift are the schedule read, and how long after its slots the source is begun.
	spec  schedule.Spec
	shift time.Duration
}

// sources makes the sources of the configuration.
func (a *app) sources() ([]planned, error) {
	var all []planned
	for i, s := range a.config.Sources {
		src, err := a.configured(s, 0)
		if err != nil {
			return nil, a.inSource(i, err)
		}
		all = append(all, planned{Source: src, schedule: s.Schedule, at: a.config.At(fmt.Sprintf("sources[%d].schedule", i))})
	}
	return all, a.plan(all)
}

// inSource says which source a mistake is in, and where it stands.
func (a *app) inSource(i int, err error) error {
	p, ok := errors.AsType[*assess.Problem](err)
	if !ok {
		return fmt.Errorf("source %s: %w", a.config.Sources[i].Name, err)
	}
	if p.Place.File != "" {
		return p
	}
	path := fmt.Sprintf("sources[%d]", i)
	if p.Place.Field != "" {
		path += "." + p.Place.Field
	}
	return p.At(a.config.At(path))
}

// wall answers where the sources may be asked: at what the configuration allows, and never at the program itself.
func (a *app) wall() (dial.Wall, error) {
	w := dial.Wall{Own: []string{a.config.Addr, a.served}}
	if a.config.SourcesAllowed != nil {
		w.Allowed = []dial.Place{}
	}
	for i, text := range a.config.SourcesAllowed {
		place, err := dial.ParsePlace(text)
		if p, ok := errors.AsType[*assess.Problem](err); ok {
			return w, p.At(a.config.At(fmt.Sprintf("sources_allowed[%d]", i)))
		}
		w.Allowed = append(w.Allowed, place)
	}
	return w, nil
}

// configured makes a source as it is declared; delay is that before a second try, 0 the usual one.
func (a *app) configured(s config.Source, delay time.Duration) (collect.Source, error) {
	src := rights(s)
	src.Host = hostOf(s)
	wall, err := a.wall()
	if err != nil {
		return src, err
	}
	password := dial.Secret{File: s.PasswordFile, Env: s.PasswordEnv}
	trust := dial.Trust{CAFile: s.CAFile, CertFile: s.CertFile, KeyFile: s.KeyFile}
	switch s.Kind {
	case config.Drop:
		src.Fetcher, err = source.NewDrop(source.DropConfig{Name: s.Name, Folder: s.Folder, Settle: s.Settle, Sentence: a.sentence})
	case config.SFTP:
		src.Fetcher, err = source.NewSFTP(source.SFTPConfig{
			Name: s.Name, Host: s.Host, Port: uint16(s.Port), Username: s.Username, Password: password, Key: dial.Secret{File: s.KeyFile},
			HostKey: s.HostKey, KnownHosts: s.KnownHosts, Folder: s.Folder, Archive: s.Archive, Settle: s.Settle, Whole: s.Timeout, Delay: delay,
			Wall: wall, AllowLoopback: s.AllowLoopback, Sentence: a.sentence,
		})
	case config.SQL:
		src.Fetcher, err = source.NewSQL(source.SQLConfig{
			Name: s.Name, Driver: source.Driver(s.Driver), Host: s.Host, Port: uint16(s.Port), Database: s.Database, Username: s.Username, Password: password,
			Plain: s.Security == "none", Trust: trust, Query: s.Query, Units: s.Units, Rows: s.Rows, Whole: s.Timeout, Delay: delay, Wall: wall, AllowLoopback: s.AllowLoopback,
		})
	default:
		src.Fetcher, err = source.NewHTTP(source.HTTPConfig{
			Name: s.Name, URL: s.URL, Format: source.Format(cmp.Or(s.Format, string(source.JSON))),
			Token: dial.Secret{File: s.TokenFile, Env: s.TokenEnv}, Username: s.Username, Password: password, Trust: trust, Wall: wall,
			Units: s.Units, AllowLoopback: s.AllowLoopback, Whole: s.Timeout, Delay: delay,
		})
	}
	return src, err
}

// hostOf answers the machine a source is asked at, "" for this one.
func hostOf(s config.Source) string {
	host := s.Host
	if u, err := url.Parse(s.URL); err == nil && s.URL != "" {
		host = u.Hostname()
	}
	if s.AllowLoopback {
		return ""
	}
	return strings.ToLower(host)
}

// sentence says a problem in the first language of the interface: the report beside a refused file is read by the district.
func (a *app) sentence(p *assess.Problem) string {
	if !a.words.Has(i18n.Chinese, p.Key) {
		return p.Message
	}
	return a.words.Say(i18n.Chinese, p.Key, p.Args)
}

// rights answers what a source of the configuration may do.
func rights(s config.Source) collect.Source {
	door := assess.DoorPull
	if s.Kind == config.Drop {
		door = assess.DoorDrop
	}
	return collect.Source{
		Name: s.Name, Door: door, Units: s.Units, Supplies: s.Supplies, Authority: collect.Authority(cmp.Or(s.Authority, string(collect.Submit))),
	}
}

// allRights answers what every source may do, those of the configuration or of a demonstration, and what programs push.
func (a *app) allRights(city *demo.City) func(name assess.Code) (collect.Source, error) {
	all := map[assess.Code]collect.Source{
		pushSource: {Name: pushSource, Door: assess.DoorPush, Supplies: []assess.Origin{assess.FromDistrict}, Authority: collect.Submit},
	}
	for _, s := range a.config.Sources {
		all[s.Name] = rights(s)
	}
	if city != nil {
		for _, plan := range city.Sources("", "") {
			all[plan.Name] = rights(planOf(plan))
		}
	}
	return func(name assess.Code) (collect.Source, error) {
		src, ok := all[name]
		if !ok {
			return src, assess.NotFound("problem.no_source", fmt.Sprintf("there is no source %q; choose one from the list", name), "source", string(name))
		}
		return src, nil
	}
}

// trier answers what says what would become of a piece of a source.
func (a *app) trier(city *demo.City) web.Trier {
	of := a.allRights(city)
	return func(ctx context.Context, name assess.Code, p source.Piece, m *source.Mapping, now time.Time) (collect.Trial, error) {
		src, err := of(name)
		if err != nil {
			return collect.Trial{}, err
		}
		return a.gate.Try(ctx, src, p, m, now)
	}
}

// replayer answers what reads a refused piece again. What a program pushed speaks for the unit of its token.
func (a *app) replayer(city *demo.City) func(context.Context, assess.HeldPiece, collect.Again, time.Time) (collect.Report, error) {
	of := a.allRights(city)
	return func(ctx context.Context, held assess.HeldPiece, again collect.Again, now time.Time) (collect.Report, error) {
		src, err := of(held.Source)
		if err != nil {
			return collect.Report{}, err
		}
		if src.Name == pushSource {
			src.Units = []assess.UnitCode{held.Unit}
		}
		return a.gate.Replay(ctx, src, held, again, now)
	}
}
