package digest

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Which story is which is decided here and in url.go, and nowhere else. The store looks
// stories up by their keys; it makes none.

// Keys are the names under which a story is known: by its source's identifier
// ("guid:...") and by its page ("url:..."). Two stories that share a key are the
// same story. The first key is the one its ID is made of. A story with neither
// identifier nor page is known by its source and title ("title:..."), so that it
// can be named when it is left out. A page is no key where identifier and link name the
// same place on it (an entry of a change log): others have it too.
func Keys(s Story) []string {
	var keys []string
	if key := guidKey(s.Source, s.GUID); key != "" {
		keys = append(keys, key)
	}
	if page, err := CanonicalURL(s.URL); err == nil && (strings.Contains(page, "#") || !samePlace(s.GUID, s.URL)) {
		keys = append(keys, "url:"+page)
	}
	if len(keys) == 0 {
		keys = append(keys, "title:"+s.Source+":"+strings.Join(strings.Fields(strings.ToLower(s.Title)), " "))
	}
	return keys
}

// keysOf are the keys of stories that one source publishes at one time. There, what
// several different stories share is no identity of theirs: the guid of a system that
// gives all items the same, the front page that all items link to. A story keeps it
// where it has nothing else.
func keysOf(stories []Story) [][]string {
	all := make([][]string, len(stories))
	have := map[string]int{} // how many stories have a key
	for i, s := range stories {
		all[i] = Keys(s)
		for _, key := range all[i] {
			have[key]++
		}
	}
	shared := map[string]*sharing{}
	for i, keys := range all {
		for k, key := range keys {
			if have[key] < manyShare {
				continue
			}
			if shared[key] == nil {
				shared[key] = &sharing{others: map[string]bool{}, titles: map[string]bool{}}
			}
			shared[key].titles[stories[i].Title] = true
			if len(keys) == 2 {
				shared[key].others[keys[1-k]] = true
			}
		}
	}
	for i, keys := range all {
		if len(keys) < 2 || have[keys[0]] < manyShare && have[keys[1]] < manyShare {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return shared[key].byAccident() })
		if len(own) > 0 {
			all[i] = own
		}
	}
	return all
}

// Distinct gives the stories that one source publishes at one time once each, with all
// their keys. Of items that are one story the one changed last counts; where that is
// not known the first does, for feeds begin with the newest.
func Distinct(stories []Story) (once []Story, keys [][]string) {
	once, keys = make([]Story, 0, len(stories)), make([][]string, 0, len(stories))
	place := make(map[string]int, 2*len(stories)) // of a key, in once
	for i, own := range keysOf(stories) {
		at := len(once)
		if known := slices.IndexFunc(own, func(key string) bool { _, is := place[key]; return is }); known >= 0 {
			at = place[own[known]]
		}
		if at == len(once) {
			once, keys = append(once, stories[i]), append(keys, nil)
		} else if stories[i].Changed().After(once[at].Changed()) {
			once[at] = stories[i]
		}
		for _, key := range own {
			if !slices.Contains(keys[at], key) {
				keys[at] = append(keys[at], key)
			}
			if _, taken := place[key]; !taken {
				place[key] = at
			}
		}
	}
	return once, keys
}

// Changed is when a story was last changed, as its source says.
func (s Story) Changed() time.Time {
	if s.Updated.After(s.Published) {
		return s.Updated
	}
	return s.Published
}

// sharing is who has a key besides.
type sharing struct{ others, titles map[string]bool }

// manyShare a key that is no identity. Two may be one story, of which headline and address
// were changed.
const manyShare = 3

// byAccident reports a key of many stories that have different titles and another key
// each.
func (s *sharing) byAccident() bool {
	return s != nil && len(s.others) >= manyShare && len(s.titles) >= manyShare
}

// globalID has the form of an identifier that is unique in the world: an IRI (Atom
// asks for one: RFC 4287 4.2.6) or a bare UUID (RFC 9562 4).
var globalID = lazyregexp.New(`^(?i:[a-z][a-z0-9+.-]*:.{4,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// guidKey names a story by its source's identifier. "4711" says nothing without
// the source; an IRI or a UUID stands for itself, so that an article in two feeds
// of one publisher is one story. An identifier that is a link is compared as one:
// sources that move to https rewrite them. Its fragment tells apart what stands on one
// page: the days of a change log.
func guidKey(source, guid string) string {
	guid = strings.TrimSpace(guid)
	if guid == "" {
		return ""
	}
	if page, err := CanonicalURL(guid); err == nil {
		if at := place(guid); at != "" && !strings.Contains(page, "#") {
			page += "#" + at
		}
		return "guid:" + page
	}
	if globalID.MatchString(guid) {
		return "guid:" + guid
	}
	return "guid:" + source + ":" + guid
}

func samePlace(a, b string) bool { return place(a) != "" && place(a) == place(b) }

// everyPage are fragments that any page has: they name no entry of it.
var everyPage = set("top", "main", "content", "comments", "respond", "more", "rss", "feed", "atom")

// place is where on its page a link leads to.
func place(link string) string {
	_, fragment, _ := strings.Cut(strings.TrimSpace(link), "#")
	if everyPage[strings.ToLower(fragment)] || isTrackingFragment(fragment) {
		return ""
	}
	return fragment
}

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Identify makes the ID of a story that is new to its newsletter from its [Keys]:
// ten lower-case letters and digits (base32 of SHA-256, RFC 4648 6) of the first
// key, short enough to type. Fifty bits: among a million stories, two share an ID
// with a chance of 1 in 2,000. It is empty for no keys.
func Identify(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(keys[0]))
	return strings.ToLower(idEncoding.EncodeToString(sum[:]))[:10]
}
