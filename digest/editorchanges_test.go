package digest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// edited is the week's file with some of its lines changed, as an editor would.
func edited(t *testing.T, s Snapshot, o Overlay, change ...string) (Overlay, Pick, error) {
	t.Helper()
	text := string(FormatFile(s, o, mustMake(t, s, o), testZone))
	for i := 0; i < len(change); i += 2 {
		if !strings.Contains(text, change[i]) {
			t.Fatalf("no %q in\n%s", change[i], text)
		}
		text = strings.Replace(text, change[i], change[i+1], 1)
	}
	f, err := ParseFile([]byte(text), testZone)
	if err != nil {
		return Overlay{}, Pick{}, err
	}
	got := f.Overlay(s)
	p, err := Make(s, got)
	return got, p, f.Locate(err)
}

// lineOf is a story's line in the file, from its beginning to its end.
func lineOf(t *testing.T, s Snapshot, o Overlay, id string) string {
	t.Helper()
	for line := range strings.Lines(string(FormatFile(s, o, mustMake(t, s, o), testZone))) {
		if strings.Contains(line, "- "+quote(id)+":") {
			return line
		}
	}
	t.Fatalf("no line of %s", id)
	return ""
}

func TestEditorMoves(t *testing.T) {
	s, o := week(), Overlay{Lead: "bridge"}
	column, trawler, market := lineOf(t, s, o, "column"), lineOf(t, s, o, "trawler"), lineOf(t, s, o, "market")
	const teaser = "      # teaser: \"What happened.\"\n"
	for _, c := range []struct {
		name   string
		change []string
		want   string
	}{
		{"as it is", nil, "full: bridge/News/* market/News/ trawler/Features/ column/Opinion/"},
		{"deleted, the comment beneath left", []string{"  News:\n" + market, ""}, "full: bridge/News/* trawler/Features/ column/Opinion/"},
		{"deleted with its section", []string{"  Opinion:\n" + column, ""}, "full: bridge/News/* market/News/ trawler/Features/"},
		{"moved to another section", []string{"  Features:\n" + trawler, "", "  Opinion:\n", "  Opinion:\n" + trawler}, "full: bridge/News/* market/News/ trawler/Opinion/ column/Opinion/"},
		{"moved to the top", []string{lineOf(t, s, o, "bridge") + teaser, trawler, "  Features:\n" + trawler, ""}, "full: trawler/Features/* market/News/ column/Opinion/"},
		{"kicker", []string{market, market + "   kicker: Trade\n"}, "full: bridge/News/* market/News/Trade trawler/Features/ column/Opinion/"},
	} {
		_, p, err := edited(t, s, o, c.change...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := shape(p); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestEditorChanges: title, teaser and picture in the file are what is printed, and
// what is not changed is no change.
func TestEditorChanges(t *testing.T) {
	s, pinned := week(), Overlay{Lead: "bridge"}
	o, p, err := edited(t, s, pinned,
		`"Fish market moves indoors"`, `"Fish market: \"indoors\" at last"`,
		`      # teaser: "What happened."`, `       teaser: "Six months of detours."`,
		"  Features:\n"+lineOf(t, s, pinned, "trawler"), "  Features:\n"+lineOf(t, s, pinned, "trawler")+"      image: none\n",
	)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Retitle{
		"bridge": {Teaser: "Six months of detours."}, "market": {Title: `Fish market: "indoors" at last`}, "trawler": {Image: NoImage},
	}
	if !reflect.DeepEqual(o.Retitle, want) {
		t.Errorf("%+v", o.Retitle)
	}
	r := Compose(s, o, p, Meta{})
	if r.Lead.Story.Teaser != "Six months of detours." || r.Blocks[0].Items[0].Story.Title != `Fish market: "indoors" at last` || r.Blocks[1].Items[0].Story.Image != nil {
		t.Errorf("%+v", r)
	}
}

// TestEditorSectionUncommented: who takes the "#" alone away before a section that had
// no story leaves a blank, which does not matter.
func TestEditorSectionUncommented(t *testing.T) {
	s := week()
	o := Overlay{Drop: []string{"column"}}
	line := lineOf(t, s, o, "market")
	for _, name := range []string{"  Opinion:", "   Opinion:", " Opinion:", "   Opinion: # here"} {
		_, p, err := edited(t, s, o, "  # Opinion:", name+"\n"+line+"  #", line, "")
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if c, in := find(t, p, "market"); !in || c.Section != "Opinion" {
			t.Errorf("%q: %+v", name, c)
		}
	}
}

func TestEditorElsewhere(t *testing.T) {
	s := week()
	const link = "  Opinion:\n    - link: https://www.other.example/fog/?utm_source=x\n      title: The fog, seen from abroad\n      kicker: Abroad\n      sponsor: Acme\n"
	o, p, err := edited(t, s, Overlay{}, "  Opinion:\n", link)
	if err != nil {
		t.Fatal(err)
	}
	id := o.Elsewhere[0].ID()
	c, in := find(t, p, id)
	if !in || c.Section != "Opinion" || c.Kicker != "Abroad" || c.Story.URL != "https://www.other.example/fog/" || c.Story.Sponsor != "Acme" || c.Reason.Rule != ByEditor {
		t.Errorf("%+v", c)
	}
	// Mailed once, under whatever address, it is not mailed again.
	s.Mailed = []Mailed{{ID: id, URL: "http://other.example/fog", Title: "Another title", Edition: "weekly/2026-11-20T09:00"}}
	if _, err = Make(s, o); err == nil || !strings.Contains(err.Error(), "mailed in weekly/2026-11-20T09:00") {
		t.Errorf("%v", err)
	}
	for _, c := range []struct{ was, is, want string }{
		{"https://www.other.example/fog/?utm_source=x", "htps://other.example/", `link: "htps://other.example/" cannot be added: link with scheme`},
		{"https://www.other.example/fog/?utm_source=x", "other.example/fog", "is not absolute"},
		{"https://www.other.example/fog/?utm_source=x", "https://example.org/bridge", "is story bridge of this edition already; name that one"},
		{"      title: The fog, seen from abroad\n", "", "needs a title"},
		{"kicker: Abroad", "image: fog.jpg", "is no picture's address"},
		{"kicker: Abroad", "run_until: 2026-11-26", "ran only until 27 Nov 2026 05:00 UTC"},
		{"kicker: Abroad", "run_from: 2026-11-28", "runs only from 28 Nov 2026 05:00 UTC"},
	} {
		_, _, err := edited(t, week(), Overlay{}, "  Opinion:\n", strings.Replace(link, c.was, c.is, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%s: %v", c.is, err)
		}
	}
}

// TestEditorMistakes: what Make objects to is told at its line.
func TestEditorMistakes(t *testing.T) {
	s := week()
	secret := tale("secret", "Not yet to be told", "News", 1)
	secret.Embargo = slotAt.Add(time.Hour)
	s.Stories = append(s.Stories, secret)
	market := lineOf(t, s, Overlay{}, "market")
	for _, c := range []struct{ was, is, want string }{
		{`"market"`, `"markt"`, `News: "markt" is no story of this edition; did you mean market`},
		{market, market + market, `News: "market" is named twice`},
		{market, market + "    - secret\n", `cannot be in this edition: embargoed until 27 Nov 2026 10:00`},
		{"  Opinion:", "  Opinions:", `sections: "Opinions" is no section of this newsletter; there are News, Features, Opinion`},
		{market, market + "      image: here\n", `image: "here" is no picture's address`},
		{`subject: ""`, `subject: "a\tb"`, "subject: "},
	} {
		_, _, err := edited(t, s, Overlay{}, c.was, c.is)
		var wrong *OverlayError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.is, err)
			continue
		}
		text := strings.Replace(string(FormatFile(s, Overlay{}, mustMake(t, s, Overlay{}), testZone)), c.was, c.is, 1)
		marked, first := MarkErrors([]byte(text), wrong.Problems)
		lines := strings.Split(string(marked), "\n")
		if !strings.HasPrefix(lines[first-2], "#!! ") || !strings.Contains(c.is, strings.TrimSpace(lines[first-1])) && !strings.Contains(lines[first-1], strings.Trim(c.is, " \"")) {
			t.Errorf("%q: marked above line %d, %q", c.is, first, lines[first-1])
		}
		if got := string(StripErrors(marked)); got != text {
			t.Errorf("%q: the marks are not taken away again", c.is)
		}
	}
}
