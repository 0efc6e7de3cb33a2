package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/source"
)

// planned is a source with its schedule; "" means by hand only.
type planned struct {
	collect.Source
	schedule string
	at       assess.Place // of the schedule in the configuration
}

// sources makes the sources of the configuration.
func (a *app) sources() ([]planned, error) {
	var all []planned
	for i, s := range a.config.Sources {
		src, err := a.configured(s, 0)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		all = append(all, planned{src, s.Schedule, a.config.At(fmt.Sprintf("sources[%d].schedule", i))})
	}
	return all, nil
}

// configured makes a source as it is declared; delay is that before a second try, 0 the usual one.
func (a *app) configured(s config.Source, delay time.Duration) (collect.Source, error) {
	src := collect.Source{
		Name: s.Name, Units: s.Units, Supplies: s.Supplies,
		Authority: collect.Authority(cmp.Or(s.Authority, string(collect.Submit))),
	}
	var err error
	if s.Kind == config.Drop {
		src.Door = assess.DoorDrop
		src.Fetcher, err = source.NewDrop(source.DropConfig{Name: s.Name, Folder: s.Folder, Settle: s.Settle, Sentence: a.sentence})
		return src, err
	}
	src.Door = assess.DoorPull
	src.Fetcher, err = source.NewHTTP(source.HTTPConfig{
		Name: s.Name, URL: s.URL, Format: source.Format(cmp.Or(s.Format, string(source.JSON))),
		Token: dial.Secret{File: s.TokenFile, Env: s.TokenEnv}, Units: s.Units, AllowLoopback: s.AllowLoopback, Whole: s.Timeout, Delay: delay,
	})
	return src, err
}

// sentence says a problem in the first language of the interface: the report beside a refused file is read by the district.
func (a *app) sentence(p *assess.Problem) string {
	if !a.words.Has(i18n.Chinese, p.Key) {
		return p.Message
	}
	return a.words.Say(i18n.Chinese, p.Key, p.Args)
}
