package feed

import (
	"fmt"
	"strings"
	"testing"
)

// TestOneSlip makes one slip at a place of a sound feed, at every seventh: it costs no
// more than one of the three stories, and invents none.
func TestOneSlip(t *testing.T) {
	item := func(n int) string {
		return fmt.Sprintf(`<item><title>Story %d</title><link>https://a.example/%[1]d</link><description><![CDATA[<p>Text "of" <b>%[1]d</b> &amp; more.</p>]]></description>`+
			`<guid isPermaLink="false">g%[1]d</guid><pubDate>Thu, 26 Nov 2026 10:0%[1]d:00 GMT</pubDate><enclosure url="https://a.example/%[1]d.jpg" type="image/jpeg" length="1"/></item>`, n)
	}
	entry := func(n int) string {
		return fmt.Sprintf(`<entry><title type="html">Story %d</title><link rel="alternate" href="https://a.example/%[1]d"/><id>urn:x:%[1]d</id>`+
			`<updated>2026-11-26T10:0%[1]d:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text of %[1]d.</p></div></content></entry>`, n)
	}
	slips := map[string]func(before, after string) string{
		"a byte lost":  func(before, after string) string { return before + after[1:] },
		"a byte twice": func(before, after string) string { return before + after[:1] + after },
	}
	for _, mark := range []string{"<", ">", "&", `"`, "'", "/", "\x00", "]]>", "<!--", "-->", "<![CDATA["} {
		slips["a stray "+mark] = func(before, after string) string { return before + mark + after }
	}
	for what, doc := range map[string]string{
		"RSS":  `<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://a.example/</link>` + item(1) + item(2) + item(3) + `</channel></rss>`,
		"Atom": `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>` + entry(1) + entry(2) + entry(3) + `</feed>`,
	} {
		for at := strings.Index(doc, "?>") + 10; at < len(doc); at += 7 {
			for name, slip := range slips {
				f, err := Parse([]byte(slip(doc[:at], doc[at:])), Options{})
				whole, more := 0, 0
				for _, line := range strings.Split(brief(f.Stories), "\n") {
					switch line {
					case "Story 1|1", "Story 2|2", "Story 3|3":
						whole++
					case "|": // an empty item is none
					default:
						more++
					}
				}
				if err != nil || whole < 2 || whole+more > 3 {
					t.Errorf("%s in %s at %d, before %.20q: %v\n%s", name, what, at, doc[at:], err, brief(f.Stories))
				}
			}
		}
	}
}
