package digest

import (
	"errors"
	"strings"
	"testing"
)

func TestCorrected(t *testing.T) {
	mailed := Story{
		Title: "Harbour bridge shut for 6 months", Teaser: "It costs 3.5 million.",
		HTML: "<p>" + strings.Repeat("one two three four five six seven eight nine ten ", 4) + "</p>",
	}
	for _, c := range []struct {
		what   string
		change func(*Story)
		want   string // part of what is said; empty: nothing of substance
	}{
		{"nothing", func(*Story) {}, ""},
		{"case and punctuation of the title", func(s *Story) { s.Title = "HARBOUR bridge: shut for 6 months!" }, ""},
		{"another word", func(s *Story) { s.Title = "Harbour tunnel shut for 6 months" }, `its title was "Harbour bridge shut`},
		{"another number", func(s *Story) { s.Title = "Harbour bridge shut for 9 months" }, "its title was"},
		{"turned round", func(s *Story) { s.Title = "Harbour bridge isn't shut for 6 months" }, "its title was"},
		{"no title", func(s *Story) { s.Title = "" }, ""},
		{"a teaser in other words", func(s *Story) { s.Teaser = "The price is 3.5 million." }, ""},
		{"a teaser's number", func(s *Story) { s.Teaser = "It costs 5.3 million." }, "numbers in its teaser"},
		{"a correction", func(s *Story) { s.Correction = "It is nine months." }, "by its source: It is nine months."},
		{"a paragraph more", func(s *Story) { s.HTML += "<p>eleven twelve</p>" }, ""},
		{"other tags", func(s *Story) { s.HTML = strings.ReplaceAll(s.HTML, "p>", "div>") }, ""},
		{"rewritten", func(s *Story) { s.HTML = strings.ReplaceAll(s.HTML, "one two", "neither nor") }, "rewritten"},
		{"no article any more", func(s *Story) { s.HTML = "" }, ""},
	} {
		is := mailed
		c.change(&is)
		if got := Corrected(mailed, is); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	again := mailed
	again.Correction = "Known to readers."
	if got := Corrected(again, again); got != "" {
		t.Errorf("a correction that was mailed: %q", got)
	}
}

// wronged is a week with a story mailed and corrected since, and one that only
// changed.
func wronged() Snapshot {
	s := week()
	older := slotAt.AddDate(0, 0, -7)
	for _, id := range []string{"ferry", "gauge"} {
		x := tale(id, "What was said of the "+id, "News", 9)
		s.Stories = append(s.Stories, x)
		s.Mailed = append(s.Mailed, Mailed{ID: id, Edition: "weekly/2026-11-20T09:00"})
		s.Corrected = append(s.Corrected, Correction{Story: x, Edition: "weekly/2026-11-20T09:00", At: older, Change: "changed"})
	}
	s.Corrected[0].Text = "The ferry sails at noon."
	return s
}

func TestCorrections(t *testing.T) {
	s := wronged()
	p := mustMake(t, s, Overlay{})
	if len(p.Corrections) != 2 || p.Corrections[0].Taken || len(Compose(s, Overlay{}, p, Meta{}).Corrections) != 0 {
		t.Errorf("what nobody took: %+v", p.Corrections)
	}
	if c, in := find(t, p, "ferry"); in || c.Reason.Rule != AlreadySent {
		t.Errorf("mailed twice: %+v", c.Reason)
	}
	o := Overlay{Corrections: map[string]string{"ferry": "", "gauge": "It was 3 m."}}
	p = mustMake(t, s, o)
	in := Compose(s, o, p, Meta{}).Corrections
	if len(in) != 2 || in[0].Text != "The ferry sails at noon." || in[1].Text != "It was 3 m." || in[0].Edition != "weekly/2026-11-20T09:00" {
		t.Errorf("taken: %+v", in)
	}
	_, err := Make(s, Overlay{Corrections: map[string]string{"gauge": "", "bridge": "x", "ferry": "two\nlines"}})
	var wrong *OverlayError
	if !errors.As(err, &wrong) || len(wrong.Problems) != 3 {
		t.Fatalf("%v", err)
	}
	for i, want := range []string{"no story that was mailed", "on one line", "tells readers nothing"} {
		if !strings.Contains(wrong.Problems[i].Reason, want) {
			t.Errorf("%s, want %s", wrong.Problems[i], want)
		}
	}
}
