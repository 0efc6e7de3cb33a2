package matter

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// visible says whether a matter exists for an account: a district knows its own only.
func visible(u account.User, unit assess.UnitCode) bool { return u.May(account.ReadReports, unit) }

// One answers a matter with its steps. What an account may not know is ErrNotFound, as what does not exist.
func (b *Book) One(ctx context.Context, id string, u account.User) (assess.Matter, error) {
	m, err := b.Store.Matter(ctx, id)
	if err == nil && !visible(u, m.Unit) {
		return assess.Matter{}, assess.NotFound("problem.no_matter", "there is nothing of this number; choose from the list")
	}
	return m, err
}

// List answers the matters of a kind that an account may know, newest first, without their steps.
func (b *Book) List(ctx context.Context, q assess.MatterQuery, u account.User) ([]assess.Matter, error) {
	if !u.May(account.ReadReports, "") {
		if u.Unit == "" || !u.May(account.ReadReports, u.Unit) {
			return nil, nil
		}
		q.Units = []assess.UnitCode{u.Unit}
	}
	all, err := b.Store.Matters(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("matters: %w", err)
	}
	return all, nil
}

// reaches answers what an account hears about a unit: what is said to both sides, and what a side says among itself.
func reaches(u account.User, unit assess.UnitCode) (to []assess.Reach) {
	for _, one := range []struct {
		need  account.Action
		reach assess.Reach
	}{{account.HearDistrict, assess.ForDistrict}, {account.HearCity, assess.ForCity}, {account.ReadReports, assess.ForBoth}} {
		if u.May(one.need, unit) {
			to = append(to, one.reach)
		}
	}
	return to
}

// Audiences answers to whom an account may say something about a unit, both sides first.
func Audiences(u account.User, unit assess.UnitCode) []assess.Reach {
	if !u.May(account.Comment, unit) {
		return nil
	}
	to := reaches(u, unit)
	slices.Reverse(to)
	return to
}

// Heard answers what an account may hear of what was said about a unit and period, oldest first.
func (b *Book) Heard(ctx context.Context, unit assess.UnitCode, p assess.Period, u account.User) ([]assess.Comment, error) {
	to := reaches(u, unit)
	if len(to) == 0 {
		return nil, nil
	}
	all, err := b.Store.Comments(ctx, unit, p, to...)
	if err != nil {
		return nil, fmt.Errorf("comments: %w", err)
	}
	return all, nil
}

// known refuses what is about a unit or a code that the definitions of a period's year do not know; "" is about none.
func (b *Book) known(ctx context.Context, p assess.Period, unit assess.UnitCode, code assess.Code) error {
	edition, err := b.Editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return fmt.Errorf("definitions: %w", err)
	}
	_, there := edition.Roster.Unit(unit)
	_, item := edition.Item(code)
	node := slices.ContainsFunc(edition.Frameworks, func(f assess.Framework) bool { return f.Root.Find(code) != nil })
	if unit != "" && !there || code != "" && !item && !node {
		return assess.NotFound("problem.matter_about",
			fmt.Sprintf("%d knows no %q %q to say something about; go back to the page and choose again", edition.Year, unit, code),
			"year", strconv.Itoa(edition.Year))
	}
	return nil
}

// Say keeps what an account says about a figure, a score or a report, to an audience it belongs to. What it is about must be there: a
// unit of the year's roster, and an item, or a part of a framework (ErrNotFound).
func (b *Book) Say(ctx context.Context, c assess.Comment, u account.User, line assess.AuditLine) error {
	if !slices.Contains(Audiences(u, c.Unit), c.Reach) {
		return assess.Forbidden("problem.comment_role", "comments are made by those who work on the report, to themselves or to both sides")
	}
	if err := checkText(c.Text, "problem.comment_empty", "the comment is empty; write what you want to say"); err != nil {
		return err
	}
	if err := b.known(ctx, c.Period, c.Unit, c.Code); err != nil {
		return err
	}
	c.By, c.Role, c.At = u.Name, u.Role, line.At
	line.Action, line.Object, line.Unit, line.After = "comment", c.Period.String()+" "+string(c.Code), c.Unit, string(c.Reach)
	if err := b.Store.AddComment(ctx, c, line); err != nil {
		return fmt.Errorf("comment: %w", err)
	}
	return nil
}
