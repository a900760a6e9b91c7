package feed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// samples are a few sentences in the languages whose encodings feeds use.
var samples = map[string]string{
	"ru": "Последний паром уходит в девять вечера, сообщила вчера администрация порта. Жители острова недовольны новым расписанием и требуют встречи с мэром.",
	"uk": "Останній пором відходить о дев'ятій вечора, повідомила адміністрація порту. Їхні мешканці незадоволені й вимагають зустрічі з мером.",
	"el": "Το τελευταίο πλοίο φεύγει στις εννέα το βράδυ, ανακοίνωσε χθες η διοίκηση του λιμανιού. Οι κάτοικοι διαμαρτύρονται.",
	"he": "המעבורת האחרונה יוצאת בתשע בערב, הודיעה אתמול הנהלת הנמל. התושבים אינם מרוצים מלוח הזמנים החדש.",
	"ar": "تغادر العبارة الأخيرة في التاسعة مساء، حسبما أعلنت إدارة الميناء أمس. السكان غير راضين عن الجدول الجديد.",
	"th": "เรือข้ามฟากเที่ยวสุดท้ายออกเวลาสามทุ่ม ผู้บริหารท่าเรือประกาศเมื่อวานนี้ ชาวเกาะไม่พอใจ",
	"pl": "Ostatni prom odpływa o dziewiątej wieczorem, ogłosił wczoraj zarząd portu. Mieszkańcy są źli i żądają spotkania z burmistrzem. Świątynia, łąka, ćma.",
	"cs": "Poslední trajekt odplouvá v devět večer, oznámila včera správa přístavu. Obyvatelé jsou nespokojeni s novým jízdním řádem. Žluťoučký kůň úpěl.",
	"fr": "Le dernier bac part à neuf heures du soir, a annoncé hier l’autorité portuaire. Les îliens, déçus, réclament une réunion où l’on parlera du « nouvel horaire ».",
	"de": "Die letzte Fähre fährt um neun Uhr abends, teilte die Hafenbehörde gestern mit. Die Einwohner sind über den Fahrplan verärgert – „größtenteils“.",
	"ja": "最後のフェリーは午後九時に出発すると、港湾局が昨日発表した。島の住民は新しい時刻表に不満を持ち、市長との面会を求めている。",
	"zh": "港务局昨天宣布，最后一班渡轮将于晚上九点出发。岛上的居民对新的时刻表表示不满，并要求与市长会面讨论这个问题。",
	"tw": "港務局昨天宣布，最後一班渡輪將於晚上九點出發。島上的居民對新的時刻表表示不滿，並要求與市長會面討論這個問題。",
	"ko": "마지막 여객선은 밤 아홉 시에 출발한다고 항만청이 어제 발표했다. 섬 주민들은 새 시간표에 불만을 품고 시장과의 면담을 요구하고 있다.",
	"hu": "Az utolsó komp este kilenckor indul, közölte tegnap a kikötő vezetősége. A szigetlakók a jövő heti menetrenddel elégedetlenek.",
	"lt": "Paskutinis keltas išplaukia devintą vakaro, vakar pranešė uosto vadovybė. Salos gyventojai nepatenkinti nauju tvarkaraščiu.",
	"żo": "Zażółć gęślą jaźń. Źdźbło żółci.",
	"tr": "Son vapur akşam dokuzda kalkıyor, liman idaresi dün açıkladı. Ada sakinleri yeni tarifeye kızgın.",
}

// TestDeclaredTruly reads every language from every encoding that it is published in,
// by each witness alone: the XML declaration, the HTTP header.
func TestDeclaredTruly(t *testing.T) {
	for _, c := range []struct{ lang, names string }{
		{"ru", "windows-1251 koi8-r iso-8859-5 ibm866 x-mac-cyrillic cp1251 win1251 Windows1251 CP-1251 koi8r"},
		{"uk", "windows-1251 koi8-u"},
		{"el", "windows-1253 iso-8859-7 greek"},
		{"he", "windows-1255 iso-8859-8"},
		{"ar", "windows-1256 iso-8859-6"},
		{"th", "windows-874 tis-620 tis620"},
		{"pl", "windows-1250 iso-8859-2 ISO8859-2 latin2"},
		{"cs", "windows-1250 iso-8859-2"},
		{"fr", "windows-1252"},
		{"de", "windows-1252 cp1252"},
		{"tr", "windows-1254 iso-8859-9"},
		{"ja", "shift_jis Shift-JIS sjis x-sjis windows-31j cp932 euc-jp EUC_JP eucjp iso-2022-jp"},
		{"zh", "gb2312 gbk gb18030 GB_2312-80 cp936 hz-gb-2312"},
		{"tw", "big5 Big5 cp950 big5-hkscs"},
		{"ko", "euc-kr ks_c_5601-1987 cp949 uhc EUC_KR"},
	} {
		for _, name := range strings.Fields(c.names) {
			said, silent := published(t, name, samples[c.lang])
			for how, o := range map[string]Options{
				"the declaration says":              {},
				"HTTP says too":                     {ContentType: "application/rss+xml; charset=" + name},
				"HTTP says it in quotes":            {ContentType: `text/xml; charset= "` + name + `"; q=1`},
				"HTTP says a server's default":      {ContentType: "text/xml; charset=iso-8859-1"},
				"HTTP says a server's default 8":    {ContentType: "text/xml; charset=utf-8"},
				"HTTP says what nobody has heard":   {ContentType: "text/xml; charset=x-unknown"},
				"HTTP says nothing but nonsense":    {ContentType: ";;;"},
				"HTTP says it is a page, no letter": {ContentType: "text/html"},
			} {
				wantTitle(t, c.lang+" as "+name+", "+how, said, o, samples[c.lang])
			}
			wantTitle(t, c.lang+" as "+name+", only HTTP says", silent, Options{ContentType: "text/xml;charset='" + name + "'"}, samples[c.lang])
		}
	}
}

// TestDeclaredFalsely reads what says that it is in another encoding than it is, or
// says nothing at all: the bytes have the last word.
func TestDeclaredFalsely(t *testing.T) {
	for _, c := range []struct{ lang, is, says string }{
		{"ru", "windows-1251", "utf-8 iso-8859-1 windows-1252 koi8-r iso-8859-5 gb2312 us-ascii nonsense"},
		{"ru", "koi8-r", "utf-8 iso-8859-1 windows-1251 iso-8859-5 windows-1252"},
		{"ru", "iso-8859-5", "utf-8 iso-8859-1 windows-1251 koi8-r shift_jis"},
		{"uk", "windows-1251", "utf-8 iso-8859-1 koi8-r"},
		{"uk", "koi8-u", "koi8-r"},
		{"el", "windows-1253", "utf-8 iso-8859-1 windows-1252 windows-1251"},
		{"he", "windows-1255", "utf-8 iso-8859-1 windows-1252 windows-1251"},
		{"ar", "windows-1256", "utf-8 iso-8859-1 windows-1252"},
		{"th", "windows-874", "utf-8 iso-8859-1"},
		{"pl", "iso-8859-2", "utf-8 iso-8859-1 windows-1252 windows-1251"},
		{"pl", "windows-1250", "utf-8 iso-8859-1 windows-1252"},
		{"cs in a feed that says so", "windows-1250", "utf-8 windows-1251"},
		{"tr in a feed that says so", "windows-1254", "utf-8 windows-1251 iso-8859-1 us-ascii windows-1252"},
		{"hu in a feed that says so", "windows-1250", "utf-8 iso-8859-1 windows-1252"},
		{"hu in a feed that says so", "iso-8859-2", "utf-8 iso-8859-1"},
		{"lt in a feed that says so", "windows-1257", "utf-8 iso-8859-1 windows-1252"},
		{"tr", "windows-1254", "utf-8 iso-8859-1 windows-1252 us-ascii"},
		{"hu", "windows-1250", "utf-8 iso-8859-1 windows-1252"},
		{"lt", "windows-1257", "utf-8 iso-8859-1 windows-1252"},
		{"cs", "windows-1250", "utf-8 iso-8859-1"},
		{"pl in a feed that says so", "iso-8859-2", "utf-8 iso-8859-1 us-ascii"},
		{"fr", "windows-1252", "utf-8 us-ascii iso-8859-1 windows-1251 koi8-r utf-16 gb2312 big5 shift_jis iso-8859-7"},
		{"de", "windows-1252", "utf-8 us-ascii iso-8859-1 windows-1251 iso-8859-5 gb2312 big5 shift_jis euc-kr"},
		{"ja", "shift_jis", "utf-8 iso-8859-1 euc-jp windows-1252"},
		{"ja", "euc-jp", "utf-8 iso-8859-1 shift_jis gb2312 gbk"},
		{"ja", "iso-2022-jp", "utf-8 us-ascii iso-8859-1"},
		{"zh", "gbk", "utf-8 iso-8859-1 big5 utf-16"},
		{"tw", "big5", "utf-8 iso-8859-1 gb2312 gbk"},
		{"ko", "euc-kr", "utf-8 iso-8859-1 shift_jis gb2312"},
	} {
		lang, _, language := strings.Cut(c.lang, " ")
		text := samples[lang]
		_, silent := published(t, c.is, text)
		if language {
			silent = []byte(strings.Replace(string(silent), "<channel>", "<channel><language>"+lang+"</language>", 1))
		}
		wantTitle(t, c.lang+" in "+c.is+" that says nothing", silent, Options{}, text)
		for _, name := range strings.Fields(c.says) {
			lie := []byte(strings.Replace(string(silent), `<?xml version="1.0"?>`, `<?xml version="1.0" encoding="`+name+`"?>`, 1))
			wantTitle(t, c.lang+" in "+c.is+" that says "+name, lie, Options{}, text)
			wantTitle(t, c.lang+" in "+c.is+", HTTP says "+name, silent, Options{ContentType: "text/xml; charset=" + name}, text)
		}
	}
}

// TestLanguageTells: where nothing of a text looks as a language has it, the feed's own
// says the table; and a text of the West is not taken for the language's.
func TestLanguageTells(t *testing.T) {
	said := func(lang string, data []byte) []byte {
		return []byte(strings.Replace(string(data), "<channel>", "<channel><language>"+lang+"</language>", 1))
	}
	_, silent := published(t, "iso-8859-2", samples["żo"])
	wantTitle(t, "Polish accents", said("pl", silent), Options{ContentType: "text/xml; charset=iso-8859-1"}, samples["żo"])
	_, silent = published(t, "windows-1252", samples["de"])
	for _, lang := range []string{"et", "hu", "tr"} {
		wantTitle(t, "German that says "+lang, said(lang, silent), Options{ContentType: "text/xml; charset=iso-8859-1"}, samples["de"])
	}
	for _, text := range []string{
		samples["fr"], samples["de"], "Þingið ræddi fjárlög næsta árs, segir blaðið. Öll þjóðin hlýddi á.", "A São Paulo e às eleições, não há opções. Três irmãos.",
		"El niño comió piñas en el güiro. ¿Qué más?", "Færgen sejler på lørdag til Ærø og Malmö.", "Valitsus arutas järgmise aasta eelarvet: õiglane võit.",
		"Besuch in São Paulo, Málaga, Kraków, Tromsø und Besançon: für fünf Flüge.", "Ýmir Þórsson", "The façade of Beyoğlu? No: the café.",
	} {
		_, silent = published(t, "windows-1252", strings.ReplaceAll(text, "ğ", "g"))
		wantTitle(t, "of the West", silent, Options{ContentType: "text/xml; charset=iso-8859-1"}, strings.ReplaceAll(text, "ğ", "g"))
	}
	_, silent = published(t, "shift_jis", samples["ja"]+"ｱｲｳｴｵ")
	wantTitle(t, "half-wide letters", silent, Options{ContentType: "text/xml; charset=shift_jis"}, samples["ja"]+"ｱｲｳｴｵ")
	_, silent = published(t, "gbk", "苹果iPhone手机和iPad平板，人工智能AI技术")
	wantTitle(t, "Latin words in Chinese", silent, Options{ContentType: "text/xml; charset=gb2312"}, "苹果iPhone手机和iPad平板，人工智能AI技术")
}

// TestSevenBits: Korean and Chinese in seven bits, whatever the feed says.
func TestSevenBits(t *testing.T) {
	_, euc := published(t, "euc-kr", samples["ko"])
	var shifted []byte
	high := false
	for _, b := range euc {
		if now := b >= 0x80; now != high {
			shifted, high = append(shifted, map[bool]byte{true: 0x0E, false: 0x0F}[now]), now
		}
		shifted = append(shifted, b&0x7F)
	}
	for _, says := range []string{"iso-2022-kr", "euc-kr", "utf-8", ""} {
		wantTitle(t, "ISO-2022-KR that says "+says, append([]byte("\x1B$)C\n"), shifted...), Options{ContentType: "text/xml; charset=" + says}, samples["ko"])
	}
	_, hz := published(t, "hz-gb-2312", samples["zh"])
	wantTitle(t, "HZ that says gb2312", hz, Options{ContentType: "text/xml; charset=gb2312"}, samples["zh"])
	_, plain := published(t, "gbk", "a ~{ b")
	wantTitle(t, "a tilde that shifts nothing", plain, Options{ContentType: "text/xml; charset=gb2312"}, "a ~{ b")
}

// TestEncodedTwice reads UTF-8 that was taken for windows-1252 and encoded again, and leaves
// alone what quotes such text or only looks like it.
func TestEncodedTwice(t *testing.T) {
	again := func(text string) string {
		var out strings.Builder
		for _, b := range []byte(text) {
			if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
				out.WriteRune(r)
			} else {
				out.WriteRune(rune(b))
			}
		}
		return out.String()
	}
	for lang, text := range samples {
		wantTitle(t, lang+" encoded twice", []byte(item(`<title>`+again(text)+`</title>`)), Options{}, text)
		wantTitle(t, lang+" encoded once", []byte(item(`<title>`+text+`</title>`)), Options{}, text)
	}
	for _, text := range []string{"Why é is shown as Ã©, and è as Ã¨, and à as Ã", "Ã© is é", "São, Ático", "naïve Ã©, Ã©, Ã©"} {
		wantTitle(t, "no such text", []byte(item(`<title>`+text+`</title>`)), Options{}, text)
	}
}

// TestFewWords: a title or two are enough to tell a false declaration, by capitals that
// follow small letters.
func TestFewWords(t *testing.T) {
	const text = "Последний Паром Уходит"
	_, silent := published(t, "koi8-r", text)
	wantTitle(t, "koi8-r that says windows-1251", silent, Options{ContentType: "text/xml; charset=windows-1251"}, text)
	_, silent = published(t, "windows-1251", text)
	wantTitle(t, "windows-1251 that says koi8-r", silent, Options{ContentType: "text/xml; charset=koi8-r"}, text)
	const hebrew = "הגשר החדש נפתח הבוקר, אלפי תושבים באו אל גדת הנהר"
	for _, name := range []string{"windows-1255", "iso-8859-8"} { // Greek's table has letters for all of it, and no accent
		_, silent = published(t, name, hebrew)
		wantTitle(t, name+" that says nothing", silent, Options{}, hebrew)
	}
}

// TestDeclaredTrulyInCapitals: a feed all in capitals looks odd, and is believed.
func TestDeclaredTrulyInCapitals(t *testing.T) {
	for lang, name := range map[string]string{"ru": "windows-1251", "el": "windows-1253", "uk": "koi8-u", "fr": "windows-1252", "pl": "iso-8859-2"} {
		text := strings.ToUpper(samples[lang])
		said, _ := published(t, name, text)
		wantTitle(t, lang+" in capitals", said, Options{}, text)
	}
	mongolian := "Монгол Улсын Засгийн газар өчигдөр хуралдаж шинэ төсвийг хэлэлцэн батлав. Гадаад харилцааны сайд энэ тухай мэдээлэл хийлээ."
	cyrillic := strings.NewReplacer("ө", "є", "ү", "ї").Replace(mongolian) // as it is written in windows-1251
	said, _ := published(t, "windows-1251", cyrillic)
	wantTitle(t, "Mongolian", said, Options{}, cyrillic)
}

// TestUnicode reads UTF-8, 16 and 32, with and without their mark, and says what else.
func TestUnicode(t *testing.T) {
	for lang, text := range samples {
		for _, says := range []string{"", "utf-8", "utf-16", "UTF-16LE", "iso-10646-ucs-2", "iso-8859-1", "windows-1251", "gb2312"} {
			xml := document(says, text)
			for form, data := range map[string][]byte{
				"utf-8": []byte(xml), "utf-8 with a mark": []byte("\xEF\xBB\xBF" + xml), "utf-8 with two marks": []byte("\xEF\xBB\xBF\xEF\xBB\xBF" + xml),
				"utf-16be": units(xml, 2, true, false), "utf-16le": units(xml, 2, false, false),
				"utf-16be with a mark": units(xml, 2, true, true), "utf-16le with a mark": units(xml, 2, false, true),
				"utf-32be": units(xml, 4, true, false), "utf-32le": units(xml, 4, false, false),
				"utf-32be with a mark": units(xml, 4, true, true), "utf-32le with a mark": units(xml, 4, false, true),
				"utf-16le after blank lines": units("\n\n  "+xml, 2, false, false), "utf-16be cut within a letter": append(units(xml, 2, true, true), 0),
				"utf-8 with the mark of utf-16": []byte("\xFF\xFE" + xml),
			} {
				wantTitle(t, lang+" in "+form+" that says "+says, data, Options{}, text)
			}
		}
	}
}

// TestEncodingNames: encodings go by many names, of Unix, of Windows, of Python.
func TestEncodingNames(t *testing.T) {
	for want, names := range map[string]string{
		"gbk":          "gb2312 chinese csiso58gb231280 euc-cn gb2312-80 gb2312-1980 iso-ir-58 gbk 936 cp936 ms936 x-gbk GB_2312-80",
		"gb18030":      "gb18030 gb18030-2000 54936",
		"big5":         "big5 big5-tw csbig5 cp950 950 ms950 Big-5 x-x-big5",
		"shift_jis":    "shift_jis csshiftjis shiftjis sjis s_jis x-sjis ms932 cp932 windows-31j mskanji",
		"euc-jp":       "euc_jp eucjp ujis x-euc-jp",
		"iso-2022-jp":  "iso2022_jp csiso2022jp iso2022jp iso-2022-jp",
		"euc-kr":       "euc_kr korean ksc5601 ks_c-5601-1987 ksx1001 cp949 949 uhc",
		"windows-1251": "cp1251 1251 win-1251 win1251 windows1251 WINDOWS_1251 x-windows-1251 windows-cp1251 cs_windows-1251 x-cp1251",
		"windows-1252": "latin_1 latin1 l1 iso-8859-1 iso8859-1 ISO_8859-1:1987 cp1252 us-ascii ascii cp819 ansi",
		"iso-8859-2":   "latin2 iso8859_2 iso-8859-2 L2 ISO_8859-2",
		"iso-8859-15":  "latin9 iso8859-15 latin-9",
		"koi8-r":       "koi8-r koi8_r koi8r cskoi8r 20866",
		"windows-874":  "tis-620 tis620 cp874 iso-8859-11",
		"macintosh":    "macroman mac-roman mac_roman macintosh x-mac-roman",
		"":             "utf-8 utf8 UTF-16 unicode nonsense utf-7",
	} {
		for _, name := range strings.Fields(names) {
			if _, got := lookup(name); got != want && !(want == "windows-1252" && got == "ibm819") {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
}

func TestMainframe(t *testing.T) {
	enc, _ := lookup("ibm1047")
	data, err := enc.NewEncoder().String(document("IBM1047", "Une fête à Noël"))
	if err != nil {
		t.Fatal(err)
	}
	wantTitle(t, "EBCDIC", []byte(data), Options{}, "Une fête à Noël")
}

// document is a feed of one story, as it says in an encoding.
func document(says, title string) string {
	if says != "" {
		says = ` encoding="` + says + `"`
	}
	return `<?xml version="1.0"` + says + `?><rss version="2.0"><channel><title>x</title><item><title>` + title +
		`</title><link>https://a.example/1</link></item></channel></rss>`
}

// published encodes a feed, with its declaration and without.
func published(t *testing.T, name, title string) (said, silent []byte) {
	t.Helper()
	enc, _ := lookup(name)
	if enc == nil {
		t.Fatalf("no encoding is called %q", name)
	}
	with, err := enc.NewEncoder().String(document(name, title))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	without, _ := enc.NewEncoder().String(document("", title)) // the same letters
	return []byte(with), []byte(without)
}

// units writes text in units of 2 or 4 bytes, as UTF-16 without surrogates or UTF-32.
func units(text string, width int, big, mark bool) []byte {
	if mark {
		text = "\uFEFF" + text
	}
	var out []byte
	for _, r := range text {
		b := []byte{byte(r >> 24), byte(r >> 16), byte(r >> 8), byte(r)}[4-width:]
		if !big {
			for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
				b[i], b[j] = b[j], b[i]
			}
		}
		out = append(out, b...)
	}
	return out
}

func wantTitle(t *testing.T, name string, data []byte, o Options, want string) {
	t.Helper()
	f, err := Parse(data, o)
	if err != nil || len(f.Stories) != 1 {
		t.Errorf("%s: %d stories, %v", name, len(f.Stories), err)
		return
	}
	if got := f.Stories[0].Title; got != prose.Plain(want) {
		t.Errorf("%s: %.60q %v, want %.60q", name, got, f.Warnings, want)
	}
}
