package event

import (
	"math"
	"math/bits"
	"slices"
)

// smoothing is how many more stories an archive is thought to hold, which have none of
// the terms. One: in a new newsroom's archive of two or three stories, what all of
// them have weighs little, be it a standing phrase or their one event. So it rather
// tells an event twice than takes two for one, until it has learned to read.
const smoothing = 1

// Archive knows in how many of the newsroom's stories each term stands.
type Archive struct {
	stories int
	in      map[uint64]int32
	rarity  []float64 // by the number of stories a term is in: see idf
}

// NewArchive counts stories. One without a word is not counted.
func NewArchive(all ...[]Story) *Archive {
	a := &Archive{in: map[uint64]int32{}}
	for _, stories := range all {
		for i := range stories {
			a.add(&stories[i])
		}
	}
	for n := range a.stories + 1 {
		a.rarity = append(a.rarity, idf(a.stories, n))
	}
	return a
}

func (a *Archive) add(s *Story) {
	if len(s.title.terms)+len(s.lead) == 0 {
		return
	}
	a.stories++
	for _, t := range s.title.terms {
		a.in[t.hash]++
	}
	for _, t := range s.grams {
		a.in[t.hash]++
	}
	for i, j := 0, 0; i < len(s.lead); i++ {
		for j < len(s.title.terms) && s.title.terms[j].hash < s.lead[i].hash {
			j++
		}
		if j == len(s.title.terms) || s.title.terms[j].hash != s.lead[i].hash {
			a.in[s.lead[i].hash]++
		}
	}
}

// idf is the inverse document frequency of a term that is in n of the stories: log2
// of the stories over half more than those that have it (the half is of Robertson,
// Spärck Jones: Relevance Weighting of Search Terms, 1976), to the power of 3/4. The
// power lets a word that many tellings of a great event have in common still tell it.
func idf(stories, n int) float64 {
	x := float64(log2(2*uint64(stories+smoothing), 2*uint64(n)+1)) / (1 << logBits)
	return math.Sqrt(x) * math.Sqrt(math.Sqrt(x)) // IEEE 754 rounds a root in one way, and math.Pow does not promise it
}

// often is what a term counts for standing in a text more than once: 1 + log2 of how
// often (sublinear: Manning, Raghavan, Schütze 2008, 6.4.1). In a
// title it counts once: what is said twice there is a turn of phrase.
func often(t term) float64 { return 1 + float64(log2(uint64(t.count), 1))/(1<<logBits) }

func once(term) float64 { return 1 }

// ends is what a part of a word counts for: as two where it is at an end of the word.
// Beginnings are what akin words have in common, and endings are often their own.
func ends(t term) float64 {
	if t.hash&1 == 1 {
		return math.Sqrt2
	}
	return 1
}

// logBits are the binary places of a logarithm.
const logBits = 12

// log2 is the logarithm of a/b, a not less than b, cut to logBits binary places. It
// counts in whole numbers, since math.Log may differ in its last bit from one
// machine to another.
func log2(a, b uint64) int64 {
	shift := bits.Len64(a/b) - 1
	result := int64(shift)
	// x is a/b over 2^shift, so in [1, 2), with 32 binary places.
	x, _ := bits.Div64(a>>(64-32), a<<32, b<<shift)
	for range logBits {
		result <<= 1
		high, low := bits.Mul64(x, x)
		if x = high<<32 | low>>32; x >= 2<<32 {
			x >>= 1
			result++
		}
	}
	return result
}

// gramShare is what the parts of words may add to a likeness; whole words add the rest.
const gramShare = 0.45

// one is the length of a vector, and its square the likeness of a story to itself.
const one = 1 << 15

// part is a term's share in a story's vector.
type part struct {
	hash   uint64
	weight int32
}

// vector weighs a story's terms, or those of its title alone. The words of the lead
// are added to those of the title, and weigh no more than they do together, so that
// a long text does not drown its title; the parts of the title's words are a vector
// beside.
func (a *Archive) vector(s *Story, title bool) []part {
	return new(weigher).vector(a, s, title)
}

// weigher makes vectors one after the other, in the same memory.
type weigher struct {
	title, lead, words, grams, all []weighed
	weights                        []float64
}

func (w *weigher) vector(a *Archive, s *Story, title bool) []part {
	w.title, w.grams = a.weigh(w.title[:0], s.title.terms, once), a.weigh(w.grams[:0], s.grams, ends)
	words := w.title
	if !title {
		w.lead = a.weigh(w.lead[:0], s.lead, often)
		if most := length(words); most > 0 && length(w.lead) > most {
			lengthen(w.lead, most)
		}
		w.words = added(w.words[:0], words, w.lead)
		words = w.words
	}
	share := gramShare
	switch {
	case len(w.grams) == 0:
		share = 0
	case len(words) == 0:
		share = 1
	}
	lengthen(words, math.Sqrt(1-share))
	lengthen(w.grams, math.Sqrt(share))
	w.all = added(w.all[:0], words, w.grams)
	return w.parts(w.all)
}

// parts are the weightiest terms of a vector in whole numbers: sums of such depend on
// no order.
func (w *weigher) parts(all []weighed) []part {
	if len(all) > most {
		w.weights = w.weights[:0]
		for _, one := range all {
			w.weights = append(w.weights, one.weight)
		}
		slices.Sort(w.weights)
		enough := w.weights[len(all)-most]
		all = slices.DeleteFunc(all, func(one weighed) bool { return one.weight < enough })
		lengthen(all, 1)
	}
	parts := make([]part, len(all))
	for i, t := range all {
		parts[i] = part{t.hash, int32(math.Round(one * t.weight))}
	}
	return parts
}

// most is how many terms of a story are kept, the weightiest: the others are words
// that every other story has, and cost more than they tell. Titles alone are shorter.
const most = 80

// weighed is a term's weight before it is brought to a length.
type weighed struct {
	hash   uint64
	weight float64
}

// weigh appends terms with their weights.
func (a *Archive) weigh(to []weighed, terms []term, count func(term) float64) []weighed {
	for _, t := range terms {
		to = append(to, weighed{t.hash, a.rarity[a.in[t.hash]] * count(t)})
	}
	return to
}

// length sums in the order of the hashes.
func length(all []weighed) float64 {
	var square float64
	for _, w := range all {
		square += float64(w.weight * w.weight) // converted, so that no machine fuses it with the sum
	}
	return math.Sqrt(square)
}

// lengthen brings a vector to a length, if it has any.
func lengthen(all []weighed, to float64) {
	from := length(all)
	if from == 0 {
		return
	}
	by := to / from
	for i := range all {
		all[i].weight *= by
	}
}

// added appends the sum of two vectors.
func added(sum, a, b []weighed) []weighed {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].hash < b[0].hash:
			sum, a = append(sum, a[0]), a[1:]
		case a[0].hash > b[0].hash:
			sum, b = append(sum, b[0]), b[1:]
		default:
			sum = append(sum, weighed{a[0].hash, a[0].weight + b[0].weight})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(sum, a...), b...)
}
