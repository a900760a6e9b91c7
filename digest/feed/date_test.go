package feed

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		// RFC 822, 2822, 5322 and their cousins
		"Mon, 23 Nov 2026 08:15:00 GMT":         "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 +0100":       "2026-11-23T07:15:00Z",
		"Mon, 23 Nov 2026 08:15 +01:00":         "2026-11-23T07:15:00Z",
		"23 Nov 26 08:15 EST":                   "2026-11-23T13:15:00Z",
		"23-Nov-2026 08:15:00 UTC":              "2026-11-23T08:15:00Z",
		"Monday, 23-Nov-26 08:15:00 GMT":        "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 MSK":         "2026-11-23T05:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 JST":         "2026-11-22T23:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 AEST":        "2026-11-22T22:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 IST":         "2026-11-23T02:45:00Z",
		"Mon, 23 Nov 2026 08:15:00 GMT+3":       "2026-11-23T05:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 GMT +0300":   "2026-11-23T05:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 -0800 (PST)": "2026-11-23T16:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 EST -0500":   "2026-11-23T13:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 −0500":       "2026-11-23T13:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 ET":          "2026-11-23T13:15:00Z",
		"Mon, 20 Jul 2026 08:15:00 ET":          "2026-07-20T12:15:00Z",
		"Sun,  1 Nov 2026 12:00:00 Z":           "2026-11-01T12:00:00Z",
		"Mon Nov 23 08:15:00 2026":              "2026-11-23T08:15:00Z",
		"Mon Nov 23 08:15:00 PST 2026":          "2026-11-23T16:15:00Z",
		// what people write
		"November 23, 2026":              "2026-11-23T00:00:00Z",
		"23rd of November 2026 8:15 pm":  "2026-11-23T20:15:00Z",
		"Nov 23, 2026 12:05 AM EST":      "2026-11-23T05:05:00Z",
		"23. November 2026, 08:15 Uhr":   "2026-11-23T08:15:00Z",
		"lundi 23 novembre 2026":         "2026-11-23T00:00:00Z",
		"Пн, 23 ноя 2026 08:15:00 +0300": "2026-11-23T05:15:00Z",
		// zones
		"Mon, 23 Nov 2026 08:15:00 UTC+03:00":                                "2026-11-23T05:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 GMT-5":                                    "2026-11-23T13:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 UTC+0530":                                 "2026-11-23T02:45:00Z",
		"Mon, 23 Nov 2026 08:15:00 GMT +3":                                   "2026-11-23T05:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 AEDT":                                     "2026-11-22T21:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 CET":                                      "2026-11-23T07:15:00Z",
		"Thu, 23 Jul 2026 08:15:00 CEST":                                     "2026-07-23T06:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 EST":                                      "2026-11-23T13:15:00Z",
		"Thu, 23 Jul 2026 08:15:00 EDT":                                      "2026-07-23T12:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 МСК":                                      "2026-11-23T05:15:00Z",
		"Fri, 23 Nov 2012 08:15:00 MSK":                                      "2012-11-23T04:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 NZDT":                                     "2026-11-22T19:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 (GMT+3)":                                  "2026-11-23T05:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 (PST)":                                    "2026-11-23T16:15:00Z",
		"Mon, 23 Nov 2026 08:15:00Z":                                         "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 2026 08:15:00+0100":                                     "2026-11-23T07:15:00Z",
		"Mon, 23 Nov 2026 08:15:00EST":                                       "2026-11-23T13:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 -0000":                                    "2026-11-23T08:15:00Z",
		"Mon Nov 23 2026 08:15:00 GMT+0100 (Central European Standard Time)": "2026-11-23T07:15:00Z",
		"Mon Nov 23 08:15:00 CET 2026":                                       "2026-11-23T07:15:00Z",
		// seconds missing, fractions, commas, spaces, one digit
		"Mon, 23 Nov 2026 08:15 GMT":         "2026-11-23T08:15:00Z",
		"Mon, 3 Nov 2026 8:05:09 GMT":        "2026-11-03T08:05:09Z",
		"Mon,23 Nov 2026 08:15:00 GMT":       "2026-11-23T08:15:00Z",
		"Mon , 23  Nov,  2026 08:15:00  GMT": "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 2026 08:15:00.25 GMT":   "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 2026 24:00:00 GMT":      "2026-11-24T00:00:00Z",
		"Mon, 23 Nov 2026, 08:15":            "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 26 08:15:00 GMT":        "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 98 08:15:00 GMT":        "1998-11-23T08:15:00Z",
		"Fri, 23 Nov 2026 08:15:00 GMT":      "2026-11-23T08:15:00Z", // it is a Monday
		"23/Nov/2026 08:15:00 +0000":         "2026-11-23T08:15:00Z",
		// clocks of twelve hours
		"Nov 23, 2026 8:15 pm":         "2026-11-23T20:15:00Z",
		"Nov 23, 2026 8:15PM EST":      "2026-11-24T01:15:00Z",
		"Nov 23, 2026 at 8 p.m.":       "2026-11-23T20:00:00Z",
		"Nov 23, 2026 8 am":            "2026-11-23T08:00:00Z",
		"23/11/2026 8:15:00 p. m.":     "2026-11-23T20:15:00Z",
		"11/23/2026 12:15:00 AM":       "2026-11-23T00:15:00Z",
		"11/23/2026 12:15:00 PM":       "2026-11-23T12:15:00Z",
		"2026-11-23 08:15:00 PM":       "2026-11-23T20:15:00Z",
		"8:15 pm, 23 November 2026":    "2026-11-23T20:15:00Z",
		"Monday 23rd November 2026":    "2026-11-23T00:00:00Z",
		"Published: November 23, 2026": "2026-11-23T00:00:00Z",
		// ISO 8601's other forms, and the epoch
		"2026-11-23T08:15:00,123Z":   "2026-11-23T08:15:00Z",
		"2026-11-23t08:15:00z":       "2026-11-23T08:15:00Z",
		"2026-11-23T08:15Z":          "2026-11-23T08:15:00Z",
		"2026-11-23T08+01":           "2026-11-23T07:00:00Z",
		"2026-11-23T24:00:00Z":       "2026-11-24T00:00:00Z",
		"2026-11-23T08:15:00 Z":      "2026-11-23T08:15:00Z",
		"2026-11-23T08:15:00-03":     "2026-11-23T11:15:00Z",
		"20261123T0815Z":             "2026-11-23T08:15:00Z",
		"20261123":                   "2026-11-23T00:00:00Z",
		"20261123081500":             "2026-11-23T08:15:00Z",
		"2026-W48-1":                 "2026-11-23T00:00:00Z",
		"2026W481T08:15:00Z":         "2026-11-23T08:15:00Z",
		"2020-W53-7":                 "2021-01-03T00:00:00Z",
		"2026-327":                   "2026-11-23T00:00:00Z",
		"2026327T08:15:00Z":          "2026-11-23T08:15:00Z",
		"2024-366":                   "2024-12-31T00:00:00Z",
		"2003-012-31T10:14:55+00:00": "2003-12-31T10:14:55Z",
		"1795421700":                 "2026-11-23T08:15:00Z",
		"1795421700.25":              "2026-11-23T08:15:00Z",
		"1795421700123":              "2026-11-23T08:15:00Z",
		"2026. 11. 23. 8:15":         "2026-11-23T08:15:00Z",
		// RFC 3339, ISO 8601
		"2026-11-23T08:15:00Z":             "2026-11-23T08:15:00Z",
		"2026-11-23T08:15:00.123456+05:30": "2026-11-23T02:45:00Z",
		"2026-11-23T08:15+0100":            "2026-11-23T07:15:00Z",
		"2026-11-23 08:15:00 +0000 UTC":    "2026-11-23T08:15:00Z",
		"2026-11-23 08:15:00 CET":          "2026-11-23T07:15:00Z",
		"2026-11-23":                       "2026-11-23T00:00:00Z",
		"20261123T081500Z":                 "2026-11-23T08:15:00Z",
		"2026/11/23 08:15":                 "2026-11-23T08:15:00Z",
		"23.11.2026 08:15":                 "2026-11-23T08:15:00Z",
		"23/11/2026":                       "2026-11-23T00:00:00Z",
		"11/23/2026 08:15":                 "2026-11-23T08:15:00Z",
		"11/11/2026":                       "2026-11-11T00:00:00Z",
		"2016-12-31T23:59:60Z":             "2016-12-31T23:59:59Z",
		// a word before figures, days with a zone, zones by place, and what Java and Go write
		"Mon, 2026-11-23 08:15:00":                      "2026-11-23T08:15:00Z",
		"Mon 23/11/2026 08:15":                          "2026-11-23T08:15:00Z",
		"2026-11-23Z":                                   "2026-11-23T00:00:00Z",
		"2026-11-23+01:00":                              "2026-11-22T23:00:00Z",
		"2026-11-23T0815Z":                              "2026-11-23T08:15:00Z",
		"2026-11-23T8:5:9Z":                             "2026-11-23T08:05:09Z",
		"Mon, 23 Nov 2026 18:15:9 +0100":                "2026-11-23T17:15:09Z",
		"23 Nov 2026 8:5":                               "",
		"2026-11-23T081500.5+0100":                      "2026-11-23T07:15:00Z",
		"2026-11-23T08:15:00.1234567891234Z":            "2026-11-23T08:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 Europe/Moscow":       "2026-11-23T05:15:00Z",
		"2026-07-23T08:15+02:00[Europe/Paris]":          "2026-07-23T06:15:00Z",
		"2026-07-23T08:15[Europe/Paris]":                "2026-07-23T06:15:00Z",
		"2026-11-23 08:15:00.5 +0100 +0100 m=+0.000123": "2026-11-23T07:15:00Z",
		"Fri, 23 Nov 2012 08:15:00 YEKT":                "2012-11-23T02:15:00Z",
		"Nov 23, 2026 0:15 PM":                          "2026-11-23T12:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 +1400":               "2026-11-22T18:15:00Z",
		"Mon, 23 Nov 2026 08:15:00 +1430":               "", "Mon, 23 Nov 2026 08:15:00 -1230": "", "Mon, 23 Nov 2026 13:15 AM": "", "Mon, 23 Nov 2026 08:15:00 Nowhere/Land": "",
		"2026-11-23 0815": "", "2026-11-23 08:15:00 [sic]": "", "Mon, 23 Nov 2569 08:15:00 GMT": "", "26 11 2026": "", "Mon 03/04/2026": "", "2026-11-23 08:15:00 +0100 +0200": "",
		// not to be known
		"03/04/2026": "", "Nov 2026": "", "2026": "", "2026-11": "", "": "", "yesterday": "", "0000-00-00 00:00:00": "",
		"Mon, 31 Jun 2026 08:15:00 GMT": "", "Mon, 23 Nov 2026 25:15:00 GMT": "", "Mon, 23 Nov 2026 08:15:00 XQZ": "",
		"0001-01-01T00:00:00Z": "", "1970-01-01T00:00:00Z": "", "2026-13-01": "", "Mon, 23 Foo 2026 08:15:00 GMT": "",
		"32 Nov 2026": "", "Mon, 32 Nov 2026 08:15:00 GMT": "", "30 Feb 2026": "", "29 Feb 2026": "", "2026-02-29": "", "0 Nov 2026": "",
		"01/02/2003": "", "01-02-2003": "", "3/4/26": "", "23.11.26": "", "03-12-31": "", "-0312": "", "03335": "", "2026-W48": "", "2026-366": "",
		"2026-W54-1": "", "2021-W53-1": "", "2026-000": "", "2026112308": "", "123456789012345": "", "99999999": "", "1e9": "", "-1": "",
		"Mon, 23 Nov 2026 08:15:00 (Somewhere Time)": "", "Mon, 23 Nov 2026 08:15:00 EST+3": "", "Mon, 23 Nov 2026 08:60:00 GMT": "",
		"Mon, 23 Nov 2026 08:15:00 GMT+25": "", "Mon, 23 Nov 2026 08:15:00 A": "", "23 Nov": "", "23 Nov 2026 2025": "", "Nov 23 24 2026": "",
		"Mon, 23 Nov 2026 08:15:00 CET/CEST": "", "23 listopada 2026": "", "tomorrow 23 Nov or 24 Nov 2026": "", "8:15": "", "Mon": "", "13/13/2026": "",
		"2026-11-23T08:15:00+99:00": "", "-62135596800": "", "23 Nov 2026 08:15 maybe": "", "Nov Dec 3 2026": "",
	} {
		got, ok := parseDate(in, time.UTC)
		if ok != (want != "") || (ok && got.Format(time.RFC3339) != want) {
			t.Errorf("%q: %v %v, want %q", in, got, ok, want)
		}
	}
}

func TestZonelessDates(t *testing.T) {
	for lang, want := range map[string]string{
		"zh-CN": "2020-01-10T06:33:00Z", "ja": "2020-01-10T05:33:00Z", "en": "2020-01-10T14:33:00Z", "": "2020-01-10T14:33:00Z",
	} {
		if got, ok := parseDate("2020/1/10 14:33:00", homeZone(lang)); !ok || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, want %s", lang, got, want)
		}
	}
}

// TestDateLanguages reads one instant as the newspapers of each language write it.
func TestDateLanguages(t *testing.T) {
	const day, morning, evening = "2026-11-23T00:00:00Z", "2026-11-23T08:15:00Z", "2026-11-23T20:15:00Z"
	for lang, cases := range map[string]map[string]string{
		"en": {"Monday, 23 November 2026 08:15": morning, "Nov. 23rd, 2026, 8:15 p.m.": evening, "23 November 2026 - 08:15": morning},
		"de": {"Montag, 23. November 2026, 08:15 Uhr": morning, "Mo, 23 Nov 2026 08:15:00 +0000": morning, "23. Dez. 2026": "2026-12-23T00:00:00Z", "Do, 05 Mär 2026 08:15:00 GMT": "2026-03-05T08:15:00Z", "23.11.2026 um 8.15 Uhr": morning, "1. Jänner 2026": "2026-01-01T00:00:00Z", "Montag, am 23. November 2026 um 12:15 Uhr": "2026-11-23T12:15:00Z"},
		"fr": {"lundi 23 novembre 2026 à 08h15": morning, "lun., 23 nov. 2026 08:15:00 +0000": morning, "le 1er août 2026": "2026-08-01T00:00:00Z", "23 déc. 2026 20 h 15": "2026-12-23T20:15:00Z", "23 Fevrier 2026": "2026-02-23T00:00:00Z", "23/11/2026 à 8h15": morning},
		"es": {"lunes, 23 de noviembre de 2026 08:15": morning, "lun, 23 nov 2026 08:15:00 GMT": morning, "23 de noviembre de 2026 a las 8:15 p. m.": evening, "mié, 05 ago 2026 08:15:00 +0000": "2026-08-05T08:15:00Z"},
		"it": {"lunedì 23 novembre 2026 alle 08:15": morning, "lun, 23 nov 2026 08:15:00 +0000": morning, "5 gen 2026 ore 08.15": "2026-01-05T08:15:00Z", "mar, 5 mag 2026 08:15:00 +0000": "2026-05-05T08:15:00Z"},
		"pt": {"segunda-feira, 23 de novembro de 2026 às 08h15": morning, "Seg, 23 Nov 2026 08:15:00 GMT": morning, "5 out 2026 08:15": "2026-10-05T08:15:00Z", "23 de março de 2026": "2026-03-23T00:00:00Z"},
		"nl": {"maandag 23 november 2026 om 08:15": morning, "ma, 23 nov 2026 08:15:00 +0000": morning, "5 mrt 2026": "2026-03-05T00:00:00Z", "5 mei 2026": "2026-05-05T00:00:00Z"},
		"ru": {"понедельник, 23 ноября 2026 г. в 08:15": morning, "Пн, 23 ноя 2026 08:15:00 +0000": morning, "23 ноября 2026, 08:15": morning, "5 мая 2026 года": "2026-05-05T00:00:00Z", "23 НОЯБРЯ 2026": day},
		"uk": {"понеділок, 23 листопада 2026 о 08:15": morning, "Пн, 23 лис 2026 08:15:00 +0000": morning, "23 листопада 2026 р.": day, "5 травня 2026": "2026-05-05T00:00:00Z"},
		"pl": {"poniedziałek, 23 listopada 2026 08:15": morning, "pon, 23 lis 2026 08:15:00 +0000": morning, "5 paź 2026": "2026-10-05T00:00:00Z", "5 maja 2026 r.": "2026-05-05T00:00:00Z"},
		"cs": {"pondělí 23. listopadu 2026 v 8:15": morning, "po, 23 lis 2026 08:15:00 +0000": morning, "23. listopadu 2026 8:15": morning, "5. května 2026": "2026-05-05T00:00:00Z"},
		"hr": {"23. listopada 2026. 08:15": "2026-10-23T08:15:00Z", "5. lip 2026": "2026-06-05T00:00:00Z"},
		"sv": {"måndag den 23 november 2026 kl. 08:15": morning, "mån, 23 nov 2026 08:15:00 +0000": morning, "5 maj 2026": "2026-05-05T00:00:00Z"},
		"tr": {"23 Kasım 2026 Pazartesi 08:15": morning, "Pzt, 23 Kas 2026 08:15:00 +0000": morning, "5 Ağustos 2026": "2026-08-05T00:00:00Z", "23 KASIM 2026": day},
		"el": {"Δευτέρα, 23 Νοεμβρίου 2026 08:15": morning, "Δευ, 23 Νοε 2026 08:15:00 +0000": morning, "23 ΝΟΕΜΒΡΙΟΥ 2026, 8:15 μ.μ.": evening, "5 Μαΐου 2026": "2026-05-05T00:00:00Z"},
		"hu": {"2026. november 23. 8:15": morning, "2026. nov. 23., hétfő 08:15": morning, "2026-május-05": "2026-05-05T00:00:00Z", "2026. 11. 23. 08:15": morning},
		"ko": {"2026년 11월 23일 월요일 오후 8시 15분": "2026-11-23T11:15:00Z", "2026년 11월 23일 (월) 08:15": "2026-11-22T23:15:00Z", "2026. 11. 23. 오전 8:15:00": "2026-11-22T23:15:00Z"},
		"zh": {"2026年11月23日 08:15": "2026-11-23T00:15:00Z", "2026年11月23日 星期一 下午8:15": "2026-11-23T12:15:00Z", "2026年11月23日8时15分": "2026-11-23T00:15:00Z", "Mon Nov 23 08:15:00 CST 2026": "2026-11-23T00:15:00Z", "星期一, 23 十一月 2026 08:15:00 +0800": "2026-11-23T00:15:00Z", "周一, 23 11月 2026 08:15:00 +0800": "2026-11-23T00:15:00Z", "２０２６年１１月２３日　０８：１５": "2026-11-23T00:15:00Z"},
		"ja": {"2026年11月23日(月) 8時15分": "2026-11-22T23:15:00Z", "2026年11月23日 午後8:15": "2026-11-23T11:15:00Z", "2026年11月23日 午後0時15分": "2026-11-23T03:15:00Z", "2026年11月23日 午前0:15": "2026-11-22T15:15:00Z", "月, 23 11 2026 08:15:00 +0900": "2026-11-22T23:15:00Z", "2026/11/23 08:15": "2026-11-22T23:15:00Z"},
		"ar": {"Mon, 23 Nov 2026 08:15:00 AST": "2026-11-23T05:15:00Z", "الاثنين، 23 نوفمبر 2026 08:15": morning, "٢٣ نوفمبر ٢٠٢٦ ٨:١٥ م": evening, "23 تشرين الثاني 2026": day, "23 كانون الأول 2026": "2026-12-23T00:00:00Z", "الإثنين 23 نونبر 2026": day},
		"he": {"יום שני, 23 בנובמבר 2026, 08:15": morning, "Mon, 23 Nov 2026 08:15:00 IST": "2026-11-23T06:15:00Z"},
		"fi": {"23. marraskuuta 2026 klo 8.15": morning},
		"ro": {"luni, 23 noiembrie 2026 08:15": morning},
		"hi": {"२३ नवंबर २०२६ 08:15": morning},
		"be": {"23 лістапада 2026 г.": day}, "bg": {"23.11.2026 г., 8:15": morning, "23 ноември 2026 г., 08:15 ч.": morning}, "mk": {"23 ное. 2026 г.": day},
		"lt": {"2026 m. lapkričio 23 d., 08:15": morning}, "lv": {"2026. gada 23. novembrī": day, "23. novembris 2026": day}, "et": {"23. november 2026 8:15": morning, "5. jaan 2026": "2026-01-05T00:00:00Z"},
		"ca": {"23 de novembre del 2026, 8:15": morning, "5 d’abril de 2026": "2026-04-05T00:00:00Z"}, "gl": {"5 de xullo de 2026": "2026-07-05T00:00:00Z"}, "eu": {"2026 azaroak 23": day},
		"sl": {"23. novembra 2026 ob 08:15": morning}, "sq": {"23 nëntor 2026": day}, "is": {"23. nóvember 2026": day}, "mt": {"23 Diċembru 2026": "2026-12-23T00:00:00Z"},
		"ga": {"5 Meán Fómhair 2026": "2026-09-05T00:00:00Z"}, "cy": {"23 Tachwedd 2026": day}, "hy": {"23 նոյեմբերի 2026": day}, "ka": {"23 ნოემბერი 2026": day},
		"az": {"23 noyabr 2026": day}, "kk": {"23 қараша 2026": day}, "id": {"Senin, 23 November 2026 08:15": morning, "5 Agu 2026": "2026-08-05T00:00:00Z"}, "ms": {"5 Ogos 2026": "2026-08-05T00:00:00Z"},
		"vi": {"Thứ Hai, 23/11/2026, 15:15 (GMT+7)": morning, "23 tháng 11, 2026 8:15": morning, "lúc 8:15 23 Tháng 11, 2026": morning, "Thứ Năm, 5/11/2026, 10:00 (GMT+7)": "2026-11-05T03:00:00Z", "Thứ Tư, 07/01/2015": ""},
		"th": {"23 พฤศจิกายน 2569 08:15": morning, "๒๓ พ.ย. ๒๕๖๙": day, "Mon, 23 Nov 2569 15:15:00 +0700": morning, "5 ม.ค. 2026": "2026-01-05T00:00:00Z"},
		"bn": {"২৩ নভেম্বর ২০২৬": day}, "pa": {"5 ਜਨਵਰੀ 2026": "2026-01-05T00:00:00Z", "5 ਜੂਨ 2026": "2026-06-05T00:00:00Z"}, "ta": {"23 நவம்பர் 2026": day}, "ur": {"23 نومبر 2026": day},
		"en-AU": {"Mon, 23 Nov 2026 08:15:00 EST": "2026-11-22T22:15:00Z"}, "fil": {"Mon, 23 Nov 2026 08:15:00 PST": "2026-11-23T00:15:00Z"},
	} {
		for in, want := range cases {
			got, ok := dateIn(in, lang)
			if ok != (want != "") || (ok && got.Format(time.RFC3339) != want) {
				t.Errorf("%s: %q: %v %v, want %q", lang, in, got, ok, want)
			}
		}
	}
	if n, ok := months()["lis"]; ok {
		t.Errorf("lis is month %d to whoever does not say a language", n)
	}
	for word, n := range months() {
		if n < 1 {
			t.Logf("%s means two months, and is none", word)
		}
	}
}

// TestStandardDates: what is read at once is what a closer look would say, with every
// offset; and those that are no zone are not read at once.
func TestStandardDates(t *testing.T) {
	read := 0
	for minutes := -20 * 60; minutes <= 20*60; minutes += 15 {
		at := time.Date(2026, 3, 1, 23, 59, 58, 123456789, time.FixedZone("", minutes*60))
		for _, layout := range []string{time.RFC3339, time.RFC3339Nano, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700", "mon, 02 JAN 2006 15:04:05 -0700", "Mon, 02 Jan 2006 15:04:05 GMT"} {
			if agrees(t, at.Format(layout)) {
				read++
			}
		}
	}
	if read < 600 {
		t.Errorf("%d of them were read at once", read)
	}
	for _, odd := range []string{"2026-03-01T24:00:00Z", "2026-03-01T23:59:60Z", "2026-02-30T08:00:00Z", "1990-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "Sun, 31 Feb 2026 08:00:00 +0000"} {
		if agrees(t, odd) {
			t.Errorf("%s was read at once", odd)
		}
	}
}

// agrees tells whether a date is read at once, and holds that against a closer look.
func agrees(t *testing.T, text string) bool {
	t.Helper()
	at, ok := standard(text)
	if !ok {
		return false
	}
	if closer, ok := (moment{zoneless: time.UTC}).closely(text); !ok || !closer.Equal(at) {
		t.Errorf("%s: %v at once, %v %v with a closer look", text, at, closer, ok)
	}
	return true
}

// FuzzDate: a date that is read can be written in the usual forms and is read back
// as the same instant, at once or not.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{"Mon, 23 Nov 2026 08:15:00 MSK", "2004년 05월 28일  01:31:15", "2004-július-13T9:15-05:00", "23.11.2026", "Nov 23, 2026 12:05 AM ET"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		agrees(t, in)
		at, ok := parseDate(in, time.UTC)
		if !ok {
			return
		}
		if at.Location() != time.UTC || at.Year() < firstYear-1 || at.Year() > lastYear+1 {
			t.Fatalf("%q: %v", in, at)
		}
		if at.Year() < firstYear || at.Year() > lastYear {
			return // a zone moved it over the edge
		}
		for _, layout := range []string{time.RFC3339, time.RFC1123Z, time.ANSIC} {
			if again, ok := parseDate(at.Format(layout), time.UTC); !ok || !again.Equal(at) {
				t.Fatalf("%q: %v, written as %q it is %v %v", in, at, at.Format(layout), again, ok)
			}
		}
	})
}
