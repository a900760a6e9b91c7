package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// longestSentence, in bytes, is where a text without any end is cut into pieces.
const longestSentence = 8 * teaserMost

// sentence gives the first sentence of a text, with the space behind it. It ends where
// Unicode's rules (UAX 29) end one, but for what they cannot know: it goes on after an
// abbreviation ("Mr.", "г."), initials ("И. П."), a day ("am 3."), and where what follows
// does not begin one: "“Who?” she asked", "«Нет!» — сказал он".
func sentence(text string) string {
	end, state, rest := 0, -1, text
	for rest != "" && end < longestSentence {
		var s string
		s, rest, state = uniseg.FirstSentenceInString(rest, state)
		if n := endsEarlier(s); n > 0 {
			return text[:end+n]
		}
		end += len(s)
		if n := closing(rest); n > 0 { // « Non. » Puis
			end, rest, state = end+n, rest[n:], -1
		}
		if ends(text[:end], rest) {
			break
		}
	}
	return text[:end]
}

// endsEarlier is where a sentence ends for which Unicode's rules have no sign: Khmer's, and
// the question mark of Greek, which is a semicolon elsewhere; 0: nowhere before its end.
func endsEarlier(s string) int {
	if !strings.Contains(s, ";") && !strings.Contains(s, "។") && !strings.Contains(s, "៕") {
		return 0
	}
	for from := 0; ; {
		i := strings.IndexAny(s[from:], ";។៕")
		if i < 0 {
			return 0
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
		after := strings.TrimLeft(s[from:], " \u00A0\u202F")
		next, _ := utf8.DecodeRuneInString(after)
		if after != "" && (s[i] != ';' || len(after) < len(s)-from && unicode.Is(unicode.Greek, before) && !unicode.IsLower(next)) {
			return len(s) - len(after)
		}
	}
}

// closing is the length of the quotation marks and brackets that a text begins with, and
// of the space behind them.
func closing(rest string) int {
	bare := strings.TrimLeft(rest, " \u00A0\u202F")
	after := strings.TrimLeft(bare, "»”’)]」』")
	if after == bare {
		return 0
	}
	return len(rest) - len(strings.TrimLeft(after, " \u00A0\u202F"))
}

// ends tells whether a sentence ends where Unicode's rules say so.
func ends(said, rest string) bool {
	bare := strings.TrimRight(said, " \t\n\u00A0\u202F\u3000")
	last, _ := utf8.DecodeLastRuneInString(bare)
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case goesOn(rest, len(bare) < len(said)), strings.ContainsRune("([{（「『", last):
		return false // "so.[1]"
	case len(bare) == len(said) && strings.ContainsRune("」』”’\"'）", last) && unicode.In(next, unicode.Hiragana, unicode.Hangul):
		return false // 「来た。」と言った
	}
	return !endsWithAbbreviation(said, strings.TrimLeft(rest, " \u00A0\u202F"))
}

// goesOn tells whether what follows does not begin a sentence: small letters, dashes,
// commas, or a second full stop.
func goesOn(rest string, spaced bool) bool {
	rest = strings.TrimLeft(rest, " \t\n\u00A0\u202F\u3000")
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case size == 0:
		return false
	case strings.ContainsRune(",;:)]}»”’、，；：）」』.!?…。！？", r):
		return true
	case strings.ContainsRune("–—-", r):
		return spaced || r != '-'
	}
	return spaced && unicode.IsLower(r) && !unicode.Is(unicode.Georgian, r) && !isName(rest) // Georgian has no capitals
}

// isName tells of words with a capital inside that begin sentences: iPhone, eBay.
func isName(rest string) bool {
	word := firstWord(rest)
	return len(word) > 1 && strings.IndexFunc(word, unicode.IsUpper) == 1
}

// endingAlways are abbreviations behind which a name, a number or the rest of the
// sentence follows. endingMaybe may be its last word too.
var endingAlways, endingMaybe = wordSet(`
	mr mrs ms mx dr prof st ste mt col lt sgt capt cmdr maj brig adm gov rev hon supt insp messrs msgr cpl
	nos e.g i.e cf pp approx est dept univ blvd
	jan feb aug sept oct nov dec mon tue thu fri
	sog hl frl gebr bspw einschl zzgl abzgl skt
	hr bzw z.b d.h u.a s.o s.u vgl ca evtl ggf inkl exkl dipl phil geb verh mio mrd tsd ziff febr mrz okt dez
	mme mlle mmes mlles mgr janv févr avr juil déc p.ex c.-à-d
	lic licda arq gral cnel tte sto sta exmo exma
	sra srta dra dña ud uds ej p.ej núm pág aprox ene abr dic
	sig sigg dott ing avv mons geom
	dhr mevr mw drs bijv d.w.z i.p.v o.a t.a.v
	г гг ул им пр просп пл кв стр рис табл т.е т.к т.н напр акад проф доц гр млн млрд тыс руб янв фев февр апр авг сент сен окт нояб дек обл р-н
	респ корр член-корр тел лейт св бул бульв наб мкр пос дер корп зам зав англ нем лат фр греч исп итал яп укр рус
	вул буд див ім тис грн
	płk ppłk mjr kpt zob m.in bł
	np tzn tj inż ks św godz tys mln mld
	sv nám dl jud ifj özv szt нпр
	např popř resp nám judr mudr
	bl.a t.ex dvs kl
	doç yrd bkz örn
	π.χ δηλ δρ αγ τηλ σελ
	डॉ प्रो स्व पं डा ডা মো
`), wordSet(`
	inc ltd co corp bros llc plc jr sr esq a.m p.m u.s u.k u.n e.u d.c u.s.a etc ph.d b.a m.a m.d al
	md sf no v vs gen sen rep fr pres fig art sec ch vol ed eds ave rd mar apr jun jul sep wed sat sun
	usw u.ä u.v.m n.chr v.chr nr str med abs
	m mm me av bd env av.j.-c d s.a s.l s.r.l ee.uu ago gen pag tel on es ecc ir nl
	др т.д т.п т.ч н.э и.др с ст тов о св коп ок гос пер д см
	р м
	itd itp r w ul hab prof
	č čp tř
	osv m.m m.fl enz vb sn av
	κ κα
`)

func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// starters begin sentences so often that an abbreviation or a number before them ended one.
var starters = wordSet(`
	the a an he she it they we i you this that these those there in on at but and or if when while as after before for
	his her its their what who how why not no one some most many
	der die das ein eine er sie es wir ihr ich dies diese dieser dieses am im auf bei aber und doch wenn als nach vor für
	le la les un une il elle ils elles nous on ce cette ces cet dans en mais et si quand après avant pour selon
	el los las una él ella ellos ellas esto este esta estos en pero y si cuando según para
	il lo gli uno una egli essi questo questa nel nella ma e se quando dopo per
	потом затем однако также его её их там здесь тогда теперь вчера сегодня
	потім також його її їх там тут тоді тепер
	danach dann dort hier heute gestern jedoch auch man sein ihre puis ensuite luego después poi allora
	then there here now today yesterday still also however nobody everyone
	он она оно они это этот эта эти мы вы я в на но и а если когда после до для по как
	він вона воно вони це ця ці ми ви я у в на але і та якщо коли після для за
`)

// endsWithAbbreviation tells of a text that ends with a dot and no sentence, of what follows.
func endsWithAbbreviation(s, rest string) bool {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " \t\n\r\f\u00A0\u202F"), ".") // behind a closing mark no abbreviation ends
	if !ok {
		return false
	}
	begins, word := begins(rest), lastWord(s)
	lower := strings.ToLower(word)
	switch r, size := utf8.DecodeRuneInString(word); {
	case size == 0:
		return false
	case unicode.In(r, unicode.Thai, unicode.Lao): // their sentences end without
		return true
	case rest != "" && isDigit(rest[0]) && (strings.HasSuffix(lower, "str") || utf8.RuneCountInString(word) <= 3 && unicode.IsLetter(r)):
		return true // "Hauptstr. 5", "ok. 200"
	case endingMaybe[lower]:
		return !begins
	case endingAlways[lower]:
		return true
	case size == len(word) && unicode.IsLetter(r): // an initial, or a list's "a."
		return !begins || unicode.IsUpper(r) && strings.HasSuffix(strings.TrimRight(s[:len(s)-len(word)], " \u00A0\u202F"), ".")
	case len(word) <= 2 && strings.Trim(word, "0123456789") == "": // a day
		return !begins
	case len(word) == 2*size && word[:size] == word[size:] && unicode.IsUpper(r) && r != 'I' && r != 'X': // "EE. UU."
		return !begins
	case strings.Contains(word, ".") && lettersApart(strings.ReplaceAll(word, "-", "")): // "U.N.E.S.C.O.", "т.е.", "J.-P."
		return !begins
	}
	return false
}

// begins tells of a text that it begins a sentence: with a word that often does, which is no
// initial.
func begins(text string) bool {
	word := firstWord(text)
	lower := strings.ToLower(word)
	return starters[lower] && word != lower && !(strings.HasPrefix(text[len(word):], ".") && utf8.RuneCountInString(word) == 1)
}

// lastWord is the last word of a text, with the dots inside.
func lastWord(s string) string {
	word := s[strings.LastIndexAny(s, " \t\n(")+1:]
	for _, opening := range []string{"«", "“", "„", "‘", "’", `"`, "'", "\u00A0", "\u202F", "/"} {
		if i := strings.LastIndex(word, opening); i >= 0 && (i == 0 || len(word) > i+len(opening)+1) { // not of "didn’t"
			word = word[i+len(opening):]
		}
	}
	return word
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// lettersApart tells of single letters with dots between them.
func lettersApart(word string) bool {
	for part := range strings.SplitSeq(word, ".") {
		if utf8.RuneCountInString(part) > 1 {
			return false
		}
	}
	return true
}
