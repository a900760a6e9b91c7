package feed

import (
	"maps"
	"strings"
)

// prefixOf gives each vocabulary the prefix that gofeed knows it by. Keys are http, in lower
// case and without a final slash, since feeds are careless about all three.
var prefixOf = map[string]string{
	"http://www.w3.org/2005/atom":                     "atom",
	"http://purl.org/atom/ns#":                        "atom", // Atom 0.3
	"http://purl.org/dc/elements/1.1":                 "dc",
	"http://purl.org/dc/elements/1.0":                 "dc",
	"http://purl.org/dc/terms":                        "dcterms",
	"http://purl.org/rss/1.0/modules/content":         "content",
	"http://search.yahoo.com/mrss":                    "media",
	"http://video.search.yahoo.com/mrss":              "media",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":      "itunes",
	"http://www.w3.org/1999/xhtml":                    "xhtml",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#":     "rdf",
	"http://www.w3.org/xml/1998/namespace":            "xml",
	"http://rssnamespace.org/feedburner/ext/1.0":      "feedburner",
	"http://www.google.com/schemas/play-podcasts/1.0": "googleplay",
	"http://prismstandard.org/namespaces/1.2/basic":   "prism",
	"http://prismstandard.org/namespaces/basic/2.0":   "prism",
	"http://prismstandard.org/namespaces/basic/2.1":   "prism",
	"http://prismstandard.org/namespaces/basic/3.0":   "prism",
	"http://news.yandex.ru":                           "yandex",
	"http://turbo.yandex.ru":                          "turbo",
	"http://purl.org/rss/1.0":                         "",
	"http://my.netscape.com/rdf/simple/0.9":           "",
	"http://channel.netscape.com/rdf/simple/0.9":      "",
	"http://backend.userland.com/rss":                 "",
	"http://backend.userland.com/rss2":                "",
	"http://blogs.law.harvard.edu/tech/rss":           "",
	"http://purl.org/net/rss1.1#":                     "",
	"http://my.netscape.com/publish/formats/rss-0.9":  "",
}

// vocabularies have one prefix each throughout a repaired feed.
var vocabularies = []struct{ prefix, uri string }{
	{"atom", "http://www.w3.org/2005/Atom"},
	{"dc", "http://purl.org/dc/elements/1.1/"},
	{"dcterms", "http://purl.org/dc/terms/"},
	{"content", "http://purl.org/rss/1.0/modules/content/"},
	{"media", "http://search.yahoo.com/mrss/"},
	{"itunes", "http://www.itunes.com/DTDs/PodCast-1.0.dtd"},
	{"xhtml", "http://www.w3.org/1999/xhtml"},
	{"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
	{"feedburner", "http://rssnamespace.org/feedburner/ext/1.0"},
	{"googleplay", "http://www.google.com/schemas/play-podcasts/1.0"},
}

// declarationsOf declares, for the root of a repaired feed, the prefixes that it uses:
// gofeed copies them all for each element.
func declarationsOf(used map[string]bool) []byte {
	var out []byte
	for _, v := range vocabularies {
		if used[v.prefix] {
			out = append(out, ` xmlns:`+v.prefix+`="`+v.uri+`"`...)
		}
	}
	return out
}

// name is an element's name in our vocabulary. The native one, RSS's or Atom's, has
// no prefix and is in lower case.
type name struct{ prefix, local string }

func (n name) String() string {
	if n.prefix == "" {
		return n.local
	}
	return n.prefix + ":" + n.local
}

func (n name) isItem() bool { return n.prefix == "" && (n.local == "item" || n.local == "entry") }

// inFamily gives an item the name that its feed's family has for it.
// QUIRK: feeds that changed from RSS to Atom, or back, half-way.
func (n name) inFamily(root rootKind) name {
	if !n.isItem() {
		return n
	}
	if root == rootAtom {
		return name{"", "entry"}
	}
	return name{"", "item"}
}

// inEntry gives an element of an entry the name that it goes by from here on.
// QUIRK: RSS's names in Atom.
func (n name) inEntry() name {
	if n.prefix != "" {
		return n
	}
	switch n.local {
	case "id", "guid":
		// gofeed reads an id as an address and writes it anew. An id is compared
		// letter by letter (RFC 4287 4.2.6.1), so it goes by another name.
		return name{"given", "id"}
	case "pubdate":
		return name{"", "published"}
	case "created", "enclosure": // the former is Atom 0.3's
		return name{"given", n.local}
	}
	return n
}

// inItem is inEntry for an item: gofeed keeps only the last of several authors, and no
// relation of a link.
func (n name) inItem(attrs []attr) name {
	switch n {
	case name{"", "author"}:
		return name{"given", "author"}
	case name{"", "link"}:
		for _, a := range attrs {
			if a.name == "rel" && !strings.EqualFold(a.value, "alternate") { // QUIRK: Atom's
				return name{"given", "link"}
			}
		}
	}
	return n
}

// scope is the namespaces in force. It shares its parent's map until it declares
// something of its own.
type scope struct{ uri map[string]string }

func (s scope) with(attrs []attr) scope {
	var own map[string]string
	for _, a := range attrs {
		prefix, ok := strings.CutPrefix(a.name, "xmlns")
		if !ok || (prefix != "" && prefix[0] != ':') {
			continue
		}
		if own == nil {
			own = make(map[string]string, len(s.uri)+1)
			for k, v := range s.uri {
				own[k] = v
			}
		}
		if len(own) < 64 {
			own[strings.TrimPrefix(prefix, ":")] = namespace(a.value)
		}
	}
	if own == nil {
		return s
	}
	return scope{own}
}

// namespace is an address as prefixOf has it.
func namespace(uri string) string {
	uri = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(uri)), "/")
	if rest, secure := strings.CutPrefix(uri, "https://"); secure {
		uri = "http://" + rest
	}
	return uri
}

// sameButPrefix reports that two names as written differ in their prefix alone.
// QUIRK: <atom:title>One</title>
func sameButPrefix(a, b string) bool {
	a, b = a[strings.IndexByte(a, ':')+1:], b[strings.IndexByte(b, ':')+1:]
	return strings.EqualFold(a, b)
}

// ownNamespace is a namespace that is a feed's own.
const ownNamespace = "http://purl.org/rss/1.0"

// native is the scope with a prefix as the feed's own.
func (s scope) native(prefix string) scope {
	own := maps.Clone(s.uri)
	own[prefix] = ownNamespace
	return scope{own}
}

// name resolves a name as written. A prefix that nobody declared stands for what
// it usually does; an unknown default namespace is the feed's own.
func (s scope) name(raw string, root rootKind) name {
	prefix, local, colon := strings.Cut(raw, ":")
	if !colon {
		prefix, local = "", raw
	}
	uri, bound := s.uri[prefix]
	known, ok := prefixOf[uri]
	switch {
	case bound && ok:
		prefix = known
	case prefix == "rss", prefix == "rss10":
		prefix = ""
	case !bound:
		prefix = strings.ToLower(prefix)
	}
	switch prefix {
	case "atom", "content", "dc", "dcterms", "itunes", "media": // QUIRK: <DC:Creator>
		local = strings.ToLower(local)
	}
	if prefix == "atom" && root == rootAtom {
		prefix = ""
	}
	prefix, local = plainName(prefix), plainName(local)
	if prefix == "" || local == "" {
		return name{"", strings.ToLower(local)}
	}
	return name{prefix, local}
}

// plainName is a part of a name as any XML parser takes it. A slip may have put there what
// no name has (XML 1.0 2.3); no feed's own name is beyond ASCII.
func plainName(s string) string {
	plain := s == "" || nameStart(s[0])
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < 0x80 && s[i] != ':'
	}
	if plain {
		return s
	}
	return "_" + strings.Map(func(r rune) rune {
		if r >= 0x80 || r == ':' {
			return '_'
		}
		return r
	}, s)
}

// rootKind is the family that a feed's root element belongs to.
type rootKind int

const (
	rootNone rootKind = iota
	rootRSS
	rootRDF
	rootAtom
	rootChannel // RSS without its root, or CDF
	rootItem    // items without anything around them
	rootEntry   // one entry of Atom (RFC 4287 2)
)

func kindOfRoot(raw string) rootKind {
	_, local, colon := strings.Cut(raw, ":")
	if !colon {
		local = raw
	}
	switch strings.ToLower(local) {
	case "rss":
		return rootRSS
	case "rdf":
		return rootRDF
	case "feed":
		return rootAtom
	case "channel":
		return rootChannel
	case "item":
		return rootItem
	case "entry":
		return rootEntry
	}
	return rootNone
}

// holds reports whether an element holds text, which may be HTML, rather than
// elements of the feed; and the name it goes by from here on.
func (n name) holds(parent string, root rootKind) (name, bool) {
	inItem := parent == "item" || parent == "entry"
	switch n.prefix {
	case "":
		switch n.local {
		case "description":
			if root == rootAtom && inItem {
				return name{"", "summary"}, true
			}
			return n, true
		case "title", "summary", "tagline", "subtitle", "info", "rights", "copyright":
			return n, true
		case "abstract":
			return name{"", "description"}, inItem
		case "content":
			if root == rootAtom {
				return n, true
			}
			return name{"content", "encoded"}, inItem
		case "encoded", "body", "fullitem", "fulltext", "full-text", "full_text":
			return name{"content", "encoded"}, inItem
		}
	case "content":
		if root == rootAtom && inItem && n.local == "encoded" {
			return name{"", "content"}, true
		}
		return n, n.local == "encoded"
	case "yandex", "turbo": // Russia's newspapers write their texts for Yandex
		return name{"content", "encoded"}, inItem && (n.local == "full-text" || n.local == "content")
	case "xhtml":
		return name{"content", "encoded"}, inItem && (n.local == "body" || n.local == "div")
	case "media", "dc", "itunes", "atom":
		switch n.local {
		case "title", "description", "summary", "subtitle":
			return n, true
		case "content":
			return n, n.prefix == "atom"
		}
	}
	return n, false
}

// begins are the native elements that only ever begin a new part of an item: they
// end a text whose end tag was forgotten.
var begins = map[string]bool{
	"item": true, "entry": true, "pubdate": true, "guid": true, "enclosure": true,
	"published": true, "updated": true, "comments": true, "category": true, "author": true, "id": true,
}

// leaves are the native elements that hold plain text and no elements.
var leaves = map[string]bool{
	"link": true, "guid": true, "pubdate": true, "category": true, "comments": true, "language": true,
	"lastbuilddate": true, "published": true, "updated": true, "issued": true, "modified": true, "id": true,
	"created": true,
}

// empties are elements that hold nothing at all.
var empties = map[name]bool{
	{"", "enclosure"}: true, {"media", "thumbnail"}: true, {"atom", "link"}: true, {"itunes", "image"}: true,
}

// endsBefore reports that an open element cannot hold the one that begins now.
func (n name) endsBefore(next name) bool {
	return empties[n] || (n.prefix == "" || n.prefix == "given") && (leaves[n.local] || ofPerson[n.local]) &&
		(next.prefix != "" || children[next.local] || ofPerson[next.local])
}

// ofPerson are the parts of an author (RFC 4287 3.2), plain text as well.
var ofPerson = map[string]bool{"name": true, "uri": true, "email": true}

// children are the native elements that never stand within a leaf.
var children = map[string]bool{
	"title": true, "link": true, "description": true, "pubdate": true, "guid": true, "author": true,
	"category": true, "comments": true, "enclosure": true, "summary": true, "content": true,
	"published": true, "updated": true, "id": true, "issued": true, "modified": true, "image": true,
	"item": true, "entry": true, "language": true, "source": true,
}
