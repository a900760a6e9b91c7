package prose

import (
	"html"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

// TestSentence: the first sentence of a text, in many languages; what follows "|" is the rest.
func TestSentence(t *testing.T) {
	for _, in := range []string{
		"It rained. |Then it stopped.",
		"Mr. Slip met Dr. Quay of St. Ives. |They talked.",
		"He met J. R. R. Tolkien in Oxford. |They talked.",
		"He met J.R.R. Tolkien in Oxford. |They talked.",
		"It costs 4.2 million, and No. 5 is next. |Then 6.",
		"It opens at 9 a.m. on Monday. |Then it closes.",
		"It opens at 9 a.m. |The fee is ten.",
		"It belongs to Wend Inc. of Delaware. |Then it was sold.",
		"It belongs to Wend Inc. |They sold it.",
		"Prices, wages, etc. rose. |The council met.",
		"Nov. 23 was the day. |The next was not.",
		"It is 3.5 km (2.2 mi.) away. |Nobody walks.",
		"He waited... and waited. |Then he went.",
		"배가 항구에 도착했다.|그는 내렸다.",
		"“Who?” she asked. |Nobody knew.",
		"“Go!” |“Stay!” he said.",
		"She said: “Nobody knew.” |Then she left.",
		"She said: \"Nobody knew.\" |Then she left.",
		"'Never.' |That was all.",
		"Was it he? |Nobody knew.",
		"It was he! |Nobody knew.",
		"It was he?! |Nobody knew.",
		"In the U.S. Senate nothing moved. |They waited.",
		"It left the U.S. |The rest stayed.",
		"See e.g. Paris or i.e. London. |Then go.",
		"The vote was 12 to 9. |The mayor left.",
		"Noch bis zum 30. November läuft es. |Danach nicht.",
		"Prof. Dr. med. Fels sagte nichts. |Sie ging.",
		"Das gilt z. B. für Boote. |Für andere nicht.",
		"Das gilt z.B. für Boote bzw. Schiffe. |Für andere nicht.",
		"Er zahlte 3 Mio. Euro. |Der Rest blieb.",
		"M. Dupont et Mme. Durand, p. ex., sont venus. |Ils sont partis.",
		"Il a dit : « Non. » |Puis il est parti.",
		"El Sr. López y la Sra. Ruiz vinieron. |Luego se fueron.",
		"¿Quién fue? |Nadie lo sabe.",
		"Il sig. Rossi e il dott. Bianchi sono qui. |Poi vanno.",
		"В 2026 г. Москва изменилась. |Потом нет.",
		"В 2026 г. открылась ферма. |Её построили жители.",
		"Он жил в г. Тула на ул. Ленина, д. 5. |Потом уехал.",
		"Это сказал И. П. Сидоров. |Потом он ушёл.",
		"Это сказал И.П. Сидоров. |Потом он ушёл.",
		"Ущерб — 3 млн. рублей, т.е. много. |Его не возместят.",
		"Были яблоки, груши и т. д. |Потом всё съели.",
		"«Нет!» — сказал он. |И ушёл.",
		"Он сказал: «Нет». |И ушёл.",
		"У 2026 р. Київ змінився. |Потім ні.",
		"Przyszedł p. prof. Nowak z ul. Długiej. |Potem wyszedł.",
		"Kl. 9 var det slut. |Sedan gick de.",
		"他来了。|然后走了。",
		"他说：“我不去。”|然后走了。",
		"「行かない。」|彼は帰った。",
		"彼は帰った！|誰も知らない。",
		"그는 왔다. |그리고 갔다.",
		"هل جاء؟ |لا أحد يعرف.",
		"جاء اليوم. |ثم ذهب.",
		"کیا وہ آیا؟ |کوئی نہیں جانتا۔",
		"وہ آیا۔ |پھر چلا گیا۔",
		"वह आया। |फिर चला गया।",
		"Նա եկավ։ |Հետո գնաց։",
		"መጣ። |ከዚያ ሄደ።",
		"เขามาแล้ว จากนั้นเขาก็ไป|",
		"A. I. Smith came. |He left.",
		"Prof. A. B. Smith came. |He left.",
		"Plan B. |It works.",
		"He didn’t. |Marie left.",
		"It is John's. |Marie left.",
		"Md. Rahman of Messrs. Quay came. |He left.",
		"He said so.[12] Then he left.|",
		"Er wohnt in der Hauptstr. 5 in Jena. |Sie nicht.",
		"Sog. Experten reden. |Andere nicht.",
		"J.-P. Sartre et L’on. Rossi sont là. |Ils parlent.",
		"Los EE. UU. ganaron. |Luego no.",
		"La Sta. María y el Lic. Díaz vinieron. |Luego se fueron.",
		"Zebrało się ok. 200 osób. |Potem nikt.",
		"Przyszli m.in. Nowak i płk. Kowalski. |Potem wyszli.",
		"Sv. Jan přišel. |Potom odešel.",
		"Dl. Popescu a venit. |Apoi a plecat.",
		"Это сказал В. И. Петров. |Потом он ушёл.",
		"Ж.-Ж. Руссо и А. И. Герцен писали. |Потом нет.",
		"На бул. Витоша открыт храм св. Николая. |Он большой.",
		"Ήρθε; |Ναι, ήρθε. |Έφυγε.",
		"Είναι εδώ; είναι εκεί. |Έφυγε.",
		"It is a; b; c. |Then d.",
		"ის მოვიდა. |ის წავიდა.",
		"ქ. თბილისი დიდია. |ის ლამაზია.",
		"គាត់មក។ |គាត់ទៅ។",
		"ดร. สมชาย มาแล้ว|",
		"डॉ. शर्मा आए। |फिर गए।",
		"彼は「来た。」と言った。|そして去った。",
		"\"왔다.\"라고 말했다. |그리고 갔다.",
		"One sentence alone|",
		"|",
	} {
		want, rest, _ := strings.Cut(in, "|")
		rest = strings.ReplaceAll(rest, "|", "")
		if got := sentence(want + rest); got != want {
			t.Errorf("%q: %q, want %q", want+rest, got, want)
		}
	}
}

// TestNotices: what stands among the paragraphs of a story and is none of it; and what
// looks like that and is the story's.
func TestNotices(t *testing.T) {
	for _, p := range []string{
		"By Ada Quay", "By Ada Quay and Ben Slip in London", "By ADA QUAY, environment editor of the paper", "By J. R. Quay | The Observer",
		"Von Jana Fels und Lena Bild, Hamburg", "Por Ana María Ruiz", "Par Jean Dupont et Marie Durand", "Автор: Анна Петрова", "Текст: Анна Петрова, Иван Сидоров",
		"Published Monday, 23 November 2026 at 12:00 GMT, updated 14:30", "Updated 3 hours ago, on 23 November", "Veröffentlicht am 23. November 2026 um 12 Uhr",
		"Publié le 23 novembre 2026 à 12h00 - Mis à jour le 24 novembre 2026", "Опубликовано: 23 ноября 2026, 12:00", "23 ноября 2026, 12:00", "Monday 23 November 2026 12.00 GMT", "2026-11-23 12:00",
		"Photo: C. Buoy / The Observer", "Photograph: C. Buoy/Getty Images", "Image credit: C. Buoy, 2026", "Foto: dpa", "Фото: ТАСС", "Crédit : AFP", "Archivfoto: C. Boje",
		"We use cookies to improve your experience. By continuing you accept our cookie policy.", "This website uses cookies.", "Diese Webseite verwendet Cookies. Mehr erfahren Sie hier.",
		"Ce site utilise des cookies pour vous offrir le meilleur service.", "Мы используем файлы cookie на нашем сайте.", "Utilizamos cookies propias y de terceros en este sitio.",
		"Share this article on Facebook, Twitter and WhatsApp", "Share", "Listen to this article", "Sign up for our weekly newsletter and get it in your inbox every Friday.",
		"Subscribe to our newsletter", "Follow us on Twitter and Facebook", "Become a member of the Observer today", "Jetzt den Newsletter abonnieren", "Abonnez-vous à notre lettre d'information",
		"Suscríbete a nuestro boletín", "Подпишитесь на наш канал в Telegram", "Поделиться", "Поделиться в соцсетях",
		"4 min read", "Reading time: 4 minutes", "Lesezeit: 4 Minuten", "Время чтения: 4 мин", "© 2026 The Harbour Observer", "Copyright 2026 AP. All rights reserved.", "Alle Rechte vorbehalten.", "Все права защищены.",
	} {
		if !isNotice(p) {
			t.Errorf("%q is taken for the story's", p)
		}
	}
	for _, p := range []string{
		"By the harbour wall stood a man with a lamp, and nobody asked him why.", "By Friday, the ferry had gone to sea.", "By night the ferry goes no more.",
		"Von hier aus fährt kein Schiff mehr in den Süden, sagt der Kapitän.", "Por la noche no hay barcos en el puerto de la ciudad.", "Published by a small press in Leeds, the book became a success.",
		"Updated rules for ferries come into force next year, and few captains know them.", "Photographs of the old quay were found in an attic.", "Image and reality differ in the harbour.",
		"We bake cookies for the summer fair, as every year.", "Our cookies are made of oats.", "Share prices fell on Monday by more than a tenth, and nobody in the city knew why.",
		"Listen, the harbour master said, nobody told us of it.", "Follow the river for a mile, and you see the mill.", "Support for the mayor fell to a third in a year, a poll for the paper shows.",
		"Sign language is taught in two schools of the county.", "In 2019, 12 of the 30 cranes fell.", "2026 was the warmest year since 1950, the office says, and 2025 was the second.",
		"All rights of way lead to the quay.", "Follow-up meetings are planned for spring.", "Автор книги о порте живёт на острове уже двадцать лет.", "Фото с острова облетели весь мир за один день.",
		"Слушать его никто не хотел.", "Подпишут ли договор, в порту не знают.", "",
	} {
		if isNotice(p) {
			t.Errorf("%q is taken for a notice", p)
		}
	}
}

// TestTeasers: which paragraph, and how far.
func TestTeasers(t *testing.T) {
	const first = "The harbour office has printed wrong tide tables since May, a comparison shows."
	p := func(texts ...string) string { return "<p>" + strings.Join(texts, "</p><p>") + "</p>" }
	han := strings.Repeat("港口办公室自五月以来一直印错潮汐表，", 20)
	thai := strings.Repeat("สำนักงานท่าเรือพิมพ์ตารางน้ำผิด ", 20)
	for _, c := range []struct{ name, summary, body, want string }{
		{"a byline and a date first", "", p("By Ada Quay and Ben Slip in Harbour City on the Wend", "Published on Monday, 23 November 2026 at 12:00", first), first},
		{"a cookie notice first", "", p("We use cookies to improve your experience. By continuing you accept our cookie policy.", first), first},
		{"a sharing line first", "", p("Share this article on Facebook, Twitter and WhatsApp", first), first},
		{"nothing but notices", "By Ada Quay", p("Share this article on Facebook, Twitter and WhatsApp"), ""},
		{"a notice in the summary", "<p>By Ada Quay and Ben Slip in Harbour City on the Wend</p><p>" + first + "</p>", "", first},
		{"a summary that breaks off in the text", "The harbour office has printed wrong tide [&hellip;]", p(first, "More."), first},
		{"a summary that breaks off after it", first + " Nobody noticed […]", p(first, "Nobody noticed it."), first},
		{"a summary that breaks off elsewhere", "For six months, boats have been told the wrong hour of high water by the office. Nobody at the […]", p(first), "For six months, boats have been told the wrong hour of high water by the office."},
		{"a summary that breaks off at once", "For six months, boats have been told the […]", p(first), "For six months, boats have been told the…"},
		{"a summary that breaks off after a sentence", "For six months, boats have been told the wrong hour. […]", p(first), "For six months, boats have been told the wrong hour."},
		{"a summary that breaks off after an abbreviation", "For six months, boats have been told the wrong hour by Mr. […]", p(first), "For six months, boats have been told the wrong hour by Mr…"},
		{"Chinese", "", p("港口办公室自五月以来一直印错潮汐表，比较显示。"), "港口办公室自五月以来一直印错潮汐表，比较显示。"},
		{"Chinese sentences", "", p(strings.Repeat("港口办公室自五月以来一直印错潮汐表。", 20)), strings.Repeat("港口办公室自五月以来一直印错潮汐表。", 6)},
		{"Chinese without an end", "", p(han), strings.Repeat("港口办公室自五月以来一直印错潮汐表，", 5) + "港口办公室自五月以来一直印错潮汐表…"},
		{"Thai", "", p(thai), strings.TrimSpace(strings.Repeat("สำนักงานท่าเรือพิมพ์ตารางน้ำผิด ", 9)) + "…"},
		{"Thai, the next space near", "", p(strings.Repeat("ตารางน้ำ", 41) + " ผิด " + thai), strings.Repeat("ตารางน้ำ", 41) + "…"},
		{"Thai, the last space early", "", p("ตารางน้ำ " + strings.Repeat("ผิดมาก", 100)), "ตารางน้ำ…"},
		{"Khmer with its own spaces", "", p(strings.Repeat("តារាង\u200Bទឹក\u200B", 80)), strings.Repeat("តារាង\u200Bទឹក\u200B", 26) + "តារាង…"},
		{"Burmese", "", p(strings.Repeat("ဆိပ်ကမ်းရုံးက\u00A0ဒီရေဇယားကို၊", 40)), strings.Repeat("ဆိပ်ကမ်းရုံးက ဒီရေဇယားကို၊", 13)},
		{"a word that is too long", strings.Repeat("x", 400), p(strings.Repeat("ж", 400), first), first},
		{"nothing but a word that is too long", "", p(strings.Repeat("x", 400)), ""},
		{"Georgian", "", p(strings.Repeat("ნავსადგურის ოფისი შეცდა. ", 20)), strings.TrimSpace(strings.Repeat("ნავსადგურის ოფისი შეცდა. ", 9))},
		{"family emoji", "", p(strings.Repeat("👨‍👩‍👧‍👦 ", 200)), strings.TrimSpace(strings.Repeat("👨‍👩‍👧‍👦 ", 80)) + "…"},
	} {
		if got := Teaser(c.summary, Clean(c.body, nil), "Title"); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// TestTeaserProperties: a teaser is the beginning of a paragraph, up to the end of a
// sentence or of a word; it is no longer than it may be, and, where it does not break off,
// its own teaser.
func TestTeaserProperties(t *testing.T) {
	words := rapid.SampledFrom([]string{
		"harbour", "Mr.", "г.", "ул.", "И.", "4.2", "2026", "“Who?”", "—", "done.", "so!", "What?", "港口。", "潮汐表", "ตารางน้ำ", "é́", "👨‍👩‍👧", "ferry,", "(mi.)", "وصل؟", "U.S.", "the", "The", "…", "...", "x" + strings.Repeat("y", 40), "वह", "आया।", "\u200d",
	})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for i, w := range rapid.SliceOfN(words, 1, 120).Draw(t, "words") {
			if i > 0 && rapid.IntRange(0, 9).Draw(t, "gap") > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
		text := Squeeze(b.String())
		got := Teaser("", Text{Paragraphs: []string{text}}, "")
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got {
			t.Fatalf("%q", got)
		}
		if w := width(got); w > teaserMost+1 {
			t.Fatalf("%d columns: %q", w, got)
		}
		if again := Teaser(html.EscapeString(got), Text{}, ""); got != "" && again != got && !strings.HasSuffix(got, "…") && !strings.HasSuffix(got, "...") {
			t.Fatalf("its teaser is\n%q, of\n%q", again, got)
		}
		stem := strings.TrimSuffix(got, "…")
		if !strings.HasPrefix(text, stem) && !strings.HasPrefix(text, got) {
			t.Fatalf("%q does not begin\n%q", got, text)
		}
		if strings.HasPrefix(text, got) {
			stem = got
		}
		if !atBoundary(text, len(stem)) {
			t.Fatalf("%q is cut within a word of\n%q", got, text)
		}
	})
}

// atBoundary tells whether no word and no grapheme goes over a place of a text.
func atBoundary(text string, at int) bool {
	word := uniseg.FirstWordInString
	grapheme := func(s string, state int) (string, string, int) {
		c, rest, _, state := uniseg.FirstGraphemeClusterInString(s, state)
		return c, rest, state
	}
	return pieceBegins(text, at, grapheme) && (pieceBegins(text, at, word) || noWord(text, at))
}

// pieceBegins tells whether a piece of a text begins at a place, or none is left.
func pieceBegins(text string, at int, next func(string, int) (string, string, int)) bool {
	end, state, rest := 0, -1, text
	for rest != "" && end < at {
		var piece string
		piece, rest, state = next(rest, state)
		end += len(piece)
	}
	return end == at
}

// noWord tells of two things that are one word to the library and are none: spaces that a
// joiner stands between, and two sentences without a space, in scripts without capitals
// (UAX 29, WB6).
func noWord(text string, at int) bool {
	next, _ := utf8.DecodeRuneInString(text[at:])
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	if before == '.' {
		return unicode.IsLetter(next) && unicode.ToLower(next) == unicode.ToUpper(next)
	}
	return strings.ContainsRune(" \u200d", before) && strings.ContainsRune(" \u200d", next)
}

// TestMinutes: as fast as people read their language.
func TestMinutes(t *testing.T) {
	for _, c := range []struct {
		name, html, lang string
		want             int
	}{
		{"nothing", "", "en", 0},
		{"a few words", "<p>A few words.</p>", "en", 0},
		{"English", "<p>" + strings.Repeat("word ", 228*4) + "</p>", "en-GB", 4},
		{"German is slower", "<p>" + strings.Repeat("Wort ", 179*4) + "</p>", "de", 4},
		{"of no known language", "<p>" + strings.Repeat("word ", 184*4) + "</p>", "", 4},
		{"Chinese", "<p>" + strings.Repeat("港口办公室。", 255*4/5) + "</p>", "zh", 4},
		{"Japanese", "<p>" + strings.Repeat("港のかん、", 357*4/4) + "</p>", "ja", 4},
		{"Korean, in words", "<p>" + strings.Repeat("항구 ", 184*4) + "</p>", "ko", 4},
		{"Thai", "<p>" + strings.Repeat("กขคงจ", 184*4) + "</p>", "th", 4},
		{"Katakana", "<p>" + strings.Repeat("データ", 119*4) + "</p>", "ja", 4},
		{"figures", "<p>" + strings.Repeat("1,234.56 ", 228*4) + "</p>", "en", 4},
		{"words over elements", strings.Repeat("<p>one<b>two</b></p>", 184*4), "", 4},
		{"entities, apostrophes, hyphens", strings.Repeat("it&#39;s well-known ", 92*4), "", 4},
		{"attributes are not read", "<p title=\"" + strings.Repeat("word ", 2000) + "\">" + strings.Repeat("word ", 184) + "</p>", "", 1},
	} {
		if got := Minutes(c.html, c.lang); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestSimpleWidth: what is counted as simple has the width and the characters that
// Unicode's rules say, each alone and any together.
func TestSimpleWidth(t *testing.T) {
	var simple []rune
	for r := rune(1); r < 0x3000; r++ {
		if isSimple(r) {
			simple = append(simple, r)
			if s := string(r); uniseg.StringWidth(s) != 1 {
				t.Errorf("%q has %d columns", r, uniseg.StringWidth(s))
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.SampledFrom(simple)).Draw(t, "text"))
		if n, ok := simpleWidth(s); !ok || n != uniseg.StringWidth(s) || n != uniseg.GraphemeClusterCount(s) {
			t.Fatalf("%q: %d %v, by Unicode %d columns, %d characters", s, n, ok, uniseg.StringWidth(s), uniseg.GraphemeClusterCount(s))
		}
	})
}
