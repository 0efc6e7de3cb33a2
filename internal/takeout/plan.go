package takeout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// The periods of a plan that move with the clock.
const (
	LastQuarter    = "last"    // the newest quarter that has ended
	CurrentQuarter = "current" // the one that runs
)

// Plan is an export that the clock asks for, again and again.
type Plan struct {
	Name    assess.Code
	Tables  []string
	Formats []Format
	Period  string // LastQuarter, CurrentQuarter, or a period as it is written: 2026Q1, 2026
	Unit    assess.UnitCode
	Lang    string
	// Published: what is published, not what stands.
	Published bool
	Folder    string   // where the files go, relative to the data folder; "" for nowhere
	Mail      []string // to whom they are sent
}

// periodAt answers the period of a plan at a time in the city's zone.
func (p Plan) periodAt(at time.Time) (assess.Period, error) {
	quarter := assess.NewQuarter(at.Year(), (int(at.Month())+2)/3)
	switch p.Period {
	case LastQuarter:
		return quarter.Add(-1), nil
	case CurrentQuarter:
		return quarter, nil
	}
	return assess.ParsePeriod(p.Period)
}

// Orders answers what a plan asks for at a time in the city's zone: every table in those of the formats that it has. Errors are Problems,
// see Order.Check, and one for a plan that asks for nothing.
func (p Plan) Orders(at time.Time) (orders []Order, err error) {
	period, err := p.periodAt(at)
	if err != nil {
		return nil, err
	}
	used := map[Format]bool{}
	for _, table := range p.Tables {
		offer, err := OfferOf(table)
		if err != nil {
			return nil, err
		}
		before := len(orders)
		for _, format := range p.Formats {
			if !slices.Contains(offer.Formats, format) {
				continue
			}
			o := Order{Order: export.Order{Table: table, Periods: []assess.Period{period}, Lang: p.Lang, Now: at}, Format: format, Published: p.Published, Mark: true, WithCity: true}
			if p.Unit != "" {
				o.Units = []assess.UnitCode{p.Unit}
			}
			if err := o.Check(); err != nil {
				return nil, err
			}
			used[format] = true
			orders = append(orders, o)
		}
		if len(orders) == before {
			return nil, Order{Order: export.Order{Table: table}, Format: p.first()}.Check()
		}
	}
	for _, format := range p.Formats {
		if !used[format] {
			return nil, assess.Invalid("problem.takeout_format_unused", fmt.Sprintf("none of the tables is written as %s; leave it out, or name a table that is", format),
				"format", string(format)).At(assess.Place{Field: "formats"})
		}
	}
	return orders, nil
}

func (p Plan) first() Format {
	if len(p.Formats) == 0 {
		return ""
	}
	return p.Formats[0]
}

// Due queues what a plan asks for at a slot. While its job before still waits it queues nothing: that one will bring what is newest.
func (d *Desk) Due(ctx context.Context, p Plan, slot time.Time) error {
	last, err := d.lastOf(ctx, p.Name)
	if err != nil {
		return err
	}
	if last != nil && last.State == assess.ExportQueued {
		d.wake()
		return nil
	}
	room, err := d.Room()
	if err != nil {
		return err
	}
	j := assess.ExportJob{ID: uuid.NewString(), Plan: p.Name, Slot: slot, State: assess.ExportQueued, AskedAt: d.Now(), File: string(p.Name)}
	orders, err := p.Orders(slot.In(room.Zone))
	if err != nil {
		return err
	}
	for _, o := range orders {
		rows, _, err := room.Estimate(ctx, o)
		if err != nil {
			return err
		}
		j.Total += rows
	}
	if j.Order, err = keep(orders...); err != nil {
		return err
	}
	if err := d.Store.AddExport(ctx, j, 0, d.plannedLine(j, assess.AuditLine{Action: "export.ask", Object: string(p.Name), Result: "ok"})); err != nil {
		return err
	}
	d.wake()
	return nil
}

// LastSlot answers the newest slot of a plan that was run or waits; zero for none.
func (d *Desk) LastSlot(ctx context.Context, name assess.Code) (time.Time, error) {
	last, err := d.lastOf(ctx, name)
	if err != nil || last == nil {
		return time.Time{}, err
	}
	return last.Slot, nil
}

func (d *Desk) lastOf(ctx context.Context, name assess.Code) (*assess.ExportJob, error) {
	all, err := d.Store.PlannedExports(ctx)
	if err != nil {
		return nil, err
	}
	for _, j := range all {
		if j.Plan == name {
			return &j, nil
		}
	}
	return nil, nil
}

// clockwork is who asks when the clock does: what an analyst of the city may have.
func clockwork() account.User { return account.User{Name: "system", Role: assess.CityAnalyst} }

// plannedLine begins a line of the audit log about a job of the clock.
func (d *Desk) plannedLine(j assess.ExportJob, line assess.AuditLine) assess.AuditLine {
	line.At, line.Actor, line.Request = d.Now(), clockwork().Name, j.ID
	return line
}

// made is a file of a plan that lies ready.
type made struct {
	name, media, path string
	size              int64
	line              assess.AuditLine
}

// plannedFiles makes all files of a plan's job and hands them over: to the folder, by mail.
func (d *Desk) plannedFiles(ctx context.Context, j *assess.ExportJob) (lines []assess.AuditLine, err error) {
	i := slices.IndexFunc(d.Plans, func(p Plan) bool { return p.Name == j.Plan })
	if i < 0 {
		return nil, assess.NotFound("problem.takeout_plan_gone", fmt.Sprintf("the scheduled export %s stands in the configuration no more", j.Plan), "plan", string(j.Plan))
	}
	plan := d.Plans[i]
	orders, err := kept(j.Order, d.Now())
	if err != nil {
		return nil, err
	}
	ready, err := d.halfway()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(ready)) }()
	var files []made
	for _, o := range orders {
		file, err := d.File(ctx, clockwork(), o)
		if err != nil {
			return nil, err
		}
		file.Step = d.steps(ctx, j, j.Done)
		m := made{name: file.Name, media: file.Media, path: filepath.Join(ready, strconv.Itoa(len(files)))}
		if m.size, err = d.write(ctx, m.path, file.Write); err != nil {
			return nil, err
		}
		j.Size += m.size
		m.line = file.Line(d.plannedLine(*j, assess.AuditLine{Result: "ok"}), m.size)
		files = append(files, m)
	}
	if err := d.ours(ctx, j); err != nil {
		return nil, err
	}
	if err := d.toFolder(ctx, plan, files); err != nil {
		return nil, err
	}
	if err := d.byMail(ctx, plan, j, files); err != nil {
		return nil, err
	}
	for _, m := range files {
		m.line.After += "; " + plan.destination()
		lines = append(lines, m.line)
	}
	return lines, nil
}

// destination says where the files of a plan go.
func (p Plan) destination() string {
	var all []string
	if p.Folder != "" {
		all = append(all, "folder "+p.Folder)
	}
	if len(p.Mail) > 0 {
		all = append(all, "mail "+strings.Join(p.Mail, " "))
	}
	return "to " + strings.Join(all, ", ")
}

// toFolder puts files into the folder of a plan, each whole or not at all, in the place of one of the same name.
func (d *Desk) toFolder(ctx context.Context, p Plan, files []made) error {
	if p.Folder == "" {
		return nil
	}
	folder := p.Folder
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(d.Data, folder)
	}
	refused := func(err error) error {
		return assess.Unavailable("problem.takeout_folder", fmt.Sprintf("the program may not write into the folder %s; give it the right, or name another", p.Folder), "folder", p.Folder).Because(err)
	}
	if err := os.MkdirAll(folder, 0o750); err != nil && !full(err) {
		return refused(err)
	}
	for _, m := range files {
		target := filepath.Join(folder, m.name)
		_, err := d.write(ctx, target, func(_ context.Context, w io.Writer) (err error) {
			f, err := os.Open(m.path)
			if err != nil {
				return fmt.Errorf("copy a file: %w", err)
			}
			_, err = io.Copy(w, f)
			return errors.Join(err, f.Close())
		})
		if err == nil {
			err = os.Chmod(target, 0o640) // those whom the folder is for share its group
		}
		if errors.Is(err, os.ErrPermission) {
			return refused(err)
		}
		if err != nil {
			return err
		}
	}
	return lasting(folder)
}
