package lint

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// linkRules look at the links.
var linkRules = []rule{
	{Rule{"link-http", Warning, "Links are https: on the way nobody sees or changes what is read", "practice", "Link to https."}, lookLinkHTTP},
	{Rule{"link-scheme", Error, "Links go to the web, a mail address or a telephone; no script, no data, no file", "practice; filters drop the others", "Link to https."}, lookLinkScheme},
	{Rule{"link-relative", Error, "Links are whole: in a mail there is no page that they could be relative to", "RFC 3986 5.1", "Write the link with https:// in front."}, lookLinkRelative},
	{Rule{"link-inside", Error, "Links lead to public names: no number, no machine of ours", "SpamAssassin NUMERIC_HTTP_ADDR; practice", "Link to the public site."}, lookLinkInside},
	{Rule{"link-empty", Error, "A link says where it leads, in words or a picture's alt", "WCAG 2.2, 2.4.4; axe link-name", "Write words into the link, or an alt on its picture."}, lookLinkEmpty},
	{Rule{"link-vague", Warning, "A link's words alone say where it leads: no \"click here\", no bare address", "WCAG 2.2, 2.4.4, 2.4.9; Email Markup Consortium", "Link the words that name the page."}, lookLinkVague},
	{Rule{"link-same", Warning, "The same words lead to the same page", "WCAG 2.2, 2.4.4, 3.2.4; Email Markup Consortium", "Say in each what is behind it."}, lookLinkSame},
	{Rule{"link-underline", Error, "A link in running text is underlined: colour alone tells not everybody", "WCAG 2.2, 1.4.1; axe link-in-text-block", "Write text-decoration:underline."}, lookLinkUnderline},
	{Rule{"unsubscribe-link", Error, "The mail shows how to leave, in HTML and in text", "CAN-SPAM 5(a)(5), GDPR 7(3); Gmail's and Yahoo's rules for bulk senders", "Put the link to leave into the footer."}, lookLeave},
}

// link is one of the page.
type link struct {
	url, where string
	node       *html.Node
}

func (p *page) links() []link {
	var all []link
	for _, n := range p.find(atom.A, atom.Area) {
		if href, ok := attrOf(n, "href"); ok && !p.of(n).hidden {
			all = append(all, link{strings.TrimSpace(href), p.where(n), n})
		}
	}
	return all
}

// Links are the addresses of the web that a message links to, each once, in their
// order: those of the HTML, then those of the text.
func Links(eml []byte) []string {
	m := parse(eml, Options{})
	var all []string
	seen := map[string]bool{}
	add := func(u string) {
		if isWeb(u) && !seen[u] {
			seen[u] = true
			all = append(all, u)
		}
	}
	for _, l := range m.links() {
		add(l.url)
	}
	if m.text != nil {
		for _, u := range inText.FindAllString(m.text.content, -1) {
			add(strings.TrimRight(u, ".,;:!?)"))
		}
	}
	return all
}

func (m *mail) links() []link {
	if m.page == nil {
		return nil
	}
	return m.page.links()
}

func lookLinkHTTP(m *mail, say say) {
	for _, l := range m.links() {
		if strings.HasPrefix(strings.ToLower(l.url), "http://") {
			say(l.where, quote(l.url))
		}
	}
}

func schemeOf(u string) string {
	s, _, ok := strings.Cut(u, ":")
	if !ok || strings.ContainsAny(s, "/?#") {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(s))
}

func lookLinkScheme(m *mail, say say) {
	for _, l := range m.links() {
		switch s := schemeOf(l.url); s {
		case "http", "https", "mailto", "tel", "sms", "":
		default:
			say(l.where, quote(l.url))
		}
	}
}

func lookLinkRelative(m *mail, say say) {
	for _, l := range m.links() {
		if schemeOf(l.url) == "" && (!strings.HasPrefix(l.url, "#") || l.url == "#") {
			say(l.where, quote(l.url)+" is not a whole link")
		}
	}
}

func lookLinkInside(m *mail, say say) {
	var all []link
	all = append(all, m.links()...)
	if m.page != nil {
		for _, r := range m.page.resources() {
			all = append(all, link{url: r.url, where: r.where})
		}
	}
	for _, l := range all {
		u, err := url.Parse(l.url)
		if err != nil || !isWeb(l.url) || slices.Contains(m.o.Inside, u.Host) {
			continue
		}
		host := strings.TrimSuffix(u.Hostname(), ".")
		if _, err := netip.ParseAddr(host); err == nil || inside.MatchString(host) || !strings.Contains(host, ".") {
			say(l.where, quote(l.url)+" is no public name")
		}
	}
}

func lookLinkEmpty(m *mail, say say) {
	for _, l := range m.links() {
		if said(l.node) == "" && attr(l.node, "title") == "" {
			say(l.where, "the link to "+quote(l.url)+" has no words")
		}
	}
}

// vague are words that say nothing of where they lead, in the languages that we speak.
var vague = lazyregexp.New(`(?i)^(click( here)?|here|read( more)?|more|learn more|find out more|this link|link|this|continue|continue reading|view|see more|details|go|tap here|читать( далее| дальше| полностью)?|подробнее|здесь|тут|далее|дальше|ссылка|детальніше|докладніше|читати( далі| більше)?|тут|далі|посилання|hier( klicken)?|klicken sie hier|mehr( lesen| erfahren)?|weiterlesen|weiter|link|ici|cliquez ici|lire( la suite)?|en savoir plus|plus|suite|aquí|más|اضغط هنا|انقر هنا|هنا|المزيد|اقرأ المزيد|رابط)[\s.…!»›→>:]*$`)

var bareURL = lazyregexp.New(`(?i)^(https?://|www\.)\S+$`)

func lookLinkVague(m *mail, say say) {
	for _, l := range m.links() {
		if words := said(l.node); vague.MatchString(words) || bareURL.MatchString(words) {
			say(l.where, quote(words)+" leads to "+quote(l.url))
		}
	}
}

func lookLinkSame(m *mail, say say) {
	leads := map[string]string{}
	for _, l := range m.links() {
		words := strings.ToLower(said(l.node))
		page, _, _ := strings.Cut(l.url, "?") // the rest may only say where it stands
		switch to, known := leads[words]; {
		case words == "" || vague.MatchString(words): // other rules say that
		case !known:
			leads[words] = page
		case to != page:
			say(l.where, quote(words)+" leads to "+quote(page)+", and above to "+quote(to))
		}
	}
}

// textBlocks are what holds a run of text.
var textBlocks = map[atom.Atom]bool{atom.P: true, atom.Li: true, atom.Td: true, atom.Div: true, atom.Blockquote: true, atom.Dd: true, atom.Figcaption: true, atom.Caption: true}

func lookLinkUnderline(m *mail, say say) {
	for _, l := range m.links() {
		words, paint := said(l.node), m.page.of(l.node)
		if words == "" || underlined(m.page, l.node) || paint.boxed || within(l.node, headings...) {
			continue
		}
		block := l.node.Parent
		for block != nil && !textBlocks[block.DataAtom] {
			block = block.Parent
		}
		if block != nil && utf8.RuneCountInString(ownText(block)) > 20 {
			say(l.where, quote(words)+" is not underlined")
		}
	}
}

// underlined tells whether a link is, or all the words in it are.
func underlined(p *page, a *html.Node) bool {
	if p.of(a).underlined {
		return true
	}
	for n := range a.Descendants() {
		if n.Type == html.TextNode && squeeze(n.Data) != "" && !p.of(n).underlined {
			return false
		}
	}
	return true
}

// ownText is the text of a block, links and blocks within aside.
func ownText(block *html.Node) string {
	var b strings.Builder
	var below func(n *html.Node)
	below = func(n *html.Node) {
		for c := range n.ChildNodes() {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Type == html.ElementNode && inline[c.DataAtom] && c.DataAtom != atom.A:
				below(c)
			}
		}
	}
	below(block)
	return squeeze(b.String())
}

// leaves are words on a link to leave.
var leaves = lazyregexp.New(`(?i)unsubscri|opt[ -]?out|отпис|відпис|скасувати підписку|désabonn|désinscri|abmelden|abbestell|austragen|darse de baja|cancelar|إلغاء الاشتراك|ألغ الاشتراك|annuler`)

func lookLeave(m *mail, say say) {
	if !m.isList {
		return
	}
	shows := func(text string, links []string) bool {
		for _, u := range m.uris("list-unsubscribe") {
			for _, l := range links {
				if l == u {
					return true
				}
			}
			if isWeb(u) && strings.Contains(text, u) {
				return true
			}
		}
		return leaves.MatchString(text)
	}
	if m.page != nil {
		var links []string
		for _, l := range m.page.links() {
			links = append(links, l.url)
		}
		if !shows(m.page.words(), links) {
			say("HTML", "it has no link to leave")
		}
	}
	if m.text != nil && !shows(m.text.content, nil) {
		say("text", "it has no link to leave")
	}
}
