package sheet

import (
	"path"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

const typesPart = "[Content_Types].xml"

// contentTypes say what the parts of a workbook are.
type contentTypes struct {
	byName, byEnding map[string]string
}

func (c contentTypes) of(name string) string {
	name = strings.ToLower(name)
	if t := c.byName[name]; t != "" {
		return t
	}
	return c.byEnding[strings.TrimPrefix(path.Ext(name), ".")]
}

// isXML says whether a part must be well-formed. Drawings of comments (VML) are an older notation, often not well-formed; they
// are never read here.
func (c contentTypes) isXML(name string) bool {
	t := c.of(name)
	return strings.HasSuffix(t, "xml") || t == "" && strings.HasSuffix(name, ".xml")
}

// readTypes reads what the parts are, and refuses what can run. What is said of an ending that no part has is said of nothing: some
// programs declare ".bin" as macros in every workbook they write.
func (a *archive) readTypes() error {
	a.types = contentTypes{map[string]string{}, map[string]string{}}
	var runs string
	err := a.walk(typesPart, visitor{open: func(at trail, as attributes) error {
		kind := strings.ToLower(as.get("ContentType"))
		switch {
		case at.is("Types", "Default"):
			a.types.byEnding[strings.ToLower(as.get("Extension"))] = kind
		case at.is("Types", "Override"):
			a.types.byName[strings.ToLower(strings.TrimPrefix(as.get("PartName"), "/"))] = kind
			if canRun(kind) {
				runs = kind
			}
		}
		return nil
	}})
	if err != nil {
		return err
	}
	for _, name := range a.order {
		if canRun(a.types.of(name)) || strings.HasSuffix(name, "vbaproject.bin") || strings.HasPrefix(name, "xl/macrosheets/") || strings.HasPrefix(name, "xl/activex/") {
			runs = name
		}
	}
	if runs != "" {
		return assess.Invalid("problem.workbook_macro",
			"the workbook holds macros or other parts that can run; save it as a workbook without macros (.xlsx) and hand that in").
			At(assess.Place{File: a.file})
	}
	return nil
}

// canRun knows the content types of what a spreadsheet program would run.
func canRun(kind string) bool {
	for _, mark := range []string{"macroenabled", "vbaproject", "vbadata", "macrosheet", "dialogsheet", "activex", "sheet.binary", "oleobject"} {
		if strings.Contains(kind, mark) {
			return true
		}
	}
	return false
}
