package web_test

import (
	"context"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// galleryDesk answers a form with one section and one field, for the units of the gallery; it keeps nothing.
type galleryDesk struct{}

func (galleryDesk) Quarters(context.Context) (list []assess.Cycle, err error) {
	for _, p := range slices.Backward(galleryPeriods()) {
		switch {
		case p == openQuarter():
			list = append(list, assess.Cycle{Period: p, State: assess.CycleReviewing})
		case p.Kind() == assess.Quarter:
			list = append(list, assess.Cycle{Period: p, State: assess.CyclePublished})
		}
	}
	return list, nil
}

func (galleryDesk) Form(_ context.Context, unit assess.UnitCode, p assess.Period, _ time.Time) (*desk.Form, error) {
	e := galleryEdition(p.CalendarYear())
	u, ok := e.Roster.Unit(unit)
	if !ok {
		return nil, assess.NotFound("problem.gallery", "there is no unit "+string(unit))
	}
	field := desk.Field{
		Number: 1, Kind: desk.Typed, Cell: assess.CellEmpty, Previous: desk.Past{Period: p.Prev(), State: assess.Reported, Value: "1136"},
		Item: assess.Item{Code: "enterprises", Name: assess.Text{ZH: "已建会企业数", EN: "Unionised enterprises"}, Measure: assess.Text{ZH: "家", EN: "units"}, Accumulation: assess.Stock},
	}
	counts := desk.Counts{Typed: 1}
	return &desk.Form{
		Unit: u, Period: p, Edition: e, Filing: assess.Filing{Unit: unit, Period: p, State: assess.Draft}, Counts: counts,
		Deadline: p.LastDay().AddDate(0, 0, 12), CutOff: p.LastDay().AddDate(0, 0, 19),
		Sections: []desk.Section{{Code: "organisation", Name: assess.Text{ZH: "组织建设", EN: "Organisation"}, Framework: "six_systems", Fields: []desk.Field{field}, Counts: counts}},
	}, nil
}

func (d galleryDesk) Cell(ctx context.Context, unit assess.UnitCode, p assess.Period, item assess.Code, now time.Time) (*desk.CellPage, error) {
	form, err := d.Form(ctx, unit, p, now)
	if err != nil || item != "enterprises" {
		return nil, assess.NotFound("problem.gallery", "there is no field "+string(item))
	}
	return &desk.CellPage{Section: form.Sections[0], Field: form.Sections[0].Fields[0], History: []desk.Past{form.Sections[0].Fields[0].Previous}}, nil
}

func (galleryDesk) SaveAll(_ context.Context, _ assess.UnitCode, _ assess.Period, saves []desk.Save, _ string, _ time.Time) ([]desk.Saved, error) {
	return make([]desk.Saved, len(saves)), nil
}

func (d galleryDesk) Try(ctx context.Context, unit assess.UnitCode, p assess.Period, _ []desk.Save, now time.Time) (*desk.Form, error) {
	return d.Form(ctx, unit, p, now)
}

func (galleryDesk) Confirm(context.Context, assess.UnitCode, assess.Period, string, time.Time) (int, error) {
	return 0, nil
}

func (galleryDesk) Forward(context.Context, assess.UnitCode, assess.Period, string, time.Time) error {
	return nil
}

func (galleryDesk) SendBack(context.Context, assess.UnitCode, assess.Period, string, string, time.Time) error {
	return nil
}

func (galleryDesk) Sign(context.Context, assess.UnitCode, assess.Period, string, string, time.Time) error {
	return nil
}

// galleryUploads has no file waiting and keeps none.
type galleryUploads struct{}

func (galleryUploads) KeepUpload(context.Context, assess.Upload) error { return nil }

func (galleryUploads) Upload(context.Context, string, string, time.Time) (assess.Upload, error) {
	return assess.Upload{}, assess.NotFound("problem.no_upload", "the uploaded file is not there any more")
}

func (galleryUploads) MapUpload(context.Context, string, string, string) error { return nil }

func (galleryUploads) TakeUpload(context.Context, assess.Upload, string, time.Time, assess.AuditLine) error {
	return nil
}

func (galleryUploads) TableMapping(context.Context, assess.UnitCode, string) (string, error) {
	return "", nil
}
