package feed

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// floors are the shares of another parser's assertions that are met now, in per
// cent, by what they are about. They only ever rise.
var floors = map[string]int{
	"title": 100, "link": 100, "date": 100, "author": 100, "feed title": 99, "summary": 98, "content": 97,
	"id": 88, "feed link": 87, "feed language": 83, "topic": 71,
}

// assertion is one line of expected.tsv.
type assertion struct{ file, field, value, headers string }

func readTSV(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared, "feedparser", name))
	if err != nil {
		t.Skip("no feeds of others beside the project: ", err)
	}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n")[1:] {
		rows = append(rows, strings.Split(line, "\t"))
	}
	return rows
}

func TestFeedparserAssertions(t *testing.T) {
	type tally struct {
		met, all int
		misses   []string
	}
	tallies := map[string]*tally{}
	parsed := map[string]Feed{}
	for _, row := range readTSV(t, "expected.tsv") {
		a := assertion{row[0], row[1], row[2], row[3]}
		f, seen := parsed[a.file]
		if !seen {
			f = parseTheirs(t, a)
			parsed[a.file] = f
		}
		about, met, mapped := a.check(f)
		if !mapped {
			continue
		}
		if tallies[about] == nil {
			tallies[about] = &tally{}
		}
		tallies[about].all++
		if met {
			tallies[about].met++
		} else {
			tallies[about].misses = append(tallies[about].misses, a.file+" "+a.field+" want "+a.value)
		}
	}
	for about, n := range tallies {
		share := 100 * n.met / n.all
		t.Logf("%-14s %3d of %3d (%d%%)", about, n.met, n.all, share)
		if share < floors[about] {
			t.Errorf("%s: %d%% of the assertions are met, %d%% were", about, share, floors[about])
		}
		for _, miss := range n.misses {
			t.Log("   missed: ", miss)
		}
	}
}

// parseTheirs parses a file of the suite as if it had been fetched with the headers
// that the suite gives it.
func parseTheirs(t *testing.T, a assertion) Feed {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared, "feedparser", a.file))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{URL: "http://127.0.0.1:8097/"}
	var headers map[string]string
	if a.headers != "" && json.Unmarshal([]byte(a.headers), &headers) == nil {
		o.ContentType = headers["Content-type"]
		if at, err := url.Parse(headers["Content-Location"]); err == nil && at.IsAbs() {
			o.URL = at.String()
		}
	}
	f, err := Parse(data, o)
	if err != nil {
		t.Logf("%s: %v", a.file, err)
		return Feed{}
	}
	if bytes.Contains(data, []byte("<item>")) && len(f.Stories) == 0 && !strings.Contains(a.file, "incomplete") {
		t.Errorf("%s: no story", a.file)
	}
	return f
}

// check maps an assertion to what it means here: text is compared as text, since
// titles and teasers are plain here and HTML is sanitised by other rules.
func (a assertion) check(f Feed) (about string, met, mapped bool) {
	field := a.field
	entry := strings.HasPrefix(field, "entries[0].")
	var s struct {
		title, link, id, html, teaser string
		authors, topics               []string
		published, updated            time.Time
	}
	if entry && len(f.Stories) > 0 {
		x := f.Stories[0]
		s.title, s.link, s.id, s.html, s.teaser = x.Title, x.URL, x.GUID, x.HTML, x.Teaser
		s.authors, s.topics, s.published, s.updated = x.Authors, x.Topics, x.Published, x.Updated
	}
	var text string
	isText := json.Unmarshal([]byte(a.value), &text) == nil
	switch {
	case isText && (field == "entries[0].title" || field == "entries[0].title_detail.value"):
		return "title", prose.Plain(text) == s.title, true
	case isText && (field == "entries[0].description" || field == "entries[0].summary" || field == "entries[0].summary_detail.value"):
		return "summary", sameText(text, s.teaser, s.html), true
	case isText && field == "entries[0].content[0].value":
		return "content", sameText(text, s.teaser, s.html), true
	case isText && field == "entries[0].link":
		return "link", text == s.link, true
	case isText && field == "entries[0].id":
		return "id", text == s.id, true
	case isText && (field == "entries[0].author_detail.name" || field == "entries[0].author"):
		return "author", contains(s.authors, personName(text)), true
	case isText && strings.HasPrefix(field, "entries[0].tags[") && strings.HasSuffix(field, ".term"):
		return "topic", contains(s.topics, text), true
	case strings.HasPrefix(field, "entries[0].") && (strings.HasSuffix(field, "published_parsed") ||
		strings.HasSuffix(field, "updated_parsed") || strings.HasSuffix(field, "created_parsed")):
		want, ok := pythonTime(a.value)
		return "date", ok && (want.Equal(s.published) || want.Equal(s.updated)), true
	case isText && (field == "feed.title" || field == "feed.title_detail.value"):
		return "feed title", prose.Plain(text) == f.Title, true
	case isText && field == "feed.link":
		return "feed link", text == f.URL, true
	case isText && field == "feed.language":
		return "feed language", strings.EqualFold(text, f.Language), true
	}
	return "", false, false
}

func sameText(html, teaser, ours string) bool {
	return html == teaser || prose.Words(html) == teaser || prose.Words(html) == prose.Words(ours)
}

// pythonTime reads a struct_time: year, month, day, hour, minute, second, ...
func pythonTime(value string) (time.Time, bool) {
	var n []int
	if json.Unmarshal([]byte(value), &n) != nil || len(n) < 6 {
		return time.Time{}, false
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC), true
}

// TestFeedparserDates holds dates to right or absent: what their suite gives for
// each, or nothing.
func TestFeedparserDates(t *testing.T) {
	read, all := 0, 0
	for _, row := range readTSV(t, "dates.tsv") {
		got, ok := parseDate(row[1], time.UTC)
		if row[2] != "" {
			all++
		}
		if !ok {
			if row[2] != "" {
				t.Logf("absent: %q", row[1])
			}
			continue
		}
		read++
		if want := row[2]; got.Format("2006-01-02T15:04:05") != want {
			t.Errorf("%q: %s, want %q", row[1], got, want)
		}
	}
	t.Logf("%d of %d dates read", read, all)
	if read < 18 {
		t.Errorf("only %d dates read", read)
	}
}
