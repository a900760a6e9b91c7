package newsroom_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestSameStories fetches a feed twice, of which the addresses and habits change in
// between: no story is new, none is lost in another.
func TestSameStories(t *testing.T) {
	item := func(n int, guid, link string) string {
		return fmt.Sprintf("<item><title>Story %d</title><guid>%s</guid><link>%s</link><pubDate>%s</pubDate></item>",
			n, guid, link, thursday.Add(-time.Duration(n)*time.Hour).Format(time.RFC1123Z))
	}
	feed := func(items ...string) string {
		return `<rss version="2.0"><channel><title>t</title>` + strings.Join(items, "") + `</channel></rss>`
	}
	for _, c := range []struct {
		name          string
		before, after string
		stories, more int // stored of the first, new with the second
	}{
		{
			"from http to https, with tracking",
			feed(item(1, "http://www.a.example/1", "http://www.a.example/1"), item(2, "http://www.a.example/2", "http://www.a.example/2/")),
			feed(item(1, "https://a.example/1/", "https://a.example/1?utm_source=rss"), item(2, "https://a.example/2", "https://A.example:443/2#top")), 2, 0,
		},
		{
			"another guid, the same page", feed(item(1, "4711", "https://a.example/1")), feed(item(1, "b-4711", "http://www.a.example/1/")), 1, 0,
		},
		{
			"another page, the same guid", feed(item(1, "4711", "https://a.example/1")), feed(item(1, "4711", "https://a.example/a-new-headline")), 1, 0,
		},
		{
			"one guid for all, and one more story",
			feed(item(1, "0", "https://a.example/1"), item(2, "0", "https://a.example/2"), item(3, "0", "https://a.example/3")),
			feed(item(4, "0", "https://a.example/4"), item(1, "0", "https://a.example/1"), item(2, "0", "https://a.example/2"), item(3, "0", "https://a.example/3")), 3, 1,
		},
		{
			"an item twice", feed(item(1, "1", "https://a.example/1"), item(1, "1", "https://a.example/1"), item(2, "2", "https://a.example/2")),
			feed(item(2, "2", "https://a.example/2"), item(2, "2", "https://a.example/2")), 2, 0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			onSQLite(t, settings{"sources": "[{file: feed.xml, pages: never}]"}, func(t *testing.T, r *room) {
				for i, text := range []string{c.before, c.after} {
					r.write("feed.xml", text)
					reports, err := r.n.Fetch(t.Context(), "weekly")
					if err != nil || len(reports) != 1 || reports[0].Error != "" {
						t.Fatal(reports, err)
					}
					want := c.stories
					if i == 1 {
						want = c.more
					}
					if reports[0].New != want {
						t.Errorf("fetch %d: %d new, want %d", i+1, reports[0].New, want)
					}
				}
				stored, err := r.n.Store.Stories(t.Context(), "weekly", thursday.AddDate(0, -1, 0), time.Time{})
				if err != nil || len(stored) != c.stories+c.more {
					t.Errorf("%d are stored, %v", len(stored), err)
				}
			})
		})
	}
}
