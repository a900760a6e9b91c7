package feed

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/loose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Limits on what is read.
const (
	MaxBytes = 10 << 20 // of a feed, unpacked
	MaxItems = 2000     // of a feed; the rest is left unread
	maxDepth = 64       // elements within one another; deeper ones are skipped
)

// Options tell what is known of a feed besides its bytes.
type Options struct {
	ContentType string // the HTTP header, for its charset; may be empty
	Language    string // the HTTP header Content-Language, for a feed that says none; may be empty
	URL         string // where the feed came from: the base of relative links; may be empty
	MaxItems    int    // most stories to read; 0: MaxItems, which is also the most
}

// Feed is what a source publishes. The stories are in the feed's order.
type Feed struct {
	Title    string
	URL      string // the site that the feed belongs to; empty where it does not say
	Language string // BCP 47; empty where it does not say
	Kind     Kind   `json:",omitempty"` // what it turned out to be
	Stories  []digest.Story
	Read     int      `json:",omitempty"` // of what is read page by page: the posts in the answer, taken or not
	Parts    []string `json:",omitempty"` // of an index of sitemaps: the addresses of those to read, in this order
	Warnings []string // what was mended or left out, in words for an editor
}

// Errors of Parse. They come wrapped with the particulars.
var (
	ErrTooLarge = errors.New("the feed is too large")
	ErrNotAFeed = errors.New("this is not a feed")
)

// Parse reads a feed of any kind, or what may stand for one: see [Kind]. It may be
// packed with gzip. What it gives holds parts of data, which may not be changed from then
// on. Errors: ErrTooLarge, ErrNotAFeed.
func Parse(data []byte, o Options) (Feed, error) {
	if len(data) > MaxBytes {
		return Feed{}, fmt.Errorf("%w: %d MB, at most %d are read", ErrTooLarge, len(data)>>20, MaxBytes>>20)
	}
	if o.MaxItems <= 0 || o.MaxItems > MaxItems {
		o.MaxItems = MaxItems
	}
	data, err := unpacked(data)
	if err != nil {
		return Feed{}, err
	}
	if len(data) > MaxBytes {
		return Feed{}, fmt.Errorf("%w: at most %d MB are read of what is packed in it", ErrTooLarge, MaxBytes>>20)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return Feed{}, fmt.Errorf("%w: it is empty", ErrNotAFeed)
	}
	var w warnings
	text := decode(data, o.ContentType, &w)
	before := slices.Clone(w.list)
	f, err := parseText(loose.Mend(text), o, &w)
	if err == nil || errors.Is(err, errPage) {
		return f, err
	}
	for _, other := range otherReadings(text) {
		if f, err := parseText(loose.Mend(other), o, &warnings{slices.Clone(before)}); err == nil {
			return f, nil
		}
	}
	return f, err
}

// otherReadings are what a text may be that is no feed as it stands.
func otherReadings(text string) (others []string) {
	if plain := strings.TrimSpace(text); strings.HasPrefix(plain, "&lt;") { // QUIRK: escaped as a whole
		others = append(others, html.UnescapeString(plain))
	}
	if m := jsonBegins.FindStringIndex(text); m != nil && m[0] > 0 { // QUIRK: a server's notices before JSON, or the name of a function
		others = append(others, text[m[0]:])
	}
	return others
}

// jsonBegins finds where JSON begins within something else.
var jsonBegins = lazyregexp.New(`[{\[]\s*(?:"|\{\s*")`)

// parseText reads a feed's text. Error: ErrNotAFeed.
func parseText(text string, o Options, w *warnings) (Feed, error) {
	if f, other, err := parseOther(text, o, w); other {
		return f, err
	}
	var (
		clean []byte
		aside []string
		err   error
	)
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		clean, aside, err = repairJSON(text, o.MaxItems, w)
	} else {
		clean, aside, err = repairXML(text, o, w)
	}
	if err != nil {
		return Feed{}, err
	}
	parsed, err := parseClean(clean)
	if err != nil {
		return Feed{}, fmt.Errorf("%w: %w", ErrNotAFeed, err)
	}
	f := translate(parsed, aside, o, w)
	f.Warnings = w.list
	return f, nil
}

// parseClean hands the repaired feed to gofeed. Its input is of our own making, but
// holds text of others: should gofeed give up on it, that costs this feed alone.
func parseClean(clean []byte) (f *gofeed.Feed, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p.Parse(bytes.NewReader(clean))
}

// Warnings of feeds of every kind.
const (
	tooManyItems = "the feed has more than %s items; the rest was not read"
	tooDeep      = "the feed nests its elements too deeply; the deepest were left out"
)

// warnings collects what an editor should know, each thing once.
type warnings struct{ list []string }

func (w *warnings) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, old := range w.list {
		if old == text {
			return
		}
	}
	w.list = append(w.list, text)
}
