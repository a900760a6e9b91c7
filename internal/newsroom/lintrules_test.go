package newsroom

import (
	"fmt"
	"slices"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// TestLintRevision looks at what editions say that no file of an editor's can make them
// say, and at some that can.
func TestLintRevision(t *testing.T) {
	item := func(id string) digest.Item { return digest.Item{Story: digest.Story{ID: id, Title: "Story " + id}} }
	lead := item("a")
	for _, test := range []struct {
		name    string
		address string
		r       digest.Revision
		want    []string
	}{
		{"all is well", "1 Quay Street", digest.Revision{Subject: "Fog", Lead: &lead, Blocks: []digest.Block{{Name: "News", Items: []digest.Item{item("b")}}}}, nil},
		{
			"a section without a story", "1 Quay Street",
			digest.Revision{Subject: "Fog", Blocks: []digest.Block{{Name: "News", Items: []digest.Item{item("b")}}, {Name: "Opinion"}}},
			[]string{"error section-empty section Opinion"},
		},
		{
			"the lead stands in a section, too", "1 Quay Street",
			digest.Revision{Subject: "Fog", Lead: &lead, Blocks: []digest.Block{{Name: "News", Items: []digest.Item{item("b"), item("a")}}}},
			[]string{"warning story-twice a"},
		},
		{
			"twice in sections", "1 Quay Street",
			digest.Revision{Subject: "Fog", Blocks: []digest.Block{{Name: "News", Items: []digest.Item{item("b")}}, {Name: "Opinion", Items: []digest.Item{item("b")}}}},
			[]string{"warning story-twice b"},
		},
		{"the newsletter's name", "1 Quay Street", digest.Revision{Subject: " the harbour observer"}, []string{"error subject-placeholder subject"}},
		{"no address", " ", digest.Revision{Subject: "Fog"}, []string{"warning address-missing configuration"}},
	} {
		letter := &config.Newsletter{Title: "The Harbour Observer", Look: templates.Look{Footer: templates.Footer{Address: test.address}}}
		var got []string
		for _, f := range lintRevision(&Printed{Edition: store.Edition{Newsletter: "weekly"}, Letter: letter, Revision: test.r}) {
			got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Rule, f.Where))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
