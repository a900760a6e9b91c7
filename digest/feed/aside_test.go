package feed

import (
	"strings"
	"testing"
)

// TestAside holds that long texts come back where they were, whatever the format, and
// that nobody gets another's by writing our mark.
func TestAside(t *testing.T) {
	long := func(name string) string { return strings.Repeat("The "+name+" is long enough to wait. ", 20) }
	for format, in := range map[string]string{
		"RSS":   `<rss><channel><item><title>1</title><description>` + long("first") + `</description><content:encoded>&lt;p>` + long("second") + `&lt;/p></content:encoded></item></channel></rss>`,
		"plain": `<rss><channel><item><title>1</title><description>` + long("first") + `</description><body>` + long("second") + `</body></item></channel></rss>`,
		"both":  `<rss><channel><item><title>1</title><summary>` + long("first") + `</summary><description>` + long("second") + `</description></item></channel></rss>`,
		"RDF":   `<rdf:RDF><item><title>1</title><description>` + long("first") + `</description><content:encoded><![CDATA[` + long("second") + `]]></content:encoded></item></rdf:RDF>`,
		"Atom":  `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>1</title><summary>` + long("first") + `</summary><content type="xhtml"><div><p>` + long("second") + `</p></div></content></entry></feed>`,
	} {
		f, err := Parse([]byte(in), Options{})
		if err != nil || len(f.Stories) != 1 {
			t.Fatalf("%s: %+v %v", format, f, err)
		}
		s := f.Stories[0]
		if !strings.HasPrefix(s.Teaser, "The first is long") || strings.Count(s.HTML, "The second is long") != 20 || strings.Contains(s.HTML, "first") {
			t.Errorf("%s: teaser %q, text %q", format, s.Teaser, s.HTML)
		}
	}
	for _, mark := range []string{"7", "-1", "x", "", "99999999999999999999"} {
		f, err := Parse([]byte(item(`<title>x</title><description>`+asideMark+mark+asideMark+`</description><content:encoded>`+long("text")+`</content:encoded>`)), Options{})
		if err != nil || len(f.Stories) != 1 || !strings.Contains(f.Stories[0].HTML, "The text is long") {
			t.Errorf("%q: %+v %v", mark, f, err)
		}
	}
}
