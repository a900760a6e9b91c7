package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// floor is the least share, in per cent, of another parser's assertions that is met:
// of each field, and of each group of its files.
const floor = 95

// assertion is one line of expected.tsv: what another parser says of a file's field.
type assertion struct{ file, field, value, headers string }

// group is the folder of the suite that an assertion's file lies in.
func (a assertion) group() string {
	group, _, _ := strings.Cut(a.file, "/")
	return group
}

// theirs is the suite of another parser, beside the project and no part of it.
func theirs(t *testing.T, name string) string { return parts.Beside(t, "feeds/feedparser/"+name) }

func readTSV(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(theirs(t, name))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n")[1:] {
		rows = append(rows, strings.Split(line, "\t"))
	}
	return rows
}

// tally counts the assertions of one kind.
type tally struct {
	met, all int
	misses   []string
}

func (n *tally) count(a assertion, met bool) {
	if n.all++; met {
		n.met++
	} else {
		n.misses = append(n.misses, a.file+" "+a.field+" want "+a.value)
	}
}

func (n *tally) String() string {
	return fmt.Sprintf("%4d of %4d (%.1f%%)", n.met, n.all, 100*float64(n.met)/float64(n.all))
}

// TestFeedparserAssertions takes every assertion of the suite: it is checked, or the
// table says why it means nothing here. There is no third.
func TestFeedparserAssertions(t *testing.T) {
	fields, groups, unmapped := map[string]*tally{}, map[string]*tally{}, map[string]int{}
	mapped, met, lines := 0, 0, 0
	parsed := map[string]theirFeed{}
	for _, row := range readTSV(t, "expected.tsv") {
		a := assertion{row[0], row[1], row[2], row[3]}
		f, seen := parsed[a.file]
		if !seen {
			f = parseTheirs(t, a)
			parsed[a.file] = f
		}
		lines++
		field, check, reason := a.meaning()
		if check == nil {
			if reason == "" {
				t.Errorf("%s %s %s: neither checked nor given a reason", a.file, a.field, a.value)
			}
			unmapped[reason]++
			continue
		}
		ok := check(f)
		if mapped++; ok {
			met++
		}
		tallies := []*tally{at(fields, field), at(groups, a.group())}
		if textual[field] && strings.TrimSpace(wordsOf(a.text())) != "" {
			tallies = append(tallies, at(fields, field+", words in it"))
		}
		for _, n := range tallies {
			n.count(a, ok)
		}
	}
	t.Logf("%d lines: %d are checked (%d met), %d mean nothing here", lines, mapped, met, lines-mapped)
	report(t, "field", fields)
	report(t, "group", groups)
	for _, reason := range sorted(unmapped) {
		t.Logf("not checked %4d: %s", unmapped[reason], reason)
	}
}

// textual are the fields of which an empty one would be met by nothing at all.
var textual = map[string]bool{"title": true, "summary": true, "content": true, "feed title": true}

// report prints what was met of each, and holds it to the floor.
func report(t *testing.T, what string, tallies map[string]*tally) {
	for _, name := range sorted(tallies) {
		n := tallies[name]
		t.Logf("%s %-22s %s", what, name, n)
		if what == "field" {
			for _, miss := range n.misses {
				t.Log("   missed: ", miss)
			}
		}
		if n.met*100 < floor*n.all {
			t.Errorf("%s %s: %s, at least %d%% are wanted", what, name, n, floor)
		}
	}
}

func at(tallies map[string]*tally, name string) *tally {
	if tallies[name] == nil {
		tallies[name] = &tally{}
	}
	return tallies[name]
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// theirFeed is a file of the suite as it is read here.
type theirFeed struct {
	Feed
	err     error
	data    []byte
	options Options
}

// parseTheirs parses a file of the suite as if it had been fetched with the headers
// that the suite gives it.
func parseTheirs(t *testing.T, a assertion) theirFeed {
	t.Helper()
	data, err := os.ReadFile(theirs(t, a.file))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{URL: "http://127.0.0.1:8097/"}
	var headers map[string]string
	if a.headers != "" && json.Unmarshal([]byte(a.headers), &headers) == nil {
		o.ContentType, o.Language = headers["Content-type"], headers["Content-Language"]
		if at, err := url.Parse(headers["Content-Location"]); err == nil && at.Host != "" {
			o.URL = at.String()
		}
	}
	f, err := Parse(data, o)
	if err != nil && !errors.Is(err, ErrNotAFeed) {
		t.Errorf("%s: %v", a.file, err)
	}
	return theirFeed{f, err, data, o}
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
	if read < 22 {
		t.Errorf("only %d dates read", read)
	}
}
