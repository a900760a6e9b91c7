package config

import (
	"strings"

	"github.com/broadsheet-news/broadsheet/templates"
)

// lookKeys are the keys of look. They are read into the newsletter, for the theme
// stands beside the look.
var lookKeys = []key[Newsletter]{
	{name: "accent", read: func(v value, n *Newsletter) { n.Look.Light.Accent, _ = v.colour() }},
	{name: "light", read: func(v value, n *Newsletter) { readMapping(v, "a palette", paletteKeys, &n.Look.Light) }},
	{name: "dark", read: func(v value, n *Newsletter) { readMapping(v, "a palette", paletteKeys, &n.Look.Dark) }},
	{name: "fonts", read: func(v value, n *Newsletter) { readMapping(v, "fonts", fontKeys, &n.Look.Fonts) }},
	{name: "logo", read: func(v value, n *Newsletter) {
		if u, ok := v.link("https"); ok {
			n.Look.LogoURL = u.String()
		}
	}},
	{name: "logo_alt", read: func(v value, n *Newsletter) { n.Look.LogoAlt, _ = v.text() }},
	{name: "logo_width", read: func(v value, n *Newsletter) { n.Look.LogoWidth, _ = v.number(1, 560) }},
	{name: "logo_height", read: func(v value, n *Newsletter) { n.Look.LogoHeight, _ = v.number(1, 1000) }},
	{name: "note", read: func(v value, n *Newsletter) { n.Look.Footer.Note, _ = v.text() }},
	{name: "support", read: readSupport},
	{name: "theme", def: templates.DefaultTheme, read: func(v value, n *Newsletter) { n.Look.Theme, _ = v.theme() }},
}

// readLook reads the look and asks the theme what is wrong with it as a whole:
// text too faint for its paper, a logo without a size.
func readLook(v value, n *Newsletter) {
	readMapping(v, "look", lookKeys, n)
	whole := n.Look
	whole.Title = "given elsewhere"
	if err := whole.Check(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fix := "a colour that is left out keeps its default"
			if strings.HasPrefix(line, "logo") {
				fix = "add logo_width and logo_height"
			}
			v.report(line, fix)
		}
	}
}

var paletteKeys = []key[templates.Palette]{
	{name: "paper", read: func(v value, p *templates.Palette) { p.Paper, _ = v.colour() }},
	{name: "ink", read: func(v value, p *templates.Palette) { p.Ink, _ = v.colour() }},
	{name: "muted", read: func(v value, p *templates.Palette) { p.Muted, _ = v.colour() }},
	{name: "accent", read: func(v value, p *templates.Palette) { p.Accent, _ = v.colour() }},
	{name: "rule", read: func(v value, p *templates.Palette) { p.Rule, _ = v.colour() }},
}

var fontKeys = []key[templates.Fonts]{
	{name: "head", read: func(v value, f *templates.Fonts) { f.Head, _ = v.fonts() }},
	{name: "body", read: func(v value, f *templates.Fonts) { f.Body, _ = v.fonts() }},
	{name: "note", read: func(v value, f *templates.Fonts) { f.Note, _ = v.fonts() }},
}

// theme reads the name of a built-in theme. It was once the path of a folder.
func (v value) theme() (string, bool) {
	if s, ok := v.text(); ok && strings.ContainsAny(s, `/\.`) {
		v.reportf("name one of "+strings.Join(templates.ThemeNames(), ", ")+"; partials of your own are taken from the folder "+TemplatesDir+" beside this file: see broadsheet theme eject",
			"%s is not a theme", quoted(s))
		return "", false
	}
	return v.choice(templates.ThemeNames()...)
}

// fonts reads a font stack as CSS has it, without quotes.
func (v value) fonts() (string, bool) {
	s, ok := v.text()
	if ok && strings.ContainsAny(s, `"'<>{};:()\/`) {
		v.reportf("write names with commas between them and no quotes: Georgia, Times New Roman, serif", "%s is not a list of fonts", quoted(s))
		return "", false
	}
	return s, ok
}
