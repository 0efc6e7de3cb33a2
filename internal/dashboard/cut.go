package dashboard

import "strconv"

// Long lists are cut into pages (ux.md, section 5): what has more than longList rows is shown pageSize at a time, or, for print, whole.
const (
	longList = 100
	pageSize = 50
)

// cut answers the page of size rows of a list that was asked for, with the links to all of them; a page there is not is the nearest one. A list that
// is not long is answered whole, without links. Every long list of a page of panels is at the same page.
func cut[T any](r *resolver, all []T, size int) ([]T, []Choice) {
	if len(all) <= longList {
		return all, nil
	}
	last := (len(all) + size - 1) / size
	page := min(max(r.req.Page, 1), last)
	var pages []Choice
	add := func(code, text string, current bool) {
		pages = append(pages, Choice{Code: code, Text: text, Link: r.req.self(r.def, "page", code), Current: current})
	}
	for n := 1; n <= last; n++ {
		text := strconv.Itoa((n-1)*size+1) + "–" + strconv.Itoa(min(n*size, len(all)))
		add(strconv.Itoa(n), text, r.req.Page != AllPages && n == page)
	}
	add("all", r.words.T("common.all"), r.req.Page == AllPages)
	if r.req.Page == AllPages {
		return all, pages
	}
	return all[(page-1)*size : min(page*size, len(all))], pages
}
