package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/feed"
)

// TestFeed: the archive as Atom, which our own reader of feeds reads, too.
func TestFeed(t *testing.T) {
	r := open(t, Options{})
	want(t, r.get("/feed/tides"), http.StatusOK, `xml:lang="ru"`, "<updated>1970-01-01T00:00:00Z</updated>")
	r.draft()
	w := r.get("/feed/weekly")
	if strings.Contains(w.Body.String(), "<entry>") {
		t.Error("a draft is in it")
	}
	r.approve()
	r.send()
	w = r.get("/feed/weekly")
	want(t, w, http.StatusOK, `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">`,
		`<link rel="self" type="application/atom+xml" href="https://news.harbour-observer.example/feed/weekly"></link>`,
		"<id>https://news.harbour-observer.example"+webRef+"</id>", "<updated>2026-11-27T09:00:30Z</updated>", "<published>2026-11-27T09:00:00Z</published>",
		"<name>The Harbour Observer</name>")
	if got := w.Header().Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Errorf("Content-Type %s", got)
	}
	read, err := feed.Parse(w.Body.Bytes(), feed.Options{URL: "https://news.harbour-observer.example/feed/weekly"})
	must(t, err)
	if len(read.Stories) != 1 || !strings.HasPrefix(read.Stories[0].Title, "Harbour bridge") || read.Stories[0].URL != "https://news.harbour-observer.example"+webRef {
		t.Errorf("read as %+v", read)
	}
	kept(t, r, "/feed/weekly", w)
	want(t, r.get("/a/weekly"), http.StatusOK, `<link rel="alternate" type="application/atom+xml" title="The Friday letter" href="/feed/weekly">`, `property="og:title"`)
	want(t, r.get("/feed/nonesuch"), http.StatusNotFound)
}

// TestFeedOfAnEarlyEdition: sent ahead of its slot, it is published then. Readers of
// feeds hide what lies ahead.
func TestFeedOfAnEarlyEdition(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	r.approve()
	r.later(-2 * time.Hour)
	r.send()
	want(t, r.get("/feed/weekly"), http.StatusOK, "<updated>2026-11-27T07:00:30Z</updated>", "<published>2026-11-27T07:00:30Z</published>")
}
