package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// tables are the encodings of the languages whose letters look like French by the
// table of the West, and alphabets the small letters that they have beyond ASCII.
var tables = map[string][]string{
	"cs": {"windows-1250", "iso-8859-2"}, "sk": {"windows-1250", "iso-8859-2"}, "pl": {"windows-1250", "iso-8859-2"},
	"hu": {"windows-1250", "iso-8859-2"}, "sl": {"windows-1250", "iso-8859-2"}, "hr": {"windows-1250", "iso-8859-2"},
	"ro": {"windows-1250", "iso-8859-2"}, "tr": {"windows-1254"}, "lt": {"windows-1257"}, "lv": {"windows-1257"}, "et": {"windows-1257"},
}

var alphabets = map[string]string{
	"cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "pl": "ąćęłńóśźż", "hu": "áéíóöőúüű", "sl": "čšž", "hr": "čćđšž",
	"ro": "ăâîșşțţ", "tr": "âçğıîöşüû", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": "äõöüšž",
}

// westAlphabets are those of the languages whose letters the table of the West has.
var westAlphabets = []string{
	"àâæçéèêëîïôœùûüÿ", "äöüßé", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíîòóùú", "àçéèíïóòúü", "áéëïíóöüúèê", "åäöé", "æøåéöäü", "áðéíóúýþæö", "äöõüšž", "ëç",
}

// foreignTo counts the Latin letters beyond ASCII that an alphabet has not, and the signs
// that stand within words.
func foreignTo(alphabet, text string) (n int) {
	within := false // a word
	for i, r := range text {
		switch {
		case r >= 0x80 && scriptOf(r) == scriptLatin && !strings.ContainsRune(alphabet, unicode.ToLower(r)):
			n++
		case within && r >= 0x80 && !unicode.IsLetter(r) && apart(r) && letterAfter(text[i+utf8.RuneLen(r):]):
			n++
		}
		within = unicode.IsLetter(r)
	}
	return n
}

var inLanguage = lazyregexp.New(`(?i)(?:language>\s*|xml:lang\s*=\s*["'])([a-z]{2})\b`)

// languageIn gives the language that a feed says.
func languageIn(data []byte) string {
	if m := inLanguage.FindSubmatch(data[:min(len(data), 4096)]); m != nil {
		return strings.ToLower(string(m[1]))
	}
	return ""
}

// leastOdd reads by the table that makes the least odd letters.
func leastOdd(data []byte, names []string) (best reading, ok bool) {
	for _, name := range names {
		if r, could := decodeAs(data, name); could && (!ok || r.odd < best.odd) {
			best, ok = r, true
		}
	}
	return best, ok
}

// native gives the table of a feed's language where the West's, which was named, makes
// letters of its bytes that the language has not, and its own makes fewer.
func native(data []byte, r reading, lang string, w *warnings) string {
	if r.name != "windows-1252" {
		return r.name
	}
	if lang == "" {
		lang = eastLanguage(data, r.text)
	}
	strange, name := foreignTo(alphabets[lang], r.text), r.name
	for _, table := range tables[lang] {
		if own, ok := decodeAs(data, table); ok && foreignTo(alphabets[lang], own.text)*muchLess < strange {
			strange, name = foreignTo(alphabets[lang], own.text), own.name
		}
	}
	if name != r.name {
		w.add("the feed does not say its encoding truly; it was read as %s", name)
	}
	return name
}

// eastLanguage gives the language whose alphabet has next to all the letters of a text, by its
// own table, where no language of the West has those that the West's makes of them; empty:
// there is none.
func eastLanguage(data []byte, west string) string {
	const most = 50 // of so many letters one may be another's: a name
	letters := foreignTo("", west)
	for _, alphabet := range westAlphabets {
		if foreignTo(alphabet, west)*most/2 <= letters {
			return ""
		}
	}
	for _, lang := range []string{"pl", "cs", "sk", "hu", "ro", "tr", "lt", "lv", "hr"} {
		for _, table := range tables[lang] {
			if own, ok := decodeAs(data, table); ok && foreignTo(alphabets[lang], own.text)*most <= foreignTo("", own.text) {
				return lang
			}
		}
	}
	return ""
}
