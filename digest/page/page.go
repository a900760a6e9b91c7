package page

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// MaxBytes of a page are read, unpacked.
const MaxBytes = 5 << 20

// Errors of Parse. They come wrapped with the particulars.
var (
	ErrTooLarge = errors.New("the page is too large")
	ErrNotAPage = errors.New("this is not a page")
	ErrAnother  = errors.New("this is another page")
)

// Options tell what is known of a page besides its bytes.
type Options struct {
	ContentType string // the HTTP header; may be empty
	Asked       string // the story's link
	URL         string // where the page came from, redirects followed: the base of relative links
}

// Parse reads the page of a story. In Found of what it gives stands in brackets by which
// witness of the page each part is. Errors: ErrTooLarge, ErrNotAPage, and ErrAnother
// where the site has sent us to its front page instead.
func Parse(data []byte, o Options) (digest.Story, error) {
	if len(data) > MaxBytes {
		return digest.Story{}, fmt.Errorf("%w: %d MB, at most %d are read", ErrTooLarge, len(data)>>20, MaxBytes>>20)
	}
	address, err := url.Parse(o.URL)
	if err != nil || !address.IsAbs() {
		return digest.Story{}, fmt.Errorf("%w: its address cannot be read", ErrNotAPage)
	}
	if kind, _, _ := mime.ParseMediaType(o.ContentType); kind != "" && !strings.Contains(kind, "html") && !strings.HasPrefix(kind, "text/plain") && kind != "application/octet-stream" {
		return digest.Story{}, fmt.Errorf("%w but %s", ErrNotAPage, kind)
	}
	text := decoded(data, o.ContentType)
	if !strings.Contains(text, "<") {
		return digest.Story{}, fmt.Errorf("%w: it has no HTML", ErrNotAPage)
	}
	if prose.Overgrown(text) {
		return digest.Story{}, fmt.Errorf("%w that can be read: its elements are never closed", ErrNotAPage)
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return digest.Story{}, fmt.Errorf("%w that can be read: %w", ErrNotAPage, err)
	}
	p := reading{head: readHead(doc)}
	p.base = address
	if base, err := address.Parse(p.head.base); err == nil && p.head.base != "" && base.Host != "" {
		p.base = base
	}
	if isFront(o, address, absolute(p.base, p.head.canonical)) {
		return digest.Story{}, fmt.Errorf("%w: the site gives its front page in its place", ErrAnother)
	}
	p.linked = readLinked(p.head.scripts)
	canonical, _ := digest.CanonicalURL(firstOf(absolute(p.base, p.head.canonical), o.URL))
	p.article = p.linked.article(canonical)
	p.wishes = p.head.robots()
	if tangled(doc) {
		return p.story(), nil
	}
	withoutNoise(doc, p.title())
	if p.text, p.heading, err = articleOf(doc, p.base); err != nil {
		p.text = prose.Text{}
	}
	return p.story(), nil
}

var metaCharset = lazyregexp.New(`(?i)<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:+-]{2,40})`)

// decoded is the page as UTF-8. The HTTP header says its encoding before the page does
// (HTML 13.2.3), and the bytes have the last word.
func decoded(data []byte, contentType string) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind == "" {
		kind, params = "text/html", map[string]string{}
	}
	if m := metaCharset.FindSubmatch(data[:min(len(data), 8192)]); m != nil && params["charset"] == "" {
		params["charset"] = string(m[1])
	}
	text, _ := feed.Decode(bytes.TrimLeft(data, "\r\n\t "), mime.FormatMediaType(kind, params))
	return text
}

// isFront reports a front page where a story was asked for: there are no such pages
// beneath a story's own address.
func isFront(o Options, came *url.URL, canonical string) bool {
	asked, err := url.Parse(o.Asked)
	if err != nil || bare(asked) {
		return false
	}
	if bare(came) {
		return true
	}
	c, err := url.Parse(canonical)
	return err == nil && canonical != "" && bare(c)
}

func bare(u *url.URL) bool { return strings.Trim(u.Path, "/") == "" && u.RawQuery == "" }

// reading is a page with all its witnesses.
type reading struct {
	base    *url.URL
	head    head
	linked  linked
	article node // of JSON-LD; empty where there is none
	wishes  wishes
	text    prose.Text
	heading string // as the article was found under
}

// story puts together what the witnesses say.
func (p reading) story() digest.Story {
	s := digest.Story{URL: absolute(p.base, p.head.canonical), Found: map[digest.Part]string{}}
	found := func(part digest.Part, where string) {
		if where != "" {
			s.Found[part] = "(" + where + ")"
		}
	}
	s.Title = p.title()
	s.Language = p.language()
	text, where := p.text, ""
	if p.article.Body != "" && sizeOf(text) < leastText {
		text, where = plainArticle(string(p.article.Body), p.base), "JSON-LD"
	}
	described, by := p.description(text)
	if !p.wishes.noText {
		if s.Teaser = prose.Teaser(html.EscapeString(described), text, s.Title); !startsLike(s.Teaser, described) {
			by = firstOf(where, "its first paragraph")
		}
		found(digest.InTeaser, by)
		if !p.wishes.noCopy && p.article.free() {
			s.HTML = text.HTML
			found(digest.InText, where)
		}
	}
	if !p.wishes.noPicture {
		s.Image, by = p.picture()
		found(digest.InPicture, by)
		found(digest.InCaption, by)
	}
	s.Authors, by = p.authors()
	found(digest.InAuthors, by)
	s.Section, s.Topics = p.filed()
	p.dates(&s)
	if p.article.is(map[string]bool{advertiser: true}) {
		s.Sponsor = "Advertiser"
		if len(p.article.Sponsor) > 0 {
			s.Sponsor = firstOf(p.linked.whole(p.article.Sponsor[0]).name(), s.Sponsor)
		}
	}
	return s
}

func (p reading) title() string {
	site := prose.Plain(p.head.first("og:site_name"))
	for _, t := range []string{string(p.article.Headline), p.head.first("og:title", "twitter:title"), p.heading, p.head.title} {
		t = prose.Plain(t)
		for _, end := range []string{" | ", " - ", " – ", " — ", " · ", " :: "} {
			if site != "" {
				t = strings.TrimSuffix(t, end+site)
			}
		}
		for _, h := range p.head.headings { // "The old mill burns | Gazette", under which the first stands alone
			if rest, ok := strings.CutPrefix(t, h); ok && gap.MatchString(rest) {
				t = h
			}
		}
		if t != "" && !strings.EqualFold(t, site) {
			return t
		}
	}
	return ""
}

// gap begins what sites hang on to a title.
var gap = lazyregexp.New(`^\s+(?:[|·•»«–—-]|::)\s`)

// language is what two witnesses agree on: many a site has <html lang="en"> from its
// theme, whatever it is written in.
func (p reading) language() string {
	said := []string{p.head.lang, string(p.article.Language), p.head.first("og:locale"), p.head.first("content-language")}
	for i, a := range said {
		one := feed.Language(a)
		for _, b := range said[i+1:] {
			other := feed.Language(b)
			if one != "" && other != "" && bareLanguage(one) == bareLanguage(other) {
				return one
			}
		}
	}
	return ""
}

// bareLanguage is a tag without its region: "en" of "en-GB".
func bareLanguage(tag string) string {
	lang, _, _ := strings.Cut(tag, "-")
	return lang
}

// description is what the page says that it is about. One that has no word of the text
// in it is the site's own, which it has on every page.
func (p reading) description(text prose.Text) (said, where string) {
	own := strings.ToLower(strings.Join(text.Paragraphs, " ") + " " + p.title())
	for _, d := range []struct{ said, where string }{
		{string(p.article.Description), "JSON-LD"},
		{p.head.first("og:description"), "OpenGraph"},
		{p.head.first("twitter:description"), "Twitter card"},
		{p.head.first("description", "dc.description", "dcterms.description"), "description"},
	} {
		if said = prose.Plain(d.said); said != "" && (len(text.Paragraphs) == 0 || tellsOf(said, own)) {
			return said, d.where
		}
	}
	return "", ""
}

// tellsOf reports that at least a third of a description's longer words are in the text.
func tellsOf(said, text string) bool {
	words, there := 0, 0
	for _, w := range strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return strings.ContainsRune(" .,;:!?\"'()«»“”„‘’–—-…", r) }) {
		if len([]rune(w)) >= 4 {
			words++
			if strings.Contains(text, w) {
				there++
			}
		}
	}
	return 3*there >= words
}

func startsLike(teaser, said string) bool {
	start := []rune(teaser)
	return len(start) > 0 && strings.HasPrefix(said, string(start[:min(len(start), 30)]))
}

func (p reading) authors() (names []string, where string) {
	add := func(text string) {
		n := feed.Byline(text)
		if n == "" || strings.Contains(n, "://") || len(names) == 10 || len([]rune(n)) > 80 {
			return
		}
		for _, had := range names {
			if strings.EqualFold(had, n) {
				return
			}
		}
		names = append(names, n)
	}
	for _, list := range [][]ref{p.article.Authors, p.article.Creators} {
		for _, who := range list {
			add(p.linked.whole(who).name())
		}
		if len(names) > 0 {
			return names, "JSON-LD"
		}
	}
	for _, field := range []string{"article:author", "author", "byl", "parsely-author", "dc.creator", "sailthru.author"} {
		for _, text := range p.head.meta[field] {
			add(text)
		}
		if len(names) > 0 {
			return names, "meta"
		}
	}
	return nil, ""
}

// filed are the page's section and topics.
func (p reading) filed() (section string, topics []string) {
	var list []string
	for _, s := range p.article.Sections {
		list = append(list, strings.Split(string(s), ",")...)
	}
	list = append(list, p.head.meta["article:section"]...)
	list = feed.Topics(list)
	if len(list) > 0 {
		section, list = list[0], list[1:]
	}
	for _, k := range p.article.Keywords {
		list = append(list, strings.Split(string(k), ",")...)
	}
	list = append(list, p.head.meta["article:tag"]...)
	for _, t := range feed.Topics(list) {
		if !strings.EqualFold(t, section) {
			topics = append(topics, t)
		}
	}
	return section, topics
}

func (p reading) dates(s *digest.Story) {
	published := []string{string(p.article.Published), p.head.first("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "dc.date.issued")}
	for _, text := range append(published, p.head.times...) {
		if at, ok := feed.Date(text, s.Language); ok && s.Published.IsZero() {
			s.Published = at.UTC()
		}
	}
	for _, text := range []string{string(p.article.Modified), p.head.first("article:modified_time", "og:updated_time", "datemodified")} {
		if at, ok := feed.Date(text, s.Language); ok && s.Updated.IsZero() {
			s.Updated = at.UTC()
		}
	}
}
