package digest

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// manyCandidates is a week of stories, each with a teaser and some paragraphs, words
// as frequent as in a language (Zipf), two of an event on average; and 2,000 that were
// mailed.
func manyCandidates(n int) Snapshot {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 8, 20_000)
	words := func(n int) string {
		text := ""
		for range n {
			text += fmt.Sprintf("word%d ", zipf.Uint64())
		}
		return text
	}
	s := week()
	s.Rules.AuthorMax = 2
	s.Stories, s.Views = nil, map[string]int{}
	for i := range n {
		event := rng.IntN(n/2 + 1)
		x := tale(fmt.Sprintf("id%04d", i), fmt.Sprintf("Name%d place%d ", event, event%97)+words(6), []string{"News", "Features", "Opinion"}[i%3], 0)
		x.Published = slotAt.Add(-time.Duration(rng.IntN(7*24*60)) * time.Minute)
		x.Value = rng.IntN(100)
		x.Teaser = fmt.Sprintf("Name%d other%d ", event, event) + words(30)
		x.HTML = "<p>" + words(60) + "</p><p>" + words(60) + "</p><p>" + words(60) + "</p>"
		x.Authors = []string{fmt.Sprint("Author ", rng.IntN(60))}
		x.Topics = []string{fmt.Sprint("Topic ", rng.IntN(40)), fmt.Sprint("Topic ", rng.IntN(40))}
		s.Views[x.ID] = rng.IntN(5000)
		s.Stories = append(s.Stories, x)
	}
	for i := range 2000 {
		x := s.Stories[rng.IntN(n)]
		s.Mailed = append(s.Mailed, Mailed{ID: fmt.Sprintf("old%d", i), Title: x.Title + " then", Published: weekFrom.AddDate(0, 0, -i%90), Edition: "weekly/2026-11-20T09:00"})
	}
	return s
}

// BenchmarkPick2000 holds to 300 ms and 64 MiB: peak-MiB is the most that the heap
// held beyond what it held before.
func BenchmarkPick2000(b *testing.B) {
	s := manyCandidates(2000)
	o := Overlay{Order: []string{s.Stories[0].ID, s.Stories[3].ID}, Add: []string{s.Stories[0].ID, s.Stories[3].ID}}
	if p, err := Make(s, o); err != nil || p.Verdict != Full {
		b.Fatal(p.Verdict, err)
	}
	b.ReportAllocs()
	runtime.GC()
	before := heapInUse()
	peak, stop, stopped := before, make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for tick := time.NewTicker(time.Millisecond); ; {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, heapInUse())
			}
		}
	}()
	for b.Loop() {
		if _, err := Make(s, o); err != nil {
			b.Fatal(err)
		}
	}
	close(stop)
	<-stopped
	b.ReportMetric(float64(peak-before)/(1<<20), "peak-MiB")
}

// heapInUse is what the heap's objects take, those that wait for the collector
// included.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
