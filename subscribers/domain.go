package subscribers

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// toASCII maps an internationalised domain as browsers and mail clients do (UTS
// 46, non-transitional; RFC 5891), so that both ways to write it compare equal.
var toASCII = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(true))

// normalDomain is the domain in lower case, in A-labels (RFC 5890), checked by the
// rules for host names (RFC 5321, 4.1.2; RFC 1035, 2.3.4).
func normalDomain(domain string) (string, error) {
	switch {
	case domain == "":
		return "", AddressError("it has nothing after the @")
	case domain[0] == '[':
		return "", AddressError("it has a number in brackets after the @: a domain name is needed")
	}
	domain = strings.ToLower(domain)
	if !isASCII(domain) || strings.Contains(domain, "xn--") {
		ascii, err := toASCII.ToASCII(domain)
		if err != nil {
			return "", AddressError("its domain is not a valid internationalised name")
		}
		domain = ascii
	}
	if len(domain) > 253 {
		return "", AddressError("its domain is longer than 253 characters")
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "", AddressError("its domain has no dot")
	}
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return "", err
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return "", AddressError("its domain ends in a number: a domain name is needed")
	}
	return domain, nil
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return AddressError("its domain has a dot too many")
	case len(label) > 63:
		return AddressError("its domain has a part longer than 63 characters")
	case label[0] == '-' || label[len(label)-1] == '-':
		return AddressError("its domain has a hyphen beside a dot or an end")
	}
	for _, c := range []byte(label) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return AddressError("its domain has a character that no domain name may have")
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
