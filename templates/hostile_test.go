package templates

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
)

// hostile are texts that try to become more than text.
var hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`</title></style><!--[if mso]><b>`,
	"\u202eevil\u202c \u2066turned",
	strings.Repeat("W", 5000),
	strings.Repeat("\u0301", 3000),
	"line\r\nBcc: everyone@example.org\x00\x1b[31m",
	"{{.Secret}} {title} %s",
	"漢字仮名交じり文" + strings.Repeat("漢", 200),
	"\xff\xfe broken",
	"javascript:alert(1)",
}

// FuzzStoriesStayInert renders a story made of one text in every field.
func FuzzStoriesStayInert(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
		f.Add("A title", s)
		f.Add(s, "https://news.example/"+s)
	}
	f.Fuzz(func(t *testing.T, words, address string) {
		item := digest.Item{
			Story: digest.Story{
				Title: words, URL: address, Teaser: words, HTML: words, Authors: []string{words}, Sponsor: words,
				Correction: words, Language: words, Image: &digest.Image{URL: address, Alt: words, Caption: words, Credit: words},
			},
			Kicker: words, Section: words, Also: []digest.Link{{Title: words, URL: address}},
		}
		rev := digest.Revision{
			Language: "en", Title: "T", Subject: words, Preheader: words, Intro: words + "\n\n[" + words + "](" + address + ")",
			Lead: &item, Blocks: []digest.Block{{Name: words, Items: []digest.Item{item, item, item}}},
		}
		r, err := Render(rev, Digest, Look{Title: "T"}, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		checkInert(t, r)
	})
}

// allowedTags and allowedAttrs are all that our partials ever write.
var (
	allowedTags  = " html head meta title style body div table tbody tr td h1 h2 h3 h4 h5 h6 p a img br em strong ul ol li blockquote code pre s sub sup span "
	allowedAttrs = " lang dir charset name content class style role aria-roledescription aria-label width height cellpadding cellspacing border href src alt start "
)

func checkInert(t *testing.T, r Rendered) {
	t.Helper()
	for _, s := range []string{r.Subject, r.Preheader} {
		if strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("control characters in %q", s)
		}
	}
	for _, s := range []string{r.HTML, r.Text} {
		if strings.ContainsAny(s, "\u202a\u202b\u202d\u202e\u2066\u2067\u2068") || strings.Contains(s, "ZgotmplZ") {
			t.Error("a mark that turns the text, or a filtered value, came through")
		}
		if strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) && c != '\n' }) {
			t.Error("a control character came through")
		}
	}
	for z := html.NewTokenizer(strings.NewReader(r.HTML)); z.Next() != html.ErrorToken; {
		tok := z.Token()
		if tok.Type != html.StartTagToken && tok.Type != html.SelfClosingTagToken {
			continue
		}
		if !strings.Contains(allowedTags, " "+tok.Data+" ") {
			t.Errorf("a tag of the story's own: %s", tok)
		}
		for _, a := range tok.Attr {
			if paid := a.Key == "rel" && a.Val == "sponsored noopener"; !paid && !strings.Contains(allowedAttrs, " "+a.Key+" ") {
				t.Errorf("an attribute of the story's own: %s", tok)
			}
			if a.Key != "href" && a.Key != "src" {
				continue
			}
			if !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "mailto:") {
				t.Errorf("an address that is none: %q", a.Val)
			}
			if a.Key == "href" && !strings.Contains(r.Text, a.Val) {
				t.Errorf("a link that the text lacks: %q", a.Val)
			}
		}
	}
	for line := range strings.Lines(r.Text) {
		line = strings.TrimRight(line, "\n")
		if width(line) > Columns && !isLink(line) {
			t.Errorf("%d columns: %q", width(line), line)
		}
	}
}

func TestLink(t *testing.T) {
	const home = "https://news.example/"
	for in, want := range map[string]string{
		"https://news.example/a?b=1&c=2":      "https://news.example/a?b=1&c=2",
		"http://www.news.example/a":           "https://www.news.example/a",
		"http://other.example/a":              "http://other.example/a",
		"https://пример.испытание/да":         "https://xn--e1afmkfd.xn--80akhbyknj4f/%D0%B4%D0%B0",
		"https://news.example/it's(1)":        "https://news.example/it%27s%281%29",
		"https://user:secret@news.example/":   "",
		"javascript:alert(1)":                 "",
		"//news.example/a":                    "",
		"data:text/html,x":                    "",
		"mailto:desk@news.example":            "mailto:desk@news.example",
		" https://news.example/MergeMark1 \n": "https://news.example/MergeMark1",
		"https://news.example:8443/a":         "https://news.example:8443/a",
		"https:///nowhere":                    "",
	} {
		if got := link(in, home); got != want {
			t.Errorf("link(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  a \n b\t c ":       "a b c",
		"a\u00a0b":            "a\u00a0b",
		"\u202ea\u2066b":      "ab",
		"a\x00b\x1b[31mc":     "ab[31mc",
		"one two three fours": "one two thr…",
	} {
		if got := clean(in, 12); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
