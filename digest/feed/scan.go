package feed

import (
	"slices"
	"strings"
)

// kind is what a token of the loose scanner is.
type kind int

const (
	tokenEnd   kind = iota
	tokenText       // character data with its references still in it
	tokenCDATA      // character data as it stands
	tokenOpen       // a start tag
	tokenClose      // an end tag
	tokenOther      // comment, instruction, declaration
)

// token is a piece of markup. Names are as written, prefix included.
type token struct {
	kind    kind
	text    string
	name    string
	attrs   []attr
	selfEnd bool // <x/>
}

type attr struct{ name, value string }

// cdataOpen begins a section.
const cdataOpen = "<![CDATA["

// scanner cuts markup into tokens, and takes anything: where XML would be an error
// it does what a browser does.
type scanner struct {
	s  string
	at int
	// ahead remembers where a terminator comes next, so that a thousand openings
	// without an end do not each search to the end of the feed.
	ahead map[string]int
	work  int      // bytes looked at in searches, for the tests
	asked []string // names that endFollows was asked for
}

func newScanner(s string) *scanner { return &scanner{s: s, ahead: map[string]int{}} }

// find gives the next place of sub from a position, or -1.
func (z *scanner) find(sub string, from int) int {
	if next, ok := z.ahead[sub]; ok && (next < 0 || next >= from) {
		return next
	}
	return z.remember(sub, from, strings.Index(z.s[from:], sub))
}

// remember notes what was found behind a position, and gives its place, or -1.
func (z *scanner) remember(sub string, from, found int) int {
	next := -1
	if found >= 0 {
		z.work += found
		next = from + found
	} else {
		z.work += len(z.s) - from
	}
	z.ahead[sub] = next
	return next
}

// next gives the next token. inside is the name of the element whose text is being
// read, or empty: an unended CDATA section then ends with it.
func (z *scanner) next(inside string) token {
	if z.at >= len(z.s) {
		return token{kind: tokenEnd}
	}
	if z.s[z.at] != '<' {
		return z.charData()
	}
	rest := z.s[z.at:]
	switch {
	case len(rest) >= len(cdataOpen) && strings.EqualFold(rest[:len(cdataOpen)], cdataOpen):
		return z.cdata(inside)
	case strings.HasPrefix(rest, "<!--"):
		return z.skipTo("-->", 4)
	case strings.HasPrefix(rest, "<?"):
		return z.skipTo("?>", 2)
	case strings.HasPrefix(rest, "<!"):
		return z.declaration()
	case len(rest) > 2 && rest[1] == '/' && nameStart(rest[2]):
		return z.endTag()
	case len(rest) > 1 && nameStart(rest[1]):
		return z.startTag()
	}
	z.at++
	return token{kind: tokenText, text: "&lt;"}
}

func (z *scanner) charData() token {
	end := z.find("<", z.at)
	if end < 0 {
		end = len(z.s)
	}
	t := token{kind: tokenText, text: z.s[z.at:end]}
	if strings.Contains(t.text, "]]>") { // left over of a section (XML 1.0 2.4)
		t.text = strings.ReplaceAll(t.text, "]]>", "")
	}
	z.at = end
	return t
}

// cdata reads a CDATA section. One that nobody ended would swallow the items after
// it; it ends where its element does.
func (z *scanner) cdata(inside string) token {
	start := z.at + len(cdataOpen)
	end, item := z.find("]]>", start), z.itemEnd(start)
	if item >= 0 && item < end && z.closed(start, end, inside) {
		item = -1
	}
	if inside == "" && (end < 0 || item >= 0 && item < end) {
		z.at = start // not a section then, but a slip: only the opening is dropped
		return token{kind: tokenOther}
	}
	stop, skip := end, len("]]>")
	if inside != "" && (end < 0 || (item >= 0 && item < end)) {
		limit := len(z.s)
		if item >= 0 {
			limit = item
		}
		z.work += limit - start
		if closing := strings.Index(z.s[start:limit], "</"+inside); closing >= 0 {
			stop, skip = start+closing, 0
		} else if item >= 0 {
			stop, skip = item, 0
		}
	}
	if at := z.forgotten(start, stop, inside); at >= 0 {
		stop, skip = at, 0
	}
	if stop < 0 {
		stop, skip = len(z.s), 0
	}
	t := token{kind: tokenCDATA, text: z.s[start:stop]}
	if skip == 0 { // whoever forgot the end may have tried to write it
		t.text = strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(t.text), "&gt;"), "]>")
	}
	// QUIRK: sections within one another, which XML does not know.
	if strings.Contains(t.text, cdataOpen) {
		t.text = strings.TrimSuffix(strings.ReplaceAll(t.text, cdataOpen, ""), "]]")
	}
	z.at = stop + skip
	return t
}

// forgotten is where a section ends whose end seems to be that of another: its element ends
// before the other begins. -1: it is its own.
func (z *scanner) forgotten(start, end int, inside string) int {
	other := z.find(cdataOpen, start)
	if inside == "" || other < 0 || other >= end {
		return -1
	}
	z.work += other - start
	at := endTagIn(z.s[start:other], inside)
	if at < 0 {
		return -1
	}
	_, behind, _ := strings.Cut(z.s[start+at:other+1], ">")
	if !strings.HasPrefix(strings.TrimLeft(behind, " \t\r\n"), "<") {
		return -1 // it is what the text is about
	}
	return start + at
}

// closed reports a section that its element ends right behind, and in which no other begins:
// an item's end within it is its subject then.
func (z *scanner) closed(start, end int, inside string) bool {
	if other := z.find(cdataOpen, start); other >= 0 && other < end {
		return false
	}
	behind := z.s[end+len("]]>"):]
	behind = strings.TrimLeft(behind[:min(len(behind), len(inside)+20)], " \t\r\n")
	return inside != "" && strings.HasPrefix(behind, "</"+inside)
}

// askedEnds are for how many names an end tag is looked for: each is a search through all
// of the feed. Of others it is believed to be there.
const askedEnds = 4

// endFollows tells whether an element's end tag comes before its item's.
func (z *scanner) endFollows(raw string) bool {
	asked := slices.Contains(z.asked, raw)
	if !asked && len(z.asked) == askedEnds {
		return true
	}
	if !asked {
		z.asked = append(z.asked, raw)
	}
	end, item := z.findEnd(raw, z.at), z.itemEnd(z.at)
	return end >= 0 && (item < 0 || end < item)
}

// findEnd gives the next end tag of a name, as find does.
func (z *scanner) findEnd(raw string, from int) int {
	key := "</" + raw
	if next, ok := z.ahead[key]; ok && (next < 0 || next >= from) {
		return next
	}
	return z.remember(key, from, endTagIn(z.s[from:], raw))
}

// endTagIn gives where the first end tag of a name begins, in whatever case and with space
// behind the name (XML 1.0 3.1), or -1.
func endTagIn(s, raw string) int {
	for at := 0; ; at += len("</") {
		next := strings.Index(s[at:], "</")
		if next < 0 {
			return -1
		}
		at += next
		rest := s[at+len("</"):]
		if len(rest) > len(raw) && strings.EqualFold(rest[:len(raw)], raw) && (rest[len(raw)] == '>' || space(rest[len(raw)])) {
			return at
		}
	}
}

// withinItem tells of an end tag that it stands within an item: the item's own comes before
// another begins.
func (z *scanner) withinItem() bool {
	end := z.itemEnd(z.at)
	for _, begin := range []string{"<item", "<entry"} {
		if next := z.find(begin, z.at); next >= 0 && next < end {
			return false
		}
	}
	return end >= 0
}

// itemEnd gives where the item ends that the position is in, or -1.
func (z *scanner) itemEnd(from int) int {
	item, entry := z.findEnd("item", from), z.findEnd("entry", from)
	if item < 0 || (entry >= 0 && entry < item) {
		return entry
	}
	return item
}

func (z *scanner) skipTo(end string, opening int) token {
	from := z.at
	stop := z.find(end, min(from+opening, len(z.s)))
	if stop < 0 {
		// Not a comment then, but a slip: only the opening is dropped.
		z.at += opening
	} else {
		z.at = stop + len(end)
	}
	return token{kind: tokenOther, text: z.s[from:z.at]}
}

// declaration reads <!DOCTYPE ...> with its internal subset.
func (z *scanner) declaration() token {
	from := z.at
	end := z.find(">", from)
	if subset := z.find("[", from); subset >= 0 && subset < end {
		if closing := z.find("]>", subset); closing >= 0 {
			end = closing + 1
		}
	}
	if end < 0 {
		z.at = len(z.s)
	} else {
		z.at = end + 1
	}
	return token{kind: tokenOther, text: z.s[from:z.at]}
}

func (z *scanner) endTag() token {
	z.at += 2
	name := z.name()
	for z.at < len(z.s) && z.s[z.at] != '>' && z.s[z.at] != '<' {
		z.at++
	}
	if z.at < len(z.s) && z.s[z.at] == '>' {
		z.at++
	}
	return token{kind: tokenClose, name: name}
}

func (z *scanner) startTag() token {
	z.at++
	t := token{kind: tokenOpen, name: z.name()}
	for z.at < len(z.s) {
		switch c := z.s[z.at]; {
		case c == '>':
			z.at++
			return t
		case c == '<':
			return t // the ">" was forgotten
		case c == '/':
			z.at++
			t.selfEnd = z.at >= len(z.s) || z.s[z.at] == '>'
		case space(c):
			z.at++
		case nameStart(c):
			if a := z.attribute(); len(t.attrs) < 64 {
				t.attrs = append(t.attrs, a)
			}
		default:
			z.at++
		}
	}
	return t
}

// attribute reads name, name=value, name="value" and name='value'. A value without
// its second quote ends with its first word or the tag.
func (z *scanner) attribute() attr {
	a := attr{name: z.name()}
	z.blank()
	if z.at >= len(z.s) || z.s[z.at] != '=' {
		return a
	}
	z.at++
	z.blank()
	if z.at >= len(z.s) {
		return a
	}
	from := z.at
	if quote := z.s[z.at]; quote == '"' || quote == '\'' {
		from++
		if end := z.find(string(quote), from); end >= 0 && !strings.Contains(z.s[from:end], "<") && !nextName(z.s[from:end]) {
			a.value, z.at = z.s[from:end], end+1
			return a
		}
		// No second quote, or only one of another tag (XML 1.0 3.1 allows no "<" here) or
		// attribute.
		z.at = from
	}
	for z.at < len(z.s) && !space(z.s[z.at]) && z.s[z.at] != '>' && z.s[z.at] != '<' {
		z.at++
	}
	a.value = strings.Trim(z.s[from:z.at], "“”") // QUIRK: an editor's quotes
	return a
}

// nextName reports a value that ends with the name of another attribute and its sign: its
// second quote was forgotten, and that one's first found, as in url="a.jpg type="image/jpeg".
func nextName(value string) bool {
	rest, cut := strings.CutSuffix(value, "=")
	word := strings.TrimRightFunc(rest, func(r rune) bool { return r < 0x80 && nameByte(byte(r)) })
	return cut && len(word) < len(rest) && word != "" && space(word[len(word)-1])
}

func (z *scanner) blank() {
	for z.at < len(z.s) && space(z.s[z.at]) {
		z.at++
	}
}

func (z *scanner) name() string {
	from := z.at
	for z.at < len(z.s) && nameByte(z.s[z.at]) {
		z.at++
	}
	return z.s[from:z.at]
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func nameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func nameByte(c byte) bool {
	return nameStart(c) || c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':'
}
