package digest

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFormatOverlay(t *testing.T) {
	s, o, p := explained(t)
	o.Intro = "Dear readers,\n\nthe **bridge** closes.\n- one\n  - two"
	o.Retitle = map[string]Retitle{"bridge": {Title: "The bridge: what # to know", Kicker: "Traffic"}}
	o.Sections = map[string]string{"market": "Features"}
	file := FormatOverlay(s, o, p)
	golden(t, "editor.yaml", string(file))

	// Uncommenting a line that was left out adds its story.
	edited := bytes.Replace(file, []byte("#  - eaeaeaeaea"), []byte("  - eaeaeaeaea"), 1)
	got, err := ParseOverlay(edited)
	if err != nil {
		t.Fatal(err)
	}
	if _, in := find(t, mustMake(t, s, got), "eaeaeaeaea"); !in {
		t.Error("the uncommented story is not in")
	}
}

func TestParseOverlay(t *testing.T) {
	for _, c := range []struct {
		src  string
		want Overlay
	}{
		{"", Overlay{}},
		{"# nothing\n", Overlay{}},
		{"subject: The bridge closes\n", Overlay{Subject: "The bridge closes"}},
		{"order: [a, b]\ndrop:\n", Overlay{Order: []string{"a", "b"}}},
		{"order: []\nsections: {}\nretitle: {}\n", Overlay{}},
		{"intro: |\n  One.\n\n  Two.\n", Overlay{Intro: "One.\n\nTwo."}},
		{"retitle:\n  a:\n    teaser: >\n      One\n      two.\n", Overlay{Retitle: map[string]Retitle{"a": {Teaser: "One two."}}}},
		{"sections:\n  a: News\n", Overlay{Sections: map[string]string{"a": "News"}}},
	} {
		got, err := ParseOverlay([]byte(c.src))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v", c.src, got, err)
		}
	}
}

func TestParseOverlayBad(t *testing.T) {
	for _, c := range []struct{ src, at, what string }{
		{"subject: x\nheadline: y\n", "[2:1]", "headline: y"},
		{"retitle:\n  a:\n    titel: y\n", "[3:5]", "titel: y"},
		{"subject: x\nsubject: y\n", "[2:1]", "subject"},
		{"order: abc\n", "[1:8]", "abc"},
		{"lead: [1,2]\n", "[1:7]", "one text belongs here, no list and no keys"},
		{"subject: {a: b}\n", "[1:10]", "one text belongs here"},
		{"retitle: {a: b}\n", "[1:14]", "keys with values belong here"},
		{"order: 7\n", "[1:8]", "a list belongs here"},
		{"order:\n  a: b\n", "[2:4]", "a: b"},
		{"subject: [a\n", "[1:10]", "[a"},
		{"drop:\n  - a\n - b\n", "[", "- b"},
		{"lead: !!binary aGk=\n", "[1:7]", "tags, anchors"},
		{"order: &a [x]\nadd: *a\n", "[1:8]", "tags, anchors"},
		{"<<: {lead: x}\n", "[1:1]", "merges are not taken"},
		{"lead: x\n---\nlead: y\n", "second document", "---"},
		{"- a\n", "[1:1]", "- a"},
		{"just words", "[1:1]", "just words"},
		{strings.Repeat(" ", maxOverlay+1), "262145 bytes", "262144 are taken"},
	} {
		o, err := ParseOverlay([]byte(c.src))
		if err == nil {
			t.Errorf("%.60q was taken: %+v", c.src, o)
			continue
		}
		if strings.Contains(err.Error(), "unmarshal") || strings.Contains(err.Error(), "Overlay") {
			t.Errorf("%.60q: Go's own words in:\n%v", c.src, err)
		}
		for _, want := range []string{"the editor's file", c.at, c.what} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%.60q: no %q in:\n%v", c.src, want, err)
			}
		}
	}
}

// What the editor gets and saves as it is makes the same choice and order, and
// keeps every change made so far.
func TestEditorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		o := drawOverlay(t, s)
		line := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "~", "no: # yes", "'", "- a", "{{x}}", "|", "2026-11-27", "1e3", "a\\b", "\u2028", "🚢 Fähre"}))
		o.Intro = strings.TrimSpace(rapid.OneOf(line, rapid.StringMatching(`([ a-z#:*\t-]{0,9}\n){1,4}[a-z]`)).Draw(t, "intro"))
		subject := strings.Join(strings.Fields(line.Draw(t, "subject")), " ")
		if p := (&overlayCheck{}); subject != "" {
			if p.line("subject", subject); len(p.problems) == 0 {
				o.Subject = subject
			}
		}
		p, err := Make(s, o)
		if err != nil {
			t.Fatal(err)
		}
		file := FormatOverlay(s, o, p)
		saved, err := ParseOverlay(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		again, err := Make(s, saved)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if got, want := shape(again), shape(p); got != want {
			t.Fatalf("was\n%s\nis\n%s\n%s", want, got, file)
		}
		want := o
		want.Lead, want.Order = saved.Lead, saved.Order
		if !reflect.DeepEqual(saved, want.tidy()) {
			t.Fatalf("was\n%#v\nis\n%#v\n%s", want, saved, file)
		}
		if second, _ := ParseOverlay(FormatOverlay(s, saved, again)); !reflect.DeepEqual(second, saved) {
			t.Fatalf("saved twice:\n%#v\n%#v", saved, second)
		}
	})
}

// shape is the choice and order of a pick, without its reasons.
func shape(p Pick) string {
	b := string(p.Verdict) + ":"
	for _, c := range p.Chosen {
		b += " " + c.Story.ID + "/" + c.Section + "/" + c.Kicker
		if c.Lead {
			b += "*"
		}
	}
	return b
}

func TestQuotePlainIDs(t *testing.T) {
	for _, id := range []string{"457hlnaoog", "2e34567234", "2345672345", "true", "y", "aaaaaaaaaa"} {
		o, err := ParseOverlay([]byte("lead: " + quote(id) + "\n"))
		if err != nil || o.Lead != id {
			t.Errorf("%s reads back as %q, %v", id, o.Lead, err)
		}
	}
}

func FuzzParseOverlay(f *testing.F) {
	for _, src := range []string{
		"subject: x\norder:\n  - a # b\n", "intro: |\n  a\n", "a: &a [*a]\n", "retitle: {a: {title: b}}", "---\n...\n", "? a\n: b", "drop: !!binary aGk=", "\xff", "<<: {}",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		o, err := ParseOverlay(src)
		if err != nil {
			return
		}
		file := FormatOverlay(week(), o, Pick{})
		back, err := ParseOverlay(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		o.Order = nil // the pick's
		if strings.ToValidUTF8(string(src), "") == string(src) && !reflect.DeepEqual(back, o.tidy()) {
			t.Errorf("%#v\n%#v\n%s", o, back, file)
		}
	})
}
