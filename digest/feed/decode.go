package feed

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// marks are byte-order marks. UTF-32 stands before UTF-16, whose mark it begins with.
var marks = []struct {
	prefix string
	enc    encoding.Encoding
}{
	{"\x00\x00\xFE\xFF", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
	{"\xFF\xFE\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
	{"\xFE\xFF", utf16.UTF16(utf16.BigEndian, utf16.UseBOM)},
	{"\xFF\xFE", utf16.UTF16(utf16.LittleEndian, utf16.UseBOM)},
}

var (
	declaration = lazyregexp.New(`(?i)<\?xml[^>]{0,200}?encoding\s*=\s*["']?\s*([A-Za-z0-9._:+-]+)`)
	inMeta      = lazyregexp.New(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:+-]+)`)
	inHeader    = lazyregexp.New(`(?i)charset\s*=\s*["']?\s*([A-Za-z0-9._:+-]+)`)
)

// decode makes UTF-8 of a feed's bytes. It never fails: what no witness explains is
// read as windows-1252, byte by byte.
func decode(data []byte, contentType string, w *warnings) string {
	if s, ok := wide(data); ok {
		return s
	}
	for _, mark := range []string{"\xFF\xFE", "\xFE\xFF", "\xEF\xBB\xBF"} { // the first two were lies
		data = bytes.TrimPrefix(data, []byte(mark))
	}
	if s, ok := ebcdic(data); ok {
		return s
	}
	said := declared(data, contentType)
	if utf8.Valid(data) {
		if s, ok := shifted(data, said); ok {
			return s
		}
		if s, ok := twice(data); ok {
			w.add("the characters of the feed were encoded twice; they were read as they were meant")
			return s
		}
		return unsafe.String(unsafe.SliceData(data), len(data)) // megabytes, which nobody changes: see Parse
	}
	if s, ok := mostlyUTF8(data, said); ok {
		w.add("some characters of the feed are not in the encoding of the rest; they were guessed")
		return s
	}
	return believed(data, said, w)
}

// wide decodes UTF-16 and UTF-32, by their mark or by where the zero bytes are
// (XML 1.0, appendix F). A mark before something else is a lie: it says no.
func wide(data []byte) (string, bool) {
	for _, m := range marks {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			if s, ok := asMarkup(m.enc, data); ok {
				return s, true
			}
		}
	}
	if len(data) < 4 {
		return "", false
	}
	// Zeros by their place in four bytes: markup is ASCII for the most part.
	var zeros [4]int
	head := data[:min(len(data), 1024)&^3]
	for i, b := range head {
		if b == 0 {
			zeros[i%4]++
		}
	}
	fours := len(head) / 4
	var enc encoding.Encoding
	switch all, most, few := fours*9/10, fours, fours/4; {
	case zeros[0] >= all && zeros[1] >= all && zeros[3] <= few:
		enc = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case zeros[2] >= all && zeros[3] >= all && zeros[0] <= few:
		enc = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case zeros[0]+zeros[2] > most && zeros[1]+zeros[3] <= few:
		enc = utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM)
	case zeros[1]+zeros[3] > most && zeros[0]+zeros[2] <= few:
		enc = utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM)
	default:
		return "", false
	}
	return asMarkup(enc, data)
}

// markup is what a text has that is a feed, a page or a story of Markdown.
var markup = lazyregexp.New(`[<{]|^(?:\x{FEFF})?\s*(?:---|\+\+\+)`)

// asMarkup decodes what must turn out to be markup.
func asMarkup(enc encoding.Encoding, data []byte) (string, bool) {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil || !markup.Match(out[:min(len(out), 4096)]) {
		return "", false
	}
	return strings.TrimPrefix(string(out), "\uFEFF"), true
}

// declared lists the encodings that the HTTP header and the XML declaration, or a page's
// meta element, name,
// in this order (RFC 7303 3.2).
//
// QUIRK: a server's default says nothing of the feed. Where the header names one of
// those, the declaration goes first.
func declared(data []byte, contentType string) []string {
	var names []string
	if m := declaration.FindSubmatch(data[:min(len(data), 2048)]); m != nil {
		names = append(names, string(m[1]))
	} else if m := inMeta.FindSubmatch(data[:min(len(data), 4096)]); m != nil { // a page
		names = append(names, string(m[1]))
	}
	if m := inHeader.FindStringSubmatch(contentType); m != nil {
		names = append(names, m[1])
		if len(names) == 2 && !serverDefault[strings.ToLower(m[1])] {
			names[0], names[1] = names[1], names[0]
		}
	}
	return names
}

var serverDefault = map[string]bool{"utf-8": true, "us-ascii": true, "iso-8859-1": true, "windows-1252": true}

// reading is a feed's text by one encoding, and how odd it looks.
type reading struct {
	text string
	name string
	odd  float64 // share of its foreign letters that no language would have so
}

// Shares of odd letters. A text that is declared truly has next to none, or a quarter
// where it is all in capitals; one that is read by the wrong table has a third and more.
const (
	fairlyOdd = 0.3
	muchLess  = 3 // times less odd is the reading that overrules a declaration
)

// believed weighs what was said of the encoding against what the bytes look like.
// What was said is taken where it looks like language, or nothing looks better.
func believed(data []byte, said []string, w *warnings) string {
	name := judged(sampleOf(data), said, languageIn(data), w)
	if r, ok := decodeAs(data, name); ok {
		return r.text
	}
	return latin(data)
}

// sampleOf is the part of a feed that its encoding is judged by: what follows the
// first foreign letter, from the start of a tag.
func sampleOf(data []byte) []byte {
	const enough = 64 << 10
	if len(data) <= enough {
		return data
	}
	from := max(0, bytes.LastIndexByte(data[:firstHigh(data)], '<'))
	return data[from:min(len(data), from+enough)]
}

// judged gives the name of the encoding of a sample in a language; empty: nobody knows.
func judged(data []byte, said []string, lang string, w *warnings) string {
	guesses := guess(data)
	var best *reading
	for _, name := range said {
		r, ok := decodeAs(data, name)
		if !ok || otherCJK(r, guesses) {
			continue
		}
		if r.odd < fairlyOdd {
			return native(data, r, lang, w)
		}
		if best == nil || r.odd < best.odd {
			best = &r
		}
	}
	declared := best
	for _, name := range likely(tables[lang], guesses) {
		r, ok := decodeAs(data, name)
		if !ok || declared == nil && r.odd >= fairlyOdd || declared != nil && r.odd*muchLess >= declared.odd {
			continue
		}
		if best == declared || r.odd*muchLess < best.odd { // of two alike the one before is the likelier
			best = &r
		}
	}
	if best == nil && lang == "" {
		lang = eastLanguage(data, latin(data))
	}
	if r, ok := leastOdd(data, tables[lang]); ok && best == declared && (best == nil || r.odd < best.odd) {
		best = &r
	}
	if best == nil {
		w.add("the feed does not say its encoding truly; it was read as windows-1252")
		return ""
	}
	name := native(data, *best, lang, w)
	w.add("the feed does not say its encoding truly; it was read as %s", name)
	return name
}

// usual are the encodings that are tried where no guess is good, the most used first.
var usual = []string{
	"windows-1252", "windows-1251", "koi8-u", "windows-1250", "iso-8859-2", "windows-1253", "windows-1255",
	"windows-1256", "windows-874", "windows-1257", "iso-8859-5", "ibm866",
}

// likely lists what to try: the tables of the feed's language, what the frequencies
// speak for, and the usual.
func likely(tables []string, guesses []chardet.Result) []string {
	names := slices.Clone(tables)
	var faint []string
	for _, g := range guesses {
		if g.Confidence >= 50 {
			names = append(names, g.Charset)
		} else {
			faint = append(faint, g.Charset)
		}
	}
	return append(append(names, usual...), faint...)
}

// guess asks for the encodings that the frequencies of the bytes speak for. For the
// Latin alphabets a few accents are no evidence.
func guess(data []byte) []chardet.Result {
	all, err := chardet.NewHtmlDetector().DetectAll(data)
	if err != nil {
		return nil
	}
	var list []chardet.Result
	for _, g := range all {
		switch g.Charset {
		case "UTF-8", "UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE":
			continue
		case "ISO-8859-1", "ISO-8859-2", "ISO-8859-9", "windows-1250", "windows-1252", "windows-1254":
			if g.Confidence < 60 {
				continue
			}
		}
		if g.Confidence >= 10 {
			list = append(list, g)
		}
	}
	return list
}

// cjk are the encodings that take each other's bytes without an error.
var cjk = map[string]bool{"gbk": true, "gb18030": true, "big5": true, "shift_jis": true, "euc-jp": true, "euc-kr": true}

// otherCJK reports that the frequencies speak for another encoding of the Far East
// than the one that a text was read by, and not for that one; and that the text is one
// that may have come of that: Chinese for the most part, or with Japanese in it.
func otherCJK(r reading, guesses []chardet.Result) bool {
	kana := kanaInChinese(r)
	if !cjk[r.name] || len(guesses) == 0 || !kana && !mostlyHan(r.text) {
		return false
	}
	canonical := func(g chardet.Result) string {
		return strings.Replace(strings.ToLower(g.Charset), "gb-18030", "gb18030", 1)
	}
	best, own := guesses[0], 0
	if !cjk[canonical(best)] {
		return false
	}
	for _, g := range guesses {
		if c := canonical(g); c == r.name || c == "gb18030" && r.name == "gbk" {
			own = max(own, g.Confidence)
		}
	}
	return best.Confidence >= 50 && (own*2 < best.Confidence || kana && own < best.Confidence)
}

// kanaInChinese reports the letters of Japanese in a text that is called Chinese, whose
// encodings have them too, in the same places.
func kanaInChinese(r reading) bool {
	return (strings.HasPrefix(r.name, "gb") || r.name == "big5") && strings.ContainsFunc(r.text, func(c rune) bool {
		return unicode.In(c, unicode.Hiragana, unicode.Katakana)
	})
}

// mostlyHan reports a text of Chinese characters for the most part: what one encoding
// of the Far East gives for the bytes of another. Of other letters, which all these
// encodings have too, a false one gives few.
func mostlyHan(text string) bool {
	han, other := 0, 0
	for _, r := range text {
		switch {
		case r < 0x80 || !unicode.IsLetter(r):
		case unicode.Is(unicode.Han, r):
			han++
		default:
			other++
		}
	}
	return han > other
}

func firstHigh(data []byte) int {
	for i, b := range data {
		if b >= 0x80 {
			return i
		}
	}
	return len(data)
}

// mostlyUTF8 mends UTF-8 with foreign bytes in it: an editor's paste from another
// program, or a character cut in two at the end.
func mostlyUTF8(data []byte, said []string) (string, bool) {
	var out strings.Builder
	out.Grow(len(data))
	good, bad := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			if bad++; utf8.FullRune(rest) {
				out.WriteRune(charmap.Windows1252.DecodeByte(rest[0]))
			}
		case size > 1:
			good++
			fallthrough
		default:
			out.Write(rest[:size])
		}
		rest = rest[size:]
	}
	says8 := len(said) == 0
	for _, name := range said {
		says8 = says8 || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
	}
	if good > 4*bad || (says8 && good >= bad) {
		return strings.ReplaceAll(out.String(), "\uFFFD", ""), true
	}
	return "", false
}

// latin reads windows-1252, which leaves no byte without a meaning but five.
func latin(data []byte) string {
	var out strings.Builder
	for _, b := range data {
		if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
			out.WriteRune(r)
		}
	}
	return out.String()
}
