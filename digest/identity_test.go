package digest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCanonicalURL(t *testing.T) {
	const page = "https://example.org/news/bridge"
	for _, raw := range []string{
		"https://example.org/news/bridge", "http://example.org/news/bridge", "https://www.example.org/news/bridge/",
		"HTTPS://WWW.Example.ORG/news/bridge#comments", "https://example.org:443/news/bridge", "http://example.org:80/news/bridge",
		"https://example.org/news/bridge?utm_source=rss&UTM_Medium=feed", "https://example.org/news/bridge?fbclid=IwAR0&gclid=1&mc_cid=2&mc_eid=3",
		"https://example.org/news/bridge?", "https://example.org./news/bridge", "  https://example.org/news/bridge\n",
		"https://example.org/news//bridge", "https://example.org/x/../news/./bridge", "https://example.org/n%65ws/bridge",
		"https://example.org/news/bridge?&&", "https://example.org/news/bridge?utm%5Fsource=x", "https://example.org/news/bridge?utm_source=rss&amp;utm_medium=feed",
		"https://example.org/news/bridge?at_medium=RSS&at_link_id=7&at_custom5=8", "https://example.org/news/bridge?ysclid=l1&gad_source=1", "https://example.org/news/bridge?partner=rss&emc=rss",
		"https://example.org/news/bridge;jsessionid=0A1B?PHPSESSID=7", "https://example.org/news/bridge#/", "https://example.org/news/bridge#!",
	} {
		if got, err := CanonicalURL(raw); err != nil || got != page {
			t.Errorf("CanonicalURL(%q) = %q, %v", raw, got, err)
		}
	}
	for raw, want := range map[string]string{
		"https://example.org":                         "https://example.org",
		"https://example.org/":                        "https://example.org",
		"http://example.org/?p=12":                    "https://example.org?p=12",
		"https://example.org/a?b=2&a=1&utm_id=9":      "https://example.org/a?a=1&b=2",
		"https://example.org:8080/a":                  "https://example.org:8080/a",
		"https://example.org/Über uns":                "https://example.org/%C3%9Cber%20uns",
		"https://example.org/%c3%9cber%20uns":         "https://example.org/%C3%9Cber%20uns",
		"https://Bücher.example/a":                    "https://xn--bcher-kva.example/a",
		"https://xn--bcher-kva.example/a":             "https://xn--bcher-kva.example/a",
		"https://example.org/a%2Fb":                   "https://example.org/a%2Fb",
		"https://example.org/News":                    "https://example.org/News",
		"https://www.www.example.org/a":               "https://example.org/a",
		"https://www.example/a":                       "https://www.example/a",
		"https://a_b.example/a":                       "https://a_b.example/a",
		"https://☃.example/a":                         "https://xn--n3h.example/a",
		"https://wwwhat.example/a":                    "https://wwwhat.example/a",
		"http://[2001:DB8::1]:8080/a":                 "https://[2001:db8::1]:8080/a",
		"http://[2001:db8::1]/a":                      "https://[2001:db8::1]/a",
		"https://example.org/a?reference=1&clidx=2":   "https://example.org/a?clidx=2&reference=1",
		"https://example.org/a?q=%%330":               "https://example.org/a?q=%2530",
		"https://example.org/a?q=a;b&x":               "https://example.org/a?q=a;b&x",
		"https://example.org/search?q=utm_source=rs":  "https://example.org/search?q=utm_source=rs",
		"http://www.example.org/#!/news/1/":           "https://example.org#!/news/1",
		"https://example.org/app/#/news?utm_id=1&b&a": "https://example.org/app#/news?a&b",
		"https://example.org/#!?id=7":                 "https://example.org#!?id=7",
		"https://example.org/a?pk_id=7":               "https://example.org/a?pk_id=7",
		"https://example.org/a?story_id=7&amp;p=1":    "https://example.org/a?amp;p=1&story_id=7",
	} {
		if got, err := CanonicalURL(raw); err != nil || got != want {
			t.Errorf("CanonicalURL(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
}

func TestCleanURL(t *testing.T) {
	for raw, want := range map[string]string{
		"http://www.Example.org/a/?utm_source=rss&id=7#top": "http://www.Example.org/a/?id=7#top",
		" https://example.org/a?fbclid=1 ":                  "https://example.org/a",
		"https://example.org/a?b=2&a=1":                     "https://example.org/a?b=2&a=1",
		"https://example.org/a?q=%zz&gclid=1":               "https://example.org/a?q=%zz",
		"https://example.org/a?wt_mc=rss.ho.beitrag.rdf":    "https://example.org/a",
		"https://example.org/a?id=7&rss=1#s2":               "https://example.org/a?id=7#s2",
		"https://example.org/a?rss=2&ref=rss":               "https://example.org/a?rss=2",
		"https://example.org/a?ref=7":                       "https://example.org/a?ref=7",
		"https://example.org/a.html#tk.rss_all":             "https://example.org/a.html",
		"https://example.org/a%2Fb;jsessionid=0A1B?id=7":    "https://example.org/a%2Fb?id=7",
		"https://example.org/a;JSESSIONID=0A/news/1.html":   "https://example.org/a/news/1.html",
		"https://example.org/a%2Fb%3Bjsessionid=1":          "https://example.org/a%2Fb%3Bjsessionid=1",
		"https://example.org/a#xtor=RSS-1":                  "https://example.org/a",
		"https://example.org/a#token=rss":                   "https://example.org/a#token=rss",
	} {
		if got, err := CleanURL(raw); err != nil || got != want {
			t.Errorf("CleanURL(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
	for raw, want := range map[string]string{
		"":                             "empty",
		"/news/bridge":                 "not absolute",
		"example.org/news":             "not absolute",
		"//example.org/news":           "not absolute",
		"javascript:alert(1)":          "only https and http",
		"mailto:x@example.org":         "only https and http",
		"data:text/html,x":             "only https and http",
		"file:///etc/passwd":           "only https and http",
		"ftp://example.org/a":          "only https and http",
		"https:///a":                   "names no host",
		"http://..":                    "names no host",
		"http://[fe80::1%25eth0]/":     "no host that everybody can reach",
		"https:a":                      "names no host",
		"https://:80/a":                "names no host",
		"https://u:geheim@example.org": "carries a user name",
		"https://example.org/a\nb":     "cannot be read",
		"http://[::1/a":                "cannot be read",
		"https://example.org/" + strings.Repeat("a", maxURL): "too long",
	} {
		got, err := CleanURL(raw)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CleanURL(%.40q) = %q, %v, want %q", raw, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error tells a password: %v", err)
		}
		if page, err := CanonicalURL(raw); err == nil {
			t.Errorf("CanonicalURL(%.40q) = %q", raw, page)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		story Story
		want  []string
	}{
		{Story{Source: "a", GUID: "4711", URL: "https://example.org/x"}, []string{"guid:a:4711", "url:https://example.org/x"}},
		{Story{Source: "a", GUID: "http://www.example.org/?p=12"}, []string{"guid:https://example.org?p=12"}},
		{Story{Source: "a", GUID: "tag:example.org,2026:12"}, []string{"guid:tag:example.org,2026:12"}},
		{Story{Source: "a", GUID: "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}, []string{"guid:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}},
		{Story{Source: "a", GUID: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}, []string{"guid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}},
		{Story{Source: "a", URL: "https://example.org/x/"}, []string{"url:https://example.org/x"}},
		{Story{Source: "a", Title: "  No  LINK "}, []string{"title:a:no link"}},
		{Story{Source: "a", GUID: "http://example.org/x/#0", URL: "https://example.org/x"}, []string{"guid:https://example.org/x#0", "url:https://example.org/x"}},
		{Story{Source: "a", GUID: "https://example.org/log#v2", URL: "https://example.org/log#v2"}, []string{"guid:https://example.org/log#v2"}},
		{Story{Source: "a", GUID: "tag:example.org,2026:log#v2", URL: "https://example.org/log#v2"}, []string{"guid:tag:example.org,2026:log#v2"}},
		{Story{Source: "a", GUID: "https://example.org/x#xtor=RSS-1", URL: "https://example.org/x#xtor=RSS-1"}, []string{"guid:https://example.org/x", "url:https://example.org/x"}},
		{Story{Source: "a", GUID: "https://example.org/x#rss", URL: "https://example.org/x#rss"}, []string{"guid:https://example.org/x", "url:https://example.org/x"}},
		{Story{Source: "a", GUID: "https://example.org/#!/x", URL: "http://example.org/#!/x"}, []string{"guid:https://example.org#!/x", "url:https://example.org#!/x"}},
	} {
		if got := Keys(c.story); !slices.Equal(got, c.want) {
			t.Errorf("Keys(%+v) = %q, want %q", c.story, got, c.want)
		}
	}
}

// TestKeysOf: what a broken feed gives to all its items alike tells none of them from
// the others.
func TestKeysOf(t *testing.T) {
	stories := func(list ...string) (all []Story) {
		for _, one := range list {
			part := strings.Split(one, " ")
			all = append(all, Story{Source: "a", GUID: part[0], URL: "https://example.org/" + part[1], Title: part[2]})
		}
		return all
	}
	for _, c := range []struct {
		name    string
		stories []Story
		want    int // different stories
	}{
		{"each its own", stories("1 a A", "2 b B", "3 c C"), 3},
		{"one guid for all", stories("0 a A", "0 b B", "0 c C", "0 d D"), 4},
		{"one page for all", stories("1 x A", "2 x B", "3 x C"), 3},
		{"one guid for all, and one page", stories("0 x A", "0 x B", "0 x C"), 1},
		{"an item twice", stories("1 a A", "1 a A", "2 b B"), 2},
		{"an item thrice, headline and address changed once", stories("1 a A", "1 a A", "1 b B"), 1},
		{"a page under several guids with one headline", stories("1 x A", "2 x A", "3 x A"), 1},
	} {
		names := map[string]string{} // key to story
		different := 0
		for _, keys := range keysOf(c.stories) {
			name := ""
			for _, key := range keys {
				if name == "" {
					name = names[key]
				}
			}
			if name == "" {
				different++
				name = keys[0]
			}
			for _, key := range keys {
				names[key] = name
			}
		}
		if different != c.want {
			t.Errorf("%s: %d stories, want %d: %q", c.name, different, c.want, keysOf(c.stories))
		}
	}
}

// TestDistinct: an item that a feed has twice is one story, as it was last changed.
func TestDistinct(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name    string
		stories []Story
		want    string
	}{
		{"by guid, undated: the first", []Story{{GUID: "1", Title: "New"}, {GUID: "1", Title: "Old"}, {GUID: "2", Title: "Other"}}, "New Other"},
		{"by guid: the later", []Story{{GUID: "1", Title: "Old", Published: at(8)}, {GUID: "1", Title: "New", Published: at(8), Updated: at(9)}}, "New"},
		{"by page, however written", []Story{{URL: "https://www.example.org/x/", Title: "New"}, {URL: "http://example.org/x?utm_source=rss", Title: "Old"}}, "New"},
		{"by one key and the other", []Story{{GUID: "1", URL: "https://example.org/x", Title: "New"}, {GUID: "1", URL: "https://example.org/y", Title: "Old"}, {GUID: "2", URL: "https://example.org/y", Title: "Older"}}, "New"},
		{"none", []Story{{GUID: "1", Title: "A"}, {GUID: "2", Title: "A"}}, "A A"},
		{"places on one page", []Story{{GUID: "https://example.org/log#v2", URL: "https://example.org/log#v2", Title: "V2"}, {GUID: "https://example.org/log#v1", URL: "https://example.org/log#v1", Title: "V1"}}, "V2 V1"},
		{"pages of an application", []Story{{URL: "https://example.org/#!/2", Title: "B"}, {URL: "https://example.org/#!/1", Title: "A"}}, "B A"},
	} {
		once, keys := Distinct(c.stories)
		var titles []string
		for _, s := range once {
			titles = append(titles, s.Title)
		}
		if got := strings.Join(titles, " "); got != c.want || len(keys) != len(once) {
			t.Errorf("%s: %s, want %s: %q", c.name, got, c.want, keys)
		}
	}
	_, keys := Distinct([]Story{{Source: "a", GUID: "1", URL: "https://example.org/x"}, {Source: "a", GUID: "1", URL: "https://example.org/y"}})
	if want := []string{"guid:a:1", "url:https://example.org/x", "url:https://example.org/y"}; !slices.Equal(keys[0], want) {
		t.Errorf("%q, want %q", keys[0], want)
	}
}

// However a link to a page is written, it names that page; another page's name it
// never is.
func TestOnePageOneName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom([][2]string{
			{"example.org", "EXAMPLE.org"}, {"bücher.example", "xn--bcher-kva.example"}, {"пример.example", "xn--e1afmkfd.example"}, {"a.b.example", "A.B.Example."},
		}).Draw(t, "host")
		path := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Zäю0-9~_.-]{1,6}`), 1, 3).Draw(t, "path")
		for i := range path {
			if path[i] = strings.Trim(path[i], "."); path[i] == "" {
				path[i] = "x"
			}
		}
		pairs := rapid.SliceOfNDistinct(rapid.StringMatching(`[b-z]{1,3}=[a-zA-Z0-9]{0,3}`), 0, 3, func(s string) string { return s[:1] }).Draw(t, "pairs")
		one := write(t, host, path, pairs)
		two := write(t, host, path, pairs)
		a, errA := CanonicalURL(one)
		b, errB := CanonicalURL(two)
		if errA != nil || errB != nil || a != b {
			t.Fatalf("%q is %q %v; %q is %q %v", one, a, errA, two, b, errB)
		}
		if Keys(Story{Source: "s", GUID: one})[0] != Keys(Story{Source: "t", GUID: two})[0] {
			t.Fatalf("as identifiers %q and %q differ", one, two)
		}
		other := append(slices.Clone(path), "other")
		if c, err := CanonicalURL(write(t, host, other, pairs)); err != nil || c == a {
			t.Fatalf("%q is also %q, %v", c, other, err)
		}
		if c, err := CanonicalURL(write(t, host, path, append(slices.Clone(pairs), "a=1"))); err != nil || c == a {
			t.Fatalf("%q has another parameter, %v", c, err)
		}
	})
}

// write writes a link in one of the ways that mean the same page.
func write(t *rapid.T, host [2]string, path, pairs []string) string {
	draw := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "habit") }
	scheme := draw("http", "https", "HTTPS")
	link := scheme + "://" + draw("", "www.", "WWW.") + host[rapid.IntRange(0, 1).Draw(t, "spelling")]
	if draw("", "port") != "" {
		link += map[string]string{"http": ":80", "https": ":443", "HTTPS": ":443"}[scheme]
	}
	for _, part := range path {
		link += draw("/", "//", "/./", "/x/../")
		for _, b := range []byte(part) {
			if b >= 0x80 || draw("plain", "plain", "encoded") == "encoded" {
				link += fmt.Sprintf(draw("%%%02x", "%%%02X"), b)
			} else {
				link += string(b)
			}
		}
	}
	link += draw("", "/")
	pairs = append(slices.Clone(pairs), rapid.SliceOfN(rapid.SampledFrom([]string{
		"utm_source=x", "UTM_Medium=feed", "fbclid=1", "gclid=2", "mc_cid=3", "yclid=4", "utm%5Fid=5", "", "xtor=RSS-1", "ref=rss",
	}), 0, 3).Draw(t, "tracking")...)
	pairs = rapid.Permutation(pairs).Draw(t, "order")
	if len(pairs) > 0 {
		link += "?" + strings.Join(pairs, "&")
	}
	return link + draw("", "#top", "#")
}

func TestIdentify(t *testing.T) {
	// Fixed for good: a change would make every stored story a new one.
	if got := Identify([]string{"guid:tag:example.org,2026:12", "url:https://example.org/x"}); got != "457hlnaoog" {
		t.Errorf("Identify = %q", got)
	}
	if Identify([]string{"a", "b"}) != Identify([]string{"a"}) || Identify([]string{"a"}) == Identify([]string{"b"}) {
		t.Error("the ID is of the first key")
	}
	if Identify(nil) != "" {
		t.Error("no keys, no ID")
	}
}

// A canonical address is its own canonical address, and the reader's leads there.
func TestCanonicalIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringMatching(`https?://(www\.)?[a-zA-Zü]{1,8}\.example(:[0-9]{1,4})?(/[a-zA-Z0-9%~é ./-]{0,10})?(\?[a-z_=&%0-9;+]{0,20})?(#[a-z]{0,3})?`).Draw(t, "link")
		page, err := CanonicalURL(raw)
		if err != nil {
			return
		}
		if again, err := CanonicalURL(page); err != nil || again != page {
			t.Fatalf("%q is %q, and that is %q, %v", raw, page, again, err)
		}
		clean, err := CleanURL(raw)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := CanonicalURL(clean); err != nil || again != page {
			t.Fatalf("%q is %q, and cleaned (%q) it is %q, %v", raw, page, clean, again, err)
		}
	})
}

func FuzzCanonicalURL(f *testing.F) {
	for _, raw := range []string{"https://www.example.org:443/a/?utm_source=x&b=%7e#c", "http://[::1]:80/", "http://..", "https://www..0", "https://ß.example/%%", "javascript:alert(1)"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		page, err := CanonicalURL(raw)
		if err != nil {
			return
		}
		if again, err := CanonicalURL(page); err != nil || again != page {
			t.Errorf("%q is %q, and that is %q, %v", raw, page, again, err)
		}
		if clean, err := CleanURL(raw); err != nil || !strings.HasPrefix(strings.ToLower(clean), "http") {
			t.Errorf("%q is cleaned to %q, %v", raw, clean, err)
		}
	})
}
