package lint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// look is how the text of an element is seen in one scheme of colours.
type look struct {
	ink, paper colour
	unsure     bool // on a picture or a gradient: nobody can tell from the bytes
}

// paint is how an element is seen.
type paint struct {
	light, dark look
	size        float64 // of its text, in CSS pixels
	bold        bool
	hidden      bool
	underlined  bool // itself, or something around it
	boxed       bool // has a background or a border of its own: a button
}

// A browser's own text.
const bodySize = 16

// headingSizes are a browser's own, in em: h1 to h6.
var headingSizes = map[atom.Atom]float64{atom.H1: 2, atom.H2: 1.5, atom.H3: 1.17, atom.H4: 1, atom.H5: 0.83, atom.H6: 0.67}

// paintAll works out how each element is seen.
func (p *page) paintAll() {
	rules := map[string][]cssRule{}
	for _, b := range p.styles {
		for _, r := range cssRules(b.css) {
			rules[r.anchor] = append(rules[r.anchor], r)
			p.hasDark = p.hasDark || r.dark
		}
	}
	start := look{ink: black, paper: white}
	p.paintBelow(p.root, paint{light: start, dark: start, size: bodySize}, rules)
}

func (p *page) paintBelow(n *html.Node, around paint, rules map[string][]cssRule) {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			own := p.paintOf(c, around, rules)
			p.paints[c] = own
			p.paintBelow(c, own, rules)
		}
	}
}

// of is how a text, or an element, is seen.
func (p *page) of(n *html.Node) paint {
	if n.Type == html.TextNode {
		n = n.Parent
	}
	return p.paints[n]
}

// paintOf is how an element is seen, from what is around it and what styles it.
func (p *page) paintOf(n *html.Node, around paint, rules map[string][]cssRule) paint {
	own := around
	own.boxed = false
	attributes(n, &own)
	light, dark := p.stylesOf(n, rules)
	for _, d := range light {
		own.apply(d, around)
		own.light.apply(d, around.light)
	}
	for _, d := range dark {
		own.dark.apply(d, around.dark)
	}
	if _, ok := attrOf(n, "hidden"); ok {
		own.hidden = true
	}
	return own
}

// attributes applies what old HTML and the browser itself say.
func attributes(n *html.Node, own *paint) {
	both := func(f func(l *look)) { f(&own.light); f(&own.dark) }
	if c, ok := parseColour(attr(n, "bgcolor")); ok {
		both(func(l *look) { l.paper, l.unsure = c.over(l.paper), false })
		own.boxed = true
	}
	if attr(n, "background") != "" {
		both(func(l *look) { l.unsure = true })
	}
	switch n.DataAtom {
	case atom.A:
		if _, ok := attrOf(n, "href"); ok {
			both(func(l *look) { l.ink = linkBlue })
			own.underlined = true
		}
	case atom.Font:
		if c, ok := parseColour(attr(n, "color")); ok {
			both(func(l *look) { l.ink = c.over(l.paper) })
		}
	case atom.Body:
		if c, ok := parseColour(attr(n, "text")); ok {
			both(func(l *look) { l.ink = c })
		}
	case atom.B, atom.Strong, atom.Th:
		own.bold = true
	case atom.Small, atom.Big:
		own.size *= map[atom.Atom]float64{atom.Small: 0.83, atom.Big: 1.2}[n.DataAtom]
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		own.size *= headingSizes[n.DataAtom]
		own.bold = true
	}
}

// weighed is a declaration with how strong it is.
type weighed struct {
	declaration
	weight int
	dark   bool // holds in dark mode alone
}

// What stands on the element is stronger than any selector, and !important than that.
const inlineWeight, importantWeight = 1_000_000, 10_000_000

// stylesOf is what the style blocks and the element itself say, the strongest last: by
// light, and in the dark.
func (p *page) stylesOf(n *html.Node, rules map[string][]cssRule) (light, dark []declaration) {
	var all []weighed
	add := func(style []declaration, weight int, dark bool) {
		for _, d := range style {
			w := weight
			if d.important {
				w += importantWeight
			}
			all = append(all, weighed{d, w, dark})
		}
	}
	anchors := []string{"*", n.Data, "#" + attr(n, "id")}
	for _, class := range p.classes[n] {
		anchors = append(anchors, "."+class)
	}
	for _, anchor := range anchors {
		for _, r := range rules[anchor] {
			if p.holds(r.selector, n) {
				add(r.style, r.weight, r.dark)
			}
		}
	}
	if inline := attr(n, "style"); inline != "" {
		add(declarations(inline), inlineWeight, false)
	}
	slices.SortStableFunc(all, func(a, b weighed) int { return cmp.Compare(a.weight, b.weight) })
	for _, w := range all {
		if !w.dark {
			light = append(light, w.declaration)
		}
		dark = append(dark, w.declaration)
	}
	return light, dark
}

// apply is what a declaration does to colours. under is what lies around the element.
func (l *look) apply(d declaration, under look) {
	switch d.name {
	case "color":
		if c, ok := parseColour(d.value); ok {
			l.ink = c.over(l.paper)
		}
	case "background-color", "background":
		l.unsure = under.unsure
		for _, word := range splitOutside(d.value, ' ') {
			if c, ok := parseColour(word); ok {
				l.paper, l.unsure = c.over(under.paper), under.unsure && c.a < 1
				return
			}
		}
		if strings.Contains(d.value, "url(") || strings.Contains(d.value, "gradient(") {
			l.unsure = true
		}
	case "background-image":
		l.unsure = l.unsure || strings.Contains(d.value, "gradient(")
	}
}

// apply is what a declaration does beside colours.
func (p *paint) apply(d declaration, around paint) {
	switch d.name {
	case "font-size":
		p.size = sizeOf(d.value, around.size)
	case "font":
		for word := range strings.FieldsSeq(d.value) {
			size, _, _ := strings.Cut(word, "/")
			if size != "" && size[0] >= '0' && size[0] <= '9' && strings.Trim(size, "0123456789") != "" {
				p.size = sizeOf(size, around.size)
			}
			p.bold = p.bold || word == "bold" || word == "700"
			p.bold = p.bold && word != "normal"
		}
	case "font-weight":
		n, _ := strconv.Atoi(d.value)
		p.bold = n >= 700 || strings.HasPrefix(d.value, "bold")
	case "display":
		p.hidden = around.hidden || d.value == "none"
	case "visibility", "opacity", "max-height":
		p.hidden = p.hidden || d.value == "hidden" || strings.TrimSuffix(d.value, "px") == "0"
	case "text-decoration", "text-decoration-line":
		switch {
		case strings.Contains(d.value, "underline"):
			p.underlined = true
		case strings.Contains(d.value, "none"):
			p.underlined = false
		}
	case "background", "background-color", "border", "border-bottom":
		p.boxed = p.boxed || d.value != "none" && d.value != "0" && d.value != "transparent"
	}
}

// pixels are what one of a unit has.
var pixels = map[string]float64{"px": 1, "pt": 4.0 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "rem": bodySize}

// keywords are the sizes that have a name.
var keywords = map[string]float64{"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}

// sizeOf reads a size of text; one that it does not know is that of what is around.
func sizeOf(s string, around float64) float64 {
	if n, ok := keywords[s]; ok {
		return n
	}
	number := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz%")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n < 0 || n > 10_000 {
		return around
	}
	switch unit := s[len(number):]; unit {
	case "em":
		return n * around
	case "%":
		return n / 100 * around
	default:
		if px, ok := pixels[unit]; ok {
			return n * px
		}
	}
	if n == 0 {
		return 0
	}
	return around
}
