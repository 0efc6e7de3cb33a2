package collect

import (
	"context"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// Fetcher brings what a source has. Package source has those for HTTP and drop folders. Parcels and an error exclude each other.
type Fetcher interface {
	Fetch(ctx context.Context, r source.Request) ([]source.Parcel, error)
}

// Source is a source with what it may do.
type Source struct {
	Name assess.Code
	Door assess.Door
	// Units are those it speaks for; none means every unit.
	Units []assess.UnitCode
	// Supplies are the origins of the items it may set; none means those that districts report.
	Supplies  []assess.Origin
	Authority Authority
	// Host is the machine it is asked at; "" for none, or this one.
	Host    string
	Fetcher Fetcher
}

// Authority is what the figures of a source are worth.
type Authority string

// The authorities.
const (
	// Fill fills the drafts of the districts' forms, and hands nothing in.
	Fill Authority = "draft"
	// Submit lets the figures wait for review: the report of the unit is submitted.
	Submit Authority = "submit"
	// Adopt makes observations of them at once: the report of the unit is accepted.
	Adopt Authority = "accept"
)

// everyOrigin answers the origins of the items that can be supplied. Computed items are nobody's to supply.
func everyOrigin() []assess.Origin {
	return []assess.Origin{assess.FromDistrict, assess.FromCity, assess.FromRegister, assess.FromSystem}
}

// sender is who hands in, and within which limits.
type sender struct {
	name      assess.Code
	actor     string // account, or source:<name>
	acceptor  string // account that accepts what counts at once; "" for the actor
	door      assess.Door
	units     []assess.UnitCode
	supplies  []assess.Origin
	authority Authority
	// unit and period, where set, are those of every row; a row may leave them empty and may not say otherwise.
	unit      assess.UnitCode
	period    assess.Period
	anyPeriod bool // whatever the frequency of the item
	// today, where set, is the day on which a period must have begun, as midnight UTC.
	today      time.Time
	correction *Correction
	only       Outcome // new or changed: what would be the other is refused
	whole      bool    // nothing is taken where a row is refused
	// signs: the chair of a district hands in what its people have typed.
	signs bool
	// answer, where set, words what is answered to who hands in, to be written with it.
	answer func(Report) *assess.Answered
}

// machine says whether no person speaks: a source that is asked, or a program with its token.
func (s sender) machine() bool { return s.door.Machine() }

func (s Source) sender() sender {
	supplies := s.Supplies
	if len(supplies) == 0 {
		supplies = []assess.Origin{assess.FromDistrict}
	}
	return sender{
		name: s.Name, actor: "source:" + string(s.Name), door: s.Door, units: s.Units, supplies: supplies, authority: s.Authority,
	}
}

// ofCity says whether the sender speaks for the city, which alone may mark a cell as not applicable.
func (s sender) ofCity() bool { return slices.Contains(s.supplies, assess.FromCity) }

func (s sender) speaksFor(unit assess.UnitCode) bool {
	return len(s.units) == 0 || slices.Contains(s.units, unit)
}
