package templates

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// sampleRevision has one of everything a partial may be asked to print.
func sampleRevision() digest.Revision {
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	picture := &digest.Image{URL: "https://news.example/a.jpg", Alt: "A harbour", Caption: "The harbour.", Credit: "Ada Ames", Width: 1200, Height: 675}
	story := func(title string, img *digest.Image) digest.Item {
		return digest.Item{
			Story: digest.Story{
				Title: title, URL: "https://news.example/" + title, Teaser: "A teaser.", HTML: "<p>An <em>article</em>.</p>", Authors: []string{"Ada Ames"},
				Image: img, Published: at, Correction: "A name.", Language: "ar",
			},
			Section: "News", Kicker: "Kicker",
			Also: slices.Repeat([]digest.Link{{Title: "Elsewhere", URL: "https://other.example/"}}, alsoMost+1),
		}
	}
	lead := story("Lead", picture)
	bare := digest.Item{Story: digest.Story{Title: "Brief", URL: "https://news.example/brief"}, Kicker: "Brief"}
	paid := story(samplePaid, picture)
	paid.Story.Sponsor, paid.Story.URL = sampleSponsor, "https://sponsor.example/"
	barePaid := digest.Item{Story: digest.Story{Title: samplePaid, URL: "https://sponsor.example/", Sponsor: sampleSponsor}}
	return digest.Revision{
		Newsletter: "sample", Title: "Sample", Slot: "2026-11-27T09:00", At: at, Language: "en",
		Intro: "A *word* of the [editor](https://news.example/).", Lead: &lead,
		Blocks: []digest.Block{{Name: "News", Items: []digest.Item{
			story("A", picture), story("B", picture), story("C", picture), story("D", nil), bare, paid, barePaid,
		}}},
		Corrections: []digest.Correction{{Story: lead.Story, At: at, Text: "A name."}, {Story: paid.Story, At: at, Text: "A name."}},
	}
}

// bareRevision has nothing that an edition can be without.
func bareRevision() digest.Revision {
	item := digest.Item{Story: digest.Story{Title: "A"}}
	return digest.Revision{Language: "ar", Title: "Sample", Lead: &item, Blocks: []digest.Block{{Items: []digest.Item{item}}}}
}

// try renders every mail and page with samples.
func (t *Theme) try() error {
	rev := sampleRevision()
	look := Look{
		Title: "Sample", Tagline: "A tagline", Draft: true,
		Footer:  Footer{Address: "1 Quay\nHarbour", Contact: "desk@news.example", Note: "A note."},
		Support: &Appeal{Title: "Support", Text: "Please.", Monthly: []Amount{{Sum: "10 €", URL: "https://pay.example/10"}}},
	}
	links := Links{
		Web: "https://news.example/web", Unsubscribe: "https://news.example/u", Preferences: "https://news.example/p", Appeal: "https://news.example/s",
		Home: "https://news.example/", Privacy: "https://news.example/privacy", Greeting: "GREETING",
	}
	for _, v := range []Variant{Digest, Full, Private, Web} {
		r, err := t.Render(rev, v, look, links)
		if err != nil {
			return err
		}
		if err := t.labelled(r.HTML); err != nil {
			return err
		}
	}
	bare := Look{Title: "Sample", LogoURL: "https://news.example/logo.png", LogoWidth: 200, LogoHeight: 50}
	for _, rev := range []digest.Revision{{Language: "ar", Title: "Sample"}, bareRevision()} {
		for _, v := range []Variant{Digest, Full, Private, Web} {
			if _, err := t.Render(rev, v, bare, Links{}); err != nil {
				return err
			}
		}
	}
	for _, l := range []Letter{Confirmation{URL: "https://news.example/c"}, Goodbye{Undo: "https://news.example/b"}, Welcome{Latest: digest.Link{Title: "A", URL: "https://news.example/e"}}, DataCopy{JSON: "{}"}, Erased{}, Notice{Subject: "S", Body: "B"}} {
		if _, err := t.Letter(l, look, "en"); err != nil {
			return err
		}
	}
	return t.tryPages(look, rev.At)
}

// tryPages renders every page.
func (t *Theme) tryPages(look Look, at time.Time) error {
	form := Form{Action: "/post", Hidden: []Hidden{{Name: "token", Value: "t"}}}
	options := []Option{{Name: "a", Title: "A", About: "About", On: true}, {Name: "b", Title: "B"}}
	pages := []Page{
		SubscribePage{Form: form, Newsletters: options, AskName: true, Problem: BadAddress, Preview: "/e/a", Work: &Work{Challenge: "c", Bits: 1, Script: "/assets/w.js"}},
		EmbedPage{Action: "https://news.example/subscribe", Newsletter: "a"},
		PrivacyPage{Markdown: "# Privacy\n\nA text."},
		ExportPage{Form: form},
		ExportedPage{},
		ErasePage{Form: form},
		ErasedPage{Mailed: true},
		SubscribePage{Form: form, Newsletters: options[:1]},
		CheckMailPage{},
		ConfirmPage{Form: form, Newsletters: []string{"A"}},
		ConfirmedPage{Newsletters: []string{"A"}},
		UnsubscribePage{Form: form, Newsletter: "A", Preferences: "/p"},
		UnsubscribedPage{Newsletter: "A", Undo: form},
		UnsubscribedPage{Newsletter: "A"},
		ReturnPage{Form: form, Newsletter: "A"},
		PreferencesPage{Form: form, Newsletters: options, Formats: []Variant{Digest, TextOnly}, Format: TextOnly, Pause: PauseChoice{Until: Moment(at), Weeks: []int{2}, First: "2026-11-28", Last: "2027-11-27"}, Export: "/x", Erase: "/d", Appeal: &AppealChoice{Weeks: 8, Until: Moment(at)}, Saved: true},
		AppealPage{Form: form, Choice: AppealChoice{Weeks: 8}},
		AppealPage{Form: form, Choice: AppealChoice{Weeks: 8, Until: Moment(at)}, Saved: true},
		AppealPage{Form: form, Choice: AppealChoice{Never: true}},
		DetourPage{Tries: []string{"https://mirror.example/"}},
		DetourPage{Title: "T", Tries: []string{"https://mirror.example/"}, Story: digest.Story{Title: "T", Teaser: "A teaser."}},
		DetourPage{Title: "T", Tries: []string{"https://mirror.example/"}, Story: digest.Story{Title: "T", HTML: "<p>An article.</p>"}},
		ArchivePage{Feed: "/a/a/feed", Editions: []ArchiveEntry{{Subject: "S", URL: "/e", At: at, Stories: 8}}},
		ArchivePage{},
		NotFoundPage{},
		ExpiredPage{},
		ErrorPage{},
	}
	site := Site{Look: look, Language: "en", Stylesheet: "/assets/s.css", Home: "/", Subscribe: "/subscribe", Archive: "/archive", Privacy: "/privacy"}
	for _, p := range pages {
		if err := t.Page(io.Discard, site, p); err != nil {
			return fmt.Errorf("page %s: %w", p.partial(), err)
		}
	}
	return nil
}
