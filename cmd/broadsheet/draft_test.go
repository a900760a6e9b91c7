package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// The draft of a large week says how many it does not show, and what shows them.
func TestDraftOfManyStories(t *testing.T) {
	var out strings.Builder
	a := &App{Out: &out, Err: &out}
	e := &newsroom.Edition{Printed: newsroom.Printed{Edition: store.Edition{Newsletter: "weekly", Slot: "2026-11-27T09:00", State: digest.Draft}}}
	for i := range nearest + 1200 {
		e.Pick.Left = append(e.Pick.Left, digest.Choice{
			Story:  digest.Story{ID: fmt.Sprintf("story%05d", i), Title: "A title"},
			Reason: digest.Reason{Rule: digest.OutOfWindow, Text: "too old"},
		})
	}
	a.printDraft(newsroom.Drafted{Edition: e})
	if want := `And 1,200 more: "broadsheet show weekly/2026-11-27T09:00 --why" has them all.`; !strings.Contains(out.String(), want) {
		t.Errorf("printed:\n%s", out.String())
	}
	if got := strings.Count(out.String(), "A title"); got != nearest {
		t.Errorf("%d stories are shown", got)
	}
	out.Reset()
	e.Pick.Left = e.Pick.Left[:nearest]
	a.printDraft(newsroom.Drafted{Edition: e})
	if strings.Contains(out.String(), "more:") || strings.Count(out.String(), "A title") != nearest {
		t.Errorf("printed:\n%s", out.String())
	}
}
