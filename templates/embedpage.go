package templates

import (
	"html"
	"strings"
)

// Snippet is the sign-up form of an EmbedPage, to copy into a page elsewhere: plain HTML
// that loads nothing and needs no script. The field that nobody sees is the trap of the
// sign-up page's own form.
func (v *pageView) Snippet() string {
	p, ok := v.Page.(EmbedPage)
	if !ok {
		return ""
	}
	e := html.EscapeString
	lines := []string{
		`<form method="post" action="` + e(p.Action) + `">`,
		`<input type="hidden" name="newsletter" value="` + e(p.Newsletter) + `">`,
		`<input type="hidden" name="page" value="embed">`,
		`<input type="hidden" name="website" value="">`,
		`<label>` + e(v.W.Email) + ` <input type="email" name="email" dir="ltr" autocomplete="email" maxlength="254" required></label>`,
		`<button type="submit">` + e(v.W.SubscribeButton) + `</button>`,
	}
	if to := v.PrivacyURL(); to != "" {
		lines = append(lines, `<p>`+e(v.AgreeBefore())+`<a href="`+e(to)+`">`+e(v.W.AgreeLink)+`</a>`+e(v.AgreeAfter())+`</p>`)
	}
	return strings.Join(append(lines, "</form>"), "\n")
}
