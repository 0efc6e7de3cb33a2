// Command sbom takes the CycloneDX list of the Go modules of the program, as cyclonedx-gomod writes it, and the list of files of others that
// the program carries, and makes the whole list of what is inside, with the texts of all licences beside it. A part whose licence is not
// known, or is none that a program under the Apache License may carry, is an error.
//
//	sbom -modules BOM.json -carried packaging/carried.json -version 1.2.0 -out SBOM.json -texts THIRD-PARTY-LICENSES
package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// allowed are the licences that a program under the Apache License 2.0 may carry. MPL-2.0 binds changed files of the library alone.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense", "WTFPL", "CC0-1.0", "blessing"}

// decided are the licences of parts that the detector cannot name or names wrongly, read by a person; why stands beside each.
var decided = map[string]string{
	"filippo.io/hpke":               "BSD-3-Clause",                // Go's own text
	"github.com/klauspost/compress": "BSD-3-Clause Apache-2.0 MIT", // three texts in one file, by folders
	"github.com/mattn/go-sqlite3":   "MIT blessing",                // the binding, and SQLite, which is in the public domain
	"github.com/pressly/goose/v3":   "MIT",                         // MIT with several lines of copyright
	"golang.org/x/crypto":           "BSD-3-Clause",                // Go's own licence, which the detector takes for a variant of it
	"golang.org/x/image":            "BSD-3-Clause",
	"golang.org/x/net":              "BSD-3-Clause",
	"golang.org/x/sync":             "BSD-3-Clause",
	"golang.org/x/sys":              "BSD-3-Clause",
	"golang.org/x/term":             "BSD-3-Clause",
	"golang.org/x/text":             "BSD-3-Clause",
	"golang.org/x/time":             "BSD-3-Clause",
	"std":                           "BSD-3-Clause",
}

// carried is a piece of work of others that stands in the repository and in the program.
type carried struct {
	Name, Version, PURL, Licence string
	Files, Texts                 []string
}

// part is what the texts are written of.
type part struct {
	name, version, licence string
	texts                  []string // paths
}

func main() {
	modules := flag.String("modules", "", "the list of Go modules, CycloneDX in JSON")
	list := flag.String("carried", "", "the list of files of others in the repository")
	out := flag.String("out", "", "the whole list is written here")
	version := flag.String("version", "", "the version of the program")
	texts := flag.String("texts", "", "the texts of the licences are written here")
	flag.Parse()
	if err := run(*modules, *list, *version, *out, *texts); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(modules, list, version, out, texts string) error {
	bom, err := readBOM(modules)
	if err != nil {
		return err
	}
	parts, err := goParts(bom)
	if err != nil {
		return err
	}
	more, err := addCarried(bom, list)
	if err != nil {
		return err
	}
	parts = append(parts, more...)
	if err := judge(parts); err != nil {
		return err
	}
	bom.Metadata.Component.Version = version
	if err := writeBOM(out, bom); err != nil {
		return err
	}
	return writeTexts(texts, parts)
}

func readBOM(path string) (*cdx.BOM, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(f, cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		return nil, err
	}
	if bom.Components == nil || len(*bom.Components) < 10 {
		return nil, fmt.Errorf("%s lists hardly any modules", path)
	}
	return bom, nil
}

// goParts answers the modules with their licences and the files of the module cache that hold the texts. What a person decided about a
// licence is written into the list.
func goParts(bom *cdx.BOM) (parts []part, err error) {
	for i := range *bom.Components {
		c := &(*bom.Components)[i]
		name, _, _ := strings.Cut(c.Name, "@")
		if licence, ok := decided[name]; ok {
			c.Licenses = licences(licence)
		}
		dir, err := folderOf(name, c.Version)
		if err != nil {
			return nil, err
		}
		files, err := licenceFiles(dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		parts = append(parts, part{name, c.Version, licenceOf(c), files})
	}
	return parts, nil
}

func licences(ids string) *cdx.Licenses {
	all := cdx.Licenses{}
	for _, id := range strings.Fields(ids) {
		all = append(all, cdx.LicenseChoice{License: &cdx.License{ID: id}})
	}
	return &all
}

func licenceOf(c *cdx.Component) string {
	var ids []string
	if c.Licenses != nil {
		for _, l := range *c.Licenses {
			if l.License != nil {
				ids = append(ids, cmp.Or(l.License.ID, l.License.Name))
			} else {
				ids = append(ids, l.Expression)
			}
		}
	}
	return strings.Join(ids, " ")
}

// folderOf answers where a module lies, the standard library with Go itself.
func folderOf(name, version string) (string, error) {
	args := []string{"list", "-m", "-f", "{{.Dir}}", name}
	if name == "std" {
		args = []string{"env", "GOROOT"}
	}
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find %s %s: %w", name, version, err)
	}
	return strings.TrimSpace(string(out)), nil
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|unlicense|patents)([.-].*)?$`)

func licenceFiles(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() && licenceName.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, errors.New("no file of it holds its licence")
	}
	return files, nil
}

// addCarried adds what is no Go module, with the sums of the files.
func addCarried(bom *cdx.BOM, list string) (parts []part, err error) {
	data, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var all []carried
	read := json.NewDecoder(bytes.NewReader(data))
	read.DisallowUnknownFields()
	if err := read.Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	for _, c := range all {
		component := cdx.Component{
			BOMRef: c.PURL, Type: cdx.ComponentTypeLibrary, Name: c.Name, Version: c.Version, PackageURL: c.PURL, Licenses: licences(c.Licence),
		}
		sum := sha256.New()
		for _, name := range c.Files {
			body, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			sum.Write(body)
		}
		if len(c.Files) > 0 {
			component.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum.Sum(nil))}}
		}
		*bom.Components = append(*bom.Components, component)
		parts = append(parts, part{c.Name, c.Version, c.Licence, c.Texts})
	}
	return parts, nil
}

// judge names every part whose licence is not known or not allowed.
func judge(parts []part) error {
	var found []error
	for _, p := range parts {
		if p.licence == "" {
			found = append(found, fmt.Errorf("%s %s: its licence is not known; read it and add it to decided in .ci/release/sbom", p.name, p.version))
			continue
		}
		for _, id := range strings.Fields(p.licence) {
			if !slices.Contains(allowed, id) {
				found = append(found, fmt.Errorf("%s %s: %s is no licence that may be carried", p.name, p.version, id))
			}
		}
	}
	return errors.Join(found...)
}

func writeBOM(path string, bom *cdx.BOM) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return cdx.NewBOMEncoder(f, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
}

// writeTexts writes a list of the parts and, below it, each text once with the parts that stand under it.
func writeTexts(path string, parts []part) error {
	var b bytes.Buffer
	b.WriteString("What unionboard carries of others: name, version, licence. Their texts stand below.\n\n")
	under := map[string][]string{}
	var order []string
	for _, p := range parts {
		fmt.Fprintf(&b, "  %s %s: %s\n", p.name, p.version, p.licence)
		for _, file := range p.texts {
			body, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			text := strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n"))
			if under[text] == nil {
				order = append(order, text)
			}
			under[text] = append(under[text], fmt.Sprintf("%s %s (%s)", p.name, p.version, filepath.Base(file)))
		}
	}
	for _, text := range order {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 120), strings.Join(under[text], "\n"), text)
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
