package templates

import (
	"strings"
)

// textPart writes an edition as plain text: 78 columns, every link of the HTML on
// a line of its own, so that terminals find its end.
type textPart struct {
	b     strings.Builder
	quiet bool // no lines across
}

// text is the text part of an edition.
func (e *edition) text() string {
	t := &textPart{}
	t.masthead(e)
	t.intro(e)
	t.contents(e)
	if e.Lead != nil {
		t.rule("=")
		t.story(e.Lead, true)
	}
	for _, s := range e.Sections {
		t.section(s)
	}
	return t.below(e)
}

func (t *textPart) line(s string) {
	t.b.WriteString(s)
	t.b.WriteByte('\n')
}

// block writes a wrapped paragraph and an empty line; nothing for no text.
func (t *textPart) block(s string) {
	if s != "" {
		t.line(wrapText(s, "", "") + "\n")
	}
}

// link writes a labelled address.
func (t *textPart) link(label, to string) {
	if to != "" {
		t.line(wrapText(label+":", "", "") + "\n" + to + "\n")
	}
}

func (t *textPart) rule(of string) {
	if !t.quiet {
		t.line(strings.Repeat(of, Columns) + "\n")
	}
}

// underlined writes a heading.
func (t *textPart) underlined(s, with string) {
	wrapped := wrapText(s, "", "")
	if t.quiet {
		with = "-"
	}
	longest := 0
	for line := range strings.SplitSeq(wrapped, "\n") {
		longest = max(longest, width(line))
	}
	t.line(wrapped + "\n" + strings.Repeat(with, longest) + "\n")
}

// discreet is what stands above everything where the inbox's preview shall say nothing.
func (t *textPart) discreet(e *edition) {
	if e.Look.Neutral {
		t.line(e.Preheader + strings.Repeat("\n", 8))
	}
}

func (t *textPart) masthead(e *edition) {
	t.discreet(e)
	if e.Look.Draft {
		t.block("*** " + e.W.Draft + " ***")
	}
	t.line(wrapText(e.Look.Title, "", ""))
	if e.Look.Tagline != "" {
		t.line(wrapText(e.Look.Tagline, "", ""))
	}
	t.line(e.Date)
	if e.Links.Home != "" {
		t.line(e.Links.Home)
	}
	t.line("")
	t.link(e.W.ReadWeb, e.Links.Web)
}

// intro is the greeting and the editor's words.
func (t *textPart) intro(e *edition) {
	if e.Links.Greeting != "" {
		t.line(string(e.Links.Greeting) + "\n")
	}
	if e.Intro.Text != "" {
		t.line(e.Intro.Text + "\n")
	}
}

func (t *textPart) section(s section) {
	t.line("")
	t.rule("=")
	if s.Name != "" {
		t.underlined(s.Name, "=")
	}
	for _, st := range s.Stories() {
		t.story(st, false)
	}
}

func (t *textPart) story(s *story, lead bool) {
	if s.Paid {
		t.rule("-")
		defer t.rule("-")
	}
	if s.Kicker != "" {
		t.line(wrapText(s.Kicker, "", ""))
	}
	if lead {
		t.underlined(s.Title, "-")
	} else {
		t.line(wrapText(s.Title, "* ", "  "))
	}
	if s.Byline != "" {
		t.line(wrapText(s.Byline, s.indent(lead), s.indent(lead)))
	}
	if lead || s.Byline != "" || s.Teaser != "" {
		t.line("")
	}
	if !t.article(s) && s.Teaser != "" {
		t.line(wrapText(s.Teaser, s.indent(lead), s.indent(lead)) + "\n")
	}
	if s.Correction != "" {
		t.line(wrapText(s.Correction, s.indent(lead), s.indent(lead)) + "\n")
	}
	if s.URL != "" {
		t.line(s.indent(lead) + s.URL + "\n")
	}
	t.also(s, s.indent(lead))
}

// also lists what else covers a story.
func (t *textPart) also(s *story, indent string) {
	if len(s.Also) == 0 {
		return
	}
	t.line(indent + s.W.Also + ":")
	for _, a := range s.Also {
		t.line(wrapText(a.Title, indent+"- ", indent+"  "))
		t.line(indent + "  " + a.URL)
	}
	if s.AlsoMore != "" {
		t.line(indent + "- " + s.AlsoMore)
	}
	t.line("")
}

// indent sets the stories after the lead under their asterisk.
func (s *story) indent(lead bool) string {
	if lead {
		return ""
	}
	return "  "
}

// below is what stands below the stories, and with it the text is whole.
func (t *textPart) below(e *edition) string {
	t.corrections(e)
	t.appeal(e.Appeal, e.W)
	t.footer(e)
	return strings.TrimRight(t.b.String(), "\n") + "\n"
}

func (t *textPart) footer(e *edition) {
	t.line("")
	// "-- " and what follows is a signature to mail programs (RFC 3676 4.3), which
	// fold it away and quote it not.
	t.line("-- ")
	t.block(e.Because)
	t.link(e.W.Unsubscribe, e.Links.Unsubscribe)
	t.link(e.W.Preferences, e.Links.Preferences)
	t.link(e.W.Privacy, e.Links.Privacy)
	if e.Look.Footer.Contact != "" {
		t.link(e.W.Contact, e.ContactURL())
	}
	t.block(e.Look.Footer.Note)
	for _, line := range e.Address {
		t.line(wrapText(line, "", ""))
	}
}

// ContactURL is the mailto address of the newsroom; empty where there is none.
func (e *edition) ContactURL() string {
	if !strings.Contains(e.Look.Footer.Contact, "@") {
		return ""
	}
	return link("mailto:"+e.Look.Footer.Contact, "")
}
