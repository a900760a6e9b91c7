package prose

import (
	"fmt"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"
)

// alive are start tags, each of its own kind.
func alive(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<b a%d>", i)
	}
	return b.String()
}

// TestOvergrown: what would fill a memory is reduced to its words, and what is only long
// is not.
func TestOvergrown(t *testing.T) {
	many := strings.Repeat("x<p>", 100_000)
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"bold for ever":      {"<p>" + alive(400) + many, true},
		"eight of a kind":    {"<p>" + strings.Repeat("<b><i><u><s><em><strong><small><code>", 3) + many, true},
		"a long link":        {`<p><a href="https://a.example/` + strings.Repeat("x", 100_000) + `">` + many, true},
		"hidden end tags":    {strings.Repeat(`<i a=">">x<!--</i>-->`, 400) + many, true},
		"end tags in values": {strings.Repeat(`<i ="a= "></i>">`, 400) + many, true},
		"paragraphs":         {many, false},
		"one open":           {"<b>" + many, false},
		"an article": {strings.Repeat(`<p class="x"><a href="https://a.example/?q='1'"><strong>One</strong> <img src=a.jpg alt="a > b"/></a>, `+
			`<em class='y'>two</em><br/><b><i>three</i></b></p><ul><li><code>four</code></ul>`, 2_000), false},
		"links around blocks": {strings.Repeat(`<a href="https://a.example/`+strings.Repeat("x", 200)+`"><div><h2>One</h2></div></a>`, 2_000), false},
	} {
		if got := Overgrown(c.text); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if got := Clean(c.text, nil); c.want && len(got.Paragraphs) == 0 || len(got.HTML) > maxHTML {
			t.Errorf("%s: %d paragraphs, %d bytes of HTML", name, len(got.Paragraphs), len(got.HTML))
		}
	}
}

// TestGrownTooLong: what is longer than a text may be once it is written is not kept.
func TestGrownTooLong(t *testing.T) {
	for name, in := range map[string]string{
		"open":   "<p><strong><em>" + strings.Repeat("x<p>", 25_000),
		"quotes": strings.Repeat(`" `, maxHTML/2),
	} {
		c := Clean(in, nil)
		if !c.TooLong || c.HTML != "" || len(c.Paragraphs) == 0 {
			t.Errorf("%s: %v, %d bytes of HTML, %d paragraphs", name, c.TooLong, len(c.HTML), len(c.Paragraphs))
		}
	}
}

// FuzzOvergrown: a tree of what is not overgrown has no more elements than were counted.
func FuzzOvergrown(f *testing.F) {
	for i := range 64 {
		f.Add([]byte{byte(i), byte(3*i + 7), byte(5 * i), byte(11*i + 40), byte(i + 128), byte(7*i + 130), byte(13 * i), byte(i)})
	}
	pieces := []string{
		"<b>", "</b>", "<i a1>", "<i a2>", "</i>", "<a href=x>", "</a>", "<font a>", "</font>", "<nobr>", "</nobr>", "<code b>", "</code>", "<u c='>'>", "</u>",
		"<span>", "</span>", "<p>", "</p>", "<div>", "</div>", "<table>", "<td>", "</td>", "</table>", "<svg>", "</svg>", "<math>", "</math>", "<mi>", "</mi>",
		"<select>", "</select>", "<style>", "</style>", "<title>", "</title>", "<template>", "</template>", "<!--", "-->", "<![CDATA[", "]]>", "<img alt='", "'>",
		`<b ="a= `, `">`, "<foreignObject>", "</foreignObject>", "<button>", "</button>", "<caption>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "x", "<", ">",
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 300 {
			return
		}
		var b strings.Builder
		for i, c := range in {
			piece := pieces[int(c)%len(pieces)]
			if c >= 128 { // of a kind of its own
				piece = strings.Replace(piece, " a", fmt.Sprintf(" a%d", i), 1)
			}
			b.WriteString(piece)
		}
		text := withEndTags(b.String() + strings.Repeat("x<p>", 200))
		if overgrown(text, 2_000) {
			return
		}
		body, err := parse(text)
		if err != nil {
			return
		}
		nodes := 0
		for n := range body.Descendants() {
			if n.Type == xhtml.ElementNode {
				nodes++
			}
		}
		if tags := strings.Count(text, "<"); nodes > 2*tags+2_000 {
			t.Fatalf("%q: %d elements of %d tags", b.String(), nodes, tags)
		}
	})
}
