package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axeSource is axe-core, the program that finds what keeps people out of a page. It is in no binary: only tests read it.
var axeSource = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("testdata/axe-core-4.14.1/axe.min.js") })

// axeRules asks for WCAG 2.0, 2.1 and 2.2, levels A and AA, and for what axe calls best practice. Switched off is nothing but what is said here.
const axeRules = `{
	resultTypes: ['violations'], preload: false,
	runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']},
	rules: {'target-size': {enabled: true}}
}`

// axeChecks asks for more than axe: section 4 of the interface specification wants a contrast of 4.6 of all text, large or not.
const axeChecks = `{checks: [{id: 'color-contrast', options: {contrastRatio: {normal: {expected: 4.6}, large: {expected: 4.6}}}}]}`

// axe answers what axe finds in the page that is open: rule, element, and why. It runs in a world of its own: the page's policy allows no
// foreign script and stays as it is, and nothing of the page is changed by it.
func (b *browser) axe(t *testing.T) (found []string) {
	t.Helper()
	source, err := axeSource()
	if err != nil {
		t.Fatal(err)
	}
	var answer []byte
	b.run(t, chromedp.ActionFunc(func(ctx context.Context) error {
		tree, err := page.GetFrameTree().Do(ctx)
		if err != nil {
			return err
		}
		world, err := page.CreateIsolatedWorld(tree.Frame.ID).WithWorldName("axe").Do(ctx)
		if err != nil {
			return err
		}
		run := func(script string) error {
			value, thrown, err := runtime.Evaluate(script).WithContextID(world).WithAwaitPromise(true).WithReturnByValue(true).Do(ctx)
			if err == nil && thrown != nil {
				err = thrown
			}
			if err == nil {
				answer = value.Value
			}
			return err
		}
		if err := run(string(source) + "\n;axe.configure(" + axeChecks + ");0"); err != nil {
			return err
		}
		return run(`axe.run(document, ` + axeRules + `).then(r => r.violations.map(v => ({Rule: v.id, Nodes: v.nodes.map(n => ({Target: n.target.join(' '), HTML: n.html, Why: n.failureSummary}))})))`)
	}))
	var rules []struct {
		Rule  string
		Nodes []struct{ Target, HTML, Why string }
	}
	if err := json.Unmarshal(answer, &rules); err != nil {
		t.Fatalf("axe answered %s: %v", answer, err)
	}
	for _, r := range rules {
		for _, n := range r.Nodes {
			found = append(found, fmt.Sprintf("%s: %s: %.200s: %s", r.Rule, n.Target, n.HTML, strings.Join(strings.Fields(n.Why), " ")))
		}
	}
	return found
}
