package lint

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// sightRules look at what can be seen: colours, by light and in the dark, and sizes.
var sightRules = []rule{
	{Rule{"contrast", Error, "Text stands out from its paper by 4.5 to 1, large text by 3 to 1; so does the alt of a picture that is not shown", "WCAG 2.2, 1.4.3", "Make the text darker, or the paper lighter."}, lookContrast},
	{Rule{"contrast-dark", Error, "So it does in the mail's own colours for dark mode", "WCAG 2.2, 1.4.3", "Make the text lighter, or the paper darker, in the block for prefers-color-scheme: dark."}, lookContrastDark},
	{Rule{"contrast-large", Warning, "Large text, too, stands out by 4.5 to 1", "WCAG 2.2, 1.4.3, and a margin", "Make the text darker, or the paper lighter."}, lookContrastLarge},
	{Rule{"text-caps", Warning, "No line all in capitals: some screen readers spell it", "WCAG 2.2, 3.1.5; Email Markup Consortium", "Write it as a sentence."}, lookCaps},
	{Rule{"text-justify", Warning, "No justified text: its gaps are hard to read", "WCAG 2.2, 1.4.8; Email Markup Consortium", "Align it to one side."}, lookJustify},
	{Rule{"text-size", Warning, "Text of 14 pixels at least", "WCAG 2.2, 1.4.4; Email Markup Consortium", "Make it larger."}, lookTextSize},
	{Rule{"text-body", Warning, "What people read has 16 pixels or more: most of the text in paragraphs", "Email Markup Consortium; practice", "Make the text of the stories larger."}, lookTextBody},
}

// enough and enoughLarge are the ratios of WCAG 2.2, 1.4.3.
const (
	enough      = 4.5
	enoughLarge = 3
)

// large is WCAG's "large-scale text": 18 points, or 14 in bold.
func (p paint) large() bool { return p.size >= 24 || p.bold && p.size >= 18.66 }

// eachText calls for each text that people see, with its place.
func (p *page) eachText(f func(where func() string, words string)) {
	p.eachSeen(func(n *html.Node, words string, _ paint) {
		f(func() string { return p.where(n.Parent) }, words)
	})
}

// eachSeen calls for each text that people see, and for each picture's alt.
func (p *page) eachSeen(f func(n *html.Node, words string, seen paint)) {
	if p.seen == nil {
		p.seen = p.collectSeen()
	}
	for _, s := range p.seen {
		f(s.node, s.words, s.paint)
	}
}

// sight is a text that people see, or a picture's alt.
type sight struct {
	node  *html.Node
	words string
	paint paint
}

func (p *page) collectSeen() []sight {
	all := []sight{}
	for n := range p.root.Descendants() {
		words := ""
		switch {
		case n.Type == html.TextNode && !unseen(n):
			words = squeeze(n.Data)
		case n.DataAtom == atom.Img:
			words = squeeze(attr(n, "alt"))
		}
		if seen := p.of(n); words != "" && !seen.hidden && seen.size > 1 {
			all = append(all, sight{n, words, seen})
		}
	}
	return all
}

// eachRatio calls once for each pair of colours, at the first text that has it.
func (m *mail) eachRatio(dark bool, f func(where, what string, ratio float64, large bool)) {
	if m.page == nil || dark && !m.page.hasDark {
		return
	}
	type pair struct {
		ink, paper string
		large      bool
	}
	told := map[pair]bool{}
	m.page.eachSeen(func(n *html.Node, words string, seen paint) {
		l := seen.light
		if dark {
			l = seen.dark
		}
		ink := l.ink.over(l.paper)
		p := pair{ink.String(), l.paper.String(), seen.large()}
		if l.unsure || told[p] {
			return
		}
		told[p] = true
		if n.Type == html.TextNode {
			n = n.Parent
		}
		ratio := contrast(ink, l.paper)
		f(m.page.where(n), fmt.Sprintf("%s is %s on %s: %.2f to 1", quote(words), p.ink, p.paper, ratio), ratio, p.large)
	})
}

func lookContrast(m *mail, say say)     { lookRatios(m, say, false) }
func lookContrastDark(m *mail, say say) { lookRatios(m, say, true) }

func lookRatios(m *mail, say say, dark bool) {
	m.eachRatio(dark, func(where, what string, ratio float64, large bool) {
		if ratio < enoughLarge || ratio < enough && !large {
			say(where, what)
		}
	})
}

func lookContrastLarge(m *mail, say say) {
	for _, dark := range []bool{false, true} {
		m.eachRatio(dark, func(where, what string, ratio float64, large bool) {
			if large && ratio >= enoughLarge && ratio < enough {
				say(where, what)
			}
		})
	}
}

// shouted is five words or more of capitals.
var shouted = lazyregexp.New(`\p{Lu}{4,}(\s+\p{Lu}{3,}){4,}`)

func lookCaps(m *mail, say say) {
	if m.page == nil {
		return
	}
	m.page.eachText(func(where func() string, words string) {
		if found := shouted.FindString(words); found != "" {
			say(where(), quote(found))
		}
	})
}

func lookJustify(m *mail, say say) {
	if m.page == nil {
		return
	}
	for _, n := range m.page.elements {
		for _, d := range declarations(attr(n, "style")) {
			if d.name == "text-align" && d.value == "justify" {
				say(m.page.where(n), "<"+n.Data+"> is justified")
				return
			}
		}
	}
}

func lookTextSize(m *mail, say say) {
	if m.page == nil {
		return
	}
	told := map[float64]bool{}
	m.page.eachSeen(func(n *html.Node, words string, seen paint) {
		if seen.size < 14 && !told[seen.size] && n.Type == html.TextNode && !within(n, atom.Sup, atom.Sub) {
			told[seen.size] = true
			say(m.page.where(n.Parent), fmt.Sprintf("%s is %.3g pixels", quote(words), seen.size))
		}
	})
}

// What people read is set in long texts, of longText letters or more. Where these have
// fewer than enoughText letters together, they may all be small print.
const (
	readSize   = 16 // pixels, at least
	longText   = 80
	enoughText = 300
)

func lookTextBody(m *mail, say say) {
	if m.page == nil {
		return
	}
	small, all := 0, 0
	var first *html.Node // that is too small
	m.page.eachSeen(func(n *html.Node, words string, seen paint) {
		letters := utf8.RuneCountInString(words)
		if n.Type != html.TextNode || letters < longText {
			return
		}
		all += letters
		if seen.size < readSize {
			small += letters
			if first == nil {
				first = n.Parent
			}
		}
	})
	if all >= enoughText && small > all-small {
		say(m.page.where(first), fmt.Sprintf("%s, and %d %% of all long texts, is smaller", quote(said(first)), 100*small/all))
	}
}
