package config

import (
	"net/mail"
	"strings"
)

// DKIM names a key that signs a newsletter's mail (RFC 6376). What is in the file
// is read when mail is signed, not here.
type DKIM struct {
	Domain   string // who vouches for the mail: From's domain, or one above it; ASCII, lower case
	Selector string // which of the domain's keys this is, as the DNS names it
	Key      string // absolute path of the private key, in PEM form
}

// givenDKIM is an entry of a list of keys as the file gave it: without a domain it
// goes with whatever newsletter it signs.
type givenDKIM struct {
	DKIM
	entry, domain value
}

var dkimKeys = []key[givenDKIM]{
	{name: "selector", required: "selector: b202611", read: readSelector},
	{name: "key", required: "key: file:dkim/harbour-observer.example.b202611.pem", read: readDKIMKey},
	{name: "domain", read: func(v value, d *givenDKIM) {
		if s, ok := v.host(); ok {
			d.Domain, d.domain = s, v
		}
	}},
}

func readDKIM(v value) []givenDKIM {
	all := []givenDKIM{} // not nil: it was given
	for _, item := range v.items("DKIM keys") {
		d := givenDKIM{entry: item, domain: item}
		readMapping(item, "a DKIM key", dkimKeys, &d)
		all = append(all, d)
	}
	return all
}

func readSelector(v value, d *givenDKIM) {
	s, ok := v.scalar("a selector")
	if !ok {
		return
	}
	if h, valid := hostname(s); !valid || h != strings.ToLower(s) {
		v.reportf("use letters, digits and hyphens, such as b202611", "%s is not a selector", quoted(s))
		return
	}
	d.Selector = s
}

func readDKIMKey(v value, d *givenDKIM) {
	v.hide() // it may be the key itself
	s, ok := v.text()
	if !ok {
		return
	}
	path, is := strings.CutPrefix(s, "file:")
	if !is {
		v.report("a private key is given as the path of its file", "for example: file:dkim/harbour-observer.example.b202611.pem; \"broadsheet dkim new\" makes one")
		return
	}
	d.Key, _ = v.within(path)
}

// completeDKIM gives each newsletter its keys: its own, or the file's.
func completeDKIM(c *Config) {
	for i := range c.Newsletters {
		n := &c.Newsletters[i]
		given := n.dkim
		if given == nil {
			given = c.dkim
		}
		seen := map[string]bool{}
		for _, d := range given {
			if d.Domain == "" {
				d.Domain, _ = hostname(domainOf(n.From.Address))
			}
			if name := strings.ToLower(d.Selector) + "." + d.Domain; d.Selector != "" && seen[name] {
				d.entry.reportf("give each a selector of its own", "two keys have the selector %s at %s", d.Selector, d.Domain)
			} else {
				seen[name] = true
			}
			checkAligned(d, n.Name, n.From)
			n.DKIM = append(n.DKIM, d.DKIM)
		}
		n.dkim = nil
	}
	c.dkim = nil
}

// checkAligned holds a key's domain to From's: receivers count no other signature
// for a sender (DMARC, RFC 7489 3.1.1).
func checkAligned(d givenDKIM, newsletter string, from mail.Address) {
	sender, ok := hostname(domainOf(from.Address))
	if !ok || d.Domain == "" || d.Domain == sender {
		return
	}
	own := registrable(sender)
	below := strings.HasSuffix(sender, "."+d.Domain)
	if own != "" && below && (d.Domain == own || strings.HasSuffix(d.Domain, "."+own)) {
		return
	}
	d.domain.reportf("use domain: "+sender+", or give the newsletter a list dkim of its own",
		"%s cannot vouch for mail from %s, as newsletter %s sends it", d.Domain, sender, newsletter)
}
