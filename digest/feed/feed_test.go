package feed

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestFormats holds each format to its golden file: what a feed says, as stories.
func TestFormats(t *testing.T) {
	inputs, err := filepath.Glob("testdata/feeds/*")
	if err != nil || len(inputs) < 5 {
		t.Fatal("no feeds to test with", err)
	}
	for _, in := range inputs {
		t.Run(filepath.Base(in), func(t *testing.T) {
			data, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Parse(data, Options{URL: "https://feeds.example/" + filepath.Base(in)})
			if err != nil {
				t.Fatal(err)
			}
			trial.GoldenJSON(t, filepath.Join("testdata", "golden", filepath.Base(in)+".json"), f)
		})
	}
}

const cyrillic = "Паром уходит в девять — «последний»"

// TestEncodings reads one title from every encoding, however it is announced, or
// not.
func TestEncodings(t *testing.T) {
	feed := func(declared, title string) string {
		return `<?xml version="1.0" encoding="` + declared + `"?><rss version="2.0"><channel><title>x</title><item><title>` +
			title + `</title><link>https://a.example/1</link></item></channel></rss>`
	}
	in := func(enc interface{ String(string) (string, error) }, s string) []byte {
		out, err := enc.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(out)
	}
	wide := func(s string, order func([]byte, uint16) []byte, mark bool) []byte {
		var out []byte
		if mark {
			out = order(out, 0xFEFF)
		}
		for _, u := range utf16.Encode([]rune(s)) {
			out = order(out, u)
		}
		return out
	}
	little := func(b []byte, u uint16) []byte { return append(b, byte(u), byte(u>>8)) }
	big := func(b []byte, u uint16) []byte { return append(b, byte(u>>8), byte(u)) }
	chinese := strings.Repeat("港口观察报的新闻，", 3)
	for _, c := range []struct {
		name, contentType, title string
		data                     []byte
	}{
		{"utf-8", "", cyrillic, []byte(feed("utf-8", cyrillic))},
		{"utf-8 with a mark", "", cyrillic, []byte("\xEF\xBB\xBF" + feed("utf-8", cyrillic))},
		{"utf-8 that says latin1", "", cyrillic, []byte(feed("iso-8859-1", cyrillic))},
		{"utf-8, HTTP says ascii", "text/xml; charset=us-ascii", cyrillic, []byte(feed("utf-8", cyrillic))},
		{"windows-1251", "", cyrillic, in(charmap.Windows1251.NewEncoder(), feed("windows-1251", cyrillic))},
		{"koi8-r", "", "Паром уходит в девять", in(charmap.KOI8R.NewEncoder(), feed("koi8-r", "Паром уходит в девять"))},
		{"HTTP alone knows", "text/xml; charset=windows-1251", cyrillic, in(charmap.Windows1251.NewEncoder(), strings.Replace(feed("", cyrillic), ` encoding=""`, "", 1))},
		{"says utf-8, is windows-1252", "", "Café “Kai” – naïve", in(charmap.Windows1252.NewEncoder(), feed("utf-8", "Café “Kai” – naïve"))},
		{"gb2312 with gbk in it", "", chinese + "镕", in(simplifiedchinese.GBK.NewEncoder(), feed("gb2312", chinese+"镕"))},
		{"utf-16le with a mark", "", cyrillic, wide(feed("utf-16", cyrillic), little, true)},
		{"utf-16be without", "", cyrillic, wide(feed("utf-16", cyrillic), big, false)},
		{"a foreign byte in utf-8", "", cyrillic + "é", append([]byte(feed("utf-8", cyrillic+"é")[:0]), strings.Replace(feed("utf-8", cyrillic+"é"), "é", "\xE9", 1)...)},
	} {
		f, err := Parse(c.data, Options{ContentType: c.contentType})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Title != c.title {
			t.Errorf("%s: %+v %v, want %q", c.name, f, err, c.title)
		}
	}
}

// item wraps what is between the tags of an RSS item.
func item(inside string) string {
	return `<rss version="2.0"><channel><title>t</title><link>https://a.example/</link><item>` + inside + `</item></channel></rss>`
}

func TestTitles(t *testing.T) {
	for in, want := range map[string]string{
		`<title>&lt;b&gt;Bold&lt;/b&gt; &amp;amp; brave</title>`:                            "Bold & brave",
		`<title>AT&T & Co</title>`:                                                          "AT&T & Co",
		`<title>AT&amp;amp;T</title>`:                                                       "AT&T",
		`<title><![CDATA[Vector<T> is generic]]></title>`:                                   "Vector<T> is generic",
		"<title>\n\tTabs \u00a0 and\u200b breaks\r\n</title>":                               "Tabs and breaks",
		`<title>Caf&eacute; &nbsp;&hellip; &bogus;</title>`:                                 "Café … &bogus;",
		`<title>A<![CDATA[ & ]]>B</title>`:                                                  "A & B",
		"<title>Bell\x07 and\x00 null</title>":                                              "Bell and null",
		`<title>It&#146;s &#x2014; fine&#xFFFF;</title>`:                                    "It’s — fine",
		`<title>One &lt;script&gt;alert(1)&lt;/script&gt;two</title>`:                       "One two",
		`<title/><description>A description alone makes a title.</description>`:             "A description alone makes a title",
		`<media:title>Of the picture</media:title>`:                                         "Of the picture",
		`<title>&lt;![CDATA[Escaped &amp;amp; sectioned]]&gt;</title>`:                      "Escaped & sectioned",
		`<title>History of the &amp;lt;blink&amp;gt; tag</title>`:                           "History of the <blink> tag",
		`<title><![CDATA[Why &lt;/b&gt; and &lt;script&gt; matter]]></title>`:               "Why </b> and <script> matter",
		`<title>&amp;lt;i&amp;gt;Twice&amp;lt;/i&amp;gt; escaped&amp;lt;br&amp;gt;</title>`: "Twice escaped",
		`<title><![CDATA[<![CDATA[Twice]]]]></title>`:                                       "Twice",
		`<title><![CDATA[<![CDATA[Twice]]>]]></title>`:                                      "Twice",
	} {
		f, err := Parse([]byte(item(in)), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Title != want {
			t.Errorf("%q: %+v %v, want %q", in, f.Stories, err, want)
		}
	}
}

// TestTitleKinds: a title says what kind of text it is, or its format does.
func TestTitleKinds(t *testing.T) {
	atom := func(title string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>` + title + `</entry></feed>`
	}
	for in, want := range map[string]string{
		atom(`<title type="text">The &lt;b&gt; tag</title>`):                                                         "The <b> tag",
		atom(`<title type="html">The &amp;lt;b&amp;gt; &lt;i&gt;tag&lt;/i&gt;</title>`):                              "The <b> tag",
		atom(`<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The &lt;b&gt; <i>tag</i></div></title>`): "The <b> tag",
		`{"items": [{"id": "1", "title": "The <b> tag"}]}`:                                                           "The <b> tag",
		`{"items": [{"id": "1", "title": "<b>Breaking: Foo <strong>Hi<strong> <em/>x"}]}`:                            "Breaking: Foo Hi x",
		`{"items": [{"id": "1", "title": "Why <script>? <style>a{}</style> (</i>)"}]}`:                               "Why <script>? (</i>)",
		`{"items": [{"id": "1", "title": "<b>Bold</b> &amp; brave"}]}`:                                               "Bold & brave",
		`{"items": [{"id": "1", "title": "1 < 2 &#8211; true"}]}`:                                                    "1 < 2 – true",
	} {
		f, err := Parse([]byte(in), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Title != want {
			t.Errorf("%q: %+v %v, want %q", in, f.Stories, err, want)
		}
	}
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		`<link>https://a.example/1?a=1&b=2</link>`:                                             "https://a.example/1?a=1&b=2",
		`<link>https://a.example/1?a=1&amp;copy=2</link>`:                                      "https://a.example/1?a=1&copy=2",
		"<link>\n  /two\n</link>":                                                              "https://a.example/two",
		`<link>three</link>`:                                                                   "https://a.example/three",
		`<link><![CDATA[https://a.example/4]]></link>`:                                         "https://a.example/4",
		`<guid>https://a.example/5</guid>`:                                                     "https://a.example/5",
		`<link><![CDATA[https://a.example/1?a=1&amp;b=2]]></link>`:                             "https://a.example/1?a=1&b=2",
		`<link>https://a.example/1?a=1&amp;amp;b=2</link>`:                                     "https://a.example/1?a=1&b=2",
		`<guid isPermaLink="true">/6</guid>`:                                                   "https://a.example/6",
		`<link>4711</link><guid>https://a.example/g</guid>`:                                    "https://a.example/g",
		`<link>4711</link><guid>4711</guid>`:                                                   "",
		`<link>tag:a.example,2026:1</link><guid>https://a.example/g</guid>`:                    "https://a.example/g",
		`<link>https://a.example/l</link><guid>https://a.example/g</guid>`:                     "https://a.example/l",
		`<link>/l?id=1</link><guid isPermaLink="true">https://a.example/</guid>`:               "https://a.example/l?id=1",
		`<guid isPermaLink="false">abc</guid>`:                                                 "",
		`<feedburner:origLink>b67e-7afb</feedburner:origLink><guid>https://a.example/g</guid>`: "https://a.example/g",
		`<url>https://a.example/8</url>`:                                                       "https://a.example/8",
		`<link>"https://a.example/10"</link>`:                                                  "https://a.example/10",
		`<link>https://http://a.example/11</link>`:                                             "http://a.example/11",
		`<link>https://a.example/of?https://b.example/</link>`:                                 "https://a.example/of?https://b.example/",
		`<link>javascript:alert(1)</link>`:                                                     "",
		`<link xml:base="https://b.example/x/">y</link>`:                                       "https://b.example/x/y",
		`<atom:link href="https://a.example/7"/>`:                                              "https://a.example/7",
		`<link>https://a.example/a b?q=c d</link>`:                                             "https://a.example/a%20b?q=c%20d",
		"<link>https://a.example/long\n\t\t  /and-on</link>":                                   "https://a.example/long/and-on",
		`<link>https:// a.example/gap</link>`:                                                  "https://a.example/gap",
		`<link>www.b.example/1</link>`:                                                         "https://www.b.example/1",
		`<link>A.example/1</link>`:                                                             "https://A.example/1",
		`<link>www.html</link>`:                                                                "https://a.example/www.html",
		`<link>https://a.example/100%</link>`:                                                  "https://a.example/100%25",
		`<link>https://c.example/1</link><link/>`:                                              "https://c.example/1",
		`<enclosure url="https://a.example/p.jpg" type="image/jpeg"/>`:                         "",
		`<enclosure url="https://a.example/p.mp3" type="audio/mpeg"/>`:                         "https://a.example/p.mp3",
		// The counter's address is not the page's.
		`<link>https://feedproxy.example/1</link><feedburner:origLink>https://a.example/9</feedburner:origLink>`: "https://a.example/9",
	} {
		f, err := Parse([]byte(item(`<title>x</title>`+in)), Options{URL: "https://feeds.example/rss"})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].URL != want {
			t.Errorf("%q: %+v %v, want %q", in, f.Stories, err, want)
		}
	}
}

// TestRelations reads links of Atom: which of them is the story's.
func TestRelations(t *testing.T) {
	for in, want := range map[string]string{
		`<link rel="Alternate" href="https://a.example/1"/>`:                                                       "https://a.example/1",
		`<link rel="http://www.iana.org/assignments/relation/alternate" href="https://a.example/2"/>`:              "https://a.example/2",
		`<link rel="self" href="https://a.example/no"/><link rel="ALTERNATE" href="https://a.example/3"/>`:         "https://a.example/3",
		`<link href="gemini://a.example/no"/><link href="/4"/>`:                                                    "https://a.example/4",
		`<link href="tag:a.example,2026:5"/><link rel="self" href="https://a.example/5"/>`:                         "https://a.example/5",
		`<link rel="replies" href="https://a.example/no"/><link rel="enclosure" href="https://a.example/no.png"/>`: "",
	} {
		f, err := Parse([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>x</title>`+in+`</entry></feed>`), Options{URL: "https://a.example/feed"})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].URL != want {
			t.Errorf("%q: %+v %v, want %q", in, f.Stories, err, want)
		}
	}
}

// TestEscapedTwice: a text of which the tags, too, are escaped is read as it was meant;
// one that is about tags is not.
func TestEscapedTwice(t *testing.T) {
	for in, want := range map[string]string{
		`&amp;lt;p&amp;gt;Ferries &amp;amp; buses.&amp;lt;/p&amp;gt;`:               "Ferries & buses.",
		`<![CDATA[&lt;img src="x.gif" /&gt; The last ferry left.]]>`:                "The last ferry left.",
		`<![CDATA[&lt;p class="a"&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;]]>`:      "One. Two.",
		`Use &amp;lt;b&amp;gt; and &amp;lt;/b&amp;gt; for bold.`:                    "Use <b> and </b> for bold.",
		`&lt;p&gt;Write &amp;lt;p&amp;gt;text&amp;lt;/p&amp;gt; like so.&lt;/p&gt;`: "Write <p>text</p> like so.",
		`&amp;lt;p&amp;gt; begins a paragraph.`:                                     "<p> begins a paragraph.",
	} {
		f, err := Parse([]byte(item(`<title>x</title><description>`+in+`</description>`)), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Teaser != want {
			t.Errorf("%s: %+v %v, want %s", in, f.Stories, err, want)
		}
	}
}

// TestDateElements: items of RSS say when they were published in elements of many names.
func TestDateElements(t *testing.T) {
	const at = "2026-11-23T08:15:00Z"
	for name, change := range map[string]bool{
		"pubDate": false, "pubdate": false, "published": false, "issued": false, "created": false, "date": false, "dc:date": false,
		"dcterms:issued": false, "dcterms:created": false, "atom:published": false, "updated": true, "atom:updated": true, "dcterms:modified": true, "modified": true,
	} {
		f, err := Parse([]byte(item(`<title>x</title><`+name+`>`+at+`</`+name+`>`)), Options{})
		if err != nil || len(f.Stories) != 1 {
			t.Fatal(name, err)
		}
		got := f.Stories[0].Published
		if change {
			got = f.Stories[0].Updated
		}
		if got.Format(time.RFC3339) != at {
			t.Errorf("%s: %+v", name, f.Stories[0])
		}
	}
}

func TestNotAFeed(t *testing.T) {
	for _, in := range []string{
		"", "hello", "{", `{"error": "no"}`, "[1]", "<html><body>404</body></html>",
		"<!DOCTYPE html><html><head></head></html>", "<opml/>", "<html><body><item>x</item><channel>y</channel><rss></rss></body></html>", "<?xml version='1.0'?>", "\x00\x01\x02",
	} {
		if f, err := Parse([]byte(in), Options{}); !errors.Is(err, ErrNotAFeed) {
			t.Errorf("%q: %+v %v", in, f, err)
		}
	}
	if _, err := Parse(make([]byte, MaxBytes+1), Options{}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// TestHostile feeds what is made to hurt, each in megabytes, and asks for an answer.
// With -short it is a quarter of that, for the race detector, which is ten times as slow.
func TestHostile(t *testing.T) {
	many := func(s string, n int) string {
		if testing.Short() {
			n /= 4
		}
		return strings.Repeat(s, n)
	}
	for name, in := range map[string]string{
		"empty items":       `<rss><channel>` + many(`<item></item>`, 500_000),
		"empty JSON items":  `{"items":[` + many(`{},`, 500_000) + `{}]}`,
		"deep":              `<rss><channel><item>` + many(`<a>`, 500_000),
		"deep text":         item(`<description>` + many(`&lt;b&gt;`, 50_000) + `</description>`),
		"deep markup":       `<feed><entry><content type="xhtml">` + many(`<div>`, 50_000),
		"CDATA unended":     `<rss><channel><item><title>` + many(`<![CDATA[`, 300_000),
		"comments unended":  `<rss><channel>` + many(`<!--`, 500_000),
		"quotes unended":    `<rss><channel>` + many(`<a b="`, 300_000),
		"instructions":      `<rss><channel>` + many(`<?`, 500_000),
		"doctypes":          many(`<!DOCTYPE [`, 200_000) + `<rss>`,
		"ampersands":        item(`<title>` + many(`&`, 1_000_000) + `</title>`),
		"laughs":            `<!DOCTYPE r [<!ENTITY a "` + many("ha", 200) + `">]>` + item(`<title>`+many(`&a;`, 300_000)+`</title>`),
		"end tags":          `<rss><channel>` + many(`</x>`, 500_000),
		"attributes":        `<rss><channel><item ` + many(`a="1" `, 300_000) + `>`,
		"prefixes":          `<rss>` + many(`<a:b xmlns:a="x" xmlns:c="y">`, 30_000),
		"one long title":    item(`<title>` + many("word ", 400_000) + `</title>`),
		"one long teaser":   item(`<description>` + many("word ", 60_000) + `</description>`),
		"sentences":         item(`<description>` + many("A. ", 100_000) + `</description>`),
		"brackets in title": item(`<title>` + many("&lt;a ", 200_000) + `</title>`),
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan int, 1)
			go func() {
				f, _ := Parse([]byte(in), Options{}) // an error is an answer, too
				done <- len(f.Stories)
			}()
			select {
			case n := <-done:
				if n > MaxItems {
					t.Errorf("%d stories", n)
				}
			case <-time.After(time.Minute): // a hang
				t.Error("no answer within a minute")
			}
		})
	}
}

// TestSection: what a feed itself calls a story's section, beside its topics.
func TestSection(t *testing.T) {
	for in, want := range map[string]string{
		`<prism:section>Port &amp;amp; Sea</prism:section><category>ferry</category>`:          "Port & Sea",
		`<p:section xmlns:p="http://prismstandard.org/namespaces/basic/2.0/">Port</p:section>`: "Port",
		`<section>Port</section><category>ferry</category>`:                                    "Port",
		`<category>ferry</category>`:                                                           "",
	} {
		f, err := Parse([]byte(item(`<title>x</title>`+in)), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Section != want {
			t.Errorf("%q: %+v %v, want %q", in, f.Stories, err, want)
		}
	}
}

// TestEmptyFeeds: a feed without items is one, and no alarm where it is whole.
func TestEmptyFeeds(t *testing.T) {
	for _, in := range []string{
		"<rss></rss>", "<rss/>", "<feed/>", "<rdf:RDF/>", "<rss version='2.0'><channel></channel></rss>", "<rss><channel/></rss>", "<channel/>",
		"<feed xmlns='http://www.w3.org/2005/Atom'/>", `{"items":[]}`, `{"version":"https://jsonfeed.org/version/1","items":[]}`,
	} {
		if f, err := Parse([]byte(in), Options{}); err != nil || len(f.Stories) != 0 || len(f.Warnings) != 0 {
			t.Errorf("%q: %+v %v", in, f, err)
		}
	}
}

// TestDepth: what is nested too deeply is left out, and costs nothing else.
func TestDepth(t *testing.T) {
	deep := strings.Repeat("<x>", 500) + "<title>Deep</title><link>https://a.example/deep</link>" + strings.Repeat("</x>", 500)
	f, err := Parse([]byte(item(`<title>x</title>`+deep+`<link>https://a.example/1</link>`)), Options{})
	if err != nil || len(f.Stories) != 1 || f.Stories[0].Title != "x" || f.Stories[0].URL != "https://a.example/1" || len(f.Warnings) != 1 {
		t.Errorf("%+v %v", f, err)
	}
	deepJSON := strings.Repeat(`{"x":[`, 40) + `"}]\""` + strings.Repeat(`]}`, 40)
	f, err = Parse([]byte(`{"_a": `+deepJSON+`, "title": "t", "items": [{"_b": `+deepJSON+`, "id": "1", "title": "x", "url": "https://a.example/1", "_c": [[[1]]]}]}`), Options{})
	if err != nil || f.Title != "t" || len(f.Stories) != 1 || f.Stories[0].Title != "x" || f.Stories[0].URL != "https://a.example/1" || len(f.Warnings) != 1 {
		t.Errorf("JSON: %+v %v", f, err)
	}
}

func TestItemLimit(t *testing.T) {
	for name, in := range map[string]string{
		"RSS":  `<rss><channel>` + strings.Repeat(`<item><title>x</title></item>`, MaxItems+9) + `</channel></rss>`,
		"JSON": `{"items": [` + strings.Repeat(`{"title": "x"},`, MaxItems+9) + `{"title": "x"}]}`,
	} {
		f, err := Parse([]byte(in), Options{})
		if err != nil || len(f.Stories) != MaxItems || len(f.Warnings) != 1 {
			t.Errorf("%s: %d stories, %v %v", name, len(f.Stories), f.Warnings, err)
		}
	}
	f, err := Parse([]byte(`<rss><channel>`+strings.Repeat(`<item><title>x</title></item>`, 30)+`</channel></rss>`), Options{MaxItems: 7})
	if err != nil || len(f.Stories) != 7 || len(f.Warnings) != 1 {
		t.Errorf("%d stories, %v %v", len(f.Stories), f.Warnings, err)
	}
}

// TestTruncation cuts a feed at every byte: whole items are kept, half ones are not.
func TestTruncation(t *testing.T) {
	whole := `<rss><channel><title>t</title>`
	var ends []int
	for _, n := range []string{"1", "2", "3"} {
		whole += `<item><title>Story ` + n + `</title><link>https://a.example/` + n + `</link></item>`
		ends = append(ends, len(whole))
	}
	for cut := ends[0]; cut < len(whole); cut++ {
		f, err := Parse([]byte(whole[:cut]), Options{})
		if err != nil {
			t.Fatalf("%d: %v", cut, err)
		}
		want := 0
		for _, end := range ends {
			// "</item" without its bracket closes the item as well.
			if cut >= end-1 {
				want++
			}
		}
		if len(f.Stories) != want {
			t.Errorf("cut at %d %q: %d stories, want %d", cut, whole[max(0, cut-20):cut], len(f.Stories), want)
		}
	}
}
