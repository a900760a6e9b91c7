package smtp

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxText is the length of an outcome's text, in bytes.
const maxText = 400

const scrubbed = "[address]"

var (
	// addressToken is any run without blanks that has an @ in it.
	addressToken = lazyregexp.New(`\S*@\S*`)
	// quotedAddress is a local part in quotation marks, which may hold blanks.
	quotedAddress = lazyregexp.New(`"[^"]*"@\S*`)
	// encodedAddress is an @ in the disguises of xtext (RFC 3461), URLs and VERP.
	encodedAddress = lazyregexp.New(`(?i)\S*(\+40|%40|=40|&#64;|&commat;|\(at\))\S*`)
)

// scrub makes a relay's text safe to log: nothing of it that has an @ in it, and
// nothing that tells the recipient, stays. Relays echo addresses in replies, whole,
// in parts and rewritten.
func scrub(text, recipient string) string {
	if isPlain(text) && !tells(text, recipient) { // nearly always: "Ok: queued as 4F1A2B3C"
		return text
	}
	text = printable(text)
	if strings.Contains(text, "@") {
		text = quotedAddress.ReplaceAllLiteralString(text, scrubbed)
		text = addressToken.ReplaceAllLiteralString(text, scrubbed)
	}
	if strings.ContainsAny(text, "+%=&(") {
		text = encodedAddress.ReplaceAllLiteralString(text, scrubbed)
	}
	for _, part := range tellingParts(recipient) {
		text = replaceFold(text, part)
	}
	return shorten(text)
}

// isPlain tells a text of short ASCII words, none of which can be an address.
func isPlain(text string) bool {
	for i := range len(text) {
		b := text[i]
		if b <= ' ' && (b != ' ' || i == 0 || i == len(text)-1 || text[i-1] == ' ') || b >= 0x7f ||
			b == '@' || b == '+' || b == '%' || b == '=' || b == '&' || b == '(' {
			return false
		}
	}
	return len(text) <= maxText
}

// tells tells whether anything of the recipient may be in an ASCII text; see
// tellingParts.
func tells(text, recipient string) bool {
	local, domain, ok := cutAddress(recipient)
	if !ok || !isASCII(recipient) {
		return recipient != ""
	}
	base, _, _ := strings.Cut(strings.Trim(local, `"`), "+")
	return containsFold(text, base) || containsFold(text, domain) || containsFold(text, local)
}

// containsFold is strings.Contains without regard to case.
func containsFold(text, part string) bool {
	for i := range len(text) - len(part) + 1 {
		if strings.EqualFold(text[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// tellingParts lists what of an address may stand alone in a reply, longest first,
// so that a part does not cut a longer one in two.
func tellingParts(recipient string) []string {
	local, domain, ok := cutAddress(recipient)
	if !ok {
		if recipient == "" {
			return nil
		}
		return []string{recipient}
	}
	parts := []string{local, domain, strings.Trim(local, `"`)}
	if ascii, err := asciiDomain(domain); err == nil {
		parts = append(parts, ascii)
	}
	if base, _, tagged := strings.Cut(local, "+"); tagged {
		parts = append(parts, base)
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(parts)
}

// replaceFold replaces part in text without regard to case. A part of fewer than
// four letters is replaced only where it stands as a word, lest "no" take the sense
// out of every reply.
func replaceFold(text, part string) string {
	low := strings.ToLower(part)
	if !strings.Contains(strings.ToLower(text), low) { // nearly always: spare the expression
		return text
	}
	if utf8.RuneCountInString(part) < 4 {
		word := regexp.MustCompile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(part) + `($|[^\pL\pN])`)
		for word.MatchString(text) { // two words that share a blank take two rounds
			text = word.ReplaceAllString(text, "${1}"+scrubbed+"${2}")
		}
		return text
	}
	text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(part)).ReplaceAllLiteralString(text, scrubbed)
	if strings.Contains(strings.ToLower(text), low) { // letters that fold in more than one way
		return scrubbed
	}
	return text
}

// printable is text as valid UTF-8 on one line, without control characters.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxText {
		return text
	}
	cut := maxText - len("...")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
