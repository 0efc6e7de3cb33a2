package workbook

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/sheet"
)

// placedChart is a chart with the sheet its figures stand on.
type placedChart struct {
	export.Chart
	t     *export.Table
	sheet string
	first int // row of the first figure of the table
}

// What a chart takes on its sheet. A streamed sheet takes none, so they stand on one of their own.
const (
	chartWidth   = 560 // dots
	chartHeight  = 340
	chartColumns = 9 // of the usual width
	chartRows    = 18
	chartsBeside = 2
)

// Colours of series, dark ones first; they differ in grey, too.
func seriesColours() []string {
	return []string{"1F4E79", "B5121B", "5B8DB8", "C98A1B", "3F7D4E", "7A5195", "8C8C8C", "2F9E9E", "A15C3E", "556B2F", "C2559A", "4D4D4D", "9BBBD6"}
}

// chartSheet writes the charts, two beside each other.
func (k *bookWriter) chartSheet(name string) error {
	name, err := k.newSheet(name)
	if err != nil {
		return err
	}
	var (
		landscape, paper, yes, no = "landscape", 9, true, false // 9 is A4
		wide, high                = 1, 0
	)
	if err := k.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := k.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	if err := k.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	for i := range k.charts {
		at := sheet.CellName(1+i/chartsBeside*chartRows, 1+i%chartsBeside*chartColumns)
		if err := k.file.AddChart(name, at, k.charts[i].drawn()); err != nil {
			return err
		}
	}
	return nil
}

// drawn makes the chart as Excel keeps it: it draws the cells, so that it follows what somebody changes in them.
func (c *placedChart) drawn() *excelize.Chart {
	area := func(code string) string {
		at := 1 + slices.IndexFunc(c.t.Columns, func(col export.Column) bool { return col.Code == code })
		letters := sheet.ColumnName(at)
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", c.sheet, letters, c.first+c.From, letters, c.first+c.To-1)
	}
	head := func(code string) string {
		at := 1 + slices.IndexFunc(c.t.Columns, func(col export.Column) bool { return col.Code == code })
		return fmt.Sprintf("'%s'!$%s$%d", c.sheet, sheet.ColumnName(at), c.first-1)
	}
	colours := seriesColours()
	chart := &excelize.Chart{
		Type: excelize.Bar, Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title, Font: &excelize.Font{Family: headFont, Size: 11, Color: ink}}}},
		Format: excelize.GraphicOptions{AltText: c.Title},
		Legend: excelize.ChartLegend{Position: "none"},
		XAxis:  excelize.ChartAxis{ReverseOrder: true, Font: excelize.Font{Size: 9, Color: ink}},
		YAxis:  excelize.ChartAxis{MajorGridLines: true, Font: excelize.Font{Size: 9, Color: muted}},
	}
	gap := uint(50)
	chart.GapWidth = &gap
	if c.Lines {
		chart.Type, chart.XAxis.ReverseOrder, chart.GapWidth = excelize.Line, false, nil
		chart.Legend.Position = "bottom"
		chart.ShowBlanksAs = "gap"
	} else {
		minimum := 0.0
		chart.YAxis.Minimum = &minimum
		chart.PlotArea.ShowVal = true
	}
	for i, code := range c.Series {
		colour := colours[i%len(colours)]
		series := excelize.ChartSeries{Name: head(code), Categories: area(c.Labels), Values: area(code)}
		series.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
		if c.Lines {
			series.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 1.75}
			series.Marker = excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: series.Fill}
		}
		chart.Series = append(chart.Series, series)
	}
	return chart
}
