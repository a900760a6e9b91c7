package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// topKeys are the keys of the file itself.
var topKeys = []key[Config]{
	{name: "site", required: "site: https://news.example.org", read: readSite},
	{name: "domains", read: readDomains},
	{name: "database", def: "broadsheet.db", read: readDatabase},
	{name: "key", def: "file:broadsheet.key", read: readMasterKey},
	{name: "listen", def: "{}", read: func(v value, c *Config) { readMapping(v, "listen", listenKeys, &c.Listen) }},
	{name: "sign_up", def: "{}", read: func(v value, c *Config) { readMapping(v, "sign_up", signUpKeys, &c.SignUp) }},
	{name: "keep_deliveries", def: "90d", read: func(v value, c *Config) { c.KeepDeliveries, _ = v.duration(7*day, 3650*day) }},
	{name: "relays", required: "relays: [{address: mail.example.org:587}]", read: readRelays},
	{name: "dkim", read: func(v value, c *Config) { c.dkim = readDKIM(v) }},
	{name: "mirrors", read: func(v value, c *Config) { c.mirrors = readMirrorsOf(v) }},
	{name: "segments", read: readSegments},
	{name: "newsletters", required: "newsletters: [{name: weekly, ...}]", read: readNewsletters},
}

var listenKeys = []key[Listen]{
	{name: "web", def: "127.0.0.1:8480", read: func(v value, l *Listen) { l.Web, _ = v.hostPort(nil) }},
	{name: "ops", def: "127.0.0.1:8481", read: func(v value, l *Listen) { l.Ops, _ = v.hostPort(nil) }},
	{name: "proxies", def: `["127.0.0.0/8", "::1/128"]`, read: readProxies},
}

// signUpKeys say what keeps sign-ups from being abused.
var signUpKeys = []key[SignUp]{
	{name: "work", def: "14", read: func(v value, s *SignUp) { s.Work, _ = v.number(0, 22) }},
	{name: "per_network", def: "30", read: func(v value, s *SignUp) { s.PerNetwork, _ = v.number(1, 1_000_000) }},
	{name: "in_all", def: "6000", read: func(v value, s *SignUp) { s.InAll, _ = v.number(1, 100_000_000) }},
}

func readProxies(v value, l *Listen) {
	l.Proxies = []netip.Prefix{}
	for _, item := range v.items("networks") {
		s, ok := item.text()
		if !ok {
			continue
		}
		network, err := netip.ParsePrefix(s)
		if a, one := netip.ParseAddr(s); err != nil && one == nil {
			network, err = a.Prefix(a.BitLen())
		}
		switch {
		case err != nil:
			item.reportf("for example: 127.0.0.0/8, or 10.0.0.5", "%s is not a network", quoted(s))
		case network.Bits() == 0:
			item.report("this is every address there is: anyone could say who they are", "name the network that your proxy is in, such as 10.0.0.0/8")
		default:
			l.Proxies = append(l.Proxies, network.Masked())
		}
	}
}

// table is a table of keys without its type, for hints and for the test that
// every key is documented.
type table struct {
	what    string
	entries []entry
}

type entry struct {
	name, def string
	required  bool
}

// allTables lists every mapping of the file. A reader is given it: were it a
// variable, the tables' own readers would refer back to it.
func allTables() []table {
	return []table{
		tableOf("the file", topKeys), tableOf("listen", listenKeys), tableOf("sign_up", signUpKeys), tableOf("key", keyKeys), tableOf("a relay", relayKeys),
		tableOf("a domain's set of limits", domainLimitKeys), tableOf("a warm-up", rampKeys),
		tableOf("a DKIM key", dkimKeys),
		tableOf("a newsletter", newsletterKeys), tableOf("a set of limits", limitKeys), tableOf("a section", sectionKeys), tableOf("weights", weightKeys), tableOf("views", viewsKeys), tableOf("a source", sourceKeys), tableOf("what completes a source", otherKeys), tableOf("stop_at", stopKeys), tableOf("a format for a part", formatForKeys), tableOf("private", privateKeys), tableOf("mirrors", mirrorKeys),
		tableOf("look", lookKeys), tableOf("a palette", paletteKeys), tableOf("fonts", fontKeys),
		tableOf("support", supportKeys), tableOf("an amount", amountKeys),
	}
}

func tableOf[T any](what string, keys []key[T]) table {
	t := table{what: what}
	for _, k := range keys {
		t.entries = append(t.entries, entry{name: k.name, def: k.def, required: k.required != ""})
	}
	return t
}

func (r *reader) readTop(root value, c *Config) {
	if all := mappingValues(root.node); len(all) > 0 {
		root.at = r.placeOf(all[len(all)-1].Key) // what is missing was not found up to here
		root.at.hide, root.at.last = true, true
	}
	g := readMapping(root, "the file", topKeys, c)
	if c.Listen.Web != "" && c.Listen.Web == c.Listen.Ops {
		g.at("listen").report("web and ops listen on the same address", "give each a port of its own, such as 8480 and 8481")
	}
	for i := range c.Relays {
		if c.Relays[i].Hello == "" {
			c.Relays[i].Hello = greeting(c)
		}
	}
	r.checkSenders(c)
	completeDKIM(c)
	for i := range c.Newsletters {
		complete(&c.Newsletters[i], c.Site)
		if c.Newsletters[i].Mirrors == nil {
			c.Newsletters[i].Mirrors = c.mirrors
		}
	}
}

func readSite(v value, c *Config) {
	u, ok := v.link("https", "http")
	if !ok {
		return
	}
	switch {
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.report("readers' pages need https", "use https://"+u.Host+u.Path+"; http is for this machine only, such as http://127.0.0.1:8480")
		return
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.report("this is more than a site", "write it without user, ? and #: "+u.Scheme+"://"+u.Host+u.Path)
		return
	}
	c.Site = &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}
}

func readDomains(v value, c *Config) {
	for _, item := range v.items("domains") {
		s, ok := item.text()
		if !ok {
			continue
		}
		d, ok := hostname(s)
		if !ok || !strings.Contains(d, ".") {
			item.reportf("for example: harbour-observer.example", "%s is not a domain", quoted(s))
			continue
		}
		c.Domains = append(c.Domains, d)
	}
}

func readDatabase(v value, c *Config) {
	s, direct, ok := v.reference()
	if !ok {
		return
	}
	if strings.Contains(s, "@") || strings.Contains(s, "=") {
		v.hide()
	}
	scheme, _, hasScheme := strings.Cut(s, "://")
	switch {
	case !hasScheme:
		c.Database, _ = v.within(strings.TrimPrefix(s, "sqlite:"))
	case scheme != "postgres" && scheme != "postgresql":
		v.report("this is neither a file nor a PostgreSQL database", "write a path such as broadsheet.db, or env:DATABASE_URL with postgres://... in it")
	default:
		u, err := url.Parse(s)
		if err != nil {
			v.report("this is not a PostgreSQL address", "for example: postgres://broadsheet@localhost/broadsheet")
			return
		}
		if _, password := u.User.Password(); direct && (password || u.Query().Has("password")) {
			v.report("a secret does not belong in this file", "use env:DATABASE_URL, or file:database.url with the address in that file")
			return
		}
		c.Database = s
	}
}

// checkSenders holds every address that mail is sent from to the domains of the
// newsroom: a relay refuses others, or receivers do (RFC 7489).
func (r *reader) checkSenders(c *Config) {
	allowed := slices.Clone(c.Domains)
	if c.Site == nil {
		return
	}
	switch own := registrable(c.Site.Hostname()); {
	case own != "":
		allowed = append(allowed, own)
	case len(allowed) == 0: // a site by address, on this machine or not, says nothing about mail
		return
	}
	for _, s := range r.senders {
		domain, _ := hostname(domainOf(s.address))
		if !slices.ContainsFunc(allowed, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) }) {
			s.at.reportf(fmt.Sprintf("use an address at %s, or add to the file: domains: [%s]", strings.Join(allowed, " or "), domain),
				"mail is sent from %s, which is not among this newsroom's domains", domain)
		}
	}
}

// sender is an address that mail is sent from, and where it stands.
type sender struct {
	at      value
	address string
}
