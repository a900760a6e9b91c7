package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Private says how the private variant of a newsletter is made.
type Private struct {
	Pictures int    // bytes of all pictures in a mail; 0: it has none
	Subject  string // neutral, with {date} for the edition's date; empty: the edition's own
	FromName string // who an inbox shows it to be from; empty: From's
}

// readerFormats are the variants that a newsletter or a reader can choose, in the order
// in which a page offers them.
var readerFormats = []templates.Variant{templates.Digest, templates.Full, templates.TextOnly, templates.Private}

// formatKeys say in which forms a newsletter can be had.
var formatKeys = []key[Newsletter]{
	{name: "format", def: "digest", read: func(v value, n *Newsletter) { n.Format, _ = v.variant() }},
	{name: "formats", def: "[digest, text]", read: readFormats},
	{name: "format_for", read: readFormatFor},
	{name: "private", def: "{}", read: func(v value, n *Newsletter) { readMapping(v, "private", privateKeys, &n.Private) }},
	{name: "mirrors", read: func(v value, n *Newsletter) { n.Mirrors = readMirrorsOf(v) }},
}

var privateKeys = []key[Private]{
	{name: "pictures", def: "200kB", read: func(v value, p *Private) { p.Pictures, _ = v.size(mostPictures) }},
	{name: "subject", read: readNeutralSubject},
	{name: "from_name", read: func(v value, p *Private) { p.FromName, _ = v.text() }},
}

// mostPictures is what the pictures of a mail may take: a third more on the wire, for
// each reader.
const mostPictures = 2_000_000

// variant reads the name of a variant that readers can have.
func (v value) variant() (templates.Variant, bool) {
	var names []string
	for _, f := range readerFormats {
		names = append(names, string(f))
	}
	s, ok := v.choice(names...)
	return templates.Variant(s), ok
}

// readFormats reads what pages offer. The usual one is always among it.
func readFormats(v value, n *Newsletter) {
	var named []templates.Variant
	for _, item := range v.items("formats") {
		f, ok := item.variant()
		if ok && slices.Contains(named, f) {
			item.reportf("remove one", "%s is named twice", f)
		}
		named = append(named, f)
	}
	for _, f := range readerFormats {
		if f == n.Format || slices.Contains(named, f) {
			n.Formats = append(n.Formats, f)
		}
	}
}

// placeholder is a place in a text that is filled in.
var placeholder = lazyregexp.New(`\{[^{}]*\}?`)

func readNeutralSubject(v value, p *Private) {
	s, ok := v.text()
	if !ok {
		return
	}
	for _, found := range placeholder.FindAllString(s, -1) {
		if found != "{date}" {
			v.reportf("{date} is the edition's date; remove the others", "%s stands for nothing here", quoted(found))
			return
		}
	}
	p.Subject = s
}

var sizeForm = lazyregexp.New(`^(\d{1,7}) ?(kB|MB)$`)

// size reads a number of bytes, such as 300kB; 0 may lack its unit.
func (v value) size(most int) (int, bool) {
	s, ok := v.scalar("a size such as 300kB, or 0")
	if !ok || s == "0" {
		return 0, ok
	}
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		v.reportf("write it as 300kB or 1MB, or 0", "%s is not a size", quoted(s))
		return 0, false
	}
	n, _ := strconv.Atoi(m[1]) // seven digits
	n *= map[string]int{"kB": 1000, "MB": 1_000_000}[m[2]]
	if n > most {
		v.reportf("choose less", "%s is more than %s", quoted(s), strings.TrimSuffix(strconv.Itoa(most), "000")+"kB")
		return 0, false
	}
	return n, true
}
