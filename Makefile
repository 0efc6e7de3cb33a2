# Two commands set everything up: `make demo` and `make test`. Needed beforehand: Go, a C compiler, make, git.
SHELL := /bin/bash
GO ?= go
BIN := bin/unionboard
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: build demo test test-full test-packages lint tools fmt planted bench bench-audit bench-export bench-ingest bench-refund bench-web chaos two-servers soak slow storm package release clean

build: ## the program, bin/unionboard
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/unionboard

demo: build ## a labelled demonstration city, served at http://127.0.0.1:8080
	$(BIN) demo --data demo-data

# The pages and the commands run whole servers and browsers.
SERVERS := ./cmd/unionboard ./internal/web
# Histories of chance over a whole store or city: a quarter of them here, all of them in `make test-full`.
HISTORIES := ./internal/city ./internal/collect ./internal/dashboard ./internal/demo ./internal/desk ./internal/notify
# Tests make thousands of small databases, each change of which waits for the disk: where memory can be the disk they need no disk. What is
# said of disks is tested on disks of its own. There garbage may lie about longer, too; what is said of memory is tested under the usual GOGC.
MEMORY := $(shell [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null && echo env TMPDIR=/dev/shm GOTMPDIR=$${TMPDIR:-/tmp} GOGC=300)
# `make lint` has vetted all of it; what nobody debugs needs no symbols.
TEST := $(MEMORY) $(GO) test -vet=off -ldflags='-s -w'

test: test-packages lint ## everything that must hold: vet, linters, tests of every package, browser tests
	UNIONBOARD_TEST_NEED_BROWSER=1 $(MEMORY) .ci/servers
	$(TEST) -timeout 14m $(HISTORIES) -rapid.checks=25
	$(TEST) -timeout 14m $$($(GO) list ./... | grep -vxF "$$($(GO) list $(SERVERS) $(HISTORIES))")

test-full: ## what takes longer: the race detector, another architecture, the old browser, LibreOffice, short fuzzing
	$(MEMORY) .ci/test-full

planted: ## each fault of .ci/planted is planted alone, and the test that must find it has to fail
	UNIONBOARD_TEST_PLANTED=all nice $(GO) test -count=1 -timeout 60m -v -run 'TestPlantedFaultsAreFound$$' ./internal | grep -vE '^(===|PASS$$)'; exit $${PIPESTATUS[0]}

test-packages: ## installs what the tests need (Debian, as root) or says what is missing
	.ci/install-packages chromium-headless-shell fonts-noto-cjk poppler-utils openssh-server postgresql mariadb-server nginx-light curl python3

lint: tools
	$(GO) vet ./...
	bin/staticcheck ./...
	@unformatted=$$(bin/gofumpt -l cmd internal seeds dashboards docs); \
	if [ -n "$$unformatted" ]; then echo "not gofumpt-clean (run make fmt):"; echo "$$unformatted"; exit 1; fi

tools: bin/staticcheck bin/gofumpt

bin/staticcheck: .ci/tools/go.mod .ci/tools/go.sum
	$(GO) -C .ci/tools build -o ../../bin/staticcheck honnef.co/go/tools/cmd/staticcheck

bin/gofumpt: .ci/tools/go.mod .ci/tools/go.sum
	$(GO) -C .ci/tools build -o ../../bin/gofumpt mvdan.cc/gofumpt

fmt: bin/gofumpt
	bin/gofumpt -w cmd internal seeds dashboards docs

bench: ## figures of docs/performance.md
	$(GO) test -run '^$$' -bench . -benchmem ./internal/score/...

bench-audit: ## an audit log of a million lines: verified whole, and searched for what is not in it
	$(GO) test -run '^$$' -bench Audit -benchtime 3x -timeout 30m ./internal/store

bench-export: ## a million figures as a workbook and as CSV, by turns with the bare writer of the same cells, and their memory
	$(GO) test -run '^$$' -bench Export -benchtime 1x -timeout 30m ./internal/workbook

bench-ingest: build ## a million rows beside the sqlite3 shell's own import of them
	.ci/bench-ingest

bench-web: build ## the pages beside a Go file server that sends the same bytes, of 13 districts and of 2,846 units
	.ci/bench-web/run

bench-refund: build ## matching of dues: time, memory and how well it decides, of 30,000 and of 1,000,000 rows
	.ci/bench-refund/run

# The load and the faults below are real: nothing else should run on the machine. What was said stands in chaos.log and soak.log, too.
chaos: build ## the server killed 200 times and 50 power cuts in the middle of everything; ROUNDS, POWER_CUTS, WEAK_CUTS, CHAOS_SEED may be set
	.ci/chaos

two-servers: build ## two servers on one PostgreSQL, killed and frozen 50 times in turn; ROUNDS and CHAOS_SEED may be set
	.ci/two-servers

soak: build ## 30 minutes of 200 signed-in people; SOAK_MINUTES may be set
	.ci/soak soak

slow: build ## 3 minutes of 700 clients that send slowly; SLOW_MINUTES may be set
	.ci/soak slow

storm: build ## 2,846 districts hand in within ten minutes; STORM_UNITS and STORM_MINUTES may be set
	.ci/soak storm
package: ## .deb, .tar.gz and the list of what is inside, of this tree as it is, in dist/
	.ci/package

release: ## the packages of a tag, after everything that must hold of a release; docs/releasing.md
	.ci/make-release

bin/cyclonedx-gomod: .ci/release/go.mod .ci/release/go.sum
	GOFLAGS= $(GO) -C .ci/release build -o ../../bin/cyclonedx-gomod github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

bin/govulncheck: .ci/release/go.mod .ci/release/go.sum
	GOFLAGS= $(GO) -C .ci/release build -o ../../bin/govulncheck golang.org/x/vuln/cmd/govulncheck

bin/sbom: .ci/release/go.mod .ci/release/go.sum .ci/release/sbom/main.go
	$(GO) -C .ci/release build -trimpath -o ../../bin/sbom ./sbom

clean:
	rm -rf bin demo-data dist
