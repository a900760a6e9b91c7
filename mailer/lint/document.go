package lint

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// documentRules look at the page as a whole: its size, its head, its tables.
var documentRules = []rule{
	{Rule{"clip", Error, "102,400 octets of HTML at most, decoded: past about that Gmail hides the rest, the link to leave first", "hteumeuleu/email-bugs#41 (Gmail)", "Print fewer stories, or shorter ones."}, lookClip},
	{Rule{"clip-near", Warning, "80,000 octets of HTML: what is added on the way counts too", "hteumeuleu/email-bugs#41 (Gmail)", "Print fewer stories, or shorter ones."}, lookClipNear},
	{Rule{"style-size", Error, "16,384 octets of style at most: Gmail drops a block that is past it", "caniemail.com, html-style", "Take styles out that nothing uses."}, lookStyleSize},
	{Rule{"style-place", Warning, "Style blocks stand in the head", "caniemail.com, html-style", "Move it into the head."}, lookStylePlace},
	{Rule{"style-apart", Warning, "Dark mode and [data-ogsc] have style blocks of their own: Gmail drops a whole block for what it does not know", "caniemail.com, css-at-media-prefers-color-scheme", "Put it into a <style> of its own."}, lookStyleApart},
	{Rule{"style-remote", Error, "No style sheet and no font from elsewhere: it tells who reads, and does not load", "caniemail.com, css-at-import, css-at-font-face", "Use fonts that readers have."}, lookStyleRemote},
	{Rule{"charset-meta", Error, "<meta charset> in the head: without it Gmail clips, and saved mail is garbled", "hteumeuleu/email-bugs#41", `Write <meta charset="utf-8">.`}, lookCharsetMeta},
	{Rule{"title", Error, "A title, which screen readers say first", "WCAG 2.2, 2.4.2", "Write <title> with the subject."}, lookTitle},
	{Rule{"viewport", Error, "Readers may zoom", "WCAG 2.2, 1.4.4", "Take user-scalable and maximum-scale out."}, lookZoom},
	{Rule{"viewport-missing", Warning, "A viewport, or phones show the mail tiny", "caniemail.com", `Write <meta name="viewport" content="width=device-width, initial-scale=1">.`}, lookViewport},
	{Rule{"lang", Error, "The language, on <html> and on what stands in the body: some programs drop the first", "WCAG 2.2, 3.1.1; Email Markup Consortium", "Write lang there, such as lang=\"en\"."}, lookLang},
	{Rule{"dir", Error, "The direction of the text, on what stands in the body", "Email Markup Consortium", "Write dir=\"ltr\" or dir=\"rtl\" there."}, lookDir},
	{Rule{"dir-language", Error, "Arabic, Hebrew, Persian and Urdu run from the right", "WCAG 2.2, 1.3.2", "Write dir=\"rtl\"."}, lookDirLanguage},
	{Rule{"article", Warning, "The mail is one article, by which a screen reader skips to it", "Email Markup Consortium", `Write role="article" and aria-label on the outermost div.`}, lookArticle},
	{Rule{"table-role", Error, "A table that only lays out says so: else a screen reader counts its cells", "WCAG 2.2, 1.3.1; Email Markup Consortium", `Write role="none" on the table.`}, lookTableRole},
	{Rule{"active", Error, "No script, form, frame or the like: programs drop them, and filters the mail", "caniemail.com", "Link to a page that has it."}, lookActive},
	{Rule{"id-twice", Warning, "No id stands twice", "WHATWG HTML, 3.2.6; WCAG 2.2, 1.3.1", "Give each its own, or none."}, lookIDTwice},
	{Rule{"vml", Warning, "No VML, which only Outlook for Windows draws, without words for who hears it", "Email Markup Consortium", "Make a button of a link with padding."}, lookVML},
	{Rule{"conditional", Error, "Outlook's conditional comments close, and the tags in them", "Microsoft, conditional comments in Outlook", "Close it with <![endif]-->, and every table in it."}, lookConditional},
}

func (m *mail) htmlSize() int {
	if m.html == nil {
		return 0
	}
	return len(m.html.content)
}

func lookClip(m *mail, say say) {
	if n := m.htmlSize(); n > 102_400 {
		say("HTML", fmt.Sprintf("it has %s octets", figures.Of(n)))
	}
}

func lookClipNear(m *mail, say say) {
	if n := m.htmlSize(); n > 80_000 && n <= 102_400 {
		say("HTML", fmt.Sprintf("it has %s octets", figures.Of(n)))
	}
}

func lookStyleSize(m *mail, say say) {
	n := 0
	for _, b := range m.styles() {
		n += len(b.css)
	}
	if n > 16_384 {
		say("HTML", fmt.Sprintf("its style blocks have %s octets", figures.Of(n)))
	}
}

// styles are the style blocks of the page, if there is one.
func (m *mail) styles() []block {
	if m.page == nil {
		return nil
	}
	return m.page.styles
}

func lookStylePlace(m *mail, say say) {
	for _, b := range m.styles() {
		if !b.inHead {
			say(m.page.at(b.at), "a style block stands in the body")
		}
	}
}

func lookStyleApart(m *mail, say say) {
	for _, b := range m.styles() {
		plain, special := false, false
		readBlocks(cssComment.ReplaceAllString(b.css, ""), 0, func(query, selectors, _ string) {
			odd := strings.Contains(query, "prefers-color-scheme") || strings.Contains(selectors, "[data-ogs")
			special, plain = special || odd, plain || !odd
		})
		if plain && special {
			say(m.page.at(b.at), "a style block mixes dark mode with the rest")
		}
	}
}

var remoteStyle = lazyregexp.New(`(?i)@import|@font-face`)

func lookStyleRemote(m *mail, say say) {
	for _, b := range m.styles() {
		if found := remoteStyle.FindString(b.css); found != "" {
			say(m.page.at(b.at), "a style block has "+found)
		}
	}
	for _, n := range m.find(atom.Link) {
		if strings.Contains(strings.ToLower(attr(n, "rel")), "stylesheet") {
			say(m.page.where(n), "a style sheet from "+quote(attr(n, "href")))
		}
	}
}

// find is the elements of some kinds, if there is a page.
func (m *mail) find(kinds ...atom.Atom) []*html.Node {
	if m.page == nil {
		return nil
	}
	return m.page.find(kinds...)
}

func lookCharsetMeta(m *mail, say say) {
	if m.page == nil {
		return
	}
	for _, n := range m.find(atom.Meta) {
		if attr(n, "charset") != "" || strings.Contains(strings.ToLower(attr(n, "content")), "charset=") {
			return
		}
	}
	say("HTML", "it does not say its charset")
}

func lookTitle(m *mail, say say) {
	for _, n := range m.find(atom.Title) {
		if n.FirstChild != nil && squeeze(n.FirstChild.Data) != "" {
			return
		}
	}
	if m.page != nil {
		say("HTML", "it has no title, or an empty one")
	}
}

// viewports are what the page says of the screen.
func (m *mail) viewports() []*html.Node {
	var all []*html.Node
	for _, n := range m.find(atom.Meta) {
		if strings.EqualFold(attr(n, "name"), "viewport") {
			all = append(all, n)
		}
	}
	return all
}

var noZoom = lazyregexp.New(`(?i)user-scalable\s*=\s*(no|0)|maximum-scale\s*=\s*[01](\.|,|;|$|\s)`)

func lookZoom(m *mail, say say) {
	for _, n := range m.viewports() {
		if found := noZoom.FindString(attr(n, "content")); found != "" {
			say(m.page.where(n), quote(found)+" forbids it")
		}
	}
}

func lookViewport(m *mail, say say) {
	if m.page != nil && len(m.viewports()) == 0 {
		say("HTML", "there is none")
	}
}

// outermost are the elements in the body that people see.
func (m *mail) outermost() []*html.Node {
	var all []*html.Node
	for _, body := range m.find(atom.Body) {
		for c := range body.ChildNodes() {
			if c.Type == html.ElementNode && c.DataAtom != atom.Style && !m.page.of(c).hidden && said(c) != "" {
				all = append(all, c)
			}
		}
	}
	return all
}

func lookLang(m *mail, say say) {
	m.first(append(m.find(atom.Html), m.outermost()...), say, "lang", func(n *html.Node) bool {
		return strings.TrimSpace(attr(n, "lang")) == ""
	})
}

func lookDir(m *mail, say say) {
	m.first(m.outermost(), say, "dir", func(n *html.Node) bool {
		d := strings.ToLower(attr(n, "dir"))
		return d != "ltr" && d != "rtl" && d != "auto"
	})
}

// first reports the first element that lacks an attribute, and how many others do.
func (m *mail) first(all []*html.Node, say say, name string, lacks func(*html.Node) bool) {
	some := slices.DeleteFunc(slices.Clone(all), func(n *html.Node) bool { return !lacks(n) })
	if len(some) == 0 {
		return
	}
	what := "<" + some[0].Data + "> has no " + name
	if more := len(some) - 1; more > 0 {
		what += fmt.Sprintf(", nor have %s more", figures.Of(more))
	}
	say(m.page.where(some[0]), what)
}

var fromRight = lazyregexp.New(`(?i)^(ar|he|iw|fa|ur|ps|sd|ug|yi|dv|ckb)\b`)

func lookDirLanguage(m *mail, say say) {
	for _, n := range append(m.find(atom.Html), m.outermost()...) {
		if lang, dir := attr(n, "lang"), attr(n, "dir"); fromRight.MatchString(lang) && strings.EqualFold(dir, "ltr") {
			say(m.page.where(n), fmt.Sprintf("<%s lang=%q dir=%q>", n.Data, lang, dir))
		}
	}
}

func lookArticle(m *mail, say say) {
	if m.page == nil {
		return
	}
	for _, n := range m.page.elements {
		if n.DataAtom == atom.Article || n.DataAtom == atom.Main || strings.EqualFold(attr(n, "role"), "article") {
			return
		}
	}
	say("HTML", "nothing in it has role=\"article\"")
}

func lookTableRole(m *mail, say say) {
	for _, n := range m.find(atom.Table) {
		role := strings.ToLower(attr(n, "role"))
		if role != "none" && role != "presentation" && !hasOwnHead(n) {
			say(m.page.where(n), "a table without a role and without a head")
		}
	}
}

// hasOwnHead tells whether a table has header cells, that of a table within aside.
func hasOwnHead(table *html.Node) bool {
	for c := range table.ChildNodes() {
		if c.DataAtom == atom.Th || c.DataAtom != atom.Table && c.DataAtom != atom.Td && c.Type == html.ElementNode && hasOwnHead(c) {
			return true
		}
	}
	return false
}

func lookActive(m *mail, say say) {
	for _, n := range m.find(atom.Script, atom.Form, atom.Input, atom.Textarea, atom.Select, atom.Button, atom.Iframe, atom.Frame, atom.Object, atom.Embed, atom.Applet, atom.Video, atom.Audio, atom.Base) {
		if !strings.Contains(attr(n, "type"), "ld+json") {
			say(m.page.where(n), "a <"+n.Data+">")
		}
	}
	if m.page == nil {
		return
	}
	for _, n := range m.page.elements {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") && a.Val != "" {
				say(m.page.where(n), "a script in "+a.Key)
			}
		}
	}
	for _, n := range m.find(atom.Meta) {
		if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			say(m.page.where(n), "a redirect")
		}
	}
}

func lookIDTwice(m *mail, say say) {
	if m.page == nil {
		return
	}
	seen := map[string]bool{}
	for _, n := range m.page.elements {
		if id := attr(n, "id"); id != "" {
			if seen[id] {
				say(m.page.where(n), "another element has the id "+quote(id))
			}
			seen[id] = true
		}
	}
}

var vml = lazyregexp.New(`(?i)<v:[a-z]+`)

func lookVML(m *mail, say say) {
	if m.page == nil {
		return
	}
	for _, c := range m.page.comments {
		if found := vml.FindString(c.text); found != "" {
			say(m.page.at(c.at), quote(found+">"))
		}
	}
}

// beginsIf is how a conditional comment begins; what is behind it is for Outlook, or,
// after "<!", for all others.
var beginsIf = lazyregexp.New(`(?s)^\s*\[if\s[^\]]*\]>(.*)$`)

func lookConditional(m *mail, say say) {
	if m.page == nil {
		return
	}
	open, inOutlook := 0, 0
	for _, c := range m.page.comments {
		text := strings.TrimSpace(c.text)
		inner := beginsIf.FindStringSubmatch(c.text)
		switch {
		case inner == nil && strings.HasPrefix(text, "[if"):
			open++
		case inner == nil && strings.EqualFold(text, "[endif]"), inner == nil && strings.EqualFold(text, "<![endif]"):
			if open--; open < 0 {
				say(m.page.at(c.at), "<![endif] closes nothing")
				open = 0
			}
		case inner == nil:
		case strings.TrimSpace(inner[1]) == "<!", strings.TrimSpace(inner[1]) == "":
			open++
		default:
			body, _, closed := strings.Cut(inner[1], "<![endif]")
			if !closed {
				say(m.page.at(c.at), quote("<!--"+c.text)+" has no <![endif]")
			}
			if inOutlook += tagsOpen(body); inOutlook < 0 {
				say(m.page.at(c.at), "tags close that no conditional comment opened")
				inOutlook = 0
			}
		}
	}
	if open > 0 {
		say("HTML", "a conditional comment never closes")
	}
	if inOutlook > 0 {
		say("HTML", fmt.Sprintf("conditional comments open %d table tags more than they close", inOutlook))
	}
}

// tagsOpen is how many tags of tables markup opens more than it closes.
func tagsOpen(markup string) int {
	n := 0
	z := html.NewTokenizer(strings.NewReader(markup))
	for {
		kind := z.Next()
		name, _ := z.TagName()
		ofTable := string(name) == "table" || string(name) == "tr" || string(name) == "td"
		switch {
		case kind == html.ErrorToken:
			return n
		case kind == html.StartTagToken && ofTable:
			n++
		case kind == html.EndTagToken && ofTable:
			n--
		}
	}
}
