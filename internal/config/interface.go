package config

import (
	"net/url"
	"strings"
)

// SourceType says what a source's address is of. Empty: it is known by what it gives.
type SourceType string

// The types of source that may be named.
const (
	TypeFeed      SourceType = "feed"
	TypeWordPress SourceType = "wordpress"
	TypeGhost     SourceType = "ghost"
	TypeSitemap   SourceType = "sitemap"
)

// Other is where what a source leaves out of its stories is looked for besides.
type Other struct {
	URL    string // as a source's
	Secret bool   // as a source's
	Type   SourceType
	Key    string // of Ghost's Content API; it is part of URL
}

var otherKeys = []key[Other]{
	{name: "url", required: "url: https://example.org/news-sitemap.xml", read: func(v value, o *Other) {
		o.URL, o.Secret = v.fetched("https://example.org/news-sitemap.xml", "env:SITEMAP_URL")
	}},
	{name: "type", read: func(v value, o *Other) { o.Type = readType(v) }},
	{name: "key", read: func(v value, o *Other) { o.Key, _ = v.secret("GHOST_KEY") }},
}

func readType(v value) SourceType {
	s, _ := v.choice(string(TypeFeed), string(TypeWordPress), string(TypeGhost), string(TypeSitemap))
	return SourceType(s)
}

func readOthers(v value, s *Source) {
	list := v.items("addresses")
	if len(list) > 3 {
		list[3].report("three are the most that complete a source", "leave out those that add the least")
	}
	for _, item := range list {
		var o Other
		g := readMapping(item, "what completes a source", otherKeys, &o)
		o.URL, o.Secret = checkInterface(g, o.Type, o.URL, o.Key, o.Secret)
		s.CompleteFrom = append(s.CompleteFrom, o)
	}
}

// checkInterface gives the address of an interface: that of a site becomes that of its
// posts. With a key in it, it is a secret.
func checkInterface(g given, kind SourceType, address, key string, secret bool) (whole string, isSecret bool) {
	switch {
	case key != "" && kind != TypeGhost:
		g.at("key").report("only Ghost's interface has a key here", "add type: ghost, or leave it out")
	case kind == TypeGhost && !g.has("key") && address != "" && !strings.Contains(address, "key="):
		g.at("type").report("Ghost's interface gives nothing without its key", "add key: env:GHOST_KEY, the Content API key of a custom integration")
	}
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return address, secret
	}
	switch kind {
	case TypeWordPress:
		u = wordPress(u)
	case TypeGhost:
		u = ghost(u, key)
	}
	return u.String(), secret || key != ""
}

// wordPress is the address of a site's posts (developer.wordpress.org/rest-api). With 50
// an answer stays below a few megabytes.
func wordPress(site *url.URL) *url.URL {
	u := *site
	q := u.Query()
	if !strings.Contains(u.Path, "/wp-json/") && !q.Has("rest_route") && !strings.Contains(u.Path, "/wp/v2/") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/wp-json/wp/v2/posts"
	}
	if !q.Has("_embed") {
		q.Set("_embed", "author,wp:featuredmedia,wp:term")
	}
	if !q.Has("per_page") {
		q.Set("per_page", "50")
	}
	u.RawQuery = q.Encode()
	return &u
}

// ghost is the address of a site's posts (docs.ghost.org/content-api).
func ghost(site *url.URL, key string) *url.URL {
	u := *site
	if !strings.Contains(u.Path, "/api/content") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/ghost/api/content/posts/"
	}
	q := u.Query()
	for name, value := range map[string]string{"key": key, "include": "authors,tags", "limit": "50"} {
		if !q.Has(name) && value != "" {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	return &u
}
