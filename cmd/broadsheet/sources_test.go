package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

var sourcesAt = time.Date(2026, 11, 26, 18, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return sourcesAt.Add(-d) }

// sourceLines have a source of each standing.
var sourceLines = []newsroom.SourceLine{
	{
		Newsletter: "weekly", Source: "wire", From: "https://wire.example/feed.xml", Standing: newsroom.SourceFine, Stories: 40, New: 3,
		LastTry: ago(20 * time.Minute), LastSuccess: ago(20 * time.Minute), LastNew: ago(20 * time.Minute), NextTry: ago(-43 * time.Minute), Seconds: 0.31, Bytes: 88_412,
	},
	{
		Newsletter: "weekly", Source: "harbour", From: "https://harbour.example/rss?…", Standing: newsroom.SourceFails, Stories: 12, Failures: 4, Seconds: 20,
		LastTry: ago(time.Hour), LastSuccess: ago(26 * time.Hour), FailingSince: ago(2 * time.Hour), NextTry: ago(-40 * time.Minute), Bytes: 21_003,
		Error: "the server did not answer within 20 s",
	},
	{
		Newsletter: "weekly", Source: "council", From: "https://council.example/…", Standing: newsroom.SourceWaits, Failures: 1, Stories: 1, Seconds: 0.1, Bytes: 900,
		LastTry: ago(time.Hour), LastSuccess: ago(9 * 24 * time.Hour), FailingSince: ago(time.Hour), NotBefore: ago(-2 * time.Hour), Away: "left alone until Thu 26 Nov 20:00 UTC, as its server asks", NextTry: ago(-2 * time.Hour),
		Error: "503: the server is overloaded or under maintenance",
	},
	{
		Newsletter: "weekly", Source: "hafen-überseestadt-日本語", From: "https://hafen.example/feed", Standing: newsroom.SourceWarns, Stories: 2000, New: 12, Seconds: 1.84, Bytes: 10 << 20,
		LastTry: ago(5 * time.Minute), LastSuccess: ago(5 * time.Minute), NextTry: ago(-57 * time.Minute), MovedTo: "https://new.hafen.example/feed", Kind: "wordpress",
		Warnings: []string{"the answer is larger than 10 MB, which is the most that is read: only the 2,000 stories that came before are read", "the feed breaks off"},
	},
	{
		Newsletter: "weekly", Source: "cook", From: "https://cook.example/feed", Standing: newsroom.SourceFails, Failures: 1, Error: "410: the page has been removed for good", Gone: true,
		LastTry: ago(time.Hour), LastSuccess: ago(400 * 24 * time.Hour), FailingSince: ago(time.Hour), NextTry: ago(-23 * time.Hour),
	},
	{
		Newsletter: "weekly", Source: "club", From: "club.xml", Standing: newsroom.SourceQuiet, Stories: 8, Bytes: 4000, Quiet: "nothing new in it since 3 October 2026",
		LastTry: ago(time.Minute), LastSuccess: ago(time.Minute), LastNew: ago(54 * 24 * time.Hour), NextTry: ago(-time.Hour),
	},
	{Newsletter: "weekly", Source: "stories", From: "stories", Standing: newsroom.SourceUnread},
}

var sourceChecks = []newsroom.SourceCheck{
	{
		Source: "wire", From: "http://wire.example/feed", Final: "https://www.wire.example/feed.xml", MovedTo: "https://www.wire.example/feed.xml", Type: "application/rss+xml; charset=utf-8",
		Packed: []string{"br", "gzip"}, Wire: 14_200, Bytes: 88_412, Seconds: 0.31, Title: "The Wire", Stories: 40, Unstored: 3, ThisWeek: 12, Dated: 40, Teasers: 38, Texts: 10, Pictures: 22,
		Oldest: ago(23 * 24 * time.Hour), Warnings: []string{"the feed says that it is UTF-8, and is windows-1251"},
		Newest: []newsroom.SourceStory{{Title: "Harbour crane falls, nobody is hurt", URL: "https://wire.example/crane", Published: ago(8 * time.Hour)}, {URL: "https://wire.example/2"}},
	},
	{From: "https://paper.example", Type: "text/html", Wire: 52_000, Bytes: 52_000, Seconds: 0.2, Error: "this is not a feed but a web page, which names 2 feeds: give the source the url of one, such as https://paper.example/rss", Feeds: []string{"https://paper.example/rss", "https://paper.example/atom.xml"}},
	{Source: "busy", From: "https://busy.example/feed", Away: true, Error: "not asked: left alone until Thu 26 Nov 15:00 UTC, as its server asks (429: the server asks us to come less often)"},
	{From: "http://10.0.0.7/feed", Error: "the address 10.0.0.7 is private or reserved; only a host that the configuration names with \"allow_private: true\" may have such a one"},
}

// TestSourcesText holds what sources print, for a file and for terminals of 80 and 40
// columns, and that no line is wider than those.
func TestSourcesText(t *testing.T) {
	var b strings.Builder
	for _, width := range []int{0, 120, 80, 40} {
		var text strings.Builder
		text.WriteString(sourcesText(slices.Clone(sourceLines), sourcesAt, width) + "\n")
		two := slices.Clone(sourceLines[:2])
		two[1].Newsletter = "daily"
		text.WriteString(sourcesText(two, sourcesAt, width) + "\n")
		for _, l := range sourceLines[:4] {
			text.WriteString(sourceText(l, sourcesAt, width) + "\n")
		}
		for _, c := range sourceChecks {
			text.WriteString(checkText(c, sourcesAt, width) + "\n")
		}
		for line := range strings.Lines(text.String()) {
			if n := runewidth.StringWidth(strings.TrimRight(line, "\n")); width > 0 && n > width {
				t.Errorf("%d columns on %d: %s", n, width, line)
			}
		}
		fmt.Fprintf(&b, "-- %d columns --\n%s", width, text.String())
	}
	trial.Golden(t, "testdata/sources.golden", b.String())
}
