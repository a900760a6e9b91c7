package templates

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
)

// hrefs lists the addresses of every link of a page, unescaped.
func hrefs(t *testing.T, page string) []string {
	t.Helper()
	var all []string
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken:
			tok := z.Token()
			for _, a := range tok.Attr {
				if tok.Data == "a" && a.Key == "href" {
					all = append(all, a.Val)
				}
			}
		}
	}
}

// headings lists the levels of a page's headings, in order.
func headings(page string) []string {
	var all []string
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken:
			if name, _ := z.TagName(); len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' {
				all = append(all, string(name))
			}
		}
	}
}

// TestEveryLinkOfTheHTMLIsInTheText, whole: one that begins another is not that one.
func TestEveryLinkOfTheHTMLIsInTheText(t *testing.T) {
	for _, theme := range ThemeNames() {
		for lang := range languages {
			for _, v := range []Variant{Digest, Full, Private} {
				r := inTheme(t, theme, lang, v)
				there := map[string]bool{}
				for word := range strings.FieldsSeq(r.Text) {
					there[strings.Trim(word, "<>.")] = true
				}
				links := hrefs(t, r.HTML)
				if len(links) < 14 {
					t.Fatalf("%s, %s, %s: only %d links", theme, lang, v, len(links))
				}
				for _, to := range links {
					if !there[to] && !strings.HasPrefix(to, "#") { // the contents of the full text lead within
						t.Errorf("%s, %s, %s: %s is not in the text", theme, lang, v, to)
					}
				}
			}
		}
	}
}

func TestTextColumns(t *testing.T) {
	for lang := range languages {
		for line := range strings.Lines(rendered(t, lang, TextOnly).Text) {
			line = strings.TrimRight(line, "\n")
			if extent(line) > Columns && strings.Contains(strings.Trim(line, " -<>"), " ") {
				t.Errorf("%s: %d columns: %q", lang, extent(line), line)
			}
		}
	}
}

// TestVowelsTakeRoom: a line of Arabic with its marks has more characters than columns.
func TestVowelsTakeRoom(t *testing.T) {
	for line := range strings.SplitSeq(wrapText(strings.Repeat("يدوّنُ ", 40), "", ""), "\n") {
		if n := utf8.RuneCountInString(line); n > Columns {
			t.Errorf("%d characters", n)
		}
	}
}

// TestSize holds eight stories to 25 kB, in the scripts that cost most.
func TestSize(t *testing.T) {
	for lang := range languages {
		if n := len(rendered(t, lang, Digest).HTML); n > 25_000 {
			t.Errorf("%s: %d bytes of HTML", lang, n)
		}
	}
}

// TestOutlookPartsArrive: html/template drops comments, so these come by a
// function. Each that opens must close.
func TestOutlookPartsArrive(t *testing.T) {
	page := rendered(t, "en", Digest).HTML
	for name, part := range msoParts {
		if name == "side-rtl" {
			page := rendered(t, "ar", Digest).HTML
			if !strings.Contains(page, part) {
				t.Errorf("the part %s did not arrive", name)
			}
			continue
		}
		if !strings.Contains(page, part) {
			t.Errorf("the part %s did not arrive", name)
		}
	}
	var outlook strings.Builder
	for _, piece := range strings.Split(page, "<!--[if mso]>")[1:] {
		inside, _, found := strings.Cut(piece, "<![endif]-->")
		if !found {
			t.Fatal("a conditional comment has no end")
		}
		outlook.WriteString(inside)
	}
	for _, tag := range []string{"table", "tr", "td"} {
		if open, end := strings.Count(outlook.String(), "<"+tag), strings.Count(outlook.String(), "</"+tag+">"); open != end {
			t.Errorf("Outlook sees %d <%s> and %d </%s>", open, tag, end, tag)
		}
	}
}

func TestOutline(t *testing.T) {
	for lang := range languages {
		got := strings.Join(headings(rendered(t, lang, Digest).HTML), " ")
		if got != "h1 h2 h2 h3 h3 h3 h3 h2 h3 h3 h2 h3 h2 h3 h2" {
			t.Errorf("%s: headings %s", lang, got)
		}
	}
}

func TestNothingIsFetchedButPictures(t *testing.T) {
	page := rendered(t, "en", Digest).HTML
	for _, bad := range []string{"@import", "url(", "<script", "<link", "<iframe", "http://", "ZgotmplZ", "user-scalable", `width="1"`} {
		if strings.Contains(page, bad) {
			t.Errorf("the mail holds %s", bad)
		}
	}
	for _, good := range []string{`<meta charset="utf-8">`, "prefers-color-scheme:dark", "[data-ogsc] .i", "@media print", `role="article"`, `dir="ltr"`} {
		if !strings.Contains(page, good) {
			t.Errorf("the mail lacks %s", good)
		}
	}
}

// TestWebIsTheSameForEveryReader: the page in the archive has no merge marker.
func TestWebIsTheSameForEveryReader(t *testing.T) {
	r := rendered(t, "en", Web)
	if strings.Contains(r.HTML, "Merge") || strings.Contains(r.HTML, "Unsubscribe") || r.Text != "" {
		t.Error("the page in the archive holds what belongs to one reader")
	}
	for _, want := range []string{`property="og:title"`, `property="og:image"`, `rel="canonical"`} {
		if !strings.Contains(r.HTML, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestDraftIsMarked(t *testing.T) {
	look := lookOf(languages["en"])
	look.Draft = true
	r, err := Render(eight(languages["en"]), Digest, look, linksOf())
	if err != nil {
		t.Fatal(err)
	}
	const mark = "DRAFT – not sent to readers"
	if !strings.Contains(r.HTML, mark) || !strings.HasPrefix(r.Text, "*** "+mark) {
		t.Error("a draft is not marked")
	}
	if strings.Contains(rendered(t, "en", Digest).HTML, mark) {
		t.Error("a mail to readers is marked as a draft")
	}
}

func TestSubjectAndPreheaderHaveDefaults(t *testing.T) {
	rev := eight(languages["en"])
	rev.Subject, rev.Preheader = "", ""
	r, err := Render(rev, Digest, lookOf(languages["en"]), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	if r.Subject != "The Harbour Observer – Friday, 27 November 2026" {
		t.Errorf("subject %q", r.Subject)
	}
	if !strings.HasPrefix(r.Preheader, "Council votes to buy a ferry") {
		t.Errorf("preheader %q", r.Preheader)
	}
}

// TestThinEditions: what an edition lacks leaves no hole and no error.
func TestThinEditions(t *testing.T) {
	full := eight(languages["en"])
	cases := map[string]digest.Revision{
		"nothing":     {Language: "en", Title: "T"},
		"lead alone":  {Language: "en", Title: "T", Lead: full.Lead},
		"no lead":     {Language: "en", Title: "T", Blocks: full.Blocks},
		"no language": {Title: "T", Blocks: []digest.Block{{Name: "Empty"}, {Items: []digest.Item{{}}}}},
	}
	for name, rev := range cases {
		r, err := Render(rev, Digest, Look{}, Links{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(r.HTML, `href=""`) || strings.Contains(r.HTML, "<h3></h3>") || strings.Contains(r.Text, "\n\n\n\n") {
			t.Errorf("%s: leaves a hole", name)
		}
	}
}

func TestUnknownVariant(t *testing.T) {
	if _, err := Render(eight(languages["en"]), "sms", Look{}, Links{}); err == nil || !strings.Contains(err.Error(), `"sms"`) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkRender(b *testing.B) {
	rev, look, links := eight(languages["en"]), lookOf(languages["en"]), linksOf()
	for b.Loop() {
		if _, err := Render(rev, Digest, look, links); err != nil {
			b.Fatal(err)
		}
	}
}
