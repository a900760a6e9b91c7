package feed

import (
	"html"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/text/language"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxTopics of a story; more are a tag cloud, not its subject.
const maxTopics = 20

// source is what the stories of one feed have in common.
type source struct {
	base     *url.URL // of relative links; nil: unknown
	language string
	authors  []string // they stand for entries without their own (RFC 4287 4.2.1; JSON Feed 1.1)
	w        *warnings
}

// raw is an item in gofeed's common form and, as far as that leaves things out, in
// its own format's.
type raw struct {
	*gofeed.Item
	rss  *rss.Item
	atom *atom.Entry
	json *jsonfeed.Item
}

func translate(f *gofeed.Feed, aside []string, o Options, w *warnings) Feed {
	src := source{base: baseURL(f, o), language: languageOf(f.Language, f.Extensions, "dc", "language"), w: w}
	if src.language == "" {
		src.language = languageOf(o.Language, nil, "", "")
	}
	out := Feed{
		Title:    prose.Plain(f.Title),
		URL:      src.absolute(feedLink(f)),
		Language: src.language,
		Stories:  make([]digest.Story, 0, len(f.Items)),
	}
	if f.FeedType == "atom" || f.FeedType == "json" {
		src.authors = people(f.Authors)
	}
	for i, item := range f.Items {
		r := raw{Item: item}
		switch original := f.OriginalFeed().(type) {
		case *rss.Feed:
			r.rss = original.Items[i]
		case *atom.Feed:
			r.atom = original.Entries[i]
		case *jsonfeed.Feed:
			r.json = original.Items[i]
		}
		putBack(aside, r)
		out.Stories = append(out.Stories, src.story(r))
	}
	return out
}

// feedLink is the site's address. gofeed gives RSS's last <link>.
func feedLink(f *gofeed.Feed) string {
	if link := strings.TrimSpace(f.Link); link != "" {
		return link
	}
	if original, ok := f.OriginalFeed().(*atom.Feed); ok {
		return bestLink(original.Links)
	}
	return ""
}

// baseURL is what relative links refer to where no xml:base says so. An Atom or
// JSON feed's are relative to the feed itself (RFC 4287 2); RSS says nothing, and
// writers mean their site.
func baseURL(f *gofeed.Feed, o Options) *url.URL {
	order := []string{o.URL, f.FeedLink, f.Link}
	if f.FeedType == "rss" {
		order = []string{f.Link, o.URL, f.FeedLink}
	}
	for _, text := range order {
		if u, err := url.Parse(strings.TrimSpace(text)); err == nil && u.IsAbs() && u.Host != "" && len(text) <= maxBase {
			return u
		}
	}
	return nil
}

// story makes one item a story. The order matters: the link is the base of the
// text, the text gives the picture and the teaser.
func (src source) story(r raw) digest.Story {
	s := digest.Story{
		GUID:     guid(r),
		Title:    title(r),
		URL:      src.link(r),
		Language: src.language,
		Authors:  src.byline(r),
		Topics:   topics(categories(r)),
		Section:  prose.Plain(firstOf(ext(r, "prism", "section"), r.Custom["section"])),
	}
	if rest, mark, ok := sponsored(s.Title); ok {
		s.Title, s.Sponsor = rest, mark
		if own := (source{w: src.w}).byline(r); len(own) > 0 {
			s.Sponsor = own[0]
		}
	}
	summary, body := texts(r)
	s.Language = src.languageOf(r, summary, body)
	s.Published, s.Updated = dates(r, s.Language)
	base := src.base
	if base == nil {
		if u, err := url.Parse(s.URL); err == nil && u.IsAbs() {
			base = u
		}
	}
	clean := prose.Clean(body, base)
	s.HTML = clean.HTML
	s.Teaser = prose.Teaser(summary, clean, s.Title)
	if s.HTML == "" && prose.IsArticle(summary) {
		clean = prose.Clean(summary, base)
		s.HTML = clean.HTML
	} else if clean.Picture == nil {
		clean.Picture = prose.Clean(summary, base).Picture
	}
	s.Image = src.picture(r, clean.Picture)
	if clean.TooLong {
		src.w.add("the text of a story is too long to be kept; its teaser and link are")
	}
	if s.Title == "" {
		s.Title = prose.Headline(s.Teaser)
	}
	return s
}

// title is an item's title, of whatever vocabulary.
func title(r raw) string {
	if r.json != nil { // plain text, in which many write entities and tags nevertheless
		return prose.Plain(strings.ReplaceAll(r.Title, "<", "&lt;"))
	}
	return prose.Plain(firstOf(r.Title, ext(r, "itunes", "title"), ext(r, "media", "title"), ext(r, "dc", "title"), ext(r, "dcterms", "title"), ext(r, "atom", "title"), r.Custom["headline"]))
}

// texts gives an item's summary and its full text, both HTML.
func texts(r raw) (summary, body string) {
	switch {
	case r.json != nil:
		body = r.json.ContentHTML
		if body == "" {
			body = paragraphs(r.json.ContentText)
		}
		// QUIRK: a summary is plain text, and many are HTML. One that has a tag within may be
		// about tags.
		if summary = r.json.Summary; !looksLikeHTML(summary) || strings.IndexByte(strings.TrimSpace(summary), '<') > 0 {
			summary = escape(summary)
		}
		return summary, unescaped(body)
	case r.atom != nil:
		if r.atom.Content != nil {
			body = r.atom.Content.Value
		}
		return unescaped(firstOf(r.atom.Summary, ext(r, "media", "description"), groupText(r), ext(r, "dc", "description"), ext(r, "dcterms", "abstract"))), unescaped(body)
	}
	summary = firstOf(r.Description, ext(r, "media", "description"), groupText(r), ext(r, "dcterms", "abstract"), ext(r, "googleplay", "description"), ext(r, "itunes", "subtitle"),
		r.Custom["teaser"], r.Custom["excerpt"], r.Custom["lead"])
	body = firstOf(r.Content, ext(r, "atom", "content"))
	// QUIRK: an item with a summary besides its description means the text by the latter.
	if own := r.Custom["summary"]; strings.TrimSpace(own) != "" {
		if body == "" {
			body = r.rss.Description
		}
		summary = own
	}
	return unescaped(summary), unescaped(body)
}

// tagsEscaped begins with a tag of HTML, and has an end of one, and all are escaped.
var tagsEscaped = lazyregexp.New(`(?is)^\s*&lt;(?:p|div|span|a|img|br|b|strong|i|em|ul|ol|table|h[1-6]|figure|blockquote|center|font)\b[^<]*?(?:/|&lt;/[a-z0-9]+)\s*&gt;`)

// unescaped is a text that was escaped once too often, as it was before.
func unescaped(text string) string {
	if !strings.Contains(text, "<") && tagsEscaped.MatchString(text) {
		return html.UnescapeString(text)
	}
	return text
}

// groupText is the description of a group of pictures or films.
func groupText(r raw) string {
	for _, group := range r.Extensions["media"]["group"] {
		for _, e := range group.Children["description"] {
			return e.Value
		}
	}
	return ""
}

var emptyLine = lazyregexp.New(`\n\s*\n`)

// paragraphs makes HTML of plain text: an empty line begins a paragraph.
func paragraphs(text string) string {
	var b strings.Builder
	for _, p := range emptyLine.Split(strings.TrimSpace(text), -1) {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + escape(p) + "</p>\n")
		}
	}
	return b.String()
}

// languageOf gives a language as BCP 47, or nothing.
func languageOf(native string, extensions map[string]map[string][]gofeedExtension, prefix, local string) string {
	if list := extensions[prefix][local]; native == "" && len(list) > 0 {
		native = list[0].Value
	}
	tag, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(native), "_", "-"))
	if native == "" || err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// languageOf is the language of what a story says, where that is marked, else that
// of its item, else the feed's.
func (src source) languageOf(r raw, summary, body string) string {
	parts := []string{ext(r, "given", "contentlang")}
	if strings.TrimSpace(body) == "" {
		parts = append(parts, ext(r, "given", "summarylang"))
		if strings.TrimSpace(summary) == "" {
			parts = append(parts, ext(r, "given", "titlelang"))
		}
	}
	if l := firstOf(parts...); l != "" {
		return languageOf(l, nil, "", "")
	}
	if l := languageOf(r.Custom["language"], r.Extensions, "dc", "language"); l != "" {
		return l
	}
	if r.json != nil && r.json.Language != "" {
		return languageOf(r.json.Language, nil, "", "")
	}
	return src.language
}

// categories gives what an item is filed under, in whatever vocabulary.
func categories(r raw) []string {
	list := r.Categories
	for _, field := range []string{r.Custom["tags"], r.Custom["keywords"], ext(r, "media", "keywords")} {
		list = append(list, strings.Split(field, ",")...)
	}
	for _, e := range r.Extensions["dc"]["subject"] { // of Atom; of RSS it is among them
		list = append(list, e.Value)
	}
	for _, e := range r.Extensions["media"]["category"] {
		list = append(list, firstOf(e.Attrs["label"], e.Value))
	}
	for _, e := range r.Extensions["itunes"]["category"] {
		list = append(list, e.Attrs["text"])
	}
	return list
}

func topics(names []string) []string {
	var list []string
	seen := map[string]bool{}
	for _, c := range names {
		c = prose.Plain(c)
		if key := strings.ToLower(c); c != "" && !seen[key] && len(list) < maxTopics {
			seen[key] = true
			list = append(list, c)
		}
	}
	return list
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}
