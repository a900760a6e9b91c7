package lint

import (
	"fmt"
	"slices"
	"strings"
)

// dkimRules look at what a signature covers. Whether it verifies needs the DNS.
var dkimRules = []rule{
	{Rule{"dkim", Warning, "A mail that has arrived is signed", "Gmail's, Yahoo's and Outlook.com's rules for bulk senders", "Sign it here (\"broadsheet dkim new\"), or have the relay do it."}, lookSigned},
	{Rule{"dkim-align", Error, "A signature is by the domain of From, or one above it", "RFC 9989 (DMARC); Gmail's rules for bulk senders", "Sign with a key of the sender's domain."}, lookAlign},
	{Rule{"dkim-covers", Error, "The signature covers what a reader's program acts on, one-click included", "RFC 6376 5.4.1, RFC 8058 4", "Name the field in h=."}, lookCovers},
	{Rule{"dkim-oversign", Warning, "A signed field cannot be added a second time: it stands in h= once more than in the mail", "RFC 6376 5.4.2, 8.15", "Name the field in h= once more."}, lookOversign},
	{Rule{"dkim-length", Error, "No l=: it lets anybody add text", "RFC 6376 8.2", "Sign the whole body."}, lookLength},
	{Rule{"dkim-algorithm", Error, "a=rsa-sha256 or ed25519-sha256", "RFC 8301 3.1, RFC 8463", "Sign with one of them."}, lookAlgorithm},
	{Rule{"dkim-relaxed", Warning, "c=relaxed/relaxed: what servers do to spaces breaks no signature", "practice; RFC 6376 3.4", "Sign with relaxed/relaxed."}, lookRelaxed},
}

// signature is the tags of a DKIM-Signature.
type signature map[string]string

func (m *mail) signatures() []signature {
	var all []signature
	for _, f := range m.header().all("dkim-signature") {
		tags := signature{}
		for tag := range strings.SplitSeq(f.value, ";") {
			if name, value, ok := strings.Cut(tag, "="); ok {
				tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
			}
		}
		all = append(all, tags)
	}
	return all
}

// covers are the fields that a signature names, in lower case.
func (s signature) covers() []string { return strings.Split(strings.ToLower(s["h"]), ":") }

// aligned tells whether a signature is by the author's domain.
func (m *mail) aligned(s signature) bool {
	from := m.from()
	by := strings.ToLower(s["d"])
	return from != nil && by != "" && (domain(from.Address) == by || strings.HasSuffix(domain(from.Address), "."+by))
}

// authors are the signatures of the author's domain; of none, all: a relay's own may
// cover less.
func (m *mail) authors() []signature {
	all := m.signatures()
	if some := slices.DeleteFunc(slices.Clone(all), func(s signature) bool { return !m.aligned(s) }); len(some) > 0 {
		return some
	}
	return all
}

func lookSigned(m *mail, say say) {
	if m.o.Received && len(m.signatures()) == 0 {
		say("DKIM-Signature", "there is none")
	}
}

func lookAlign(m *mail, say say) {
	all := m.signatures()
	if len(all) > 0 && m.from() != nil && !slices.ContainsFunc(all, m.aligned) {
		say("DKIM-Signature", "it is by "+quote(all[0]["d"])+", and the mail is from "+quote(domain(m.from().Address)))
	}
}

// signed are the fields that a signature has to cover.
var signed = strings.Fields("From To Subject Date Message-ID Reply-To MIME-Version Content-Type List-Id List-Unsubscribe List-Unsubscribe-Post")

func lookCovers(m *mail, say say) {
	for _, s := range m.authors() {
		for _, name := range signed {
			if m.header().has(name) && !slices.Contains(s.covers(), strings.ToLower(name)) {
				say("DKIM-Signature", name+" is not in h=")
			}
		}
	}
}

// oversigned are the fields of which a second would change what readers see or do.
var oversigned = strings.Fields("From Subject Date To Cc Reply-To Message-ID List-Unsubscribe List-Unsubscribe-Post Content-Type MIME-Version")

func lookOversign(m *mail, say say) {
	for _, s := range m.authors() {
		for _, name := range oversigned {
			n := 0
			for _, h := range s.covers() {
				if h == strings.ToLower(name) {
					n++
				}
			}
			if there := len(m.header().all(name)); n == there && (n > 0 || name == "Cc" || name == "Reply-To") {
				say("DKIM-Signature", fmt.Sprintf("%s stands %d times in h=, and %d times in the mail", name, n, there))
			}
		}
	}
}

func lookLength(m *mail, say say) {
	for _, s := range m.signatures() {
		if l, ok := s["l"]; ok {
			say("DKIM-Signature", "it covers the first "+quote(l)+" octets alone")
		}
	}
}

func lookAlgorithm(m *mail, say say) {
	for _, s := range m.signatures() {
		if a := s["a"]; a != "rsa-sha256" && a != "ed25519-sha256" {
			say("DKIM-Signature", "a="+quote(a))
		}
	}
}

func lookRelaxed(m *mail, say say) {
	for _, s := range m.authors() {
		if s["c"] != "relaxed/relaxed" {
			say("DKIM-Signature", "c="+quote(s["c"]))
		}
	}
}
