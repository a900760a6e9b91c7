package templates

import (
	"fmt"
	"html/template"
	"strings"
)

// Column is the width of the text, in CSS pixels.
const Column = 600

// The default colours: warm paper, near-black ink, one red.
var (
	lightDefault = Palette{Paper: "#fdfcf8", Ink: "#1b1916", Muted: "#625c52", Accent: "#9a1b1e", Rule: "#ddd7ca"}
	darkDefault  = Palette{Paper: "#171613", Ink: "#ece8df", Muted: "#b0a99d", Accent: "#f2a093", Rule: "#403c35"}
	fontsDefault = Fonts{
		Head: "Georgia,Times New Roman,serif",
		Body: "Georgia,Times New Roman,serif",
		Note: "Helvetica Neue,Helvetica,Arial,sans-serif",
	}
)

// tokens is the one table of styles. {ink} and the like are filled from the look,
// {start} and {end} are left and right, or mirrored. Text is 16 px and more, 14
// px at least.
var tokens = map[string]string{
	// The sheet.
	"body":   "margin:0;padding:0;background:{paper}",
	"sheet":  "background:{paper};color:{ink};font:16px/26px {body};word-break:break-word", // a word wider than a phone is broken, and does not widen the page
	"column": "max-width:648px;margin:0 auto",
	"pad":    "padding:0 24px",
	"hidden": "display:none;mso-hide:all",
	"draft":  "margin:0;padding:14px 0;border-bottom:1px solid {accent};color:{accent};font:bold 15px/22px {note};text-align:center",

	// The masthead.
	"nameplate": "padding:36px 0 22px;border-bottom:3px solid {ink};text-align:center",
	"title":     "margin:0;font:normal 46px/52px {head};letter-spacing:{tight};color:{ink}",
	"longtitle": "margin:0;font:normal 34px/40px {head};letter-spacing:{tight};color:{ink}",
	"titlelink": "color:{ink};text-decoration:none",
	"logo":      "display:block;margin:0 auto;max-width:100%;height:auto;border:0;color:{ink}",
	"tagline":   "margin:8px 0 0;font:{slant} 17px/24px {body};color:{muted}",
	"dates":     "margin:3px 0 0",
	"dateline":  "padding:9px 0;border-top:1px solid {ink};border-bottom:1px solid {rule};font:14px/20px {note};color:{muted};text-align:{start}",
	"dateend":   "padding:9px 0;border-top:1px solid {ink};border-bottom:1px solid {rule};font:14px/20px {note};color:{muted};text-align:{end}",

	// The editor's words.
	"intro": "padding:14px 0 0;font:19px/31px {body};color:{ink}",
	"greet": "margin:0;padding:0",
	"p":     "margin:14px 0 0",
	"ul":    "margin:14px 0 0;padding:0 22px",
	"quote": "margin:14px 0 0;padding-{start}:18px;border-{start}:2px solid {rule};font-style:{slant}",
	"em":    "{stress}",
	"a":     "color:{accent};text-decoration:underline",
	"quiet": "color:{muted};text-decoration:underline",

	// The lead.
	"lead":       "padding:34px 0 8px",
	"leadtitle":  "margin:0 0 12px;font:normal 36px/42px {head};letter-spacing:{tight};color:{ink}",
	"leadteaser": "margin:0;font:19px/30px {body};color:{ink}",
	"picture":    "display:block;height:auto;border:0;color:{muted};font:{slant} 16px/24px {body}",
	"caption":    "margin:8px 0 0;font:14px/20px {note};color:{muted}",
	"leadpic":    "padding:0 0 20px",
	"kicker":     "margin:0 0 8px;font:bold 14px/20px {note};letter-spacing:{wide};color:{accent}",

	// A section and its stories.
	"section":   "padding:44px 0 0",
	"heading":   "margin:0;padding:10px 0 0;border-top:3px solid {ink};font:bold 15px/22px {note};letter-spacing:{wide};color:{accent}",
	"row":       "padding:22px 0 0",
	"ruled":     "margin:24px 0 0;padding:22px 0 0;border-top:1px solid {rule}",
	"line":      "text-align:{start}", // of columns; a line of them that wraps begins where lines begin
	"half":      "display:inline-block;width:100%;max-width:312px;vertical-align:top",
	"rest":      "display:inline-block;width:100%;max-width:288px;vertical-align:top",
	"side":      "display:inline-block;width:100%;max-width:180px;vertical-align:top",
	"words":     "display:inline-block;width:100%;max-width:420px;vertical-align:top",
	"gutter":    "padding-{end}:24px;mso-padding-alt:0",
	"upper":     "padding-{end}:24px;padding-bottom:20px;mso-padding-alt:0", // of a column that another may fall below
	"thumb":     "padding:0 0 14px",
	"storyname": "margin:0 0 8px;font:normal 23px/29px {head};color:{ink}",

	// What somebody paid for is set in another face, under a label with a line around.
	"paid-kicker":    "display:inline-block;margin:0 0 10px;padding:2px 10px;border:1px solid {accent};font:bold 14px/20px {note};color:{accent}",
	"paid-storyname": "margin:0 0 8px;font:bold 19px/26px {note};color:{ink}",
	"paid-teaser":    "margin:0;font:16px/24px {note};color:{ink}",
	"paid-brief":     "margin:20px 0 6px;padding:16px 0;border-top:1px solid {rule};border-bottom:1px solid {rule}",
	"paid-briefname": "margin:0;font:bold 19px/26px {note};color:{ink}",

	"headlink":  "color:{ink};text-decoration:underline;text-decoration-color:{rule}",
	"teaser":    "margin:0;font:16px/26px {body};color:{ink}",
	"by":        "margin:8px 0 0;font:14px/20px {note};color:{muted}",
	"aside":     "margin:10px 0 0;font:{slant} 16px/25px {body};color:{ink}",
	"brief":     "padding:0 0 14px",
	"briefby":   "margin:2px 0 0;font:14px/20px {note};color:{muted}",
	"briefname": "margin:0;font:normal 18px/26px {head};color:{ink}",

	// An article within.
	"contents":    "margin:16px 0 0;padding:0 22px;font:16px/28px {body};color:{ink}",
	"articlename": "margin:0 0 8px;font:normal 28px/34px {head};color:{ink}",
	"article":     "padding:2px 0 0;font:18px/30px {body};color:{ink}",
	"subhead":     "margin:26px 0 0;font:bold 18px/26px {head};color:{ink}",
	"artpic":      "padding:20px 0 0",
	"break":       "margin:22px 0 0;text-align:center;color:{muted}",

	// The appeal.
	"appeal":     "padding:44px 0 0;text-align:center",
	"appealname": "margin:0 0 8px;padding:26px 0 0;border-top:1px solid {ink};font:normal 26px/32px {head};color:{ink}",
	"buttons":    "margin:6px 0 0",
	"hide":       "margin:22px 0 0;font:14px/22px {note};color:{muted}",
	"button":     "display:inline-block;margin:10px 6px 0;padding:12px 22px;border:1px solid {accent};font:bold 16px/22px {note};color:{accent};text-decoration:underline",

	// The end.
	"footer":   "padding:48px 0 56px;text-align:center",
	"foot":     "margin:0;padding:20px 0 0;border-top:3px solid {ink};font:14px/22px {note};color:{muted}",
	"footnext": "margin:10px 0 0;font:14px/22px {note};color:{muted}",

	// Letters.
	"letter":      "padding:48px 0 40px;font:18px/30px {body};color:{ink}",
	"lettertitle": "margin:0 0 12px;font:normal 26px/32px {head};color:{ink}",
	"answer":      "display:inline-block;margin:8px 0 10px;padding:12px 22px;border:1px solid {accent};font:bold 16px/22px {note};color:{accent};text-decoration:underline",
	"letterend":   "padding:20px 0 56px;text-align:{start};border-top:1px solid {rule};font:14px/22px {note};color:{muted}",
}

// styles are the tokens filled for one look and direction.
type styles map[string]template.CSS

// filledStyles fills the table, with that of the look's theme over it. The look has
// been checked: its colours are "#rrggbb" and its fonts hold nothing that could end a
// style.
func filledStyles(look Look, dir string) styles {
	start, end := "left", "right"
	tight, wide, slant, stress := "-0.5px", "0.3px", "italic", "font-style:italic"
	if dir == "rtl" {
		start, end = end, start
		tight, wide, slant, stress = "0", "0", "normal", "font-style:normal;font-weight:bold" // joined letters are not spaced, nor slanted
	}
	fill := strings.NewReplacer(
		"{paper}", look.Light.Paper, "{ink}", look.Light.Ink, "{muted}", look.Light.Muted,
		"{accent}", look.Light.Accent, "{rule}", look.Light.Rule,
		"{head}", look.Fonts.Head, "{body}", look.Fonts.Body, "{note}", look.Fonts.Note,
		"{start}", start, "{end}", end, "{tight}", tight, "{wide}", wide, "{slant}", slant, "{stress}", stress,
	)
	filled, theme := make(styles, len(tokens)), look.theme()
	for _, table := range []map[string]string{tokens, theme.tokens} {
		for name, css := range table {
			filled[name] = template.CSS(fill.Replace(css))
		}
	}
	return filled
}

// Css is the style of a name in the table of tokens.
func (s styles) Css(name string) (template.CSS, error) {
	css, ok := s[name]
	if !ok {
		return "", fmt.Errorf("no style is called %q", name)
	}
	return css, nil
}

// msoParts are the conditional comments that Outlook for Windows reads: it knows
// no max-width, so it gets tables of a fixed width. html/template drops comments
// that stand in a template, so they come in through the function mso.
var msoParts = map[string]string{
	"settings":     `<!--[if mso]><xml><o:OfficeDocumentSettings xmlns:o="urn:schemas-microsoft-com:office:office"><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->`,
	"column":       `<!--[if mso]><table role="none" align="center" width="648"><tr><td><![endif]-->`,
	"column-end":   `<!--[if mso]></td></tr></table><![endif]-->`,
	"pair":         `<!--[if mso]><table role="none" width="600"><tr><td width="288" valign="top"><![endif]-->`,
	"pair-between": `<!--[if mso]></td><td width="24"></td><td width="288" valign="top"><![endif]-->`,
	"side-ltr":     `<!--[if mso]><table role="none" dir="rtl" width="600"><tr><td width="180" valign="top"><![endif]-->`,
	"side-rtl":     `<!--[if mso]><table role="none" dir="ltr" width="600"><tr><td width="180" valign="top"><![endif]-->`,
	"side-between": `<!--[if mso]></td><td width="24"></td><td width="396" valign="top"><![endif]-->`,
	"end":          `<!--[if mso]></td></tr></table><![endif]-->`,
}

// mso is a template function: one of the conditional comments, by name.
func mso(name string) (template.HTML, error) {
	part, ok := msoParts[name]
	if !ok {
		return "", fmt.Errorf("no Outlook part is called %q", name)
	}
	return template.HTML(part), nil
}
