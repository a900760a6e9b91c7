package message

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 5321 4.5.3.1, in octets; an address is bounded by the path of
// 256 octets with its angle brackets.
const (
	maxLocal   = 64
	maxLabel   = 63
	maxAddress = 254
)

var errAddress = errors.New("not a plain address such as name@example.org")

// WireAddress is an address as the envelope and the To header have it. An
// international domain is converted to ASCII (RFC 5891). smtputf8 says that the
// local part is not ASCII, so that the relay must offer SMTPUTF8 (RFC 6531); the
// header then holds it in UTF-8 (RFC 6532).
//
// Only a plain addr-spec passes (RFC 5322 3.4.1 without quoted strings, domain
// literals, comments and folding). The error never quotes the address.
func WireAddress(address string) (wire string, smtputf8 bool, err error) {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at > maxLocal || len(address) > maxAddress {
		return "", false, errAddress
	}
	local, domain := address[:at], address[at+1:]
	if !dotAtom(local) || !plainDomain(domain) {
		return "", false, errAddress
	}
	if ascii(address) {
		return address, false, nil
	}
	return wideAddress(local, domain)
}

// wideAddress is the rare way: a local part or domain that is not ASCII.
func wideAddress(local, domain string) (wire string, smtputf8 bool, err error) {
	if !visible(local) || !visible(domain) {
		return "", false, errAddress
	}
	if domain, err = idna.Lookup.ToASCII(domain); err != nil || domain == "" {
		return "", false, errAddress // the library's error quotes the domain
	}
	wire = local + "@" + domain
	if len(wire) > maxAddress {
		return "", false, errAddress
	}
	return wire, !ascii(local), nil
}

// dotAtom tells whether s is a dot-atom-text (RFC 5322 3.2.3, RFC 6531 3.3);
// octets above ASCII pass.
func dotAtom(s string) bool {
	dot := true // a dot here would be the first character or follow another
	for i := range len(s) {
		switch {
		case s[i] == '.':
			if dot {
				return false
			}
			dot = true
		case s[i] >= utf8.RuneSelf || atext[s[i]]:
			dot = false
		default:
			return false
		}
	}
	return !dot
}

// plainDomain tells whether s is labels of letters, digits and inner hyphens
// (RFC 5321 2.3.5); octets above ASCII pass.
func plainDomain(s string) bool {
	for {
		label, rest, more := strings.Cut(s, ".")
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; c < utf8.RuneSelf && c != '-' && !alnum(c) {
				return false
			}
		}
		if !more {
			return true
		}
		s = rest
	}
}

var atext = func() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = alnum(byte(c)) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", byte(c)) >= 0
	}
	return table
}()

func alnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// visible tells whether s is UTF-8 of characters that leave ink.
func visible(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.IsSpace(r)
	}) < 0
}
