package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// mailbox reads an address with or without a name: "The Observer <news@example.org>".
func (v value) mailbox() (mail.Address, bool) {
	s, ok := v.text()
	if !ok {
		return mail.Address{}, false
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		fix := "for example: The Harbour Observer <news@harbour-observer.example>"
		if name, rest, found := strings.Cut(s, "<"); found && strings.ContainsAny(name, `,;:@.()[]`) && !strings.Contains(name, `"`) {
			fix = fmt.Sprintf(`a name with such characters needs quotes of its own: '"%s" <%s'`, strings.TrimSpace(name), rest)
		}
		v.reportf(fix, "%s is not a mail address", quoted(s))
		return mail.Address{}, false
	}
	if _, ok := hostname(domainOf(a.Address)); !ok {
		v.reportf("for example: news@harbour-observer.example", "%s is not at a domain that can exist", quoted(a.Address))
		return mail.Address{}, false
	}
	return *a, true
}

// bare reads an address without a name.
func (v value) bare() (string, bool) {
	a, ok := v.mailbox()
	if ok && a.Name != "" {
		v.reportf("write only "+a.Address, "%s has a name, where an address alone is wanted", quoted(a.String()))
		return "", false
	}
	return a.Address, ok
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// hostname is a domain name in ASCII and lower case, if it is one.
func hostname(s string) (string, bool) {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(s, "."))
	if err != nil || ascii == "" || len(ascii) > 253 {
		return "", false
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > 63 {
			return "", false
		}
	}
	return strings.ToLower(ascii), true
}

// link reads an absolute address on the web, of one of the schemes.
func (v value) link(schemes ...string) (*url.URL, bool) {
	s, ok := v.text()
	if !ok {
		return nil, false
	}
	u, text := checkLink(s, schemes...)
	if text != "" {
		v.report(quoted(s)+" "+text, "for example: "+schemes[0]+"://news.example.org")
		return nil, false
	}
	return u, true
}

// checkLink says what is wrong with an absolute address; "" if nothing is.
func checkLink(s string, schemes ...string) (*url.URL, string) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, "is not a web address"
	}
	known := false
	for _, scheme := range schemes {
		known = known || strings.EqualFold(u.Scheme, scheme)
	}
	switch _, valid := hostname(u.Hostname()); {
	case !known:
		return nil, "does not begin with " + strings.Join(schemes, ":// or ") + "://"
	case !valid && !isIP(u.Hostname()):
		return nil, "names no host"
	case u.Port() != "" && !validPort(u.Port()):
		return nil, "has a port that cannot exist"
	}
	return u, ""
}

// hostPort reads host:port. Without a port it is the one that byDefault gives for
// the host; byDefault nil asks for one.
func (v value) hostPort(byDefault func(host string) string) (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	if _, rest, found := strings.Cut(s, "://"); found {
		v.reportf("write "+rest, "%s is a link, where host:port is wanted", quoted(s))
		return "", false
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil && byDefault != nil {
		host = strings.Trim(s, "[]")
		port, err = byDefault(host), nil
	}
	if err != nil {
		v.reportf("write host:port, for example 127.0.0.1:8480", "%s is not host:port", quoted(s))
		return "", false
	}
	_, named := hostname(host)
	if !named && !isIP(host) && !(host == "" && byDefault == nil) {
		v.reportf("write host:port, for example mail.example.org:587", "%s names no host", quoted(s))
		return "", false
	}
	if !validPort(port) {
		v.reportf("use a port from 1 to 65535", "%s has a port that cannot exist", quoted(s))
		return "", false
	}
	return net.JoinHostPort(host, port), true
}

func validPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 65535 && s[0] != '+'
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761 6.3
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// private tells whether a host is an address that the guarded fetch refuses.
func private(host string) bool {
	a, err := netip.ParseAddr(host)
	return loopback(host) || err == nil && (a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified())
}

// Own tells whether an address is of the newsroom's own: on the site's host, or on another
// of the domain that it registered.
func (c *Config) Own(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || c.Site == nil {
		return false
	}
	domain := registrable(u.Hostname())
	return u.Host == c.Site.Host || domain != "" && domain == registrable(c.Site.Hostname())
}

// registrable is the domain that its owner registered: example.org of
// news.example.org. Empty for an address and for a bare suffix.
func registrable(host string) string {
	ascii, ok := hostname(host)
	if !ok || isIP(host) {
		return ""
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(ascii)
	if err != nil {
		return ""
	}
	return d
}
