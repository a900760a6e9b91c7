package templates

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
)

//go:embed layout/site.css
var siteCSS string

// Stylesheet is the pages' stylesheet in the default colours.
func Stylesheet() []byte { return StylesheetFor(Look{}) }

// StylesheetFor is the stylesheet in a look's colours and fonts. The look has
// passed Check.
func StylesheetFor(look Look) []byte {
	look = look.withDefaults()
	colours := func(p Palette) string {
		return fmt.Sprintf("--paper:%s;--ink:%s;--muted:%s;--accent:%s;--rule:%s", p.Paper, p.Ink, p.Muted, p.Accent, p.Rule)
	}
	head := fmt.Sprintf(":root{%s;--head:%s;--body:%s;--note:%s}\n@media (prefers-color-scheme:dark){:root{%s}}\n",
		colours(look.Light), look.Fonts.Head, look.Fonts.Body, look.Fonts.Note, colours(look.Dark))
	return []byte(head + siteCSS)
}

// NameStylesheet names a stylesheet by its hash.
func NameStylesheet(css []byte) string {
	sum := sha256.Sum256(css)
	return hex.EncodeToString(sum[:6]) + ".css"
}
