package templates

// plain is a letter: black on white, one column, no picture, links as links are.
var plain = &builtin{
	name: "plain", about: "a letter: one column, no pictures, ordinary links",
	light: Palette{Paper: "#ffffff", Ink: "#202020", Muted: "#5c5c5c", Accent: "#0b4f9e", Rule: "#dcdcdc"},
	dark:  Palette{Paper: "#191919", Ink: "#e8e8e8", Muted: "#ababab", Accent: "#8ab4f8", Rule: "#3c3c3c"},
	fonts: Fonts{
		Head: "Helvetica Neue,Helvetica,Arial,sans-serif",
		Body: "Helvetica Neue,Helvetica,Arial,sans-serif",
		Note: "Helvetica Neue,Helvetica,Arial,sans-serif",
	},
	tokens: map[string]string{
		"column": "max-width:608px;margin:0 auto",

		"nameplate": "padding:36px 0 0",
		"title":     "margin:0;font:bold 19px/26px {head};color:{ink}",
		"logo":      "display:block;max-width:100%;height:auto;border:0;color:{ink}",
		"tagline":   "margin:0;font:16px/24px {body};color:{muted}",
		"dateline":  "margin:0;font:14px/24px {note};color:{muted}",

		"intro": "padding:12px 0 0;font:17px/27px {body};color:{ink}",

		"kicker":      "margin:0;font:14px/22px {note};color:{muted}",
		"lead":        "padding:28px 0 0",
		"leadtitle":   "margin:0 0 4px;font:bold 20px/28px {head};color:{ink}",
		"section":     "padding:34px 0 0",
		"heading":     "margin:0;font:bold 17px/26px {head};color:{ink}",
		"row":         "padding:14px 0 0",
		"ruled":       "padding:14px 0 0",
		"storyname":   "margin:0;font:bold 17px/26px {head};color:{ink}",
		"briefname":   "margin:0;font:bold 17px/26px {head};color:{ink}",
		"articlename": "margin:0 0 4px;font:bold 20px/28px {head};color:{ink}",
		"teaser":      "margin:0;font:17px/27px {body};color:{ink}",
		"by":          "margin:2px 0 0;font:14px/22px {note};color:{muted}",
		"aside":       "margin:6px 0 0;font:{slant} 16px/25px {body};color:{ink}",
		"article":     "font:17px/27px {body};color:{ink}",

		"appeal":     "padding:34px 0 0",
		"appealname": "margin:0 0 2px;font:bold 17px/26px {head};color:{ink}",
		"buttons":    "margin:4px 0 0",
		"button":     "display:inline-block;margin-{end}:22px;padding:6px 0;font:17px/27px {body};color:{accent};text-decoration:underline",
		"hide":       "margin:8px 0 0;font:14px/22px {note};color:{muted}",

		"footer": "padding:40px 0 48px;text-align:{start}",
		"foot":   "margin:0;font:14px/22px {note};color:{muted}",

		"letter":      "padding:36px 0 32px;font:17px/27px {body};color:{ink}",
		"lettertitle": "margin:0;font:bold 19px/26px {head};color:{ink}",
		"answer":      "display:inline-block;padding:6px 0;font:17px/27px {body};color:{accent};text-decoration:underline",
	},
	text: (*edition).letterText,
}

// letterText is the text part of an edition as a letter: no lines across, no marks.
func (e *edition) letterText() string {
	t := &textPart{quiet: true}
	t.masthead(e)
	t.intro(e)
	t.contents(e)
	if e.Lead != nil {
		t.letterStory(e.Lead)
	}
	for _, s := range e.Sections {
		if s.Name != "" {
			t.underlined(s.Name, "-")
		}
		for _, st := range s.Stories() {
			t.letterStory(st)
		}
	}
	return t.below(e)
}

func (t *textPart) letterStory(s *story) {
	for _, line := range []string{s.Kicker, s.Title, s.Byline} {
		if line != "" {
			t.line(wrapText(line, "", ""))
		}
	}
	if s.URL != "" {
		t.line(s.URL)
	}
	t.line("")
	if !t.article(s) {
		t.block(s.Teaser)
	}
	t.block(s.Correction)
	t.also(s, "")
}
