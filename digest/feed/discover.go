package feed

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// mostDiscovered is how many feeds of a page are named.
const mostDiscovered = 10

// Discover lists the feeds that a web page names, as addresses, in the page's order
// (https://www.rssboard.org/rss-autodiscovery). It is for whoever gave a page's address
// where a feed's was meant.
func Discover(page []byte, address string) []string {
	base, err := url.Parse(address)
	if err != nil {
		return nil
	}
	var found []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for len(found) < mostDiscovered {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if href := feedOf(t); href != "" {
				if u, err := base.Parse(href); err == nil && !slices.Contains(found, u.String()) {
					found = append(found, u.String())
				}
			}
		}
	}
	return found
}

// feedOf is the address in a <link> to a feed; empty: it is none.
func feedOf(t html.Token) string {
	if t.Data != "link" && t.Data != "a" {
		return ""
	}
	attr := map[string]string{}
	for _, a := range t.Attr {
		attr[a.Key] = strings.TrimSpace(a.Val)
	}
	rel := strings.Fields(strings.ToLower(attr["rel"]))
	kind, _, _ := strings.Cut(strings.ToLower(attr["type"]), ";")
	switch strings.TrimSpace(kind) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
		if slices.Contains(rel, "alternate") || slices.Contains(rel, "feed") {
			return attr["href"]
		}
	}
	return ""
}
