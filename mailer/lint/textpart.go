package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// textRules look at the text part.
var textRules = []rule{
	{Rule{"text-empty", Error, "The text part says something", "WCAG 2.2; practice", "Write it from the same stories."}, lookTextEmpty},
	{Rule{"text-width", Warning, "Lines of 78 columns, links aside", "RFC 5322 2.1.1, RFC 3676 4.2", "Break the lines."}, lookTextWidth},
	{Rule{"text-html", Error, "No tags or entities in the text part", "practice", "Write the text from the stories, not from the HTML."}, lookTextHTML},
	{Rule{"text-thin", Warning, "The text part says about what the HTML says", "practice; SpamAssassin MPART_ALT_DIFF", "Write all of it in the text, too."}, lookTextThin},
	{Rule{"text-links", Warning, "Every link of the HTML stands in the text", "practice", "Write the link under its story."}, lookTextLinks},
	{Rule{"unfilled", Error, "No merge field, template's sign or error is left in the mail", "practice", "Fill it, or take it out: see the template that it comes from."}, lookUnfilled},
	{Rule{"placeholder", Error, "No Lorem ipsum is left in the mail", "practice", "Write the words, or take them out."}, lookLorem},
}

var lorem = lazyregexp.New(`(?i)\blorem ipsum\b`)

func lookLorem(m *mail, say say) {
	see := func(where func() string, words string) {
		if hasFold(words, "lorem") && lorem.MatchString(words) {
			say(where(), quote(words))
		}
	}
	m.eachLine(see)
	if m.page != nil {
		m.page.eachText(see)
	}
}

func lookTextEmpty(m *mail, say say) {
	if m.text != nil && m.textWords() == "" {
		say("text", "it is empty")
	}
}

// eachLine calls for each line of the text part, with its place.
func (m *mail) eachLine(f func(where func() string, line string)) {
	if m.text == nil {
		return
	}
	n := 0
	where := func() string { return fmt.Sprintf("text %d", n) }
	for line := range strings.Lines(m.text.content) {
		n++
		f(where, strings.TrimRight(line, "\r\n"))
	}
}

func lookTextWidth(m *mail, say say) {
	m.eachLine(func(where func() string, line string) {
		if n := utf8.RuneCountInString(line); n > 78 && !strings.Contains(line, "://") {
			say(where(), fmt.Sprintf("a line of %s characters", figures.Of(n)))
		}
	})
}

var markup = lazyregexp.New(`</?(?:a|b|i|p|br|hr|div|span|table|tr|td|img|strong|em|h[1-6]|ul|ol|li|font|style|html|body)(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|quot|nbsp|apos|mdash|ndash|hellip|[lr][sd]quo|copy|zwnj|#\d{2,5}|#x[0-9a-f]{2,4});`)

func lookTextHTML(m *mail, say say) {
	m.eachLine(func(where func() string, line string) {
		if !strings.ContainsAny(line, "<&") {
			return
		}
		if strings.Contains(line, "://") { // a link may hold "&lt;" by right
			line = inText.ReplaceAllString(line, "")
		}
		if found := markup.FindString(line); found != "" {
			say(where(), quote(found)+" is HTML")
		}
	})
}

func lookTextThin(m *mail, say say) {
	if m.text == nil || m.page == nil || m.textWords() == "" {
		return
	}
	text, page := utf8.RuneCountInString(m.text.content), utf8.RuneCountInString(m.page.words())
	if text*4 < page {
		say("text", fmt.Sprintf("it has %s characters, and the HTML %s", figures.Of(text), figures.Of(page)))
	}
}

// inText are the links that stand in a text.
var inText = lazyregexp.New(`https?://[^\s<>"]+`)

func lookTextLinks(m *mail, say say) {
	if m.text == nil || m.page == nil {
		return
	}
	there := map[string]bool{}
	for _, link := range inText.FindAllString(m.text.content, -1) {
		there[bare(link)] = true
	}
	for _, l := range m.page.links() {
		if isWeb(l.url) && !there[bare(l.url)] {
			say(l.where, "the link to "+quote(l.url)+" is not in the text")
		}
	}
}

// bare is a link's page: without its query, which names campaigns, and without what a
// sentence sets behind it. A link that only begins another one is not that one.
func bare(link string) string {
	page, _, _ := strings.Cut(link, "?")
	return strings.TrimRight(page, ".,;:!)]'/")
}

// isWeb tells whether an address is one of the web.
func isWeb(url string) bool {
	lower := strings.ToLower(url)
	return strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")
}

// leftOver is what a template leaves where it was not filled, or failed.
var leftOver = lazyregexp.New(`\{\{|\}\}|\{%|%%\w+%%|\*\|[A-Z]\w*\|\*?|\$\{\w|<%=?|<no value>|\[object |\bZgotmplZ\b|%!\w?\(|\bmf[0-9a-f]{28}\b|\[(?:FIRST|LAST)_?NAME\]|\[(?:UN)?SUBSCRIBE(?:_?URL|_?LINK)?\]|(?i:\b(?:hi|hello|dear|hey)\s+(?:undefined|null|none|nan)\b)|^\s*(?:undefined|null|NaN|None)\s*$`)

// mayBeLeftOver tells whether it is worth looking for leftOver: the pattern is tried at
// each letter, and hardly a line has any of its signs.
func mayBeLeftOver(words string) bool {
	if strings.ContainsAny(words, "{}%|<[") || strings.Contains(words, "ZgotmplZ") || strings.Contains(words, "mf") {
		return true
	}
	for _, nothing := range []string{"undefined", "null", "none", "nan"} {
		if hasFold(words, nothing) {
			return true
		}
	}
	return false
}

// hasFold tells whether a text holds a word in small ASCII letters, whatever its case there.
func hasFold(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i]|0x20 == word[0] && strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

func lookUnfilled(m *mail, say say) {
	see := func(where func() string, words string) {
		if mayBeLeftOver(words) {
			if found := leftOver.FindString(words); found != "" {
				say(where(), quote(found)+" was not filled in")
			}
		}
	}
	for _, name := range []string{"Subject", "From", "To", "List-Id", "List-Unsubscribe", "Feedback-ID"} {
		see(func() string { return name }, decoded(m.header().get(name)))
	}
	m.eachLine(see)
	if m.page == nil {
		return
	}
	m.page.eachText(see)
	for _, n := range m.page.elements {
		for _, a := range n.Attr {
			if a.Key != mark && a.Key != "style" {
				see(func() string { return m.page.where(n) }, a.Val)
			} else if a.Key == "style" && strings.Contains(a.Val, "ZgotmplZ") {
				see(func() string { return m.page.where(n) }, "ZgotmplZ")
			}
		}
	}
}
