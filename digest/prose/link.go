package prose

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// Resolve makes a reference absolute against a base; without a base, or where it
// cannot be read, it stays as it is.
func Resolve(base *url.URL, ref string) string {
	if base == nil || ref == "" {
		return ref
	}
	u, err := url.Parse(ref)
	if err != nil || u.IsAbs() {
		return ref
	}
	return base.ResolveReference(u).String()
}

// link is an address that a reader may be led to: http, https or mailto, absolute, in
// ASCII. Empty: it is none.
func link(base *url.URL, ref string) string {
	u := parseURL(ref)
	if u == nil {
		return ""
	}
	if !u.IsAbs() {
		if base == nil {
			return ""
		}
		u = base.ResolveReference(u)
	}
	switch u.Scheme {
	case "mailto":
		if !strings.Contains(u.Opaque, "@") {
			return ""
		}
	case "http", "https":
		if u.Host = asciiHost(u); u.Host == "" {
			return ""
		}
		u.User = nil // "https://bank.example@evil.example/" leads elsewhere than it says
	default:
		return ""
	}
	return escapeURL(u.String())
}

// parseURL reads an address as loosely as browsers do: they take tabs and breaks out of
// it (URL Standard 4.4) and a stray per cent sign for itself. nil: it cannot be read.
func parseURL(ref string) *url.URL {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	if strings.ContainsAny(ref, "\t\n\r") {
		ref = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(ref)
	}
	if ref == "" {
		return nil
	}
	u, err := url.Parse(ref)
	if err != nil {
		if u, err = url.Parse(strings.ReplaceAll(ref, "%", "%25")); err != nil {
			return nil
		}
	}
	return u
}

// asciiHost is an address's host, a name beyond ASCII as it is looked up (RFC 5891);
// empty: it has none that can be.
func asciiHost(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	port := u.Port()
	if u.Opaque != "" || host == "" {
		return ""
	}
	if strings.Contains(host, ":") { // IPv6
		if host = "[" + host + "]"; strings.Trim(host, "[]:.0123456789abcdef") != "" {
			return ""
		}
	} else if strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	}) {
		name, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return ""
		}
		host = name
	}
	if port != "" {
		host += ":" + port
	}
	return host
}

// escapeURL percent-encodes what an address does not have (RFC 3986 2).
func escapeURL(s string) string {
	const hex = "0123456789ABCDEF"
	if allOf(s, &inURL) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; inURL[c] {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// inURL are the bytes of an address.
var inURL = func() (in [256]bool) {
	for c := byte('!'); c < 0x7F; c++ {
		in[c] = !strings.ContainsRune("\"<>\\^`{|}", rune(c))
	}
	return in
}()
