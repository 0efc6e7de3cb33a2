package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// client is somebody at work: step does one thing to its end, whatever becomes of the server meanwhile. look reads what it works with.
type client struct {
	step func(chance *rand.Rand)
	look func()
}

// play lets a client work until the chaos is over. Nobody begins anything while the world rests.
func (w *world) play(c client, chance *rand.Rand, all *sync.WaitGroup) {
	all.Go(func() {
		for !w.ending.Load() {
			w.resting.RLock()
			c.step(chance)
			w.resting.RUnlock()
			time.Sleep(time.Duration(2+chance.IntN(20)) * time.Millisecond)
		}
	})
}

// everybody begins to work, once each has looked at what is there and all agree.
func (w *world) everybody(seed uint64, keep string, playing *sync.WaitGroup) []client {
	all := w.clients()
	for _, c := range all {
		c.look()
	}
	w.judge(w.t, keep)
	for i, c := range all {
		w.play(c, rand.New(rand.NewPCG(seed, uint64(100+i))), playing)
	}
	return all
}

// clients signs everybody in.
func (w *world) clients() (all []client) {
	n := 0
	next := func() int { n++; return n }
	for _, unit := range []string{typedUnit, typedToo} {
		for _, who := range []string{"a", "b"} {
			all = append(all, w.typist(w.guest(who+unit, next()), n, unit))
		}
	}
	reporters, chairs := map[string]*guest{}, map[string]*guest{}
	for _, unit := range reportedUnits() {
		reporters[unit], chairs[unit] = w.guest("a"+unit, next()), w.guest("chair"+unit, next())
	}
	all = append(all,
		w.reporting(reporters, chairs, w.guest("reviewer."+string(w.cell.item), next()), n),
		w.registrar(w.guest("a"+keepingUnit, next())),
		w.prover(w.guest("b"+keepingUnit, next())),
		w.exporter(w.guest("analyst", next())),
		w.comer(next()),
		w.onlooker(w.guest("leader", next())),
	)
	if !w.byTime {
		all = append(all, w.collector(w.guest("analyst", next()), n))
	}
	reviewer := w.guest("reviewer."+string(w.figure), next())
	for _, secret := range w.tokens {
		v := newGuest(w.t, "http://"+w.addr, "program", next())
		v.secret = secret
		all = append(all, w.pusher(v, reviewer, n))
	}
	return all
}

// fieldOf finds a field of a form on a page: its revision, and what it holds.
func fieldOf(page string, item assess.Code) (s stood, ok bool) {
	_, after, found := strings.Cut(page, `data-item="`+string(item)+`" data-base="`)
	if !found {
		return s, false
	}
	base, rest, _ := strings.Cut(after, `"`)
	s.Revision, _ = strconv.ParseInt(base, 10, 64)
	if _, v, open := strings.Cut(rest, `name="v.`+string(item)+`" value="`); open {
		v, _, _ = strings.Cut(v, `"`)
		s.Value = html.UnescapeString(v)
		return s, true
	}
	if _, v, shown := strings.Cut(rest, `<output id="v-`+string(item)+`"`); shown {
		_, v, _ = strings.Cut(v, ">")
		v, _, _ = strings.Cut(v, "<")
		s.Value = bareNumber(v)
		return s, true
	}
	return s, false
}

func bareNumber(text string) string {
	return strings.NewReplacer(",", "", "—", "", " ", "").Replace(html.UnescapeString(text))
}

// see reads a page that must be there, and notes what it says of a figure.
func (w *world) see(v *guest, n int, f figureAt, path string, read func(page string) (stood, bool)) (stood, bool) {
	begun := w.now()
	page, _, ok := w.patiently(func(ctx context.Context) (reply, error) {
		begun = w.now() // what was asked of a server that died has no answer, so this is another question
		return v.get(ctx, path)
	})
	if !ok {
		return stood{}, false
	}
	if page.status != http.StatusOK {
		w.fault("%s as %s answers %d to %q", path, v.name, page.status, page.header.Get("Location"))
		return stood{}, false
	}
	s, found := read(page.body)
	if !found {
		w.fault("%s as %s does not show %s", path, v.name, f)
		return s, false
	}
	w.note(n, f, begun, act{}, outcomeOf{Revision: s.Revision, Value: s.Value})
	return s, true
}

func (w *world) formPath(c cellOfForm, more ...string) string {
	return "/fill/" + w.quarter.String() + "/" + string(c.section) + strings.Join(more, "")
}

// seeCell reads a cell of a form, from its section or from its own page.
func (w *world) seeCell(v *guest, n int, unit string, c cellOfForm, own bool) (stood, bool) {
	path := w.formPath(c)
	if own {
		path += "/" + string(c.item)
	}
	return w.see(v, n, figureAt{unit, string(c.item)}, path, func(page string) (stood, bool) { return fieldOf(page, c.item) })
}

// saveCell types a value into a cell, as the script of the form does.
func (w *world) saveCell(v *guest, n int, unit string, c cellOfForm, base int64) (saved bool) {
	f, value := figureAt{unit, string(c.item)}, w.value()
	form := url.Values{
		"item": {string(c.item)}, "value": {value}, "note": {"按台账"}, "missing": {""}, "base": {strconv.FormatInt(base, 10)}, "request": {"chaos-" + value},
	}
	w.attempted("save", unit+" "+string(c.item)+" "+value)
	begun := w.now()
	got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) {
		return v.post(ctx, "/fill/"+w.quarter.String()+"/cell", form)
	})
	in := act{Write: true, Base: base, Value: value}
	switch {
	case !ok:
		w.note(n, f, begun, in, outcomeOf{Lost: true})
	case got.status == http.StatusOK:
		w.note(n, f, begun, in, outcomeOf{})
		w.done("save", unit+" "+string(c.item)+" "+value)
		return true
	case got.status == http.StatusConflict:
		w.note(n, f, begun, in, outcomeOf{Conflict: true})
	default:
		w.fault("saving %s over %d, asked again %v, answers %d to %q: %.300s", f, base, lost, got.status, got.header.Get("Location"), got.body)
	}
	return false
}

// typist shares some cells with another: what both type at once is a conflict for one of them, never lost.
func (w *world) typist(v *guest, n int, unit string) client {
	cells := w.cells[:chaosCells]
	held := map[assess.Code]int64{}
	see := func(c cellOfForm, own bool) {
		if s, ok := w.seeCell(v, n, unit, c, own); ok {
			held[c.item] = s.Revision
		}
	}
	return client{
		step: func(chance *rand.Rand) {
			c := cells[chance.IntN(len(cells))]
			switch chance.IntN(5) {
			case 0:
				see(c, true)
			case 1:
				see(c, false)
			default:
				if w.saveCell(v, n, unit, c, held[c.item]) {
					held[c.item]++
				} else {
					see(c, chance.IntN(2) == 0)
				}
			}
		},
		look: func() {
			for _, c := range cells {
				see(c, true)
				see(c, false)
			}
		},
	}
}

// reporting is the reports of some districts, one after the other: typed, forwarded, sent back inside the district, signed, returned by the city
// as often as it may be, and accepted. The last district's report never comes to its signature, so that there is always one under way.
func (w *world) reporting(reporters, chairs map[string]*guest, reviewer *guest, n int) client {
	c, at, returns := w.cell, 0, 0
	made := map[deed]int{} // by kind and unit
	stage := "save"
	var base int64 = -1
	unit := func() string { return reportedUnits()[at] }
	home := "/fill/" + w.quarter.String()
	// once has a step made that must lead on. One whose answer was lost may have been made before, and is refused then.
	once := func(kind string, v *guest, path string, form url.Values) bool {
		name := fmt.Sprintf("%s %d", unit(), made[deed{kind, unit()}]+1)
		w.attempted(kind, name)
		got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.post(ctx, path, form) })
		if !ok {
			return false
		}
		before := lost && got.status == http.StatusConflict && (strings.Contains(got.body, stepIsOver) || strings.Contains(got.body, isOvertaken))
		if got.status != http.StatusSeeOther && !before {
			w.fault("%s of %s, asked again %v, answers %d: %.2000s", kind, name, lost, got.status, mainOf(got.body))
			return false
		}
		w.done(kind, name)
		made[deed{kind, unit()}]++
		return true
	}
	see := func(unit string) stood {
		s, _ := w.seeCell(reporters[unit], n, unit, c, false)
		w.seeCell(chairs[unit], n, unit, c, true)
		return s
	}
	decide := func(kind string, choice url.Values) bool {
		path := "/review/" + unit() + "/" + w.quarter.String()
		page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return reviewer.get(ctx, path) })
		seen := between(page.body, `name="seen.`+string(c.item)+`" value="`, `"`)
		if ok && seen == "" {
			w.fault("the review of %s answers %d and has no figure: %.3000s", unit(), page.status, mainOf(page.body))
		}
		choice.Set("seen."+string(c.item), seen)
		return seen != "" && once(kind, reviewer, path, choice)
	}
	return client{
		step: func(chance *rand.Rand) {
			item := string(c.item)
			switch stage {
			case "save":
				if base < 0 {
					base = see(unit()).Revision
				}
				if w.saveCell(reporters[unit()], n, unit(), c, base) {
					base, stage = base+1, "forward"
				} else {
					base = -1
				}
			case "forward":
				if once("forward", reporters[unit()], home+"/forward", url.Values{}) {
					stage = "back"
					if at < len(reportedUnits())-1 && (returns > 0 || chance.IntN(4) == 0) {
						stage = "sign"
					}
				}
			case "back":
				if once("back", chairs[unit()], home+"/back", url.Values{"reason": {"请再核对"}}) {
					stage = "save"
				}
			case "sign":
				page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return chairs[unit()].get(ctx, home+"/cover") })
				digest := between(page.body, `name="digest" value="`, `"`)
				if ok && digest == "" {
					w.fault("the cover of %s answers %d and has no digest", unit(), page.status)
				}
				if digest != "" && once("sign", chairs[unit()], home+"/sign", url.Values{"digest": {digest}, "current": {guestPassword}}) {
					stage = "decide"
				}
			case "decide":
				if returns < 2 { // a figure comes back twice at most
					if decide("return", url.Values{"choice." + item: {"return"}, "reason." + item: {"definition"}, "note." + item: {"请核对"}}) {
						returns, stage = returns+1, "save"
					}
				} else if decide("accept", url.Values{"choice." + item: {"accept"}}) {
					at, returns, stage, base = at+1, 0, "save", -1
				}
			}
		},
		look: func() {
			for _, unit := range reportedUnits() {
				see(unit)
			}
		},
	}
}

// stepIsOver is of the sentence that refuses a step because of the state of the report (problem.filing_step, problem.cell_step), isOvertaken of
// those that refuse what another request has done meanwhile (problem.decided, problem.filing_moved): the one that was given up may be under way still.
const (
	stepIsOver  = "，不能进行“"
	isOvertaken = "；请刷新后再看"
)

func mainOf(page string) string {
	if _, after, ok := strings.Cut(page, "<main"); ok {
		return regexp.MustCompile(`<[^>]*>|\s+`).ReplaceAllString(after, " ")
	}
	return page
}

func between(text, from, to string) string {
	_, after, _ := strings.Cut(text, from)
	found, _, ok := strings.Cut(after, to)
	if !ok {
		return ""
	}
	return found
}

// pusher is a program of a district beside another one: what it hands in is there once, however often it has to ask.
func (w *world) pusher(v, reviewer *guest, n int) client {
	f := figureAt{pushedUnit, string(w.figure)}
	path := "/review/" + pushedUnit + "/" + w.quarter.String()
	look := func() {
		w.see(reviewer, n, f, path, func(page string) (stood, bool) {
			_, row, ok := strings.Cut(page, `<tr id="c-`+string(w.figure)+`"`)
			if !ok {
				return stood{-1, ""}, true // nothing was handed in
			}
			_, row, _ = strings.Cut(row, `class="num now"`)
			return stood{-1, bareNumber(between(row, "<b>", "</b>"))}, true
		})
	}
	return client{
		step: func(chance *rand.Rand) {
			if chance.IntN(4) == 0 {
				look()
				return
			}
			value := w.value()
			body, _ := json.Marshal(map[string]any{ // of plain values
				"schema": "unionboard/values/1", "unit": pushedUnit, "period": w.quarter.String(), "next": nil,
				"values": []map[string]string{{"code": string(w.figure), "value": value}},
			})
			w.attempted("push", value)
			begun := w.now()
			got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) {
				for {
					got, err := v.send(ctx, http.MethodPost, "/api/v1/submissions", "application/json", body, "Idempotency-Key", "chaos-"+value)
					if err != nil || got.status != http.StatusConflict || !strings.Contains(got.body, "under_way") {
						return got, err
					}
					time.Sleep(5 * time.Millisecond) // the first one is still under way
				}
			})
			if ok && got.status != http.StatusCreated {
				w.fault("handing in %s, asked again %v, answers %d %s", value, lost, got.status, got.body)
				return
			}
			w.note(n, f, begun, act{Write: true, Base: -1, Value: value}, outcomeOf{Lost: !ok})
			if ok {
				w.done("push", value)
			}
		},
		look: look,
	}
}

// collector asks the district's system and reads what it said in three places.
func (w *world) collector(v *guest, n int) client {
	f := figureAt{pulledUnit, string(w.figure)}
	program := newGuest(w.t, "http://"+w.addr, "reader", n+100)
	program.secret = w.reading
	query := "period=" + w.past.String() + "&unit=" + pulledUnit + "&code=" + string(w.figure)
	asJSON := func(page string) (stood, bool) {
		var list struct{ Values []struct{ Value string } }
		if err := json.Unmarshal([]byte(page), &list); err != nil || len(list.Values) > 1 {
			return stood{}, false
		}
		if len(list.Values) == 0 {
			return stood{-1, ""}, true
		}
		return stood{-1, list.Values[0].Value}, true
	}
	reads := []func(){
		func() { w.see(program, n, f, "/api/v1/observations?"+query, asJSON) },
		func() {
			w.see(v, n, f, "/export/observations.csv?q="+w.past.String()+"&unit="+pulledUnit+"&language=zh", w.inTable)
		},
		func() {
			w.see(program, n, f, "/api/v1/exports/observations?format=csv&period="+w.past.String()+"&unit="+pulledUnit, w.inTable)
		},
	}
	return client{
		step: func(chance *rand.Rand) {
			if chance.IntN(3) > 0 {
				reads[chance.IntN(len(reads))]()
				return
			}
			w.feed.taken()
			begun := w.now()
			got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.post(ctx, "/collect/pulled/run", url.Values{}) })
			if ok && got.status != http.StatusSeeOther && got.status != http.StatusConflict { // one that is being asked already
				w.fault("collecting, asked again %v, answers %d: %.500s", lost, got.status, mainOf(got.body))
			}
			sent := w.feed.taken()
			for i, value := range sent {
				// What the source said last is what was collected last; of answers before it nobody knows, nor of one that is still waited for.
				told := ok && i == len(sent)-1 && strings.Contains(got.header.Get("Location"), "run=")
				w.note(n, f, begun, act{Write: true, Base: -1, Value: value}, outcomeOf{Lost: !told})
				if told {
					w.done("collected", value)
				}
			}
		},
		look: func() {
			for _, read := range reads {
				read()
			}
		},
	}
}

// inTable finds the figure of the district's system in a table of observations.
func (w *world) inTable(page string) (stood, bool) {
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page, "\ufeff"))).ReadAll()
	if err != nil || len(rows) == 0 {
		return stood{}, false
	}
	code, value := -1, -1
	for i, head := range rows[0] {
		switch head {
		case "指标代码", "代码", "code":
			code = i
		case "数值", "值", "value":
			value = i
		}
	}
	if code < 0 || value < 0 {
		return stood{}, false
	}
	for _, row := range rows[1:] {
		if row[code] == string(w.figure) {
			return stood{-1, bareNumber(row[value])}, true
		}
	}
	return stood{-1, ""}, true
}

// registrar adds records, each once.
func (w *world) registrar(v *guest) client {
	const path = "/registers/skills_competitions"
	return client{
		step: func(*rand.Rand) {
			key := "JS-" + w.value()
			day := w.past.FirstDay().Format("2006-01-02")
			form := url.Values{}
			for name, value := range map[string]string{
				"competition_no": key, "name": "竞赛 " + key, "level": "district", "scope": "regional", "organiser": "区总工会", "trades": "焊工", "started_on": day,
				"mode": "onsite", "enterprises_count": "3", "participants_registered": "30", "status": "ongoing",
			} {
				form.Set("v."+name, value)
			}
			w.attempted("record", key)
			got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.post(ctx, path+"/new", form) })
			switch {
			case !ok:
			case got.status == http.StatusSeeOther, lost && got.status == http.StatusUnprocessableEntity: // it was added before the answer was lost
				w.done("record", key)
			default:
				w.fault("adding record %s, asked again %v, answers %d: %.1000s", key, lost, got.status, mainOf(got.body))
			}
		},
		look: func() {
			page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, path) })
			if ok && page.status != http.StatusOK {
				w.fault("the register answers %d", page.status)
			}
		},
	}
}

var evidenceLink = regexp.MustCompile(`href="(/evidence/[0-9a-f-]{36})"`)

// prover hands in files and reads them back.
func (w *world) prover(v *guest) client {
	item := w.cells[chaosCells].item
	path := "/fill/" + w.quarter.String() + "/evidence/" + string(item)
	var sent []string // SHA-256 of what was acknowledged
	var handed paced
	look := func() {
		page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, path) })
		if !ok {
			return
		}
		held := map[string]bool{}
		for _, link := range evidenceLink.FindAllStringSubmatch(page.body, -1) {
			file, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, link[1]) })
			if sum := sha256.Sum256([]byte(file.body)); ok && file.status == http.StatusOK {
				held[hex.EncodeToString(sum[:])] = true
			} else if ok {
				w.fault("a file of evidence answers %d", file.status)
			}
		}
		for _, sum := range sent {
			if !held[sum] {
				w.fault("the evidence %s was acknowledged and is not on its page", sum)
			}
		}
	}
	return client{
		step: func(chance *rand.Rand) {
			if len(sent) >= 12 { // a figure has few files: the oldest is taken away
				page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, path) })
				link := evidenceLink.FindStringSubmatch(page.body)
				if !ok || link == nil {
					w.fault("the page of evidence answers %d and has no file", page.status)
					return
				}
				file, _, _ := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, link[1]) })
				sum := sha256.Sum256([]byte(file.body))
				got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) {
					return v.post(ctx, link[1]+"/remove", url.Values{"back": {path}})
				})
				if ok && got.status != http.StatusSeeOther && !lost {
					w.fault("taking evidence away answers %d: %.300s", got.status, mainOf(got.body))
				}
				for i, one := range sent {
					if one == hex.EncodeToString(sum[:]) {
						sent = append(sent[:i:i], sent[i+1:]...)
						w.done("removed", one)
						break
					}
				}
				return
			}
			if !handed.next() {
				return
			}
			body := picture(chance)
			sum := sha256.Sum256(body)
			name := hex.EncodeToString(sum[:])
			w.attempted("evidence", name)
			got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) {
				return v.upload(ctx, path, map[string]string{"privacy": "impersonal", "back": path}, fmt.Sprintf("证明%d.png", len(handed)), body)
			})
			switch {
			case !ok:
			case got.status == http.StatusSeeOther, lost && got.status == http.StatusUnprocessableEntity:
				w.done("evidence", name)
				sent = append(sent, name)
			default:
				w.fault("handing in evidence, asked again %v, answers %d: %.1000s", lost, got.status, mainOf(got.body))
			}
			time.Sleep(20 * time.Millisecond)
		},
		look: look,
	}
}

// paced are the times of acts of which a person has 60 in a minute: files that are handed in, and files that are asked for.
type paced []time.Time

// mostInAMinute leaves room for what was lost on the way and is sent again.
const mostInAMinute = 45

// next says whether one more may be done now, and counts it; else it waits a little.
func (p *paced) next() bool {
	if n := len(*p); n >= mostInAMinute {
		if wait := time.Until((*p)[n-mostInAMinute].Add(time.Minute)); wait > 0 {
			time.Sleep(min(wait, 50*time.Millisecond))
			return false
		}
	}
	*p = append(*p, time.Now())
	return true
}

// picture draws one that nobody has handed in.
func picture(chance *rand.Rand) []byte {
	p := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range p.Pix {
		p.Pix[i] = byte(chance.IntN(256))
	}
	var b bytes.Buffer
	_ = png.Encode(&b, p) // into memory
	return b.Bytes()
}

var madeLink = regexp.MustCompile(`href="(/export/jobs/[0-9a-f-]{36})"`)

// exporter has files made in the background and takes them.
func (w *world) exporter(v *guest) client {
	path := "/export?q=" + w.past.String() + "&language=zh"
	waiting := false
	var asked paced
	return client{
		step: func(*rand.Rand) {
			time.Sleep(30 * time.Millisecond)
			if !waiting {
				if !asked.next() {
					return
				}
				w.attempted("job", fmt.Sprint(len(asked)))
				got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) {
					return v.post(ctx, "/export/jobs?q="+w.past.String()+"&language=zh", url.Values{"table": {"observations"}, "format": {"csv"}})
				})
				if ok && got.status != http.StatusSeeOther {
					w.fault("asking for a file, again %v, answers %d: %.500s", lost, got.status, mainOf(got.body))
					return
				}
				waiting = ok
				w.done("job", fmt.Sprint(len(asked)))
				return
			}
			page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, path) })
			if !ok || page.status != http.StatusOK {
				w.fault("the page of files answers %d", page.status)
				return
			}
			links := madeLink.FindAllStringSubmatch(page.body, -1)
			for _, link := range links {
				file, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, link[1]) })
				if _, whole := w.inTable(file.body); ok && (file.status != http.StatusOK || !whole) {
					w.fault("the file that was made answers %d, whole %v: %.500s", file.status, whole, mainOf(file.body))
				}
				got, lost, ok := w.patiently(func(ctx context.Context) (reply, error) {
					return v.post(ctx, link[1]+"/drop?q="+w.past.String(), url.Values{})
				})
				if ok && got.status != http.StatusSeeOther && !lost {
					w.fault("dropping a file answers %d: %.500s", got.status, mainOf(got.body))
				}
			}
			if len(links) > 0 {
				waiting = false
			}
		},
		look: func() {},
	}
}

// comer signs in and out: a session that was begun is there after a restart, and one that was ended never is.
func (w *world) comer(n int) client {
	var v *guest
	var ended []*guest
	status := func(v *guest) int {
		page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, "/account") })
		if !ok {
			return 0
		}
		return page.status
	}
	check := func() {
		if v != nil && v.form != "" {
			if s := status(v); s != http.StatusOK && s != 0 {
				w.fault("a session that was begun is answered %d", s)
			}
		}
		for _, one := range ended {
			if s := status(one); s == http.StatusOK {
				w.fault("a session that was ended opens pages again")
			}
		}
	}
	return client{
		step: func(*rand.Rand) {
			time.Sleep(40 * time.Millisecond)
			if v == nil {
				v = newGuest(w.t, "http://"+w.addr, "comer", n+1000+int(w.values.Add(1))%4000)
				_, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return reply{}, v.signIn(ctx) })
				if !ok {
					v = nil
				}
				return
			}
			check()
			// The cookies are kept as the browser had them: an ended session must not open anything with them.
			kept := *v
			jar := v.client.Jar
			site, _ := url.Parse("http://" + w.addr)
			cookies := jar.Cookies(site)
			_, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.post(ctx, "/sign-out", url.Values{}) })
			if ok {
				old := newGuest(w.t, kept.base, "gone", n+5000+int(w.values.Add(1))%4000)
				old.client.Jar.SetCookies(site, cookies)
				ended = append(ended[max(0, len(ended)-2):], old)
			}
			v = nil
		},
		look: check,
	}
}

// onlooker opens the pages of a leader: none may fail.
func (w *world) onlooker(v *guest) client {
	paths := []string{"/", "/status/" + w.quarter.String(), "/review", "/f/six_systems?q=" + w.past.String(), "/d/" + pulledUnit + "?q=" + w.past.String(), "/tasks"}
	return client{
		step: func(chance *rand.Rand) {
			path := paths[chance.IntN(len(paths))]
			page, _, ok := w.patiently(func(ctx context.Context) (reply, error) { return v.get(ctx, path) })
			if ok && page.status != http.StatusOK {
				w.fault("%s answers a leader %d: %.300s", path, page.status, mainOf(page.body))
			}
			time.Sleep(20 * time.Millisecond)
		},
		look: func() {},
	}
}
