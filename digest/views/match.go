package views

import (
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// Match adds up the views of each story, by its ID. A row is of a story where it
// names the story's ID or its source's identifier, or leads to its page; a path
// alone ("/2026/11/bridge") is one on any site. A name that several stories have, as
// two sources count theirs from 1, is of none. Stories that no row is of are left out:
// nobody knows.
func Match(readings []Reading, stories []digest.Story) map[string]int {
	ids, pages := map[string]string{}, map[string]string{}
	for _, s := range stories {
		add(ids, s.ID, s.ID)
		add(ids, s.GUID, s.ID)
		if page, err := digest.CanonicalURL(s.URL); err == nil {
			add(pages, page, s.ID)
			add(pages, pathOf(page), s.ID)
		}
	}
	views := map[string]int{}
	for _, r := range readings {
		id := ids[r.ID]
		if id == "" {
			id = pages[pageOf(r.URL)]
		}
		if id != "" {
			views[id] = min(views[id]+r.Views, maxViews)
		}
	}
	return views
}

// add gives a name its story; no ID where it has several.
func add(names map[string]string, name, id string) {
	if name == "" {
		return
	}
	if other, taken := names[name]; taken && other != id {
		id = ""
	}
	names[name] = id
}

// anywhere stands for the site of a path.
const anywhere = "https://site.invalid"

func pageOf(address string) string {
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		page, _ := digest.CanonicalURL(anywhere + address)
		return pathOf(page)
	}
	if !strings.Contains(address, "://") {
		address = "https://" + strings.TrimPrefix(address, "//")
	}
	page, _ := digest.CanonicalURL(address)
	return page
}

// pathOf takes scheme and host off a canonical address. The front page has none.
func pathOf(page string) string {
	_, rest, _ := strings.Cut(page, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return ""
}
