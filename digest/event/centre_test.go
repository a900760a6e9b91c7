package event

import (
	"slices"
	"testing"
)

func TestCentre(t *testing.T) {
	var stories []Story
	for i, title := range []string{
		"Harbour bridge closes for six months", "Council closes harbour bridge", "Bridge in the harbour is closed", "Harbour bridge: six months of detours",
		"Six cats of the harbour master found", "Night buses to run",
	} {
		stories = append(stories, Read(Text{ID: string(rune('a' + i)), Title: title}))
	}
	events := Group(stories, NewArchive(stories))
	centre := events.Centre([]int{0, 1, 2, 3, 4})
	if slices.Max(centre[1:]) >= centre[0] || 3*slices.Min(centre[:4]) < 4*centre[4] {
		t.Errorf("of %v the first tells most of it, the last something else", centre)
	}
	if centre[0] != 1000 {
		t.Errorf("%v: the one in the middle has not all", centre)
	}
	turned := events.Centre([]int{4, 3, 2, 1, 0})
	if slices.Reverse(turned); !slices.Equal(turned, centre) {
		t.Errorf("%v in another order is %v", centre, turned)
	}
	if got := events.Centre([]int{5}); got[0] != 1000 {
		t.Errorf("alone: %v", got)
	}
	if got := events.Centre([]int{4, 5}); got[0] != 1000 || got[1] != 1000 {
		t.Errorf("two that share nothing: %v", got)
	}
}
