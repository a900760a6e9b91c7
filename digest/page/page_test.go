package page

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

const asked = "https://harbour-observer.example/2026/11/tide-tables/"

func parse(t testing.TB, in string, change ...func(*Options)) (digest.Story, error) {
	t.Helper()
	o := Options{ContentType: "text/html", Asked: asked, URL: asked}
	for _, c := range change {
		c(&o)
	}
	return Parse([]byte(in), o)
}

// TestPages holds pages of several content systems to what a story learns from them.
func TestPages(t *testing.T) {
	inputs, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(inputs) < 5 {
		t.Fatal("no pages to test with", err)
	}
	for _, in := range inputs {
		t.Run(filepath.Base(in), func(t *testing.T) {
			data, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			s, err := parse(t, string(data))
			if err != nil {
				t.Fatal(err)
			}
			trial.GoldenJSON(t, filepath.Join("testdata", "golden", filepath.Base(in)+".json"), s)
		})
	}
}

const (
	words = `The harbour office has printed wrong tide tables since May, a comparison by this newspaper shows, and nobody noticed it until a ferry ran aground in October. `
	body  = `<h1>Tide tables</h1><p>` + words + words + `</p><p>` + words + `</p><p>` + words + `</p>`
)

func ld(json string) string {
	return `<html><head><script type="application/ld+json">` + json + `</script></head><body>` + body + `</body></html>`
}

// TestJSONLD: authors, pictures, sections and dates in every form that is written.
func TestJSONLD(t *testing.T) {
	article := func(fields string) string { return ld(`{"@type":"NewsArticle",` + fields + `}`) }
	pictures := func(p *digest.Image) digest.Image {
		if p == nil {
			return digest.Image{}
		}
		return *p
	}
	for in, want := range map[string]digest.Story{
		article(`"author":"Ada Quay"`):                                                   {Authors: []string{"Ada Quay"}},
		article(`"author":["Ada Quay","By Ben Slip","Ada Quay"]`):                        {Authors: []string{"Ada Quay", "Ben Slip"}},
		article(`"author":{"@type":"Person","name":"Ada Quay"}`):                         {Authors: []string{"Ada Quay"}},
		article(`"author":{"@type":"Person","name":["Ada Quay"]}`):                       {},
		article(`"author":[{"name":"Ada Quay"},{"name":""},7,null,{"name":"Ben Slip"}]`): {Authors: []string{"Ada Quay", "Ben Slip"}},
		article(`"author":{"url":"https://a.example/ada"},"creator":{"name":"Ben"}`):     {Authors: []string{"Ben"}},
		article(`"author":"https://www.facebook.com/ada"`):                               {},
		article(`"author":"ada@example.org (Ada Quay)"`):                                 {Authors: []string{"Ada Quay"}},
		article(`"image":"/a.jpg"`):                                                      {Image: &digest.Image{URL: "https://harbour-observer.example/a.jpg"}},
		article(`"image":["https://a.example/1.jpg","https://a.example/2.jpg"]`):         {Image: &digest.Image{URL: "https://a.example/1.jpg"}},
		article(`"image":{"url":"https://a.example/1.jpg","width":1200,"height":"675"}`): {Image: &digest.Image{URL: "https://a.example/1.jpg", Width: 1200, Height: 675}},
		article(`"image":[{"url":"https://a.example/1.jpg","width":200},{"contentUrl":"https://a.example/2.jpg","width":1200,"caption":"C","creditText":"D"}]`):                            {Image: &digest.Image{URL: "https://a.example/2.jpg", Width: 1200, Caption: "C", Credit: "D"}},
		article(`"image":{"url":"https://a.example/1.jpg","creator":{"name":"C. Buoy"}}`):                                                                                                  {Image: &digest.Image{URL: "https://a.example/1.jpg", Credit: "C. Buoy"}},
		article(`"image":"https://a.example/logo.png"`):                                                                                                                                    {},
		article(`"image":"https://a.example/x.png","publisher":{"logo":{"url":"https://a.example/x.png"}}`):                                                                                {},
		article(`"image":"javascript:alert(1)"`):                                                                                                                                           {},
		article(`"image":{"url":"https://a.example/1.jpg","width":10}`):                                                                                                                    {},
		article(`"thumbnailUrl":"https://a.example/1.jpg"`):                                                                                                                                {Image: &digest.Image{URL: "https://a.example/1.jpg"}},
		article(`"articleSection":"News, Harbour","keywords":"tides, Harbour"`):                                                                                                            {Section: "News", Topics: []string{"Harbour", "tides"}},
		article(`"articleSection":["News"],"keywords":["tides"]`):                                                                                                                          {Section: "News", Topics: []string{"tides"}},
		ld(`[{"@type":"Organization","name":"x"},{"@type":["Thing","NewsArticle"],"author":"Ada"}]`):                                                                                       {Authors: []string{"Ada"}},
		ld(`{"@graph":[{"@type":"NewsArticle","author":{"@id":"#ada"}},{"@id":"#ada","@type":"Person","name":"Ada"}]}`):                                                                    {Authors: []string{"Ada"}},
		ld(`{"@graph":[{"@type":"NewsArticle","author":"Other","url":"https://a.example/other"},{"@type":"NewsArticle","author":"Ada","mainEntityOfPage":"` + asked + `?utm_source=x"}]}`): {Authors: []string{"Ada"}},
		ld(`{"@type":"Article","author":"Blog"}</script><script type="application/ld+json">{"@type":"https://schema.org/OpinionNewsArticle","author":"Ada"}`):                              {Authors: []string{"Ada"}},
		ld("//<![CDATA[\n" + `{"@type":"NewsArticle","author":"Ada` + "\n" + `Quay"};` + "\n//]]>"):                                                                                        {Authors: []string{"Ada Quay"}},
		ld(`{"@type":"Person","author":"Ada"}`):                                                                                                                                            {},
		ld(`{"@type":"NewsArticle","author":"Ada"`):                                                                                                                                        {},
		ld(`{"@type":"AdvertiserContentArticle","sponsor":{"name":"Wend Bank"}}`):                                                                                                          {Sponsor: "Wend Bank"},
		ld(`{"@type":"AdvertiserContentArticle"}`):                                                                                                                                         {Sponsor: "Advertiser"},
	} {
		s, err := parse(t, in)
		got := digest.Story{Authors: s.Authors, Section: s.Section, Topics: s.Topics, Sponsor: s.Sponsor}
		if err != nil || !reflect.DeepEqual(got, digest.Story{Authors: want.Authors, Section: want.Section, Topics: want.Topics, Sponsor: want.Sponsor}) || pictures(s.Image) != pictures(want.Image) {
			t.Errorf("%s:\n got %+v, picture %+v, %v\nwant %+v, picture %+v", in[:min(len(in), 250)], got, pictures(s.Image), err, want, pictures(want.Image))
		}
	}
}

// TestWishes: a page is taken at its word on what it lets be quoted.
func TestWishes(t *testing.T) {
	page := func(head, text string) string {
		return `<html><head><meta property="og:image" content="/a.jpg">` + head + `</head><body>` + text + `</body></html>`
	}
	for _, c := range []struct {
		in                    string
		teaser, text, picture bool
	}{
		{page(``, body), true, true, true},
		{page(`<meta name="robots" content="index, follow, max-snippet:-1, max-image-preview:large">`, body), true, true, true},
		{page(`<meta name="robots" content="noai, noimageai">`, body), true, true, true},
		{page(`<meta name="ROBOTS" content="NOSNIPPET">`, body), false, false, true},
		{page(`<meta name="robots" content="index,max-snippet:0">`, body), false, false, true},
		{page(`<meta name="googlebot-news" content="nosnippet">`, body), false, false, true},
		{page(`<meta name="Broadsheet" content="nosnippet">`, body), false, false, true},
		{page(`<meta name="somebot" content="nosnippet">`, body), true, true, true},
		{page(`<meta name="robots" content="noarchive">`, body), true, false, true},
		{page(`<meta name="robots" content="noimageindex">`, body), true, true, false},
		{page(`<meta name="robots" content="max-image-preview: none">`, body), true, true, false},
		{page(``, `<div data-nosnippet>`+body+`</div>`), false, false, true},
		{ld(`{"@type":"NewsArticle","isAccessibleForFree":false,"image":"/a.jpg"}`), true, false, true},
		{ld(`{"@type":"NewsArticle","isAccessibleForFree":"http://schema.org/False","image":"/a.jpg"}`), true, false, true},
		{ld(`{"@type":"NewsArticle","isAccessibleForFree":"True","image":"/a.jpg"}`), true, true, true},
	} {
		s, err := parse(t, c.in)
		if err != nil || (s.Teaser != "") != c.teaser || (s.HTML != "") != c.text || (s.Image != nil) != c.picture {
			t.Errorf("%s:\n%+v, %v", c.in[:150], s, err)
		}
	}
}

// TestDescription: a page's own description is the teaser; a site's, which it has on
// every page, is not.
func TestDescription(t *testing.T) {
	for in, want := range map[string]struct{ start, where string }{
		`<meta name="description" content="How tide tables came to be printed wrong by the harbour office.">`:  {"How tide tables", "(description)"},
		`<meta name="description" content="Breaking stories, weather and sport from around the county.">`:      {"The harbour office", "(its first paragraph)"},
		`<meta property="og:description" content="Of tide tables and ferries aground: an account of a year.">`: {"Of tide tables", "(OpenGraph)"},
		`<meta name="twitter:description" content="Of tide tables and ferries aground: an account.">`:          {"Of tide tables", "(Twitter card)"},
		``: {"The harbour office", "(its first paragraph)"},
	} {
		s, err := parse(t, `<html><head>`+in+`</head><body>`+body+`</body></html>`)
		if err != nil || !strings.HasPrefix(s.Teaser, want.start) || s.Found[digest.InTeaser] != want.where {
			t.Errorf("%s: %q %q, %v", in, s.Teaser, s.Found[digest.InTeaser], err)
		}
	}
}

// TestLanguage: one witness is not enough.
func TestLanguage(t *testing.T) {
	for in, want := range map[string]string{
		`<html lang="en"><head></head>`:                                                     "",
		`<html lang="de-AT"><head><meta property="og:locale" content="de_DE"></head>`:       "de-AT",
		`<html lang="en"><head><meta property="og:locale" content="ru_RU"></head>`:          "",
		`<html lang="x"><head><meta http-equiv="content-language" content="fr"></head>`:     "",
		`<html lang="pt_BR"><head><meta http-equiv="content-language" content="pt"></head>`: "pt-BR",
	} {
		if s, err := parse(t, in+`<body>`+body+`</body></html>`); err != nil || s.Language != want {
			t.Errorf("%s: %q, %v", in, s.Language, err)
		}
	}
}

// TestNoPages: what is no page of the story gives nothing.
func TestNoPages(t *testing.T) {
	at := func(change func(*Options)) func(*Options) { return change }
	for _, c := range []struct {
		name, in string
		change   func(*Options)
		want     error
	}{
		{"a picture", "\x89PNG", at(func(o *Options) { o.ContentType = "image/png" }), ErrNotAPage},
		{"JSON", `{"a":1}`, at(func(o *Options) { o.ContentType = "application/json; charset=utf-8" }), ErrNotAPage},
		{"plain text", "Hello.", at(func(*Options) {}), ErrNotAPage},
		{"too much", strings.Repeat("x", MaxBytes+1), at(func(*Options) {}), ErrTooLarge},
		{"a redirect to the front page", body, at(func(o *Options) { o.URL = "https://harbour-observer.example/" }), ErrAnother},
		{"the front page by its canonical link", `<link rel="canonical" href="/">` + body, at(func(*Options) {}), ErrAnother},
		{"nested without end", strings.Repeat("<div>", 100_000), at(func(*Options) {}), ErrNotAPage},
		{"a story that is a front page", body, at(func(o *Options) { o.Asked, o.URL = "https://a.example/", "https://a.example/" }), nil},
		{"XHTML", body, at(func(o *Options) { o.ContentType = "application/xhtml+xml" }), nil},
		{"no content type", body, at(func(o *Options) { o.ContentType = "" }), nil},
	} {
		if _, err := parse(t, c.in, c.change); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// FuzzPage: whatever the bytes, a story keeps what digest.Story promises.
func FuzzPage(f *testing.F) {
	inputs, _ := filepath.Glob("testdata/pages/*.html")
	for _, in := range inputs {
		data, err := os.ReadFile(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "text/html")
	}
	f.Add([]byte(ld(`{"@graph":[{"@graph":[{"@type":"NewsArticle","image":{"@id":"a"}},{"@id":"a","url":"b"}]}]}`)), "")
	f.Fuzz(func(t *testing.T, in []byte, contentType string) {
		s, err := Parse(in, Options{ContentType: contentType, Asked: asked, URL: asked})
		if err != nil {
			return
		}
		texts := append([]string{s.Title, s.Teaser, s.Section, s.Sponsor}, append(s.Authors, s.Topics...)...)
		links := []string{s.URL}
		if s.Image != nil {
			texts = append(texts, s.Image.Alt, s.Image.Caption, s.Image.Credit)
			links = append(links, s.Image.URL)
			if s.Image.URL == "" {
				t.Fatal("a picture without an address")
			}
		}
		for _, text := range texts {
			if !utf8.ValidString(text) || strings.TrimSpace(text) != text || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 }) {
				t.Fatalf("%q", text)
			}
		}
		for _, link := range links {
			if link != "" && !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
				t.Fatalf("%q", link)
			}
		}
		if !utf8.ValidString(s.HTML) || strings.Contains(s.HTML, "<script") {
			t.Fatalf("%q", s.HTML)
		}
	})
}

// TestLinkedDataAlmost: JSON-LD that is not quite JSON is read all the same.
func TestLinkedDataAlmost(t *testing.T) {
	for _, in := range []string{
		"{\"@type\": \"NewsArticle\", \"headline\": \"The\nferry\", \"description\": \"The last ferry left at nine.\",}",
		"//<![CDATA[\n{\"@type\": \"NewsArticle\" \"description\": \"The last ferry left at nine.\"}\n//]]>",
		"{\"@type\": \"NewsArticle\", \"image\": undefined, \"description\": \"The last ferry left at nine.\"};",
	} {
		s, err := Parse([]byte(`<script type="application/ld+json">`+in+`</script><p>x</p>`), Options{URL: "https://a.example/1"})
		if err != nil || s.Teaser != "The last ferry left at nine." {
			t.Errorf("%s: %q %v", in, s.Teaser, err)
		}
	}
}

// TestCards: of several pictures the first of the story counts, with what is said of it.
func TestCards(t *testing.T) {
	meta := func(pairs ...string) (text string) {
		for i := 0; i < len(pairs); i += 2 {
			text += `<meta property="` + pairs[i] + `" content="` + pairs[i+1] + `">`
		}
		return text
	}
	const a, b = "https://a.example/a.jpg", "https://a.example/b.jpg"
	for in, want := range map[string]digest.Image{
		meta("og:image", "/a.jpg"): {URL: "https://harbour-observer.example/a.jpg"},
		meta("og:image", "https://a.example/logo.png", "og:image:alt", "Logo", "og:image", b, "og:image:alt", "B"):                    {URL: b, Alt: "B"},
		meta("og:image", "javascript:alert(1)", "og:image", b):                                                                        {URL: b},
		meta("og:image", a, "og:image:width", "1", "og:image:height", "1", "og:image", b, "og:image:width", "800"):                    {URL: b, Width: 800},
		meta("og:image", "http://a.example/a.jpg", "og:image:alt", "A", "og:image", b, "og:image:secure_url", b, "og:image:alt", "B"): {URL: "http://a.example/a.jpg", Alt: "A"},
		meta("og:image", "http://a.example/a.jpg", "og:image:secure_url", a, "og:image:width", "1200", "og:image:alt", "A"):           {URL: a, Alt: "A", Width: 1200},
		meta("og:image", a, "og:image:url", a, "og:image:alt", "A"):                                                                   {URL: a, Alt: "A"},
		meta("og:image:width", "1200", "og:image", a):                                                                                 {URL: a, Width: 1200},
		meta("twitter:image:src", a, "twitter:image:alt", "A"):                                                                        {URL: a, Alt: "A"},
	} {
		s, err := parse(t, in+body)
		if err != nil || s.Image == nil || *s.Image != want {
			t.Errorf("%s: %+v, %v", in, s.Image, err)
		}
	}
}
