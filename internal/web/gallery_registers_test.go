package web_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/vault"
	"github.com/unionboard/unionboard/seeds"
)

// shippedEditions has the shipped definitions for every year.
type shippedEditions struct{}

func (shippedEditions) Edition(context.Context, int) (*assess.Edition, error) {
	return shippedOnce(), nil
}

// shippedOnce are the shipped definitions, read once for all tests.
var shippedOnce = sync.OnceValue(func() *assess.Edition {
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		panic(err)
	}
	return edition
})

// registers is the gallery's book of registers; it is made once.
func (g *gallery) registers(t testing.TB) *register.Book {
	t.Helper()
	if g.book == nil {
		g.book = &register.Book{
			Store: g.people, Editions: shippedEditions{}, Vault: vault.New(filepath.Join(t.TempDir(), "keys"), nil), Zone: time.FixedZone("CST", 8*3600),
		}
	}
	return g.book
}

// sampleRecord is the ID of a record of the district 210102.
func (g *gallery) sampleRecord() string {
	if g.registers(g.people.t); g.record == "" {
		g.record = g.studio(g.people.t, "GZS-210102-0001").ID
	}
	return g.record
}

// sampleRelease is the ID of a file with readable personal columns that the district 210102 has asked for.
func (g *gallery) sampleRelease() string {
	const id = "01890000-0000-7000-8000-00000000a11a"
	if _, err := g.people.Release(g.people.t.Context(), id); err == nil {
		return id
	}
	r := assess.Release{ID: id, Table: "innovation_studios", Unit: "210102", Records: 120, Reason: "核对", State: assess.ReleaseWaiting, AskedBy: "heping", AskedAt: g.clock.at}
	if err := g.people.AskRelease(g.people.t.Context(), r, g.people.line("release.ask")); err != nil {
		g.people.t.Fatal(err)
	}
	return id
}

// The person whose name stands in the records of studios.
const studioLeader = "欧阳示例"

// studio puts a studio of a district on the register; changes are columns and their texts.
func (g *gallery) studio(t testing.TB, no string, changes ...string) assess.Record {
	t.Helper()
	written := map[string]string{
		"studio_no": no, "unit_code": "210102", "name": "示例工作室", "host_org_name": "示例机床厂", "studio_type": "技能传授型", "leader_name": studioLeader, "leader_honour": "工匠",
		"level": "市级", "established_on": "2020-05-01", "members_count": "8", "apprentices_count": "3", "figures_year": "2026", "results_ytd": "2", "applied_ytd": "1",
		"joint_projects_ytd": "1", "trained_ytd": "40", "status": "在用", "status_changed_on": "2020-05-01", "economic_benefit_cny": "12345.60",
	}
	for i := 0; i+1 < len(changes); i += 2 {
		written[changes[i]] = changes[i+1]
	}
	who := account.User{Name: "heping", Role: assess.DistrictReporter, Unit: assess.UnitCode(written["unit_code"])}
	saved, err := g.book.Save(t.Context(), register.Change{Table: "innovation_studios", Written: written}, who, assess.AuditLine{At: g.clock.at, Actor: who.Name, Result: "ok"})
	if err != nil || register.HasError(saved.Findings) {
		t.Fatalf("studio %s: %v, %v", no, err, saved.Findings)
	}
	return saved.Record
}
