package newsroom

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// eightStories is an edition as large as they usually are: articles of a thousand
// words, half of them with a picture.
func eightStories() digest.Revision {
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	item := func(i int) digest.Item {
		s := digest.Story{
			ID: fmt.Sprint(i), URL: fmt.Sprintf("https://observer.example/%d", i),
			Title:   "Lighthouse goes dark for the first time in ninety years",
			Teaser:  "At 2.14 on Tuesday morning the lamp at Gull Point stopped turning. The keeper had been warning about the bearings since spring.",
			Authors: []string{"Maren Holt", "Idris Vane"}, Published: at, HTML: "<p>" + strings.Repeat("word ", 1000) + "</p>",
		}
		if i%2 == 0 {
			s.Image = &digest.Image{URL: fmt.Sprintf("https://news.observer.example/m/%d.jpg", i), Alt: "A lighthouse", Caption: "Gull Point.", Credit: "Tova Lind", Width: 1200, Height: 675}
		}
		return digest.Item{Story: s, Section: "News"}
	}
	rev := digest.Revision{Newsletter: "weekly", Title: "The Harbour Observer", Slot: "2026-11-27T09:00", At: at, Number: 1, Language: "en", Subject: "The night"}
	lead := item(0)
	rev.Lead = &lead
	rev.Blocks = []digest.Block{{Name: "News", Items: []digest.Item{item(1), item(2), item(4), item(3)}}, {Name: "Features", Items: []digest.Item{item(5), item(6), item(7)}}}
	return rev
}

// BenchmarkVariant renders and compiles one variant, as the freeze does.
func BenchmarkVariant(b *testing.B) {
	keys, err := subscribers.OpenKeyring(subscribers.NewMaster())
	if err != nil {
		b.Fatal(err)
	}
	site := &url.URL{Scheme: "https", Host: "news.observer.example"}
	letter := &config.Newsletter{
		Name: "weekly", Title: "The Harbour Observer", From: mail.Address{Name: "The Harbour Observer", Address: "news@observer.example"},
		ListID: "weekly.news.observer.example", FeedbackSender: "observer", UnsubscribeMailto: "leave@observer.example",
		Look: templates.Look{Footer: templates.Footer{Address: "3 Customs Quay"}},
	}
	n := &Newsroom{Keys: keys, Config: &config.Config{Site: site, Newsletters: []config.Newsletter{*letter}}}
	n.themes = map[string]func() themed{letter.Name: func() themed { return themed{theme: templates.Default()} }}
	rev := eightStories()
	for _, v := range []templates.Variant{templates.Digest, templates.Full, templates.TextOnly, templates.Private} {
		b.Run(string(v), func(b *testing.B) {
			for b.Loop() {
				r, err := n.render(b.Context(), letter, rev, v, false)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := n.compile(letter, rev, r, rev.At); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
