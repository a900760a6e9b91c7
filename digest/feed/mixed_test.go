package feed

import (
	"html"
	"strings"
	"testing"
)

// TestNamespaceOfTheDefault reads feeds whose default namespace is that of another
// vocabulary: their items are items still.
func TestNamespaceOfTheDefault(t *testing.T) {
	const item = `<title>Story 1</title><link>https://a.example/1</link><pubDate>Thu, 26 Nov 2026 10:00:00 GMT</pubDate>`
	for name, in := range map[string]string{
		"Atom's on rss":    `<rss xmlns="http://www.w3.org/2005/Atom"><channel><title>t</title><item>` + item + `</item></channel></rss>`,
		"XHTML's on rss":   `<rss xmlns="http://www.w3.org/1999/xhtml"><channel><title>t</title><item>` + item + `</item></channel></rss>`,
		"Media's on rss":   `<rss xmlns="http://search.yahoo.com/mrss/"><channel><title>t</title><item>` + item + `</item></channel></rss>`,
		"Atom's, channel":  `<rss><channel xmlns="http://www.w3.org/2005/Atom"><title>t</title><item>` + item + `</item></channel></rss>`,
		"content's, item":  `<rss><channel><title>t</title><item xmlns="http://purl.org/rss/1.0/modules/content/">` + item + `</item></channel></rss>`,
		"Dublin Core, RDF": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/dc/elements/1.1/"><channel><title>t</title></channel><item>` + item + `</item></rdf:RDF>`,
		"XHTML's on feed":  `<feed xmlns="http://www.w3.org/1999/xhtml"><title>t</title><entry><title>Story 1</title><link href="https://a.example/1"/><updated>2026-11-26T10:00:00Z</updated></entry></feed>`,
		"Atom's on entry":  `<rss><channel><title>t</title><entry xmlns="http://www.w3.org/2005/Atom"><title>Story 1</title><link href="https://a.example/1"/><updated>2026-11-26T10:00:00Z</updated></entry></channel></rss>`,
	} {
		f, err := Parse([]byte(in), Options{})
		if err != nil || f.Title != "t" || brief(f.Stories) != "Story 1|1" {
			t.Errorf("%s: %q %s %v", name, f.Title, brief(f.Stories), err)
			continue
		}
		if at := f.Stories[0].Published.Format("2006-01-02T15:04"); at != "2026-11-26T10:00" {
			t.Errorf("%s: published %s", name, at)
		}
	}
}

// TestOddSkeletons reads feeds whose items lie where none are meant to.
func TestOddSkeletons(t *testing.T) {
	item := func(n string) string {
		return `<item><title>Story ` + n + `</title><link>https://a.example/` + n + `</link></item>`
	}
	for name, in := range map[string]string{
		"two channels":         `<rss><channel><title>t</title>` + item("1") + `</channel><channel><title>u</title>` + item("2") + `</channel></rss>`,
		"two channels, no rss": `<channel><title>t</title>` + item("1") + `</channel><channel><title>u</title>` + item("2") + `</channel>`,
		"a channel, left open": `<rss><channel><title>t</title>` + item("1") + `<channel><title>u</title>` + item("2") + `</channel></rss>`,
		"an item's channel":    `<rss><channel><title>t</title><item><channel>News</channel><title>Story 1</title><link>https://a.example/1</link></item>` + item("2") + `</channel></rss>`,
		"end tags that forgot their prefix": `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>t</title><a:id>f</id><a:entry><a:title>Story 1</title><a:id>n</id><a:link href="https://a.example/1"/></entry>` +
			`<a:entry><a:title>Story 2</a:title><a:link href="https://a.example/2"></link></a:entry></feed>`,
		"a prefix that nobody declared": `<rss><channel><title>t</title><x:item><x:title>Story 1</x:title><x:link>https://a.example/1</x:link></x:item>` + item("2") + `</channel></rss>`,
		"a prefix that nobody knows": `<rss xmlns:x="urn:x"><channel><title>t</title><x:item><title>Story 1</title><link>https://a.example/1</link></x:item>` +
			`<x:item><x:title>Story 2</x:title><link>https://a.example/2</link></x:item></channel></rss>`,
		"escaped as a whole": html.EscapeString(`<?xml version="1.0"?><rss><channel><title>t</title>` + item("1") + item("2") + `</channel></rss>`),
		"an empty item within": `<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>t</title><item><title>Story 1</title><link>https://proxy.example/9</link><item />` +
			`<feedburner:origLink>https://a.example/1</feedburner:origLink></item>` + item("2") + `</channel></rss>`,
	} {
		f, err := Parse([]byte(in), Options{})
		if got := brief(f.Stories); err != nil || f.Title != "t" || got != "Story 1|1\nStory 2|2" {
			t.Errorf("%s: %q %s %v", name, f.Title, got, err)
		}
	}
}

// TestMixedVocabularies reads what an item says in another vocabulary than its feed's own.
func TestMixedVocabularies(t *testing.T) {
	const spaces = ` xmlns:a="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.0/" xmlns:dcterms="http://purl.org/dc/terms/"` +
		` xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:googleplay="http://www.google.com/schemas/play-podcasts/1.0"`
	feeds := map[string][2]string{
		"rss":  {`<rss` + spaces + `><channel><item>`, `</item></channel></rss>`},
		"rdf":  {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"` + spaces + `><item>`, `</item></rdf:RDF>`},
		"atom": {`<feed xmlns="http://www.w3.org/2005/Atom"` + spaces + `><entry>`, `</entry></feed>`},
	}
	for _, c := range []struct{ in, element, want string }{
		{"rss rdf", `<a:title>It</a:title>`, "title It"},
		{"rss rdf atom", `<itunes:title>It</itunes:title>`, "title It"},
		{"rss rdf", `<itunes:title>Not it</itunes:title><title>It</title>`, "title It"},
		{"rss rdf", `<a:id>https://a.example/it</a:id>`, "guid https://a.example/it"},
		{"rss rdf", `<id>https://a.example/it</id>`, "link https://a.example/it"},
		{"rss rdf", `<guid>it</guid><id>no</id>`, "guid it"},
		{"atom", `<guid isPermaLink="true">https://a.example/it</guid>`, "link https://a.example/it"},
		{"rss rdf atom", `<dc:identifier>doi:10.1/it</dc:identifier>`, "guid doi:10.1/it"},
		{"atom", `<description>&lt;p&gt;It is &lt;b&gt;so&lt;/b&gt;.&lt;/p&gt;</description>`, "teaser It is so."},
		{"rss rdf atom", `<dc:description>It is so.</dc:description>`, "teaser It is so."},
		{"rss rdf atom", `<dcterms:abstract>It is so.</dcterms:abstract>`, "teaser It is so."},
		{"rss", `<itunes:subtitle>No.</itunes:subtitle><googleplay:description>It is so.</googleplay:description>`, "teaser It is so."},
		{"atom", `<category>It</category><category term="that"/>`, "topics It, that"},
		{"atom", `<pubDate>Thu, 26 Nov 2026 10:00:00 GMT</pubDate>`, "published 2026-11-26T10:00"},
		{"atom", `<created>2026-11-26T10:00:00Z</created><updated>2026-11-27T10:00:00Z</updated>`, "published 2026-11-26T10:00"},
		{"rss rdf", `<a:created>2026-11-26T10:00:00Z</a:created>`, "published 2026-11-26T10:00"},
		{"rss rdf atom", `<dcterms:date>2026-11-26T10:00:00Z</dcterms:date>`, "published 2026-11-26T10:00"},
		{"rss rdf atom", `<dcterms:available>2026-11-26T10:00:00Z</dcterms:available>`, "published 2026-11-26T10:00"},
		{"rss rdf", `<prism:publicationDate xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">2026-11-26T10:00:00Z</prism:publicationDate>`, "published 2026-11-26T10:00"},
		{"rss", `<language>fr</language>`, "language fr"},
		{"rss", `<publicationDate>2026-11-26T10:00:00Z</publicationDate>`, "published 2026-11-26T10:00"},
		{"rss", `<author>Ada Quay</author><author>b@a.example (Bo Pier)</author>`, "authors Ada Quay, Bo Pier"},
		{"rss", `<author><name>Ada Quay</name><title>Editor</title></author><author><name>Bo Pier</name></author>`, "authors Ada Quay, Bo Pier"},
		{"rss", `<DC:CREATOR>Ada Quay</DC:CREATOR>`, "authors Ada Quay"},
		{"rdf atom", `<DC:Creator xmlns:DC="http://purl.org/dc/elements/1.1/">Ada Quay</DC:Creator>`, "authors Ada Quay"},
		{"rss rdf atom", `<x:creator xmlns:x=" HTTPS://purl.org/dc/elements/1.1">Ada Quay</x:creator>`, "authors Ada Quay"},
		{"rss atom", `<dcterms:title>It</dcterms:title>`, "title It"},
		{"rss rdf", `<y:full-text xmlns:y="http://news.yandex.ru">It is so.</y:full-text>`, "html It is so."},
		{"rss", `<turbo:content><![CDATA[<p>It is so.</p>]]></turbo:content>`, "html <p>It is so.</p>"},
		{"rss", `<fulltext>&lt;p&gt;It is so.&lt;/p&gt;</fulltext>`, "html <p>It is so.</p>"},
		{"rss", `<teaser>It is so.</teaser>`, "teaser It is so."},
		{"rss", `<excerpt>It is so.</excerpt>`, "teaser It is so."},
		{"rss", `<headline>It</headline>`, "title It"},
		{"rss", `<enclosure url="https://a.example/p.jpg" type="image/jpeg"/><media:credit>Ada</media:credit><media:description>It</media:description>`, "picture Ada: It"},
		{"rss", `<image>https://a.example/p.jpg</image><media:credit>Ada</media:credit>`, "picture Ada: "},
		{"atom", `<content:encoded>&lt;p&gt;It is so, ` + strings.Repeat("very ", 60) + `much.&lt;/p&gt;</content:encoded>`, "html <p>It is so, " + strings.Repeat("very ", 60) + "much.</p>"},
		{"atom", `<enclosure url="https://a.example/p.jpg" type="image/jpeg"/><media:credit>Ada</media:credit>`, "picture Ada: "},
		{"rss rdf", `<link href="https://a.example/it"/><link rel="enclosure" href="https://a.example/p.jpg"/>`, "link https://a.example/it"},
		{"rss rdf", `<link rel="canonical" href="https://a.example/it"/>`, "link https://a.example/it"},
		{"rss rdf", `<link rel="replies" href="https://a.example/no"/><guid>https://a.example/it</guid>`, "link https://a.example/it"},
		{"rss rdf", `<link rel="enclosure" type="image/jpeg" href="https://a.example/p.jpg"/><media:credit>Ada</media:credit>`, "picture Ada: "},
		{"rss rdf", `<a:link rel="enclosure" type="image/jpeg" href="https://a.example/p.jpg"/><media:credit>Ada</media:credit>`, "picture Ada: "},
		{"rss", `<byline>By Ada Quay</byline>`, "authors Ada Quay"},
		{"rss rdf", `<creator>Ada Quay</creator>`, "authors Ada Quay"},
		{"rss rdf", `<dcterms:creator>Ada Quay</dcterms:creator>`, "authors Ada Quay"},
		{"rss", `<googleplay:author>Ada Quay</googleplay:author>`, "authors Ada Quay"},
	} {
		for _, kind := range strings.Fields(c.in) {
			f, err := Parse([]byte(feeds[kind][0]+c.element+feeds[kind][1]), Options{})
			if err != nil || len(f.Stories) != 1 {
				t.Errorf("%s: %s: %v", kind, c.element, err)
				continue
			}
			s := f.Stories[0]
			field, want, _ := strings.Cut(c.want, " ")
			got := map[string]string{
				"title": s.Title, "guid": s.GUID, "link": s.URL, "teaser": s.Teaser, "topics": strings.Join(s.Topics, ", "),
				"language": s.Language, "html": s.HTML, "authors": strings.Join(s.Authors, ", "), "published": s.Published.Format("2006-01-02T15:04"),
			}[field]
			if s.Image != nil && field == "picture" {
				got = s.Image.Credit + ": " + s.Image.Caption
			}
			if got != want {
				t.Errorf("%s: of %s the %s is %q, want %q", kind, c.element, field, got, want)
			}
		}
	}
}
