package feed

import "testing"

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
		"an empty item within": `<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>t</title><item><title>Story 1</title><link>https://proxy.example/9</link><item />` +
			`<feedburner:origLink>https://a.example/1</feedburner:origLink></item>` + item("2") + `</channel></rss>`,
	} {
		f, err := Parse([]byte(in), Options{})
		if got := brief(f.Stories); err != nil || f.Title != "t" || got != "Story 1|1\nStory 2|2" {
			t.Errorf("%s: %q %s %v", name, f.Title, got, err)
		}
	}
}
