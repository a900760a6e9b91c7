package feed

import (
	"testing"
	"time"
)

// reads holds the reader of dates against a table, by language.
func reads(t *testing.T, cases map[string]map[string]string) {
	t.Helper()
	for lang, table := range cases {
		for in, want := range table {
			got, ok := dateIn(in, lang)
			if ok != (want != "") || (ok && got.Format(time.RFC3339) != want) {
				t.Errorf("%s: %q: %v %v, want %q", lang, in, got, ok, want)
			}
		}
	}
}

// TestDateWords: weekdays that stand anywhere, months in every form, and the words between
// them. A Croat Saturday is no Turkish February.
func TestDateWords(t *testing.T) {
	const day, morning = "2026-11-23T00:00:00Z", "2026-11-23T08:15:00Z"
	reads(t, map[string]map[string]string{
		"":    {"sub, 14 mar 2026 20:05": "2026-03-14T20:05:00Z"},
		"hr":  {"sub, 14 mar 2026 20:05": "2026-03-14T20:05:00Z", "sub, 14. veljače 2026.": "2026-02-14T00:00:00Z", "20. studenoga 2026. @ 07:28": "2026-11-20T07:28:00Z"},
		"tr":  {"Cmt, 14 Şub 2026 20:05": "2026-02-14T20:05:00Z", "14 Şubat 2026 Cumartesi": "2026-02-14T00:00:00Z"},
		"uk":  {"Пн, 23 Лис 2026 08:15:00 +0000": morning, "пн, 23 Кві 2026": "2026-04-23T00:00:00Z", "21 чер 2026 8:15": "2026-06-21T08:15:00Z"},
		"sr":  {"понедељак, 23. новембар 2026. 08:15": morning, "пон, 23 нов 2026 08:15:00 +0000": morning, "23. новембра 2026.": day},
		"ru":  {"Пнд, 23 Ноя 2026 08:15:00 +0000": morning, "23 ноября 2026, понедельник, 08:15": morning},
		"be":  {"панядзелак, 23 лістапада 2026 г., 08:15": morning, "23 ліст 2026": day},
		"bg":  {"понеделник, 23 ноември 2026 г. в 08:15 ч.": morning, "25 ян 2026": "2026-01-25T00:00:00Z"},
		"mk":  {"25 јан. 2026": "2026-01-25T00:00:00Z"},
		"cs":  {"středa, 09 zář 2026 08:15:00 GMT": "2026-09-09T08:15:00Z"},
		"fi":  {"23. marraskuu 2026": day, "maanantai 23. marraskuuta 2026 klo 8.15": morning},
		"et":  {"esmaspäev, 23. november 2026, kell 08:15": morning},
		"lt":  {"2026 m. lapkričio 23 d., pirmadienis 08:15": morning, "23 lapkr. 2026": day},
		"lv":  {"pirmdiena, 2026. gada 23. novembris 08:15": morning},
		"hy":  {"2026 թ. նոյեմբերի 23, երկուշաբթի, 08:15": morning, "23 նոյ, 2026 թ.": day},
		"ka":  {"2026 წლის 23 ნოემბერი, ორშაბათი": day, "2026 წ. 23 ნოე, 08:15": morning},
		"kk":  {"2026 ж. 23 қараша, дүйсенбі, 08:15": morning, "2026 жылғы 23 қар.": day},
		"az":  {"23 noy 2026, 08:15": morning},
		"ar":  {"الاثنين، 23 نوفمبر 2026 في 08:15": morning, "23 نونبر 2026": day, "7 غشت 2026": "2026-08-07T00:00:00Z"},
		"he":  {"יום שני, 23 בנובמבר 2026 בשעה 8:15": morning},
		"fa":  {"دوشنبه ۲۳ نوامبر ۲۰۲۶ ساعت ۸:۱۵": morning},
		"id":  {"Senin, 23 November 2026 pukul 08.15": morning, "23 Nov 2026, Senin": day},
		"fil": {"23 Nob 2026, Lun": day},
		"sq":  {"e hënë, 23 nën 2026": day},
	})
}
