package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund"
)

// refundUpload is how many bytes a form with both files of a delivery may have: some 100,000 rows. Larger ones go by the command.
const refundUpload = 64 << 20

// deliveryRow is a delivery in the list.
type deliveryRow struct {
	URL, At, By, Name, Count, Paid, State, Class string
	Cells                                        []string
}

// deliveriesBody is what the page of deliveries shows.
type deliveriesBody struct {
	Sentence, Fault, Limit string
	Ways                   []link
	Heads                  []string
	Rows                   []deliveryRow
	May                    bool
}

func deliveryPath(number int) string { return refundRoot + "/deliveries/" + strconv.Itoa(number) }

func (s *site) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	return s.drawDeliveries(w, r, http.StatusOK, "")
}

func (s *site) drawDeliveries(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	v := visitFrom(r)
	all, err := s.Refunds.Deliveries(r.Context(), v.user)
	if err != nil {
		return err
	}
	who := s.names(r.Context())
	body := deliveriesBody{Ways: s.refundWays(r), Fault: fault, May: s.Refunds.MayPay(v.user), Limit: strconv.Itoa(refundUpload >> 20)}
	for _, name := range outcomes() {
		body.Heads = append(body.Heads, v.words.T("web.refund.status."+name))
	}
	rows, paid := 0, int64(0)
	for i := range all {
		d := &all[i]
		row := deliveryRow{
			URL: deliveryPath(d.Number), At: s.moment(d.At), By: who(d.By), Name: d.TaxFile + " · " + d.UnionFile, Count: strconv.Itoa(d.Rows),
			State: v.words.T("web.refund.delivery.done"), Class: "done",
		}
		if !d.Done {
			row.State, row.Class = v.words.T("web.refund.delivery.open"), "open"
		}
		for _, name := range outcomes() {
			row.Cells = append(row.Cells, strconv.Itoa(d.Outcomes[name].Cases))
		}
		rows, paid = rows+d.Rows, paid+d.Paid
		body.Rows = append(body.Rows, row)
	}
	body.Sentence = v.words.T("web.refund.deliveries.none")
	if len(all) > 0 {
		body.Sentence = v.words.T("web.refund.deliveries.sentence", "n", len(all), "rows", rows, "yuan", yuan(paid))
	}
	p := refundPage(v.words.T("web.refund.deliveries"), body)
	p.Wrong = fault != ""
	return s.render(w, r, status, "refunddeliveries", p)
}

// takeDelivery takes both files of a delivery. What is read stays in memory: it names persons and accounts, and no file keeps them in clear. Whoever
// goes away meanwhile does not stop it.
func (s *site) takeDelivery(w http.ResponseWriter, r *http.Request) error {
	if err := s.pays(r, "review", "file"); err != nil {
		return err
	}
	v := visitFrom(r)
	done, err := s.oneBook(r.Context())
	if err != nil {
		return err
	}
	defer done()
	var f ledger.Files
	err = eachFile(r, "file", func(name string, content io.Reader) error {
		data, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		if unions := bytes.Contains(data[:min(len(data), 4096)], []byte("union_name")); unions || f.Tax != nil {
			f.UnionName, f.Unions = name, data
		} else {
			f.TaxName, f.Tax = name, data
		}
		return nil
	})
	if err == nil && (f.Tax == nil || f.Unions == nil) {
		err = assess.Invalid("problem.refund_two_files", "choose both files: the payments of the tax bureau and the register of unions")
	}
	var d *ledger.Delivered
	if err == nil {
		o := ledger.Options{ReviewAll: r.PostForm.Get("review") == "all"}
		d, err = s.Refunds.Deliver(context.WithoutCancel(r.Context()), f, o, v.user, s.line(r, v.user, "refund.deliver", ""))
	}
	if p, ok := spoken(err); ok {
		text := v.problem(p)
		if at := p.Place.String(); at != "" {
			text = at + ": " + text
		}
		return s.drawDeliveries(w, r, spokenStatus(err), text)
	}
	if err != nil {
		return fmt.Errorf("take a delivery: %w", err)
	}
	if d.Known {
		s.putDone(r, deliveryPath(d.Number), 1)
	}
	http.Redirect(w, r, deliveryPath(d.Number), http.StatusSeeOther)
	return nil
}

// deliveryTotal is how many rows of a delivery became something.
type deliveryTotal struct {
	Name, URL, Count, Paid string
	City                   bool
}

// refusedRow is a row that could not be used.
type refusedRow struct{ Place, Text string }

// weightRow is a level of agreement with its weight.
type weightRow struct{ Field, Level, M, U, Bits string }

// deliveryBody is what the page of one delivery shows.
type deliveryBody struct {
	At, By, Sentence, Again string
	Ways                    []link
	Totals                  []deliveryTotal
	Files                   []labelled
	Refused                 []refusedRow
	RefusedCount, Warnings  int
	Parameters              []weightRow
}

// linesRefused is how many rows that could not be used the page names.
const linesRefused = 200

func (s *site) showDelivery(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	number, _ := strconv.Atoi(mux.Vars(r)["delivery"])
	d, report, err := s.Refunds.Delivery(r.Context(), number, v.user)
	if err != nil {
		return err
	}
	body := deliveryBody{At: s.moment(d.At), By: s.names(r.Context())(d.By), Ways: s.refundWays(r), RefusedCount: len(report.Refused), Warnings: len(report.Warnings) + report.MoreWarnings}
	if s.popDone(r, r.URL.Path) > 0 {
		body.Again = v.words.T("web.refund.delivery.again")
	}
	var all assess.RefundSum
	counts := map[string]int{}
	for _, name := range outcomes() {
		sum := d.Outcomes[name]
		counts[name] = sum.Cases
		all = plus(all, sum)
		one := deliveryTotal{Name: v.words.T("web.refund.status." + name), Count: strconv.Itoa(sum.Cases), Paid: yuan(sum.Paid)}
		if name == "review" && sum.Cases > 0 {
			one.URL = refundRoot + "/review" + refundFilter{delivery: d.Number}.String()
		}
		body.Totals = append(body.Totals, one)
	}
	body.Totals = append(body.Totals, deliveryTotal{Name: v.words.T("web.refund.total"), Count: strconv.Itoa(all.Cases), Paid: yuan(all.Paid), City: true})
	body.Sentence = v.words.T("web.refund.delivery.sentence", "rows", d.Rows, "auto", counts["auto"], "review", counts["review"], "none", counts["none"],
		"duplicate", counts["duplicate"]+counts["conflict"], "refused", counts["refused"])
	for i, f := range report.Files {
		key := []string{"web.refund.files.tax", "web.refund.files.unions"}[min(i, 1)]
		body.Files = append(body.Files, labelled{Label: v.words.T(key), Text: f.Name, Digest: f.SHA256})
	}
	if len(report.Files) == 0 {
		body.Files = []labelled{{Label: v.words.T("web.refund.files.tax"), Text: d.TaxFile, Digest: d.Digest}, {Label: v.words.T("web.refund.files.unions"), Text: d.UnionFile}}
	}
	for _, p := range report.Refused[:min(len(report.Refused), linesRefused)] {
		text := unnamed.ReplaceAllString(v.words.T(p.Key), "") // a report keeps no value of a row
		body.Refused = append(body.Refused, refusedRow{p.Place.String(), text})
	}
	body.Parameters = weightsOf(v, report.Parameters)
	return s.render(w, r, http.StatusOK, "refunddelivery", refundPage(v.words.T("web.refund.delivery.title", "n", d.Number), body))
}

// unnamed are the places of a sentence where a value would stand.
var unnamed = regexp.MustCompile(`“?\{[^{}]*\}”?`)

// weightsOf is the table of what the evidence weighed.
func weightsOf(v *visit, p *refund.Parameters) (rows []weightRow) {
	if p == nil {
		return nil
	}
	for _, f := range p.Fields {
		for _, level := range f.Levels {
			row := weightRow{Level: level.Name, M: proportion(level.M), U: proportion(level.U), Bits: bits(level.Bits)}
			if level.Rare {
				row.Bits = v.words.T("web.refund.byvalue")
			}
			if row.Field = f.Name; v.words.Has("web.refund.field." + f.Name) {
				row.Field = v.words.T("web.refund.field." + f.Name)
			}
			if key := "web.refund.level." + strings.ReplaceAll(strings.ReplaceAll(level.Name, ",", ""), " ", "_"); v.words.Has(key) {
				row.Level = v.words.T(key)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// proportion writes a probability, small ones by their power of ten.
func proportion(x float64) string {
	if x != 0 && math.Abs(x) < 0.001 {
		return strconv.FormatFloat(x, 'e', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}
