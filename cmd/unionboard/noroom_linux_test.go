package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/takeout"
)

// tightDisk is a small disk of which a test says how much is left: bytes, and names that can still be made.
type tightDisk struct {
	t   *testing.T
	dir string
}

func newTightDisk(t *testing.T, dir string) tightDisk {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m,mode=0700"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return tightDisk{t, dir}
}

// leave lets so many blocks of 4,096 bytes and so many new names fit.
func (d tightDisk) leave(blocks, names int) {
	d.t.Helper()
	var now syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &now); err != nil {
		d.t.Fatal(err)
	}
	used := now.Blocks - now.Bfree
	room := fmt.Sprintf("nr_blocks=%d,nr_inodes=%d", max(1, used+uint64(blocks)), now.Files-now.Ffree+uint64(names))
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, room); err != nil {
		d.t.Fatal(room, err)
	}
}

// names answers what lies on the disk, with sizes.
func (d tightDisk) names() (all []string) {
	d.t.Helper()
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() { // an empty folder is nobody's file
			return err
		}
		info, err := e.Info()
		if err == nil {
			all = append(all, fmt.Sprint(strings.TrimPrefix(path, d.dir), " ", info.Size()))
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// failEach lets something fail at its first block, its second and so on, and at its first new name and so on, until it is done: each failure is said
// to people, and leaves no file, whole or half.
func (d tightDisk) failEach(what string, do func(n int) error) {
	t := d.t
	t.Helper()
	n, failed := 0, map[string]int{}
	for _, scarce := range []string{"names", "blocks"} {
		for room := 0; ; room++ {
			before := d.names()
			n++
			if scarce == "names" {
				d.leave(1000, room)
			} else {
				d.leave(room, 1000)
			}
			err := do(n)
			d.leave(1000, 1000)
			if err == nil {
				if slices.Equal(d.names(), before) {
					t.Errorf("%s with room for %d %s: it is said to be there, and is not", what, room, scarce)
				}
				break
			}
			failed[scarce]++
			var p *assess.Problem
			if !errors.As(err, &p) || !errors.Is(err, assess.ErrUnavailable) {
				t.Errorf("%s with room for %d %s: people are told %v", what, room, scarce, err)
			}
			if left := d.names(); !slices.Equal(left, before) {
				t.Errorf("%s with room for %d %s leaves %q, was %q", what, room, scarce, left, before)
			}
			if room > 500 {
				t.Fatalf("%s: 500 %s are not enough: %v", what, scarce, err)
			}
		}
	}
	if failed["names"] == 0 || failed["blocks"] == 0 {
		t.Errorf("%s failed %v", what, failed)
	}
	t.Logf("%s: failed %v", what, failed)
}

// Whatever block or new name a disk has no room for – of a file of evidence, of a file that was ordered, of a backup – it is said, and nothing is
// left of it.
func TestEveryLackOfRoomLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := installation(t, "evidence: {keep_free: 1KB}")
	proofs, made, archives := newTightDisk(t, filepath.Join(dir, "evidence")), newTightDisk(t, filepath.Join(dir, exportsFolder)), newTightDisk(t, filepath.Join(dir, "backups"))
	inside(t, dir, func(a *app) {
		addPeople(t, a, map[string]account.Post{"analyst": {Role: assess.CityAnalyst}})
		analyst, err := a.store.AccountNamed(t.Context(), "analyst")
		if err != nil {
			t.Fatal(err)
		}
		proofs.failEach("a file of evidence", func(n int) error {
			p := image.NewGray(image.Rect(0, 0, 200, 200))
			chance := rand.New(rand.NewPCG(1, uint64(n)))
			for i := range p.Pix {
				p.Pix[i] = byte(chance.IntN(256))
			}
			var b bytes.Buffer
			if err := png.Encode(&b, p); err != nil {
				return err
			}
			_, err := a.files.Take(t.Context(), "a.png", &b, 1<<30, time.Now())
			return err
		})
		archives.failEach("a backup", func(n int) error {
			_, _, err := a.putBackup(t.Context(), time.Now(), filepath.Join(archives.dir, fmt.Sprintf("b%d.tar.zst", n)), nil)
			return err
		})
		stop := a.makeFiles(t.Context())
		defer stop()
		made.failEach("a file that was ordered", func(int) error {
			order := takeout.Order{Order: export.Order{Table: "targets", Periods: []assess.Period{oldQuarter()}, Lang: i18n.Chinese, Now: time.Now()}, Format: takeout.XLSX}
			job, err := a.takeaway.Ask(t.Context(), analyst, order, assess.AuditLine{At: time.Now(), Actor: "analyst", Result: "ok"})
			if err != nil {
				t.Fatal(err)
			}
			for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
				if job, err = a.takeaway.Job(t.Context(), analyst, job.ID); err != nil {
					t.Fatal(err)
				}
				switch job.State {
				case assess.ExportDone:
					return nil
				case assess.ExportFailed:
					return assess.Unavailable(job.Problem.Key, job.Problem.Message)
				}
			}
			t.Fatal("the file is never made")
			return nil
		})
	})
}
