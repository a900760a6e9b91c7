package bench

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	feeds "github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/templates"
)

// newsWeek is what those feeds hold, parsed, as a draft sees it a minute before the slot.
func newsWeek(b *testing.B, letter *config.Newsletter) digest.Snapshot {
	b.Helper()
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	s := digest.Snapshot{
		Newsletter: letter.Name, Slot: digest.Slot(at.Format(digest.SlotLayout)), At: at,
		From: at.AddDate(0, 0, -7), To: at, Rules: letter.Rules(),
	}
	for i := range newsFeeds {
		f, err := feeds.Parse(newsFeed(i), feeds.Options{})
		if err != nil {
			b.Fatal(err)
		}
		once, keys := digest.Distinct(f.Stories)
		for j, story := range once {
			story.ID, story.Source = digest.Identify(keys[j]), fmt.Sprintf("news%02d", i)
			s.Stories = append(s.Stories, story)
		}
	}
	if len(s.Stories) != newsFeeds*newsItems {
		b.Fatalf("%d stories", len(s.Stories))
	}
	return s
}

// pickAndRender makes an edition of a week, and the mail's HTML and text for each format.
func pickAndRender(b *testing.B, r *room) (seconds float64) {
	b.Helper()
	conf, err := config.Load(r.dir, os.LookupEnv)
	if err != nil {
		b.Fatal(err)
	}
	letter := &conf.Newsletters[0]
	week := newsWeek(b, letter)
	begun := time.Now()
	pick, err := digest.Make(week, digest.Overlay{})
	if err != nil || pick.Verdict != digest.Full {
		b.Fatal(pick.Verdict, err)
	}
	rev := digest.Compose(week, digest.Overlay{}, pick, digest.Meta{Title: letter.Title, Language: letter.Language, Number: 1, Zone: letter.Location})
	for _, v := range letter.Formats {
		if _, err := templates.Default().Render(rev, v, letter.Look, templates.Links{Home: "https://news.observer.example", Unsubscribe: "https://news.observer.example/leave"}); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begun).Seconds()
}
