package digest

import (
	"cmp"
	"slices"
	"time"
)

// events finds the story, among those it was told of, that tells the same event
// as another: by a key that both have (identifier or page), or by title and date.
// Everything is compared with the one story that stands for an event and with no
// other of its group, so that chains of likenesses do not join unlike stories.
type events struct {
	byKey  map[string]int
	byWord map[string][]int
	told   []told
	seen   []int // scratch: words shared with told[i]
}

type told struct {
	title headline
	date  time.Time
}

func newEvents() *events {
	return &events{byKey: map[string]int{}, byWord: map[string][]int{}}
}

// add tells of a story that stands for an event and returns its number.
func (e *events) add(keys []string, title headline, date time.Time) int {
	n := len(e.told)
	e.told = append(e.told, told{title, date})
	e.seen = append(e.seen, 0)
	for _, key := range keys {
		if _, known := e.byKey[key]; !known {
			e.byKey[key] = n
		}
	}
	for _, word := range title.words {
		e.byWord[word] = append(e.byWord[word], n)
	}
	return n
}

// find returns the first story told of that is the same event.
func (e *events) find(keys []string, title headline, date time.Time) (int, bool) {
	for _, key := range keys {
		if n, ok := e.byKey[key]; ok {
			return n, true
		}
	}
	// By either limit of sameEvent, so many of the title's own words are shared.
	least := max(2, (len(title.words)*eventCover+9)/10)
	var touched []int
	for _, word := range title.words {
		for _, n := range e.byWord[word] {
			if e.seen[n]++; e.seen[n] == least {
				touched = append(touched, n)
			}
		}
	}
	for _, word := range title.words {
		for _, n := range e.byWord[word] {
			e.seen[n] = 0
		}
	}
	slices.Sort(touched)
	for _, n := range touched {
		if near(date, e.told[n].date) && sameEvent(title, e.told[n].title) {
			return n, true
		}
	}
	return 0, false
}

// eventsOf gives each candidate the number of its event: those with the same number
// tell the same one. The order of the list does not matter.
func eventsOf(list []*candidate) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(list[b].date.Compare(list[a].date), cmp.Compare(list[a].story.ID, list[b].story.ID))
	})
	known, numbers := newEvents(), make([]int, len(list))
	for _, i := range order {
		c := list[i]
		n, same := known.find(c.keys, c.title, c.date)
		if !same {
			n = known.add(c.keys, c.title, c.date)
		}
		numbers[i] = n
	}
	return numbers
}
