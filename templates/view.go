package templates

import (
	"html/template"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// What partials ask of the model beyond its fields.

// shown is a story with its picture at a size.
type shown struct {
	*story
	Pic sized
}

// Show is what the partial of a picture needs.
func (s *story) Show(p sized) shown { return shown{s, p} }

// Side names the Outlook table of a story with its picture at the side.
func (s *story) Side() string { return "side-" + s.Dir }

// Set is the style of a name as a story is set: another one, where there is one,
// for what somebody paid for.
func (s *story) Set(name string) (template.CSS, error) {
	if s.Paid && s.styles["paid-"+name] != "" {
		name = "paid-" + name
	}
	return s.Css(name)
}

// Opposite is the direction that the edition is not written in: columns laid out
// in it stand the other way round, the first at the end of the line.
func (s *story) Opposite() string {
	if s.Dir == "rtl" {
		return "ltr"
	}
	return "rtl"
}

// IsLead tells whether a story opens the edition.
func (s *story) IsLead() bool { return s == s.Lead }

// longWord is how many characters of the masthead's size fit on a narrow phone.
const longWord = 12

// LongTitle tells whether the newsletter's name has a word that must be set smaller.
func (e *edition) LongTitle() bool {
	for word := range strings.FieldsSeq(e.Look.Title) {
		if width(word) > longWord {
			return true
		}
	}
	return false
}

// FootLinks are the links of the footer.
func (e *edition) FootLinks() []digest.Link {
	all := []digest.Link{
		{Title: e.W.Unsubscribe, URL: e.Links.Unsubscribe},
		{Title: e.W.Preferences, URL: e.Links.Preferences},
		{Title: e.W.Privacy, URL: e.Links.Privacy},
		{Title: e.W.Contact, URL: e.ContactURL()},
	}
	var some []digest.Link
	for _, l := range all {
		if l.URL != "" {
			some = append(some, l)
		}
	}
	return some
}

// Dark is the dark colours as CSS rules, each selector behind a prefix. The
// classes: p paper, i ink, m muted, a accent; lines k and o ink, r and s rule, b accent;
// l is a headline's link, underlined as finely as a rule.
func (e *edition) Dark(prefix string) template.CSS {
	d, prefix := e.Look.Dark, clean(prefix, lineRunes)
	rules := [][2]string{
		{".i", "color:" + d.Ink},
		{".m", "color:" + d.Muted},
		{".a", "color:" + d.Accent},
		{".k", "border-top-color:" + d.Ink},
		{".r", "border-top-color:" + d.Rule},
		{".o", "border-bottom-color:" + d.Ink},
		{".s", "border-bottom-color:" + d.Rule},
		{".l", "text-decoration-color:" + d.Rule},
		{".b", "border-color:" + d.Accent},
	}
	var b strings.Builder
	if prefix == "" {
		b.WriteString(string(e.DarkPaper("")) + "\n")
	} else {
		prefix += " "
	}
	for _, r := range rules {
		b.WriteString(prefix + r[0] + "{" + r[1] + " !important}\n")
	}
	return template.CSS(strings.TrimSpace(b.String()))
}

// DarkPaper is the dark background as a CSS rule.
func (e *edition) DarkPaper(prefix string) template.CSS {
	return template.CSS(prefix + ".p{background:" + e.Look.Dark.Paper + " !important}")
}
