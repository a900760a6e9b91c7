package feed

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

const story = `---
title: "The tide tables: wrong since May"
link: /news/tides
date: 2026-11-23T08:15:00+01:00
section: News
authors:
  - Ada Quay
  - Ben Slip
image: tides.jpg
alt: A tide gauge
caption: The gauge at the old quay
credit: C. Buoy
embargo: 2026-11-26
sponsor: ""
value: 80
topics: [Harbour, Science]
language: en-gb
---
The harbour office has printed **wrong** tide tables since May, a [comparison](/data) shows.

Second paragraph -- with "quotes".

<script>alert(1)</script>

| Day | Tide |
|-----|------|
| Mon | high |
`

func TestParseMarkdown(t *testing.T) {
	s, err := ParseMarkdown("tides.md", []byte(story), nil)
	if err != nil {
		t.Fatal(err)
	}
	trial.GoldenJSON(t, "testdata/golden/tides.md.json", s)
}

func TestMarkdownForms(t *testing.T) {
	s, err := ParseMarkdown("a.md", []byte("\xEF\xBB\xBF---\r\ntitle: A\r\nauthor: Ada\r\nteaser: Mine.\r\ntopics: One\r\nevergreen: true\r\n---\r\nBody.\r\n"), nil)
	if err != nil || s.Teaser != "Mine." || len(s.Authors) != 1 || s.Authors[0] != "Ada" || s.Topics[0] != "One" || !s.Evergreen || s.HTML != "<p>Body.</p>" {
		t.Errorf("%+v %v", s, err)
	}
	if s, err := ParseMarkdown("a.md", []byte("---\ntitle: A\ndraft: true\n---\n"), nil); !errors.Is(err, ErrDraft) || s.Title != "A" {
		t.Errorf("%+v %v", s, err)
	}
}

// TestHTMLInMarkdown: what of a story is HTML is cleaned as a feed's, and kept.
func TestHTMLInMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		`<div class="box"><p onclick="x()">A <b>box</b>.</p></div>`:                     `<div><p>A <b>box</b>.</p></div>`,
		"Rain<br>and <sup>2</sup> *wind*.":                                              `<p>Rain<br/>and <sup>2</sup> <em>wind</em>.</p>`,
		"<script>alert(1)</script>\n\nText.":                                            `<p>Text.</p>`,
		"<!-- more -->\n\nText.":                                                        `<p>Text.</p>`,
		`<a href="javascript:x">A</a> and <iframe src="https://x.example/"></iframe> B`: `<p>A and  B</p>`,
	} {
		s, err := ParseMarkdown("a.md", []byte("---\ntitle: T\n---\n"+in+"\n"), nil)
		if err != nil || s.HTML != want {
			t.Errorf("%s: %q %v, want %q", in, s.HTML, err, want)
		}
	}
	wide := units("---\ntitle: Wide\n---\nText.", 2, false, true)
	if s, err := ParseMarkdown("a.md", wide, nil); err != nil || s.Title != "Wide" {
		t.Errorf("UTF-16: %+v %v", s, err)
	}
}

func TestMarkdownErrors(t *testing.T) {
	for in, want := range map[string]string{
		"no front matter":                             `a.md:1: the story does not begin with front matter`,
		"":                                            `a.md:1: the story does not begin with front matter`,
		"---\ntitle: A\n":                             `a.md:3: the front matter has no end`,
		"---\ntitel: A\n---\n":                        `a.md:2:1: unknown field "titel"; take it out, or put it under "params:"`,
		"---\ntitle: [a, b]\n---\n":                   `a.md:2:8: title: is a list, and has to be a text`,
		"---\ntitle: A\nvalue: [1]\n---\n":            `a.md:3:8: value: is a list, and has to be a number`,
		"---\ntitle: A\nrun_from: {a: b}\n---\n":      `a.md:3:11: run_from: is fields of its own, and has to be a text`,
		"---\ntitle: A\ndraft: maybe\n---\n":          `a.md:3:8: draft: is a text, and has to be true or false`,
		"---\ntitle: A\nvalue: high\n---\n":           `a.md:3: value: "high" is not a whole number; write one from 0 to 100`,
		"---\ntitle: A\nvalue: 0.5\n---\n":            `a.md:3: value: "0.5" is not a whole number`,
		"---\ntitle: A\nvalue: 101\n---\n":            `a.md:3: value: 101 is not between 0 and 100`,
		"---\ntitle: A\ndate: 23/11/2026\n---\n":      `a.md:3: date: "23/11/2026" is not a date`,
		"---\ntitle: A\nembargo: soon\n---\n":         `a.md:3: embargo: "soon" is not a date`,
		"---\nlink: x\n---\n":                         `a.md:1: title: the story has no title`,
		"---\ntitle: [x\n---\n":                       `a.md:2:8: this [ has no ]; close it with ]`,
		"---\ntitle: {x: y\n---\n":                    `a.md:2:8: this { has no }; close it with }`,
		"---\ntitle: \"x\n---\n":                      `a.md:2:8: this " has no second one; end the text with "`,
		"---\ntitle: Harbour: closed\n---\n":          `a.md:2:8: a ": " stands within this text; put quotes around the text`,
		"---\ntitle: A\n kicker: B\n---\n":            `a.md:3:2: this line is indented by 1, and line 2 above it by 0; begin it at the margin`,
		"---\nlink: x\ntitle: A\n   kicker: B\n---\n": `a.md:4:4: this line is indented by 3, and line 3 above it by 0; begin it at the margin`,
		"---\n  title: A\nkicker: B\n---\n":           `a.md:3:1: this line is indented by 0, and line 2 above it by 2; begin it with 2 spaces`,
		"---\ntitle: \"A\"\n kicker: B\n---\n":        `a.md:3:2: this line is indented by 1, and line 2 above it by 0; begin it at the margin`,
		"---\ntitle: 'It's raining'\n---\n":           `a.md:2:11: this quote ends the text before its end; double each ' within the text`,
		"---\ntitle: \"He said \"no\"\"\n---\n":       `a.md:2:17: this quote ends the text before its end; write \" for each " within the text`,
		"---\ntitle: \"A\" and B\n---\n":              `a.md:2:10: this quote ends the text before its end`,
		"---\ntitle: [a] b\n---\n":                    `a.md:2:12: the text goes on behind its bracket; put quotes around the whole text`,
		"---\ntitle: {a: b} c\n---\n":                 `a.md:2:15: the text goes on behind its bracket`,
		"---\ntitle: A\nkicker B\n---\n":              `a.md:3:1: this line has no colon behind its key; write kicker: B`,
		"---\ntitle: @A\n---\n":                       `a.md:2:8: a text cannot begin with @; put quotes around the text`,
		"---\ntitle: A\ntitle: B\n---\n":              `a.md:3:1: "title" is given twice; it first stands in line 2: remove one`,
		"---\ntitle: A\nlanguage: english\n---\n":     `a.md:3: language: "english" is not a language`,
		"---\ntitle: A\nlink: javascript:x\n---\n":    `a.md:3: link: "javascript:x" is not a web address`,
	} {
		_, err := ParseMarkdown("a.md", []byte(in), nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q:\n got %v\nwant %s...", in, err, want)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add([]byte(story))
	f.Add([]byte("---\ntitle: &a [*a]\n---\n"))
	f.Add([]byte("---\n? {title: x}\n---\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		s, err := ParseMarkdown("f.md", in, nil)
		if err != nil {
			return
		}
		if s.Title == "" || !utf8.ValidString(s.Title+s.Teaser+s.HTML) || strings.Contains(s.HTML, "<script") {
			t.Fatalf("%q: %+v", in, s)
		}
	})
}

// TestDays: a day alone is that of the newsletter's zone, from its first midnight on;
// the last of a run is included; an instant is the same everywhere.
func TestDays(t *testing.T) {
	for _, c := range []struct{ zone, matter, field, want string }{
		{"UTC", "run_from: 2026-11-20", "from", "2026-11-20T00:00:00Z"},
		{"UTC", "run_until: 2026-11-27", "until", "2026-11-28T00:00:00Z"},
		{"UTC", "run_until: 2026-11-27T09:00:00+01:00", "until", "2026-11-27T08:00:00Z"},
		{"Europe/Berlin", "run_from: 2026-11-20", "from", "2026-11-19T23:00:00Z"},
		{"Europe/Berlin", "run_until: 2026-11-27", "until", "2026-11-27T23:00:00Z"},
		{"Europe/Berlin", "run_until: 2026-10-25", "until", "2026-10-25T23:00:00Z"}, // a day of 25 hours
		{"Europe/Berlin", "run_until: 2026-11-27T09:00:00-05:00", "until", "2026-11-27T14:00:00Z"},
		{"Europe/Berlin", "embargo: 2026-11-27", "embargo", "2026-11-26T23:00:00Z"},
		{"America/Toronto", "embargo: 2026-11-27", "embargo", "2026-11-27T05:00:00Z"},
		{"Pacific/Auckland", "embargo: 2026-11-27", "embargo", "2026-11-26T11:00:00Z"},
		{"America/Toronto", "embargo: 2026-11-27T09:00Z", "embargo", "2026-11-27T09:00:00Z"},
		{"America/Toronto", "date: 2026-11-23", "date", "2026-11-23T05:00:00Z"},
		{"America/Toronto", "updated: 2026-11-23", "updated", "2026-11-23T05:00:00Z"},
		{"UTC", "run_from: 2026-11-27\nrun_until: 2026-11-20", "", "4: run_until: 2026-11-20 is not after run_from"},
		{"UTC", "run_from: soon", "", "3: run_from: \"soon\" is not a date"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseMarkdown("a.md", []byte("---\ntitle: A\n"+c.matter+"\n---\nText.\n"), zone)
		at := map[string]time.Time{"from": s.RunFrom, "until": s.RunUntil, "embargo": s.Embargo, "date": s.Published, "updated": s.Updated}
		switch {
		case c.field == "":
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: %v", c.matter, err)
			}
		case err != nil || at[c.field].Format(time.RFC3339) != c.want:
			t.Errorf("%s, %q: %s, want %s, %v", c.zone, c.matter, at[c.field], c.want, err)
		}
	}
}
