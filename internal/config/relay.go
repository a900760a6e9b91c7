package config

import (
	"crypto/x509"
	"fmt"
	"net"
	"slices"
)

// relayKeys are the keys of a relay.
var relayKeys = []key[Relay]{
	{name: "name", read: func(v value, x *Relay) { x.Name, _ = v.text() }},
	{name: "address", required: "address: mail.example.org:587", read: readRelayAddress},
	{name: "tls", read: func(v value, x *Relay) {
		s, _ := v.choice(string(STARTTLS), string(Implicit), string(Opportunistic), string(Clear))
		x.TLS = TLS(s)
	}},
	{name: "ca", read: readCA},
	{name: "username", read: func(v value, x *Relay) { x.Username, _, _ = v.reference() }},
	{name: "password", read: func(v value, x *Relay) { x.Password, _ = v.secret("SMTP_PASSWORD") }},
	{name: "auth", def: "any", read: func(v value, x *Relay) {
		s, _ := v.choice(string(AuthAny), string(AuthPlain), string(AuthLogin), string(AuthCRAMMD5),
			string(AuthSCRAM1), string(AuthSCRAM), string(AuthXOAuth2))
		x.Auth = Auth(s)
	}},
	{name: "connections", def: "10", read: func(v value, x *Relay) { x.Connections, _ = v.number(1, 1000) }},
	{name: "messages_per_session", def: "0", read: func(v value, x *Relay) { x.MessagesPerSession, _ = v.number(0, 1_000_000) }},
	{name: "window", def: "4", read: func(v value, x *Relay) { x.Window, _ = v.number(1, 100) }},
	{name: "hello", read: func(v value, x *Relay) { x.Hello, _ = v.host() }},
	{name: "weight", read: func(v value, x *Relay) { x.Weight, _ = v.number(1, 1000) }},
	{name: "standby", def: "false", read: func(v value, x *Relay) { x.Standby, _ = v.yes() }},
	{name: "rate", read: func(v value, x *Relay) { x.Limits.Rate, _ = v.number(1, mostRate) }},
	{name: "hourly", read: func(v value, x *Relay) { x.Limits.Hourly, _ = v.number(1, mostHourly) }},
	{name: "domains", read: func(v value, x *Relay) { x.Limits.Domains = readDomainLimits(v) }},
	{name: "ramp", read: func(v value, x *Relay) { x.Ramp = readRamp(v) }},
}

// portOf is the port of a relay that gives none: this machine's mail server, or
// message submission (RFC 6409).
func portOf(host string) string {
	if loopback(host) {
		return "25"
	}
	return "587"
}

func readRelayAddress(v value, x *Relay) {
	s, direct, ok := v.reference()
	if !ok {
		return
	}
	if direct {
		x.Address, _ = v.hostPort(portOf)
		return
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" || !validPort(port) {
		v.report("what this refers to is not host:port", "for example: mail.example.org:587")
		return
	}
	x.Address = s
}

func readCA(v value, x *Relay) {
	path, ok := v.path()
	if !ok {
		return
	}
	pem, err := readSmall(path, 1<<20)
	if err != nil {
		v.reportf("give the path of a file in PEM form", "%s cannot be read: %s", path, reason(err))
		return
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		v.report(path+" holds no certificate", "it must be in PEM form: -----BEGIN CERTIFICATE-----")
		return
	}
	x.CA = path
}

func (v value) host() (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	h, valid := hostname(s)
	if !valid {
		v.reportf("for example: news.example.org", "%s is not a host name", quoted(s))
		return "", false
	}
	return h, true
}

func readRelays(v value, c *Config) {
	list := v.items("relays")
	if len(list) == 0 {
		v.report("mail needs a relay to go out by", "for example: relays: [{address: mail.example.org:587}]")
	}
	for _, item := range list {
		var x Relay
		g := readMapping(item, "a relay", relayKeys, &x)
		finishRelay(g, &x)
		if slices.ContainsFunc(c.Relays, func(y Relay) bool { return x.Name != "" && y.Name == x.Name }) {
			g.at("name").reportf("give each a name of its own: name: second", "two relays are called %s", quoted(x.Name))
		}
		c.Relays = append(c.Relays, x)
	}
	if n := len(c.Relays); n > 0 && !slices.ContainsFunc(c.Relays, func(x Relay) bool { return !x.Standby }) {
		v.report("every relay is on standby", "one on standby takes mail when no other does: leave standby out of one at least")
	}
}

// finishRelay fills in what depends on several keys, and checks them together.
func finishRelay(g given, x *Relay) {
	host, port, _ := net.SplitHostPort(x.Address)
	if x.Name == "" {
		x.Name = host
	}
	if x.TLS == "" {
		switch {
		case port == "465":
			x.TLS = Implicit
		case loopback(host):
			x.TLS = Opportunistic
		default:
			x.TLS = STARTTLS
		}
	}
	switch {
	case g.has("password") && !g.has("username"):
		g.at("password").report("a password without a username", "add username")
	case g.has("username") && !g.has("password"):
		g.at("username").report("a username without a password", "add password: env:SMTP_PASSWORD")
	case g.has("username") && (x.TLS == Clear || x.TLS == Opportunistic) && !loopback(host):
		g.at("tls").reportf("use tls: starttls, or tls: implicit", "with tls: %s the password could cross the network in clear", x.TLS)
	}
}

// greeting is the name for EHLO: the site's, or an address literal where the site
// has none (RFC 5321 4.1.3).
func greeting(c *Config) string {
	if c.Site == nil {
		return "localhost"
	}
	host := c.Site.Hostname()
	if !isIP(host) {
		return host
	}
	if ip := net.ParseIP(host); ip.To4() == nil {
		return fmt.Sprintf("[IPv6:%s]", host)
	}
	return fmt.Sprintf("[%s]", host)
}
