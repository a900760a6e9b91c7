package templates

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// fetches finds what a mail program would get from the internet before anybody clicks.
func fetches(page string) []string {
	var all []string
	styled := false
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return all
		}
		tok := z.Token()
		if kind == html.TextToken {
			if styled && (strings.Contains(tok.Data, "@import") || strings.Contains(tok.Data, "url(")) {
				all = append(all, tok.Data)
			}
			continue
		}
		styled = kind == html.StartTagToken && tok.Data == "style"
		if strings.Contains(" link script iframe object embed video audio source base form input svg ", " "+tok.Data+" ") {
			all = append(all, tok.String())
		}
		for _, a := range tok.Attr {
			inside := tok.Data == "img" && a.Key == "src" && strings.HasPrefix(a.Val, "cid:")
			text := strings.Contains(" alt aria-label content ", " "+a.Key+" ") || tok.Data == "a" && a.Key == "href"
			if !inside && !text && (a.Key == "src" || strings.Contains(a.Val, "//") || strings.Contains(a.Val, "url(")) {
				all = append(all, tok.String())
			}
		}
	}
}

// checkPrivate: nothing remote, no link of one reader's but that to leave, no appeal.
func checkPrivate(t interface {
	Helper()
	Errorf(format string, args ...any)
}, r Rendered,
) {
	t.Helper()
	for _, at := range fetches(r.HTML) {
		t.Errorf("a private mail fetches %s", at)
	}
	for _, part := range []string{r.HTML, r.Text} {
		if !strings.Contains(part, "MergeUnsub7f3a") {
			t.Errorf("a private mail has no way to leave")
		}
		for _, other := range []string{"MergePrefs7f3a", "MergeGreeting7f3a"} {
			if strings.Contains(part, other) {
				t.Errorf("a private mail tells its reader by %s", other)
			}
		}
		for _, ask := range []string{"APPEAL", "pay.harbour-observer.example"} {
			if strings.Contains(part, ask) {
				t.Errorf("a private mail has an appeal: %s", ask)
			}
		}
	}
}

// asked is a look with everything that a private mail leaves out.
func asked() Look {
	l := lookOf(languages["en"])
	l.LogoURL, l.LogoWidth, l.LogoHeight = "https://harbour-observer.example/logo.png", 200, 40
	l.Support.Title, l.Support.Text = "APPEAL", "APPEAL"
	return l
}

// TestPrivateHidesNothingInAnyEdition renders editions of hostile stories: what they
// say never makes a private mail fetch or tell anything.
func TestPrivateHidesNothingInAnyEdition(t *testing.T) {
	bits := append([]string{
		"https://harbour-observer.example/a.jpg", "//cdn.example/x.png", "cid:5f2c9e1a@picture", "cid:x\" onerror=\"y", "data:image/png;base64,AA",
		`<img src="https://x.example/pixel.gif" width="1" height="1">`, `![x](https://x.example/pixel.gif)`, `<link rel="stylesheet" href="https://x.example/">`,
		"url(https://x.example/)", "A harbour", "",
	}, hostile...)
	text := rapid.SampledFrom(bits)
	item := rapid.Custom(func(t *rapid.T) digest.Item {
		s := digest.Story{
			Title: text.Draw(t, "title"), URL: text.Draw(t, "url"), Teaser: text.Draw(t, "teaser"), HTML: text.Draw(t, "html"), Correction: text.Draw(t, "correction"),
			Authors: []string{text.Draw(t, "author")}, Sponsor: text.Draw(t, "sponsor"), Language: text.Draw(t, "language"),
		}
		if rapid.Bool().Draw(t, "picture") {
			s.Image = &digest.Image{URL: text.Draw(t, "image"), Alt: text.Draw(t, "alt"), Caption: text.Draw(t, "caption"), Width: 600, Height: 400}
		}
		return digest.Item{Story: s, Kicker: text.Draw(t, "kicker"), Also: []digest.Link{{Title: text.Draw(t, "also"), URL: text.Draw(t, "also url")}}}
	})
	rapid.Check(t, func(t *rapid.T) {
		lead := item.Draw(t, "lead")
		rev := digest.Revision{
			Language: rapid.SampledFrom([]string{"en", "ru", "ar"}).Draw(t, "language"), Title: "T", Subject: text.Draw(t, "subject"), Intro: text.Draw(t, "intro"), Lead: &lead,
			Blocks: []digest.Block{{Name: text.Draw(t, "section"), Items: rapid.SliceOfN(item, 0, 5).Draw(t, "items")}},
		}
		look := asked()
		look.Neutral = rapid.Bool().Draw(t, "neutral")
		r, err := Render(rev, Private, look, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		checkPrivate(t, r)
	})
}

// TestPrivateIsWhatItSays: with the pictures that travel in it, and only those.
func TestPrivateIsWhatItSays(t *testing.T) {
	for lang, told := range languages {
		rev := eight(told)
		rev.Lead.Story.Image = &digest.Image{URL: "cid:5f2c9e1a@picture", Alt: told.alt, Caption: told.caption, Width: 1200, Height: 675}
		look := lookOf(told)
		r, err := Render(rev, Private, look, linksOf())
		if err != nil {
			t.Fatal(err)
		}
		checkPrivate(t, r)
		if strings.Count(r.HTML, "<img") != 1 || !strings.Contains(r.HTML, `<img class="m" src="cid:5f2c9e1a@picture"`) {
			t.Errorf("%s: not the one picture that travels in the mail", lang)
		}
		if !strings.Contains(r.HTML, "https://news.harbour-observer.example/weekly/2026-11-27") || !strings.Contains(r.HTML, told.stories[7][0]) {
			t.Errorf("%s: it lacks what is the same for everyone", lang)
		}
		trial.Golden(t, "testdata/private-"+lang+".html", r.HTML)
		trial.Golden(t, "testdata/private-"+lang+".txt", r.Text)
	}
}

// TestOnlyPrivateShowsWhatTravelsInIt: in another variant nothing would be there.
func TestOnlyPrivateShowsWhatTravelsInIt(t *testing.T) {
	rev := eight(languages["en"])
	rev.Lead.Story.Image.URL = "cid:5f2c9e1a@picture"
	for _, v := range []Variant{Digest, Full, Web} {
		r, err := Render(rev, v, lookOf(languages["en"]), linksOf())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.HTML, "cid:") {
			t.Errorf("%s shows a picture that it does not carry", v)
		}
	}
}

// TestNeutralSaysNothingInTheInbox: programs show what follows the subject, up to some
// hundred and fifty characters.
func TestNeutralSaysNothingInTheInbox(t *testing.T) {
	rev := eight(languages["en"])
	rev.Subject, rev.Preheader = "News, 27 November", "News, 27 November"
	look := lookOf(languages["en"])
	look.Neutral = true
	r, err := Render(rev, Private, look, linksOf())
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(r.HTML, "<body")
	begun := regexp.MustCompile(`<[^>]*>|<!--.*?-->`).ReplaceAllString("<body"+after, "")
	begun = strings.ReplaceAll(strings.TrimSpace(begun), "&nbsp;", "\u00a0")
	line := []rune(begun)[:300]
	if got := strings.Trim(string(line), "\u034f\u200c\u00a0\n "); got != "News, 27 November" {
		t.Errorf("an inbox shows %q", got)
	}
	if first, _, _ := strings.Cut(r.Text, "\n\n\n\n"); first != "News, 27 November" {
		t.Errorf("the text begins with %q", first)
	}
}
