package templates

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
)

const ourPictures = "https://news.harbour-observer.example/m/"

// oneArticle renders an edition of one story in full, and cuts the article out of
// HTML (without its styles) and text.
func oneArticle(t *testing.T, article string) (page, text string) {
	t.Helper()
	links := linksOf()
	links.Pictures = ourPictures
	rev := digest.Revision{Language: "en", Title: "T", Lead: &digest.Item{Story: digest.Story{
		Title: "Lead", URL: "https://harbour-observer.example/lead", Teaser: "Teaser.", HTML: article,
	}}}
	r, err := Render(rev, Full, Look{Title: "T"}, links)
	if err != nil {
		t.Fatal(err)
	}
	checkInert(t, r)
	_, page, _ = strings.Cut(r.HTML, "</h2>")
	page, _, _ = strings.Cut(page, `<div style="`+string(filledStyles(Look{Title: "T"}.withDefaults(), "ltr")["footer"]))
	var bare strings.Builder
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		tok := z.Token()
		if tok.Data == "div" && kind != html.TextToken {
			continue
		}
		kept := tok.Attr[:0]
		for _, a := range tok.Attr {
			if a.Key != "style" && a.Key != "class" && a.Key != "alt" {
				kept = append(kept, a)
			}
		}
		tok.Attr = kept
		bare.WriteString(tok.String())
	}
	_, text, _ = strings.Cut(r.Text, "Lead\n----\n")
	text, _, _ = strings.Cut(strings.TrimLeft(text, "\n"), "\n\nhttps://harbour-observer.example/lead")
	return strings.Join(strings.FieldsFunc(strings.ReplaceAll(bare.String(), "><", "> <"), func(c rune) bool { return c == ' ' || c == '\n' }), " "), text
}

// TestArticles: what the source's markup becomes in HTML and in text.
func TestArticles(t *testing.T) {
	for name, c := range map[string]struct{ source, html, text string }{
		"nothing":        {"  ", "<p>Teaser.</p>", "Teaser."},
		"no words":       {"<p> </p><div></div>", "<p>Teaser.</p>", "Teaser."},
		"paragraphs":     {"<p>One\n two.</p> <p>Three.</p>", "<p>One two.</p> <p>Three.</p>", "One two.\n\nThree."},
		"bare text":      {"One<p>Two</p>Three", "<p>One</p> <p>Two</p> <p>Three</p>", "One\n\nTwo\n\nThree"},
		"breaks":         {"One<br>two<br><br>Three<br>", "<p>One<br>two</p> <p>Three</p>", "One\ntwo\n\nThree"},
		"no styles":      {`<p style="color:red" class="x" id="y" onclick="z">A<span style="x">b</span></p>`, "<p>Ab</p>", "Ab"},
		"emphasis":       {"<p>A <i>b</i> <b>c</b><em> </em> <u>d</u></p>", "<p>A <em>b</em> <strong>c</strong> d</p>", "A b c d"},
		"links":          {`<p>See <a href="https://x.example/?a=1&amp;b=2" target="_blank">this</a>.</p>`, `<p>See <a href="https://x.example/?a=1&amp;b=2">this</a>.</p>`, "See this <https://x.example/?a=1&b=2>."},
		"a bad link":     {`<p>See <a href="javascript:alert(1)">this</a> <a href="https://x.example/"> </a>.</p>`, "<p>See this .</p>", "See this ."},
		"a link shown":   {`<a href="https://x.example/">https://x.example/</a>`, `<p> <a href="https://x.example/">https://x.example/</a> </p>`, "https://x.example/"},
		"headings":       {"<h1>A</h1><p>a</p><h4>B</h4><p>b</p><h2>C</h2><h6>D</h6>", "<h3>A</h3> <p>a</p> <h4>B</h4> <p>b</p> <h4>C</h4> <h5>D</h5>", "A\n\na\n\nB\n\nb\n\nC\n\nD"},
		"its own title":  {"<h1>Lead</h1><p>a</p>", "<p>a</p>", "a"},
		"lists":          {"<ul><li>One<li><p>Two</p><ol start=3><li>x</li></ol></ul>", "<ul> <li>One</li> <li> <p>Two</p> <ol start=\"3\"> <li>x</li> </ol> </li> </ul>", "- One\n- Two\n  3. x"},
		"a quotation":    {"<blockquote>One<p>Two</p></blockquote>", "<blockquote> <p>One</p> <p>Two</p> </blockquote>", "> One\n> Two"},
		"verbatim":       {"<pre>a\n\tb &lt;c&gt;</pre>", "<p> <code>a<br>\u00a0\u00a0\u00a0\u00a0b &lt;c&gt;</code> </p>", "    a\n        b <c>"},
		"a table":        {"<table><caption>Ships</caption><tr><th>Name<th>Year<tr><td>Ada<td>1962<tr><td>Ben<td></table>", "<p>Ships</p> <ul> <li>Name: Ada; Year: 1962</li> <li>Name: Ben</li> </ul>", "Ships\n\n- Name: Ada; Year: 1962\n- Name: Ben"},
		"a layout table": {"<table><tr><td><ul><li>a</ul><td>b</table>", "<ul> <li>a</li> </ul> <p>b</p>", "- a\n\nb"},
		"scripts":        {"<p>A<script>alert(1)</script><style>p{}</style></p><iframe src=x>y</iframe>", "<p>A</p>", "A"},
		"our picture":    {`<p>A</p><figure><img src="` + ourPictures + `a.jpg" alt="Quay" width="1200" height="600"><figcaption>The quay</figcaption></figure>`, `<p>A</p> <img src="` + ourPictures + `a.jpg" width="600" height="300"> <p>The quay</p>`, "A\n\nThe quay"},
		"their picture":  {`<p>A<img src="https://x.example/pixel.gif" width="1" height="1"></p>`, "<p>A</p>", "A"},
		"a cid":          {`<p>A<img src="cid:x@picture"></p>`, "<p>A</p>", "A"},
	} {
		t.Run(name, func(t *testing.T) {
			page, text := oneArticle(t, c.source)
			if page != c.html {
				t.Errorf("HTML\n%s\nwant\n%s", page, c.html)
			}
			if text != c.text {
				t.Errorf("text\n%q\nwant\n%q", text, c.text)
			}
		})
	}
}

// TestForeignWords: what an article says in another language, or in another direction,
// says so in the mail, too, once for all that it stands in.
func TestForeignWords(t *testing.T) {
	for source, want := range map[string]string{
		`<p lang="ar" dir="rtl">سلام</p><p>Hello</p>`:                                       `<div lang="ar" dir="rtl"> <p>سلام</p> </div> <p>Hello</p>`,
		`<div dir="rtl"><p dir="rtl">سلام</p><p dir="ltr" lang="fr">Salut</p></div>`:        `<div dir="rtl"> <p>سلام</p> </div> <div dir="rtl"> <div lang="fr" dir="ltr"> <p>Salut</p> </div> </div>`,
		`<p>She said <span lang="fr">salut</span>, <em lang="de" dir="ltr">hallo</em>.</p>`: `<p>She said <span lang="fr">salut</span>, <em lang="de">hallo</em>.</p>`,
		`<p lang="en" dir="ltr">Hello</p>`:                                                  `<p>Hello</p>`,
		`<p lang="x y" dir="up">Hello</p>`:                                                  `<p>Hello</p>`,
		`<blockquote dir="rtl"><p>سلام</p></blockquote>`:                                    `<div dir="rtl"> <blockquote> <p>سلام</p> </blockquote> </div>`,
		`<p><span dir="rtl"> </span>Hello</p>`:                                              `<p>Hello</p>`,
	} {
		links := linksOf()
		rev := digest.Revision{Language: "en", Title: "T", Lead: &digest.Item{Story: digest.Story{Title: "Lead", URL: "https://harbour-observer.example/lead", HTML: source}}}
		r, err := Render(rev, Full, Look{Title: "T"}, links)
		if err != nil {
			t.Fatal(err)
		}
		checkInert(t, r)
		styles := regexp.MustCompile(` (?:style|class)="[^"]*"`)
		page := strings.Join(strings.Fields(strings.ReplaceAll(styles.ReplaceAllString(r.HTML, ""), "><", "> <")), " ")
		if !strings.Contains(page, "<div> "+want+" </div>") {
			_, page, _ = strings.Cut(page, "</h2>")
			t.Errorf("%s:\n%.300s\nwant %s", source, page, want)
		}
	}
}

// TestUnknownLanguage: a story of which nobody knows the language is read as its letters are.
func TestUnknownLanguage(t *testing.T) {
	for _, c := range []struct{ edition, title, want string }{
		{"en", "غرقت العبّارة BBC", ` dir="rtl"`},
		{"en", "The ferry sank سلام", ""},
		{"en", "2026", ""},
		{"ar", "The ferry sank", ` dir="ltr"`},
		{"ar", "غرقت العبّارة", ""},
	} {
		rev := digest.Revision{Language: c.edition, Title: "T", Lead: &digest.Item{Story: digest.Story{Title: c.title, URL: "https://harbour-observer.example/lead"}}}
		r, err := Render(rev, Digest, Look{Title: "T"}, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		styles := filledStyles(Look{Title: "T"}.withDefaults(), map[string]string{"en": "ltr", "ar": "rtl"}[c.edition])
		if !strings.Contains(r.HTML, "<div"+c.want+` style="`+string(styles["lead"])+`"`) {
			t.Errorf("%q in %s: want%s", c.title, c.edition, c.want)
		}
	}
}

// FuzzArticlesStayInert: no article gets a tag, an attribute or a picture of its own
// into the mail, nor a heading out of order.
func FuzzArticlesStayInert(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
		f.Add("<h5>" + s + "</h5><table><tr><td>" + s + "<td><a href='" + s + "'>" + s + "</a></table>")
	}
	f.Add(strings.Repeat("<blockquote><ul><li>", 300) + "deep")
	f.Add(strings.Repeat("<p>"+strings.Repeat("long ", 200)+"</p>", 400))
	f.Fuzz(func(t *testing.T, article string) {
		item := digest.Item{Story: digest.Story{Title: "T", URL: "https://news.example/", HTML: article}}
		rev := digest.Revision{Language: "en", Title: "T", Lead: &item, Blocks: []digest.Block{{Name: "N", Items: []digest.Item{item, item}}}}
		r, err := Render(rev, Full, Look{Title: "T"}, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		checkInert(t, r)
		if len(r.HTML) > fullBytes {
			t.Errorf("%d bytes of HTML", len(r.HTML))
		}
		last := 1
		for _, h := range headings(r.HTML) {
			if level := int(h[1] - '0'); level > last+1 {
				t.Fatalf("headings %v", headings(r.HTML))
			} else {
				last = level
			}
		}
	})
}

// TestBylineOfAnotherScript: the day behind a name in other letters is not drawn into the name.
func TestBylineOfAnotherScript(t *testing.T) {
	for _, c := range []struct{ edition, author, want string }{
		{"ar", "Marit Oduya", "بقلم Marit Oduya\u200f\u00a0· 26\u00a0نوفمبر"},
		{"ar", "مارن BBC", "بقلم مارن BBC\u200f\u00a0· 26\u00a0نوفمبر"},
		{"ar", "مارن هولت", "بقلم مارن هولت\u00a0· 26\u00a0نوفمبر"},
		{"en", "مارن هولت", "By مارن هولت\u200e\u00a0· 26\u00a0November"},
		{"en", "Marit Oduya", "By Marit Oduya\u00a0· 26\u00a0November"},
	} {
		story := digest.Story{Title: "T", URL: "https://harbour-observer.example/lead", Authors: []string{c.author}, Published: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
		r, err := Render(digest.Revision{Language: c.edition, Title: "T", Lead: &digest.Item{Story: story}}, Digest, Look{Title: "T"}, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.HTML, ">"+c.want+"<") || !strings.Contains(r.Text, c.want) {
			t.Errorf("%s in %s: want %q in\n%s", c.author, c.edition, c.want, r.Text)
		}
	}
}
