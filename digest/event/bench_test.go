package event

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// week makes up stories of n events' worth of words: title, teaser and paragraphs,
// words as frequent as in a language (Zipf), and each event's own.
func week(n int) []Text {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 8, 20_000)
	common := func(n int) string {
		var words strings.Builder
		for range n {
			fmt.Fprintf(&words, "word%d ", zipf.Uint64())
		}
		return words.String()
	}
	texts := make([]Text, n)
	for i := range texts {
		event := rng.IntN(n/2 + 1)
		texts[i] = Text{
			ID:    fmt.Sprintf("id%05d", i),
			Title: fmt.Sprintf("Name%d place%d ", event, event%97) + common(6),
			Lead:  fmt.Sprintf("Name%d other%d place%d ", event, event, event%97) + common(leadWords),
			At:    monday.Add(time.Duration(rng.IntN(7*24*60)) * time.Minute),
		}
	}
	return texts
}

// BenchmarkGroup reads and groups a week of 2,000 candidates, and of ten times as many.
func BenchmarkGroup(b *testing.B) {
	for _, n := range []int{2000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			texts := week(n)
			b.ReportAllocs()
			for b.Loop() {
				stories := readAll(texts)
				if groups := Group(stories, NewArchive(stories)).Groups; len(groups) < 100 || len(groups) > 1900 {
					b.Fatal(len(groups), "groups")
				}
			}
		})
	}
}

// BenchmarkIndex asks for 2,000 candidates whether they are among 5,000 mailed.
func BenchmarkIndex(b *testing.B) {
	asked, mailed := readAll(week(2000)), week(5000)
	for i := range mailed {
		mailed[i].Lead = ""
		mailed[i].At = mailed[i].At.AddDate(0, 0, -i%100)
	}
	b.ReportAllocs()
	for b.Loop() {
		stories := readAll(mailed)
		x := NewIndex(stories, NewArchive(stories))
		for i := range asked {
			x.Find(&asked[i])
		}
	}
}
