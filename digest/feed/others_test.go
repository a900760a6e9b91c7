package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func packed(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOtherKinds: what is no feed in the narrow sense is known by its bytes, and what is
// none at all says what it is instead.
func TestOtherKinds(t *testing.T) {
	const wp = `[{"link":"https://a.example/1","title":{"rendered":"One"}},{"link":"https://a.example/2","title":{"rendered":"Two"}}]`
	const entry = `<url><loc>https://a.example/%d</loc><news><title>T%[1]d</title></news></url>`
	cutOff := packed(t, []byte(`<urlset>`+fmt.Sprintf(entry, 1)))
	cutOff = cutOff[:len(cutOff)-8] // without its checksum
	for _, c := range []struct {
		name, in string
		kind     Kind
		stories  int
		warns    string // part of the first warning
		fails    string // part of the error
	}{
		{name: "a feed", in: `<rss><channel><item><title>A</title><link>https://a.example/</link></item></channel></rss>`, stories: 1},
		{name: "a JSON Feed", in: `{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"A"}]}`, stories: 1},
		{name: "WordPress", in: wp, kind: WordPress, stories: 2},
		{name: "WordPress, no posts", in: ` [ ] `, kind: WordPress},
		{name: "WordPress, broken off", in: wp[:len(wp)-20], kind: WordPress, stories: 1, warns: "breaks off"},
		{name: "WordPress, a slip in the first", in: `[{"link":"https://a.example/0","title" {"rendered":"No"},"_embedded":{"author":[{"id":1,"name":"A","link":"https://a.example/a"}],"wp:featuredmedia":[{"id":2,"link":"https://a.example/m","title":{"rendered":"M"},"source_url":"x"}]}},` + `{"link":"https://a.example/1","title":{"rendered":"One"},"excerpt":{"rendered":"x"}}]`, kind: WordPress, stories: 1, warns: "cannot be read"},
		{name: "Ghost, a slip in the first", in: `{"posts":[{"id":"0" ]"url":"https://a.example/0"},{"id":"1","url":"https://a.example/1","title":"A"}],"meta":{}}`, kind: Ghost, stories: 1, warns: "cannot be read"},
		{name: "a list of something", in: `[{"id":1},{"id":2}]`, fails: "not one of posts"},
		{name: "a list that is none", in: `[[[`, fails: "not one of posts"},
		{name: "WordPress says no", in: `{"code":"rest_no_route","message":"No route was found &amp; nothing","data":{"status":404}}`, fails: `the site says "No route was found & nothing"`},
		{name: "Ghost", in: `{"posts":[{"id":"1","url":"https://a.example/1","title":"A"}],"meta":{}}`, kind: Ghost, stories: 1},
		{name: "Ghost, meta first", in: `{"meta":{"pagination":{"page":1,"next":null}},"posts":[{"id":"1","url":"https://a.example/1","title":"A"}]}`, kind: Ghost, stories: 1},
		{name: "Ghost, broken off", in: `{"posts":[{"id":"1","url":"https://a.example/1","title":"A"},{"id":"2"`, kind: Ghost, stories: 1, warns: "breaks off"},
		{name: "Ghost says no", in: `{"errors":[{"message":"Authorization failed","context":"Unable to find a key.","type":"NoPermissionError"}]}`, fails: "Authorization failed Unable to find a key."},
		{name: "an error without words", in: `{"errors":[]}`, fails: "without words"},
		{name: "a sitemap", in: `<urlset>` + fmt.Sprintf(entry, 1) + `</urlset>`, kind: Sitemap, stories: 1},
		{name: "a sitemap with a prefix", in: `<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>https://a.example/</s:loc></s:url></s:urlset>`, kind: Sitemap, stories: 1},
		{name: "a sitemap behind a comment", in: "\ufeff<?xml version=\"1.0\"?>\n<!-- <rss> -->\n<!DOCTYPE urlset>\n<urlset/>", kind: Sitemap},
		{name: "a sitemap that lies about its encoding", in: `<?xml version="1.0" encoding="windows-1251"?><urlset><url><loc>https://a.example/</loc><news><title>Паром</title></news></url></urlset>`, kind: Sitemap, stories: 1},
		{name: "a sitemap with a bare ampersand", in: `<urlset><url><loc>https://a.example/?a=1&b=2&nbsp;</loc></url></urlset>`, kind: Sitemap, stories: 1},
		{name: "a sitemap that breaks off", in: `<urlset>` + fmt.Sprintf(entry, 1) + `<url><loc>https://a.exa`, kind: Sitemap, stories: 1, warns: "breaks off"},
		{name: "a sitemap that is not one", in: `<urlset><<<`, fails: "before its first page"},
		{name: "a packed sitemap", in: string(packed(t, []byte(`<urlset>`+fmt.Sprintf(entry, 1)+`</urlset>`))), kind: Sitemap, stories: 1},
		{name: "a packed feed", in: string(packed(t, []byte(`<rss><channel><item><title>A</title></item></channel></rss>`))), stories: 1},
		{name: "a pack that breaks off", in: string(cutOff), kind: Sitemap, stories: 1, warns: "breaks off"},
		{name: "a bomb", in: string(packed(t, make([]byte, MaxBytes+1))), fails: "too large"},
		{name: "nothing", in: " \n", fails: "it is empty"},
		{name: "no pack", in: "\x1f\x8b\x08", fails: "begins like gzip"},
	} {
		f, err := Parse([]byte(c.in), Options{URL: "https://a.example/x"})
		switch {
		case c.fails != "":
			if err == nil || !strings.Contains(err.Error(), c.fails) || !errors.Is(err, ErrNotAFeed) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("%s: %v, want %s", c.name, err, c.fails)
			}
		case err != nil || f.Kind != c.kind || len(f.Stories) != c.stories || strings.Contains(strings.Join(f.Warnings, ";"), c.warns) != (len(f.Warnings) > 0 || c.warns == ""):
			t.Errorf("%s: kind %q, %d stories, %q, %v", c.name, f.Kind, len(f.Stories), f.Warnings, err)
		}
	}
}

// TestBrokenSitemaps reads sitemaps with one thing wrong in each: both stories stay.
func TestBrokenSitemaps(t *testing.T) {
	entry := func(n, title string) string {
		return `<url><loc>https://a.example/` + n + `</loc><news:news><news:publication><news:name>The Quay</news:name><news:language>en</news:language></news:publication>` +
			`<news:publication_date>2026-11-23</news:publication_date><news:title>` + title + `</news:title></news:news><image:image><image:loc>https://a.example/` + n + `.jpg</image:loc><image:title>Quay</image:title></image:image></url>`
	}
	one, two := entry("1", "Story 1"), entry("2", "Story 2")
	for name, in := range map[string]string{
		"sound":                     one + two,
		"a control character":       entry("1", "Story\x08 1&#8;") + two,
		"a bare less-than":          entry("1", "Story < 1") + two,
		"hyphens in a comment":      "<!-- a -- b -->" + one + two,
		"no end tag":                strings.TrimSuffix(one, "</url>") + two,
		"no end tags at all":        strings.NewReplacer("</news:title>", "", "</news:news>", "", "</image:title>", "", "</image:image>", "", "</url>", "", "</news:publication>", "").Replace(one) + two,
		"a title with markup":       entry("1", "<b>Story</b> <![CDATA[1]]>") + two,
		"capitals":                  strings.NewReplacer("url>", "URL>", "loc>", "LOC>", "news:title>", "News:Title>").Replace(one) + two,
		"a film":                    strings.Replace(one, "<news:news>", "<video:video><video:title>Film</video:title><video:thumbnail_loc>x</video:thumbnail_loc></video:video><news:news>", 1) + two,
		"a quote forgotten":         strings.Replace(one, "<url>", `<url a="x>`, 1) + two,
		"no prefixes":               strings.NewReplacer("news:", "", "image:", "").Replace(one + two),
		"an end without the root's": one + two + "</other>",
		"an undeclared entity":      strings.Replace(one, "Story 1", "Story&nbsp;1", 1) + two,
	} {
		f, err := Parse([]byte("Warning: x <br>\n<?xml version=\"1.0\"?><urlset>"+in+"</urlset>"), Options{})
		got := strings.ReplaceAll(brief(f.Stories), "Story < 1", "Story 1")
		if err != nil || got != "Story 1|1\nStory 2|2" || f.Kind != Sitemap {
			t.Errorf("%s: %s %v", name, got, err)
			continue
		}
		for _, s := range f.Stories {
			if s.Published.Format(time.DateOnly) != "2026-11-23" || s.Language != "en" || s.Image == nil || s.Image.URL != s.URL+".jpg" || s.Image.Caption != "Quay" {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// TestManyPages: of a sitemap with more pages than are taken, the news and the newest stay;
// of an index, the newest parts.
func TestManyPages(t *testing.T) {
	day := func(i int) string { return time.Date(2010, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }
	var b strings.Builder
	b.WriteString(`<urlset>`)
	for i := range 50 {
		fmt.Fprintf(&b, `<url><loc>https://a.example/%d</loc><lastmod>%s</lastmod></url>`, i, day(i))
	}
	b.WriteString(`<url><loc>https://a.example/news</loc><news><publication_date>2009-01-01</publication_date><title>News</title></news></url></urlset>`)
	f, err := Parse([]byte(b.String()), Options{MaxItems: 3})
	if err != nil || len(f.Stories) != 3 || f.Stories[0].Title != "News" || f.Stories[1].URL != "https://a.example/49" || f.Stories[2].URL != "https://a.example/48" || len(f.Warnings) != 1 {
		t.Errorf("%+v %v", f, err)
	}
	b.Reset()
	b.WriteString(`<sitemapindex>`)
	for i := range 30 {
		fmt.Fprintf(&b, `<sitemap><loc>https://a.example/%d.xml</loc><lastmod>%s</lastmod></sitemap>`, i, day(i))
	}
	b.WriteString(`</sitemapindex>`)
	if f, err = Parse([]byte(b.String()), Options{}); err != nil || len(f.Parts) != MaxSitemaps || f.Parts[0] != "https://a.example/29.xml" || len(f.Warnings) != 1 {
		t.Errorf("%+v %v", f, err)
	}
	big := `<urlset>` + strings.Repeat(`<url><loc>https://a.example/</loc></url>`, 100_000) + `</urlset>`
	if f, err = Parse([]byte(big), Options{}); err != nil || len(f.Stories) != MaxItems || f.Read != maxEntries {
		t.Errorf("%d stories, %d read, %v", len(f.Stories), f.Read, err)
	}
}

// FuzzSitemap: whatever the bytes, what comes out are addresses and clean text.
func FuzzSitemap(f *testing.F) {
	for _, name := range []string{"newssitemap.xml", "sitemapindex.xml"} {
		data, err := os.ReadFile(filepath.Join("testdata", "feeds", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(packed(f, data))
	}
	f.Add([]byte(`<urlset><url><loc>//x</loc><news:news><news:title>&lt;b>x</news:title>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := Parse(in, Options{URL: "https://a.example/sitemap.xml", MaxItems: 20})
		if err != nil || got.Kind != Sitemap && got.Kind != SitemapOf {
			return
		}
		if len(got.Stories) > 20 || len(got.Parts) > MaxSitemaps {
			t.Fatalf("%d stories, %d parts", len(got.Stories), len(got.Parts))
		}
		links := got.Parts
		for _, s := range got.Stories {
			links = append(links, s.URL)
			if s.Image != nil {
				links = append(links, s.Image.URL)
			}
			if !utf8.ValidString(s.Title) || strings.TrimSpace(s.Title) != s.Title {
				t.Fatalf("%q", s.Title)
			}
		}
		for _, link := range links {
			if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
				t.Fatalf("%q", link)
			}
		}
	})
}
