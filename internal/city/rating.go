package city

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// RatingSheet is everything about the ratings of a year that one person may see.
type RatingSheet struct {
	Year    int
	Edition *assess.Edition
	Units   []assess.Unit
	Ratings []Rating
}

// Rating is a rated indicator.
type Rating struct {
	Node *assess.Node
	Item assess.Item
	// Round is nil until ballots are called for, and for indicators that a department grades: those have no rater groups.
	Round *assess.RatingRound
	// Own are the person's ballots by unit; nil for who is not asked.
	Own map[assess.UnitCode]assess.Ballot
	// Counted are the ballots of a closed round, by unit and rater number; Numbers says which number is the person's own, 0 for none.
	Counted map[assess.UnitCode]map[int]string
	Groups  []RaterGroup
	Number  int
}

// RaterGroup is a group of raters with how far it is.
type RaterGroup struct {
	assess.RaterGroup
	Raters []assess.Rater
	// Numbers are those of its raters in a closed round. They say nothing about who is who.
	Numbers []int
	// Strangers are the accounts of those who are asked, or would be if ballots were called for now, and have never signed in: they
	// have a vote and cannot cast it yet. None once the round is closed.
	Strangers []string
}

// Asked says whether the person votes in the round.
func (r Rating) Asked() bool { return r.Own != nil }

// Ratings answers the rated indicators of a year as one person may see them: the own ballots, and those of others by number only, and
// only when the round is closed.
func (d *Desk) Ratings(ctx context.Context, year int, who account.User) (*RatingSheet, error) {
	edition, err := d.Editions.Edition(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("ratings of %d: %w", year, err)
	}
	rounds, err := d.Store.Rounds(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("ratings of %d: %w", year, err)
	}
	people, err := d.Store.Accounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("ratings of %d: %w", year, err)
	}
	s := &RatingSheet{Year: year, Edition: edition, Units: unitsOf(edition, assess.NewYear(year))}
	for i := range edition.Frameworks {
		for _, n := range edition.Frameworks[i].Root.Leaves() {
			item, ok := edition.Item(n.Indicator.Value.Item)
			if n.Indicator.Method.Kind != assess.Rated || !ok || item.Origin != assess.FromCity {
				continue
			}
			r := Rating{Node: n, Item: item}
			for k := range rounds {
				if rounds[k].Indicator == n.Code {
					r.Round = &rounds[k]
				}
			}
			if err := d.fillRating(ctx, &r, who); err != nil {
				return nil, fmt.Errorf("ratings of %d: %w", year, err)
			}
			r.findStrangers(people)
			s.Ratings = append(s.Ratings, r)
		}
	}
	return s, nil
}

func (d *Desk) fillRating(ctx context.Context, r *Rating, who account.User) error {
	for _, g := range r.Node.Indicator.Method.Raters {
		r.Groups = append(r.Groups, RaterGroup{RaterGroup: g})
	}
	if r.Round == nil {
		return nil
	}
	numbers := numbersOf(*r.Round)
	for _, rater := range r.Round.Raters {
		for k := range r.Groups {
			if r.Groups[k].Code == rater.Group {
				r.Groups[k].Raters = append(r.Groups[k].Raters, rater)
				r.Groups[k].Numbers = append(r.Groups[k].Numbers, numbers[rater.Account])
			}
		}
		if rater.Account != who.Name {
			continue
		}
		r.Own, r.Number = map[assess.UnitCode]assess.Ballot{}, numbers[who.Name]
		own, err := d.Store.OwnBallots(ctx, r.Round.ID, who.Name)
		if err != nil {
			return err
		}
		for _, b := range own {
			r.Own[b.Unit] = b
		}
	}
	for k := range r.Groups {
		slices.Sort(r.Groups[k].Numbers)
	}
	if r.Round.ClosedAt.IsZero() {
		return nil
	}
	ballots, _, err := d.Store.SealedBallots(ctx, r.Round.ID)
	if err != nil {
		return err
	}
	r.Counted = map[assess.UnitCode]map[int]string{}
	for _, b := range ballots {
		if r.Counted[b.Unit] == nil {
			r.Counted[b.Unit] = map[int]string{}
		}
		r.Counted[b.Unit][numbers[b.Account]] = b.Value
	}
	return nil
}

// findStrangers names those of each group who have never signed in.
func (r *Rating) findStrangers(people []account.User) {
	for k := range r.Groups {
		g := &r.Groups[k]
		for _, u := range people {
			asked := r.Round == nil && g.has(u) || r.Round != nil && r.Round.ClosedAt.IsZero() &&
				slices.ContainsFunc(g.Raters, func(one assess.Rater) bool { return one.Account == u.Name })
			if asked && u.LastSignIn.IsZero() {
				g.Strangers = append(g.Strangers, u.Name)
			}
		}
	}
}

// has says whether an account belongs to a group: it has its role and is not locked. Somebody who has not signed in yet belongs to it,
// too: a year has one round.
func (g RaterGroup) has(u account.User) bool {
	return u.Role == assess.Role(g.Code) && account.Permitted(u.Role, account.Rate) != account.Nothing && u.DisabledAt.IsZero()
}

// numbersOf gives the raters of a round numbers from 1 on that stand for them in the log: always the same for a round, and no way
// back to the names without its ID, which stays in the store.
func numbersOf(r assess.RatingRound) map[string]int {
	type drawn struct {
		account string
		lot     [sha256.Size]byte
	}
	lots := make([]drawn, len(r.Raters))
	for i, rater := range r.Raters {
		lots[i] = drawn{rater.Account, sha256.Sum256([]byte(r.ID + "\n" + rater.Account))}
	}
	slices.SortFunc(lots, func(a, b drawn) int {
		return cmp.Or(slices.Compare(a.lot[:], b.lot[:]), strings.Compare(a.account, b.account))
	})
	numbers := map[string]int{}
	for i, l := range lots {
		numbers[l.account] = i + 1
	}
	return numbers
}

// CallBallots opens the round of an indicator: everybody whose role is one of its rater groups is asked, also who has not signed in
// yet; the audit log names those. An indicator without rater groups is graded by its department (ErrInvalid), and without anybody of
// its groups there is no round (ErrInvalid).
func (d *Desk) CallBallots(ctx context.Context, year int, indicator assess.Code, act Act) error {
	r, _, err := d.rating(ctx, year, indicator, act.By)
	if err != nil {
		return err
	}
	if len(r.Groups) == 0 {
		return assess.Invalid("problem.round_graded", fmt.Sprintf("%s has no groups of raters; its department grades it", indicator), "indicator", string(indicator))
	}
	people, err := d.Store.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("call for ballots: %w", err)
	}
	round := assess.RatingRound{ID: d.NewID(), Year: year, Indicator: indicator, OpenedBy: act.By.Name, OpenedAt: act.At}
	var strangers []string
	for _, g := range r.Groups {
		strangers = append(strangers, g.Strangers...)
		for _, u := range people {
			if g.has(u) {
				round.Raters = append(round.Raters, assess.Rater{Account: u.Name, Group: g.Code})
			}
		}
	}
	if len(round.Raters) == 0 {
		return assess.Invalid("problem.round_nobody",
			fmt.Sprintf("nobody has an account whose role is a rater group of %s; make the accounts first, or import the ballots", indicator), "indicator", string(indicator))
	}
	line := act.line("rating.open", fmt.Sprintf("%s %d", indicator, year))
	line.After = fmt.Sprintf("raters %d", len(round.Raters))
	if len(strangers) > 0 {
		line.After += ", never signed in: " + strings.Join(strangers, " ")
	}
	return d.Store.OpenRound(ctx, round, line)
}

// rating answers a rated indicator as one person sees it; ErrNotFound where there is none.
func (d *Desk) rating(ctx context.Context, year int, indicator assess.Code, who account.User) (*Rating, *RatingSheet, error) {
	s, err := d.Ratings(ctx, year, who)
	if err != nil {
		return nil, nil, err
	}
	for i := range s.Ratings {
		if s.Ratings[i].Node.Code == indicator {
			return &s.Ratings[i], s, nil
		}
	}
	return nil, nil, assess.NotFound("problem.no_rating", fmt.Sprintf("%s is not rated; choose an indicator from the list", indicator), "indicator", string(indicator))
}

// Cast keeps the ballots of the person who acts: a level or points for each unit, assess.Abstention, or nothing for those that are to
// stay as they are. What cannot be read refuses all of them. The audit log hears that ballots were cast, and not what they say.
func (d *Desk) Cast(ctx context.Context, year int, indicator assess.Code, ballots map[assess.UnitCode]string, act Act) error {
	r, s, err := d.rating(ctx, year, indicator, act.By)
	if err != nil {
		return err
	}
	if r.Round == nil || !r.Asked() {
		return assess.Forbidden("problem.not_a_rater", "your account is not among those who are asked in this round")
	}
	reader, _, err := d.tools(s.Edition)
	if err != nil {
		return fmt.Errorf("cast ballots: %w", err)
	}
	var cast []assess.Ballot
	for _, u := range s.Units {
		text := strings.TrimSpace(ballots[u.Code])
		value := text
		if text != assess.Abstention {
			_, read, fault := reader.Read(r.Item.Code, text)
			if fault == nil && read != "" {
				fault = r.withinScale(read)
			}
			if fault != nil {
				return fault.At(assess.Place{Field: string(u.Code)})
			}
			value = read
		}
		if value != "" && value != r.Own[u.Code].Value {
			cast = append(cast, assess.Ballot{Account: act.By.Name, Unit: u.Code, Value: value, At: act.At})
		}
	}
	if len(cast) == 0 {
		return nil
	}
	line := act.line("rating.cast", fmt.Sprintf("%s %d", indicator, year))
	line.After = fmt.Sprintf("ballots %d", len(cast))
	return d.Store.CastBallots(ctx, r.Round.ID, act.By.Name, cast, line)
}

// withinScale answers why points are no ballot: they lie between none and full marks.
func (r *Rating) withinScale(value string) *assess.Problem {
	if slices.Contains(r.Item.Levels, assess.Code(value)) {
		return nil
	}
	full := cmp.Or(r.Node.Indicator.Method.ScaleMax, 100)
	if n, err := strconv.ParseFloat(value, 64); err != nil || n < 0 || n > full {
		return assess.Invalid("problem.ballot_scale", fmt.Sprintf("%s is no ballot; write points from 0 to %v", value, full),
			"value", value, "full", strconv.FormatFloat(full, 'f', -1, 64))
	}
	return nil
}

// CloseBallots ends the round of an indicator: the ballots become observations, each under its group and the number of its rater.
// Ballots that are missing then stay so; abstentions count nothing. Without any ballot there is nothing to close (ErrInvalid).
func (d *Desk) CloseBallots(ctx context.Context, year int, indicator assess.Code, act Act) error {
	r, _, err := d.rating(ctx, year, indicator, act.By)
	if err != nil {
		return err
	}
	if r.Round == nil || !r.Round.ClosedAt.IsZero() {
		return assess.Conflict("problem.round_moved", "the round was closed, or another ballot was cast meanwhile; load the page again")
	}
	ballots, cast, err := d.Store.SealedBallots(ctx, r.Round.ID)
	if err != nil {
		return fmt.Errorf("close a round: %w", err)
	}
	groups, numbers := map[string]assess.Code{}, numbersOf(*r.Round)
	for _, rater := range r.Round.Raters {
		groups[rater.Account] = rater.Group
	}
	s := collect.Supply{
		EnteredBy: act.By.Name, AcceptedBy: act.By.Name, Round: &assess.RoundClosing{Round: r.Round.ID, Ballots: cast, By: act.By.Name, At: act.At},
	}
	for _, b := range ballots {
		if b.Value != assess.Abstention {
			s.Entries = append(s.Entries, assess.Entry{
				Place: assess.Place{Field: string(b.Unit)}, Unit: b.Unit, PeriodText: assess.NewYear(year).String(), Code: r.Item.Code, Value: b.Value,
				Part: string(groups[b.Account]), Ref: strconv.Itoa(numbers[b.Account]),
			})
		}
	}
	if len(s.Entries) == 0 {
		return assess.Invalid("problem.round_empty", "nobody has cast a ballot yet; remind the raters, or wait")
	}
	line := act.line("rating.close", fmt.Sprintf("%s %d", indicator, year))
	line.After = fmt.Sprintf("ballots %d, abstentions %d", len(s.Entries), len(ballots)-len(s.Entries))
	s.Audit = []assess.AuditLine{line}
	_, err = d.Gate.Supply(ctx, s, act.At)
	return err
}
