package digest

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// testZone is where the tests' newsletter is: not UTC, and its days not all of one length.
var testZone = func() *time.Location {
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		panic(err)
	}
	return zone
}()

// readFile reads an editor's file as newsroom does.
func readFile(src []byte, s Snapshot) (Overlay, error) {
	f, err := ParseFile(src, testZone)
	if err != nil {
		return Overlay{}, err
	}
	return f.Overlay(s), nil
}

func TestFormatFile(t *testing.T) {
	s, o, p := explained(t)
	o.Intro = "Dear readers,\n\nthe **bridge** closes.\n- one\n  - two"
	o.Retitle = map[string]Retitle{"bridge": {Title: "The bridge: what # to know", Kicker: "Traffic"}}
	o.Sections = map[string]string{"market": "Features"}
	file := FormatFile(s, o, p, testZone)
	trial.Golden(t, "testdata/editor.yaml", string(file))
	for line := range strings.Lines(string(file)) {
		if ours := strings.HasPrefix(line, "#") && !strings.Contains(line, ": \"") && !strings.Contains(line, "it is: "); ours && len(line) > 80 {
			t.Errorf("a terminal of 80 columns breaks %q", line)
		}
	}

	// Uncommenting a line that was left out adds its story.
	for _, uncommented := range []string{"- eaeaeaeaea", " - eaeaeaeaea"} { // with "# " taken away, or "#" alone
		edited := bytes.Replace(file, []byte("# - eaeaeaeaea"), []byte(uncommented), 1)
		edited = bytes.Replace(edited, []byte("# - ffffffffff"), []byte("- ffffffffff"), 1)
		got, err := readFile(edited, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, in := find(t, mustMake(t, s, got), "eaeaeaeaea"); !in {
			t.Error("the uncommented story is not in")
		}
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
		{"appeal: off\n", Overlay{NoAppeal: true}},
		{"appeal: no\n", Overlay{NoAppeal: true}},
		{"appeal: on\n", Overlay{}},
		{"appeal:\n", Overlay{}},
		{"retitle:\n  a:\n    teaser: >\n      One\n      two.\n", Overlay{Retitle: map[string]Retitle{"a": {Teaser: "One two."}}}},
		{"sections:\n  a: News\n", Overlay{Sections: map[string]string{"a": "News"}}},
	} {
		got, err := readFile([]byte(c.src), Snapshot{})
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v", c.src, got, err)
		}
	}
}

func TestParseFileBad(t *testing.T) {
	for _, c := range []struct {
		src  string
		line int
		what string
	}{
		{"subject: x\nheadline: y\n", 2, `"headline" is no key of this file`},
		{"retitle:\n  a:\n    titel: y\n", 3, `retitle: "titel" is no key of a story`},
		{"subject: x\nsubject: y\n", 2, "subject"},
		{"order: abc\n", 1, `"order" takes a list`},
		{"subject: {a: b}\n", 1, `"subject" takes one text`},
		{"retitle: {a: b}\n", 1, "takes keys: {title"},
		{"order: 7\n", 1, "takes a list"},
		{"subject: [a\n", 1, "[a"},
		{"lead: !!binary aGk=\n", 1, "tags, anchors"},
		{"order: &a [x]\nadd: *a\n", 1, "tags, anchors"},
		{"<<: {lead: x}\n", 1, "merges are not taken"},
		{"lead: x\n---\nlead: y\n", 3, "second document"},
		{"- a\n", 1, "keys with values belong here"},
		{"just words", 1, "keys with values belong here"},
		{"sections:\n  News:\n    - a\n  Features:\n", 4, `"Features" is a section without a story`},
		{"sections:\n  News: []\n", 2, `"News" is a section without a story`},
		{"sections:\n  News:\n    - a: \"said \"no\" twice\" # 50 points\n", 3, `twice\"" is not written as YAML wants it`},
		{"sections:\n  News:\n    - a: \"said \"no\" twice\"\n", 3, `write \" for one`},
		{"subject: A ferry: it sails\n", 1, `put a text that holds ": " into quotation marks`},
		{"subject: x\nintro: |\nDear readers,\n", 3, `the lines of a text stand further in`},
		{"subject: x\nsections\n", 2, `a key ends in ":"`},
		{"sections:\n  News:\n    - a: x\n      kiker: y\n", 4, `News: "kiker" is no key of a story`},
		{"sections:\n  News:\n    - {a: x, b: y}\n", 3, `"b" is no key of a story`},
		{"sections:\n  News:\n    - title: x\n", 3, "which story is this?"},
		{"sections:\n  News:\n    - a\n    -\n", 4, "a line without a story"},
		{"sections:\n  News:\n    - a: x\n      link: https://example.org/\n", 3, `"a" is one of this edition's stories`},
		{"appeal: later\n", 1, "write appeal: off"},
		{"sections:\n  News:\n    - a: x\n      sponsor: Acme\n", 4, "belongs to a link from elsewhere"},
		{"sections:\n  News:\n    - a: x\n      run_until: 2026-12-01\n", 4, "belongs to a link from elsewhere"},
		{"add:\n    - link: https://example.org/\n      run_from: tomorrow\n", 3, `"tomorrow" is no date; write 2026-11-27`},
		{"add:\n    - link: https://example.org/\n      run_from: 2026-12-02\n      run_until: 2026-12-01\n", 4, "is not after run_from"},
		{"retitle:\n  a: {run_until: 2026-12-01}\n", 2, `"run_until" is no key of a story`},
		{"sections:\n  News:\n    - a: x\n      section: Features\n", 3, "move its line"},
		{"sections:\n  News:\n    - a\norder: [a]\n", 4, `"order" is not taken beside sections`},
		{"lead:\n  - a\n  - b\n", 3, "one story leads"},
		{"sections: News\n", 1, "takes the names of sections"},
		{strings.Repeat(" ", maxFile+1), 0, "262,145 bytes; 262,144 are taken"},
	} {
		_, err := readFile([]byte(c.src), Snapshot{})
		if err == nil {
			t.Errorf("%.60q was taken", c.src)
			continue
		}
		var wrong *OverlayError
		if errors.As(err, &wrong) && wrong.Problems[0].Line != c.line || !strings.Contains(err.Error(), c.what) {
			t.Errorf("%.60q: not line %d, %q in:\n%v", c.src, c.line, c.what, err)
		}
		if strings.Contains(err.Error(), "unmarshal") || strings.Contains(err.Error(), "Overlay") {
			t.Errorf("%.60q: Go's own words in:\n%v", c.src, err)
		}
	}
}

// TestLateStories: what came after the edit is offered, and the edition stays as the
// editor left it.
func TestLateStories(t *testing.T) {
	s, pinned := week(), Overlay{Lead: "bridge"}
	o, before, err := edited(t, s, pinned, "  News:\n"+lineOf(t, s, pinned, "market"), "")
	if err != nil {
		t.Fatal(err)
	}
	o.Seen = s.To
	s.To = s.To.Add(12 * time.Hour)
	late := tale("flood", "Flood warning for the whole coast", "News", 0)
	late.Published, late.FirstSeen, late.Value = o.Seen.Add(time.Hour), o.Seen.Add(time.Hour), 100
	s.Stories = append(s.Stories, late)
	s.Stories[1].Teaser = "A new first sentence."
	after := mustMake(t, s, o)
	if shape(after) != shape(before) {
		t.Errorf("was %s, is %s", shape(before), shape(after))
	}
	if c, in := find(t, after, "flood"); in || c.Reason.Rule != Offered || !strings.Contains(c.Reason.Text, "offered") {
		t.Errorf("%+v", c.Reason)
	}
	if c, in := find(t, after, "market"); in || c.Reason.Rule != Dropped {
		t.Errorf("%+v", c.Reason)
	}
	// The measure of the pick is of what the editor had seen.
	proposal, err := Proposal(s, o)
	if err != nil {
		t.Fatal(err)
	}
	if k := KeptOf(proposal, after); k.String() != "editor kept 3 of 4" {
		t.Errorf("%s", k)
	}
	file := string(FormatFile(s, o, after, testZone))
	if add := file[strings.Index(file, "\nadd:\n"):]; !strings.HasPrefix(add, "\nadd:\n    # - \"flood\"") {
		t.Errorf("not offered first:\n%s", add)
	}
}

func TestMarkTellsOverlaysApart(t *testing.T) {
	a := Overlay{Order: []string{"a"}, Retitle: map[string]Retitle{"a": {Title: "x"}, "b": {}}}
	b := Overlay{Order: []string{"a"}, Retitle: map[string]Retitle{"b": {}, "a": {Title: "x"}}}
	c := Overlay{Order: []string{"a"}, Retitle: map[string]Retitle{"b": {}, "a": {Title: "y"}}}
	if a.Mark() != b.Mark() || a.Mark() == c.Mark() || (Overlay{}).Mark() == a.Mark() {
		t.Errorf("%s %s %s %s", a.Mark(), b.Mark(), c.Mark(), Overlay{}.Mark())
	}
}

// withoutIdleSections takes the sections away that an overlay gives to stories which
// are not in the edition: the file does not keep them. It gives up where that puts
// others out, again and again.
func withoutIdleSections(t *rapid.T, s Snapshot, o Overlay, p Pick) (Overlay, Pick) {
	for range 5 {
		in, idle := map[string]bool{}, len(o.Sections)
		for _, c := range p.Chosen {
			in[c.Story.ID] = true
		}
		maps.DeleteFunc(o.Sections, func(id, _ string) bool { return !in[id] })
		if idle == len(o.Sections) {
			return o, p
		}
		p = mustMake(t, s, o)
	}
	return o, Pick{}
}

// What the editor gets and saves as it is makes the same edition again, and saved
// twice it says the same.
func TestEditorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		o := drawOverlay(t, s)
		line := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "~", "no: # yes", "'", "- a", "{{x}}", "|", "2026-11-27", "1e3", "a\\b", "\u2028", "🚢 Fähre", "x: |"}))
		o.NoAppeal = rapid.Bool().Draw(t, "no appeal")
		o.Intro = strings.TrimSpace(rapid.OneOf(line, rapid.StringMatching(`([ a-z#:*\t-]{0,9}\n){1,4}[a-z]`)).Draw(t, "intro"))
		clean := func(what string) string {
			text := trimmed(line.Draw(t, what))
			p := &overlayCheck{}
			if p.line(what, text); len(p.problems) > 0 {
				return ""
			}
			return strings.ToValidUTF8(text, "")
		}
		o.Subject = clean("subject")
		for id, r := range o.Retitle {
			r.Title, r.Teaser, r.Kicker = clean("title"), clean("teaser"), clean("kicker")
			o.Retitle[id] = r
		}
		if rapid.Bool().Draw(t, "elsewhere") {
			e := Elsewhere{URL: "https://other.example/fog", Title: "Fog", Teaser: clean("their teaser"), Sponsor: rapid.SampledFrom([]string{"", "Acme"}).Draw(t, "sponsor")}
			if e.Sponsor != "" {
				e.RunFrom = rapid.SampledFrom([]time.Time{s.At.UTC().Truncate(24 * time.Hour), time.Date(2026, 11, 1, 0, 0, 0, 0, testZone).UTC()}).Draw(t, "from")
				e.RunUntil = later(s.At, s.known()).UTC().Add(rapid.SampledFrom([]time.Duration{time.Minute, 48 * time.Hour}).Draw(t, "run")).Truncate(time.Second)
			}
			o.Elsewhere = []Elsewhere{e}
			o.Add = append(o.Add, e.ID())
			o.Sections = map[string]string{e.ID(): "Opinion"}
		}
		p, err := Make(s, o)
		if err != nil {
			t.Fatal(err)
		}
		if o, p = withoutIdleSections(t, s, o, p); p.Chosen == nil {
			return
		}
		file := FormatFile(s, o, p, testZone)
		saved, err := readFile(file, s)
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
		was, wasAlso := withoutAlso(Compose(s, o, p, Meta{}))
		is, isAlso := withoutAlso(Compose(s, saved, again, Meta{}))
		if !reflect.DeepEqual(was, is) || !slices.Equal(wasAlso, isAlso) {
			t.Fatalf("was\n%+v %q\nis\n%+v %q\n%s", was, wasAlso, is, isAlso, file)
		}
		if len(again.Left)+len(again.Chosen) != len(p.Left)+len(p.Chosen) {
			t.Fatalf("a candidate has no reason:\n%s", file)
		}
		if second, err := readFile(FormatFile(s, saved, again, testZone), s); err != nil || !reflect.DeepEqual(second, saved) {
			t.Fatalf("saved twice:\n%#v\n%#v\n%v", saved, second, err)
		}
	})
}

// The rule adds nothing to an edition that an editor has made whole, whatever comes.
func TestWholeStaysWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		saved, err := readFile(FormatFile(s, Overlay{}, mustMake(t, s, Overlay{}), testZone), s)
		if err != nil {
			t.Fatal(err)
		}
		saved.Seen = s.To
		want := shape(mustMake(t, s, saved))
		late := drawStory(t, "late")
		late.FirstSeen = s.To.Add(time.Minute)
		s.To = s.To.Add(time.Hour)
		s.Stories = append(s.Stories, late)
		p, err := Make(s, saved)
		if err != nil {
			t.Fatal(err)
		}
		if got := shape(p); got != want {
			t.Fatalf("was %s, is %s", want, got)
		}
	})
}

// withoutAlso takes the links to other reports out of a revision. Of two stories of one
// event that an editor keeps both, either may have them: they are compared together.
func withoutAlso(r Revision) (Revision, []string) {
	var links []string
	strip := func(item *Item) {
		for _, link := range item.Also {
			links = append(links, link.URL)
		}
		item.Also = nil
	}
	if r.Lead != nil {
		strip(r.Lead)
	}
	for i := range r.Blocks {
		for j := range r.Blocks[i].Items {
			strip(&r.Blocks[i].Items[j])
		}
	}
	slices.Sort(links)
	return r, slices.Compact(links)
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
		o, err := readFile([]byte("lead: "+quote(id)+"\n"), Snapshot{})
		if err != nil || o.Lead != id {
			t.Errorf("%s reads back as %q, %v", id, o.Lead, err)
		}
	}
}

func TestEvenOut(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"add:\n   - a: b\n - c\n", "add:\n    - a: b\n    - c\n"},
		{"    - a: b\n       teaser: x\n", "    - a: b\n      teaser: x\n"},
		{"intro: |\n   - a\n title: b\n\n   c\nsubject: x\n   - a\n", "intro: |\n   - a\n title: b\n\n   c\nsubject: x\n    - a\n"},
		{"  - a: b\n    teaser: >\n        - x\n   kicker: y\n", "    - a: b\n    teaser: >\n        - x\n      kicker: y\n"},
		{"subject: x # a: |\n - a\n", "subject: x # a: |\n    - a\n"},
		{"- a\r\n", "    - a\n"},
	} {
		if got := string(evenOut([]byte(c.src))); got != c.want {
			t.Errorf("%q: got\n%q, want\n%q", c.src, got, c.want)
		}
	}
}

// FuzzParseFile: whatever is read can be written and read again; what is refused
// names a line of the file.
func FuzzParseFile(f *testing.F) {
	s := week()
	for _, src := range []string{
		"subject: x\norder:\n  - a # b\n", "intro: |\n  a\n", "a: &a [*a]\n", "retitle: {a: {title: b}}", "---\n...\n", "? a\n: b", "drop: !!binary aGk=", "\xff", "<<: {}",
		"lead:\n  - link: https://example.org/x\n    title: y\nsections:\n  News:\n  - a: b\n  - {id: c, image: none}\n",
		string(FormatFile(s, Overlay{}, mustMake(f, s, Overlay{}), testZone)),
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := ParseFile(src, testZone)
		if err != nil {
			var wrong *OverlayError
			if errors.As(err, &wrong) && slices.ContainsFunc(wrong.Problems, func(p Problem) bool { return p.Line < 0 || p.Line > bytes.Count(src, []byte("\n"))+2 }) {
				t.Errorf("no line of the file: %v", err)
			}
			return
		}
		o := file.Overlay(s)
		p, err := Make(s, o)
		if err != nil {
			return
		}
		text := FormatFile(s, o, p, testZone)
		back, err := readFile(text, s)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		again, err := Make(s, back)
		if err != nil || shape(again) != shape(p) {
			t.Errorf("%v: was %s, is %s\n%s", err, shape(p), shape(again), text)
		}
	})
}
