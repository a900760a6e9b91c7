package prose

import (
	"net/url"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// FuzzClean: sanitising twice changes nothing, and nothing that is not allowed
// survives a second parse.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{
		`<p onclick=x>a<script>b</script>`, `<a href="javascript:x">`, `<svg><style><img src=x onerror=y>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
		`<table><td><p>x</table>`, `<img src="http://a/b.jpg" alt="&quot;">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<base href="http://[::1"><a href="x">`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		once := Clean(in, nil).HTML
		body := &xhtml.Node{Type: xhtml.ElementNode, DataAtom: atom.Body, Data: "body"}
		nodes, err := xhtml.ParseFragment(strings.NewReader(once), body)
		if err != nil {
			return // nested too deeply for a tree
		}
		for _, n := range nodes {
			forbid(t, in, n)
		}
		if twice := policy.Sanitize(once); twice != once {
			t.Fatalf("%q\n once %q\ntwice %q", in, once, twice)
		}
	})
}

func forbid(t *testing.T, in string, n *xhtml.Node) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Iframe, atom.Object, atom.Embed, atom.Form, atom.Svg, atom.Base, atom.Link, atom.Meta:
		t.Fatalf("%q: <%s> survived", in, n.Data)
	}
	for _, a := range n.Attr {
		key := strings.ToLower(a.Key)
		if strings.HasPrefix(key, "on") || key == "style" || key == "srcdoc" {
			t.Fatalf("%q: %s survived", in, key)
		}
		if u, err := url.Parse(strings.TrimSpace(a.Val)); (key == "href" || key == "src") && (err != nil || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto")) {
			t.Fatalf("%q: %s=%q survived", in, key, a.Val)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		forbid(t, in, c)
	}
}
