package feed

import (
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed/atom"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// guid is the identifier that an item has in its source, in whatever vocabulary.
func guid(r raw) string {
	return strings.TrimSpace(firstOf(ext(r, "given", "id"), r.GUID, ext(r, "atom", "id"), r.Custom["id"], ext(r, "dc", "identifier")))
}

// link finds where the reader goes. A guid stands in for a missing link where it
// is one (RSS 2.0, isPermaLink), whatever it says of itself.
func (src source) link(r raw) string {
	guid := guid(r)
	address := strings.HasPrefix(guid, "http://") || strings.HasPrefix(guid, "https://")
	// QUIRK: FeedBurner replaces links by its counter's, and keeps the true one here.
	var candidates []string
	if original := ext(r, "feedburner", "origLink"); strings.HasPrefix(original, "http") { // some have an id there
		candidates = append(candidates, original)
	}
	if r.atom != nil {
		candidates = append(candidates, bestLink(r.atom.Links))
	} else {
		for _, link := range append([]string{r.Link}, r.Links...) {
			// QUIRK: "4711" as a link, which is only what the guid is or should be.
			if link = strings.TrimSpace(link); strings.ContainsAny(link, "/.?#:") || !address && link != guid {
				candidates = append(candidates, link)
			}
		}
	}
	if r.json != nil {
		candidates = append(candidates, r.json.ExternalURL)
	}
	candidates = append(candidates, extAttr(r, "atom", "link", "href"), r.Custom["url"])
	if address {
		candidates = append(candidates, guid)
	} else if r.rss != nil && r.rss.GUID != nil && strings.EqualFold(r.rss.GUID.IsPermalink, "true") && strings.ContainsAny(guid, "/.?#") {
		candidates = append(candidates, guid)
	}
	for _, l := range r.Extensions["given"]["link"] {
		if rel := l.Attrs["rel"]; rel == "canonical" || rel == "self" || rel == "via" {
			candidates = append(candidates, l.Attrs["href"])
		}
	}
	for _, enclosure := range r.Enclosures {
		if !isImage(enclosure.Type, "", enclosure.URL) {
			candidates = append(candidates, enclosure.URL)
		}
	}
	for _, c := range candidates {
		if link := src.absolute(c); link != "" {
			return link
		}
	}
	return ""
}

// bestLink chooses among an Atom entry's links: the page that it stands for
// (RFC 4287 4.2.7.2), in HTML if there are several forms.
func bestLink(links []*atom.Link) string {
	best, rank := "", 0
	for _, l := range links {
		n := 0
		// A relation may be written out as an address (RFC 4287 4.2.7.2).
		rel := strings.ToLower(strings.TrimPrefix(l.Rel, "http://www.iana.org/assignments/relation/"))
		switch {
		case l.Href == "" || elsewhere(l.Href):
		case (rel == "alternate" || rel == "") && (l.Type == "" || strings.Contains(l.Type, "html")):
			n = 4
		case rel == "alternate" || rel == "":
			n = 3
		case rel == "canonical" || rel == "self" || rel == "via":
			n = 2
		case rel == "related":
			n = 1
		}
		if n > rank {
			best, rank = l.Href, n
		}
	}
	return best
}

// elsewhere reports an address that is not on the web: gemini://, tag:.
func elsewhere(href string) bool {
	scheme, _, has := strings.Cut(strings.TrimSpace(href), ":")
	return has && !strings.ContainsAny(scheme, "/?#.") && !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https")
}

// absolute makes a link absolute, and gives nothing for what is no web link.
func (src source) absolute(ref string) string {
	if ref = strings.Trim(ref, "\"' \t\n\r\f"); strings.ContainsAny(ref, "\t\n\r\f") {
		ref = brokenLine.ReplaceAllString(ref, "")
	}
	if ref == "" {
		return ""
	}
	if strings.Contains(ref, "&amp;") { // QUIRK: escaped once too often
		ref = strings.ReplaceAll(ref, "&amp;", "&")
	}
	ref = src.withScheme(ref)
	if _, rest, _ := strings.Cut(ref, "://"); strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		ref = rest // QUIRK: a template's scheme before a whole address
	}
	u, err := url.Parse(strings.ReplaceAll(ref, " ", "%20"))
	if err != nil {
		// QUIRK: links with a stray per cent sign in them, or a space in the host; browsers
		// take the former.
		if u, err = url.Parse(strings.ReplaceAll(strings.ReplaceAll(ref, " ", ""), "%", "%25")); err != nil {
			return ""
		}
	}
	if !u.IsAbs() {
		if src.base == nil {
			return ""
		}
		u = src.base.ResolveReference(u)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return ""
	}
	return u.String()
}

// brokenLine is where a link goes on in the next line.
var brokenLine = lazyregexp.New(`[ ]*[\t\n\r\f]+[ \t\n\r\f]*`)

// withScheme completes a link that begins with a host: "www.a.example/1", or the site's
// own name.
func (src source) withScheme(ref string) string {
	host, _, _ := strings.Cut(ref, "/")
	host = strings.ToLower(host)
	www := strings.HasPrefix(host, "www.") && strings.Count(host, ".") > 1
	switch {
	case src.base != nil && (www || host == strings.ToLower(src.base.Host)):
		return src.base.Scheme + "://" + ref
	case www:
		return "http://" + ref
	}
	return ref
}
