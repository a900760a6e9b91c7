package feed

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

var (
	itemsKey = lazyregexp.New(`"items"\s*:\s*\[`)
	anObject = lazyregexp.New(`\{\s*"`)
)

// Behind one broken item so many objects are looked at for the next that is whole, and of
// each so many bytes: what is hostile could make all of them long.
const (
	maxLooks = 12
	maxLook  = 256 << 10
)

// atItems reads a JSON Feed from its items on, where what stands before them is broken;
// nil: there are none.
func atItems(text string) (d *json.Decoder, rest string) {
	at := itemsKey.FindStringIndex(text)
	if at == nil {
		return nil, ""
	}
	rest = text[at[1]-1:]
	return json.NewDecoder(strings.NewReader(rest)), rest
}

// behindBroken reads on behind a broken item, as if a list began there; begin is where that
// is, in text. Nil: no whole item follows.
func behindBroken(text string, from int) (d *json.Decoder, begin int) {
	for range maxLooks {
		m := anObject.FindStringIndex(text[min(from, len(text)):])
		if m == nil {
			return nil, 0
		}
		at := from + m[0]
		var item map[string]json.RawMessage
		if json.NewDecoder(strings.NewReader(text[at:min(len(text), at+maxLook)])).Decode(&item) == nil && isItem(item) {
			d = json.NewDecoder(io.MultiReader(strings.NewReader("["), strings.NewReader(text[at:])))
			_, _ = d.Token()
			return d, at - 1
		}
		from = at + 1
	}
	return nil, 0
}

// isItem tells an item, also of WordPress and of Ghost, from the authors, files and pictures
// within one.
func isItem(fields map[string]json.RawMessage) bool {
	for _, name := range []string{"date_published", "content_html", "content_text", "excerpt", "content", "published_at", "html"} {
		if _, has := fields[name]; has {
			return true
		}
	}
	_, named := fields["id"]
	return named && len(fields["url"])+len(fields["title"]) > 0 && fields["name"] == nil && fields["link"] == nil
}
