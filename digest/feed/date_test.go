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
		"23 listopada 2026 08:15 CET":    "2026-11-23T07:15:00Z",
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
		// not to be known
		"03/04/2026": "", "Nov 2026": "", "2026": "", "2026-11": "", "": "", "yesterday": "", "0000-00-00 00:00:00": "",
		"Mon, 31 Jun 2026 08:15:00 GMT": "", "Mon, 23 Nov 2026 25:15:00 GMT": "", "Mon, 23 Nov 2026 08:15:00 XQZ": "",
		"0001-01-01T00:00:00Z": "", "1970-01-01T00:00:00Z": "", "2026-13-01": "", "Mon, 23 Foo 2026 08:15:00 GMT": "",
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

// FuzzDate: a date that is read can be written in the usual forms and is read back
// as the same instant.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{"Mon, 23 Nov 2026 08:15:00 MSK", "2004년 05월 28일  01:31:15", "2004-július-13T9:15-05:00", "23.11.2026", "Nov 23, 2026 12:05 AM ET"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
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
