package assess

// Unit is an assessed union organisation.
type Unit struct {
	Code  UnitCode
	Name  Text // 和平区, Heping District
	Short Text // 和平, Heping: for tiles and narrow columns
	Union Text // 和平区总工会
	// Kind is a code of the units file (district, county, industry_union; country and region in the HDI example).
	Kind   Code
	Group  Code     // peer group, "" for none
	Parent UnitCode // the city, "" at the top
	// Tile is the unit's place in the tile map, row and column from 0 at the top left; nil where the map leaves it out.
	Tile *Tile
	// Population is persons of the last census, 0 where unknown; used for demonstration data and weights, never scored.
	Population int64
	// Opened and Closed bound the periods in which the unit exists; zero means open-ended.
	Opened, Closed Period
	// Aliases are older or shorter names a file may use (东陵区 for 浑南区).
	Aliases []string
}

// Tile is a place in the tile map.
type Tile struct{ Row, Column int }

// Group is a set of units that are compared with each other (分类考核).
type Group struct {
	Code Code
	Name Text
}

// Roster is the list of units of an installation, in official order.
type Roster struct {
	City   Unit // the federation itself; Code "" for a roster without one
	Kinds  []Group
	Groups []Group
	Units  []Unit
}

// Unit answers the unit with a code.
func (r Roster) Unit(code UnitCode) (Unit, bool) {
	for _, u := range r.Units {
		if u.Code == code {
			return u, true
		}
	}
	return Unit{}, false
}

// GroupName answers the name of a peer group, its code where it has none.
func (r Roster) GroupName(code Code) Text {
	for _, g := range r.Groups {
		if g.Code == code {
			return g.Name
		}
	}
	return Text{ZH: string(code), EN: string(code)}
}

// In says whether u existed during p.
func (u Unit) In(p Period) bool {
	return (u.Opened.IsZero() || u.Opened.FirstDay().Compare(p.LastDay()) <= 0) &&
		(u.Closed.IsZero() || u.Closed.LastDay().Compare(p.FirstDay()) >= 0)
}
