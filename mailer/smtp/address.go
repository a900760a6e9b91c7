package smtp

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// maxAddress is the longest address we put on the wire: RFC 5321 4.5.3.1.1 and
// 4.5.3.1.2 allow a local part of 64 octets and a domain of 255.
const maxAddress = 64 + 1 + 255

// The reasons why an address cannot go on the wire. None quotes it.
var (
	errAddressForm  = errors.New("the address is not one that can be written in an SMTP command")
	errAddressUTF8  = errors.New("the address needs SMTPUTF8 (RFC 6531), which the relay does not offer")
	errAddressEmpty = errors.New("there is no address")
)

// cutAddress takes an address apart at its last @.
func cutAddress(address string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || at == len(address)-1 {
		return "", "", false
	}
	return address[:at], address[at+1:], true
}

// wirePath is an address as MAIL and RCPT take it, without the angle brackets. A
// domain in another script goes in its ASCII form; a local part in another script
// needs SMTPUTF8.
func wirePath(address string) (path string, needsUTF8 bool, err error) {
	if address == "" {
		return "", false, errAddressEmpty
	}
	if len(address) > maxAddress {
		return "", false, errAddressForm
	}
	// Anything that could end the path or the command line would be an injection.
	for _, r := range address {
		if r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == 0xfffd || r == 0x2028 || r == 0x2029 || r == 0x85 {
			return "", false, errAddressForm
		}
	}
	local, domain, ok := cutAddress(address)
	if !ok {
		return "", false, errAddressForm
	}
	if isASCII(domain) { // nearly always
		return address, !isASCII(local), nil
	}
	ascii, err := asciiDomain(domain)
	if err != nil {
		return "", false, errAddressForm
	}
	return local + "@" + ascii, !isASCII(local), nil
}

// asciiDomain is a domain in the form that DNS and old relays know. An ASCII domain
// or an address literal is taken as it is: the relay judges it.
func asciiDomain(domain string) (string, error) {
	if isASCII(domain) {
		return domain, nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("domain: %w", errAddressForm)
	}
	return ascii, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
