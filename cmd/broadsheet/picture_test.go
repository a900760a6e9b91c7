package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// sendAt is when every picture of these tests is taken.
var sendAt = time.Date(2026, 11, 27, 10, 50, 0, 0, time.Local)

// halfway is a send by so many relays that all work.
func halfway(names ...string) newsroom.Progress {
	p := newsroom.Progress{
		Accounting: newsroom.Accounting{Edition: edition, Revision: 1, Audience: 100_000, Accepted: 42_298, Rejected: 12, Queued: 57_690},
		At:         sendAt, State: mailer.Sending, Senders: 1, Rate: 9812, Left: 5.9, Flying: 40,
	}
	for i, name := range names {
		p.Relays = append(p.Relays, newsroom.RelayProgress{
			Name: name, State: newsroom.RelayUp, Connections: int64(10 / (i + 1)), Rate: 9812 / float64(len(names)+i), Accepted: 42_298 / int64(len(names)+i),
		})
	}
	return p
}

// change is one with something different.
func change(p newsroom.Progress, do func(p *newsroom.Progress)) newsroom.Progress {
	do(&p)
	return p
}

func failing(state newsroom.RelayState) func(r *newsroom.RelayProgress) {
	return func(r *newsroom.RelayProgress) {
		r.State, r.Since, r.Words = state, sendAt.Add(-8*time.Minute), "550 5.7.1 This account is suspended"
		r.Connections, r.Rate, r.Refused = 0, 0, 31
	}
}

var pictures = []struct {
	name string
	p    newsroom.Progress
}{
	{"nothing to do", newsroom.Progress{At: sendAt, Relays: []newsroom.RelayProgress{{Name: "main", State: newsroom.RelayUp}}}},
	{"nobody says anything", newsroom.Progress{At: sendAt, Accounting: newsroom.Accounting{Audience: 20, Queued: 20}}},
	{"one relay", halfway("127.0.0.1:2525")},
	{"three relays", halfway("main", "second", "a-name-that-is-much-longer-than-names-are.example")},
	{"names in other scripts", halfway("主要中继", "zweites-ß", "третий")},
	{"laying", change(halfway("main"), func(p *newsroom.Progress) { p.Expected, p.State, p.Left = 1_000_412, mailer.Laying, 98 })},
	{"odd ones", change(halfway("main", "second"), func(p *newsroom.Progress) {
		p.Deferred, p.InDoubt, p.Skipped, p.Queued = 310, 4, 2, 57_374
		p.Relays[1].Deferred, p.Relays[1].Connections = 452, 1
	})},
	{"one refuses", change(halfway("main", "second", "third"), func(p *newsroom.Progress) { failing(newsroom.RelayRefuses)(&p.Relays[0]) })},
	{"one refuses since yesterday, in many words", change(halfway("main", "second"), func(p *newsroom.Progress) {
		failing(newsroom.RelayRefuses)(&p.Relays[0])
		p.Relays[0].Since = sendAt.AddDate(0, 0, -1)
		p.Relays[0].Words = "550 5.7.1 \x1b[2JThis\taccount is suspended.\r\nSee https://relay.example/a/very/long/address/of/a/page for what you can do about it"
	})},
	{"all down", change(halfway("main", "second"), func(p *newsroom.Progress) {
		failing(newsroom.RelayRefuses)(&p.Relays[0])
		failing(newsroom.RelayDown)(&p.Relays[1])
		p.Relays[1].Words = "dial tcp 192.0.2.1:587: connect: connection refused"
	})},
	{"a standby", change(halfway("main", "second"), func(p *newsroom.Progress) {
		p.Relays[1] = newsroom.RelayProgress{Name: "second", State: newsroom.RelayStandby}
	})},
	{"a standby that has worked", change(halfway("main", "second"), func(p *newsroom.Progress) {
		p.Relays[1].State, p.Relays[1].Connections = newsroom.RelayStandby, 0
	})},
	{"a wave", change(halfway("main"), func(p *newsroom.Progress) { p.Wave = &newsroom.WaveProgress{Number: 2, Of: 3, Name: "1%"} })},
	{"the last ones wait", change(halfway("main"), func(p *newsroom.Progress) {
		p.Accepted, p.Queued, p.Deferred, p.Rate, p.Left, p.Relays[0].Rate = 99_900, 0, 88, 0, 0, 0
	})},
	{"all", change(halfway("main"), func(p *newsroom.Progress) { p.Accepted, p.Queued, p.Left = 99_988, 0, 0 })},
	{"slow and long", change(halfway("main"), func(p *newsroom.Progress) { p.Rate, p.Left = 0.26, 221_884 })},
}

// TestPicture draws fixed sends, wide and narrow, and holds every line to its width.
func TestPicture(t *testing.T) {
	var b strings.Builder
	escape := regexp.MustCompile("\x1b\\[[0-9]*m")
	for _, test := range pictures {
		fmt.Fprintf(&b, "== %s\n", test.name)
		for _, width := range []int{200, 80, 40, 20} {
			fmt.Fprintf(&b, "-- %d\n", width)
			for _, line := range picture(test.p, width, style{unicode: true}) {
				if n := runewidth.StringWidth(line); n > width {
					t.Errorf("%s: %d columns of %d: %s", test.name, n, width, line)
				}
				fmt.Fprintln(&b, line)
			}
			plain := strings.Join(picture(test.p, width, style{unicode: true}), "\n")
			coloured := strings.Join(picture(test.p, width, style{unicode: true, colour: true}), "\n")
			if escape.ReplaceAllString(coloured, "") != plain {
				t.Errorf("%s: with colours it says %q", test.name, coloured)
			}
		}
		ascii := picture(test.p, 80, style{})[0]
		if strings.ContainsFunc(ascii, func(r rune) bool { return r > 126 }) {
			t.Errorf("%s: for a terminal without Unicode: %s", test.name, ascii)
		}
		fmt.Fprintf(&b, "-- ascii\n%s\n-- piped\n%s\n\n", ascii, plainLine(test.p))
	}
	trial.Golden(t, "testdata/picture.golden", b.String())
}

// TestNarrate tells what happened between two pictures.
func TestNarrate(t *testing.T) {
	works := halfway("main", "second", "third")
	with := func(i int, do func(r *newsroom.RelayProgress)) newsroom.Progress {
		p := halfway("main", "second", "third")
		do(&p.Relays[i])
		return p
	}
	down := with(0, failing(newsroom.RelayRefuses))
	standby := with(1, func(r *newsroom.RelayProgress) { r.State = newsroom.RelayStandby })
	alone := halfway("main")
	alone.Relays[0].State, alone.Relays[0].Words = newsroom.RelayDown, "connection refused\x1b[31m"
	staff, rest := works, works
	staff.Wave, rest.Wave = &newsroom.WaveProgress{Number: 1, Of: 2, Name: "staff"}, &newsroom.WaveProgress{Number: 2, Of: 2, Name: "rest"}
	held := works
	held.Note = "Another sender holds the rest until 10:51:00; if it is gone, this one goes on then."
	var b strings.Builder
	for _, test := range []struct {
		name          string
		before, after newsroom.Progress
	}{
		{"nothing", works, works},
		{"one refuses", works, down},
		{"it refuses still", down, down},
		{"it takes mail again", down, works},
		{"the only one breaks", halfway("main"), alone},
		{"the standby takes over", standby, works},
		{"the standby may rest", works, standby},
		{"the next wave begins", staff, rest},
		{"somebody else holds the rest", works, held},
		{"that is said once", held, held},
		{"the first look finds one broken", newsroom.Progress{}, down},
	} {
		fmt.Fprintf(&b, "== %s\n", test.name)
		for _, line := range narrate(test.before, test.after) {
			fmt.Fprintln(&b, wrap(line, 60, noteIndent))
		}
	}
	trial.Golden(t, "testdata/narrate.golden", b.String())
}

// TestPiped: where nobody can be drawn for, a line every 10 seconds, and no more.
func TestPiped(t *testing.T) {
	now := sendAt
	var out bytes.Buffer
	p := &progress{out: &out, clock: func() time.Time { return now }, last: now}
	for range 300 {
		now = now.Add(100 * time.Millisecond)
		p.show(halfway("main"))
	}
	p.close()
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 3 || lines[0] != plainLine(halfway("main")) {
		t.Errorf("in 30 seconds:\n%s", out.String())
	}
	quiet := &progress{out: &out, clock: func() time.Time { return now }, quiet: true}
	out.Reset()
	now = now.Add(time.Hour)
	quiet.show(halfway("main"))
	if out.Len() > 0 {
		t.Errorf("quiet, and says %s", out.String())
	}
}

// TestStream: for programs, an object a line, once a second.
func TestStream(t *testing.T) {
	now := sendAt
	var out bytes.Buffer
	p := (&App{Out: &out, Clock: func() time.Time { return now }}).newStream()
	for range 30 {
		now = now.Add(100 * time.Millisecond)
		p.show(halfway("main"))
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("in 3 seconds:\n%s", out.String())
	}
	var got newsroom.Progress
	if err := json.Unmarshal([]byte(lines[2]), &got); err != nil || got.Accepted != 42_298 || got.Relays[0].Name != "main" {
		t.Errorf("%v: %s", err, lines[2])
	}
}
