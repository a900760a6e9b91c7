package templates

// brief is headlines alone, read in half a minute.
var brief = &builtin{
	name: "brief", about: "headlines alone",
	light: lightDefault, dark: darkDefault, fonts: fontsDefault,
	tokens: map[string]string{
		"lead":      "padding:30px 0 0",
		"leadtitle": "margin:0;font:normal 30px/37px {head};letter-spacing:{tight};color:{ink}",
		"section":   "padding:36px 0 0",
		"heading":   "margin:0;padding:12px 0 0;border-top:1px solid {ink};font:bold 15px/22px {note};letter-spacing:{wide};color:{accent}",
		"kicker":    "margin:0 0 2px;font:bold 14px/20px {note};letter-spacing:{wide};color:{accent}",
		"brief":     "padding:14px 0 0",
		"briefname": "margin:0;font:normal 21px/29px {head};color:{ink}",
	},
	text: (*edition).briefText,
}

// briefText is the text part of an edition in headlines.
func (e *edition) briefText() string {
	t := &textPart{}
	t.masthead(e)
	t.contents(e)
	if e.Lead != nil {
		t.rule("=")
		t.headline(e.Lead)
	}
	for _, s := range e.Sections {
		if s.Name != "" {
			t.underlined(s.Name, "=")
		}
		for _, st := range s.Stories() {
			t.headline(st)
		}
	}
	return t.below(e)
}

// headline writes a story's headline and link, and its article where that is asked for.
func (t *textPart) headline(s *story) {
	if s.Kicker != "" {
		t.line(wrapText(s.Kicker, "  ", "  "))
	}
	t.line(wrapText(s.Title, "* ", "  "))
	if s.URL != "" {
		t.line("  " + s.URL)
	}
	t.line("")
	if s.Full {
		t.block(s.Byline)
		if !t.article(s) {
			t.block(s.Teaser)
		}
		t.block(s.Correction)
		t.also(s, "")
	}
}
