package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// The members of an archive that are always there: what is in it, which comes first; the database; the sums of all before them, which end it.
const (
	manifestName = "manifest.json"
	DatabaseName = "unionboard.db"
	sumsName     = "SHA256SUMS"
)

// format is the version of archives that this program makes; it reads those up to it.
const format = 1

const (
	// mostManifest bounds the memory that a manifest may take, in bytes; 100,000 files have 15 MB.
	mostManifest = 64 << 20
	// longestName is that of a member, in bytes, as tar can carry it everywhere.
	longestName = 512
)

// Manifest says what an archive holds.
type Manifest struct {
	Format  int             `json:"format"`
	Program string          `json:"program"` // the version that made it
	Made    time.Time       `json:"made"`
	Holds   assess.Holdings `json:"holds"` // by the database
	Keys    bool            `json:"keys"`  // whether secrets are in it
	// Lacking are files that the database names and that were gone, or not what they had been, when the archive was made.
	Lacking []string `json:"lacking"`
	Members []Member `json:"members"` // in their order; the manifest itself and the sums are not among them
}

// Member is a file of an archive.
type Member struct {
	Name string `json:"name"` // from the data folder, with slashes
	Size int64  `json:"size"` // bytes
	Sum  string `json:"sum"`  // SHA-256, hex
}

// Size answers how much room the members take, in bytes.
func (m Manifest) Size() (size int64) {
	for _, one := range m.Members {
		size += one.Size
	}
	return size
}

// encode writes the manifest as it stands in the archive.
func (m Manifest) encode() ([]byte, error) {
	body, err := json.MarshalIndent(m, "", " ")
	return append(body, '\n'), err
}

// sums answers the list of all sums, as `sha256sum --check` reads it. Its own sum is that of the whole.
func (m Manifest) sums(manifest []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s  %s\n", sumOf(manifest), manifestName)
	for _, one := range m.Members {
		fmt.Fprintf(&b, "%s  %s\n", one.Sum, one.Name)
	}
	return b.Bytes()
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readManifest reads and checks a manifest: whatever wrote it, its names stay inside of a folder and are no files of a folder at work.
func readManifest(body []byte) (m Manifest, err error) {
	var version struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(body, &version); err != nil || version.Format < 1 {
		return m, foreign()
	}
	if version.Format > format {
		return m, assess.Invalid("problem.backup_newer", "the backup was made by a newer unionboard; install that version or a newer one, then restore it")
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, foreign()
	}
	if len(m.Members) == 0 || m.Members[0].Name != DatabaseName {
		return m, foreign()
	}
	seen := map[string]bool{}
	for _, one := range m.Members {
		folded := strings.ToLower(one.Name)
		if !mayLie(one.Name) || seen[folded] || one.Size < 0 || len(one.Sum) != sha256.Size*2 {
			return m, badMember(one.Name)
		}
		seen[folded] = true
	}
	return m, nil
}

// mayLie says whether a member may be called so.
func mayLie(name string) bool {
	if !fs.ValidPath(name) || !filepath.IsLocal(name) || len(name) > longestName || strings.ContainsAny(name, "\\:\x00\n\r") {
		return false
	}
	first, _, _ := strings.Cut(strings.ToLower(name), "/")
	switch first {
	case ".", manifestName, strings.ToLower(sumsName), "backups", "unionboard.lock", "unionboard.moved", "unionboard.reserve":
		return false
	}
	// The database comes without files beside it: a journal would be played into it.
	return name == DatabaseName || !strings.HasPrefix(first, DatabaseName) && !strings.HasPrefix(first, ".")
}

func foreign() *assess.Problem {
	return assess.Invalid("problem.backup_foreign", "the file is no backup of unionboard; name one that `unionboard backup` or the schedule has made")
}

func badMember(name string) *assess.Problem {
	return assess.Invalid("problem.backup_member", fmt.Sprintf("the backup holds %q, which no backup of unionboard holds; nothing of it was taken, use another one", name), "name", name)
}

func cut(cause error) *assess.Problem {
	return assess.Invalid("problem.backup_cut", "the backup is damaged: it ends too early, or cannot be unpacked; use another one").Because(cause)
}

func changed(name string) *assess.Problem {
	return assess.Invalid("problem.backup_changed", fmt.Sprintf("the backup is damaged: %s in it is not what it was when the backup was made; use another one", name), "name", name)
}
