package templates

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// What a mail is built of, item by item, on the bytes that are mailed.

func attr(tok html.Token, key string) string {
	for _, a := range tok.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// elements calls f with each element of a page, conditional comments opened.
func elements(page string, f func(html.Token)) {
	page = strings.NewReplacer("<!--[if mso]>", "", "<![endif]-->", "").Replace(page)
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			f(z.Token())
		}
	}
}

// body lists the direct children of the body.
func body(t *testing.T, page string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range doc.Descendants() {
		if n.Data == "body" {
			for c := range n.ChildNodes() {
				if c.Type == html.ElementNode {
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// TestLanguageWithinTheBody: webmail throws html and body away, and with them
// lang and dir. So both stand on what is within as well.
func TestLanguageWithinTheBody(t *testing.T) {
	for lang := range languages {
		page, dir := rendered(t, lang, Digest).HTML, map[string]string{"ar": "rtl"}[lang]
		if dir == "" {
			dir = "ltr"
		}
		if !strings.Contains(page, `<html lang="`+lang+`" dir="`+dir+`">`) {
			t.Errorf("%s: html has no language", lang)
		}
		children := body(t, page)
		if len(children) != 2 { // the preheader and the sheet
			t.Fatalf("%s: %d elements in the body", lang, len(children))
		}
		for _, c := range children {
			tok := html.Token{Data: c.Data, Attr: c.Attr}
			if c.Data != "div" || attr(tok, "lang") != lang || attr(tok, "dir") != dir {
				t.Errorf("%s: <%s lang=%q dir=%q> in the body", lang, c.Data, attr(tok, "lang"), attr(tok, "dir"))
			}
		}
		sheet := html.Token{Attr: children[1].Attr}
		if attr(sheet, "role") != "article" || attr(sheet, "aria-roledescription") != words.For(lang).Mail || attr(sheet, "aria-label") == "" {
			t.Errorf("%s: the sheet is no article with a name", lang)
		}
	}
}

// TestTablesArePresentation, those that Outlook alone sees included.
func TestTablesArePresentation(t *testing.T) {
	for lang := range languages {
		elements(rendered(t, lang, Digest).HTML, func(tok html.Token) {
			if role := attr(tok, "role"); tok.Data == "table" && role != "none" && role != "presentation" {
				t.Errorf("%s: a table of the role %q", lang, role)
			}
			if strings.Contains(tok.Data, ":") && tok.Data != "o:officedocumentsettings" && tok.Data != "o:pixelsperinch" {
				t.Errorf("%s: VML: %s", lang, tok.Data)
			}
		})
	}
}

// TestLinksAreUnderlined, but the name of the newspaper on top.
func TestLinksAreUnderlined(t *testing.T) {
	for _, theme := range ThemeNames() {
		for _, v := range []Variant{Digest, Full, Private, Web} {
			elements(inTheme(t, theme, "en", v).HTML, func(tok html.Token) {
				if tok.Data == "a" && !strings.Contains(attr(tok, "style"), "text-decoration:underline") && attr(tok, "href") != linksOf().Home {
					t.Errorf("%s, %s: the link to %s is not underlined", theme, v, attr(tok, "href"))
				}
			})
		}
	}
}

// TestButtonsAreLinks with room around them.
func TestButtonsAreLinks(t *testing.T) {
	for lang := range languages {
		buttons := 0
		elements(rendered(t, lang, Digest).HTML, func(tok html.Token) {
			style := attr(tok, "style")
			if tok.Data != "a" || !strings.Contains(style, "border:1px") {
				return
			}
			buttons++
			if !strings.Contains(style, "padding:12px 22px") || !strings.Contains(style, "display:inline-block") {
				t.Errorf("%s: a button without room: %s", lang, style)
			}
		})
		if buttons == 0 {
			t.Errorf("%s: no button", lang)
		}
	}
}

// TestLinksSayWhereTheyGo: each has words, and the same words lead to one place.
func TestLinksSayWhereTheyGo(t *testing.T) {
	for lang := range languages {
		doc, err := html.Parse(strings.NewReader(rendered(t, lang, Digest).HTML))
		if err != nil {
			t.Fatal(err)
		}
		where := map[string]string{}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode || n.Data != "a" {
				continue
			}
			var words strings.Builder
			for c := range n.Descendants() {
				if c.Type == html.TextNode {
					words.WriteString(c.Data)
				}
				words.WriteString(attr(html.Token{Attr: c.Attr}, "alt"))
			}
			said, to := strings.TrimSpace(words.String()), attr(html.Token{Attr: n.Attr}, "href")
			if len(said) < 4 {
				t.Errorf("%s: the link to %s says %q", lang, to, said)
			}
			to, _, _ = strings.Cut(to, "?")
			if old, known := where[said]; known && old != to {
				t.Errorf("%s: %q leads to %s and to %s", lang, said, old, to)
			}
			where[said] = to
		}
	}
}

// TestEveryColourHasItsDark: whatever sets a light colour has the class that turns
// it in the dark, so that no pair of text and paper is left that nobody checked.
func TestEveryColourHasItsDark(t *testing.T) {
	colour := regexp.MustCompile(`(?:^|;)(color|background|border[a-z-]*):([^;]*)`)
	p := lightDefault
	text := map[string]string{p.Ink: "i", p.Muted: "m", p.Accent: "a"}
	above, below := map[string]string{p.Ink: "k", p.Rule: "r"}, map[string]string{p.Ink: "o", p.Rule: "s", p.Accent: "b"}
	for lang := range languages {
		page, err := Render(paid(lang), Digest, lookOf(languages[lang]), linksOf())
		if err != nil {
			t.Fatal(err)
		}
		elements(page.HTML, func(tok html.Token) {
			classes := strings.Fields(attr(tok, "class"))
			for _, m := range colour.FindAllStringSubmatch(attr(tok, "style"), -1) {
				i := strings.Index(m[2], "#")
				if i < 0 {
					continue
				}
				hex, want := m[2][i:i+7], ""
				switch m[1] {
				case "color":
					want = text[hex]
				case "background":
					want = "p"
				case "border-top":
					want = above[hex]
				case "border":
					want = "b"
				default:
					want = below[hex]
				}
				if !contains(classes, want) {
					t.Errorf("%s: <%s class=%q> sets %s:%s and has no dark one (class %q)", lang, tok.Data, classes, m[1], hex, want)
				}
			}
		})
	}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// TestPictures: their size is known before they come, and where they do not come
// their words are set to be read, also in the dark.
func TestPictures(t *testing.T) {
	for lang := range languages {
		pictures := 0
		elements(rendered(t, lang, Digest).HTML, func(tok html.Token) {
			if tok.Data != "img" {
				return
			}
			pictures++
			if attr(tok, "width") == "" || attr(tok, "height") == "" || attr(tok, "alt") == "" {
				t.Errorf("%s: a picture lacks width, height or alt: %v", lang, tok.Attr)
			}
			if style := attr(tok, "style"); !strings.Contains(style, "color:"+lightDefault.Muted) || !strings.Contains(style, "16px/24px") || !strings.Contains(attr(tok, "class"), "m") {
				t.Errorf("%s: the words for a picture are set %q", lang, style)
			}
		})
		if pictures < 4 {
			t.Errorf("%s: %d pictures", lang, pictures)
		}
	}
}

// TestStyleBlocks: a client that cannot read a block drops that one alone. So the
// dark colours, those for Outlook's apps and the print each have their own.
func TestStyleBlocks(t *testing.T) {
	page := rendered(t, "en", Digest).HTML
	blocks := strings.Split(page, "<style>")[1:]
	var kinds []string
	for _, b := range blocks {
		b, _, _ = strings.Cut(b, "</style>")
		for _, kind := range []string{"max-width", "prefers-color-scheme:dark", "[data-ogsc]", "print"} {
			if strings.Contains(b, "@media ("+kind) || strings.Contains(b, kind+" ") && kind[0] == '[' || strings.Contains(b, "@media "+kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	if got := strings.Join(kinds, " "); got != "max-width prefers-color-scheme:dark [data-ogsc] print" || len(blocks) != 4 {
		t.Errorf("%d blocks of style: %s", len(blocks), got)
	}
	if !strings.Contains(page, `<meta name="viewport" content="width=device-width, initial-scale=1">`) {
		t.Error("the page cannot be zoomed, or is not as wide as the phone")
	}
	for _, hindrance := range []string{"maximum-scale", "user-scalable"} {
		if strings.Contains(page, hindrance) {
			t.Errorf("zoom is hindered by %s", hindrance)
		}
	}
	if body := tokens["sheet"]; !strings.Contains(body, "font:16px/") {
		t.Errorf("the body is set %s", body)
	}
}

// TestPartialsAreSmall: each can be read, and changed, at a glance.
func TestPartialsAreSmall(t *testing.T) {
	paths, err := fs.Glob(embedded, "*/*.html")
	themes, _ := fs.Glob(embedded, "themes/*/*.html")
	if err != nil || len(themes) == 0 {
		t.Fatal("no partials", err)
	}
	for _, name := range append(paths, themes...) {
		text, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > 40 || len(text) > 1600 {
			t.Errorf("%s has %d lines, %d bytes", name, n, len(text))
		}
	}
}

// TestJoinedLettersStandUpright, whoever stresses them: Arabic has no italics.
func TestJoinedLettersStandUpright(t *testing.T) {
	for _, theme := range ThemeNames() {
		built, err := Named(theme)
		if err != nil {
			t.Fatal(err)
		}
		rev := eight(languages["ar"])
		rev.Intro += "\n\n*إدريس فاين*"
		rev.Lead.Story.HTML = "<p>قالت <i>إدريس</i> ذلك.</p>" + rev.Lead.Story.HTML
		for _, v := range []Variant{Digest, Full, Private, Web} {
			r, err := built.Render(rev, v, lookOf(languages["ar"]), linksOf())
			if err != nil {
				t.Fatal(err)
			}
			elements(r.HTML, func(tok html.Token) {
				style := attr(tok, "style")
				if strings.Contains(style, "italic") || tok.Data == "em" && style != "font-style:normal;font-weight:bold" {
					t.Errorf("%s, %s: <%s> is set %q", theme, v, tok.Data, style)
				}
			})
			if v == Full && !strings.Contains(r.HTML, "<em ") {
				t.Errorf("%s: nothing is stressed", theme)
			}
		}
	}
}

// paid is the edition of eight with one of them a sponsor's.
func paid(lang string) digest.Revision {
	rev := eight(languages[lang])
	rev.Blocks[0].Items[1].Story.Sponsor = "Lockside Houseboats"
	return rev
}

// TestWhatIsPaidForIsSetApart: by its label, its face and a row of its own.
func TestWhatIsPaidForIsSetApart(t *testing.T) {
	e := Default().newEdition(paid("en"), Digest, lookOf(languages["en"]).withDefaults(), linksOf())
	for _, r := range e.Sections[0].Rows {
		if r.Pair != nil {
			t.Error("what is paid for stands beside a story, or nothing does")
		}
	}
	r, err := Render(paid("en"), Digest, lookOf(languages["en"]), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(r.HTML, `style="`+string(e.styles["paid-kicker"])+`">Sponsored by Lockside Houseboats</p>`)
	_, headline, _ := strings.Cut(after, "<h3")
	if !strings.HasPrefix(headline, ` class="i" style="`+string(e.styles["paid-storyname"])+`"`) {
		t.Error("no label above the headline, or it is in the face of the paper's own words")
	}
	if !strings.Contains(r.Text, "Sponsored by Lockside Houseboats\n* Fish market") {
		t.Error("no label in the text")
	}
}

// TestLongWordsFitAPhone: German has words that are wider than one.
func TestLongWordsFitAPhone(t *testing.T) {
	for title, style := range map[string]string{"The Harbour Observer": "title", "Der Hafenbeobachter": "longtitle", "港口观察家报": "title"} {
		look := lookOf(languages["en"])
		look.Title = title
		r, err := Render(eight(languages["en"]), Digest, look, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		e := Default().newEdition(eight(languages["en"]), Digest, look.withDefaults(), linksOf())
		if !strings.Contains(r.HTML, `style="`+string(e.styles[style])+`"><a`) {
			t.Errorf("%s is not set as %s", title, style)
		}
	}
	if !strings.Contains(tokens["sheet"], "word-break:break-word") {
		t.Error("a long word widens the page")
	}
}
