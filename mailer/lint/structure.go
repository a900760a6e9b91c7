package lint

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// structureRules look at the tree of parts and how they are encoded.
var structureRules = []rule{
	{Rule{"content-type", Error, "A Content-Type that can be read", "RFC 2045 5.1", "Write it as in: text/html; charset=utf-8"}, reported("content-type")},
	{Rule{"boundary", Error, "A multipart has its boundary, and ends with it", "RFC 2046 5.1.1", "Write the boundary that Content-Type names, and the last one with two hyphens more."}, reported("boundary")},
	{Rule{"no-text", Error, "There is a text part, for who reads text or hears it", "RFC 2046 5.1.4; WCAG 2.2", "Add text/plain in a multipart/alternative."}, lookNoText},
	{Rule{"alternative", Error, "Text and HTML are alternatives: else both are shown, or one is an attachment", "RFC 2046 5.1.4", "Put them into a multipart/alternative."}, lookAlternative},
	{Rule{"part-order", Error, "The text comes first: a program shows the last that it can", "RFC 2046 5.1.4", "Put text/plain before text/html."}, lookPartOrder},
	{Rule{"charset", Error, "Text is in UTF-8, and says so", "RFC 2045 5.2, RFC 6657; practice", "Write charset=utf-8."}, reported("charset")},
	{Rule{"transfer-encoding", Error, "A transfer encoding that exists, on parts that may have one", "RFC 2045 6.1, 6.4", "Use quoted-printable or base64, and none on a multipart."}, reported("transfer-encoding")},
	{Rule{"8bit-hidden", Error, "No octet over 127 where nothing announces it", "RFC 2045 6.2, 2.7", "Encode the part as quoted-printable."}, reported("8bit-hidden")},
	{Rule{"8bit", Warning, "No part that a server may encode anew: that breaks the signature", "RFC 6152 3; RFC 6376 5.3", "Encode the part as quoted-printable."}, reported("8bit")},
	{Rule{"quoted-printable", Error, "Quoted-printable by the rules: lines of 76, no stray =, no space at an end", "RFC 2045 6.7", "Encode the part again."}, reported("quoted-printable")},
	{Rule{"base64", Error, "Base64 by the rules: lines of 76, nothing else in it", "RFC 2045 6.8", "Encode the part again."}, reported("base64")},
	{Rule{"base64-text", Warning, "Text travels as quoted-printable: filters distrust what they cannot read", "SpamAssassin MIME_BASE64_TEXT", "Encode the part as quoted-printable."}, lookBase64Text},
	{Rule{"attachment", Warning, "Nothing is attached to a newsletter: many servers hold such mail back", "Gmail's sender rules", "Link to it."}, lookAttachment},
	{Rule{"cid-missing", Error, "A picture inside the message is there", "RFC 2392", "Put the part with this Content-ID beside the HTML."}, lookCIDMissing},
	{Rule{"cid-unused", Warning, "A picture inside the message is shown: else it is an odd attachment", "RFC 2387, RFC 2392", "Leave the part out."}, lookCIDUnused},
}

func lookNoText(m *mail, say say) {
	if m.text == nil && len(m.parts) > 0 {
		say("the message", "it has no text/plain part")
	}
}

func lookAlternative(m *mail, say say) {
	if m.text == nil || m.html == nil {
		return
	}
	// The nearest multipart around both has to be the alternative.
	for p := m.root; ; {
		next := slices.IndexFunc(p.parts, func(sub *part) bool { return sub.holds(m.text) && sub.holds(m.html) })
		if next < 0 {
			if p.media != "multipart/alternative" {
				say("Content-Type", "text and HTML lie in a "+p.media)
			}
			return
		}
		p = p.parts[next]
	}
}

// holds tells whether a part is another, or has it within.
func (p *part) holds(other *part) bool {
	return p == other || slices.ContainsFunc(p.parts, func(sub *part) bool { return sub.holds(other) })
}

func lookPartOrder(m *mail, say say) {
	if m.text != nil && m.html != nil && slices.Index(m.parts, m.text) > slices.Index(m.parts, m.html) {
		say("the message", "text/html comes before text/plain")
	}
}

func lookBase64Text(m *mail, say say) {
	for _, p := range []*part{m.text, m.html} {
		if p != nil && p.encoding == "base64" {
			say(p.name(), "it travels as base64")
		}
	}
}

func lookAttachment(m *mail, say say) {
	for _, p := range m.parts {
		if p.attached() {
			say(fmt.Sprintf("line %d", p.line), p.media+" is attached")
		}
	}
}

// cid is a Content-ID, without its brackets.
func (p *part) cid() string { return strings.Trim(p.header.get("content-id"), "<> ") }

// shown are the cid: addresses that the HTML names.
func (m *mail) shown() map[string]string {
	all := map[string]string{}
	for _, r := range m.page.resources() {
		if id, ok := strings.CutPrefix(r.url, "cid:"); ok {
			if plain, err := url.PathUnescape(id); err == nil {
				id = plain
			}
			all[id] = r.where
		}
	}
	return all
}

func lookCIDMissing(m *mail, say say) {
	if m.page == nil {
		return
	}
	there := map[string]bool{}
	for _, p := range m.parts {
		there[p.cid()] = true
	}
	shown := m.shown()
	for _, id := range slices.Sorted(maps.Keys(shown)) {
		if !there[id] {
			say(shown[id], "no part has the Content-ID "+quote(id))
		}
	}
}

func lookCIDUnused(m *mail, say say) {
	if m.page == nil {
		return
	}
	shown := m.shown()
	for _, p := range m.parts {
		if _, used := shown[p.cid()]; p.cid() != "" && !used && p != m.html && p != m.text && !p.attached() {
			say(fmt.Sprintf("line %d", p.line), p.media+" with the Content-ID "+quote(p.cid())+" is shown nowhere")
		}
	}
}
