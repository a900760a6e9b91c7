package templates

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
)

// sponsored is the edition of eight with as much of it paid for as can be: a story with
// a picture, one beside it, one of a bare headline, one with an article, a correction;
// the second was put in by hand.
func sponsored(lang string) digest.Revision {
	rev := eight(languages[lang])
	rev.Subject, rev.Preheader = "", ""
	pay := func(s *digest.Story, title string) {
		s.Title, s.Sponsor, s.URL = title, "Lockside & Sons", "https://lockside.example/boats"
	}
	news := rev.Blocks[0].Items
	pay(&news[0].Story, "Houseboats, now with heating")
	pay(&news[3].Story, "Moorings to let")
	by := digest.Elsewhere{
		URL: "https://lockside.example/boats", Title: "Berths by hand", Teaser: "Their words.",
		Image: "https://news.harbour-observer.example/media/boat.jpg", Alt: "A houseboat", Sponsor: "Lockside & Sons",
	}
	rev.Blocks[1].Items = append(rev.Blocks[1].Items, digest.Item{Story: by.Story(), Section: rev.Blocks[1].Name, Kicker: "A kicker of theirs"})
	pay(&rev.Corrections[0].Story, "A boat of last week")
	return rev
}

var paidTitles = []string{"Houseboats, now with heating", "Moorings to let", "Berths by hand", "A boat of last week"}

// shownText is what readers see of a page, in order.
func shownText(page string) string {
	var b strings.Builder
	hidden := false
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken, html.EndTagToken:
			tok := z.Token()
			if tok.Data == "style" || tok.Data == "title" {
				hidden = tok.Type == html.StartTagToken
			}
		case html.TextToken:
			if !hidden {
				b.WriteString(string(z.Text()) + "\n")
			}
		}
	}
}

// TestNothingPaidForIsShownWithoutItsLabel: in every theme, variant and language, in
// HTML and text, right above its headline, and nowhere else.
func TestNothingPaidForIsShownWithoutItsLabel(t *testing.T) {
	for _, name := range ThemeNames() {
		theme, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for lang, label := range map[string]string{"en": "Sponsored by Lockside & Sons", "ru": "На правах рекламы: Lockside & Sons", "ar": "برعاية Lockside & Sons"} {
			for _, v := range []Variant{Digest, Full, TextOnly, Private, Web} {
				r, err := theme.Render(sponsored(lang), v, lookOf(languages[lang]), linksOf())
				if err != nil {
					t.Fatal(err)
				}
				for part, text := range map[string]string{"HTML": shownText(r.HTML), "text": r.Text} {
					if text == "" {
						continue
					}
					for _, title := range paidTitles {
						before, after, shown := strings.Cut(text, title)
						if !shown {
							t.Errorf("%s, %s, %s, %s: %q is not shown", name, v, lang, part, title)
							continue
						}
						lines := strings.Fields(strings.ReplaceAll(before, label, " LABEL "))
						last := lines[max(0, len(lines)-3):]
						if !strings.Contains(strings.Join(last, " "), "LABEL") {
							t.Errorf("%s, %s, %s, %s: %q stands below %q, not below its label", name, v, lang, part, title, last)
						}
						if strings.Contains(after, title) {
							t.Errorf("%s, %s, %s, %s: %q is shown once more", name, v, lang, part, title)
						}
					}
					if strings.Contains(text, "A kicker of theirs") {
						t.Errorf("%s, %s, %s, %s: a kicker takes the label's place", name, v, lang, part)
					}
				}
				for _, title := range paidTitles {
					if strings.Contains(r.Subject+r.Preheader, title) {
						t.Errorf("%s, %s, %s: %q in subject or preheader", name, v, lang, title)
					}
				}
			}
		}
	}
}

// TestPaidStandsApart: among headlines alone, too, a line above and one below, by light
// and in the dark, tell what is paid for from the news beside it.
func TestPaidStandsApart(t *testing.T) {
	theme, err := Named("brief")
	if err != nil {
		t.Fatal(err)
	}
	r, err := theme.Render(sponsored("en"), Digest, lookOf(languages["en"]), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	apart := regexp.MustCompile(`<div class="r s" style="[^"]*;border-top:1px solid [^"]*;border-bottom:1px solid [^"]*">\s*<p class="a b" [^>]*>Sponsored by `)
	if got, want := len(apart.FindAllString(r.HTML, -1)), len(paidTitles)-1; got != want { // a correction stands among corrections
		t.Errorf("%d of %d stand apart:\n%s", got, want, r.HTML)
	}
}

// TestPaidLinksSaySo: to search engines, which the page on the web is read by.
func TestPaidLinksSaySo(t *testing.T) {
	for _, v := range []Variant{Digest, Web} {
		r, err := Render(sponsored("en"), v, lookOf(languages["en"]), linksOf())
		if err != nil {
			t.Fatal(err)
		}
		paid := 0
		for z := html.NewTokenizer(strings.NewReader(r.HTML)); z.Next() != html.ErrorToken; {
			tok := z.Token()
			if tok.Type != html.StartTagToken || tok.Data != "a" {
				continue
			}
			to, rel := "", ""
			for _, a := range tok.Attr {
				switch a.Key {
				case "href":
					to = a.Val
				case "rel":
					rel = a.Val
				}
			}
			want := ""
			if strings.Contains(to, "lockside.example") {
				paid++
				want = "sponsored noopener"
			}
			if rel != want {
				t.Errorf("%s: rel=%q on %s, want %q", v, rel, to, want)
			}
		}
		if paid < len(paidTitles)+1 { // the headlines, and a picture
			t.Errorf("%s: %d links to the sponsor", v, paid)
		}
	}
}

// TestLabelWithoutAName: a feed's "[Sponsor]" names nobody.
func TestLabelWithoutAName(t *testing.T) {
	for sponsor, want := range map[string]string{"Sponsor": "Sponsored", "\u202e": "Sponsored", "Acme": "Sponsored by Acme"} {
		rev := sponsored("en")
		rev.Blocks[0].Items[0].Story.Sponsor = sponsor
		r, err := Render(rev, Digest, lookOf(languages["en"]), linksOf())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Text, "\n"+want+"\n* Houseboats") {
			t.Errorf("%q: no label %q", sponsor, want)
		}
	}
}

// TestAPartialThatHidesWhoPaidIsRefused: at loading, not on Friday.
func TestAPartialThatHidesWhoPaidIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"sponsor.html":     `{{template "single.html" .Unlabelled}}`,
		"section.html":     `{{range .Rows}}{{if .One}}<h3>{{.One.Title}}</h3>{{end}}{{end}}`,
		"corrections.html": `{{range .Corrections}}<h3>{{.Title}}</h3>{{end}}`,
		"article.html":     `<h3>{{.Title}}</h3>`,
	} {
		if _, err := loadOver(name, text); err == nil || !strings.Contains(err.Error(), "without its label") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := loadOver("sponsor.html", `<p>{{.Kicker}}</p><h3>{{.Title}}</h3>`); err != nil {
		t.Error(err)
	}
}
