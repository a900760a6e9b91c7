package subscribers

import (
	"log/slog"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IndexVersion numbers the rule by which Normal is made. An index made by another
// rule is not found: a change of the rule raises this number, and every row is
// indexed anew from its sealed address.
const IndexVersion = 1

// Address is a reader's e-mail address, checked. It prints as "[address]", so that
// none gets into a log by accident; the fields are the way to its text.
type Address struct {
	// Typed is the address to send to: the local part as typed, since case may
	// matter to its host (RFC 5321, 2.4), and the domain in lower case, in A-labels.
	Typed string
	// Normal is the address to compare by: Typed with its local part in lower case.
	Normal string
}

// AddressError is why a text is not an address that we mail to. It is a clause for
// people ("it has no @") and never repeats the text.
type AddressError string

// Error is the reason.
func (e AddressError) Error() string { return string(e) }

// The limits of RFC 5321, 4.5.3.1: 64 for the local part, and 256 for a path, which
// includes its angle brackets.
const (
	maxLocal   = 64
	maxAddress = 254
)

// ParseAddress checks what was typed into a form or a file. Around the address it
// takes off spaces, zero-width characters, one pair of angle brackets and
// "mailto:" (RFC 6068, with its escapes and without its query). It accepts the
// dot-atom form of RFC 5321, 4.1.2 with a domain name of two labels or more,
// internationalised or not. Its errors are of type AddressError.
func ParseAddress(typed string) (Address, error) {
	text, err := bare(typed)
	if err != nil {
		return Address{}, err
	}
	local, domain, err := split(text)
	if err != nil {
		return Address{}, err
	}
	if err := checkLocal(local); err != nil {
		return Address{}, err
	}
	if domain, err = normalDomain(domain); err != nil {
		return Address{}, err
	}
	if len(local)+1+len(domain) > maxAddress {
		return Address{}, AddressError("it is longer than 254 characters")
	}
	return Address{
		Typed:  local + "@" + domain,
		Normal: strings.ToLower(local) + "@" + domain,
	}, nil
}

// Domain is the part behind the @, in lower case, in A-labels.
func (a Address) Domain() string { return a.Normal[strings.LastIndexByte(a.Normal, '@')+1:] }

// String keeps the address out of logs and errors.
func (Address) String() string { return "[address]" }

// GoString keeps the address out of %#v.
func (a Address) GoString() string { return a.String() }

// LogValue keeps the address out of slog.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// bare takes off what people and programs put around an address.
func bare(typed string) (string, error) {
	text := trimSpace(typed)
	if inner, ok := strings.CutPrefix(text, "<"); ok {
		if inner, ok = strings.CutSuffix(inner, ">"); !ok {
			return "", AddressError("its angle bracket is not closed")
		}
		text = trimSpace(inner)
	}
	if len(text) >= 7 && strings.EqualFold(text[:7], "mailto:") {
		path, _, _ := strings.Cut(text[7:], "?")
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return "", AddressError("its mailto: link has a broken escape")
		}
		text = trimSpace(decoded)
	}
	switch {
	case text == "":
		return "", AddressError("it is empty")
	case !utf8.ValidString(text):
		return "", AddressError("it is not text in UTF-8")
	case strings.ContainsFunc(text, lineBreak):
		return "", AddressError("it has a line break")
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", AddressError("it has a control character")
	case len(text) > 4*maxAddress:
		return "", AddressError("it is longer than 254 characters")
	}
	return text, nil
}

// split parts an address at its @, and tells the common mistakes apart.
func split(text string) (local, domain string, err error) {
	at := strings.Count(text, "@")
	switch {
	case at == 0:
		return "", "", AddressError("it has no @")
	case strings.HasPrefix(text, `"`) || strings.Contains(text, `"@`):
		return "", "", AddressError("it has a quoted part before the @, which many mail servers refuse")
	case at > 1 && strings.ContainsAny(text, " ,;\t"):
		return "", "", AddressError("it holds several addresses: give each a row of its own")
	case at > 1:
		return "", "", AddressError("it has more than one @")
	case strings.ContainsAny(text, "<>"):
		return "", "", AddressError("it has a name or angle brackets around the address: give the address alone")
	case strings.ContainsFunc(text, unicode.IsSpace):
		return "", "", AddressError("it has a space inside")
	case strings.ContainsFunc(text, invisible):
		return "", "", AddressError("it has an invisible character inside")
	}
	local, domain, _ = strings.Cut(text, "@")
	return local, domain, nil
}

// checkLocal holds the local part to a dot-atom (RFC 5321, 4.1.2: Dot-string).
func checkLocal(local string) error {
	switch {
	case local == "":
		return AddressError("it has nothing before the @")
	case len(local) > maxLocal:
		return AddressError("it has more than 64 characters before the @")
	case local[0] == '.' || local[len(local)-1] == '.':
		return AddressError("it has a dot at the start or the end of the part before the @")
	case strings.Contains(local, ".."):
		return AddressError("it has two dots in a row before the @")
	}
	for _, r := range local {
		switch {
		case r >= utf8.RuneSelf:
			return AddressError("it has letters outside ASCII before the @, which most mail servers cannot take")
		case r != '.' && !atext(byte(r)):
			return AddressError("it has a character before the @ that no address may have there")
		}
	}
	return nil
}

// atext is the alphabet of an atom (RFC 5322, 3.2.3).
func atext(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// trimSpace takes spaces, tabs and invisible characters off both ends, but leaves
// line breaks, which are refused: they are how headers are forged.
func trimSpace(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return r == '\t' || invisible(r) || unicode.IsSpace(r) && !unicode.IsControl(r) && !lineBreak(r)
	})
}

func lineBreak(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// invisible is what copying from pages and office programs leaves behind: format
// characters, such as the byte order mark, the zero-width space, the soft hyphen
// and the marks of direction.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) }
