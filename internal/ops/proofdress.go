package ops

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// look is how a pane shows the HTML of a mail: its name in the pane's address.
type look string

// The looks. Whatever this machine prefers, the pane is light or dark as it says.
const (
	lookLight   look = "light"
	lookDark    look = "dark"
	lookImages  look = "images-off" // no picture loads, as in many programs until it is asked for
	lookStyles  look = "no-styles"  // without style blocks, as some programs leave them out
	lookPrinted look = "print"
)

var (
	schemeIs = lazyregexp.New(`(?i)\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)`)
	atMedia  = lazyregexp.New(`(?i)@media[^{]*`)
	medium   = lazyregexp.New(`(?i)\b(print|screen)\b`)
)

// answered is a media query with what a look answers to it: of a scheme, yes or no; on
// paper, that a screen is none.
func (k look) answered(query string) string {
	scheme := "light"
	if k == lookDark {
		scheme = "dark"
	}
	query = schemeIs.ReplaceAllStringFunc(query, func(asked string) string {
		if strings.Contains(strings.ToLower(asked), scheme) {
			return "(min-width:0)"
		}
		return "(max-width:0)"
	})
	if k != lookPrinted {
		return query
	}
	return medium.ReplaceAllStringFunc(query, func(name string) string {
		if strings.EqualFold(name, "print") {
			return "screen"
		}
		return "print"
	})
}

// dressed is a mail's HTML in a look. What the look leaves alone stays byte for byte;
// links open beside the page.
func dressed(page string, k look) string {
	scheme := "light"
	if k == lookDark {
		scheme = "dark"
	}
	ours := `<base target="_blank"><style>:root{color-scheme:` + scheme + `}</style>`
	var b strings.Builder
	b.Grow(len(page) + len(ours))
	z := html.NewTokenizer(strings.NewReader(page))
	inStyle, headed := false, false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			b.Write(z.Raw())
			break
		}
		raw := string(z.Raw())
		name, more := []byte(nil), false
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			name, more = z.TagName()
		}
		if string(name) == "style" {
			inStyle = kind == html.StartTagToken
			if k == lookStyles {
				continue
			}
		} else if inStyle && kind == html.TextToken {
			if k == lookStyles {
				continue
			}
			raw = atMedia.ReplaceAllStringFunc(raw, k.answered)
		}
		if more && kind != html.EndTagToken {
			raw = k.tag(z, string(name), kind, raw)
		}
		b.WriteString(raw)
		if string(name) == "head" && kind == html.StartTagToken && !headed {
			headed = true
			b.WriteString(ours)
		}
	}
	if !headed {
		return ours + b.String()
	}
	return b.String()
}

// tag is a tag in a look: media queries answered, and no picture where there are none.
func (k look) tag(z *html.Tokenizer, name string, kind html.TokenType, raw string) string {
	t := html.Token{Type: kind, Data: name}
	changed := false
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		a := html.Attribute{Key: string(key), Val: string(value)}
		switch a.Key {
		case "src", "srcset", "background":
			if k == lookImages {
				changed = true
				continue
			}
		case "media":
			if answer := k.answered(a.Val); answer != a.Val {
				a.Val, changed = answer, true
			}
		}
		t.Attr = append(t.Attr, a)
	}
	if !changed {
		return raw
	}
	return t.String()
}
