package feed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/loose"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Kind is what a source turned out to publish.
type Kind string

// The kinds of source. Each is known by its bytes alone.
const (
	Syndicated Kind = ""              // RSS, Atom, RDF, JSON Feed
	WordPress  Kind = "wordpress"     // posts of its REST interface
	Ghost      Kind = "ghost"         // posts of its Content API
	Sitemap    Kind = "sitemap"       // sitemaps.org 0.9, with the extensions for news and pictures
	SitemapOf  Kind = "sitemap index" // a list of sitemaps
)

var (
	anyRoot    = lazyregexp.New(`(?i)<!--(?s:.*?)-->|<(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|rdf|channel|html)[\s/>]`)
	ghostPosts = lazyregexp.New(`^\s*\{\s*(?:"meta"\s*:\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)?\}\s*,\s*)?"posts"\s*:\s*\[`)
	refusal    = lazyregexp.New(`^\s*\{\s*"(?:code|errors)"\s*:`)
)

// parseOther reads what is no feed in the narrow sense. It tells whether it was that.
func parseOther(text string, o Options, w *warnings) (f Feed, other bool, err error) {
	head := text[:min(len(text), 4096)]
	switch root := rootOf(head); {
	case root == "urlset":
		f, err = parseSitemap(text, o, w)
	case root == "sitemapindex":
		f, err = parseIndex(text, o, w)
	case strings.HasPrefix(strings.TrimSpace(head), "["):
		f, err = parseWordPress(text, o, w)
	case ghostPosts.MatchString(head):
		f, err = parseGhost(text, o, w)
	case refusal.MatchString(head):
		err = refused(text)
	default:
		return Feed{}, false, nil
	}
	f.Warnings = w.list
	return f, true, err
}

// rootOf is the root of a document, in small letters; empty: it is none that is known, or JSON.
func rootOf(head string) string {
	if head = strings.TrimSpace(head); strings.HasPrefix(head, "[") || strings.HasPrefix(head, "{") {
		return ""
	}
	for _, m := range anyRoot.FindAllStringSubmatch(head, -1) {
		if m[1] != "" {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// refused says in the interface's own words why it gave no posts: {"code", "message"}
// of WordPress, {"errors": [{"message", "context"}]} of Ghost.
func refused(text string) error {
	var said struct {
		Message loose.Plain `json:"message"`
		Errors  loose.List[struct {
			Message loose.Plain `json:"message"`
			Context loose.Plain `json:"context"`
		}] `json:"errors"`
	}
	loose.Read([]byte(text), &said)
	words := string(said.Message)
	for _, e := range said.Errors {
		words = firstOf(words, strings.TrimSpace(string(e.Message+" "+e.Context)))
	}
	if words = prose.Plain(words); words == "" {
		return fmt.Errorf("%w: it is an error message without words", ErrNotAFeed)
	}
	return fmt.Errorf("%w: the site says %q", ErrNotAFeed, words)
}

// unpacked takes gzip off, as sitemaps often have it in their files. The limit counts
// what comes out.
func unpacked(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte("\x1f\x8b\x08")) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: it begins like gzip, but is none", ErrNotAFeed)
	}
	out, err := io.ReadAll(io.LimitReader(z, MaxBytes+1))
	if err != nil && len(out) == 0 {
		return nil, fmt.Errorf("%w: its gzip is broken", ErrNotAFeed)
	}
	return out, nil // of one that breaks off, what came before
}

func baseOf(address string) *url.URL {
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil && u.IsAbs() && u.Host != "" {
		return u
	}
	return nil
}

// tell fills in what a story says: from a summary and the text, both HTML, and the
// picture that it names.
func (src source) tell(s *digest.Story, summary, body string, picture *digest.Image) {
	if rest, mark, ok := sponsored(s.Title); ok {
		s.Title, s.Sponsor = rest, mark
	}
	base := src.base
	if u := baseOf(s.URL); u != nil {
		base = u
	}
	clean := prose.Clean(body, base)
	if clean.TooLong {
		src.w.add("the text of a story is too long to be kept; its teaser and link are")
	}
	s.HTML, s.Teaser = clean.HTML, prose.Teaser(summary, clean, s.Title)
	if s.Image = src.usable(picture); s.Image == nil && clean.Picture != nil {
		p := clean.Picture
		s.Image = src.usable(&digest.Image{URL: p.URL, Alt: p.Alt, Caption: p.Caption, Width: p.Width, Height: p.Height})
	}
	if s.Title == "" {
		s.Title = prose.Headline(s.Teaser)
	}
}

// Decode makes UTF-8 of a page's bytes, as of a feed's: see [Parse]. The warnings say
// what was guessed.
func Decode(data []byte, contentType string) (text string, guessed []string) {
	var w warnings
	text = decode(data, contentType, &w)
	return text, w.list
}

// Date reads a date in any habit seen in feeds: see [Parse]. One without a zone is in
// that of the language, where it is spoken in one zone only, else in UTC.
func Date(text, lang string) (time.Time, bool) { return dateIn(text, lang) }

// Byline finds the person's name in what stands for an author; empty: there is none.
func Byline(text string) string { return personName(text) }

// Language gives a language as BCP 47, or nothing.
func Language(text string) string { return languageOf(text, nil, "", "") }

// Topics gives what a story is filed under, each once.
func Topics(names []string) []string { return topics(names) }
