package evidence

import (
	"slices"
	"strings"
)

// Kind is what a file is, and how it is handed out.
type Kind struct {
	Code  string // pdf, jpg, png, docx, xlsx, zip
	Media string // the content type it is sent with, whatever its sender said
	// extensions are the endings its names may have, the first being the usual one.
	extensions []string
	check      func(*body) error
}

// kinds is everything that can be allowed. What is not here, HTML and SVG before all, is never taken.
func kinds() []Kind {
	return []Kind{
		{"pdf", "application/pdf", []string{"pdf"}, checkPDF},
		{"jpg", "image/jpeg", []string{"jpg", "jpeg"}, checkJPEG},
		{"png", "image/png", []string{"png"}, checkPNG},
		{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{"docx"}, checkDocument},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{"xlsx"}, checkDocument},
		{"zip", "application/zip", []string{"zip"}, checkArchive},
	}
}

// Known answers the codes of all kinds there are, UsualKinds those that are taken where nobody says otherwise.
func Known() (codes []string) {
	for _, k := range kinds() {
		codes = append(codes, k.Code)
	}
	return codes
}

// UsualKinds are the kinds that are taken where nobody says otherwise. Archives are not: nobody can look into them on a page.
func UsualKinds() []string { return []string{"pdf", "jpg", "png", "docx", "xlsx"} }

// KindOf answers a kind by its code; false where there is none.
func KindOf(code string) (Kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Code == code })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}

// kindNamed answers the kind that a name's ending promises, among those that are allowed.
func kindNamed(name string, allowed []string) (Kind, bool) {
	end := strings.ToLower(ending(name))
	for _, k := range kinds() {
		if slices.Contains(allowed, k.Code) && slices.Contains(k.extensions, end) {
			return k, true
		}
	}
	return Kind{}, false
}

// ending answers what stands behind the last point of a name, "" where nothing does.
func ending(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i+1:]
	}
	return ""
}

// Accept answers the endings of some kinds as the accept attribute of a form wants them: ".pdf,.jpg".
func Accept(allowed []string) string {
	var all []string
	for _, k := range kinds() {
		if slices.Contains(allowed, k.Code) {
			for _, e := range k.extensions {
				all = append(all, "."+e)
			}
		}
	}
	return strings.Join(all, ",")
}
