package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/web"
)

// galleryPieces keeps refused pieces in memory, and notes what was asked of them.
type galleryPieces struct {
	all   []assess.HeldPiece
	done  []string
	value string // of its one figure that would change
}

const heldID = "01890000-0000-7000-8000-00000000abcd"

func (g *galleryPieces) quarantine() web.Quarantine {
	return web.Quarantine{
		Book: g,
		Bytes: func(assess.HeldPiece) ([]byte, error) {
			return []byte("unit,period,code,value\n和平,2026Q1,union_members,5\n"), nil
		},
		Replay: func(_ context.Context, held assess.HeldPiece, again collect.Again, _ time.Time) (collect.Report, error) {
			what, r := "take ", collect.Report{Run: assess.Run{ID: "r2", New: 7}, Decisions: []collect.Decision{{Outcome: collect.OutcomeNew, Value: g.value}}}
			if again.DryRun {
				what = "try "
			}
			if again.Newer {
				what, r.Changed = "newer "+what, 1
			}
			g.done = append(g.done, what+held.ID+" "+again.By)
			return r, nil
		},
	}
}

func (g *galleryPieces) HeldPieces(_ context.Context, name assess.Code) (list []assess.HeldPiece, err error) {
	for _, p := range g.all {
		if p.Source == name {
			list = append(list, p)
		}
	}
	return list, nil
}

func (g *galleryPieces) WaitingPieces(context.Context) (map[assess.Code]int, error) {
	waiting := map[assess.Code]int{}
	for _, p := range g.all {
		if p.State == assess.PieceWaiting {
			waiting[p.Source]++
		}
	}
	return waiting, nil
}

func (g *galleryPieces) HeldPiece(_ context.Context, id string) (assess.HeldPiece, error) {
	for _, p := range g.all {
		if p.ID == id {
			return p, nil
		}
	}
	return assess.HeldPiece{}, assess.NotFound("problem.no_piece", "there is no such piece")
}

func (g *galleryPieces) ClosePiece(_ context.Context, p assess.HeldPiece, line assess.AuditLine) error {
	g.done = append(g.done, string(p.State)+" "+p.By+" "+p.Note+" "+line.Action)
	return nil
}

// Who runs collections sees what was refused as it came, tries it again before it is taken, drops it with a reason, saves it, and changes
// the mapping by it. Another source's piece is none.
func TestRefusedPiecesAreDealtWith(t *testing.T) {
	g := newGallery(t)
	g.pieces.all = []assess.HeldPiece{
		{ID: heldID, Run: "r2", Source: "shenhe", Name: "三季度<b>.csv", Size: 1500, At: g.clock.at, State: assess.PieceWaiting},
		{ID: strings.Replace(heldID, "abcd", "dcba", 1), Source: "shenhe", Name: "旧.csv", At: g.clock.at, State: assess.PieceDropped, By: "li.na", Note: "重复报送"},
		{ID: strings.Replace(heldID, "abcd", "eeee", 1), Source: "shenhe", Name: "好.csv", At: g.clock.at, State: assess.PieceReplayed, By: "li.na", Note: "r2"},
	}
	r := newReader(t, g.handler(t)).signIn("analyst")
	page := r.get("/collect/shenhe").body
	at := "/collect/shenhe/pieces/" + heldID
	if !strings.Contains(page, "三季度&lt;b&gt;.csv") || !strings.Contains(page, `action="`+at+`"`) || strings.Contains(page, `value="take"`) || !strings.Contains(page, "重复报送") || !strings.Contains(page, `<a href="/collect/shenhe?run=r2">采集记录</a>`) ||
		!strings.Contains(page, "/collect/shenhe/mapping?piece="+heldID) {
		t.Errorf("the page of the source: %s", page)
	}
	if other := newReader(t, g.handler(t)).signIn("leader").get("/collect/shenhe").body; strings.Contains(other, heldID) {
		t.Error("a leader is shown the pieces")
	}
	tried := r.send(at, "do", "try")
	shown := regexp.MustCompile(`name="tried" value="(7\.0\.0\.0\.[0-9a-f]+)"`).FindStringSubmatch(tried.body)
	if tried.StatusCode != http.StatusOK || shown == nil || !strings.Contains(tried.body, `value="take"`) || strings.Count(tried.body, `role="status"`) == 0 {
		t.Fatalf("trying: %d %s", tried.StatusCode, tried.body)
	}
	outcome := shown[1]
	for _, stale := range []string{"", strings.Replace(outcome, "7", "6", 1), "7.0.0.0"} {
		if a := r.send(at, "do", "take", "tried", stale); a.StatusCode != http.StatusConflict {
			t.Errorf("taking what was not tried, %q: %d", stale, a.StatusCode)
		}
	}
	if a := r.send(at, "do", "take", "tried", outcome, "newer", "1"); a.StatusCode != http.StatusConflict {
		t.Errorf("taking newer ones, too, which was not tried: %d", a.StatusCode)
	}
	g.pieces.value = "50000"
	if a := r.send(at, "do", "take", "tried", outcome); a.StatusCode != http.StatusConflict {
		t.Errorf("taking as many other figures as were shown: %d", a.StatusCode)
	}
	g.pieces.done, g.pieces.value = g.pieces.done[:1], ""
	if a := r.send(at, "do", "take", "tried", outcome); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/collect/shenhe?run=r2" {
		t.Errorf("taking: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := r.send(at, "do", "drop", "reason", " "); a.StatusCode < 400 || a.StatusCode > 499 {
		t.Errorf("dropping without a reason: %d", a.StatusCode)
	}
	if a := r.send(at, "do", "drop", "reason", strings.Repeat("废", 1001)); a.StatusCode < 400 || a.StatusCode > 499 {
		t.Errorf("dropping with a reason of 1,001 characters: %d", a.StatusCode)
	}
	why := strings.Repeat("作废", 200)
	if a := r.send(at, "do", "drop", "reason", why); a.StatusCode != http.StatusSeeOther {
		t.Errorf("dropping: %d", a.StatusCode)
	}
	want := "try " + heldID + " analyst, try " + heldID + " analyst, take " + heldID + " analyst, dropped analyst " + why + " piece.drop"
	if got := strings.Join(g.pieces.done, ", "); got != want {
		t.Errorf("done was %q, want %q", got, want)
	}
	file := r.get(at)
	if file.StatusCode != http.StatusOK || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") || file.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(file.body, "unit,") {
		t.Errorf("the file: %d %v", file.StatusCode, file.Header)
	}
	for _, path := range []string{"/collect/heping/pieces/" + heldID, strings.Replace(at, "abcd", "0000", 1), "/collect/shenhe/mapping?piece=" + strings.Replace(heldID, "abcd", "0000", 1)} {
		if a := r.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a := r.get("/collect/shenhe/mapping?piece=" + heldID); a.StatusCode != http.StatusOK || !strings.Contains(a.body, `name="piece" value="`+heldID+`"`) {
		t.Errorf("the mapping by it: %d", a.StatusCode)
	}
}
