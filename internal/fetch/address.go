package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// maxURL is the longest address that is asked for, in bytes: RFC 9110 4.1 wants 8,000 to
// work.
const maxURL = 8192

// parseURL accepts absolute http and https addresses. The host comes out in ASCII, as
// the DNS knows it.
func parseURL(text string, secret bool) (*url.URL, *Error) {
	text = strings.TrimSpace(text)
	wrong := func(words string, err error) *Error {
		return &Error{Kind: BadURL, URL: shownText(text, secret), Words: words, Err: err}
	}
	if len(text) > maxURL {
		return nil, wrong(fmt.Sprintf("this web address is longer than %s characters", figures.Of(maxURL)), nil)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, wrong("this is not a web address", nil) // err would repeat it, password and all
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, wrong("a web address begins with http:// or https:// and names a host", nil)
	}
	host := strings.ToLower(u.Hostname())
	if !ascii(host) {
		if host, err = idna.Lookup.ToASCII(host); err != nil || strings.HasPrefix(host, ".") {
			return nil, wrong("the host of this web address is no name that can be looked up", err)
		}
	}
	if disguised(host) {
		return nil, wrong("the host of this web address is a number in disguise: write an IP address with four numbers and dots", nil)
	}
	switch {
	case u.Port() != "":
		u.Host = net.JoinHostPort(host, u.Port())
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	default:
		u.Host = host
	}
	return u, nil
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

// disguised tells of a host such as 2130706433, 0x7f.1 or 0177.0.0.1: programs disagree
// on which address these mean (https://url.spec.whatwg.org/#ends-in-a-number-checker), and
// nobody honest writes them.
func disguised(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	hex, isHex := strings.CutPrefix(last, "0x")
	digits := "0123456789"
	if isHex {
		last, digits = hex, "0123456789abcdef"
	}
	return strings.Trim(last, digits) == "" && (last != "" || isHex)
}

// redirect gives where a 3xx sends us. A login goes along within one origin alone.
func redirect(from *url.URL, resp *http.Response, secret bool) (*url.URL, *Error) {
	location := resp.Header.Get("Location")
	to, err := from.Parse(location)
	if location == "" || err != nil {
		return nil, unreadable(shown(from, secret))
	}
	if to.Fragment == "" {
		to.Fragment = from.Fragment // RFC 9110 10.2.2
	}
	to.User = nil
	to, bad := parseURL(to.String(), secret)
	if bad != nil {
		bad.Kind, bad.URL, bad.Words = Redirects, shown(from, secret), "the server sends us on to an address that is none: "+bad.Words
		return nil, bad
	}
	if to.Scheme == from.Scheme && to.Host == from.Host {
		to.User = from.User
	}
	return to, nil
}

func unreadable(name string) *Error {
	return &Error{Kind: Redirects, URL: name, Words: "the server sends us on, but not to an address that can be read"}
}

// bare is an address without a login and a fragment.
func bare(u *url.URL) *url.URL {
	b := *u
	b.User, b.Fragment, b.RawFragment = nil, "", ""
	return &b
}

// hostPort is where an address is dialled.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Shown is an address as logs, errors and people may see it: without a login, and without
// its query, which may hold a key. Of one that is a secret, only the host.
func Shown(address string, secret bool) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return shownText(address, secret)
	}
	return shown(u, secret)
}

func shown(u *url.URL, secret bool) string {
	if u.Host == "" {
		return shownText(u.String(), secret)
	}
	if secret {
		return u.Scheme + "://" + u.Host + "/…"
	}
	b := bare(u)
	if b.RawQuery != "" {
		b.RawQuery = ""
		return b.String() + "?…"
	}
	return b.String()
}

// shownText is of what is no address, so that nobody knows which part of it is a secret.
func shownText(text string, secret bool) string {
	if secret || strings.ContainsAny(text, "@?") || len(text) > 200 {
		return "the address"
	}
	return fmt.Sprintf("%q", text)
}

// Fingerprint tells one address from another without holding it; a login and a fragment
// make no difference.
func Fingerprint(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(bare(u).String()))
	return hex.EncodeToString(sum[:16])
}
