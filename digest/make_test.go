package digest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestGates(t *testing.T) {
	for _, c := range []struct {
		what    string
		change  func(s *Snapshot, x *Story)
		overlay Overlay
		rule    Rule   // why it is left out; ByScore: it is in
		text    string // part of the reason
	}{
		{"plain", func(*Snapshot, *Story) {}, Overlay{}, ByScore, "points: value 20"},
		{"dropped", func(*Snapshot, *Story) {}, Overlay{Drop: []string{"x"}}, Dropped, "by the editor"},
		{"no title", func(_ *Snapshot, x *Story) { x.Title = "" }, Overlay{}, Incomplete, "no title"},
		{"retitled", func(_ *Snapshot, x *Story) { x.Title = "" }, Overlay{Retitle: map[string]Retitle{"x": {Title: "New"}}}, ByScore, ""},
		{"no link", func(_ *Snapshot, x *Story) { x.URL = "javascript:alert(1)" }, Overlay{}, Incomplete, "no link"},
		{"gone", func(_ *Snapshot, x *Story) { x.Gone = 410 }, Overlay{}, GoneAway, "its page is gone (410)"},
		{"sponsored", func(_ *Snapshot, x *Story) { x.Sponsor = "Acme" }, Overlay{}, Sponsored, "by Acme"},
		{"of a source that was removed", ofSource("wire", "paper"), Overlay{}, NoSource, "its source, wire, is no longer in broadsheet.yaml"},
		{"of a source that is there", ofSource("wire", "paper", "wire"), Overlay{}, ByScore, ""},
		{"of a source, none being known", ofSource("wire"), Overlay{}, ByScore, ""},
		{"of a source that was removed, added", ofSource("wire", "paper"), Overlay{Add: []string{"x"}}, ByEditor, "added"},
		{"of a source that was removed, in a whole file", ofSource("wire", "paper"), Overlay{Whole: true, Order: []string{"x"}}, ByEditor, ""},
		{"linked to by hand", ofSource(ElsewhereSource, "paper"), Overlay{}, ByScore, ""},
		{"before its run", func(_ *Snapshot, x *Story) { x.Sponsor, x.RunFrom = "Acme", slotAt.Add(1) }, Overlay{}, OutOfRun, "runs only from 27 Nov 2026 08:00 UTC"},
		{"after its run", func(_ *Snapshot, x *Story) { x.Sponsor, x.RunUntil = "Acme", slotAt }, Overlay{}, OutOfRun, "ran only until"},
		{"on its first instant, added", func(_ *Snapshot, x *Story) { x.Sponsor, x.RunFrom, x.RunUntil = "Acme", slotAt, slotAt.Add(1) }, Overlay{Add: []string{"x"}}, ByEditor, "added"},
		{"a late draft after its run", func(s *Snapshot, x *Story) { x.RunUntil, s.Drafted = slotAt.Add(time.Hour), slotAt.Add(time.Hour) }, Overlay{}, OutOfRun, ""},
		{"sponsored, added", func(_ *Snapshot, x *Story) { x.Sponsor = "Acme" }, Overlay{Add: []string{"x"}}, ByEditor, "added"},
		{"barred section", func(_ *Snapshot, x *Story) { x.Section = "advertorial" }, Overlay{}, BarredOut, `"advertorial" is barred`},
		{"barred topic", func(_ *Snapshot, x *Story) { x.Topics = []string{"ADVERTORIAL"} }, Overlay{}, BarredOut, "is barred"},
		{"embargoed", func(_ *Snapshot, x *Story) { x.Embargo = slotAt.Add(1) }, Overlay{}, Embargoed, "until 27 Nov 2026 09:00"},
		{"embargo ends", func(_ *Snapshot, x *Story) { x.Embargo = slotAt }, Overlay{}, ByScore, ""},
		{"embargo ends before a late draft", func(s *Snapshot, x *Story) { x.Embargo, s.Drafted = slotAt.Add(1), slotAt.Add(time.Hour) }, Overlay{}, ByScore, ""},
		{"after the window of a late draft", func(s *Snapshot, x *Story) {
			x.Published, x.FirstSeen, s.Drafted = slotAt.Add(1), slotAt.Add(2), slotAt.Add(3)
		}, Overlay{}, OutOfWindow, "after the window"},
		{"no date, seen by a late draft", func(s *Snapshot, x *Story) {
			x.Published, x.FirstSeen, s.Drafted = time.Time{}, slotAt.Add(2), slotAt.Add(2)
		}, Overlay{}, ByScore, "without a date"},
		{"a late arrival, seen by a late draft", func(s *Snapshot, x *Story) {
			x.Published, x.FirstSeen, s.Drafted = weekFrom.Add(-2), slotAt.Add(2), slotAt.Add(2)
		}, Overlay{}, ByScore, ""},
		{"dated before the window, free in it", func(_ *Snapshot, x *Story) {
			x.Published, x.FirstSeen, x.Embargo = weekFrom.Add(-2), weekFrom.Add(-1), weekFrom
		}, Overlay{}, ByScore, ""},
		{"free before the window", func(_ *Snapshot, x *Story) {
			x.Published, x.FirstSeen, x.Embargo = weekFrom.Add(-3), weekFrom.Add(-2), weekFrom.Add(-1)
		}, Overlay{}, OutOfWindow, "before"},
		{"no date, but an embargo", func(_ *Snapshot, x *Story) {
			x.Published, x.FirstSeen, x.Embargo = time.Time{}, time.Time{}, weekFrom.Add(1)
		}, Overlay{}, OutOfWindow, "has no date"},
		{"other language", func(_ *Snapshot, x *Story) { x.Language = "de-AT" }, Overlay{}, WrongLang, "is in de-AT; the newsletter is in en-GB"},
		{"other region", func(_ *Snapshot, x *Story) { x.Language = "en_US" }, Overlay{}, ByScore, ""},
		{"unknown language", func(_ *Snapshot, x *Story) { x.Language = "" }, Overlay{}, ByScore, ""},
		{"mailed by ID", mailed(Mailed{ID: "x"}), Overlay{}, AlreadySent, "weekly/2026-11-20T09:00"},
		{"mailed by GUID", mailed(Mailed{ID: "y", GUID: "tag:example.org:x", Title: "Old title"}), Overlay{}, AlreadySent, `as "Old title"`},
		{"mailed by URL", mailed(Mailed{ID: "y", URL: "http://www.example.org/x/?utm_source=a"}), Overlay{}, AlreadySent, ""},
		{"mailed event", mailed(Mailed{ID: "y", Title: "Sea wall grant for Norvik approved", Published: slotAt.AddDate(0, 0, -5)}), Overlay{}, AlreadySent, "mailed in"},
		{"an event long ago", mailed(Mailed{ID: "y", Title: "Sea wall grant for Norvik approved", Published: slotAt.AddDate(0, 0, -50)}), Overlay{}, ByScore, ""},
		{"an event by its edition's day", mailed(Mailed{ID: "y", Title: "Sea wall grant for Norvik approved", Edition: "weekly/2026-10-20T09:00"}), Overlay{}, ByScore, ""},
		{"another source's GUID", mailed(Mailed{ID: "y", Source: "other", GUID: "4711"}), Overlay{}, ByScore, ""},
		{"mailed in this edition", mailed(Mailed{ID: "x", Edition: "weekly/2026-11-27T09:00"}), Overlay{}, ByScore, ""},
		{"first instant", func(_ *Snapshot, x *Story) { x.Published = weekFrom }, Overlay{}, ByScore, ""},
		{"last instant", func(_ *Snapshot, x *Story) { x.Published = slotAt }, Overlay{}, OutOfWindow, "after the window"},
		{"late arrival", func(_ *Snapshot, x *Story) { x.Published = weekFrom.Add(-48 * time.Hour) }, Overlay{}, ByScore, ""},
		{"too late", func(_ *Snapshot, x *Story) { x.Published = weekFrom.Add(-48*time.Hour - 1) }, Overlay{}, OutOfWindow, "before the window, which begins 20 Nov 2026 09:00"},
		{"seen before", func(_ *Snapshot, x *Story) { x.Published, x.FirstSeen = weekFrom.Add(-2), weekFrom.Add(-1) }, Overlay{}, OutOfWindow, "before"},
		{"no date", func(_ *Snapshot, x *Story) { x.Published = time.Time{} }, Overlay{}, ByScore, "without a date, so by when it was first seen: 25 Nov 2026 10:00"},
		{"no date, old", func(_ *Snapshot, x *Story) { x.Published, x.FirstSeen = time.Time{}, weekFrom.Add(-1) }, Overlay{}, OutOfWindow, "without a date"},
		{"no date at all", func(_ *Snapshot, x *Story) { x.Published, x.FirstSeen = time.Time{}, time.Time{} }, Overlay{}, OutOfWindow, "has no date"},
		{"future", func(_ *Snapshot, x *Story) { x.Published = slotAt.AddDate(1, 0, 0) }, Overlay{}, ByScore, "dated in the future (27 Nov 2027 09:00), so by when"},
		{"future, unseen", func(_ *Snapshot, x *Story) { x.Published, x.FirstSeen = slotAt.Add(1), time.Time{} }, Overlay{}, OutOfWindow, "after"},
		{"one date for all", constantFeed, Overlay{}, ByScore, "dated like everything of its source, so by when"},
		{"one date for two", func(s *Snapshot, x *Story) {
			constantFeed(s, x)
			s.Stories = s.Stories[:len(s.Stories)-1]
		}, Overlay{}, OutOfWindow, "before the window"},
		{"no section", noRest, Overlay{}, NoSection, "no section takes Sport, Rowing"},
		{"given a section", noRest, Overlay{Sections: map[string]string{"x": "features"}}, ByScore, ""},
	} {
		s := week()
		x := tale("x", "Norvik sea wall grant approved", "News", 2)
		c.change(&s, &x)
		s.Stories = append(s.Stories, x)
		got, in := find(t, mustMake(t, s, c.overlay), "x")
		if got.Reason.Rule != c.rule || !strings.Contains(got.Reason.Text, c.text) || in != (c.rule == ByScore || c.rule == ByEditor) {
			t.Errorf("%s: in %t, %+v, want %s %q", c.what, in, got.Reason, c.rule, c.text)
		}
		if gated := !in; gated != (got.Reason.Score == 0) {
			t.Errorf("%s: score %d for a story in %t", c.what, got.Reason.Score, in)
		}
	}
}

func mailed(m Mailed) func(*Snapshot, *Story) {
	if m.Edition == "" {
		m.Edition = "weekly/2026-11-20T09:00"
	}
	return func(s *Snapshot, x *Story) {
		if m.Source != "" {
			x.GUID = m.GUID
		}
		s.Mailed = append(s.Mailed, m)
	}
}

// constantFeed stamps three stories with one date, years before the window.
func constantFeed(s *Snapshot, x *Story) {
	x.Source, x.Published = "stamper", weekFrom.AddDate(-2, 0, 0)
	for i := range 2 {
		y := tale(fmt.Sprint("y", i), fmt.Sprint("Another thing ", i), "News", 3)
		y.Source, y.Published = x.Source, x.Published
		s.Stories = append(s.Stories, y)
	}
}

func noRest(s *Snapshot, x *Story) {
	s.Rules.Sections[0].Rest = false
	x.Section, x.Topics = "Sport", []string{"Rowing"}
}

func TestOneStoryAnEvent(t *testing.T) {
	s := week()
	best := tale("best", "Storm Ciara: 30,000 homes without power", "News", 2)
	best.Value = 90
	same := tale("same", "30.000 homes without power after storm Ciara", "Features", 2)
	page := tale("page", "Our live blog", "News", 3)
	page.URL = "http://example.org/best/?utm_source=x"
	side := tale("side", "After storm Ciara: a night without power", "News", 2)
	apart := tale("apart", "Dora floods the lower town", "News", 1)
	s.Stories = append(s.Stories, same, page, side, apart, best)
	p := mustMake(t, s, Overlay{})
	c, in := find(t, p, "best")
	if !in || !slices.Equal(c.Also, []string{"side"}) || !slices.Equal(c.Again, []string{"same", "page"}) {
		t.Errorf("in %t, also %v, again %v", in, c.Also, c.Again)
	}
	for id, text := range map[string]string{
		"same": `same event as best "Storm Ciara: 30,000 homes without power", in nearly the same words; `,
		"page": "in nearly the same words; ",
		"side": `same event as best "Storm Ciara: 30,000 homes without power"; `,
	} {
		if c, in := find(t, p, id); in || c.Reason.Rule != SameEvent || !strings.Contains(c.Reason.Text, text) {
			t.Errorf("%s: in %t, %+v", id, in, c.Reason)
		}
	}
	if _, in := find(t, p, "apart"); !in {
		t.Error("another storm is left out")
	}
	// The editor takes the other report, which then stands for the event.
	p = mustMake(t, s, Overlay{Add: []string{"same"}})
	if c, in := find(t, p, "same"); !in || c.Reason.Rule != ByEditor || !slices.Equal(c.Also, []string{"side", "page"}) || !slices.Equal(c.Again, []string{"best"}) {
		t.Errorf("added: in %t, %+v, also %v, again %v", in, c.Reason, c.Also, c.Again)
	}
	if c, in := find(t, p, "best"); in || c.Reason.Rule != SameEvent {
		t.Errorf("best stays beside the added one: %+v", c.Reason)
	}
	// The editor drops the best: the event has another.
	if _, in := find(t, mustMake(t, s, Overlay{Drop: []string{"best"}}), "same"); !in {
		t.Error("the event went with the dropped story")
	}
}

// The teaser is read once.
func TestOpeningOf(t *testing.T) {
	for _, c := range [][3]string{
		{"A ferry ran aground…", "<p>A ferry\nran aground off <b>Skarhamn</b>.</p>", "A ferry ran aground off Skarhamn ."},
		{"All safe.", "<p>A ferry ran aground.</p>", "All safe. A ferry ran aground."},
		{"All safe.", "", "All safe. "},
		{"", "<p>A ferry &amp; a tug</p><p", "A ferry & a tug"},
	} {
		if got := openingOf(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestQuotas(t *testing.T) {
	s := week()
	s.Stories = nil
	s.Rules.Stories = 4
	s.Rules.Sections = []Section{{Name: "News", Max: 2}, {Name: "Features", Min: 1}, {Name: "Opinion", Min: 1, Max: 1, Lead: no()}, {Name: "Sport", Min: 2}}
	value := 90
	for i, name := range []string{"News", "News", "News", "Opinion", "Opinion", "Features", "Features"} {
		x := tale(fmt.Sprintf("%s%d", strings.ToLower(name[:1]), value), trees[i], name, 1)
		x.Value = value
		s.Stories = append(s.Stories, x)
		value -= 10
	}
	p := mustMake(t, s, Overlay{})
	if got := ids(p.Chosen); got != "n90 n80 f40 o60" {
		t.Fatalf("chosen %s\n%s", got, Explain(p, 0))
	}
	for id, want := range map[string]Rule{"n90": ByScore, "f40": ByMinimum, "o60": ByMinimum, "n70": SectionFull, "o50": SectionFull, "f30": EditionFull} {
		if c, _ := find(t, p, id); c.Reason.Rule != want {
			t.Errorf("%s: %+v, want %s", id, c.Reason, want)
		}
	}
	if c, _ := find(t, p, "n70"); !strings.HasPrefix(c.Reason.Text, "News is full (2 of 2)") {
		t.Errorf("n70: %s", c.Reason.Text)
	}
	if c, _ := find(t, p, "f30"); !strings.HasPrefix(c.Reason.Text, "the edition is full (4 of 4)") {
		t.Errorf("f30: %s", c.Reason.Text)
	}
	// What the editor adds comes first, and counts.
	p = mustMake(t, s, Overlay{Add: []string{"n70"}})
	if got := ids(p.Chosen); got != "n90 n70 f40 o60" {
		t.Errorf("with n70 added: %s", got)
	}
	s.Rules.Stories = 0
	if p = mustMake(t, s, Overlay{}); len(p.Chosen) != 5 {
		t.Errorf("without a total: %s", ids(p.Chosen))
	}
}

func TestLead(t *testing.T) {
	for _, c := range []struct {
		what    string
		change  func(s []Story)
		overlay Overlay
		want    string
	}{
		{"the best with a picture", func(s []Story) { s[0].Image, s[0].Value, s[0].Topics = nil, 100, []string{"Analysis"} }, Overlay{}, "trawler"},
		{"never opinion", func(s []Story) { s[2].Value = 100 }, Overlay{}, "trawler"},
		{"no pictures", func(s []Story) { s[0].Image, s[1].Image, s[2].Image, s[3].Image = nil, nil, nil, nil }, Overlay{}, "trawler"},
		{"the editor's", func([]Story) {}, Overlay{Lead: "column"}, "column"},
		{"no opinion by its topic", func(s []Story) { s[1].Topics = []string{"Op-Ed"} }, Overlay{}, "bridge"},
		{"no opinion by its topic, in Arabic", func(s []Story) { s[1].Topics = []string{"آراء"} }, Overlay{}, "bridge"},
		{"never sponsored", func(s []Story) { s[0].Sponsor, s[0].Value = "Acme", 100 }, Overlay{Add: []string{"bridge"}}, "trawler"},
	} {
		s := week()
		c.change(s.Stories)
		p := mustMake(t, s, c.overlay)
		if !p.Chosen[0].Lead || p.Chosen[0].Story.ID != c.want {
			t.Errorf("%s: %s leads (%t)", c.what, p.Chosen[0].Story.ID, p.Chosen[0].Lead)
		}
		for _, other := range p.Chosen[1:] {
			if other.Lead {
				t.Errorf("%s: %s leads too", c.what, other.Story.ID)
			}
		}
	}
	s := week()
	s.Unshown = []string{"https://example.org/trawler.jpg"}
	for _, c := range []struct {
		o    Overlay
		want string
	}{
		{Overlay{}, "bridge"},
		{Overlay{Lead: "trawler"}, "trawler"},
		{Overlay{Retitle: map[string]Retitle{"trawler": {Image: "https://example.org/other.jpg"}}}, "trawler"},
		{Overlay{Retitle: map[string]Retitle{"bridge": {Image: NoImage}}}, "market"},
	} {
		if p := mustMake(t, s, c.o); p.Chosen[0].Story.ID != c.want || len(p.Chosen) != 4 {
			t.Errorf("the best's picture is none, under %+v: %s leads", c.o, p.Chosen[0].Story.ID)
		}
	}
	for i := range s.Stories {
		s.Stories[i].Image = nil
	}
	if p := mustMake(t, s, Overlay{Retitle: map[string]Retitle{"market": {Image: "https://example.org/other.jpg"}}}); p.Chosen[0].Story.ID != "market" {
		t.Errorf("the editor gave one a picture: %s leads", p.Chosen[0].Story.ID)
	}
	s = week()
	s.Rules.Sections[2].Lead = nil
	s.Stories[2].Value = 100
	if p := mustMake(t, s, Overlay{}); p.Chosen[0].Story.ID != "trawler" {
		t.Errorf("a section called Opinion that nothing is said of: %s leads", p.Chosen[0].Story.ID)
	}
	yes := true
	s.Rules.Sections[2].Lead = &yes
	if p := mustMake(t, s, Overlay{}); p.Chosen[0].Story.ID != "column" {
		t.Errorf("a section called Opinion that may lead: %s leads", p.Chosen[0].Story.ID)
	}
	s = week()
	s.Stories = s.Stories[2:3]
	if p := mustMake(t, s, Overlay{}); p.Chosen[0].Lead {
		t.Error("an opinion leads where there is nothing else")
	}
}

func TestOrder(t *testing.T) {
	s := week()
	if got := ids(mustMake(t, s, Overlay{}).Chosen); got != "trawler bridge market column" {
		t.Errorf("by rule: %s", got)
	}
	got := ids(mustMake(t, s, Overlay{Lead: "trawler", Order: []string{"column", "market"}}).Chosen)
	if got != "trawler market bridge column" {
		t.Errorf("the editor's: %s", got)
	}
	got = ids(mustMake(t, s, Overlay{Sections: map[string]string{"bridge": "Opinion", "column": "News"}, Lead: "trawler"}).Chosen)
	if got != "trawler column market bridge" {
		t.Errorf("moved between sections: %s", got)
	}
	s.Rules.Stories = 2
	p := mustMake(t, s, Overlay{Order: []string{"market", "column", "bridge"}})
	if got := ids(p.Chosen); got != "bridge market column" {
		t.Errorf("what the editor ordered stays: %s", got)
	}
	if c, _ := find(t, p, "bridge"); c.Reason.Rule != ByScore {
		t.Errorf("what the rule picks too keeps its reason: %+v", c.Reason)
	}
	if c, _ := find(t, p, "market"); c.Reason.Rule != ByEditor {
		t.Errorf("what only the editor keeps says so: %+v", c.Reason)
	}
}

// ofSource is a story of one source in a snapshot that knows some.
func ofSource(name string, known ...string) func(*Snapshot, *Story) {
	return func(s *Snapshot, x *Story) { s.Sources, x.Source = known, name }
}

func TestVerdict(t *testing.T) {
	s := week()
	for n, want := range []Verdict{Empty, Thin, Full, Full} {
		few := s
		few.Stories = s.Stories[:n]
		if p := mustMake(t, few, Overlay{}); p.Verdict != want || len(p.Chosen) != n {
			t.Errorf("%d stories: %s", n, p.Verdict)
		}
	}
	s.Rules.HoldBelow = 0
	all := s.Stories
	s.Stories = nil
	if p := mustMake(t, s, Overlay{}); p.Verdict != Empty {
		t.Errorf("nothing: %s", p.Verdict)
	}
	s.Unread = true
	for _, o := range []Overlay{{}, {Whole: true}} {
		if p := mustMake(t, s, o); p.Verdict != Unread || len(p.Chosen) > 0 {
			t.Errorf("no source could be read, whole %t: %s", o.Whole, p.Verdict)
		}
	}
	s.Stories = all
	if p := mustMake(t, s, Overlay{}); p.Verdict != Full {
		t.Errorf("no source could be read, and there are stories: %s", p.Verdict)
	}
}

// A snapshot read back from the store makes the same pick, word for word.
func TestReplay(t *testing.T) {
	s := week()
	s.Stories[1].Embargo = slotAt.AddDate(0, 6, 0) // in summer, where a zone would have another offset
	o := Overlay{Add: []string{"market"}, Retitle: map[string]Retitle{"bridge": {Kicker: "Traffic"}}}
	stored, err := json.Marshal(struct {
		S Snapshot
		O Overlay
	}{s, o})
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		S Snapshot
		O Overlay
	}
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	first, _ := json.Marshal(mustMake(t, s, o))
	second, _ := json.Marshal(mustMake(t, back.S, back.O))
	if string(first) != string(second) {
		t.Errorf("first %s\nsecond %s", first, second)
	}
}

func TestTwiceInSnapshot(t *testing.T) {
	s := week()
	s.Stories = append(s.Stories, s.Stories[0])
	if _, err := Make(s, Overlay{}); err == nil || !strings.Contains(err.Error(), `"bridge" twice`) {
		t.Errorf("%v", err)
	}
}
