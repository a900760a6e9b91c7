package feed

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// decodeAs decodes by a named encoding, and says no where the bytes contradict it.
func decodeAs(data []byte, name string) (reading, bool) {
	enc, canonical := lookup(name)
	if enc == nil {
		return reading{}, false
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return reading{}, false
	}
	bad := bytes.Count(out, []byte("\uFFFD"))
	// Single bytes that an encoding leaves empty, or a character cut in two, are
	// slips; more than one in two hundred of the foreign bytes is another encoding.
	if bad > 2 && bad*200 > high(data) {
		return reading{}, false
	}
	text := strings.ReplaceAll(string(out), "\uFFFD", "")
	return reading{text, canonical, oddity(text)}, true
}

// high counts the bytes beyond ASCII.
func high(data []byte) int {
	n := 0
	for _, b := range data {
		if b >= 0x80 {
			n++
		}
	}
	return n
}

var (
	codePage = lazyregexp.New(`^(?:cs_?|x-)?(?:cp|win|windows|windows-cp|ms|ibm|dos)?[-_]?(\d{3,5})$`)
	iso8859  = lazyregexp.New(`^(?:iso)?[-_ ]?8859[-_ ]?(\d{1,2})$`)
)

// pages are the code pages that have another name on the web.
var pages = map[string]string{
	"932": "shift_jis", "936": "gbk", "949": "euc-kr", "950": "big5", "874": "windows-874", "54936": "gb18030",
	"20866": "koi8-r", "21866": "koi8-u", "51932": "euc-jp", "65001": "utf-8", "646": "windows-1252", "858": "ibm00858", "1140": "ibm01140", "28591": "windows-1252",
}

// spellings are names that neither the web's list nor IANA's has, without their signs.
var spellings = map[string]string{
	"koi8r": "koi8-r", "koi8u": "koi8-u", "gb231280": "gbk", "gb23121980": "gbk", "gb2312": "gbk", "euccn": "gbk", "eucgb2312cn": "gbk",
	"gb180302000": "gb18030", "hz": "hz-gb-2312", "hzgb": "hz-gb-2312", "big5": "big5", "big5tw": "big5", "hkscs": "big5-hkscs", "big5hkscs": "big5-hkscs",
	"sjis": "shift_jis", "shiftjis": "shift_jis", "mskanji": "shift_jis", "ujis": "euc-jp", "eucjp": "euc-jp", "iso2022jp": "iso-2022-jp",
	"euckr": "euc-kr", "uhc": "euc-kr", "ksc5601": "euc-kr", "ksc56011987": "euc-kr", "ksx1001": "euc-kr", "tis620": "windows-874", "tis6200": "windows-874",
	"isoir166": "windows-874", "latin1": "windows-1252", "latin": "windows-1252", "ansi": "windows-1252", "ascii": "windows-1252", "646": "windows-1252",
	"latin7": "iso-8859-13", "latin9": "iso-8859-15", "macroman": "macintosh", "maccyrillic": "x-mac-cyrillic",
}

var noSigns = strings.NewReplacer("-", "", "_", "", " ", "", ".", "", ":", "")

// lookup finds an encoding by its name: as the web's list has it (WHATWG Encoding),
// as IANA's has it, and by the spellings that feeds have besides.
func lookup(name string) (enc encoding.Encoding, canonical string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if m := codePage.FindStringSubmatch(name); m != nil {
		switch page := m[1]; {
		case pages[page] != "":
			name = pages[page]
		case len(page) == 4 && strings.HasPrefix(page, "125"):
			name = "windows-" + page
		default:
			name = "ibm" + page
		}
	} else if m := iso8859.FindStringSubmatch(name); m != nil {
		name = "iso-8859-" + m[1]
	} else if known := spellings[strings.TrimPrefix(noSigns.Replace(name), "cs")]; known != "" {
		name = known
	}
	for _, n := range []string{name, strings.ReplaceAll(name, "_", "-")} {
		if enc, canonical = charset.Lookup(n); enc != nil && canonical != "replacement" {
			break
		}
	}
	if enc == nil || canonical == "replacement" { // the label set that browsers refuse
		if enc, _ = ianaindex.IANA.Encoding(name); enc == nil {
			return nil, ""
		}
		canonical = name
	}
	// UTF-8 was tried, and UTF-16 without zero bytes is a lie.
	if canonical == "utf-8" || strings.HasPrefix(canonical, "utf-") {
		return nil, ""
	}
	if canonical == "koi8-r" {
		enc = charmap.KOI8U // Ukraine's letters, where Russia's has lines of boxes that no feed draws
	}
	return enc, canonical
}

// ebcdic reads mainframes' encodings, of which the letters of ASCII are in other
// places: "<?xm" tells one, and the declaration says which (XML 1.0, appendix F).
func ebcdic(data []byte) (string, bool) {
	if !bytes.HasPrefix(data, []byte("\x4C\x6F\xA7\x94")) {
		return "", false
	}
	var enc encoding.Encoding = charmap.CodePage037
	head, err := enc.NewDecoder().Bytes(data[:min(len(data), 256)])
	if m := declaration.FindSubmatch(head); err == nil && m != nil {
		if named, _ := lookup(string(m[1])); named != nil {
			enc = named
		}
	}
	out, err := enc.NewDecoder().Bytes(data)
	return strings.ReplaceAll(string(out), "\u0085", "\n"), err == nil
}

// shifted decodes the encodings that are plain ASCII to the eye.
func shifted(data []byte, said []string) (string, bool) {
	if s, ok := korean(data); ok {
		return s, true
	}
	for _, name := range said {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "gb") && bytes.Contains(data, []byte("~{")) && bytes.Contains(data, []byte("~}")) {
			name = "hz" // of GB2312, in seven bits
		}
		if (strings.HasPrefix(name, "iso-2022") && bytes.IndexByte(data, 0x1B) >= 0) ||
			(strings.HasPrefix(name, "hz") && bytes.Contains(data, []byte("~{"))) {
			if r, ok := decodeAs(data, name); ok {
				return r.text, true
			}
		}
	}
	if bytes.Contains(data, []byte("\x1B$B")) || bytes.Contains(data, []byte("\x1B$@")) { // of JIS, whoever says what
		if r, ok := decodeAs(data, "iso-2022-jp"); ok {
			return r.text, true
		}
	}
	return "", false
}

// korean decodes ISO-2022-KR (RFC 1557): EUC-KR in seven bits, between two signs that shift.
func korean(data []byte) (string, bool) {
	if !bytes.Contains(data, []byte("\x1B$)C")) {
		return "", false
	}
	var out []byte
	high := byte(0)
	for _, b := range bytes.ReplaceAll(data, []byte("\x1B$)C"), nil) {
		switch {
		case b == 0x0E:
			high = 0x80
		case b == 0x0F:
			high = 0
		case b > ' ' && b < 0x7F:
			out = append(out, b|high)
		default:
			out = append(out, b)
		}
	}
	r, ok := decodeAs(out, "euc-kr")
	return r.text, ok
}

// twice decodes UTF-8 that was taken for windows-1252 and encoded once more: "Ã©" for "é".
// All that is beyond ASCII has to be so.
func twice(data []byte) (string, bool) {
	const fewest = 3                                               // such characters; fewer may be quoted
	at := bytes.IndexByte(data, 0xC3)                              // begins each of them, as what begins a character of UTF-8 is at C2 to F4
	if at < 0 || at+2 >= len(data) || data[at+2] < utf8.RuneSelf { // a letter alone
		return "", false
	}
	out := make([]byte, 0, len(data))
	out = append(out, data[:at]...)
	found := 0
	for at < len(data) {
		if data[at] < utf8.RuneSelf {
			out = append(out, data[at])
			at++
			continue
		}
		begin := len(out)
		for at < len(data) && data[at] >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(data[at:])
			b, ok := charmap.Windows1252.EncodeRune(r)
			if r < 0xA0 { // the table leaves some of these out
				b, ok = byte(r), true
			}
			if !ok {
				return "", false
			}
			out, at = append(out, b), at+size
		}
		if !utf8.Valid(out[begin:]) {
			return "", false
		}
		found += utf8.RuneCount(out[begin:])
	}
	if found < fewest || firstHigh(data) != bytes.IndexByte(data, 0xC3) {
		return "", false
	}
	return string(out), true
}
