package feed

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Lengths of a teaser, in characters as a reader counts them (grapheme clusters,
// UAX 29).
const (
	teaserWant = 240 // whole sentences up to here
	teaserMost = 320 // a first sentence that is longer is cut at a word
	trueText   = 40  // a paragraph shorter than this is a byline, a date, a caption
)

// teaser says in one to three sentences what a story is about: the feed's summary,
// or the text's first true paragraph.
func teaser(summary string, body cleaned, title string) string {
	own, rest := wholeParagraphs(cleanHTML(summary, nil).paragraphs), wholeParagraphs(body.paragraphs)
	for _, p := range slices.Concat(own, rest) {
		if uniseg.GraphemeClusterCount(p) >= trueText && !strings.EqualFold(p, title) {
			return cut(p)
		}
	}
	whole := strings.Join(own, " ")
	if !strings.Contains(strings.ToLower(summary), "<li") { // headings and tables too; of a list, what is its own
		if whole = withoutBoilerplate(textOf(summary)); endsWithColon(whole) {
			whole = withoutColon(whole)
		}
	}
	for _, p := range slices.Concat([]string{whole}, rest) {
		if p != "" && !strings.EqualFold(p, title) {
			return cut(p)
		}
	}
	return ""
}

// wholeParagraphs gives the paragraphs that say something, each whole: "Ada Quay,
// in the Observer:" goes on with the paragraph after it. Where what follows is left
// out, the colon ends nothing.
func wholeParagraphs(paragraphs []string) []string {
	var list []string
	open := false // the last of the list waits for the next
	for _, p := range paragraphs {
		said := withoutBoilerplate(p)
		switch {
		case open && said != "":
			list[len(list)-1] += " " + said
		case open:
			list[len(list)-1] = withoutColon(list[len(list)-1])
		case said != "":
			list = append(list, said)
		}
		open = len(list) > 0 && endsWithColon(list[len(list)-1])
	}
	if open {
		list[len(list)-1] = withoutColon(list[len(list)-1])
	}
	return list
}

func endsWithColon(s string) bool { return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") }

// withoutColon ends a text that announces what is not there: with its last whole
// sentence, or as one that is cut.
func withoutColon(text string) string {
	end := 0
	for rest := text; rest != ""; {
		s := sentence(rest)
		if rest = rest[len(s):]; rest != "" {
			end += len(s)
		}
	}
	if end > 0 {
		return strings.TrimSpace(text[:end])
	}
	return strings.TrimRight(text, " :：\u00A0\u202F") + "…"
}

// cut shortens a text at the end of a sentence, never within a word.
func cut(text string) string {
	if uniseg.GraphemeClusterCount(text) <= teaserWant {
		return text
	}
	end, length := 0, 0
	for rest := text; rest != ""; {
		s := sentence(rest)
		length += uniseg.GraphemeClusterCount(s)
		if end > 0 && length > teaserWant {
			break
		}
		if length > teaserMost {
			return cutWord(text)
		}
		end += len(s)
		rest = rest[len(s):]
	}
	return strings.TrimSpace(text[:end])
}

// sentence gives the first sentence of a text. Unicode's rules end one after "Mr.";
// it goes on here, but no longer than a teaser.
func sentence(text string) string {
	end, state, rest := 0, -1, text
	for rest != "" && end < 8*teaserMost {
		var s string
		s, rest, state = uniseg.FirstSentenceInString(rest, state)
		if end += len(s); !endsWithAbbreviation(s) {
			break
		}
	}
	return text[:end]
}

// cutWord shortens a text between two words and says so.
func cutWord(text string) string {
	end, length := 0, 0
	state, rest := -1, text
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		length += uniseg.GraphemeClusterCount(word)
		if length > teaserWant {
			break
		}
		end += len(word)
	}
	return strings.TrimRight(text[:end], " \t,;:–—-(") + "…"
}

// abbreviations that end with a dot and no sentence.
var abbreviations = regexp.MustCompile(`(?i)(?:^|[\s(«"“])(?:mr|mrs|ms|dr|prof|st|jr|sr|gen|col|lt|sgt|capt|rev|hon|sen|rep|gov|no|vs|inc|ltd|co|corp|` +
	`jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|e\.g|i\.e|u\.s|u\.k|a\.m|p\.m|z\.b|d\.h|bzw|ca|nr|str|hr|fr|` +
	`m|mme|mlle|г|гг|ул|им|т\.е|т\.к|\p{L}|\d{1,2})\.\s*$`)

func endsWithAbbreviation(s string) bool { return abbreviations.MatchString(s) }

// Boilerplate: what content systems hang on to every story. A tail may follow a
// text; a line is a paragraph of its own.
var (
	ellipsis = regexp.MustCompile(`\s*(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|\(\s*(?:more|read more|mehr)\s*(?:…|\.{3})?\s*\))\s*$`)
	readOn   = regexp.MustCompile(`(?i)\s*(?:…|\.{3}|\[…\])?\s*(?:` +
		`continue reading|continued? (?:here|on)|read (?:the )?(?:more|full (?:story|article|post)|rest)|keep reading|click here to|` +
		`weiterlesen|mehr lesen|lire la suite|en savoir plus|leer más|seguir leyendo|sigue leyendo|leia mais|continua a leggere|` +
		`leggi tutto|lees (?:meer|verder)|читать (?:далее|дальше|полностью)|čítať ďalej|číst dál|czytaj (?:dalej|więcej)|läs mer|les mer|læs mere` +
		`)(?:\s.{0,160})?(?:…|\.{3}|→|»|>+|&raquo;)?\s*$`)
	firstOn   = regexp.MustCompile(`(?i)\s*(?:the post|the article|der beitrag|l['’]article|el artículo|la entrada|il post|het bericht|запись)\s.{1,300}\s(?:appeared first on|first appeared on|erschien zuerst auf|est apparu en premier sur|apareció primero en|se publicó primero en|proviene da|verscheen eerst op|впервые появилась)\s.{1,120}$`)
	wholeLine = regexp.MustCompile(`(?i)^(?:share this|like this|related(?: (?:posts|articles|stories))?|advertisement|anzeige|comments?|permalink|filed under|tags?|sign up for|subscribe (?:to|now)|follow us)\b.{0,60}:?$`)
	alsoRead  = regexp.MustCompile(`(?i)^(?:(?:see|read) also|more on this|articles (?:en rapport|liés|connexes)|(?:à )?lire aussi|à voir aussi|sur le même sujet|` +
		`mehr zum thema|(?:lesen sie|siehe|lesen) auch|zum thema|artículos relacionados|(?:lee|ver|leer) también|leggi anche|articoli correlati|` +
		`lees ook|gerelateerde artikelen|leia também|читайте также|по теме|súvisiace články|čítajte aj|související články|čtěte také|` +
		`czytaj (?:też|także)|läs (?:också|även)|les også|læs også)\s*(?::.{0,200})?$`)
)

// withoutBoilerplate takes the tails off a text.
func withoutBoilerplate(text string) string {
	for range 3 {
		before := text
		text = firstOn.ReplaceAllString(text, "")
		if at := readOn.FindStringIndex(text); at != nil && tailBegins(text, at[0]) {
			text = text[:at[0]]
		}
		if ellipsis.MatchString(text) {
			text = strings.TrimRight(ellipsis.ReplaceAllString(text, ""), " .,;:–—-") + "…"
		}
		if text = strings.TrimSpace(text); text == before {
			break
		}
	}
	if isBoilerplate(text) {
		return ""
	}
	return text
}

// tailBegins reports that a tail starts where a sentence has ended, or is all there
// is: "You can read more in the library" is no boilerplate.
func tailBegins(text string, at int) bool {
	head := strings.TrimSpace(text[:at])
	if head == "" {
		return true
	}
	return strings.HasSuffix(head, "…") || strings.ContainsAny(head[len(head)-1:], `.!?"”’)]»:|`) ||
		strings.HasSuffix(head, "”") || strings.HasSuffix(head, "’") || strings.HasSuffix(head, "»") ||
		strings.HasPrefix(strings.TrimSpace(text[at:]), "…") || strings.HasPrefix(strings.TrimSpace(text[at:]), "...")
}

// isBoilerplate reports a paragraph that says nothing of the story.
func isBoilerplate(text string) bool {
	if text == "" || len(text) > 500 {
		return false
	}
	if at := readOn.FindStringIndex(text); at != nil && at[0] == 0 {
		return true
	}
	at := firstOn.FindStringIndex(text)
	return wholeLine.MatchString(text) || alsoRead.MatchString(text) || (at != nil && at[0] == 0)
}

// paragraphs gives the text of each paragraph, in order. Text that stands outside
// any is one too, up to the next block or double break. A list of nothing but links
// tells of other pages, not of this story.
func (w *walker) paragraphs(body *xhtml.Node) []string {
	var (
		list  []string
		loose strings.Builder
	)
	flush := func() {
		if t := squeeze(loose.String()); t != "" {
			list = append(list, t)
		}
		loose.Reset()
	}
	// Something that is no text follows: an empty paragraph stands for it where the
	// text announces it.
	gap := func() {
		flush()
		if len(list) > 0 && endsWithColon(list[len(list)-1]) {
			list = append(list, "")
		}
	}
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == xhtml.TextNode:
				loose.WriteString(c.Data)
			case skipped[c.DataAtom] || c.Type == xhtml.CommentNode || isLinkList(c):
				gap()
			case c.DataAtom == atom.Img && strings.TrimSpace(loose.String()) == "":
				gap()
			case c.DataAtom == atom.Br:
				if p := c.NextSibling; p != nil && p.DataAtom == atom.Br {
					flush()
				}
				loose.WriteString(" ")
			case block[c.DataAtom]:
				flush()
				walk(c)
				flush()
			default:
				walk(c)
			}
		}
	}
	walk(body)
	flush()
	return list
}

// isLinkList reports a list whose entries are links and nothing else.
func isLinkList(n *xhtml.Node) bool {
	if n.DataAtom != atom.Ul && n.DataAtom != atom.Ol {
		return false
	}
	linked := false
	var outside func(n *xhtml.Node) bool
	outside = func(n *xhtml.Node) bool {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.DataAtom == atom.A:
				linked = true
			case c.Type == xhtml.TextNode && strings.ContainsFunc(c.Data, isWordRune), outside(c):
				return true
			}
		}
		return false
	}
	return !outside(n) && linked
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// skipped are elements whose text is no paragraph of the story.
var skipped = map[atom.Atom]bool{
	atom.Figcaption: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true,
	atom.H6: true, atom.Pre: true, atom.Script: true, atom.Style: true, atom.Table: true, atom.Caption: true,
	atom.Title: true, atom.Textarea: true, atom.Select: true, atom.Svg: true,
}

var block = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Blockquote: true,
	atom.Section: true, atom.Article: true, atom.Figure: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
	atom.Hr: true, atom.Header: true, atom.Footer: true, atom.Aside: true, atom.Main: true,
}

// textOf gives the text of HTML, white space single.
func textOf(s string) string {
	nodes, err := xhtml.ParseFragment(strings.NewReader(s), &xhtml.Node{Type: xhtml.ElementNode, DataAtom: atom.Body, Data: "body"})
	if err != nil {
		return plain(s)
	}
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString(nodeText(n))
		b.WriteString(" ")
	}
	return squeeze(b.String())
}

// nodeText gives the text of a node, without what is not shown.
func nodeText(n *xhtml.Node) string {
	var b strings.Builder
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		switch {
		case n.Type == xhtml.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Script || n.DataAtom == atom.Style:
			return
		case block[n.DataAtom] || n.DataAtom == atom.Br:
			b.WriteString(" ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block[n.DataAtom] {
			b.WriteString(" ")
		}
	}
	walk(n)
	return squeeze(b.String())
}

// isArticle reports a summary that is the whole story: some feeds have no other
// place for it.
func isArticle(summary string) bool {
	if len(summary) < 500 || len(summary) > maxHTML {
		return false
	}
	c := cleanHTML(summary, nil)
	n := 0
	for _, p := range c.paragraphs {
		n += len(p)
	}
	return len(c.paragraphs) >= 3 && n > 600 || n > 1500
}

// headline makes a title for a story that has none, of its first words.
func headline(teaser string) string {
	const most = 80
	s, _, _ := uniseg.FirstSentenceInString(teaser, -1)
	s = strings.TrimSpace(s)
	if uniseg.GraphemeClusterCount(s) <= most {
		return strings.TrimSuffix(s, ".")
	}
	end, length, state, rest := 0, 0, -1, s
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		if length += uniseg.GraphemeClusterCount(word); length > most {
			break
		}
		end += len(word)
	}
	return strings.TrimRight(s[:end], " ,;:–—-(") + "…"
}
