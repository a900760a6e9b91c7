package feed

import (
	"strconv"
	"strings"
)

// Texts make nine tenths of a feed, and gofeed copies and unescapes each several
// times. So those of some length wait aside while it reads the rest, with a mark in
// their place, and are put back into what it gives.

// asideLeast is the length from which on a text waits aside, in bytes.
const asideLeast = 200

// asideMark stands before and behind a text's number: a character that Unicode leaves
// to private use. A feed that has it itself gets, at worst, a text of its own twice.
const asideMark = "\uF8A5"

// aside tells whether a text of that name waits aside: where gofeed keeps it is known.
func (n name) aside() bool {
	switch n {
	case name{"", "description"}, name{"", "summary"}, name{"", "content"}, name{"content", "encoded"}:
		return true
	}
	return false
}

// putAside takes a text, and gives what stands in its place.
func putAside(aside *[]string, text string) string {
	*aside = append(*aside, text)
	return asideMark + strconv.Itoa(len(*aside)-1) + asideMark
}

// putBack gives an item its texts.
func putBack(texts []string, r raw) {
	places := []*string{&r.Description, &r.Content}
	switch {
	case r.rss != nil:
		places = append(places, &r.rss.Description)
	case r.atom != nil:
		if places = append(places, &r.atom.Summary); r.atom.Content != nil {
			places = append(places, &r.atom.Content.Value)
		}
	case r.json != nil:
		places = append(places, &r.json.ContentHTML, &r.json.ContentText, &r.json.Summary)
	}
	summary := r.Custom["summary"] // RSS has none of its own
	if places = append(places, &summary); summary != "" {
		defer func() { r.Custom["summary"] = summary }()
	}
	for _, place := range places {
		rest, ok := strings.CutPrefix(*place, asideMark)
		if !ok {
			continue
		}
		if rest, ok = strings.CutSuffix(rest, asideMark); !ok {
			continue
		}
		if n, err := strconv.Atoi(rest); err == nil && n >= 0 && n < len(texts) {
			*place = texts[n]
		}
	}
}
