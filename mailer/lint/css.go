package lint

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// declaration is one of a style: "color:#fff !important".
type declaration struct {
	name, value string // in lower case
	important   bool
}

// cssRule is a rule of a style block, for one selector.
type cssRule struct {
	selector []compound // ancestors first
	weight   int        // its specificity
	style    []declaration
	dark     bool // holds in dark mode alone
	anchor   string
}

// compound is a selector without spaces: "td.a.b".
type compound struct {
	tag, id string
	classes []string
	child   bool // the one before it is its parent
}

// declarations reads an inline style, or what stands between braces. A broken
// declaration is left out, as browsers do.
func declarations(css string) []declaration {
	var all []declaration
	for _, d := range splitOutside(css, ';') {
		name, value, ok := strings.Cut(d, ":")
		if !ok {
			continue
		}
		value, important := strings.CutSuffix(strings.ToLower(strings.TrimSpace(value)), "!important")
		all = append(all, declaration{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value), important})
	}
	return all
}

// splitOutside splits at a sign that stands in no quotes and no parentheses.
func splitOutside(s string, at byte) []string {
	var all []string
	depth, start, open := 0, 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case open != 0:
			if c == open {
				open = 0
			}
		case c == '"' || c == '\'':
			open = c
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == at && depth == 0:
			all = append(all, s[start:i])
			start = i + 1
		}
	}
	return append(all, s[start:])
}

var (
	cssComment = lazyregexp.New(`(?s)/\*.*?\*/`)
	darkQuery  = lazyregexp.New(`prefers-color-scheme\s*:\s*dark`)
	plainQuery = lazyregexp.New(`^@media\s+(all|screen|only screen)$`)
)

// cssRules reads a style block, as far as it bears on colours and sizes: rules outside
// of a query, and those for dark mode. A selector that we do not know is left out.
func cssRules(css string) []cssRule {
	var all []cssRule
	readBlocks(cssComment.ReplaceAllString(css, ""), 0, func(query, selectors, body string) {
		query = strings.Join(strings.Fields(strings.ToLower(query)), " ")
		dark := darkQuery.MatchString(query)
		if !dark && query != "" && !plainQuery.MatchString(query) {
			return
		}
		style := declarations(body)
		for s := range strings.SplitSeq(selectors, ",") {
			if selector, weight, ok := parseSelector(strings.TrimSpace(s)); ok && len(all) < mostRules {
				last := selector[len(selector)-1]
				all = append(all, cssRule{selector, weight, style, dark, last.anchor()})
			}
		}
	})
	return all
}

// readBlocks calls rule for each "selectors { body }", with the query around it.
func readBlocks(css string, depth int, rule func(query, selectors, body string)) {
	for css != "" {
		head, rest, ok := strings.Cut(css, "{")
		if !ok {
			return
		}
		if at := strings.LastIndex(head, ";"); at >= 0 { // @import "x";
			head = head[at+1:]
		}
		head = strings.TrimSpace(head)
		end := closing(rest)
		body := rest[:end]
		css = rest[min(end+1, len(rest)):]
		switch {
		case !strings.HasPrefix(head, "@"):
			rule("", head, body)
		case depth == 0 && strings.HasPrefix(strings.ToLower(head), "@media"):
			readBlocks(body, 1, func(_, selectors, body string) { rule(head, selectors, body) })
		}
	}
}

// closing is where the brace closes that was opened before s.
func closing(s string) int {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

var (
	compoundForm = lazyregexp.New(`^(\*|[a-zA-Z][a-zA-Z0-9]*)?((?:[.#][a-zA-Z_-][a-zA-Z0-9_-]*)*)$`)
	compoundPart = lazyregexp.New(`[.#][^.#]+`)
)

func parseSelector(s string) (all []compound, weight int, ok bool) {
	child := false
	for _, word := range strings.Fields(strings.ReplaceAll(s, ">", " > ")) {
		if word == ">" {
			child = true
			continue
		}
		parts := compoundForm.FindStringSubmatch(word)
		if parts == nil || len(all) == 8 {
			return nil, 0, false
		}
		c := compound{tag: strings.ToLower(strings.TrimPrefix(parts[1], "*")), child: child}
		if c.tag != "" {
			weight++
		}
		for _, more := range compoundPart.FindAllString(parts[2], -1) {
			if more[0] == '#' {
				c.id, weight = more[1:], weight+10_000
			} else {
				c.classes, weight = append(c.classes, more[1:]), weight+100
			}
		}
		all, child = append(all, c), false
	}
	return all, weight, len(all) > 0 && !child
}

// anchor is what an element has to have for the compound to hold, at least.
func (c compound) anchor() string {
	switch {
	case c.id != "":
		return "#" + c.id
	case len(c.classes) > 0:
		return "." + c.classes[0]
	case c.tag != "":
		return c.tag
	}
	return "*"
}

func (p *page) is(c compound, n *html.Node) bool {
	if c.tag != "" && c.tag != n.Data || c.id != "" && c.id != attr(n, "id") {
		return false
	}
	for _, class := range c.classes {
		if !slices.Contains(p.classes[n], class) {
			return false
		}
	}
	return true
}

// holds tells whether a selector is for an element.
func (p *page) holds(selector []compound, n *html.Node) bool {
	last := len(selector) - 1
	if !p.is(selector[last], n) {
		return false
	}
	if last == 0 {
		return true
	}
	for above := n.Parent; above != nil && above.Type == html.ElementNode; above = above.Parent {
		if p.is(selector[last-1], above) {
			// The nearest will do, but where a selector mixes "a b > c": not in mail.
			return p.holds(selector[:last], above)
		}
		if selector[last].child {
			return false
		}
	}
	return false
}
