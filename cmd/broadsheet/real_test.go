package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// realFeeds is the folder of feeds that nobody here wrote.
func realFeeds(t *testing.T) string { return parts.Beside(t, "feeds/real") }

// leftover is what HTML and wrongly decoded text leave in plain text.
var leftover = regexp.MustCompile(`</?(?:a|b|i|p|br|em|div|img|span|strong)\b[^<>]*>|&(?:amp|lt|gt|quot|nbsp|#\d+|[a-z]{2,8});|\x{FFFD}|Ã[\x{80}-\x{BF}]|â€`)

// realFeedFiles lists them, or ends the test.
func realFeedFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(realFeeds(t))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		if e.Name() != "MANIFEST.tsv" {
			files = append(files, e.Name())
		}
	}
	if len(files) < 15 {
		t.Fatalf("only %d feeds in %s", len(files), realFeeds(t))
	}
	return files
}

// realFeed is a feed, as far as the newsroom that takes it must know it.
type realFeed struct {
	file     string
	newest   time.Time // when its newest story came out; any day where it has no dates
	language string
	week     int // stories of its last week
}

func readRealFeed(t *testing.T, file string) realFeed {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(realFeeds(t), file))
	if err != nil {
		t.Fatal(err)
	}
	f, err := feed.Parse(data, feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := realFeed{file: file, language: cmp.Or(f.Language, "en")}
	for _, s := range f.Stories {
		if s.Published.After(r.newest) {
			r.newest = s.Published
		}
	}
	if r.newest.IsZero() {
		r.newest, r.week = time.Date(2013, 3, 7, 12, 0, 0, 0, time.UTC), len(f.Stories)
	}
	for _, s := range f.Stories {
		if s.Published.After(r.newest.AddDate(0, 0, -7)) {
			r.week++
		}
	}
	return r
}

// inItsWeek is a time at which an edition is made of it.
func (f realFeed) inItsWeek() time.Time { return f.newest.Add(time.Hour) }

// source is the feed in a newsroom's configuration: a file, but for the one whose
// links are all relative, which says nowhere to what.
func (f realFeed) source(t *testing.T) string {
	if f.file != "qemu.atom" {
		return fileSource(f.file)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(realFeeds(t))))
	t.Cleanup(server.Close)
	return fmt.Sprintf("      - {url: %s/%s, name: %s, allow_private: true}\n", server.URL, f.file, f.file)
}

func fileSource(file string) string {
	return fmt.Sprintf("      - {file: feeds/%s, name: %s}\n", file, file)
}

// newRealRoom makes a newsroom in the week, and in the language, of a feed.
func newRealRoom(t *testing.T, ears, relay string, readers int, f realFeed, sources string) *room {
	t.Helper()
	r := newRoom(t, ears, relay, 0)
	if err := os.CopyFS(filepath.Join(r.dir, "feeds"), os.DirFS(realFeeds(t))); err != nil {
		t.Fatal(err)
	}
	err := setConfig(r.dir, func(yaml string) string {
		yaml += fmt.Sprintf("    language: %s\n    hold_below: %d\n", f.language, min(f.week, 3))
		return strings.Replace(yaml, "      - folder: stories\n", sources, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	r.args = []string{"--as-of", f.inItsWeek().Format(time.RFC3339)}
	r.importReaders(readersCSV(readers))
	return r
}

// drafted is what draft --json prints.
type drafted struct {
	Edition struct {
		Edition  string          `json:"edition"`
		State    digest.State    `json:"state"`
		Revision digest.Revision `json:"revision"`
	} `json:"edition"`
	Sources []struct {
		Source   string   `json:"source"`
		Stories  int      `json:"stories"`
		Warnings []string `json:"warnings"`
		Error    string   `json:"error"`
	} `json:"sources"`
}

func (r *room) draft() (d drafted) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.must("draft", "--json")), &d); err != nil {
		r.t.Fatal(err)
	}
	return d
}

// sensible holds an edition to what an editor would let pass.
func sensible(t *testing.T, d drafted, atLeast int) {
	t.Helper()
	r := d.Edition.Revision
	if d.Edition.State != digest.Draft || len(r.Items()) < atLeast {
		t.Errorf("%s is %s with %d stories", d.Edition.Edition, d.Edition.State, len(r.Items()))
	}
	if r.Subject == "" || r.Lead == nil || r.Lead.Story.Title == "" {
		t.Fatalf("the subject is %q, the lead %+v", r.Subject, r.Lead)
	}
	seen := map[string]bool{}
	for _, item := range r.Items() {
		s := item.Story
		if u, err := url.Parse(s.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("%q links to %q", s.Title, s.URL)
		}
		if seen[s.Title] {
			t.Errorf("%q is told twice", s.Title)
		}
		seen[s.Title] = true
	}
	for _, text := range texts(r) {
		if strings.TrimSpace(text) != text || leftover.MatchString(text) || html.UnescapeString(text) != text || strings.ContainsAny(text, "\r\n\x00") {
			t.Errorf("HTML or mojibake in %q", text)
		}
	}
}

// texts are the plain texts of a revision.
func texts(r digest.Revision) []string {
	all := []string{r.Subject, r.Preheader}
	for _, item := range r.Items() {
		all = append(all, item.Story.Title, item.Story.Teaser, item.Kicker)
		all = append(all, item.Story.Authors...)
		for _, also := range item.Also {
			all = append(all, also.Title)
		}
	}
	return all
}

// TestRealFeeds makes an edition of each feed, and mails it to a hundred readers.
func TestRealFeeds(t *testing.T) {
	files := realFeedFiles(t)
	ears := hearNoReader(t)
	readers := 100
	if testing.Short() {
		files, readers = files[:3], 20
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			sink := newTestSink(t, t.TempDir())
			f := readRealFeed(t, file)
			r := newRealRoom(t, ears, sink.address, readers, f, f.source(t))
			d := r.draft()
			sensible(t, d, min(f.week, 3))
			for _, s := range d.Sources {
				if s.Error != "" || s.Stories == 0 {
					t.Errorf("source %s: %d stories, error %q", s.Source, s.Stories, s.Error)
				}
			}
			r.must("approve", "weekly", "--yes")
			if a := readAccounting(t, r.must("send", "weekly", "--json")); a.Accepted != readers || a.Audience != readers {
				t.Errorf("%+v", a)
			}
			mailed(t, sink, d.Edition.Revision, readers)
		})
	}
}

// mailed holds the mailbox to an edition: everyone has one message, with its
// subject, and nobody's holds another's address.
func mailed(t *testing.T, sink *testSink, r digest.Revision, readers int) {
	t.Helper()
	all, err := sink.messages()
	if err != nil {
		t.Fatal(err)
	}
	total, got := sink.tally()
	if len(all) != readers || total != readers || len(got) != readers {
		t.Errorf("%d files, %d messages to %d readers, want %d", len(all), total, len(got), readers)
	}
	addresses := regexp.MustCompile(`(?i)[\w.]+@` + canary + `\d*\.example`)
	for _, raw := range all {
		m, err := mail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != r.Subject {
			t.Fatalf("the subject is %q (%v), want %q", subject, err, r.Subject)
		}
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || got[to[0].Address] != 1 {
			t.Fatalf("To holds %d addresses (%v)", len(to), err)
		}
		for _, found := range addresses.FindAllString(raw, -1) {
			if !strings.EqualFold(found, to[0].Address) {
				t.Fatal("a message holds another reader's address")
			}
		}
	}
}

// TestRealFeedsTogether makes one edition of all the feeds, with one that is
// missing and one that is garbage, and mails it to ten thousand readers.
func TestRealFeedsTogether(t *testing.T) {
	files := realFeedFiles(t)
	readers := 10_000
	if testing.Short() {
		readers = 500
	}
	sink := newTestSink(t, "")
	var sources strings.Builder
	for _, file := range files {
		sources.WriteString(readRealFeed(t, file).source(t))
	}
	sources.WriteString(fileSource("missing.xml") + fileSource("garbage.xml"))
	r := newRealRoom(t, hearNoReader(t), sink.address, readers, readRealFeed(t, "guardian.rss"), sources.String())
	r.write("feeds/garbage.xml", "\x00\xff{<not a feed")
	d := r.draft()
	sensible(t, d, 6)
	for _, s := range d.Sources {
		broken := s.Source == "missing.xml" || s.Source == "garbage.xml"
		if broken != (s.Error != "") || broken != (s.Stories == 0) {
			t.Errorf("source %s: %d stories, error %q", s.Source, s.Stories, s.Error)
		}
	}
	_, _, errs := r.run("draft")
	for _, want := range []string{"warning: source missing.xml: ", "warning: source garbage.xml: "} {
		if strings.Count(errs, want) != 1 {
			t.Errorf("no %q in %q", want, errs)
		}
	}
	// The feeds' own pages are not here: links within their sites lead nowhere.
	r.must("approve", "weekly", "--yes", "--force", "--reason", "the pages are not on this machine")
	a := readAccounting(t, r.must("send", "weekly", "--json"))
	total, got := sink.tally()
	if a.Accepted != readers || total != readers || len(got) != readers {
		t.Errorf("%d messages to %d readers: %+v", total, len(got), a)
	}
	t.Logf("%d readers in %.1f s", readers, a.Seconds)
}
