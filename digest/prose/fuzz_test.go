package prose

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
)

// survivors is the allow-list once more, written apart from the one that the code
// works by: elements, and the attributes each may have beside dir and lang.
var survivors = map[string]string{
	"p": "", "br": "", "hr": "", "div": "", "span": "", "section": "", "article": "", "h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "",
	"ul": "", "ol": "start", "li": "", "dl": "", "dt": "", "dd": "", "blockquote": "", "q": "", "cite": "", "pre": "", "code": "", "kbd": "",
	"samp": "", "var": "", "em": "", "strong": "", "b": "", "i": "", "u": "", "s": "", "del": "", "ins": "", "mark": "", "small": "", "sub": "", "sup": "",
	"abbr": "title", "time": "datetime", "a": "href", "img": "src alt width height", "figure": "", "figcaption": "",
	"table": "", "caption": "", "thead": "", "tbody": "", "tfoot": "", "tr": "", "td": "colspan rowspan", "th": "colspan rowspan scope",
}

// hostile are texts that have got past sanitisers, or could: beside the corpus that
// earlier runs left in testdata.
var hostile = []string{
	`<p onclick=x>a<script>b</script>`, `<a href="javascript:x">`, `<svg><style><img src=x onerror=y>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<math><mtext><table><mglyph><style><math><img src onerror=alert(1)>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<svg><foreignobject><p><title></title></svg><img src=x onerror=alert(1)>`,
	`<table><td><p>x</table>`, `<img src="http://a/b.jpg" alt="&quot;">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<base href="http://[::1"><a href="x">`, `<template><img src=x onerror=alert(1)></template>`, `a<plaintext><b>c`, `<xmp><img src=x onerror=alert(1)></xmp>`,
	`<![CDATA[<img src=x onerror=alert(1)>]]>`, `<!--><img src=x onerror=alert(1)>-->`, `<!--!><b>x</b>`, `<?php <img src=x onerror=alert(1)>?>`,
	`<b><p>x</b>y</p>`, `<a href=http://a.example>1<table><a href=http://b.example>2`, `<h1><h2>x`, `<li>1<li>2`, `<p><div><p>x</div>`,
	`<b><b><b><b>x</b></b></b></b>`, `<table>a<tr>b<td>c`, "<pre>\n\nx</pre>", "<listing>\n\nx", `<ul><p>x<li>y</ul>`, `<dd><dt>x<dd>y`,
	`<a href="https://a.example/?q='&quot;<>&amp;copy=1">x</a>`, `<a href="https://user:pass@a.example/%zz|^">x</a>`, `<a href="ht&#9;tps://a.example/">x</a>`,
	`<img srcset="https://a.example/p.jpg 1x"><img width=1 height=1 src=https://a.example/q.png>`, `<td colspan=999999 rowspan=0>x`,
	`<div hidden>a</div><p style="display:none">b</p>c`, `<div>Read more<p>Read more</p></div>`, `<p><a href=x>Continue reading</a></p>`,
	`<div class=related><p>x<a href=y>z</a></p></div>`, "<p>a\x00b&#0;c\r\nd&#13;e\u202e\ufffe</p>", `<span lang=de dir=rtl class=x>a</span><span>b</span>`,
	`<center>a</center>b<font color=red>c</font>`, `<select><option><img src=x onerror=alert(1)></select>`, `<image src=https://a.example/x.png>`,
	`<frameset><frame src=x></frameset>`, `<video src=x onerror=alert(1)>said:</video>`, `<isindex type=image src=1 onerror=alert(1)>`, `<b <script>x</b>`,
}

// FuzzClean: cleaning twice changes nothing; nothing that is not allowed survives a
// second parse, by whatever parser's habits; and what stands behind a text is not
// drawn into it.
func FuzzClean(f *testing.F) {
	for _, seed := range hostile {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) < 1<<16 {
			holdClean(t, in)
		}
	})
}

// FuzzTags is FuzzClean for texts made of tags, each byte one of them: of letters by
// chance few come to be a tag that means anything.
func FuzzTags(f *testing.F) {
	for i := range 64 {
		f.Add([]byte{byte(i), byte(3*i + 7), byte(5 * i), byte(11*i + 40), byte(i + 128), byte(7*i + 130), byte(13 * i), byte(i)})
	}
	names := make([]string, 0, len(survivors))
	for name := range survivors {
		names = append(names, name)
	}
	slices.Sort(names)
	names = append(names, "svg", "math", "mtext", "mglyph", "style", "script", "title", "noscript", "template", "form", "select", "option", "textarea",
		"button", "object", "foreignobject", "desc", "annotation-xml", "iframe", "xmp", "plaintext", "listing", "nobr", "font", "center", "colgroup",
		"col", "frameset", "optgroup", "rt", "ruby", "body", "html", "head", "marquee", "video", "input", "image", "custom-x", "header", "dialog")
	attributes := []string{"", " hidden", ` href="/x"`, ` src="y.png" alt="z"`, ` class="related" dir="rtl"`, ` title="</style><img src=x onerror=alert(1)>"`}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 400 {
			return
		}
		var b strings.Builder
		for i, c := range in {
			switch name := names[int(c)%len(names)]; {
			case c >= 250:
				b.WriteString([]string{"read more", "<!--", "-->", "\n", " ", "&lt;b>"}[c-250])
			case int(c) >= len(names)+30:
				b.WriteString("</" + name + ">")
			default:
				b.WriteString("<" + name + attributes[i%len(attributes)] + ">t")
			}
		}
		holdClean(t, b.String())
	})
}

func holdClean(t *testing.T, in string) {
	t.Helper()
	if unchanged(in) && policy().Sanitize(in) != in {
		t.Fatalf("%q counts as unchanged, and bluemonday makes it %q", in, policy().Sanitize(in))
	}
	base, _ := url.Parse("https://paper.example/news/")
	for _, from := range []*url.URL{nil, base} {
		c := Clean(in, from)
		if !utf8.ValidString(c.HTML) {
			t.Fatalf("%q\n gives %q: no UTF-8", in, c.HTML)
		}
		if twice := Clean(c.HTML, base).HTML; twice != c.HTML {
			t.Fatalf("%q\n once %q\ntwice %q", in, c.HTML, twice)
		}
		if again := policy().Sanitize(c.HTML); again != c.HTML {
			t.Fatalf("%q\ngives %q\nwhich bluemonday makes %q", in, c.HTML, again)
		}
		for _, scripting := range []bool{true, false} {
			survey(t, in, c.HTML, scripting)
		}
		if s := Skim(in, from); !slices.Equal(s.Paragraphs, c.Paragraphs) && strings.ContainsAny(in, "<&") {
			t.Fatalf("%q\n has %q\nskimmed %q", in, c.Paragraphs, s.Paragraphs)
		}
	}
}

// survey reads a cleaned text as browsers do and looks at every node.
func survey(t *testing.T, in, cleaned string, scripting bool) {
	t.Helper()
	const before, after = `<!DOCTYPE html><body><table><tbody><tr><td id="in">`, `</td></tr></tbody></table><hr id="behind"></body>`
	doc, err := xhtml.ParseWithOptions(strings.NewReader(before+cleaned+after), xhtml.ParseOptionEnableScripting(scripting))
	if err != nil {
		t.Fatalf("%q\ngives %q: %v", in, cleaned, err)
	}
	var within, behind *xhtml.Node
	for n := range doc.Descendants() {
		switch get(n, "id") {
		case "in":
			within = n
		case "behind":
			behind = n
		}
	}
	if within == nil || behind == nil || behind.Parent.Data != "body" || behind.PrevSibling == nil || behind.PrevSibling.Data != "table" {
		t.Fatalf("%q\ngives %q, which does not stay in its place", in, cleaned)
	}
	for n := range within.Descendants() {
		if fault := forbidden(n); fault != "" {
			t.Fatalf("%q\ngives %q: %s", in, cleaned, fault)
		}
	}
}

var (
	number  = regexp.MustCompile(`^\d+$`)
	webHref = regexp.MustCompile(`^(https?://[a-z0-9_.:\[\]-]+([/?#][!-~]*)?|mailto:[!-~]+@[!-~]*)$`)
)

// forbidden says what of a node ought not to be there.
func forbidden(n *xhtml.Node) string {
	if n.Type == xhtml.TextNode {
		return ""
	}
	may, ok := survivors[n.Data]
	if n.Type != xhtml.ElementNode || n.Namespace != "" || !ok {
		return "<" + n.Data + "> survived"
	}
	if n.Data == "img" && get(n, "src") == "" || n.Data == "a" && get(n, "href") == "" {
		return "<" + n.Data + "> leads nowhere"
	}
	for _, a := range n.Attr {
		switch {
		case a.Namespace != "" || !slices.Contains(strings.Fields(may+" dir lang"), a.Key):
			return a.Key + " survived"
		case a.Key == "href" && !webHref.MatchString(a.Val), a.Key == "src" && !(webHref.MatchString(a.Val) && strings.HasPrefix(a.Val, "http")):
			return a.Key + "=" + a.Val + " survived"
		case strings.Contains("start width height colspan rowspan", a.Key) && !number.MatchString(a.Val):
			return a.Key + "=" + a.Val + " is no number"
		}
	}
	return ""
}
