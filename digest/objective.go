package digest

import "math"

// mill is a thousandth of a point. The objective is counted in whole mills, so that
// it is the same on every machine.
const mill = 1000

// objective is the value of a choice of stories, f in the package comment, and what
// one story more would add to it.
type objective struct {
	points  []int64        // by candidate, in mills
	shares  [][]membership // by candidate
	weights []int64        // by kind and name: what those chosen bring to it, in mills
	total   int64
}

// membership is a candidate's part in a kind and name: its section, an author, a
// topic.
type membership struct {
	group  int   // index of objective.weights
	weight int64 // in mills
	label  label
}

// label is something that stories can have in common.
type label struct {
	kind, name string
	shown      string // to people; empty: not worth a word
}

// The kinds over which an edition is varied.
const (
	kindSection = "section"
	kindAuthor  = "author"
	kindTopic   = "topic"
)

func newObjective(rules Rules, all []*candidate) *objective {
	o := &objective{points: make([]int64, len(all)), shares: make([][]membership, len(all))}
	known := map[[2]string]int{}
	for i, c := range all {
		if c.section < 0 || !c.open() && c.tier == thisWeek {
			continue
		}
		o.points[i] = int64(c.points.Total()) * mill
		section := rules.Sections[c.section].Name
		for _, list := range [][]label{{{kindSection, section, section}}, bylines(c), topicsOf(c)} {
			k := int64(len(list))
			for _, l := range list {
				n, seen := known[[2]string{l.kind, l.name}]
				if !seen {
					n = len(o.weights)
					known[[2]string{l.kind, l.name}] = n
					o.weights = append(o.weights, 0)
				}
				// With k topics each gets 1/k² of the score, whose root is 1/k: the
				// first story of k new topics is as good as one of a single new topic.
				o.shares[i] = append(o.shares[i], membership{n, o.points[i] / (k * k), l})
			}
		}
	}
	return o
}

// bylines are a story's authors. Without a byline a source counts as one author:
// its stories are no more varied for hiding who wrote them.
func bylines(c *candidate) []label {
	if len(c.authors) == 0 {
		return []label{{kindAuthor, "(" + c.story.Source + ")", ""}}
	}
	return c.authors
}

// topicsOf are a story's topics; those without any have that in common.
func topicsOf(c *candidate) []label {
	if len(c.topics) == 0 {
		return []label{{kindTopic, "", ""}}
	}
	return c.topics
}

func foldedLabels(kind string, words []string) []label {
	var names []label
	seen := map[string]bool{}
	for _, word := range words {
		if name := foldWords(word); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, label{kind, name, word})
		}
	}
	return names
}

// gain is what a candidate would add to those chosen, in mills.
func (o *objective) gain(i int) int64 {
	gain := o.points[i]
	for _, m := range o.shares[i] {
		gain += variety(o.weights[m.group]+m.weight) - variety(o.weights[m.group])
	}
	return gain
}

// add chooses a candidate.
func (o *objective) add(i int) {
	o.total += o.gain(i)
	for _, m := range o.shares[i] {
		o.weights[m.group] += m.weight
	}
}

// remove takes a chosen candidate out and returns what it added to the others.
func (o *objective) remove(i int) int64 {
	for _, m := range o.shares[i] {
		o.weights[m.group] -= m.weight
	}
	loss := o.gain(i)
	o.total -= loss
	return loss
}

// variety is the square root of points, both in mills.
func variety(mills int64) int64 { return root(mills * mill) }

// root is the whole part of a square root. math.Sqrt is the same everywhere: IEEE
// 754 asks for the nearest number.
func root(n int64) int64 {
	r := int64(math.Sqrt(float64(n)))
	for r*r > n {
		r--
	}
	for (r+1)*(r+1) <= n {
		r++
	}
	return r
}
