package matter

import (
	"context"
	"fmt"
	"slices"

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

// reaches answers what an account hears about a unit: the district what is said among itself and to both, the city likewise, the
// auditor all.
func reaches(u account.User, unit assess.UnitCode) []assess.Reach {
	switch {
	case !visible(u, unit):
		return nil
	case u.Role == assess.Auditor:
		return []assess.Reach{assess.ForDistrict, assess.ForCity, assess.ForBoth}
	case u.Unit != "":
		return []assess.Reach{assess.ForDistrict, assess.ForBoth}
	}
	return []assess.Reach{assess.ForCity, assess.ForBoth}
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

// Say keeps what an account says about a figure, a score or a report, to an audience it belongs to.
func (b *Book) Say(ctx context.Context, c assess.Comment, u account.User, line assess.AuditLine) error {
	if !u.May(account.Comment, c.Unit) || !slices.Contains(reaches(u, c.Unit), c.Reach) {
		return assess.Forbidden("problem.comment_role", "comments are made by those who work on the report, to themselves or to both sides")
	}
	if err := checkText(c.Text, "problem.comment_empty", "the comment is empty; write what you want to say"); err != nil {
		return err
	}
	c.By, c.Role, c.At = u.Name, u.Role, line.At
	line.Action, line.Object, line.Unit, line.After = "comment", c.Period.String()+" "+string(c.Code), c.Unit, string(c.Reach)
	if err := b.Store.AddComment(ctx, c, line); err != nil {
		return fmt.Errorf("comment: %w", err)
	}
	return nil
}
