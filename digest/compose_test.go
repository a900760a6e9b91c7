package digest

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

func TestCompose(t *testing.T) {
	s := week()
	live := tale("live", "Harbour bridge closes: live", "News", 1)
	live.URL = s.Stories[0].URL + "#live" // the page of the story itself
	elsewhere := tale("elsewhere", "Six months of detours: council shuts harbour bridge", "News", 2)
	s.Stories = append(s.Stories, live, elsewhere)
	o := Overlay{Lead: "bridge", Intro: "Hello.", Retitle: map[string]Retitle{"trawler": {Title: "Goodbye, trawler", Kicker: "Long read"}, "bridge": {Teaser: "Detours."}}}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := Compose(s, o, mustMake(t, s, o), Meta{Title: "The Harbour Observer", Language: "en", Number: 7, Zone: berlin})
	if r.Newsletter != "weekly" || r.Title != "The Harbour Observer" || r.Slot != s.Slot || r.Number != 7 || r.Language != "en" || r.Intro != "Hello." {
		t.Errorf("%+v", r)
	}
	if r.At.Format("15:04 MST") != "09:00 CET" {
		t.Errorf("at %s", r.At)
	}
	if r.Lead == nil || r.Lead.Story.ID != "bridge" || r.Lead.Section != "News" || r.Lead.Story.Teaser != "Detours." {
		t.Fatalf("lead %+v", r.Lead)
	}
	if want := []Link{{elsewhere.Title, elsewhere.URL}}; !slices.Equal(r.Lead.Also, want) {
		t.Errorf("also %v, want %v", r.Lead.Also, want)
	}
	var blocks []string
	for _, b := range r.Blocks {
		for _, item := range b.Items {
			blocks = append(blocks, b.Name+": "+item.Story.Title+" ("+item.Kicker+")")
		}
	}
	want := []string{"News: Fish market moves indoors ()", "Features: Goodbye, trawler (Long read)", "Opinion: Why I still take the ferry ()"}
	if !slices.Equal(blocks, want) {
		t.Errorf("blocks %q", blocks)
	}
	if r.Subject != "Harbour bridge to close for six months" {
		t.Errorf("subject %q", r.Subject)
	}
	if r.Preheader != "Fish market moves indoors · Goodbye, trawler · Why I still take the ferry" {
		t.Errorf("preheader %q", r.Preheader)
	}
	o.Subject, o.Preheader = "Own subject", "Own preheader"
	if r := Compose(s, o, mustMake(t, s, o), Meta{}); r.Subject != "Own subject" || r.Preheader != "Own preheader" || !r.At.Equal(s.At) {
		t.Errorf("%q, %q, %s", r.Subject, r.Preheader, r.At)
	}
	if s.Stories[0].Teaser != "What happened." {
		t.Error("composing changed the snapshot")
	}
}

func TestComposeLittle(t *testing.T) {
	s := week()
	r := Compose(s, Overlay{}, Pick{Verdict: Empty}, Meta{Title: "The Harbour Observer"})
	if r.Lead != nil || len(r.Blocks) != 0 || r.Subject != "The Harbour Observer" || r.Preheader != "" {
		t.Errorf("%+v", r)
	}
	s.Stories = s.Stories[2:3]
	r = Compose(s, Overlay{}, mustMake(t, s, Overlay{}), Meta{})
	if r.Lead != nil || len(r.Items()) != 1 || r.Subject != s.Stories[0].Title {
		t.Errorf("an opinion alone: %+v", r)
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"Harbour bridge", 14, "Harbour bridge"},
		{"Harbour bridge", 13, "Harbour…"},
		{"Harbour bridge closes", 15, "Harbour bridge…"},
		{"Harbour, bridge", 9, "Harbour…"},
		{"Harbour\n  bridge ", 60, "Harbour bridge"},
		{"A Donaudampfschifffahrtsgesellschaft", 12, "A Donaudampf"[:11] + "…"},
		{"港の橋が半年間閉鎖される", 6, "港の橋が半…"},
		{"👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3, "👨‍👩‍👧‍👦👨‍👩‍👧‍👦…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"", 5, ""},
	} {
		if got := shorten(c.text, c.most); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestClause(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"Swing bridge stuck open for six hours", "Swing bridge stuck open for six hours"},
		{"Council votes to close the old harbour bridge: what it means for the ferry", "Council votes to close the old harbour bridge"},
		{"Why did the ferry never leave the quay? The pilots speak for the first time", "Why did the ferry never leave the quay?"},
		{"Storm over the outer islands – thirty thousand homes are without power; the mayor asks for help", "Storm over the outer islands"},
		{"Bridge: the council votes to close it for six months from the first of March", "Bridge: the council votes to close it for six months from…"},
		{"“The quay is ours: we built it and we will not leave,” say the harbour workers", "“The quay is ours: we built it and we will not leave,” say…"},
		{"The council (all of it: even the mayor) has voted against the bridge again today", "The council (all of it: even the mayor) has voted against…"},
	} {
		if got := clause(c.title, SubjectLength); got != c.want {
			t.Errorf("%q: %q, want %q", c.title, got, c.want)
		}
	}
}

func TestHeadersFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-zéß👨🏽]{1,30} ){1,20}`)), 1, 5).Draw(t, "titles")
		r := Revision{Title: "T", Blocks: []Block{{}}}
		for _, text := range texts {
			r.Blocks[0].Items = append(r.Blocks[0].Items, Item{Story: Story{Title: text}})
		}
		subject, preheader := headers(r)
		if n := uniseg.GraphemeClusterCount(subject); n > SubjectLength {
			t.Fatalf("subject of %d: %q", n, subject)
		}
		if n := uniseg.GraphemeClusterCount(preheader); n > PreheaderLength {
			t.Fatalf("preheader of %d: %q", n, preheader)
		}
		if !utf8.ValidString(subject) || strings.ContainsAny(subject+preheader, "\r\n") {
			t.Fatalf("subject %q, preheader %q", subject, preheader)
		}
	})
}

// TestNoPaidHeaders: what somebody paid for is in neither the subject nor the preheader
// that the rule makes, nor a bare link beneath a story: none of them has its label.
func TestNoPaidHeaders(t *testing.T) {
	paid := func(title string) Item { return Item{Story: Story{Title: title, Teaser: "Buy.", Sponsor: "Acme"}} }
	news := Item{Story: Story{Title: "Fish market moves indoors", Teaser: "From May on."}}
	for _, c := range []struct {
		items              []Item
		subject, preheader string
	}{
		{[]Item{paid("Houseboats"), news, paid("Berths")}, "Fish market moves indoors", "From May on."},
		{[]Item{paid("Houseboats")}, "The Harbour Observer", ""},
		{[]Item{news, paid("Houseboats"), news}, "Fish market moves indoors", "Fish market moves indoors"},
	} {
		subject, preheader := headers(Revision{Title: "The Harbour Observer", Blocks: []Block{{Name: "News", Items: c.items}}})
		if subject != c.subject || preheader != c.preheader {
			t.Errorf("%q, %q; want %q, %q", subject, preheader, c.subject, c.preheader)
		}
	}
	byID := map[string]Story{
		"a": {Title: "Elsewhere", URL: "https://other.example/a"},
		"b": {Title: "Houseboats", URL: "https://other.example/b", Sponsor: "Acme"},
	}
	if got := alsoLinks(Choice{Also: []string{"a", "b"}}, byID); len(got) != 1 || got[0].Title != "Elsewhere" {
		t.Errorf("also covered: %v", got)
	}
}
