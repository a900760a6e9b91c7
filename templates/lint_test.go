package templates

import (
	"net/mail"
	"testing"

	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// asMail is a rendering as a reader gets it.
func asMail(t *testing.T, r Rendered, m message.Markers) []byte {
	t.Helper()
	eml, err := message.Build(message.Template{
		Markers: m, From: mail.Address{Name: "The Harbour Observer", Address: "news@harbour-observer.example"},
		Subject: r.Subject, Date: eight(languages["en"]).At, MessageIDDomain: "harbour-observer.example",
		ListID:            message.ListID{Phrase: "The Harbour Observer", ID: "weekly.harbour-observer.example"},
		UnsubscribeURL:    "https://news.harbour-observer.example/u/" + m.Of(message.FieldUnsubscribe),
		UnsubscribeMailto: "mailto:leave@harbour-observer.example?subject=" + m.Of(message.FieldUnsubscribe),
		FeedbackID:        "2026-11-27:weekly:digest:harbour",
		Text:              r.Text, HTML: r.HTML,
	}, message.Reader{Address: "ada@example.org", MessageID: "id", Unsubscribe: "leave7", Preferences: "choose7", Greeting: "Dear Ada,"})
	if err != nil {
		t.Fatal(err)
	}
	return eml
}

// TestLintHasNothingToSay of our own mail: in every theme, language and variant, with a
// logo, with and without the appeal.
func TestLintHasNothingToSay(t *testing.T) {
	m := message.NewMarkers([]byte("the secret of these tests"))
	links := linksOf()
	links.Unsubscribe = "https://news.harbour-observer.example/u/" + m.Of(message.FieldUnsubscribe)
	links.Preferences = "https://news.harbour-observer.example/p/" + m.Of(message.FieldPreferences)
	links.Appeal = "https://news.harbour-observer.example/s/" + m.Of(message.FieldPreferences)
	links.Greeting = Greeting(m.Of(message.FieldGreeting))
	for _, theme := range ThemeNames() {
		built, err := Named(theme)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"en", "de", "fr", "ru", "uk", "ar"} {
			in, ok := languages[lang]
			if !ok {
				in = languages["en"] // its words are the catalogue's, its stories English
				in.lang = lang
			}
			look := lookOf(in)
			look.LogoURL, look.LogoWidth, look.LogoHeight = "https://harbour-observer.example/logo.png", 300, 60
			for _, v := range []Variant{Digest, Full, TextOnly, Private} {
				for _, support := range []*Appeal{look.Support, nil} {
					shown := look
					shown.Support = support
					r, err := built.Render(eight(in), v, shown, links)
					if err != nil {
						t.Fatal(err)
					}
					needs := []lint.Need{{Name: "the web version", Text: links.Web}, {Name: "the postal address", Text: in.address}}
					for _, f := range lint.Message(asMail(t, r, m), lint.Options{Private: v == Private, Needs: needs}) {
						t.Errorf("%s, %s, %s, appeal %t: %s %s at %s: %s", theme, lang, v, support != nil, f.Severity, f.Rule, f.Where, f.What)
					}
				}
			}
		}
	}
}
