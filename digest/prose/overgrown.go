package prose

import (
	"slices"
	"strings"
)

// A browser opens formatting elements that were not closed anew in each block that follows
// (HTML 13.2.4.3): a few kilobytes of them before many paragraphs are millions of elements,
// and a long address is in the tree once for each paragraph. What would become of a text is
// counted before it is made a tree, with every doubt to its disadvantage.

// The elements that are opened anew, each with 64 bytes of attributes: so few in any text, so
// many more for each of its bytes, and no more than most.
const (
	fewRegrown     = 4_000
	regrownForByte = 1
	mostRegrown    = 1 << 20
)

// Overgrown tells of HTML whose tree would be out of all proportion to it.
func Overgrown(text string) bool {
	return overgrown(text, min(fewRegrown+regrownForByte*len(text), mostRegrown))
}

func overgrown(text string, most int) bool {
	if tags := strings.Count(text, "<"); tags*(tags/2+len(text)/64) <= most {
		return false
	}
	g := growth{weights: map[string]int{}}
	work := 0
	for {
		_, rest, found := strings.Cut(text, "<")
		if !found {
			return false
		}
		piece, _, _ := strings.Cut(rest, "<")
		g.tag(piece)
		if work += 2 * g.weight; work > most { // with the tag, and with the words behind it
			return true
		}
		text = rest
	}
}

// growth is what of a text so far may be opened anew.
type growth struct {
	run     []open // elements that hold no block yet, nor one that ends elsewhere
	weights map[string]int
	weight  int // of all that outlasted their run
}

// open is a start tag.
type open struct {
	name, tag string
	sure      bool // that the tag ends where it seems to
}

// tag takes what stands between two "<".
func (g *growth) tag(piece string) {
	name, ends := strings.CutPrefix(piece, "/")
	end := 0
	for end < len(name) && inName[name[end]] {
		end++
	}
	tag, _, whole := strings.Cut(piece, ">")
	sure := whole && plainRest(tag[min(len(tag), len(piece)-len(name)+end):])
	name = strings.ToLower(name[:end])
	at := len(g.run) - 1
	switch {
	case ends && sure && at >= 0 && g.run[at].name == name:
		g.run = g.run[:at]
		return
	case ends:
	case inlined[name] && sure && !(name == "a" && g.runs(name)): // a link ends the one around it
		if name != "br" && name != "img" {
			g.run = append(g.run, open{name, tag, sure})
		}
		return
	case reopened[name] || name == "a":
		g.run = append(g.run, open{name, tag, sure})
	}
	g.outlast()
}

// plainRest tells of what stands in a tag behind its name that every reader says that the
// tag ends there: attributes with a value in quotes, a plain one or none.
func plainRest(rest string) bool {
	for {
		more := strings.TrimLeft(rest, " \t\r\n\f")
		if more == "" || more == "/" {
			return true
		}
		at := 0
		for at < len(more) && inName[more[at]] {
			at++
		}
		if len(more) == len(rest) || at == 0 {
			return false
		}
		value, ok := strings.CutPrefix(more[at:], "=")
		if rest = more[at:]; !ok {
			continue
		}
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			end := strings.IndexByte(value[1:], value[0])
			if end < 0 {
				return false
			}
			rest = value[1+end+1:]
			continue
		}
		end := strings.IndexAny(value, " \t\r\n\f\"'=`")
		switch {
		case end < 0:
			return true
		case end == 0 || strings.IndexByte("\"'=`", value[end]) >= 0:
			return false
		}
		rest = value[end:]
	}
}

// outlast keeps the formatting elements of the run, which may stay open for ever: of a
// link one, of others no more than three alike (HTML 13.2.4.3).
func (g *growth) outlast() {
	for _, o := range g.run {
		weight := 1 + len(o.tag)/64
		switch {
		case o.name == "a":
			more := max(0, weight-g.weights[o.name])
			g.weights[o.name] += more
			g.weight += more
		case !reopened[o.name]:
		case !o.sure:
			g.weight += weight
		case g.weights[o.tag] < 3:
			g.weights[o.tag]++
			g.weight += weight
		}
	}
	g.run = g.run[:0]
}

func (g *growth) runs(name string) bool {
	return slices.ContainsFunc(g.run, func(o open) bool { return o.name == name })
}

// inName are the bytes of a name.
var inName = func() (in [256]bool) {
	for c := range 0x80 {
		in[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_:.@", byte(c)) >= 0
	}
	return in
}()

var (
	// reopened are the formatting elements, but for the link.
	reopened = wordSet("b big code em font i nobr s small strike strong tt u")
	// inlined are elements that may stand in one of them without a consequence.
	inlined = wordSet("a abbr b big br cite code em font i img q s small span strike strong sub sup tt u")
)
