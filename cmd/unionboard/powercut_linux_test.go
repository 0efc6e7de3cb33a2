package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// shutdownDisk is EXT4_IOC_SHUTDOWN, withoutFlush its way that throws away what has not been synced: data, and the journal of names and sizes.
const (
	shutdownDisk = 0x8004587D
	withoutFlush = 2
)

// powered is a disk of its own that can lose its power: an ext4 file system in a file.
type powered struct{ image, at string }

// newDisk makes and mounts such a disk; where this account may not, the test is skipped.
func newDisk(t *testing.T) *powered {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("power cuts need root, to mount a disk of their own")
	}
	work := t.TempDir()
	d := &powered{filepath.Join(work, "image"), filepath.Join(work, "disk")}
	if err := os.Mkdir(d.at, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, 1<<30); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"mkfs.ext4", "-q", d.image}, {"mount", "-o", "loop", d.image, d.at}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Skipf("power cuts need a disk of their own, and %s says: %v %s", command[0], err, out)
		}
	}
	t.Cleanup(func() { _ = syscall.Unmount(d.at, syscall.MNT_DETACH) }) // a failed test has left it unmounted
	return d
}

// cut takes the power away: what was not synced is gone, and nothing is written any more.
func (d *powered) cut(t testing.TB) {
	t.Helper()
	f, err := os.Open(d.at)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	how := uint32(withoutFlush)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), shutdownDisk, uintptr(unsafe.Pointer(&how))); errno != 0 {
		t.Fatalf("the disk keeps its power: %v", errno)
	}
}

// back mounts the disk again, which plays its journal.
func (d *powered) back(t testing.TB) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		out, err := exec.Command("umount", d.at).CombinedOutput()
		if err == nil {
			break
		}
		if time.Since(began) > patience {
			t.Fatalf("umount: %v %s", err, out)
		}
	}
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.at).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v %s", err, out)
	}
}

func (d *powered) ruin() ruin {
	return ruin{
		end: func(w *world) {
			w.dying.Store(true)
			d.cut(w.t)
			w.server.kill()
			w.server.wait()
		},
		back: func(w *world) {
			d.back(w.t)
			w.dying.Store(false)
		},
	}
}

// onDisk makes the city on a disk that can lose its power. What is there before the first cut has been there for long.
func onDisk(t *testing.T, d *powered, program string) *world {
	w := newWorld(t, filepath.Join(d.at, "data"), program)
	syscall.Sync()
	return w
}

// TestPowerCuts is TestChaos on a disk that loses its power instead: what the program has not had synced is thrown away, of the database and of
// every file. POWER_CUTS and CHAOS_SEED say how often and which; `make chaos` cuts fifty times.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	n, seed := setting(t, "POWER_CUTS", 1), setting(t, "CHAOS_SEED", int(time.Now().UnixNano()%1e6))
	d := newDisk(t)
	w := onDisk(t, d, os.Getenv("UNIONBOARD_TEST_PROGRAM"))
	w.rounds(n, uint64(seed), d.ruin(), kept(t))
}

// weakness is a fault that is planted into the program: some of its text is replaced when it is built.
type weakness struct {
	name, file string
	replace    []string
	loses      string // what it loses at least
}

func weaknesses() []weakness {
	return []weakness{
		{"a database with synchronous=NORMAL", "internal/store/sqlite.go", []string{"_synchronous=FULL", "_synchronous=NORMAL", `{"synchronous", "", "2"}`, `{"synchronous", "", "1"}`}, "save"},
		{"a database with synchronous=OFF", "internal/store/sqlite.go", []string{"_synchronous=FULL", "_synchronous=OFF", `{"synchronous", "", "2"}`, `{"synchronous", "", "0"}`}, "save"},
		{"evidence that is not synced", "internal/evidence/folder.go", []string{"temporary.Sync()", "error(nil)"}, "evidence"},
	}
}

// build builds the program with the weakness in it.
func (k weakness) build(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	file, work := filepath.Join(root, k.file), t.TempDir()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	weak := strings.NewReplacer(k.replace...).Replace(string(text))
	if weak == string(text) {
		t.Fatalf("%s holds nothing of %q", k.file, k.replace)
	}
	write(t, filepath.Join(work, "weak.go"), weak)
	overlay, _ := json.Marshal(map[string]map[string]string{"Replace": {file: filepath.Join(work, "weak.go")}}) // of plain values
	write(t, filepath.Join(work, "overlay.json"), string(overlay))
	program := filepath.Join(work, "unionboard")
	if out, err := exec.Command("go", "build", "-overlay", filepath.Join(work, "overlay.json"), "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v %s", k.name, err, out)
	}
	return program
}

// TestPowerCutsFindWhatIsNotSynced plants faults of syncing into the program: a power cut, as it is made here, loses what such a program has
// acknowledged, and the checks of TestPowerCuts say so. WEAK_CUTS says how often the power is cut for each; `make chaos` does it five times.
func TestPowerCutsFindWhatIsNotSynced(t *testing.T) {
	n, seed := setting(t, "WEAK_CUTS", 0), setting(t, "CHAOS_SEED", int(time.Now().UnixNano()%1e6))
	if n == 0 {
		t.Skip("WEAK_CUTS=5 builds weak programs and cuts their power")
	}
	for _, k := range weaknesses() {
		program := k.build(t)
		lost, promised, broken, cuts := 0, 0, 0, 0
		for round := range n {
			l, all := weakCut(t, program, uint64(seed+round))
			lost, promised, broken = lost+len(l.Lost), promised+all, broken+len(l.Broken)
			for _, one := range append(l.Lost, l.Broken...) {
				if strings.Contains(one, k.loses) || k.loses == "save" {
					cuts++
					break
				}
			}
		}
		t.Logf("%s: %d power cuts, %d changes acknowledged, %d lost, %d things broken, in %d of the cuts", k.name, n, promised, lost, broken, cuts)
		if cuts == 0 {
			t.Errorf("%s loses nothing at a power cut, or nobody sees it", k.name)
		}
	}
}

// weakCut lets everybody work with a weak program for two seconds, cuts the power once and answers what was lost of how much.
func weakCut(t *testing.T, program string, seed uint64) (l loss, promised int) {
	t.Helper()
	d := newDisk(t)
	w := onDisk(t, d, program)
	w.serve()
	w.ready(time.Now())
	var playing sync.WaitGroup
	for i, c := range w.clients() {
		w.play(c, rand.New(rand.NewPCG(seed, uint64(100+i))), &playing)
	}
	time.Sleep(2 * time.Second)
	all := w.promised()
	d.ruin().end(w)
	w.gone.Store(true)
	playing.Wait()
	d.back(t)
	copied := filepath.Join(t.TempDir(), fmt.Sprint("copy", seed))
	w.copied(copied)
	if err := syscall.Unmount(d.at, 0); err != nil {
		t.Fatal(err)
	}
	for _, acknowledged := range all {
		if acknowledged {
			promised++
		}
	}
	return w.holds(copied, all), promised
}
