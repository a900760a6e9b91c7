package digest

import (
	"encoding/json"
	"reflect"
	"testing"
)

// A pick that was stored by its stories' names is the same when it is read, and so is
// one that was stored whole.
func TestNamedPickIsTold(t *testing.T) {
	s := manyCandidates(60)
	link := Elsewhere{URL: "https://other.example/of-no-source", Title: "Of no source"}
	o := Overlay{Elsewhere: []Elsewhere{link}, Lead: link.ID(), Add: []string{link.ID()}}
	p, err := Make(s, o)
	if err != nil || p.Chosen[0].Story.Title != link.Title {
		t.Fatal(len(p.Chosen), err)
	}
	named := p.Named(s)
	if named.Chosen[0].Story.Title != link.Title {
		t.Errorf("a link that the snapshot has not is named: %+v", named.Chosen[0].Story)
	}
	if got := named.Chosen[1].Story; !reflect.DeepEqual(got, Story{ID: p.Chosen[1].Story.ID}) {
		t.Errorf("a story of the snapshot is stored as %+v", got)
	}
	for what, stored := range map[string]Pick{"named": named, "whole": p} {
		doc, err := json.Marshal(stored)
		if err != nil {
			t.Fatal(err)
		}
		var read Pick
		if err := json.Unmarshal(doc, &read); err != nil {
			t.Fatal(err)
		}
		if told := read.Told(s); !reflect.DeepEqual(told, p) {
			t.Errorf("stored %s, it is another: %d and %d stories in, %d and %d left", what, len(told.Chosen), len(p.Chosen), len(told.Left), len(p.Left))
		}
	}
}

// A brief pick has no text of what it leaves out, and the pick itself still has.
func TestBriefPick(t *testing.T) {
	p := mustMake(t, manyCandidates(60), Overlay{})
	for _, list := range [][]Choice{p.Chosen, p.Left} {
		for i := range list {
			list[i].Story.HTML = "<p>The text.</p>"
		}
	}
	brief := p.Brief()
	if brief.Chosen[0].Story.HTML == "" || brief.Left[0].Story.HTML != "" || p.Left[0].Story.HTML == "" {
		t.Errorf("in %q, left %q, left of the pick itself %q", brief.Chosen[0].Story.HTML, brief.Left[0].Story.HTML, p.Left[0].Story.HTML)
	}
	brief.Left[0].Story.HTML = p.Left[0].Story.HTML
	if !reflect.DeepEqual(brief.Left[0], p.Left[0]) {
		t.Errorf("%+v is %+v", p.Left[0], brief.Left[0])
	}
}
