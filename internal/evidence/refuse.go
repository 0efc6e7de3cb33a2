package evidence

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// What is said to a person whose file is not taken: what is wrong, and what would be right.

func errEnding(name string, allowed []string) error {
	all := strings.Join(allowed, ", ")
	return assess.Invalid("problem.evidence_ending",
		fmt.Sprintf("%q is of a kind that is not taken; hand in one of %s", Shown(name), all), "name", Shown(name), "allowed", all)
}

// errContent refuses content that its ending does not say; found "" is of no known kind.
func errContent(want, found string) error {
	if found == "" {
		return assess.Invalid("problem.evidence_content_unknown",
			fmt.Sprintf("the file is called %s, but its content is of no known kind; save it as a real %s, or give it its right ending", want, want),
			"want", want)
	}
	return assess.Invalid("problem.evidence_content",
		fmt.Sprintf("the file is called %s, but its content is %s; save it as a real %s, or give it its right ending", want, found, want),
		"want", want, "found", found)
}

func errDamaged(want string, why error) error {
	return assess.Invalid("problem.evidence_damaged",
		fmt.Sprintf("the file is damaged or cut off and cannot be read as %s; open it on your machine, save it again and hand in that", want), "want", want).
		Because(why)
}

func errTwoKinds(want, other string) error {
	return assess.Invalid("problem.evidence_two_kinds",
		fmt.Sprintf("the file is %s and at the same time %s; open it, save or print it again as %s and hand in that", want, other, want),
		"want", want, "other", other)
}

func errMacros() error {
	return assess.Invalid("problem.evidence_macros",
		"the document holds macros, which are programs; save it without them, as docx or xlsx, and hand in that")
}

func errInside(name string) error {
	return assess.Invalid("problem.evidence_inside",
		fmt.Sprintf("the file holds %q, which is not taken; pack it again without it", Shown(name)), "name", Shown(name))
}

func errUnpacked() error {
	return assess.Invalid("problem.evidence_unpacked",
		fmt.Sprintf("unpacked, the file is larger than %s or has more than %d parts; divide it", Bytes(unpackedMost), partsMost),
		"size", Bytes(unpackedMost), "parts", strconv.Itoa(partsMost))
}

func errPixels() error {
	return assess.Invalid("problem.evidence_pixels",
		fmt.Sprintf("the picture has more than %d million pixels; make it smaller", pixelsMost/1_000_000), "pixels", strconv.Itoa(pixelsMost/1_000_000))
}

func errLarge(limit int64) error {
	return assess.Invalid("problem.evidence_large",
		fmt.Sprintf("the file is larger than %s; make it smaller, or divide it", Bytes(limit)), "limit", Bytes(limit))
}

func errEmpty() error {
	return assess.Invalid("problem.evidence_empty", "the file is empty; choose another")
}

func errInfected(name string) error {
	return assess.Invalid("problem.evidence_infected",
		fmt.Sprintf("the virus scanner found something in %q; it was not kept: clean the machine it comes from", Shown(name)), "name", Shown(name))
}

func errQuota() error {
	return assess.Conflict("problem.evidence_quota",
		"the files of this unit take up all the room it has; use files that are there already, or ask the administrator for more room (evidence.quota in the configuration)")
}

func errRoom() error {
	return assess.Unavailable("problem.evidence_room",
		"the disk of the server is nearly full, so no files are taken; figures can still be filled in: tell the administrator and hand the file in later")
}

// Shown shortens a name that was sent to what may stand in a message.
func Shown(name string) string {
	name = strings.Map(plainRune, strings.ToValidUTF8(name, ""))
	if short := cut(name, 60); short != name {
		return short + "…"
	}
	return name
}

// Bytes writes a size as people read it: 20 MB, 1.5 GB, in steps of 1,024 as file managers count.
func Bytes(n int64) string {
	value, unit := float64(n), "B"
	for _, next := range []string{"KB", "MB", "GB", "TB"} {
		if value < 1024 {
			break
		}
		value, unit = value/1024, next
	}
	text := strconv.FormatFloat(value, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0") + " " + unit
}
