package event

import (
	"strings"
	"time"
)

// Label parts a title at its first colon: "Harbour diary: Fog again" is "harbour diary",
// folded, and "Fog again". A title that does not begin so has no label, and is its rest.
func Label(title string) (label, rest string) {
	head, rest, found := strings.Cut(strings.ReplaceAll(title, "：", ": "), ": ")
	if rest = strings.TrimSpace(rest); !found || rest == "" {
		return "", title
	}
	words := Words(head)
	if len(words) == 0 || len(words) > labelWords {
		return "", title
	}
	return strings.Join(words, " "), rest
}

// What a label is, and when it is a series's. Where two stories of one source in the labelled
// news have one label they mostly tell one event ("Frankie Knuckles: ..."), within a day: so
// few, or so close together, are no series.
const (
	labelWords = 6
	seriesFew  = 3 // so many, if no event reaches from the first to the last
	seriesMany = 5 // so many, however close together
)

// Series counts the labels of one newsletter's sources. It is for one goroutine until all
// are counted.
type Series struct {
	heads map[[2]string]*head // by source and label
}

type head struct {
	titles      map[string]bool
	first, last int64
}

// Count takes in a story's title. One with the same words is the same story.
func (s *Series) Count(source, title string, at time.Time) {
	label, rest := Label(title)
	if label == "" || at.IsZero() {
		return
	}
	key := [2]string{source, label}
	h := s.heads[key]
	if h == nil {
		if s.heads == nil {
			s.heads = map[[2]string]*head{}
		}
		h = &head{titles: map[string]bool{}, first: at.Unix(), last: at.Unix()}
		s.heads[key] = h
	}
	h.titles[strings.Join(Words(rest), " ")] = true
	h.first, h.last = min(h.first, at.Unix()), max(h.last, at.Unix())
}

// Of is the name of the series that a title of a source belongs to; empty: none.
func (s *Series) Of(source, title string) string {
	label, _ := Label(title)
	h := s.heads[[2]string{source, label}]
	if label == "" || h == nil {
		return ""
	}
	if n := len(h.titles); n < seriesFew || n < seriesMany && h.last-h.first <= reach {
		return ""
	}
	return source + ": " + label
}
